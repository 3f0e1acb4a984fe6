import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...irp import IrpError, IrpRejected
from ..queue.queue import MODELS
from ..queue.submission_mixin import QUEUED_STATES

_logger = logging.getLogger(__name__)

# How far missed nights are caught up; what is older the portal gives out no more.
MOST_DAYS = 7
# outcome of the log's row for an IRN that the GST system rejected and Odoo has not
UNKNOWN_HERE = "rejected_irn_not_in_odoo"


class L10nInIrpSweep(models.AbstractModel):
    """The nightly look at what is left open, and at what the GST system rejected."""

    _name = "l10n_in.irp.sweep"
    _description = "IRP sweep"

    @api.model
    def _cron_sweep(self):
        """Settle what is open, before the portal's retrieval window closes, and
        fetch the lists of rejected IRNs of every GSTIN."""
        left = Domain("state", "in", QUEUED_STATES) & Domain(
            "next_attempt_at", "=", False
        )
        for name in MODELS:
            open_ones = left | Domain("state", "=", "unknown")
            self.env[name].sudo().search(open_ones)._requeue()
        for company in self._companies():
            self._sweep_company(company)
        attach = self.env["l10n_in.irp.outcome"]._attach_missing
        self.env["l10n_in.irp.queue"]._commit_with_retry(attach)

    def _companies(self):
        companies = self.env["res.company"].sudo().search([("vat", "!=", False)])
        return companies.filtered(
            lambda company: (
                company.l10n_in_irp_enabled
                and company.account_fiscal_country_id.code == "IN"
            )
        )

    def _sweep_company(self, company):
        """One company; what it meets is logged and never stops the others."""
        gateway = self.env["l10n_in.irp.gateway"]
        environment = company.l10n_in_irp_environment
        connection = None
        irns = set()
        try:
            connection = gateway._connect(company, environment)
            gateway._log_in(connection)
            for day in self._days(company, environment):
                irns |= self._rejected(connection.client, day)
                self._note_asked(company, environment, day)
        except (IrpError, UserError) as error:
            _logger.info("rejected IRNs of %s: %s", company.vat, error)
        queue = self.env["l10n_in.irp.queue"]
        queue._write_log(company, environment, connection)
        self._report(company, environment, irns)
        queue._commit()

    @staticmethod
    def _rejected(client, day):
        """The IRNs that were rejected on a day; none if the portal refuses to say."""
        try:
            return set(client.get_rejected_irns(day))
        except IrpRejected as error:
            _logger.info("rejected IRNs of %s: %s", day, error)
            return set()

    # ------------------------------------------------------------------
    # Which days
    # ------------------------------------------------------------------

    def _days(self, company, environment):
        """The days that are over in India and were not asked yet, the oldest first."""
        today = self.env["l10n_in.irp.validator"]._today()
        asked = self._parameters().get_param(self._key(company, environment))
        yesterday = today - timedelta(days=1)
        first = fields.Date.to_date(asked) + timedelta(days=1) if asked else yesterday
        first = max(first, today - timedelta(days=MOST_DAYS))
        return [first + timedelta(days=past) for past in range((today - first).days)]

    def _note_asked(self, company, environment, day):
        key = self._key(company, environment)
        self._parameters().set_param(key, fields.Date.to_string(day))

    def _parameters(self):
        return self.env["ir.config_parameter"].sudo()

    @staticmethod
    def _key(company, environment):
        return f"l10n_in_einvoice_irp.rejected_until.{company.id}.{environment}"

    # ------------------------------------------------------------------
    # What is told
    # ------------------------------------------------------------------

    def _report(self, company, environment, irns):
        """Name the rejected IRNs: on their invoices, and to an accountant those that
        Odoo does not know."""
        documents = (
            self.env["l10n_in.irp.document"]
            .sudo()
            .search([("irn", "in", list(irns)), ("environment", "=", environment)])
        )
        for document in documents:
            self._remind(document.move_id)
        log = self.env["l10n_in.irp.log"].sudo()
        told = log.search(
            [("outcome", "=", UNKNOWN_HERE), ("number", "in", list(irns))]
        )
        unknown = irns - set(documents.mapped("irn")) - set(told.mapped("number"))
        if unknown:
            self._tell_unknown(company, environment, sorted(unknown))

    def _tell_unknown(self, company, environment, irns):
        self.env["l10n_in.irp.log"].sudo().create(
            [
                {
                    "company_id": company.id,
                    "environment": environment,
                    "gstin": company.vat,
                    "endpoint": "get_rejected_irns",
                    "called_at": fields.Datetime.now(),
                    "number": irn,
                    "outcome": UNKNOWN_HERE,
                }
                for irn in irns
            ]
        )
        company.partner_id.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("The GST system rejected IRNs that Odoo does not know"),
            note=self.env._(
                "Another program registered them with GSTIN %(gstin)s. Look at them on "
                "the portal: %(irns)s",
                gstin=company.vat,
                irns=", ".join(irns),
            ),
            user_id=self._accountant(company, environment).id,
        )

    def _remind(self, move):
        move.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("The GST system rejected the IRN"),
            note=self.env._(
                "The GST system did not accept the registered invoice into the "
                "returns. Look at it on the portal, and cancel or credit it."
            ),
            user_id=(move.invoice_user_id or move.create_uid).id,
        )

    def _accountant(self, company, environment):
        """Who is responsible for the invoices of a company: whose is the newest."""
        newest = (
            self.env["l10n_in.irp.document"]
            .sudo()
            .search(
                [("company_id", "=", company.id), ("environment", "=", environment)],
                limit=1,
            )
        )
        managers = self.env.ref("account.group_account_manager").sudo().all_user_ids
        managers = managers.filtered(lambda user: company in user.company_ids)
        move = newest.move_id
        return move.invoice_user_id or move.create_uid or managers[:1]
