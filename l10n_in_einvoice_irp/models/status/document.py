from odoo import api, fields, models
from odoo.fields import Domain

from ..res_company import IRP_ENVIRONMENTS


class L10nInIrpDocument(models.Model):
    """Registrations that count where their company registers now."""

    _inherit = "l10n_in.irp.document"

    is_current = fields.Boolean(
        string="Counts in Current Environment",
        compute="_compute_is_current",
        search="_search_is_current",
        help="Registered in production, or in the environment in which the company "
        "registers now. An invoice does not show any other registration.",
    )

    @api.depends("environment", "company_id.l10n_in_irp_environment")
    def _compute_is_current(self):
        for document in self:
            current = document.company_id.l10n_in_irp_environment
            document.is_current = document.environment in ("production", current)

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        is_current = Domain("environment", "=", "production") | Domain.OR(
            Domain("environment", "=", environment)
            & Domain("company_id.l10n_in_irp_environment", "=", environment)
            for environment, _label in IRP_ENVIRONMENTS
        )
        return Domain.OR(is_current if wanted else ~is_current for wanted in set(value))
