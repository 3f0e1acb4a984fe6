from odoo import api, models
from odoo.fields import Domain

# outcomes of calls with a body after which the portal is as it was
UNCHANGED = (
    *("not_sent", "authentication", "token_refused", "shared_user", "ewb_log_in"),
    *("rate_limited", "rejected", "duplicate", "too_late", "already_cancelled"),
    *("not_found", "ewb_exists", "not_offered"),
    # a GSP answered before any IRP saw the call
    *("gateway_authentication", "gateway_rate_limited"),
)


class L10nInIrpSeal(models.Model):
    """Seals the log: calls that may have changed something are evidence."""

    _inherit = "l10n_in.irp.seal"

    @api.model
    def _sources(self):
        sources = super()._sources()
        changing = Domain("request_attachment_id", "!=", False)
        changing &= Domain("outcome", "not in", UNCHANGED)
        name = "l10n_in.irp.log"
        return {
            "evidence": [*sources["evidence"], (name, changing)],
            "calls": [*sources.get("calls", []), (name, ~changing)],
        }
