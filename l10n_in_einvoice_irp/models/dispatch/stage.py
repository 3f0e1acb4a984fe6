from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...irp.operations import states
from ...irp.reference.ewaybill import LIMITS
from ..clock import indian_midnight, indian_today, now_utc, utc
from ..queue.banner import search_by_sql

WAITING, TO_EXTEND, TODAY, MOVING = "waiting", "to_extend", "today", "moving"
OTHERS, UNSENT, OVER, ENDED = "others", "unsent", "over", "ended"
STAGES = [
    (WAITING, "Waiting for Part B"),
    (TO_EXTEND, "To Extend"),
    (TODAY, "Expiring Today"),
    (MOVING, "On the Way"),
    (OTHERS, "From Other Parties"),
    (UNSENT, "Not Generated"),
    (OVER, "Expired"),
    # rejected by the other party, cancelled, or about to be
    (ENDED, "Rejected or Cancelled"),
]
NOT_GENERATED = (
    states.DRAFT,
    states.TO_REGISTER,
    states.SENDING,
    states.UNKNOWN,
    states.UNCLEAR,
    states.REJECTED,
)
DAY = timedelta(days=1)
# Part A alone lapses after it
PART_A = timedelta(days=LIMITS.part_a_days)
PLAIN = ("state", "is_rejected", "valid_until", "ewb_date")


class L10nInIrpEwaybill(models.Model):
    """The stage of an e-way bill between generation and arrival, for a dispatcher."""

    _inherit = "l10n_in.irp.ewaybill"

    stage = fields.Selection(
        selection=STAGES,
        compute="_compute_stage",
        search="_search_stage",
        group_expand="_expand_stages",
        help="What the e-way bill needs on the road, by Indian time.",
    )
    expires_today = fields.Boolean(
        compute="_compute_expires_today",
        search="_search_expires_today",
        help="The validity ends at midnight in India, and goods may be on the way.",
    )

    @api.depends(
        *("state", "is_rejected", "valid_until", "ewb_date", "company_id.vat"),
        *("generator_gstin", "transporter_gstin"),
    )
    def _compute_stage(self):
        """Ask the database once, so that lists show what their filters find."""
        expression = self._stage_sql(self._table, None)
        # a record that is not saved has no stage yet
        rows = SQL(
            "SELECT %s, %s FROM %s WHERE %s IN %s",
            SQL.identifier(self._table, "id"),
            expression,
            SQL.identifier(self._table),
            SQL.identifier(self._table, "id"),
            tuple(self._origin.ids) or (0,),
        )
        found = dict(self.env.execute_query(rows))
        for bill in self:
            bill.stage = found.get(bill._origin.id, False)

    def _field_to_sql(self, alias, field_expr, query=None):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        if field_expr == "stage":
            return self._stage_sql(alias, query)
        return super()._field_to_sql(alias, field_expr, query)

    def _stage_sql(self, alias, query):
        """Return the stage of a row in SQL: the first case that applies."""
        column = {
            name: self._field_to_sql(alias, name, query)
            for name in (*PLAIN, "company_id")
        }
        now, own = utc(now_utc()), self._own_gstin_sql(column["company_id"])
        generator, transporter = (
            SQL("NULLIF(UPPER(TRIM(%s)), '')", self._field_to_sql(alias, name, query))
            for name in ("generator_gstin", "transporter_gstin")
        )
        end, lapsed = column["valid_until"], now - PART_A
        cases = (
            (SQL("%s IN %s", column["state"], NOT_GENERATED), UNSENT),
            (SQL("%s <> %s", column["state"], states.REGISTERED), ENDED),
            (column["is_rejected"], ENDED),
            (SQL("%s < %s", end, now - LIMITS.extend_after), OVER),
            (SQL("%s IS NULL AND %s < %s", end, column["ewb_date"], lapsed), OVER),
            (
                SQL(
                    "%s <> %s AND %s IS DISTINCT FROM %s",
                    generator,
                    own,
                    transporter,
                    own,
                ),
                OTHERS,
            ),
            (SQL("%s IS NULL", end), WAITING),
            (
                SQL(
                    "%s <= %s AND COALESCE(%s, %s, %s) = %s",
                    *(end, now + LIMITS.extend_before),
                    *(transporter, generator, own, own),
                ),
                TO_EXTEND,
            ),
            (SQL("%s < %s", end, now), OVER),
            (SQL("%s < %s", end, indian_midnight(indian_today() + DAY)), TODAY),
        )
        whens = SQL(" ").join(SQL("WHEN %s THEN %s", *case) for case in cases)
        return SQL("(CASE %s ELSE %s END)", whens, MOVING)

    def _own_gstin_sql(self, company):
        """Return the GSTIN of a row's company in SQL, "" for none."""
        partner = self.env["res.partner"]._fields["vat"]
        return SQL(
            "(SELECT COALESCE(own.vat, '') FROM res_company JOIN res_partner own"
            " ON own.id = res_company.partner_id WHERE res_company.id = %s)",
            company,
            to_flush=partner,
        )

    def _search_stage(self, operator, value):
        exact = search_by_sql("stage", operator, value)
        if operator == "not in":
            value = {stage for stage, _label in STAGES} - set(value)
        elif operator != "in":
            return exact
        bounds = [self._stage_bound(stage) for stage in value]
        return Domain.OR(bounds) & exact

    @api.model
    def _stage_bound(self, stage):
        """Return a domain on columns that all records of a stage meet, so that
        PostgreSQL reads few others."""
        now, at_portal = utc(now_utc()), Domain("state", "=", states.REGISTERED)
        since = Domain("valid_until", ">=", now - LIMITS.extend_after)
        none = Domain("valid_until", "=", False)
        # one without a date is not known to have lapsed
        lapsed = Domain("ewb_date", "<", now - PART_A)
        none &= Domain("ewb_date", "=", False) | ~lapsed
        soon = Domain("valid_until", "<=", now + max(DAY, LIMITS.extend_before))
        return {
            WAITING: at_portal & none,
            TO_EXTEND: at_portal & since & soon,
            TODAY: at_portal & since & soon,
            MOVING: at_portal & Domain("valid_until", ">=", now),
            OTHERS: at_portal & (none | since),
            UNSENT: Domain("state", "in", NOT_GENERATED),
        }.get(stage, Domain.TRUE)

    @api.model
    def _expand_stages(self, values, domain):
        """Return the stages of groups in the order of the day's work."""
        return [stage for stage, _label in STAGES if stage in values]

    @api.depends("stage")
    def _compute_expires_today(self):
        first = indian_midnight(indian_today())
        for bill in self:
            end = bill.valid_until
            is_today = end and first <= end < first + DAY
            bill.expires_today = is_today and bill.stage in (TODAY, TO_EXTEND)

    def _search_expires_today(self, operator, value):
        if operator != "in":
            return NotImplemented
        first = indian_midnight(indian_today())
        found = Domain("stage", "in", (TODAY, TO_EXTEND))
        found &= Domain("valid_until", ">=", first)
        found &= Domain("valid_until", "<", first + DAY)
        return found if True in value else ~found
