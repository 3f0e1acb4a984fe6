"""Hides the secrets of credentials in what Odoo logs of RPC calls at DEBUG."""

import logging

from odoo.models import BaseModel

MASK = "***"
# a portal's form and calls may write its credentials, too
WITH_SECRETS = ("l10n_in.irp.credential", "l10n_in.irp.portal")


def hide_values(record) -> bool:
    """Mask the values of a call that may contain a credential's; for all else, change
    nothing.

    Odoo logs (records, method, parameters) of each call from outside.
    """
    arguments = record.args
    if isinstance(arguments, tuple) and arguments:
        records, *others = arguments
        if isinstance(records, BaseModel) and records._name in WITH_SECRETS:
            record.args = (records, *others[:-1], MASK)
    return True


logging.getLogger("odoo.service.model").addFilter(hide_values)
