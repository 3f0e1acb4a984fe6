import logging
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ...irp import IrpError, IrpRejected

_logger = logging.getLogger(__name__)

# How far missed nights are caught up; what is older the portal gives out no more.
MOST_DAYS = 7
# outcome of the log's row for an IRN that the GST system rejected and Odoo has not
UNKNOWN_HERE = "rejected_irn_not_in_odoo"


class ResCompany(models.Model):
    """The IRNs of a company that the GST system rejected."""

    _inherit = "res.company"

    def _l10n_in_irp_fetch_rejected(self):
        """Fetch the rejected IRNs and report them; an error is logged and stops
        nothing."""
        self.ensure_one()
        gateway = self.env["l10n_in.irp.gateway"]
        environment = self.l10n_in_irp_environment
        connection = None
        irns = set()
        try:
            connection = gateway._connect(self, environment)
            gateway._log_in(connection)
            for day in self._l10n_in_irp_rejection_days(environment):
                irns |= rejected_irns(connection.client, day)
                self._l10n_in_irp_note_asked(environment, day)
        except (IrpError, UserError) as error:
            _logger.info("rejected IRNs of %s: %s", self.vat, error)
        queue = self.env["l10n_in.irp.queue"]
        queue._write_log(self, environment, connection)
        self._l10n_in_irp_report_rejected(environment, irns)
        queue._commit()

    # ------------------------------------------------------------------
    # Which days
    # ------------------------------------------------------------------

    def _l10n_in_irp_rejection_days(self, environment):
        """Return the days that are over in India and were not asked about yet, the
        oldest first."""
        today = self.env["l10n_in.irp.validator"]._today()
        parameters = self.env["ir.config_parameter"].sudo()
        asked = parameters.get_param(self._l10n_in_irp_asked_key(environment))
        yesterday = today - timedelta(days=1)
        first = fields.Date.to_date(asked) + timedelta(days=1) if asked else yesterday
        first = max(first, today - timedelta(days=MOST_DAYS))
        return [first + timedelta(days=past) for past in range((today - first).days)]

    def _l10n_in_irp_note_asked(self, environment, day):
        key = self._l10n_in_irp_asked_key(environment)
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(key, fields.Date.to_string(day))

    def _l10n_in_irp_asked_key(self, environment):
        return f"l10n_in_einvoice_irp.rejected_until.{self.id}.{environment}"

    # ------------------------------------------------------------------
    # What is reported
    # ------------------------------------------------------------------

    def _l10n_in_irp_report_rejected(self, environment, irns):
        """Name the rejected IRNs: on their invoices, and to an accountant those that
        Odoo does not know."""
        documents = (
            self.env["l10n_in.irp.document"]
            .sudo()
            .search([("irn", "in", list(irns)), ("environment", "=", environment)])
        )
        for document in documents:
            document._remind_of_rejection()
        log = self.env["l10n_in.irp.log"].sudo()
        reported = log.search(
            [("outcome", "=", UNKNOWN_HERE), ("number", "in", list(irns))]
        )
        unknown = irns - set(documents.mapped("irn")) - set(reported.mapped("number"))
        if unknown:
            self._l10n_in_irp_report_unknown(environment, sorted(unknown))

    def _l10n_in_irp_report_unknown(self, environment, irns):
        self.env["l10n_in.irp.log"].sudo().create(
            [
                {
                    "company_id": self.id,
                    "environment": environment,
                    "gstin": self.vat,
                    "endpoint": "get_rejected_irns",
                    "called_at": fields.Datetime.now(),
                    "number": irn,
                    "outcome": UNKNOWN_HERE,
                }
                for irn in irns
            ]
        )
        self.partner_id.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("The GST system rejected IRNs that are not in Odoo"),
            note=self.env._(
                "Another system registered them with GSTIN %(gstin)s. Check them on "
                "the e-Invoice portal: %(irns)s",
                gstin=self.vat,
                irns=", ".join(irns),
            ),
            user_id=self._l10n_in_irp_accountant(environment).id,
        )

    def _l10n_in_irp_accountant(self, environment):
        """Return who is responsible for the invoices: whose is the newest."""
        newest = (
            self.env["l10n_in.irp.document"]
            .sudo()
            .search(
                [("company_id", "=", self.id), ("environment", "=", environment)],
                limit=1,
            )
        )
        managers = self.env.ref("account.group_account_manager").sudo().all_user_ids
        managers = managers.filtered(lambda user: self in user.company_ids)
        move = newest.move_id
        return move.invoice_user_id or move.create_uid or managers[:1]


def rejected_irns(client, day):
    """Return the IRNs rejected on a day; none if the portal refuses to say."""
    try:
        return set(client.get_rejected_irns(day))
    except IrpRejected as error:
        _logger.info("rejected IRNs of %s: %s", day, error)
        return set()
