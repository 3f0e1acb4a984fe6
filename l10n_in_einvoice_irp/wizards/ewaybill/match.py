from odoo import api, fields, models
from odoo.exceptions import UserError

from ..targets import CheckedDialog


class L10nInIrpEwaybillMatch(CheckedDialog, models.TransientModel):
    """Links a document that a person chooses with an e-way bill made elsewhere."""

    _name = "l10n_in.irp.ewaybill.match"
    _description = "Choose Document of e-Way Bill"

    ewaybill_id = fields.Many2one(
        "l10n_in.irp.ewaybill",
        string="e-Way Bill",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="ewaybill_id.company_id")
    doc_number = fields.Char(related="ewaybill_id.doc_number")
    doc_date = fields.Date(related="ewaybill_id.doc_date")
    party_name = fields.Char(related="ewaybill_id.party_name")
    party_gstin = fields.Char(related="ewaybill_id.party_gstin")
    total_value = fields.Float(related="ewaybill_id.total_value")
    candidate_ids = fields.Many2many(
        "account.move",
        string="With This Number and Party",
        compute="_compute_candidate_ids",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        domain="[('company_id', '=', company_id), ('state', '!=', 'cancel'),"
        " ('move_type', 'in', ('out_invoice', 'out_refund', 'in_invoice',"
        " 'in_refund'))]",
        ondelete="cascade",
    )

    @api.model
    def _open(self, bill):
        """Return the action that opens the dialog for an e-way bill made elsewhere."""
        bill._check_may_link()
        wizard = self.create({"ewaybill_id": bill.id})
        return wizard._get_records_action(
            name=self.env._("Choose Document"), target="new"
        )

    @api.depends("ewaybill_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            bill = wizard.ewaybill_id
            found = bill.sudo()._candidates().get(bill.sudo(), [])
            moves = [one.id for one in found if one._name == "account.move"]
            wizard.candidate_ids = self.env["account.move"].search(
                [("id", "in", moves)]
            )

    def _chosen(self):
        """Return the chosen record. For extensions."""
        return self.move_id

    def action_link(self):
        """Link the chosen document.

        :raises UserError: none is chosen, or it cannot be linked.
        """
        self.ensure_one()
        chosen = self._chosen()
        if not chosen:
            raise UserError(self.env._("Choose the document first."))
        self.ewaybill_id._link_by_hand(chosen)
        return {"type": "ir.actions.act_window_close"}


class L10nInIrpEwaybill(models.Model):
    _inherit = "l10n_in.irp.ewaybill"

    def action_match(self):
        # EXTENDS 'l10n_in.irp.ewaybill': of several, or of none, a person chooses
        result = super().action_match()
        if len(self) == 1 and self.is_unmatched:
            return self.action_choose_document()
        return result

    def action_choose_document(self):
        """Open the dialog in which a person chooses the document."""
        self.ensure_one()
        return self.env["l10n_in.irp.ewaybill.match"]._open(self)
