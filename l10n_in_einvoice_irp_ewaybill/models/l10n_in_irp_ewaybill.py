from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.l10n_in_einvoice_irp.irp.operations import states

from .take_over import CANCELLED, GENERATED, LINK


class L10nInIrpEwaybill(models.Model):
    """Ours, and those of Odoo's E-waybill with the same numbers."""

    _inherit = "l10n_in.irp.ewaybill"

    is_taken_unchecked = fields.Boolean(
        string="Taken Over without a Check",
        readonly=True,
        copy=False,
        help="Taken over from Odoo's E-waybill on the word of an e-Invoice manager: "
        "there was no access to the e-way bill system.",
    )

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

    def _unlink_source(self):
        # EXTENDS 'l10n_in_einvoice_irp': without its document, it does not stand for
        # what Odoo's E-waybill has made for that
        theirs = self.env["l10n.in.ewaybill"].sudo()
        theirs.search([(LINK, "in", self.ids)])[LINK] = False
        return super()._unlink_source()

    def _act_on_state(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        self._cancel_at_odoo()
        return super()._act_on_state()

    def _cancel_at_odoo(self):
        """Note at Odoo's E-waybill which ones are cancelled: each is there twice."""
        for ours in self.filtered(lambda one: one.state == states.CANCELLED):
            for bill in ours._at_odoo():
                bill.write({"state": CANCELLED, "cancel_remarks": ours.cancel_remark})

    # ------------------------------------------------------------------
    # Taken over without access to the portal
    # ------------------------------------------------------------------

    @api.depends("is_taken_unchecked")
    def _compute_lacks_details(self):
        # EXTENDS 'l10n_in_einvoice_irp': those of Odoo's E-waybill are there
        result = super()._compute_lacks_details()
        self.filtered("is_taken_unchecked").lacks_details = False
        return result

    def _search_lacks_details(self, operator, value):
        # EXTENDS 'l10n_in_einvoice_irp'
        if operator != "in":
            return NotImplemented
        lacking = super()._search_lacks_details("in", [True])
        lacking &= Domain("is_taken_unchecked", "=", False)
        return lacking if True in value else ~lacking

    def _check_printable(self):
        # EXTENDS 'l10n_in_einvoice_irp': Odoo's E-waybill has what it prints
        if len(self) == 1 and self.is_taken_unchecked and not self.fetched_at:
            raise UserError(
                self.env._(
                    "%(ewaybill)s was taken over from Odoo's E-waybill without a check "
                    "with the portal. Print it there: open the e-Waybill with its "
                    "button on %(document)s and click 'Print'.",
                    ewaybill=self.display_name,
                    document=self._document_name(),
                )
            )
        return super()._check_printable()
