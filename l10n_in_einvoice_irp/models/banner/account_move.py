from odoo import api, models

from ...irp.operations import states
from ..queue.banner import INVALID
from ..rights import READERS

# what `l10n_in` warns of: its key, and our field with the same fault
HSN_WARNING, HSN_FIELD = "invalid_hsn_code_length", "l10n_in_hsn_code"


class AccountMove(models.Model):
    """The banners above the invoice: one for each fault, with the button that helps."""

    _inherit = "account.move"

    def _get_alerts(self):
        # EXTENDS 'account'
        alerts = super()._get_alerts()
        if alert := self._l10n_in_irp_alert():
            alerts["l10n_in_irp"] = alert
        if alert := self.sudo().l10n_in_irp_ewaybill_id._alert():
            alerts["l10n_in_irp_ewaybill"] = alert
        if alert := self.env["l10n_in.irp.validator"]._party_alert(self):
            alerts["l10n_in_irp_gstin"] = alert
        return alerts

    def _l10n_in_irp_alert(self):
        """Return the banner of the registration, or of what prevents it; None if there
        is nothing to report."""
        document = self.l10n_in_irp_document_id.sudo()
        if self._l10n_in_irp_is_judged():
            validator = self.env["l10n_in.irp.validator"]
            if alert := validator._faults_alert(self._origin):
                return alert
            if self._l10n_in_irp_present().status == INVALID:
                return validator._corrected_alert(self._origin)
        return document._alert() if document else None

    def _l10n_in_irp_is_judged(self):
        """Return whether the banner is made from the invoice as it is now: nothing of
        it has been sent.

        What is not saved yet has no banner of ours.
        """
        return bool(
            self._origin
            and self.state != "cancel"
            and self.env.user.has_groups(READERS)
            and self._origin.l10n_in_irp_applicable
            and self._l10n_in_irp_is_awaited()
        )

    def _l10n_in_irp_is_awaited(self):
        """Return whether it is to be registered, and nothing of it has been sent; a
        confirmed invoice of the time before e-Invoicing is left alone."""
        status = self._l10n_in_irp_present().status
        if not status:
            return self.state == "draft" or self._origin._l10n_in_irp_is_automatic()
        return status in (states.TO_REGISTER, INVALID)

    @api.depends("l10n_in_irp_document_id.status")
    def _compute_l10n_in_warning(self):
        # EXTENDS 'l10n_in': a line that our banner names needs no second one
        result = super()._compute_l10n_in_warning()
        for move in self:
            if HSN_WARNING in (move.l10n_in_warning or {}):
                move.l10n_in_warning = move._l10n_in_irp_without_twins()
        return result

    def _l10n_in_irp_without_twins(self):
        """Return the warnings of `l10n_in`, without the lines that our banner names."""
        warnings = dict(self.l10n_in_warning)
        if not self._l10n_in_irp_is_judged():
            return warnings
        faults = self.env["l10n_in.irp.validator"]._faults(self._origin)
        named = {one.record.id for one in faults if one.field_name == HSN_FIELD}
        warning = warnings.pop(HSN_WARNING)
        shown = self.invoice_line_ids._origin.filtered_domain(
            warning["action"]["domain"]
        )
        if named.issuperset(shown.ids):
            return warnings
        domain = [("id", "in", [one for one in shown.ids if one not in named])]
        action = {**warning["action"], "domain": domain}
        return {**warnings, HSN_WARNING: {**warning, "action": action}}
