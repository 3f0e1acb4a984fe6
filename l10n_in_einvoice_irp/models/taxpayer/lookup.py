import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...irp import IrpAuthenticationError, IrpError
from ...irp.operations import GstinLookup, gstin_lookup
from ...irp.reference import gstin_fault, has_gstin_form, is_common_enrolment
from ...irp.rules import standing_on
from .. import transactions
from ..clock import indian_midnight, indian_today
from ..portal.error_messages import ErrorMessages
from ..rights import USER, check_user
from .taxpayer import FACTS

_logger = logging.getLogger(__name__)

# a GSTIN unknown to the portal is synchronised: two calls at most
CALLS_PER_GSTIN = 2
GET, SYNC = "get_gstin", "sync_gstin"


class L10nInIrpTaxpayer(models.Model):
    """Looks up GSTINs at the portal, and adds a record of each answer."""

    _inherit = "l10n_in.irp.taxpayer"

    @api.model
    def _is_lookup_allowed(self):
        """Return whether the user may look up GSTINs: users of Invoicing, and the
        system."""
        return self.env.su or self.env.user.has_group(USER)

    @api.model
    def _check_lookup_allowed(self):
        """Refuse users without access to Invoicing.

        :raises AccessError: the user has no access to Invoicing.
        """
        if not self._is_lookup_allowed():
            check_user(self.env)

    @api.model
    def _can_look_up(self, company):
        """Return whether a company has a portal that looks up GSTINs: the demo, or one
        with a usable credential."""
        environment = company.l10n_in_irp_environment
        if not company.l10n_in_irp_enabled or not company.vat:
            return False
        if environment == "demo":
            return True
        credential = self.env["l10n_in.irp.credential"]._find(company, environment)
        is_usable = bool(credential) and not credential.sudo().blocked_message
        return is_usable and company._l10n_in_irp_offers(GET)

    @api.model
    def _is_askable(self, company, gstin):
        """Return whether a portal may be asked about a GSTIN.

        Production has none with a wrong check digit, and blocks users who repeat such
        calls (3095, 3096). No e-invoice portal has the enrolment number of a
        transporter.
        """
        if is_common_enrolment(gstin):
            return False
        if company.l10n_in_irp_environment == "production":
            return not gstin_fault(gstin)
        return has_gstin_form(gstin)

    # ------------------------------------------------------------------
    # Look-up
    # ------------------------------------------------------------------

    @api.model
    def _look_up(self, company, gstins, *, sync=False):
        """Look up GSTINs at the portal now, several in parallel, and store the answers.

        :param gstins: capital letters, in the form of GSTINs.
        :param sync: have the portal refresh all of them from the GST common portal; by
            default only those that it does not know.
        :return: GSTIN -> `irp.operations.GstinLookup`, with an error if unanswered.
        :raises UserError: there is no usable credential, or the portal does not offer
            it.
        """
        company._l10n_in_irp_check_offers(SYNC if sync else GET)
        ask = gstin_lookup.sync if sync else gstin_lookup.look_up
        connection, inquiries = self.sudo()._call_portal(company, gstins, ask)
        records = self._store(
            company, connection.environment, connection.base_url, inquiries
        )
        # one commit: a crash in between notifies nobody, and the look-up is repeated
        records._follow_up()
        transactions.commit(self.env)
        return {found.gstin: found for found in inquiries}

    @api.model
    def _call_portal(self, company, gstins, ask):
        """Call a portal and log the calls; return (connection, look-ups).

        A failed log-in is the error of every look-up.
        """
        sessions = self.env["l10n_in.irp.session"]
        company = company.with_env(self.env).with_company(company)
        connection = company._l10n_in_irp_connect(company.l10n_in_irp_environment)
        try:
            sessions._ensure_valid(connection)
            transactions.commit(self.env)
            orders = {place: (ask, gstin) for place, gstin in enumerate(gstins)}
            inquiries = list(connection.run(orders).values())
        except IrpError as error:
            inquiries = [GstinLookup(gstin, "get", error=error) for gstin in gstins]
        sessions._store(connection)
        log = self.env["l10n_in.irp.log"]
        log._record(company, connection.environment, connection)
        for found in inquiries:
            if isinstance(found.error, IrpAuthenticationError):
                self._block_credential(company, connection.environment, found.error)
                break
        return connection, inquiries

    @api.model
    def _block_credential(self, company, environment, error):
        credential = self.env["l10n_in.irp.credential"]._find(company, environment)
        if credential:
            credential._block(error)

    @api.model
    def _lookups_left(self, company):
        """Return how many GSTINs the company's rate and budget allow to look up now.

        Counted from the log of calls, so that it holds for all workers together and
        survives each of them.
        """
        minute_ago = fields.Datetime.now() - timedelta(minutes=1)
        left = min(
            company.l10n_in_irp_gstin_rate - self._calls_since(company, minute_ago),
            self._budget_left(company),
        )
        return max(left, 0) // CALLS_PER_GSTIN

    @api.model
    def _budget_left(self, company):
        """Return the calls left of the company's budget for today in India."""
        midnight = indian_midnight(indian_today())
        calls = self._calls_since(company, midnight)
        return company.l10n_in_irp_gstin_budget - calls

    @api.model
    def _calls_since(self, company, moment):
        return (
            self.env["l10n_in.irp.log"]
            .sudo()
            .search_count(
                [
                    ("gstin", "=", company.vat),
                    ("environment", "=", company.l10n_in_irp_environment),
                    ("asked_gstin", "!=", False),
                    ("called_at", ">", moment),
                ]
            )
        )

    # ------------------------------------------------------------------
    # Storing
    # ------------------------------------------------------------------

    @api.model
    def _store(self, company, environment, base_url, inquiries):
        """Return the new records of the answers; a look-up without an answer makes
        none."""
        taxpayers = self.sudo()
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
                common | self._lookup_values(found, before.get(found.gstin, taxpayers))
                for found in answered
            ]
        )
        # the partners' computed fields depend on nothing that was written
        partners = self.env["res.partner"]
        shown = [name for name in partners._fields if name.startswith("l10n_in_irp_")]
        partners.invalidate_model(shown, flush=False)
        return records

    @api.model
    def _lookup_values(self, found, previous):
        """Return the values of a record for an answered look-up."""
        taxpayer = found.taxpayer
        facts = {name: getattr(taxpayer, name) or False for name in FACTS if taxpayer}
        standing = standing_on(taxpayer, indian_today())
        is_change = standing.doubtful
        if previous:
            before = (previous.standing, previous.is_blocked)
            is_change = before != (standing.state, standing.blocked)
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

    # ------------------------------------------------------------------
    # Notifying the partners
    # ------------------------------------------------------------------

    def _follow_up(self):
        """Notify the partners of new records; a failure loses nothing."""
        for company, records in self.grouped("company_id").items():
            partners = self._partners_of(company, records.mapped("gstin"))
            for record in records:
                record._notify_all(partners.get(record.gstin, ()))

    @api.model
    def _follow_up_lookups(self, company, environment, inquiries):
        """Notify the partners of look-ups made when the portal refused a registration.

        :param inquiries: `irp.operations.GstinLookup`, already stored.
        """
        gstins = [found.gstin for found in inquiries if found.answered]
        if gstins:
            newest = self._newest_of(company, environment, gstins)
            self.concat(*newest.values())._follow_up()

    def _notify_all(self, partners):
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                for partner in partners:
                    self._notify(partner)
        except Exception:
            _logger.exception("GSTIN record %s: partners not notified", self.id)

    @api.model
    def _partners_of(self, company, gstins):
        """Return GSTIN -> a company's partners with it, without contacts."""
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
        holders = partners.filtered(lambda p: p == p.commercial_partner_id)
        return holders.grouped(lambda partner: partner.vat.upper())

    def _notify(self, partner):
        """Write Odoo's own fields, and report a change on the chatter.

        The made-up data of a trial portal does not count as verified unless a user
        asks.
        """
        self.ensure_one()
        if self.environment == "production":
            self._write_verified_status(partner)
        if self.is_change and not self._is_shared(partner):
            partner._message_log(body=self._change_text())

    @api.model
    def _is_shared(self, partner):
        """Return whether users of other companies read the partner's chatter.

        A company's look-ups are confidential.
        """
        if partner.company_id:
            return False
        return self.env["res.company"].sudo().search_count([], limit=2) > 1

    def _write_verified_status(self, partner):
        standing = self._standing_on(indian_today())
        partner.with_context(tracking_disable=True).write(
            {
                "l10n_in_gstin_verified_status": standing.state == "active",
                "l10n_in_gstin_verified_date": indian_today(),
            }
        )

    def _change_text(self):
        standing = self._standing_on(indian_today())
        text = self._standing_text(standing)
        if self.previous_id:
            before = self._standing_labels()[self.previous_standing]
            text = f"{before} → {text}"
        return self.env._(
            "GSTIN %(gstin)s: %(text)s (%(portal)s)",
            gstin=self.gstin,
            text=text,
            portal=self._portal_label(),
        )

    # ------------------------------------------------------------------
    # For users
    # ------------------------------------------------------------------

    @api.model
    def _no_gstin_text(self, number):
        """Return why a number cannot be looked up."""
        if is_common_enrolment(number):
            return self._enrolment_text(number)
        return self.env._(
            "%s is not a valid GSTIN: a GSTIN has 15 characters, starts with a state "
            "code and ends with a check digit. Check for a typo.",
            number or self.env._("(empty)"),
        )

    @api.model
    def _enrolment_text(self, number):
        return self.env._(
            "%s is a transporter's common enrolment number, not a GSTIN. You can use "
            "it as Transporter ID on e-way bills, but the e-Invoice portal cannot "
            "look it up.",
            number,
        )

    @api.model
    def _look_up_one(self, company, gstin, *, sync=False):
        """Return the new record of one GSTIN.

        :raises UserError: it cannot be looked up, or there was no answer; the text says
            what to do.
        """
        self._check_lookup_allowed()
        gstin = (gstin or "").strip().upper()
        if not self._is_askable(company, gstin):
            raise UserError(self._no_gstin_text(gstin))
        found = self._look_up(company, [gstin], sync=sync)[gstin]
        if not found.answered:
            message = ErrorMessages(self.env).describe(found.error)
            raise UserError(
                self.env._(
                    "GSTIN %(gstin)s: %(message)s\nNothing was changed.",
                    gstin=gstin,
                    message=message.clicked,
                )
            )
        return self._cached(company, gstin).sudo(False)
