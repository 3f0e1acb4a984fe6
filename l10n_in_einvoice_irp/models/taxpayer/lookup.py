import logging
from datetime import datetime, time, timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ...irp import IrpAuthenticationError, IrpError
from ...irp.operations import GstinLookup, gstin_lookup
from ...irp.reference import gstin_fault, has_gstin_form, is_common_enrolment
from ...irp.rules import standing_on
from ..queue.results import utc
from ..validation.validator import INDIA
from .taxpayer import FACTS

_logger = logging.getLogger(__name__)

SERVICES = ("get_gstin", "sync_gstin")
# a GSTIN that the portal does not know is synchronised: two calls at most
CALLS_PER_GSTIN = 2


class L10nInIrpGstin(models.AbstractModel):
    """Asks the portal about GSTINs, and keeps what it answers."""

    _name = "l10n_in.irp.gstin"
    _description = "GSTIN look-up"

    def _is_allowed(self):
        """Whether the user may ask: those of invoicing, and the system itself."""
        return self.env.su or self.env.user.has_group("account.group_account_invoice")

    def _check_allowed(self):
        """:raises AccessError: the user has no part in invoicing."""
        if not self._is_allowed():
            raise AccessError(
                self.env._("Looking up GSTINs is for users of Invoicing alone.")
            )

    def _can_ask(self, company):
        """Whether a company has a portal that answers: the demo's, or a credential."""
        environment = company.l10n_in_irp_environment
        if not company.l10n_in_irp_enabled or not company.vat:
            return False
        if environment == "demo":
            return True
        credential = self.env["l10n_in.irp.credential"]._find(company, environment)
        return bool(credential) and not credential.sudo().blocked_message

    def _is_askable(self, company, gstin):
        """Whether a portal may be asked: production knows none with a wrong digit, and
        blocks who goes on asking (3095, 3096). No portal of e-invoices knows the
        enrolment number of a transporter."""
        if is_common_enrolment(gstin):
            return False
        if company.l10n_in_irp_environment == "production":
            return not gstin_fault(gstin)
        return has_gstin_form(gstin)

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def _ask(self, company, gstins, *, sync=False):
        """Ask the portal now about GSTINs, several side by side, and keep the answers.

        :param gstins: capital letters, in the form of GSTINs.
        :param sync: have the portal read them anew from the GST common portal; else
            that is done for those alone that it does not know.
        :return: GSTIN -> `irp.operations.GstinLookup`, with an error if unanswered.
        :raises UserError: there is no usable credential.
        """
        ask = gstin_lookup.sync if sync else gstin_lookup.look_up
        connection, inquiries = self.sudo()._call(company, gstins, ask)
        records = self._keep(
            company, connection.environment, connection.base_url, inquiries
        )
        # committed together: who dies in between has told nobody, and asks again
        self._follow_up(records)
        self.env["l10n_in.irp.queue"].sudo()._commit()
        return {found.gstin: found for found in inquiries}

    def _call(self, company, gstins, ask):
        """The only use of the gateway: (connection, inquiries), with the calls logged.

        A log-in that fails is the error of every inquiry.
        """
        gateway = self.env["l10n_in.irp.gateway"].with_company(company)
        queue = self.env["l10n_in.irp.queue"]
        connection = gateway._connect(company, company.l10n_in_irp_environment)
        try:
            gateway._log_in(connection)
            queue._commit()
            orders = {place: (ask, gstin) for place, gstin in enumerate(gstins)}
            inquiries = list(connection.run(orders).values())
        except IrpError as error:
            inquiries = [GstinLookup(gstin, "get", error=error) for gstin in gstins]
        gateway._keep_session(connection)
        queue._write_log(company, connection.environment, connection)
        for found in inquiries:
            if isinstance(found.error, IrpAuthenticationError):
                self._block(company, connection.environment, found.error)
                break
        return connection, inquiries

    def _block(self, company, environment, error):
        credential = self.env["l10n_in.irp.credential"]._find(company, environment)
        if credential:
            credential._block(error)

    def _allowance(self, company):
        """How many GSTINs may be asked about now, by the company's rate and budget.

        Counted from the log of calls, so that it holds for all workers together and
        outlives any of them.
        """
        minute_ago = fields.Datetime.now() - timedelta(minutes=1)
        left = min(
            company.l10n_in_irp_gstin_rate - self._calls_since(company, minute_ago),
            self._budget_left(company),
        )
        return max(left, 0) // CALLS_PER_GSTIN

    def _budget_left(self, company):
        """The calls that the company's budget still allows on this day in India."""
        midnight = INDIA.localize(datetime.combine(self._today(), time()))
        calls = self._calls_since(company, utc(midnight))
        return company.l10n_in_irp_gstin_budget - calls

    def _calls_since(self, company, moment):
        return (
            self.env["l10n_in.irp.log"]
            .sudo()
            .search_count(
                [
                    ("gstin", "=", company.vat),
                    ("environment", "=", company.l10n_in_irp_environment),
                    ("endpoint", "in", SERVICES),
                    ("called_at", ">", moment),
                ]
            )
        )

    # ------------------------------------------------------------------
    # Keeping
    # ------------------------------------------------------------------

    def _keep(self, company, environment, base_url, inquiries):
        """The new records of what was answered; without an answer there is none."""
        taxpayers = self.env["l10n_in.irp.taxpayer"].sudo()
        answered = [found for found in inquiries if found.answered]
        if not answered:
            return taxpayers
        gstins = [found.gstin for found in answered]
        before = taxpayers._newest_of(company, environment, gstins)
        common = {
            "company_id": company.id,
            "environment": environment,
            "base_url": base_url,
            "asked_at": fields.Datetime.now(),
            "user_id": self.env.uid,
        }
        records = taxpayers.create(
            [
                common | self._values(found, before.get(found.gstin, taxpayers))
                for found in answered
            ]
        )
        # what partners show of it is computed, and depends on nothing that was written
        partners = self.env["res.partner"]
        shown = [name for name in partners._fields if name.startswith("l10n_in_irp_")]
        partners.invalidate_model(shown, flush=False)
        return records

    def _values(self, found, previous):
        """The values of a record for an inquiry that was answered."""
        taxpayer = found.taxpayer
        facts = {name: getattr(taxpayer, name) or False for name in FACTS if taxpayer}
        standing = standing_on(taxpayer, self._today())
        is_change = standing.doubtful
        if previous:
            held = (previous.standing, previous.is_blocked)
            is_change = held != (standing.state, standing.blocked)
        return {
            **facts,
            "gstin": found.gstin,
            "source": found.source,
            "is_found": bool(taxpayer),
            "standing": standing.state,
            "is_blocked": standing.blocked,
            "previous_id": previous.id,
            "is_change": is_change,
        }

    def _today(self):
        return self.env["l10n_in.irp.validator"]._today()

    # ------------------------------------------------------------------
    # Telling the partners
    # ------------------------------------------------------------------

    def _follow_up(self, records):
        """Tell the partners of new records; a failure of that loses nothing."""
        by_company = records.grouped("company_id")
        for company, group in by_company.items():
            partners = self._partners(company, group.mapped("gstin"))
            for record in group:
                self._follow_up_one(record, partners.get(record.gstin, ()))

    def _follow_up_outcome(self, document, outcome):
        """Tell the partners of what the portal said when it refused a registration."""
        gstins = [found.gstin for found in outcome.gstin_lookups if found.answered]
        if not gstins:
            return
        newest = self.env["l10n_in.irp.taxpayer"]._newest_of(
            document.company_id, document.environment, gstins
        )
        self._follow_up(self.env["l10n_in.irp.taxpayer"].concat(*newest.values()))

    def _follow_up_one(self, record, partners):
        try:
            with self.env.cr.savepoint():
                for partner in partners:
                    self._tell(record, partner)
        except Exception:
            _logger.exception("GSTIN record %s: not told to its partners", record.id)

    def _partners(self, company, gstins):
        """GSTIN -> the partners of a company that bear it, without their contacts."""
        spellings = {*gstins, *(gstin.lower() for gstin in gstins)}
        partners = (
            self.env["res.partner"]
            .sudo()
            .search(
                [
                    ("vat", "in", list(spellings)),
                    ("company_id", "in", [False, company.id]),
                ]
            )
        )
        bearers = partners.filtered(lambda p: p == p.commercial_partner_id)
        return bearers.grouped(lambda partner: partner.vat.upper())

    def _tell(self, record, partner):
        """Feed Odoo's own fields, and name a change in the chatter.

        What a trial portal makes up does not stand as verified unless a person asks.
        """
        if record.environment == "production":
            self._feed(record, partner)
        if record.is_change and not self._is_shared(partner):
            partner._message_log(body=self._change_text(record))

    def _is_shared(self, partner):
        """Whether users of other companies read the partner's chatter: whom a company
        asks about is its own business."""
        if partner.company_id:
            return False
        return self.env["res.company"].sudo().search_count([], limit=2) > 1

    def _feed(self, record, partner):
        standing = record._standing_on(self._today())
        partner.with_context(tracking_disable=True).write(
            {
                "l10n_in_gstin_verified_status": standing.state == "active",
                "l10n_in_gstin_verified_date": self._today(),
            }
        )

    def _change_text(self, record):
        standing = record._standing_on(self._today())
        text = record._standing_text(standing)
        if record.previous_id:
            before = record._standing_labels()[record.previous_standing]
            text = f"{before} → {text}"
        return self.env._(
            "GSTIN %(gstin)s: %(text)s (%(portal)s)",
            gstin=record.gstin,
            text=text,
            portal=record._portal_label(),
        )

    # ------------------------------------------------------------------
    # For a person
    # ------------------------------------------------------------------

    def _no_gstin_text(self, number):
        """Why a number cannot be looked up."""
        if is_common_enrolment(number):
            return self._enrolment_text(number)
        return self.env._(
            "%s is no GSTIN: it has 15 characters, begins with the code of a state and "
            "ends in a check digit. Look for a slip of the pen.",
            number or self.env._("(empty)"),
        )

    def _enrolment_text(self, number):
        return self.env._(
            "%s is a transporter's common enrolment number, not a GSTIN: e-way bills "
            "take it as Transporter ID, but the e-invoice portal cannot look it up.",
            number,
        )

    def _ask_one(self, company, gstin, *, sync=False):
        """The new record of one GSTIN.

        :raises UserError: it cannot be asked, or there was no answer; says what next.
        """
        self._check_allowed()
        gstin = (gstin or "").strip().upper()
        if not self._is_askable(company, gstin):
            raise UserError(self._no_gstin_text(gstin))
        found = self._ask(company, [gstin], sync=sync)[gstin]
        if not found.answered:
            message = self.env["l10n_in.irp.messages"]._describe(found.error)
            raise UserError(
                self.env._(
                    "GSTIN %(gstin)s: %(message)s\nNothing was changed.",
                    gstin=gstin,
                    message=message.clicked,
                )
            )
        return self.env["l10n_in.irp.taxpayer"]._cached(company, gstin).sudo(False)
