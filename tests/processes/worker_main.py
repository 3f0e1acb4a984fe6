"""The worker's process: ``python worker_main.py ODOO_RC DATABASE``.

Reads requests as JSON lines, runs each in a transaction, and answers with JSON lines
after the commit.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import everyday_books
import everyday_forms
import everyday_setup
import everyday_till
import mortal
import seller
import stock

import odoo.service.server
from odoo import SUPERUSER_ID, api
from odoo.models import BaseModel, Model
from odoo.modules.registry import Registry
from odoo.tools import config

READ_TIMEOUT = 1.0
DEADLY_ANSWER = 27
WRAP = "l10n_in_irp_wrap_transport"


class ShortTimeout:
    """Waits for an answer a second only."""

    def __init__(self, transport) -> None:
        self._transport = transport

    def send(self, request):
        return self._transport.send(replace(request, read_timeout=READ_TIMEOUT))


class Truncated:
    """Loses the second half of the answer to a Generate IRN."""

    def __init__(self, transport) -> None:
        self._transport = transport

    def send(self, request):
        answer = self._transport.send(request)
        if not request.url.endswith("/Invoice"):
            return answer
        return replace(answer, body=answer.body[: len(answer.body) // 2])


class DeathAfterAnswer:
    """Ends the process when the portal has answered a Generate IRN."""

    def __init__(self, transport) -> None:
        self._transport = transport

    def send(self, request):
        answer = self._transport.send(request)
        if request.method == "POST" and request.url.endswith("/Invoice"):
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


class DeathAtSilence:
    """Ends the process when a Generate IRN has got no answer."""

    def __init__(self, transport) -> None:
        self._transport = transport

    def send(self, request):
        try:
            return self._transport.send(request)
        except Exception:
            os.kill(os.getpid(), signal.SIGKILL)
            raise


class DeathInRefresh:
    """Ends the process with an answer about a GSTIN, amid the second chunk."""

    answers = count(1)

    def __init__(self, transport) -> None:
        self._transport = transport

    def send(self, request):
        answer = self._transport.send(request)
        if "/gstin/" in request.url and next(self.answers) == DEADLY_ANSWER:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


TRANSPORTS = {
    "short_timeout": ShortTimeout,
    "truncated": Truncated,
    "death_after_answer": DeathAfterAnswer,
    "death_at_silence": DeathAtSilence,
    "death_in_refresh": DeathInRefresh,
}


def wrap_transports() -> None:
    """Extend the addon: a caller's context may name what stands before its portal.

    To be called before the registry is loaded.
    """
    # the classes that it extends come first
    import odoo.addons.l10n_in_einvoice_irp  # noqa: F401

    class Credential(Model):
        _module = "l10n_in_einvoice_irp"
        _inherit = "l10n_in.irp.credential"

        @api.model
        def _wrap_transport(self, transport):
            transport = super()._wrap_transport(transport)
            wrap = self.env.context.get(WRAP)
            return wrap(transport) if wrap else transport


def call(
    env,
    model: str,
    method: str,
    ids=(),
    args=(),
    kwargs=None,
    user: int = SUPERUSER_ID,
    context=None,
    transport: str = "",
    wrap: Callable | None = None,
) -> Any:
    """Call a method, private ones included, as a user."""
    context = dict(context or {})
    if wrap or transport:
        context[WRAP] = wrap or TRANSPORTS[transport]
    records = env(user=user)[model].with_context(**context).browse(ids)
    return getattr(records, method)(*args, **(kwargs or {}))


def roll_back_after(env, **arguments: Any) -> None:
    """Call a method and give up its transaction, as a late failure would."""
    call(env, **arguments)
    env.flush_all()
    env.cr.rollback()


def payload(env, move: int, user: int = SUPERUSER_ID) -> dict[str, Any]:
    env = env(user=user)
    return env["l10n_in.irp.payload"]._build(env["account.move"].browse(move))


def compare(env, company: int, date_from: str, date_to: str) -> list[str]:
    """The differences between Odoo and the portal, one a line."""
    # addons can be imported once Odoo has read its configuration
    from odoo.addons.l10n_in_einvoice_irp.models.registration import comparison

    found = comparison.compare(
        env, env["res.company"].browse(company), date_from, date_to
    )
    return [f"{one.kind} {one.number}: {one.detail}" for one in found]


def attachment_text(env, attachment: int) -> str:
    return env["ir.attachment"].browse(attachment).raw.decode()


def memory(env) -> float:
    """Resident memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


COMMANDS: dict[str, Callable] = {
    "set_up": seller.set_up,
    "set_up_everyday": everyday_setup.set_up_everyday,
    "attachment_text": attachment_text,
    "books": everyday_books.books,
    "call": call,
    "compare": compare,
    "fill": everyday_forms.fill,
    "findings": everyday_books.findings,
    "memory": memory,
    "payload": payload,
    "ring_up": everyday_till.ring_up,
    "roll_back_after": roll_back_after,
    "sell_lots": stock.sell_lots,
    "bill_orders": stock.bill_orders,
    "take_back": everyday_till.take_back,
}


def answer(registry: Registry, request: dict[str, Any]) -> dict[str, Any]:
    registry = registry.check_signaling()
    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            result = COMMANDS[request["command"]](env, **request["arguments"])
            result = result.ids if isinstance(result, BaseModel) else result
        registry.signal_changes()
    except Exception as error:  # noqa: BLE001 - the other process judges it
        registry.reset_changes()
        return {"error": {"kind": type(error).__name__, "message": str(error)}}
    return {"result": result}


def answer_in_children(registry: Registry, request: dict[str, Any]) -> dict[str, Any]:
    """Make the same call in several children; ``deaths`` tells when which one dies."""
    arguments = dict(request["arguments"])
    deaths = arguments.pop("deaths")

    def work(values: dict[str, Any]) -> dict[str, Any]:
        return answer(registry, {"command": "call", "arguments": values})

    return {"result": mortal.run_children(work, [arguments] * len(deaths), deaths)}


def main() -> None:
    path, database = sys.argv[1:]
    options = ["--config", path, "--database", database, "--log-level=warn"]
    config.parse_config(options, setup_logging=True)
    odoo.service.server.load_server_wide_modules()
    wrap_transports()
    registry = Registry(database)
    for line in sys.stdin:
        request = json.loads(line)
        in_children = request["command"] == "call_in_children"
        reply = (answer_in_children if in_children else answer)(registry, request)
        sys.stdout.write(json.dumps(reply, default=str) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
