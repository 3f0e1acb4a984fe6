from odoo import models

from odoo.addons.l10n_in_einvoice_irp.irp.operations import states

from .take_over import CANCELLED, GENERATED, LINK


class L10nInIrpEwaybill(models.Model):
    """Ours, and those of Odoo's E-waybill with the same numbers."""

    _inherit = "l10n_in.irp.ewaybill"

    def _at_odoo(self):
        """Return the generated ones of Odoo's E-waybill with these numbers, as
        superuser."""
        theirs = self.env["l10n.in.ewaybill"].sudo()
        numbers = [number for number in self.mapped("number") if number]
        domain = [
            ("company_id", "in", self.company_id.ids),
            ("name", "in", numbers),
            ("state", "=", GENERATED),
        ]
        return theirs.search(domain) if numbers else theirs

    def _after_link(self, record):
        # EXTENDS 'l10n_in_einvoice_irp': it was generated with Odoo's E-waybill
        result = super()._after_link(record)
        for bill in self._at_odoo():
            if not bill[LINK] and self in bill._l10n_in_irp_ours():
                bill[LINK] = self
        return result

    def _act_on_state(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        self._cancel_at_odoo()
        return super()._act_on_state()

    def _cancel_at_odoo(self):
        """Note at Odoo's E-waybill which ones are cancelled: each is there twice."""
        for ours in self.filtered(lambda one: one.state == states.CANCELLED):
            for bill in ours._at_odoo():
                bill.write({"state": CANCELLED, "cancel_remarks": ours.cancel_remark})
