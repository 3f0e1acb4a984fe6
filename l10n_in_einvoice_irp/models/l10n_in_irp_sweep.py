import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..irp.errors import IrpError

_logger = logging.getLogger(__name__)


class L10nInIrpSweep(models.AbstractModel):
    """The nightly look at what is left open, and at what the GST system rejected."""

    _name = "l10n_in.irp.sweep"
    _description = "IRP sweep"

    @api.model
    def _cron_sweep(self):
        """Settle what is unknown, before the portal's retrieval window closes, and
        fetch the list of yesterday's rejected IRNs of every GSTIN."""
        unknown = (
            self.env["l10n_in.irp.document"].sudo().search([("state", "=", "unknown")])
        )
        unknown._requeue()
        for company in self._companies():
            self._sweep_company(company)

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
        try:
            connection = gateway._connect(company, environment)
            gateway._log_in(connection)
            yesterday = fields.Date.context_today(self) - timedelta(days=1)
            irns = connection.client.get_rejected_irns(yesterday)
        except (IrpError, UserError) as error:
            _logger.info("rejected IRNs of %s: %s", company.vat, error)
            irns = ()
        queue = self.env["l10n_in.irp.queue"]
        queue._write_log(company, environment, connection)
        self._report(company, environment, irns)
        queue._commit()

    def _report(self, company, environment, irns):
        """Name the rejected IRNs: on their invoices, and in the log those that Odoo
        does not know."""
        documents = (
            self.env["l10n_in.irp.document"]
            .sudo()
            .search([("irn", "in", irns), ("environment", "=", environment)])
        )
        for document in documents:
            self._remind(document.move_id)
        for irn in sorted(set(irns) - set(documents.mapped("irn"))):
            self.env["l10n_in.irp.log"].sudo().create(
                {
                    "company_id": company.id,
                    "environment": environment,
                    "gstin": company.vat,
                    "endpoint": "get_rejected_irns",
                    "called_at": fields.Datetime.now(),
                    "number": irn,
                    "outcome": "rejected_irn_not_in_odoo",
                }
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
