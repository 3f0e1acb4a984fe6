from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...irp.rules import liable_since
from ..taxpayer.treatments import UNREGISTERED
from .applicability import (
    APPLICABLE_SECTIONS,
    OPERATOR_SECTION,
    SALE_TYPES,
    UNTAXED_SECTIONS,
)

GST_TAGS = ("igst", "cgst", "sgst", "cess")
# before the first supplier had to register
NEVER = "9999-12-31"


class AccountMove(models.Model):
    """The duty to register an invoice, as SQL; `applicability` decides the same.

    Methods take the alias of `account_move` in a query and return an expression. They
    are called as superuser: who reads an invoice reads its company and lines.
    """

    _inherit = "account.move"

    def _l10n_in_irp_reason_sql(self, alias, query):
        """Return the expression for `l10n_in_irp_reason_kind`, NULL if applicable."""
        steps = [
            *self._l10n_in_irp_document_cases(alias, query),
            *self._l10n_in_irp_seller_cases(alias, query),
            *self._l10n_in_irp_turnover_cases(alias, query),
            *self._l10n_in_irp_advance_cases(alias, query),
            *self._l10n_in_irp_supply_cases(alias, query),
        ]
        return case(steps, "no_tax")

    def _l10n_in_irp_document_cases(self, alias, query):
        value = self._field_to_sql
        journals, journal = self._fields["journal_id"].join(self, alias, query)
        is_other = SQL(
            "%s NOT IN %s OR %s != 'sale'",
            value(alias, "move_type", query),
            SALE_TYPES,
            journals._field_to_sql(journal, "type", query),
        )
        is_cancelled = SQL(
            "%s = 'cancel' AND %s IS NOT TRUE",
            value(alias, "state", query),
            self._l10n_in_irp_is_present_sql(alias, query),
        )
        is_abroad = SQL("NOT %s", self._l10n_in_irp_is_indian_sql(alias, query))
        return [
            (is_abroad, "abroad"),
            (is_other, "not_sale"),
            (is_cancelled, "cancelled"),
        ]

    def _l10n_in_irp_seller_cases(self, alias, query):
        company = self._l10n_in_irp_company_column
        return [
            (
                SQL("%s IS NOT TRUE", company(alias, name, query)),
                reason,
            )
            for name, reason in (
                ("l10n_in_irp_enabled", "off"),
                ("l10n_in_is_gst_registered", "no_gst"),
            )
        ] + [
            (SQL("COALESCE(%s, '') = ''", company(alias, "vat", query)), "no_gstin"),
            (
                SQL("%s IS NOT NULL", company(alias, "l10n_in_irp_exemption", query)),
                "exempt",
            ),
        ]

    def _l10n_in_irp_turnover_cases(self, alias, query):
        day = self._l10n_in_irp_day_sql(alias, query)
        first = self._l10n_in_irp_per_turnover_sql(
            lambda above_crore: liable_since(above_crore) or NEVER, "date", alias, query
        )
        begin = min(filter(None, map(liable_since, self._l10n_in_irp_turnovers())))
        return [
            (SQL("%s < %s", day, begin), "not_in_force"),
            (SQL("%s < %s", day, first), "turnover"),
        ]

    def _l10n_in_irp_day_sql(self, alias, query):
        today = fields.Date.context_today(self)
        column = self._field_to_sql(alias, "invoice_date", query)
        return SQL("COALESCE(%s, %s)", column, today)

    def _l10n_in_irp_advance_cases(self, alias, query):
        """Return the case that all of its order lines are down payments, which the
        company does not register; see `_is_downpayment` of the `sale` addon."""
        link = self.env["account.move.line"]._fields.get("sale_line_ids")
        if not link:
            return []
        order_lines = self.env[link.comodel_name]
        down_payments = SQL(
            "(SELECT BOOL_AND(COALESCE(%s, FALSE))"
            " FROM account_move_line irp_line"
            " JOIN %s irp_link ON %s = irp_line.id"
            " JOIN sale_order_line irp_order_line ON irp_order_line.id = %s"
            " WHERE irp_line.move_id = %s)",
            order_lines._field_to_sql("irp_order_line", "is_downpayment"),
            SQL.identifier(link.relation),
            SQL.identifier("irp_link", link.column1),
            SQL.identifier("irp_link", link.column2),
            SQL.identifier(alias, "id"),
        )
        if "sale_order_origin_id" in getattr(
            self.env.get("pos.order.line"), "_fields", ()
        ):
            # without order lines, what the till has marked; see `pos_sale`
            at_till = self._l10n_in_irp_till_advance_sql(alias)
            down_payments = SQL("COALESCE(%s, %s)", down_payments, at_till)
        registers = self._l10n_in_irp_company_column(
            alias, "l10n_in_irp_register_advances", query
        )
        return [(SQL("%s IS NOT TRUE AND %s", registers, down_payments), "advance")]

    def _l10n_in_irp_till_advance_sql(self, alias):
        """Return the condition that all lines are down payments of the till."""
        key = self.env["account.move.line"]._field_to_sql("irp_line", "extra_tax_data")
        return SQL(
            "(SELECT BOOL_AND('down_payment' = ANY(string_to_array("
            "COALESCE(%s->>'computation_key', ''), ',')))"
            " FROM account_move_line irp_line WHERE irp_line.move_id = %s"
            " AND irp_line.display_type IN ('product', 'epd', 'rounding'))",
            key,
            SQL.identifier(alias, "id"),
        )

    def _l10n_in_irp_supply_cases(self, alias, query):
        """Return the cases of the lines; none of them: no line has a GST tax."""
        treatment = self._field_to_sql(alias, "l10n_in_gst_treatment", query)
        section = self.env["account.move.line"]._field_to_sql(
            "irp_line", "l10n_in_gstr_section"
        )

        def has_line(condition):
            return self._l10n_in_irp_has_line_sql(alias, condition)

        return [
            (has_line(SQL("%s IN %s", section, APPLICABLE_SECTIONS)), None),
            (SQL("%s IN %s", treatment, UNREGISTERED), "unregistered"),
            (has_line(SQL("%s = %s", section, OPERATOR_SECTION)), "operator"),
            (has_line(self._l10n_in_irp_has_gst_sql()), None),
            (has_line(SQL("%s IN %s", section, UNTAXED_SECTIONS)), "untaxed"),
        ]

    def _l10n_in_irp_has_line_sql(self, alias, condition):
        lines = self.env["account.move.line"]
        # not EXISTS: PostgreSQL might read the lines of all invoices for it
        return SQL(
            "((SELECT 1 FROM account_move_line irp_line"
            " WHERE %s = %s AND %s = 'product' AND %s LIMIT 1) IS NOT NULL)",
            lines._field_to_sql("irp_line", "move_id"),
            SQL.identifier(alias, "id"),
            lines._field_to_sql("irp_line", "display_type"),
            condition,
        )

    def _l10n_in_irp_has_gst_sql(self):
        """Return whether a line has a GST tax, directly or in a group of taxes."""
        taxes = self.env["account.tax"].with_context(active_test=False)
        is_gst = Domain("country_id", "=", self.env.ref("base.in").id)
        tags = [self.env.ref(f"l10n_in.tax_tag_{tag}").id for tag in GST_TAGS]
        is_gst &= Domain("invoice_repartition_line_ids.tag_ids", "in", tags)
        in_group = Domain(
            "children_tax_ids", "any", is_gst & Domain("active", "=", True)
        )
        is_group = Domain("amount_type", "=", "group")
        found = taxes._search((is_group & in_group) | (~is_group & is_gst))
        # their ids make the plan short
        return SQL(
            "EXISTS (SELECT 1 FROM account_move_line_account_tax_rel irp_tax"
            " WHERE irp_tax.account_move_line_id = irp_line.id"
            " AND irp_tax.account_tax_id = ANY(%s))",
            list(found.get_result_ids()),
        )

    # ------------------------------------------------------------------
    # Columns
    # ------------------------------------------------------------------

    def _l10n_in_irp_company_column(self, alias, name, query):
        companies, company = self._fields["company_id"].join(self, alias, query)
        return companies._field_to_sql(company, name, query)

    def _l10n_in_irp_is_indian_sql(self, alias, query):
        country = self._l10n_in_irp_company_column(
            alias, "account_fiscal_country_id", query
        )
        india = self.env.ref("base.in").id
        return SQL("(%s IS NOT DISTINCT FROM %s)", country, india)

    def _l10n_in_irp_turnovers(self):
        """Return the turnovers that a company may choose, in crore rupees."""
        field = self.env["res.company"]._fields["l10n_in_irp_turnover"]
        return [int(key) for key, _label in field._description_selection(self.env)]

    def _l10n_in_irp_per_turnover_sql(self, value_of, kind, alias, query):
        """Return the value of the company's turnover class.

        :param value_of: function of a turnover above which the class begins, in crore.
        :param kind: the value's type in SQL.
        """
        turnover = self._l10n_in_irp_company_column(
            alias, "l10n_in_irp_turnover", query
        )
        arms = [
            SQL("WHEN %s THEN %s", str(crore), value_of(crore))
            for crore in self._l10n_in_irp_turnovers()
        ]
        return SQL("(CASE %s %s END)::%s", turnover, SQL(" ").join(arms), SQL(kind))


def case(steps, otherwise):
    """Return the expression of the first step whose condition holds.

    :param steps: pairs of a condition and a value; None stands for NULL.
    """
    arms = [SQL("WHEN %s THEN %s", condition, value) for condition, value in steps]
    return SQL("(CASE %s ELSE %s END)::varchar", SQL(" ").join(arms), otherwise)
