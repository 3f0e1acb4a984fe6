from odoo import models

from .document import OPEN


class L10nInIrpEwaybill(models.Model):
    """An index of what is not settled, from which the metrics are read."""

    _inherit = "l10n_in.irp.ewaybill"

    _open = models.Index(OPEN)
