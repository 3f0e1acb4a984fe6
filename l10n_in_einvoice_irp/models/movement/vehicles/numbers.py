from odoo import models
from odoo.exceptions import UserError

from ..requests import CONSOLIDATION, GROUP_START, TRIP_SHEET

# what the portal answers with a number -> the field that stores it
NUMBERS = {
    CONSOLIDATION: "trip_sheet",
    TRIP_SHEET: "trip_sheet",
    GROUP_START: "multi_vehicle_group",
}


class L10nInIrpEwaybillStep(models.Model):
    """A change that makes a number is settled by hand with that number alone."""

    _inherit = "l10n_in.irp.ewaybill.step"

    def _lacks_number(self):
        """Return whether the portal answers it with a number that is not known."""
        name = NUMBERS.get(self.kind)
        return bool(name) and not self[name]

    def _settle(self, word, remark, values):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        name = NUMBERS.get(self.kind)
        if word == "active" and self._lacks_number() and not values.get(name):
            raise UserError(
                self.env._(
                    "%(change)s: enter the number that ewaybillgst.gov.in shows. Click "
                    "'Done' in its line.",
                    change=self.display_name,
                )
            )
        return super()._settle(word, remark, values)
