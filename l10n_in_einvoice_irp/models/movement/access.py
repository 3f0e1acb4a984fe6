"""The company's way to the e-way bill system, in words and in calls."""

from odoo import fields, models
from odoo.exceptions import UserError

from ...irp import IrpAuthenticationError, IrpError
from ...irp.operations import ewaybill_system
from ...irp.reference import SERVICES
from .. import transactions
from ..portal.error_messages import ErrorMessages


class ResCompany(models.Model):
    """The company as a user of the e-way bill system: its access, and its look-ups."""

    _inherit = "res.company"

    def _l10n_in_irp_ewb_missing(self, service, environment=None, base_url=""):
        """Return why a company cannot use a service of the e-way bill system, and what
        remains; "" if it can.

        :param service: a name in `irp.reference.SERVICES`.
        """
        environment = environment or self.l10n_in_irp_environment
        portal = self._l10n_in_irp_portal(environment, base_url)
        if not portal.offers(service):
            title = SERVICES[service].title
            text = self.env._(
                "%(portal)s does not offer '%(service)s' to programs.",
                portal=portal.wire.name,
                service=title,
            )
            return f"{text} {self._l10n_in_irp_ewb_remaining()}"
        if portal.ewb_cancel != "own_session":
            return ""
        credential = self._l10n_in_irp_ewb_credential(environment, base_url)
        if credential._has_ewb_user():
            return ""
        if credential.ewb_blocked_message:
            return credential.ewb_blocked_message
        text = self.env._(
            "%(company)s has no API user of the e-way bill system. NIC gives one to "
            "large taxpayers (ewaybillgst.gov.in, Registration / For API); others use "
            "a GSP. An administrator enters it in the IRP credential, under e-Way "
            "Bill API User.",
            company=self.sudo().name,
        )
        return f"{text} {self._l10n_in_irp_ewb_remaining()}"

    def _l10n_in_irp_ewb_remaining(self):
        """Return what a company does without access to the e-way bill system."""
        return self.env._(
            "Without it, Odoo generates the e-way bill from the IRN. For a document "
            "without IRN, click 'Download JSON' on the e-way bill and upload the file "
            "on ewaybillgst.gov.in (e-Waybill / Generate Bulk). Do the rest there."
        )

    def _l10n_in_irp_check_ewb(self, service, environment=None, base_url=""):
        """Refuse a service of the e-way bill system that this company cannot use.

        :raises UserError: it cannot; the text says what remains.
        """
        if text := self._l10n_in_irp_ewb_missing(service, environment, base_url):
            raise UserError(text)

    def _l10n_in_irp_ask_ewb(self, method, environment=None, base_url="", **arguments):
        """Return the answer to a look-up of the e-way bill system; its calls are
        logged and committed.

        :param method: of `irp.client.EwaybillApi`, which takes the arguments.
        :return: `irp.operations.ewaybill_system.Answered`.
        :raises UserError: the company cannot use the look-up.
        """
        query = ewaybill_system.Query(method, arguments)
        [answered] = self._l10n_in_irp_ask_all_ewb([query], environment, base_url)
        return answered

    def _l10n_in_irp_ask_all_ewb(self, queries, environment=None, base_url=""):
        """Return the answers to look-ups, in their order; see `_l10n_in_irp_ask_ewb`.

        :param queries: `irp.operations.ewaybill_system.Query`.
        """
        environment = environment or self.l10n_in_irp_environment
        for service in {name for query in queries for name in query.services}:
            self._l10n_in_irp_check_ewb(service, environment, base_url)
        connection = self._l10n_in_irp_connect_ewb(environment, base_url)
        sessions = self.env["l10n_in.irp.session"]
        # numbers below 0: the calls are made for no record
        orders = {
            -place: (ewaybill_system.ask, query)
            for place, query in enumerate(queries, start=1)
        }
        try:
            sessions._ensure_valid(connection)
            answers = list(connection.run(orders).values())
        except IrpError as error:
            answers = [ewaybill_system.Answered(error=error)] * len(queries)
        sessions._store(connection)
        self._l10n_in_irp_block_ewb(answers, environment, base_url)
        log = self.env["l10n_in.irp.log"].sudo()
        log._record(self, environment, connection)
        transactions.commit(self.env)
        return answers

    def _l10n_in_irp_block_ewb(self, answers, environment, base_url):
        """Stop using a user whose log-in was refused: the portal locks it."""
        errors = [one.error for one in answers]
        refused = [one for one in errors if isinstance(one, IrpAuthenticationError)]
        credential = self._l10n_in_irp_ewb_credential(environment, base_url)
        if refused and credential:
            credential._block(refused[0])


class L10nInIrpEwaybill(models.Model):
    _inherit = "l10n_in.irp.ewaybill"

    ewb_missing = fields.Char(
        string="Not Available in the e-Way Bill System",
        compute="_compute_ewb_missing",
        help="Why Odoo cannot change this e-way bill, and what to do instead.",
    )

    def _compute_ewb_missing(self):
        """Explain once for all e-way bills of a company at one portal."""
        by_portal = self.grouped(
            lambda bill: (bill.company_id, bill.environment, bill._portal_address())
        )
        for (company, environment, address), bills in by_portal.items():
            text = company and company._l10n_in_irp_ewb_missing(
                "update_vehicle", environment, address or ""
            )
            for bill in bills:
                bill.ewb_missing = bill._is_active_bill() and text

    def _fetch_bill(self):
        """Fetch it from the e-way bill system, and store what that holds.

        :raises UserError: no answer, with the next step.
        """
        self.ensure_one()
        version = self._version()
        answered = self.company_id._l10n_in_irp_ask_ewb(
            "get_ewaybill",
            self.environment,
            self._portal_address() or "",
            number=self.number,
        )
        if answered.error:
            raise ErrorMessages(self.env).user_error(self, answered.error)
        self.sudo()._take_bill(answered.found, version)
