"""The worker's process of ``bin/bench queue``.

It adds commands to the integration tests' worker that measure their CPU time, over all
threads of the process.
"""

import cProfile
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import backlog
import invoicing
from processes import worker_main

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

# the settings of a company that registers with the addon
ADDON = {
    "l10n_in_irp_enabled": True,
    "l10n_in_irp_environment": "sandbox",
    "l10n_in_irp_register_on": "posting",
}


@contextmanager
def measured() -> Iterator[dict[str, float]]:
    """Yield a dict that receives the ``wall`` and ``cpu`` seconds of the block."""
    result = {"wall": time.perf_counter(), "cpu": time.process_time()}
    yield result
    result["wall"] = time.perf_counter() - result["wall"]
    result["cpu"] = time.process_time() - result["cpu"]


def pid(env) -> int:
    return os.getpid()


def set_up(env) -> None:
    invoicing.set_up(env)


def use_addon(env) -> int:
    """Make the addon register on posting, in the sandbox; return the company's id."""
    company = invoicing.company_of(env)
    company.write(ADDON)
    return company.id


def use_edi(env, endpoint: str) -> None:
    """Make Odoo's own module register through ``endpoint`` instead of the addon."""
    parameters = env["ir.config_parameter"]
    parameters.set_param("l10n_in_edi.endpoint", endpoint)
    invoicing.company_of(env).write(
        {
            "l10n_in_irp_enabled": False,
            "l10n_in_edi_feature": True,
            "l10n_in_edi_username": "bench",
            "l10n_in_edi_password": "bench-password",
        }
    )


def drafts(env, count: int) -> list[int]:
    return invoicing.drafts(env, count).ids


def posted(env, count: int) -> list[int]:
    moves = invoicing.drafts(env, count)
    moves.action_post()
    return moves.ids


def multiply(env, total: int, companies: Sequence[int] = ()) -> None:
    backlog.multiply(env, total, companies)


def analyze(env) -> None:
    backlog.analyze(env.cr)


def post(env, moves: list[int]) -> list[float]:
    """Post each draft in its own transaction; return the CPU seconds of each."""
    registry = Registry(env.cr.dbname)
    return [_posting_time(registry, move) for move in moves]


def _posting_time(registry, move: int) -> float:
    with measured() as result, registry.cursor() as cr:
        own = api.Environment(cr, SUPERUSER_ID, {})
        own["account.move"].browse(move).action_post()
    return result["cpu"]


def send(env, moves: list[int]) -> dict[str, float]:
    """Register with Odoo's own module, with a commit for each invoice."""
    with measured() as result:
        for move in env["account.move"].browse(moves):
            move._l10n_in_edi_send_invoice()
            env.cr.commit()
    statuses = set(env["account.move"].browse(moves).mapped("l10n_in_edi_status"))
    if statuses != {"sent"}:
        raise ValueError(f"l10n_in_edi did not send: {statuses}")
    return result


def drain(env, profile: str = "") -> dict[str, float]:
    """Run the scheduled action.

    :param profile: a file for the profile of the main thread.
    """
    profiler = cProfile.Profile() if profile else None
    with measured() as result:
        if profiler:
            profiler.enable()
        env["l10n_in.irp.document"]._cron_process_queue()
        if profiler:
            profiler.disable()
    if profiler:
        profiler.dump_stats(profile)
    return result


def log_irn(env, note: bool) -> None:
    """Choose whether each IRN is noted in the chatter."""
    invoicing.company_of(env).l10n_in_irp_note_irn = note


def bundle(env) -> None:
    """Seal what is older than today, and bundle what is older than a month."""
    invoicing.company_of(env).l10n_in_irp_bundle_months = 1
    env["l10n_in.irp.seal"]._cron_seal()
    env["l10n_in.irp.seal"]._cron_bundle()


COMMANDS = (
    pid,
    set_up,
    use_addon,
    use_edi,
    drafts,
    posted,
    multiply,
    analyze,
    post,
    send,
    drain,
    log_irn,
    bundle,
)
worker_main.COMMANDS.update({command.__name__: command for command in COMMANDS})

if __name__ == "__main__":
    worker_main.main()
