from odoo import api, fields, models

from .bundling import archives_of, bundle
from .chain import archive_faults


class L10nInIrpSeal(models.Model):
    """The archives into which the evidence of a day was moved."""

    _inherit = "l10n_in.irp.seal"

    bundled_on = fields.Date(
        readonly=True,
        help="When its evidence was moved into a zip file. The signed JSON of each "
        "invoice is downloaded from the invoice as before.",
    )
    archive_ids = fields.Many2many(
        "ir.attachment", string="Archives", compute="_compute_archive_ids"
    )

    @api.depends("bundled_on")
    def _compute_archive_ids(self):
        for seal in self:
            seal.archive_ids = archives_of(seal.company_id, seal)

    @api.model
    def _cron_bundle(self):
        """Bundle the evidence of old days, as long as there is time."""
        bundle(self.sudo().env, self.env["ir.cron"]._commit_progress)

    @api.model
    def _faults(self, companies=None):
        faults = super()._faults(companies)
        return [*faults, *archive_faults(self.sudo().env, companies)]
