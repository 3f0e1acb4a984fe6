from odoo import fields, models
from odoo.tools import SQL

from ..queue.banner import search_by_sql
from .measured import computed, portal_selection, portal_sql


class L10nInIrpDocument(models.Model):
    """Measures of registrations: where, and how long an invoice waited for its IRN."""

    _inherit = "l10n_in.irp.document"

    portal = fields.Selection(
        selection="_selection_portal",
        compute="_compute_portal",
        search="_search_portal",
        help="The portal that the invoice was sent to.",
    )
    irn_minutes = fields.Float(
        string="Time to IRN (Minutes)",
        digits=(16, 2),
        compute="_compute_irn_minutes",
        aggregator="avg",
        help="From the moment at which Odoo queued the invoice to its Ack. Date, "
        "including the time until it was corrected. Empty if it was registered before "
        "that, outside Odoo.",
    )

    def _selection_portal(self):
        return portal_selection(self.env)

    def _compute_portal(self):
        for document, portal in computed(self, "portal").items():
            document.portal = portal

    def _search_portal(self, operator, value):
        return search_by_sql("portal", operator, value)

    def _compute_irn_minutes(self):
        for document, minutes in computed(self, "irn_minutes").items():
            document.irn_minutes = minutes

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "portal":
            return portal_sql(
                self.env,
                self._field_to_sql(alias, "base_url", query),
                self._field_to_sql(alias, "environment", query),
            )
        if field_expr == "irn_minutes":
            return SQL(
                # the portal's clock may be behind, but hardly by five minutes
                "CASE WHEN %(acked)s >= %(queued)s - INTERVAL '5 minutes' THEN"
                " GREATEST(EXTRACT(EPOCH FROM %(acked)s - %(queued)s), 0)::float / 60"
                " END",
                acked=self._field_to_sql(alias, "ack_date", query),
                queued=self._field_to_sql(alias, "create_date", query),
            )
        return super()._field_to_sql(alias, field_expr, query)
