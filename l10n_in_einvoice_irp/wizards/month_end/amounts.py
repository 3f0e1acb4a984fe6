"""Amounts of a document with the IRP, and in the journal, both to the paisa."""

import logging
from collections import defaultdict
from typing import NamedTuple

from odoo.tools import float_round

_logger = logging.getLogger(__name__)

TAXES = ("CgstVal", "SgstVal", "IgstVal", "CesVal", "StCesVal")


class Amounts(NamedTuple):
    """Taxable value, tax and total of a document, in rupees."""

    value: float = 0.0
    tax: float = 0.0
    total: float = 0.0

    def plus(self, other, sign=1):
        """Return the sums with another document's amounts."""
        pairs = zip(self, other, strict=True)
        return Amounts(*(paise(one + sign * two) for one, two in pairs))


def paise(amount):
    """Return an amount, rounded to the paisa."""
    return float_round(amount, precision_digits=2)


def registered_amounts(document):
    """Return the amounts of a registration's INV-01 document; None if it has none, as a
    manager stated the IRN."""
    request = document._sent_request()
    return of_totals(request["ValDtls"]) if request else None


def of_totals(totals):
    """Return the amounts of `ValDtls` of an INV-01 document."""
    return Amounts(
        paise(totals["AssVal"]),
        paise(sum(totals.get(member) or 0 for member in TAXES)),
        paise(totals["TotInvVal"]),
    )


def journal_amounts(moves):
    """Return move -> its amounts as they are booked, in rupees and positive.

    The taxable value is that of all product lines, the tax that of GST and cess.
    """
    lines = moves.env["account.move.line"]._read_group(
        [("move_id", "in", moves.ids), ("display_type", "in", ("product", "tax"))],
        groupby=["move_id", "display_type", "tax_line_id"],
        aggregates=["balance:sum"],
    )
    sums = defaultdict(lambda: [0.0, 0.0])
    for move, kind, tax, balance in lines:
        if kind == "product" or tax.l10n_in_gst_tax_type:
            sums[move][kind == "tax"] += balance
    return {
        move: Amounts(
            *(paise(_sign(move) * one) for one in sums[move]),
            paise(-_sign(move) * move.amount_total_signed),
        )
        for move in moves
    }


def _sign(move):
    return -1 if move.is_inbound() else 1


def compared(moves):
    """Return move -> (amounts with the IRP or None, amounts in the journal).

    Reverse charge, charges and gift cards are elsewhere in an INV-01 document than in
    the journal. So where the two differ, the journal's amounts are those of the
    document that would be sent of the invoice as it is booked now.
    """
    booked = journal_amounts(moves)
    pairs = {}
    for move in moves:
        sent = registered_amounts(move._l10n_in_irp_present())
        ours = booked[move]
        if sent and sent != ours:
            ours = _amounts_to_send(move) or ours
        pairs[move] = (sent, ours)
    return pairs


def _amounts_to_send(move):
    """Return the amounts of the INV-01 document of an invoice; None if none can be
    built of it."""
    move = move.sudo()
    payload = move.env["l10n_in.irp.payload"]
    try:
        with move.env.cr.savepoint(flush=False):
            none = move.l10n_in_irp_ewaybill_id.browse()
            request = payload._build(move, ewaybill=none)
    except Exception:
        # of any kind: the invoice may have been changed in every way since
        _logger.info("%s: its e-Invoice cannot be built", move.name, exc_info=True)
        return None
    return of_totals(request["ValDtls"])
