"""Goods on the road: invoices with their e-way bills, and what is entered for them."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

BILL = "l10n_in.irp.ewaybill"
DIALOG = "l10n_in.irp.ewaybill.change"
STEP = "l10n_in.irp.ewaybill.step"
BILL_FIELDS = (
    *("number", "state", "error", "worker", "valid_until", "vehicle_number"),
    *("transporter_gstin", "trip_sheet", "is_rejected", "base_url"),
)
STEP_FIELDS = (
    *("kind", "state", "error", "worker", "vehicle_number", "transporter_gstin"),
    *("acted_at", "trip_sheet", "ewaybill_id", "multi_vehicle_group"),
)


def change_kinds(env) -> list[str]:
    """Return the kinds of change that Odoo makes."""
    from odoo.addons.l10n_in_einvoice_irp.models.movement.requests import KINDS

    return list(KINDS)


def make_bills(env, ids: Mapping[str, Any], day: str, count: int) -> list[int]:
    """Return e-way bills made by the IRN of new invoices, with a vehicle."""
    moves = _invoices(env, ids, "distant", day, count)
    moves.action_l10n_in_irp_register()
    bills = env[BILL].browse(_prepared(move) for move in moves)
    bills.write({"vehicle_number": "MH12AB1234"})
    for bill in bills:
        bill.action_generate()
        assert bill.state == "registered", bill.error
    return bills.ids


def prepare_bills(env, ids: Mapping[str, Any], day: str, count: int) -> list[int]:
    """Return prepared e-way bills of invoices that get no IRN."""
    moves = _invoices(env, ids, "consumer", day, count)
    bills = env[BILL].browse(_prepared(move) for move in moves)
    bills.write({"vehicle_number": "MH12AB1234", "distance": 20})
    return bills.ids


def fetch_bill(env, ids: Mapping[str, Any], number: str) -> int:
    """Return an e-way bill that was made elsewhere."""
    env = env(user=ids["accountant"])
    company = env["res.company"].browse(ids["company"])
    return company._l10n_in_irp_fetch_ewb(number).id


def open_dialog(env, ids: Mapping[str, Any], bills: list[int], kind: str) -> int:
    """Return the dialog that an accountant has opened."""
    bills = env(user=ids["accountant"])[BILL].browse(bills)
    dialogs = bills.env[DIALOG]
    if len(bills) > 1:
        action = dialogs._open_for_lorry(bills)
    else:
        action = dialogs._open(bills, kind)
    return action["res_id"]


def fill_dialog(
    env, ids: Mapping[str, Any], dialog: int, values: Mapping[str, Any]
) -> None:
    """Fill in a dialog, with places in Maharashtra."""
    dialog = env(user=ids["accountant"])[DIALOG].browse(dialog)
    maharashtra = env.ref("base.state_in_mh").id
    places = {"state_id", "to_state_id"} & dialog._fields.keys()
    dialog.write({**dict.fromkeys(places, maharashtra), **values})


def press_together(env, ids: Mapping[str, Any], dialogs: list[int]) -> list[str]:
    """Press the buttons of several dialogs at the same time, as requests of browsers.

    :return: for each the message of its refusal, "" if there is none.
    """

    def press(own, dialog: int) -> str:
        try:
            retrying(partial(_send, own, dialog), own)
        except UserError as error:
            return str(error)
        return ""

    return _together(env, ids, [partial(press, dialog=dialog) for dialog in dialogs])


def _send(env, dialog: int) -> None:
    env[DIALOG].browse(dialog).action_send()


def fetch_together(env, ids: Mapping[str, Any], number: str, count: int) -> list[int]:
    """Fetch an e-way bill several times at once; return the record of each fetch."""

    def fetch(own) -> int:
        return retrying(partial(fetch_bill, own, ids, number), own)

    return _together(env, ids, [fetch] * count)


def _together(env, ids: Mapping[str, Any], works: list[Callable]) -> list[Any]:
    """Do several works of the accountant at the same time; return their results."""
    registry, start = Registry(env.cr.dbname), Barrier(len(works))

    def begin(work: Callable) -> Any:
        with registry.cursor() as cr:
            own = api.Environment(cr, ids["accountant"], {})
            # each transaction begins before any has written
            own.cr.execute("SELECT 1")
            start.wait()
            return work(own)

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(begin, works))


def read_bills(env, ids: list[int]) -> list[dict[str, Any]]:
    """Return e-way bills with the changes that Odoo has requested."""
    rows = env[BILL].browse(ids).read(BILL_FIELDS)
    for row in rows:
        steps = env[STEP].search([("ewaybill_id", "=", row["id"])], order="id")
        # the others were made elsewhere
        own = steps.filtered(lambda step: step.acted_at or step.state != "registered")
        row["steps"] = own.read(STEP_FIELDS)
    return rows


def _invoices(env, ids: Mapping[str, Any], buyer: str, day: str, count: int):
    company = ids["company"]
    env = env(user=ids["accountant"], context={"allowed_company_ids": [company]})
    line = {"product_id": ids["drill"], "quantity": 200}
    values = {
        "move_type": "out_invoice",
        "journal_id": ids["journal"],
        "partner_id": ids[buyer],
        "invoice_date": day,
        "invoice_line_ids": [(0, 0, line)],
    }
    moves = env["account.move"].create([values] * count)
    moves.action_post()
    return moves


def _prepared(move) -> int:
    return move.action_l10n_in_irp_ewaybill()["res_id"]
