from odoo import models

from ...clock import printed_time
from ..requests import exact


class L10nInIrpEwaybill(models.Model):
    """Its groups on the prints: which vehicle carries how much."""

    _inherit = "l10n_in.irp.ewaybill"

    def _printed_groups(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        return [_printed(group) for group in self._groups()]


def _printed(group):
    places = (group.start.place, group.start.to_place)
    return {
        "number": group.number,
        "route": " – ".join(filter(None, places)),
        "total": _amount(group.start),
        "vehicles": [
            {
                "carrier": entry._printed_entry().carrier,
                "quantity": _amount(entry),
                "date": printed_time(entry.done_at),
            }
            for entry in group.entries
        ],
    }


def _amount(step):
    """Return quantity and UQC; "" if the portal alone knows them."""
    quantity = step.quantity and f"{exact(step.quantity):f}"
    return f"{quantity} {step.unit or ''}".strip() if quantity else ""
