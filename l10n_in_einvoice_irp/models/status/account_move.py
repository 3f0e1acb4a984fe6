from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...irp.operations import states
from ..queue.banner import search_by_sql, states_of
from .applicability import SALE_TYPES
from .applicability_sql import case

# computed field -> the method that returns its expression
EXPRESSIONS = {
    "l10n_in_irp_status": "_l10n_in_irp_status_sql",
    "l10n_in_irp_proof": "_l10n_in_irp_proof_sql",
    "l10n_in_irp_reason_kind": "_l10n_in_irp_reason_sql",
    "l10n_in_irp_deadline": "_l10n_in_irp_deadline_sql",
}
# statuses of invoices without a registration that no index finds
BOUNDLESS = {False, "not_applicable"}


class AccountMove(models.Model):
    """The status of an invoice where its company registers now.

    Nothing of it is stored: columns, filters and groups all derive it from the
    registration and the company's environment.
    """

    _inherit = "account.move"

    l10n_in_irp_status = fields.Selection(
        selection="_selection_l10n_in_irp_status",
        string="e-Invoice Status",
        compute="_compute_l10n_in_irp_status",
        search="_search_l10n_in_irp_status",
    )
    l10n_in_irp_proof = fields.Selection(
        selection="_selection_l10n_in_irp_proof",
        string="Proof of Registration",
        compute="_compute_l10n_in_irp_proof",
        search="_search_l10n_in_irp_proof",
        compute_sudo=True,
        help="What shows that the invoice is registered: the IRP's signature, or the "
        "word of a manager.",
        groups="base.group_user",
    )
    l10n_in_irp_test_note = fields.Char(
        string="Test Invoice",
        compute="_compute_l10n_in_irp_status",
        help="Filled in if a portal other than the production IRP registered the "
        "invoice.",
    )
    l10n_in_irp_status_tone = fields.Char(
        string="Colour of e-Invoice Status",
        compute="_compute_l10n_in_irp_status_tone",
        compute_sudo=True,
        groups="base.group_user",
    )

    @api.model
    def _selection_l10n_in_irp_status(self):
        return [
            ("not_applicable", self.env._("Not Applicable")),
            ("not_registered", self.env._("Not Registered")),
            *self.env["l10n_in.irp.document"]._selection_status(),
        ]

    @api.model
    def _selection_l10n_in_irp_proof(self):
        field = self.env["l10n_in.irp.document"]._fields["proof"]
        return field._description_selection(self.env)

    @api.depends(
        "country_code",
        "state",
        "l10n_in_irp_applicable",
        "l10n_in_irp_document_id.environment",
        "l10n_in_irp_document_id.status",
        "company_id.l10n_in_irp_environment",
    )
    def _compute_l10n_in_irp_status(self):
        for move in self:
            status = move._l10n_in_irp_present().status
            move.l10n_in_irp_status = status or move._l10n_in_irp_status_before()
            document = move.l10n_in_irp_document_id.sudo()
            move.l10n_in_irp_test_note = document._test_note()

    @api.depends("l10n_in_irp_document_id.proof", "company_id.l10n_in_irp_environment")
    def _compute_l10n_in_irp_proof(self):
        for move in self:
            move.l10n_in_irp_proof = move._l10n_in_irp_present().proof

    @api.depends(
        "l10n_in_irp_document_id.status_tone", "company_id.l10n_in_irp_environment"
    )
    def _compute_l10n_in_irp_status_tone(self):
        for move in self:
            move.l10n_in_irp_status_tone = move._l10n_in_irp_present().status_tone

    def _l10n_in_irp_present(self):
        """Return its registration, for superuser; none if that is a test in an
        environment which the company has left: the invoice is not registered now."""
        self.ensure_one()
        document = self.l10n_in_irp_document_id.sudo()
        is_test = document.environment != "production"
        is_past = is_test and not self._l10n_in_irp_is_current()
        return document.browse() if is_past else document

    def _l10n_in_irp_status_before(self):
        """Return the status of an invoice without a registration; False if it cannot
        have one."""
        is_ours = self.country_code == "IN" and self.move_type in SALE_TYPES
        if not is_ours:
            return False
        is_open = self.state != "cancel" and self.l10n_in_irp_applicable
        return "not_registered" if is_open else "not_applicable"

    # ------------------------------------------------------------------
    # In searches and groups
    # ------------------------------------------------------------------

    def _field_to_sql(self, alias, field_expr, query=None):
        # EXTENDS 'account'
        if field_expr not in EXPRESSIONS:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return getattr(self.sudo(), EXPRESSIONS[field_expr])(alias, query)

    def _search_l10n_in_irp_status(self, operator, value):
        if operator != "in" or not BOUNDLESS.isdisjoint(value):
            return search_by_sql("l10n_in_irp_status", operator, value, is_common=True)
        exact = search_by_sql("l10n_in_irp_status", operator, value)
        if "not_registered" not in value:
            return self._l10n_in_irp_present_domain(
                Domain("status", "in", value), are_few=states.REGISTERED not in value
            )
        others = states_of(set(value) - {"not_registered"})
        return self._l10n_in_irp_unregistered_bound(others) & exact

    def _search_l10n_in_irp_proof(self, operator, value):
        if operator != "in" or not all(value):
            return search_by_sql("l10n_in_irp_proof", operator, value)
        self._check_field_access(self._fields["l10n_in_irp_proof"], "read")
        return self._l10n_in_irp_present_domain(
            Domain("proof", "in", value), are_few="verified" not in value
        )

    def _search_l10n_in_irp_reason_kind(self, operator, value):
        return search_by_sql("l10n_in_irp_reason_kind", operator, value)

    def _l10n_in_irp_status_sql(self, alias, query):
        documents, document = self._l10n_in_irp_join(alias, query)
        is_present = self._l10n_in_irp_is_present_sql(alias, query)
        status = documents._field_to_sql(document, "status", query)
        before = self._l10n_in_irp_before_sql(alias, query)
        return SQL("(CASE WHEN %s THEN %s ELSE %s END)", is_present, status, before)

    def _l10n_in_irp_before_sql(self, alias, query):
        """Return the expression of `_l10n_in_irp_status_before`; NULL for False."""
        is_ours = SQL(
            "%s AND %s IN %s",
            self._l10n_in_irp_is_indian_sql(alias, query),
            self._field_to_sql(alias, "move_type", query),
            SALE_TYPES,
        )
        is_applicable = SQL("%s IS NULL", self._l10n_in_irp_reason_sql(alias, query))
        return case(
            [
                (SQL("(%s) IS NOT TRUE", is_ours), None),
                (is_applicable, "not_registered"),
            ],
            "not_applicable",
        )

    def _l10n_in_irp_proof_sql(self, alias, query):
        documents, document = self._l10n_in_irp_join(alias, query)
        is_present = self._l10n_in_irp_is_present_sql(alias, query)
        proof = documents._field_to_sql(document, "proof", query)
        return SQL("(CASE WHEN %s THEN %s END)", is_present, proof)

    def _l10n_in_irp_is_present_sql(self, alias, query):
        """Return whether `_l10n_in_irp_present` finds a registration; NULL if not."""
        documents, document = self._l10n_in_irp_join(alias, query)
        environment = documents._field_to_sql(document, "environment", query)
        current = self._l10n_in_irp_company_column(
            alias, "l10n_in_irp_environment", query
        )
        return SQL("(%s IN ('production', %s))", environment, current)

    def _l10n_in_irp_join(self, alias, query):
        """Join the registration; return its model and alias."""
        return self._fields["l10n_in_irp_document_id"].join(self, alias, query)
