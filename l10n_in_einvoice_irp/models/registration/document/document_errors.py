import re

from odoo import models

from ....irp import IrpAuthenticationError, IrpRejected
from ....irp.reference import entry
from ....irp.rules import SCHEMA_CODE, named_member
from ...portal.error_messages import faults

GSTIN = re.compile(r"\b[0-9]{2}[0-9A-Z]{13}\b")
# the catalogue's targets that are parties of the invoice
PARTIES = ("buyer", "ship_to", "seller", "dispatch")
# "some copies" of NIC's list have the other one
SCHEMA_CODES = (SCHEMA_CODE, "5001")


class L10nInIrpDocument(models.Model):
    """The error of a registration, or its conflict with the portal."""

    _inherit = "l10n_in.irp.document"

    def _error_values(self, error, base_url=""):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        values = super()._error_values(error, base_url)
        return values | self._schema_values(error, values["error"])

    def _schema_values(self, error, text):
        """Return the error fields of a refusal for the document's form (5002), with the
        records and fields that the portal's text names; {} for other errors.

        :param text: the error as it is shown, in the portal's words.
        """
        if not isinstance(error, IrpRejected):
            return {}
        members = [
            named_member(fault.message)
            for fault in faults(error)
            if fault.code in SCHEMA_CODES
        ]
        places = [self._named_place(member) for member in members if member]
        if not places:
            return {}
        names = "; ".join(dict.fromkeys(name for name, _record in places))
        values = {
            "error": "\n".join((text, self.env._("The portal means: %s.", names)))
        }
        record = next((record for _name, record in places if record), None)
        if record:
            values |= {"error_model": record._name, "error_res_id": record.id}
        return values

    def _named_place(self, member):
        """Return record and field of a member in words, and the record; the member's
        title and None if the portal does not say of which record it is."""
        validator = self.env["l10n_in.irp.validator"]
        try:
            record, field_name = validator._place(
                self.move_id, member.path, self._sent_request()
            )
        except (IndexError, KeyError, ValueError):
            return member.title, None
        if not member.path or not record:
            return member.title, None
        name = validator._label(record, field_name) or member.title
        return f"{record.display_name}, {name}", record

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
