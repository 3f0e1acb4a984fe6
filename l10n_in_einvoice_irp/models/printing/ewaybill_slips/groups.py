from odoo import models


class L10nInIrpEwaybill(models.Model):
    """Both prints list the groups of a movement by several vehicles."""

    _inherit = "l10n_in.irp.ewaybill"

    def _print_values(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        return {**super()._print_values(), "groups": self._printed_groups()}

    def _detailed_values(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        return {**super()._detailed_values(), "groups": self._printed_groups()}
