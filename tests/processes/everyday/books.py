"""The journal's figures for an invoice, to compare with its INV-01 document."""

from typing import Any


def books(env, move: int) -> dict[str, Any]:
    """Return the figures of an invoice in the journal, positive and in rupees.

    ``taxable``: rate in percent (``""`` for lines without GST) -> amount booked.
    ``taxes``: kind ("igst", "cgst", …) -> amount booked.
    """
    move = env["account.move"].browse(move)
    return {
        "number": move.name,
        "total": abs(move.amount_total_signed),
        "due": abs(move.amount_residual_signed),
        "taxable": _taxable(move),
        "taxes": _taxes(move),
        "ref": move.ref,
    }


def _sign(move) -> int:
    return -1 if move.is_inbound() else 1


def _taxable(move) -> dict[str, float]:
    sums: dict[str, float] = {}
    for line in move.invoice_line_ids:
        if line.display_type == "product":
            rate = _rate(line.tax_ids.flatten_taxes_hierarchy())
            sums[rate] = round(sums.get(rate, 0) + _sign(move) * line.balance, 2)
    return sums


def _rate(taxes) -> str:
    gst = taxes.filtered("l10n_in_gst_tax_type")
    return f"{sum(gst.mapped('amount')):g}" if gst else ""


def _taxes(move) -> dict[str, float]:
    sums: dict[str, float] = {}
    for line in move.line_ids:
        kind = line.tax_line_id.l10n_in_gst_tax_type
        if kind:
            sums[kind] = round(sums.get(kind, 0) + _sign(move) * line.balance, 2)
    return sums


def findings(env, move: int, user: int) -> list[dict[str, Any]]:
    """Return the findings on an invoice as a user sees them."""
    env = env(user=user)
    found = env["l10n_in.irp.validator"]._check(env["account.move"].browse(move))
    return [
        {
            "code": each.code,
            "kind": each.kind,
            "field": each.field_name,
            "params": {name: str(value) for name, value in each.rule.params.items()},
            "text": each.text,
            "advice": each.advice,
            "blocking": each.blocking,
            "model": each.record._name,
            "record": each.record.id,
        }
        for each in found
    ]
