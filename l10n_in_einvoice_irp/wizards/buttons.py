"""The buttons that open dialogs; they are here because models know no dialogs."""

from odoo import models

from ..irp.operations import states


class AccountMove(models.Model):
    _inherit = "account.move"

    def button_request_cancel(self):
        # EXTENDS 'account'
        if self.l10n_in_irp_state != states.REGISTERED:
            return super().button_request_cancel()
        return self.env["l10n_in.irp.cancel"]._open(self)


class L10nInIrpSubmissionMixin(models.AbstractModel):
    _inherit = "l10n_in.irp.submission.mixin"

    def action_settle(self):
        """Open the dialog in which a manager settles the record."""
        self._check_settling()
        return self.env["l10n_in.irp.settle"]._open(self)


class L10nInIrpEwaybill(models.Model):
    _inherit = "l10n_in.irp.ewaybill"

    def action_cancel(self):
        """Ask for reason and remark, then cancel at the portal."""
        return self.env["l10n_in.irp.ewaybill.cancel"]._open(self)


class L10nInIrpTaxpayer(models.Model):
    _inherit = "l10n_in.irp.taxpayer"

    def _review(self, partner):
        """Return the dialog that compares this record with a partner."""
        return self.env["l10n_in.irp.gstin.review"]._open(self, partner)


class L10nInIrpCredential(models.Model):
    _inherit = "l10n_in.irp.credential"

    def action_add_keys(self):
        """Open the dialog that adds signing keys from files."""
        self.ensure_one()
        return self.env["l10n_in.irp.key.import"]._open(self)

    def action_fetch_keys(self):
        """Download the portal's signing keys and show them in the dialog; add none."""
        self.ensure_one()
        return self.env["l10n_in.irp.key.import"]._open_published(self)
