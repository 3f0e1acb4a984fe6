"""Screens follow the status without a reload: the browser learns which records changed.

This comes after the outcome, in a transaction with nothing else in it.
"""

import logging
from functools import partial

from odoo import SUPERUSER_ID, api, models
from odoo.api import Environment

from ...irp.operations import states
from ..rights import READERS

_logger = logging.getLogger(__name__)

CHANNEL = "l10n_in_irp_status"
# what screens show besides the state
SHOWN = frozenset({"state", "error", "signature_state", "settled_as", "exported_at"})


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """Announces each change of a status when it is committed."""

    _inherit = "l10n_in.irp.submission.mixin"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base'
        records = super().create(vals_list)
        records._announce()
        return records

    def write(self, vals):
        # EXTENDS 'base'
        result = super().write(vals)
        # a call that is out shows its outcome in a moment
        if not SHOWN.isdisjoint(vals) and vals.get("state") != states.SENDING:
            self._announce()
        return result

    def _announce(self):
        """Send the ids of the records and their invoices after the commit, one message
        per company and transaction."""
        hooks = self.env.cr.postcommit
        if CHANNEL not in hooks.data:
            hooks.data[CHANNEL] = {}
            hooks.add(partial(send, self.env.registry, hooks.data[CHANNEL]))
        for record in self:
            changed = hooks.data[CHANNEL].setdefault(record.company_id.id, {})
            for one in (record, record.move_id):
                changed.setdefault(one._name, set()).add(one.id)


def send(registry, changes):
    """Send what has changed to those who work with a company's invoices; a failure is
    logged, since the outcome is stored.

    :param changes: company id -> model name -> record ids.
    """
    try:
        with registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            for company, changed in changes.items():
                ids = {name: sorted(found) for name, found in changed.items()}
                channel = (env["res.company"].browse(company), CHANNEL)
                env["bus.bus"]._sendone(channel, CHANNEL, ids)
    except Exception:
        _logger.warning("screens were not updated", exc_info=True)


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        # EXTENDS 'bus': those who read the registrations of a company, and no other
        channels = super()._build_bus_channel_list(channels)
        user = self.env.user
        if user.has_groups(READERS):
            channels += [(company, CHANNEL) for company in user.company_ids]
        return channels
