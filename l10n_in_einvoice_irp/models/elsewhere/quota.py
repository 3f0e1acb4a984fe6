from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...irp.operations import ewaybill_system
from ..clock import INDIA, aware, now_utc, utc

QUARTER = timedelta(minutes=15)
LOG_IN = "ewb_authenticate"


class ResCompany(models.Model):
    """Stays within what the e-way bill system allows in a quarter of an hour: lists,
    and logins. What was called is in the log of calls."""

    _inherit = "res.company"

    def _l10n_in_irp_ask_all_ewb(self, queries, environment=None, base_url=""):
        # EXTENDS 'movement'
        self._l10n_in_irp_check_log_ins(environment, base_url)
        return super()._l10n_in_irp_ask_all_ewb(queries, environment, base_url)

    def _l10n_in_irp_check_log_ins(self, environment, base_url):
        """Refuse a further login beyond those that the portal allows.

        :raises UserError: with the time from which it allows it again.
        """
        environment = environment or self.l10n_in_irp_environment
        called = self._l10n_in_irp_called(LOG_IN, environment)
        if not called:
            return
        connection = self._l10n_in_irp_connect(environment, base_url=base_url)
        session = connection.ewb and connection.ewb.client.session
        now = now_utc()
        if not connection.ewb or (session and session.phase(now) == "valid"):
            return
        free = ewaybill_system.next_log_in(called, now)
        if free > now:
            raise UserError(
                self.env._(
                    "118: The e-way bill system allows five logins in 15 minutes, and "
                    "blocks the API user after more. Try again from %s IST.",
                    self._l10n_in_irp_clock(free),
                )
            )

    def _l10n_in_irp_check_list_quota(self, queries):
        """Refuse lists beyond those that the portal allows.

        :param queries: `irp.operations.ewaybill_system.Query`.
        :raises UserError: with the time from which it allows them again.
        """
        now, environment = now_utc(), self.l10n_in_irp_environment
        for method in {query.method for query in queries}:
            called = self._l10n_in_irp_called(method, environment)
            count = sum(query.method == method for query in queries)
            planned = [*called, *[now] * (count - 1)]
            free = ewaybill_system.next_list(method, planned, now)
            if free > now:
                raise UserError(
                    self.env._(
                        "658: The e-way bill system allows this list again from "
                        "%(moment)s IST. Try again then, or choose fewer days.",
                        moment=self._l10n_in_irp_clock(free),
                    )
                )

    def _l10n_in_irp_called(self, endpoint, environment):
        """Return when a service was called in the last quarter of an hour, aware."""
        rows = (
            self.env["l10n_in.irp.log"]
            .sudo()
            .search(
                [
                    ("gstin", "=", self.vat),
                    ("environment", "=", environment),
                    ("endpoint", "=", endpoint),
                    ("called_at", ">", utc(now_utc() - QUARTER)),
                ]
            )
        )
        return [aware(moment) for moment in rows.mapped("called_at")]

    def _l10n_in_irp_clock(self, moment):
        return format_datetime(self.env, utc(moment), INDIA, "HH:mm")
