from odoo import api, fields, models
from odoo.exceptions import UserError

from ...irp.operations import states
from ..rights import check_user

# states of a registration with which an e-way bill can go, or be generated later
OPEN_TO_EWAYBILL = (False, states.TO_REGISTER, states.REJECTED, states.REGISTERED)


class AccountMove(models.Model):
    """The e-way bills of an invoice; a part of `account.move`."""

    _inherit = "account.move"

    l10n_in_irp_ewaybill_ids = fields.One2many(
        "l10n_in.irp.ewaybill", "move_id", string="e-Way Bills", copy=False
    )
    l10n_in_irp_ewaybill_id = fields.Many2one(
        "l10n_in.irp.ewaybill",
        string="e-Way Bill",
        compute="_compute_l10n_in_irp_ewaybill_id",
        help="The e-way bill that is not cancelled, in the environment where the "
        "invoice is registered.",
    )

    l10n_in_irp_offers_ewaybill = fields.Boolean(
        string="e-Way Bill Offered",
        compute="_compute_l10n_in_irp_offers_ewaybill",
        help="The invoice has goods and no e-way bill, and may get one.",
        groups="base.group_user",
    )

    @api.depends(
        "country_code",
        "move_type",
        "state",
        "debit_origin_id",
        "l10n_in_irp_applicable",
        "l10n_in_irp_state",
        "l10n_in_irp_ewaybill_id",
        "invoice_line_ids.display_type",
        "invoice_line_ids.l10n_in_hsn_code",
    )
    def _compute_l10n_in_irp_offers_ewaybill(self):
        for move in self:
            move.l10n_in_irp_offers_ewaybill = (
                move.state != "cancel"
                and move.l10n_in_irp_applicable
                and not move.l10n_in_irp_ewaybill_id
                and move.l10n_in_irp_state in OPEN_TO_EWAYBILL
                and not move._l10n_in_irp_no_ewaybill_reason()
            )

    def _l10n_in_irp_no_ewaybill_reason(self):
        """Return why no e-way bill is made for such a document; "" if one may be."""
        self.ensure_one()
        if self.move_type != "out_invoice" or self.debit_origin_id:
            return self.env._("An e-Way Bill is made for an invoice, not for a note.")
        if not self.env["l10n_in.irp.validator"]._has_goods(self):
            return self.env._(
                "All lines of %s are services (SAC 99…), which need no e-Way Bill.",
                self.display_name,
            )
        return ""

    @api.ondelete(at_uninstall=False)
    def _unlink_except_l10n_in_irp_ewaybill(self):
        """Keep an invoice whose e-way bills may not be deleted.

        The database deletes them with it, past the ORM.
        """
        self.sudo().l10n_in_irp_ewaybill_ids._unlink_except_sent()

    @api.depends(
        "l10n_in_irp_ewaybill_ids.state",
        "l10n_in_irp_ewaybill_ids.environment",
        "l10n_in_irp_document_id",
        "company_id.l10n_in_irp_environment",
    )
    def _compute_l10n_in_irp_ewaybill_id(self):
        for move in self:
            document = move.l10n_in_irp_document_id.sudo()
            ewaybills = move.sudo().l10n_in_irp_ewaybill_ids
            active = ewaybills.filtered(
                lambda bill, document=document: (
                    bill.state != states.CANCELLED and bill._is_of(document)
                )
            )
            move.l10n_in_irp_ewaybill_id = active[:1]

    def _l10n_in_irp_other_ewaybill(self, lock=False):
        """Return a note on an e-way bill that another addon has made or is making, and
        what to do about it; "" if there is none. For extensions.

        :param lock: ours is about to be sent: stop others from making one until the
            intent is committed.
        """
        return ""

    def action_l10n_in_irp_ewaybills(self):
        """Open all e-way bills of the invoice, the cancelled ones too."""
        return self.l10n_in_irp_ewaybill_ids._get_records_action(
            name=self.env._("e-Way Bills")
        )

    def _l10n_in_irp_ewaybill_to_send(self):
        """Return a prepared e-way bill that goes out with the registration."""
        return self.l10n_in_irp_ewaybill_id.sudo().filtered(
            lambda ewaybill: ewaybill.with_irn and ewaybill.state == states.DRAFT
        )

    def action_l10n_in_irp_ewaybill(self):
        """Open the e-way bill of the invoice; prepare one if there is none, or only a
        cancelled one."""
        self.ensure_one()
        ewaybill = self.l10n_in_irp_ewaybill_id
        if not ewaybill:
            check_user(self.env)
            self.check_access("write")
            other = self._l10n_in_irp_other_ewaybill()
            if reason := other or self._l10n_in_irp_no_ewaybill_reason():
                raise UserError(reason)
            ewaybill = ewaybill.sudo().create({"move_id": self.id})
        return ewaybill.sudo(False)._get_records_action(name=self.env._("e-Way Bill"))
