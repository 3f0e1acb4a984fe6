"""The length of a slice and the number of lanes, as an administrator may set them."""

import logging

from ....irp.operations import Limits
from . import server

_logger = logging.getLogger(__name__)

SECONDS = "l10n_in_einvoice_irp.slice_seconds"
NUMBER = "l10n_in_einvoice_irp.slice_invoices"
LANES = "l10n_in_einvoice_irp.lanes"
# if the system parameters are empty
DEFAULTS = {SECONDS: 5, NUMBER: 500, LANES: 0}


def whole_number(env, key):
    """Return a system parameter; its default if it is not a positive number."""
    text = env["ir.config_parameter"].sudo().get_param(key) or ""
    if text.strip().isdecimal():
        return int(text) or DEFAULTS[key]
    if text:
        _logger.warning("system parameter %s: not a number: %r", key, text)
    return DEFAULTS[key]


def slice_limits(env):
    """Return how long a lane works for one GSTIN while others wait."""
    limits = Limits(whole_number(env, SECONDS), whole_number(env, NUMBER))
    return limits.within(server.time_limit())


def longest_limits():
    """Return how long a lane works for one GSTIN while no other waits."""
    return Limits().within(server.time_limit())
