import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .. import transactions
from ..clock import indian_time, indian_today
from .fetching import ASSIGNED, NEWLY_ASSIGNED, OTHERS, OWN, REJECTED, Fetched

_logger = logging.getLogger(__name__)

FIRST_HOUR = 8
"""e-Way bills are fetched from this hour on, in India: those of a day are then there
when people begin."""
MOST_DAYS = 7
"""The lists of this many days are fetched after a pause; those before need a person."""
FIRST_PAUSE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(hours=24)
REPORTED_FAILURES = 3
FETCH_ACTIVITY = "l10n_in_einvoice_irp.mail_activity_irp_ewb_fetch"


class ResCompany(models.Model):
    """The daily fetch of e-way bills that were made elsewhere."""

    _inherit = "res.company"

    l10n_in_irp_ewb_fetch = fields.Boolean(
        string="Fetch e-Way Bills Daily",
        help="Every morning, Odoo fetches from the e-way bill system what suppliers "
        "and buyers have made with your GSTIN, what you have made on the website, and "
        "what others have rejected. Whoever checks them gets an activity for each "
        "e-way bill of others without a document in Odoo, until the 72 hours for "
        "rejecting it are over. Odoo rejects nothing.",
    )
    l10n_in_irp_ewb_fetch_assigned = fields.Boolean(
        string="Fetch Those Assigned as Transporter",
        help="Also fetch e-way bills that name your GSTIN as transporter, from "
        "generators in your state; also those assigned to you days after they were "
        "made.",
    )
    l10n_in_irp_ewb_user_id = fields.Many2one(
        "res.users",
        string="e-Way Bills of Others Checked By",
        help="Gets the activities. Empty: an e-Invoice manager.",
    )
    l10n_in_irp_ewb_fetched_on = fields.Date(
        string="e-Way Bills Fetched On", copy=False, groups=fields.NO_ACCESS
    )
    l10n_in_irp_ewb_failures = fields.Integer(
        string="Failed e-Way Bill Fetches", copy=False, groups=fields.NO_ACCESS
    )
    l10n_in_irp_ewb_again_at = fields.Datetime(
        string="Next e-Way Bill Fetch On", copy=False, groups=fields.NO_ACCESS
    )
    l10n_in_irp_ewb_result = fields.Text(
        string="Last e-Way Bill Fetch", copy=False, groups=fields.NO_ACCESS
    )

    @api.model
    def _cron_l10n_in_irp_fetch_ewbs(self):
        """Fetch e-way bills for each company that wants it and is due."""
        if indian_time(fields.Datetime.now()).hour < FIRST_HOUR:
            return
        for company in self.sudo().search(self._l10n_in_irp_ewb_due_domain()):
            company.with_company(company)._l10n_in_irp_fetch_alone()

    @api.model
    def _l10n_in_irp_ewb_due_domain(self):
        today, now = indian_today(), fields.Datetime.now()
        due = Domain("l10n_in_irp_ewb_fetch", "=", True)
        due &= Domain("l10n_in_irp_enabled", "=", True) & Domain("vat", "!=", False)
        done = Domain("l10n_in_irp_ewb_fetched_on", ">=", today)
        paused = Domain("l10n_in_irp_ewb_again_at", ">", now)
        return due & ~done & ~paused

    def _l10n_in_irp_fetch_alone(self):
        """Fetch; a failure is noted on the company, and stops no other one."""
        error = self._l10n_in_irp_attempt(self._l10n_in_irp_fetch_today)
        if not error:
            return
        left_out = [str(error)]
        note, report = self._l10n_in_irp_note_fetch, self._l10n_in_irp_report_failures
        self._l10n_in_irp_attempt(lambda: note(left_out, left_out))
        self._l10n_in_irp_attempt(lambda: report(left_out))

    def _l10n_in_irp_attempt(self, work):
        """Do and commit work on e-way bills of this company; return the exception that
        stopped it, None if there was none."""
        try:
            with transactions.undone(self.env):
                work()
                transactions.commit(self.env)
        except Exception as error:
            _logger.exception("e-way bills of company %s: the fetch failed", self.id)
            return error
        return None

    def _l10n_in_irp_fetch_today(self):
        """Fetch the lists of the days since the last complete fetch, and have what
        needs a person checked."""
        try:
            fetched = self._l10n_in_irp_fetch_ewbs(
                self._l10n_in_irp_ewb_kinds(), self._l10n_in_irp_ewb_days()
            )
        except UserError as error:
            fetched = Fetched(self.env["l10n_in.irp.ewaybill"], [str(error)], [])
        transactions.commit_with_retry(
            self.env, lambda: self._l10n_in_irp_after_fetch(fetched)
        )

    def _l10n_in_irp_after_fetch(self, fetched):
        """Give activities for what needs a person, and note the result. Only a list
        that could not be fetched makes it incomplete.

        :param fetched: `Fetched`.
        """
        bills = self.env["l10n_in.irp.ewaybill"]
        bills._end_checks(self)
        count = bills._remind_to_check(self)
        text = self._l10n_in_irp_fetch_text(len(fetched.bills), count)
        skipped = self._l10n_in_irp_report_skipped(fetched.left_out)
        texts = [text, *skipped, *fetched.texts]
        self._l10n_in_irp_note_fetch(fetched.left_out, texts)
        self._l10n_in_irp_report_failures(fetched.left_out)

    def _l10n_in_irp_note_fetch(self, left_out, texts):
        self.write(self._l10n_in_irp_fetched_values(left_out, "\n".join(texts)))

    def _l10n_in_irp_ewb_kinds(self):
        kinds = [OTHERS, OWN, REJECTED]
        if self.l10n_in_irp_ewb_fetch_assigned:
            kinds += [ASSIGNED, NEWLY_ASSIGNED]
        return kinds

    def _l10n_in_irp_ewb_days(self):
        """Return the days whose lists are fetched: since the last complete fetch, at
        least yesterday and today."""
        today = indian_today()
        last = self.l10n_in_irp_ewb_fetched_on or today
        count = min(max((today - last).days, 1) + 1, MOST_DAYS)
        return [today - timedelta(days=left) for left in reversed(range(count))]

    def _l10n_in_irp_skipped_days(self):
        """Return the first and the last day since the last complete fetch whose lists
        are not fetched any more; empty if there are none."""
        last = self.l10n_in_irp_ewb_fetched_on
        end = self._l10n_in_irp_ewb_days()[0] - timedelta(days=1)
        return (last, end) if last and last <= end else ()

    # ------------------------------------------------------------------
    # The result
    # ------------------------------------------------------------------

    def _l10n_in_irp_fetched_values(self, left_out, result):
        """Return the field values after a fetch. One that left out a list is tried
        again, later each time."""
        if not left_out:
            return {
                "l10n_in_irp_ewb_fetched_on": indian_today(),
                "l10n_in_irp_ewb_failures": 0,
                "l10n_in_irp_ewb_again_at": False,
                "l10n_in_irp_ewb_result": result,
            }
        failures = self.l10n_in_irp_ewb_failures + 1
        pause = min(FIRST_PAUSE * 2 ** min(failures - 1, 8), LONGEST_PAUSE)
        return {
            "l10n_in_irp_ewb_failures": failures,
            "l10n_in_irp_ewb_again_at": fields.Datetime.now() + pause,
            "l10n_in_irp_ewb_result": result,
        }

    def _l10n_in_irp_fetch_text(self, number, count):
        now = self.env["l10n_in.irp.ewaybill"]._shown_time(fields.Datetime.now())
        return self.env._(
            "%(moment)s: %(number)s e-way bills fetched, %(count)s of others to check.",
            moment=now,
            number=number,
            count=count,
        )

    def _l10n_in_irp_report_failures(self, left_out):
        """Give a person an activity on the company's contact once the fetch has failed
        several times; remove it once it succeeds."""
        contact = self.partner_id
        if not left_out:
            contact.activity_unlink([FETCH_ACTIVITY])
        if self.l10n_in_irp_ewb_failures != REPORTED_FAILURES:
            return
        user = self.env["l10n_in.irp.ewaybill"]._checking_user_of(self)
        local = contact.with_context(lang=user.lang or self.env.lang)
        local.activity_schedule(
            FETCH_ACTIVITY,
            date_deadline=indian_today(),
            summary=local.env._("e-Way bills of %s are not fetched", self.name),
            note=Markup("<br/>").join(
                [
                    *left_out,
                    local.env._(
                        "Until this is mended, look on ewaybillgst.gov.in for e-way "
                        "bills of others: after 72 hours they count as accepted."
                    ),
                ]
            ),
            user_id=user.id,
        )

    def _l10n_in_irp_report_skipped(self, left_out):
        """Give a person an activity on the company's contact once a fetch is complete
        that leaves out days; return the texts on them. It stays until he is done.

        :param left_out: texts on lists that could not be fetched; the next fetch
            leaves out the same days, and more.
        """
        days = () if left_out else self._l10n_in_irp_skipped_days()
        if not days:
            return []
        user = self.env["l10n_in.irp.ewaybill"]._checking_user_of(self)
        contact = self.partner_id
        local = contact.with_context(lang=user.lang or self.env.lang)
        local.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=indian_today(),
            summary=local.env._("Fetch e-Way Bills of %s for Earlier Days", self.name),
            note=_skipped_text(local.env, *days),
            user_id=user.id,
        )
        return [_skipped_text(self.env, *days)]


def _skipped_text(env, first, last):
    """Return that the lists of some days were not fetched, and what to do."""
    return env._(
        "Not fetched: e-way bills of %(first)s to %(last)s, as the last complete fetch "
        "was more than %(days)s days ago. Fetch them in e-Invoicing (India) / Fetch "
        "e-Way Bills, up to %(days)s days at once.",
        first=format_date(env, first),
        last=format_date(env, last),
        days=MOST_DAYS,
    )
