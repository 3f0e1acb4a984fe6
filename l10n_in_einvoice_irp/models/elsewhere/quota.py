from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...irp.operations import ewaybill_system
from ..clock import INDIA, aware, now_utc, utc

QUARTER = timedelta(minutes=15)


class ResCompany(models.Model):
    """Stays within the lists that the e-way bill system allows in a quarter of an
    hour. What was called is in the log of calls."""

    _inherit = "res.company"

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
