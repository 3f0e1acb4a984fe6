import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...irp import IrpAuthenticationError, IrpRateLimited, IrpRejected, IrpSharedUser
from .lookup import CALLS_PER_GSTIN, GET, SYNC

_logger = logging.getLogger(__name__)

CHUNK = 20
PAUSE = timedelta(minutes=1)
# errors that are not about the GSTIN: another one would fail as well
STOPPING = (IrpRateLimited, IrpAuthenticationError, IrpSharedUser)
# due GSTINs, first those without a record, then by the last attempt
DUE = """
  WITH attempt AS (
       SELECT asked_gstin AS gstin, MAX(called_at) AS called_at
         FROM l10n_in_irp_log
        WHERE gstin = %(own)s
          AND environment = %(environment)s
          AND asked_gstin IS NOT NULL
          AND called_at >= %(fresh)s
        GROUP BY 1
       )
SELECT UPPER(partner.vat)
  FROM res_partner partner
  LEFT JOIN LATERAL (
       SELECT asked_at, NOT is_found AND source = 'get' AS is_unsure
         FROM l10n_in_irp_taxpayer
        WHERE company_id = %(company)s
          AND environment = %(environment)s
          AND gstin = UPPER(partner.vat)
        ORDER BY id DESC
        LIMIT 1
       ) record ON TRUE
  LEFT JOIN attempt ON attempt.gstin = UPPER(partner.vat)
 WHERE partner.id IN (
       SELECT commercial_partner_id
         FROM account_move
        WHERE company_id = %(company)s
          AND state = 'posted'
          AND move_type IN ('out_invoice', 'out_refund')
          AND invoice_date >= %(since)s
       )
   AND partner.active
   AND LENGTH(partner.vat) = 15
   AND (
       record.asked_at IS NULL
       OR record.asked_at < %(fresh)s
       OR (record.is_unsure AND %(syncs)s)
       )
 GROUP BY UPPER(partner.vat)
 ORDER BY MIN(GREATEST(record.asked_at, attempt.called_at)) NULLS FIRST,
       UPPER(partner.vat)
"""


class L10nInIrpTaxpayer(models.Model):
    """Refreshes the records of recently invoiced partners, the oldest first.

    A run leaves nothing but its records and calls, from which the next one continues,
    however the last one ended.
    """

    _inherit = "l10n_in.irp.taxpayer"

    @api.model
    def _cron_refresh(self):
        """Look up due GSTINs, within rate and budget; commit in chunks."""
        companies = self.env["res.company"]._l10n_in_irp_registering()
        due = {company: self._due_gstins(company) for company in companies}
        cron = self.env["ir.cron"]
        time_left = cron._commit_progress(remaining=sum(map(len, due.values())))
        for company, gstins in due.items():
            for count in self._refresh_in_chunks(company, gstins):
                time_left = cron._commit_progress(count)
                if not time_left:
                    return
        # those that the rate deferred wait a minute: no reason to start again at once
        cron._commit_progress(remaining=0)

    @api.model
    def _refresh_in_chunks(self, company, gstins):
        """Refresh GSTINs chunk by chunk; yield how many after each."""
        while gstins:
            count = min(CHUNK, self._lookups_left(company))
            if not count:
                self._resume_later(company)
                return
            chunk, gstins = gstins[:count], gstins[count:]
            if not self._refresh_chunk(company, chunk):
                return
            yield len(chunk)

    @api.model
    def _refresh_chunk(self, company, gstins):
        """Look up one chunk; return False if the portal must not be called further
        now."""
        try:
            lookups = self._look_up(company, gstins)
        except UserError as error:
            _logger.info("GSTINs of %s are not refreshed: %s", company.vat, error)
            return False
        # the cached values of this chunk are no longer needed
        self.env.invalidate_all()
        found = lookups.values()
        if any(isinstance(one.error, STOPPING) for one in found):
            return False
        # a refusal counts as an answer; without any, the portal does not respond
        return any(one.answered or isinstance(one.error, IrpRejected) for one in found)

    @api.model
    def _resume_later(self, company):
        """Wake the scheduled action when the rate allows more; an exhausted budget
        waits for the next daily run."""
        if self._budget_left(company) >= CALLS_PER_GSTIN:
            cron = self.env.ref("l10n_in_einvoice_irp.ir_cron_irp_gstin").sudo()
            cron._trigger(at=fields.Datetime.now() + PAUSE)

    @api.model
    def _due_gstins(self, company):
        """Return the GSTINs of recently invoiced partners whose record is out of date.

        It is older than the company's interval, or was not found without a sync that
        the portal offers.

        GSTINs never looked up come first, then by the last attempt: those without an
        answer make way for the others.
        """
        if not company.l10n_in_irp_gstin_days:
            return []
        if not company._l10n_in_irp_offers(GET):
            return []
        rows = self.env.execute_query(self._due_gstins_query(company))
        return [gstin for (gstin,) in rows if self._is_askable(company, gstin)]

    @api.model
    def _due_gstins_query(self, company):
        self.env["account.move"].flush_model()
        self.env["res.partner"].flush_model(["vat", "active"])
        self.flush_model()
        self.env["l10n_in.irp.log"].flush_model()
        return SQL(
            DUE,
            company=company.id,
            own=company.vat,
            environment=company.l10n_in_irp_environment,
            syncs=company._l10n_in_irp_offers(SYNC),
            since=fields.Date.today()
            - timedelta(days=company.l10n_in_irp_gstin_invoiced_days),
            fresh=fields.Datetime.now()
            - timedelta(days=company.l10n_in_irp_gstin_days),
        )
