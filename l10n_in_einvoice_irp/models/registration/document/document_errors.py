import re

from odoo import models

from ....irp import IrpAuthenticationError, IrpRejected
from ....irp.reference import entry
from ...portal.error_messages import faults

GSTIN = re.compile(r"\b[0-9]{2}[0-9A-Z]{13}\b")
# the catalogue's targets that are parties of the invoice
PARTIES = ("buyer", "ship_to", "seller", "dispatch")


class L10nInIrpDocument(models.Model):
    """The error of a registration, or its conflict with the portal."""

    _inherit = "l10n_in.irp.document"

    def _record_to_correct(self, error, base_url=""):
        """Return the record to open for an error: the catalogue's target for its
        code."""
        if isinstance(error, IrpAuthenticationError):
            return self._credential_at(base_url)
        if not isinstance(error, IrpRejected):
            return self.env["account.move"]
        details = self.move_id._get_l10n_in_seller_buyer_party()
        parties = {name: details[f"{name}_details"] for name in PARTIES}
        target = entry(error.code).target
        if target not in parties:
            return self.env["account.move"]
        return self._named_party(error, parties) or parties[target]

    @staticmethod
    def _named_party(error, parties):
        """Return the party whose GSTIN the portal's text names; None if it names
        none."""
        texts = " ".join(fault.message.upper() for fault in faults(error))
        named = set(GSTIN.findall(texts))
        matches = (one for one in parties.values() if (one.vat or "").upper() in named)
        return next(matches, None)

    def _conflict_values(self, verdict):
        """Return the error fields of a registration with other content at the
        portal."""
        differences = "; ".join(
            f"{row.path}: {row.sent} ≠ {row.signed}" for row in verdict.differences[:10]
        )
        return {
            "error": self.env._(
                "The IRP has different content under this number (Odoo ≠ IRP): %s",
                differences or verdict.message,
            ),
            "advice": self.env._(
                "Find out who registered it. If the other registration is right, "
                "issue this invoice again under a new number."
            ),
        }
