import re
from functools import partial

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...irp.reference import entries, entry
from ..queue.banner import search_by_sql
from .measured import OTHER, computed, portal_selection, portal_sql

# outcomes of calls that a portal did not answer as it should
FAILURES = ("transport", "not_sent", "unknown", "crashed", "protocol")
GATEWAY = "gateway"
FAILED_OUTCOMES = (*FAILURES, *(f"{GATEWAY}_{one}" for one in FAILURES))
# of a label in a graph; the list has the whole text
LENGTH = 60
# of a value in a published text
PLACEHOLDER = re.compile(r"\{\d+\}")


class L10nInIrpLog(models.Model):
    """Measures of calls: how fast and how often a portal answers, and its refusals."""

    _inherit = "l10n_in.irp.log"

    # few calls fail
    _failed = models.Index(
        f"(id) WHERE (outcome IN {FAILED_OUTCOMES} OR COALESCE(http_status, 0) >= 500)"
    )

    portal = fields.Selection(
        selection="_selection_portal",
        compute="_compute_portal",
        search="_search_portal",
        help="The portal that was called.",
    )
    refusal = fields.Selection(
        selection="_selection_refusal",
        compute="_compute_refusal",
        search="_search_refusal",
        help="The portal's error code with its published text.",
    )
    answer_ms = fields.Integer(
        string="Response Time (ms)",
        compute="_compute_answer_ms",
        search="_search_answer_ms",
        aggregator="avg",
        help="How long the portal took to answer. Empty if it did not.",
    )
    failures = fields.Integer(
        compute="_compute_failures",
        search="_search_failures",
        aggregator="sum",
        help="1 if the portal did not answer, or with an error of its server.",
    )
    code_text = fields.Char(
        string="Meaning",
        compute="_compute_code_text",
        help="The published text of the portal's error code.",
    )

    def _selection_portal(self):
        return portal_selection(self.env)

    def _compute_portal(self):
        for row, portal in computed(self, "portal").items():
            row.portal = portal

    def _search_portal(self, operator, value):
        return search_by_sql("portal", operator, value)

    def _selection_refusal(self):
        known = {one.code: one.message for one in reversed(entries())}
        rows = [(code, _label(code, text)) for code, text in sorted(known.items())]
        gateway = (GATEWAY, self.env._("Refused by the GSP"))
        return [*rows, gateway, (OTHER, self.env._("Code Without Published Text"))]

    def _compute_refusal(self):
        for row, refusal in computed(self, "refusal").items():
            row.refusal = refusal

    def _search_refusal(self, operator, value):
        exact = search_by_sql("refusal", operator, value)
        return (
            Domain("code", "!=", False) & exact if is_given(operator, value) else exact
        )

    def _compute_answer_ms(self):
        for row, time in computed(self, "answer_ms").items():
            row.answer_ms = time

    def _search_answer_ms(self, operator, value):
        return search_by_sql("answer_ms", operator, value)

    def _compute_failures(self):
        for row, count in computed(self, "failures").items():
            row.failures = count

    def _search_failures(self, operator, value):
        if operator != "in" or set(value) != {1}:
            return search_by_sql("failures", operator, value)

        def to_sql(model, alias, query):
            return model._is_failure_sql(
                partial(model._field_to_sql, alias, query=query)
            )

        return Domain.custom(to_sql=to_sql)

    def _compute_code_text(self):
        for row in self:
            is_gateway = (row.outcome or "").startswith(f"{GATEWAY}_")
            row.code_text = row.code and not is_gateway and entry(row.code).message

    def _field_to_sql(self, alias, field_expr, query=None):
        def column(name):
            return self._field_to_sql(alias, name, query)

        if field_expr == "portal":
            return portal_sql(self.env, column("url"), column("environment"))
        if field_expr == "answer_ms":
            return SQL(
                "CASE WHEN COALESCE(%s, 0) > 0 THEN %s END",
                column("http_status"),
                column("milliseconds"),
            )
        if field_expr == "failures":
            return self._failures_sql(column)
        if field_expr == "refusal":
            return self._refusal_sql(column)
        return super()._field_to_sql(alias, field_expr, query)

    def _failures_sql(self, column):
        """Return 1 for a call that the portal did not answer as it should, else 0.

        :param column: returns the SQL of a field.
        """
        return SQL("CASE WHEN %s THEN 1 ELSE 0 END", self._is_failure_sql(column))

    def _is_failure_sql(self, column):
        """Return the condition of `_failed`: the index is used for the same words."""
        return SQL(
            "(%s IN %s OR COALESCE(%s, 0) >= 500)",
            column("outcome"),
            FAILED_OUTCOMES,
            column("http_status"),
        )

    def _refusal_sql(self, column):
        """Return the value of `refusal`; NULL for a call that nobody refused.

        A look-up that finds nothing is answered. A GSP's codes are its own: the same
        number means something else there.
        """
        return SQL(
            "CASE WHEN NULLIF(%(code)s, '') IS NULL OR %(failed)s = 1"
            " OR %(outcome)s LIKE '%%not_found' THEN NULL"
            " WHEN %(outcome)s LIKE 'gateway\\_%%' THEN %(gateway)s"
            " WHEN %(code)s IN %(known)s THEN %(code)s ELSE %(other)s END",
            code=column("code"),
            failed=self._failures_sql(column),
            outcome=column("outcome"),
            gateway=GATEWAY,
            known=tuple(one.code for one in entries()),
            other=OTHER,
        )


def _label(code, text):
    text = PLACEHOLDER.sub("…", text)
    short = text if len(text) <= LENGTH else f"{text[: LENGTH - 1].rstrip()}…"
    return f"{code} – {short}"


def is_given(operator, value):
    """Return whether no empty value meets a condition of a search."""
    is_empty = not all(value) if operator in ("in", "not in") else False
    return is_empty == (operator == "not in")
