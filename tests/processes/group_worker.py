"""The worker's process of tests with a group: many GSTINs, backlogs, many people.

It adds commands to those of ``worker_main``.
"""

import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import worker_main

from odoo import api
from odoo.modules.registry import Registry

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))
import backlog

# of a backlog, which are multiplied
ORIGINALS = 10


def branches(
    env, ids: Mapping[str, int], credentials: Sequence[dict[str, Any]]
) -> list[int]:
    """Create a branch of the seller for each credential and return their ids.

    :param ids: the result of `seller.set_up`.
    :param credentials: the values of each, without company, but with its GSTIN.
    """
    company = env["res.company"].browse(ids["company"])
    place = ("street", "city", "zip", "state_id", "country_id")
    address = company.partner_id.read(place, load=None)[0]
    del address["id"]
    made = env["res.company"].create(
        [
            {
                **address,
                "name": f"Branch {values['gstin']}",
                "parent_id": company.id,
                "vat": values["gstin"],
                "l10n_in_is_gst_registered": True,
                "l10n_in_irp_enabled": True,
                "l10n_in_irp_environment": "sandbox",
            }
            for values in credentials
        ]
    )
    env["l10n_in.irp.credential"].create(
        [
            {**values, "company_id": branch.id}
            for branch, values in zip(made, credentials, strict=True)
        ]
    )
    return made.ids


def post_in(
    env, ids: Mapping[str, int], day: str, companies: Sequence[int]
) -> list[int]:
    """Post an invoice of each company and return their ids."""
    moves = env["account.move"]
    for company in companies:
        moves |= _posted(env, ids, day, company, 1)
    return moves.ids


def _posted(env, ids: Mapping[str, int], day: str, company: int, count: int):
    env = env(context={**env.context, "allowed_company_ids": [company]})
    line = {"product_id": ids["drill"], "quantity": 2}
    values = {
        "move_type": "out_invoice",
        "company_id": company,
        "journal_id": ids["journal"],
        "partner_id": ids["regular"],
        "invoice_date": day,
        "invoice_line_ids": [(0, 0, line)],
    }
    moves = env["account.move"].create([values] * count)
    moves.action_post()
    return moves


def post_backlog(env, ids: Mapping[str, int], day: str, count: int) -> None:
    """Post many invoices of the seller at once; no other invoice may be queued."""
    _posted(env, ids, day, ids["company"], ORIGINALS)
    backlog.multiply(env, count)
    backlog.analyze(env.cr)


def click(env, moves: Sequence[int], user: int) -> list[str]:
    """Press 'Generate IRN' on each invoice, all at the same time; return the states."""
    registry = Registry(env.cr.dbname)

    def press(move: int) -> str:
        with registry.cursor() as cr:
            own = api.Environment(cr, user, {})
            record = own["account.move"].browse(move)
            record.action_l10n_in_irp_register()
            return record.l10n_in_irp_state

    with ThreadPoolExecutor(len(moves)) as pool:
        return list(pool.map(press, moves))


def wake(env) -> None:
    """Have the queue processed now, as somebody does who posts an invoice."""
    from odoo.addons.l10n_in_einvoice_irp.models import wakeup

    wakeup.schedule(env)


for command in (branches, post_in, post_backlog, click, wake):
    worker_main.COMMANDS[command.__name__] = command

if __name__ == "__main__":
    worker_main.main()
