"""The worker's process: ``python worker_main.py ODOO_RC DATABASE``.

Reads requests as JSON lines, executes each in a transaction, and answers with a JSON
line after the commit.
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

import child_processes
import movements
import seller
import stock
from everyday import books, forms, setup, till

import odoo.service.server
from odoo import SUPERUSER_ID, api
from odoo.models import BaseModel, Model
from odoo.modules.registry import Registry
from odoo.tools import config

READ_TIMEOUT = 1.0
FATAL_RESPONSE = 27
WRAP = "l10n_in_irp_wrap_transport"


class ShortTimeout:
    """Waits only one second for an answer."""

    def __init__(self, transport) -> None:
        self._transport = transport

    def send(self, request):
        return self._transport.send(replace(request, read_timeout=READ_TIMEOUT))


class TruncatedResponse:
    """Cuts the answer to Generate IRN in half."""

    def __init__(self, transport) -> None:
        self._transport = transport

    def send(self, request):
        answer = self._transport.send(request)
        if not request.url.endswith("/Invoice"):
            return answer
        return replace(answer, body=answer.body[: len(answer.body) // 2])


class KilledAfterResponse:
    """Kills the process once the portal has answered Generate IRN."""

    def __init__(self, transport) -> None:
        self._transport = transport

    def send(self, request):
        answer = self._transport.send(request)
        if request.method == "POST" and request.url.endswith("/Invoice"):
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


class KilledOnTimeout:
    """Kills the process when Generate IRN gets no answer."""

    def __init__(self, transport) -> None:
        self._transport = transport

    def send(self, request):
        try:
            return self._transport.send(request)
        except Exception:
            os.kill(os.getpid(), signal.SIGKILL)
            raise


class KilledDuringRefresh:
    """Kills the process on an answer about a GSTIN, in the middle of a chunk."""

    answers = count(1)

    def __init__(self, transport) -> None:
        self._transport = transport

    def send(self, request):
        answer = self._transport.send(request)
        if "/gstin/" in request.url and next(self.answers) == FATAL_RESPONSE:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


TRANSPORTS = {
    "short_timeout": ShortTimeout,
    "truncated": TruncatedResponse,
    "killed_after_response": KilledAfterResponse,
    "killed_on_timeout": KilledOnTimeout,
    "killed_during_refresh": KilledDuringRefresh,
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
    """Call a method of a model, even a private one, as a user."""
    context = dict(context or {})
    if wrap or transport:
        context[WRAP] = wrap or TRANSPORTS[transport]
    records = env(user=user)[model].with_context(**context).browse(ids)
    return getattr(records, method)(*args, **(kwargs or {}))


def roll_back_after(env, **arguments: Any) -> None:
    """Call a method and roll back its transaction, as a late failure would."""
    call(env, **arguments)
    env.flush_all()
    env.cr.rollback()


def payload(env, move: int, user: int = SUPERUSER_ID) -> dict[str, Any]:
    env = env(user=user)
    return env["l10n_in.irp.payload"]._build(env["account.move"].browse(move))


def compare(env, company: int, date_from: str, date_to: str) -> list[str]:
    """Return the differences between Odoo and the portal as text."""
    # addons can only be imported once Odoo has read its configuration
    from odoo.addons.l10n_in_einvoice_irp.models.registration import comparison

    found = comparison.compare(
        env, env["res.company"].browse(company), date_from, date_to
    )
    return [f"{one.kind} {one.number}: {one.detail}" for one in found]


def attachment_text(env, attachment: int) -> str:
    return env["ir.attachment"].browse(attachment).raw.decode()


def memory(env) -> float:
    """Return the resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


COMMANDS: dict[str, Callable] = {
    "set_up": seller.set_up,
    "set_up_everyday": setup.set_up_everyday,
    "attachment_text": attachment_text,
    "books": books.books,
    "call": call,
    "change_kinds": movements.change_kinds,
    "compare": compare,
    "fetch_bill": movements.fetch_bill,
    "fetch_together": movements.fetch_together,
    "fill": forms.fill,
    "fill_dialog": movements.fill_dialog,
    "findings": books.findings,
    "make_bills": movements.make_bills,
    "memory": memory,
    "open_dialog": movements.open_dialog,
    "payload": payload,
    "press_together": movements.press_together,
    "prepare_bills": movements.prepare_bills,
    "read_bills": movements.read_bills,
    "ring_up": till.ring_up,
    "roll_back_after": roll_back_after,
    "sell_lots": stock.sell_lots,
    "transfer": stock.transfer,
    "bill_orders": stock.bill_orders,
    "take_back": till.take_back,
}


def answer(registry: Registry, request: dict[str, Any]) -> dict[str, Any]:
    registry = registry.check_signaling()
    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            result = COMMANDS[request["command"]](env, **request["arguments"])
            result = result.ids if isinstance(result, BaseModel) else result
        registry.signal_changes()
    except Exception as error:  # noqa: BLE001 - the test's process raises it again
        registry.reset_changes()
        return {"error": {"kind": type(error).__name__, "message": str(error)}}
    return {"result": result}


def answer_in_children(registry: Registry, request: dict[str, Any]) -> dict[str, Any]:
    """Make the same call in several child processes, killed as ``kills`` says."""
    arguments = dict(request["arguments"])
    kills = arguments.pop("kills")

    def work(values: dict[str, Any]) -> dict[str, Any]:
        return answer(registry, {"command": "call", "arguments": values})

    requests = [arguments] * len(kills)
    return {"result": child_processes.run_children(work, requests, kills)}


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
