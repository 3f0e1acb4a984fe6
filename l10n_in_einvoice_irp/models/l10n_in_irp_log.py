from odoo import api, fields, models
from odoo.exceptions import UserError

from .res_company import IRP_ENVIRONMENTS


class L10nInIrpLog(models.Model):
    """One row per call to a portal. Rows are only ever added."""

    _name = "l10n_in.irp.log"
    _description = "IRP call"
    _order = "id desc"
    _rec_name = "endpoint"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    document_id = fields.Many2one(
        "l10n_in.irp.document",
        string="e-Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    number = fields.Char(string="Document number", readonly=True)
    gstin = fields.Char(string="GSTIN", readonly=True)
    environment = fields.Selection(selection=IRP_ENVIRONMENTS, readonly=True)
    endpoint = fields.Char(string="Service", readonly=True)
    url = fields.Char(string="URL", readonly=True)
    called_at = fields.Datetime(string="Called on", readonly=True)
    milliseconds = fields.Integer(string="Time (ms)", readonly=True)
    http_status = fields.Integer(string="HTTP status", readonly=True)
    code = fields.Char(string="Portal code", readonly=True)
    outcome = fields.Char(readonly=True)
    request_hash = fields.Char(string="SHA-256 of the request", readonly=True)
    user_id = fields.Many2one("res.users", readonly=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(
            self.env._("Calls to the portal are evidence and cannot be deleted.")
        )

    def write(self, vals):
        # The foreign key to a discarded document is emptied by PostgreSQL itself.
        if vals:
            raise UserError(
                self.env._("Calls to the portal are evidence and cannot be changed.")
            )
        return super().write(vals)
