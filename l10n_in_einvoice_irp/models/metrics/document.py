from odoo import models

# few rows, whatever has been registered
OPEN = "(state) WHERE state NOT IN ('draft', 'registered', 'cancelled')"


class L10nInIrpDocument(models.Model):
    """An index of what is not settled, from which the metrics are read."""

    _inherit = "l10n_in.irp.document"

    _open = models.Index(OPEN)
