from odoo import Command, api, fields, models
from odoo.exceptions import UserError

VIEW = "l10n_in_einvoice_irp.l10n_in_irp_bulk_export_view_form_ewaybill"


class L10nInIrpBulkExport(models.TransientModel):
    """Exports e-way bills to files for the bulk upload on ewaybillgst.gov.in."""

    _inherit = "l10n_in.irp.bulk.export"

    ewaybill_ids = fields.Many2many(
        "l10n_in.irp.ewaybill",
        string="e-Way Bills",
        domain="[('company_id', '=', company_id), ('basis', '=', 'document')]",
        help="Prepared or refused e-way bills without an IRN. Others are left out, "
        "with the reason.",
    )

    @api.model
    def _open_for_ewaybills(self, bills):
        """Return the action that opens the dialog for e-way bills of one company.

        :raises UserError: they are of several companies, or none is selected.
        """
        if len(bills.company_id) != 1:
            raise UserError(
                self.env._("Select e-way bills of one company for the bulk upload.")
            )
        wizard = self.create(
            {
                "company_id": bills.company_id.id,
                "move_ids": [Command.clear()],
                "ewaybill_ids": [Command.set(bills.ids)],
            }
        )
        return wizard._dialog()

    def _export(self):
        # EXTENDS 'l10n_in.irp.bulk.export'
        bills = self.ewaybill_ids
        if not bills:
            return super()._export()
        if bills.company_id != self.company_id:
            raise UserError(
                self.env._("Select e-way bills of %s first.", self.company_id.name)
            )
        for bill in bills:
            bill._check_may_write()
        return bills._export()

    def _dialog(self):
        # EXTENDS 'l10n_in.irp.bulk.export'
        action = super()._dialog()
        if self.ewaybill_ids:
            action["context"] |= {"form_view_ref": VIEW}
        return action


class L10nInIrpEwaybill(models.Model):
    _inherit = "l10n_in.irp.ewaybill"

    def action_bulk_json(self):
        """Open the dialog that makes the JSON file for the bulk upload of these on
        ewaybillgst.gov.in."""
        return self.env["l10n_in.irp.bulk.export"]._open_for_ewaybills(self)
