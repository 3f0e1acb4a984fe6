from odoo import models
from odoo.tools import format_date

from ...irp.operations import states
from ...irp.reference import ABROAD, PIN_ABROAD
from ...irp.rules import Violation
from ..validation.finding import Finding, TranslatableText
from ..validation.member_fields import EWB_FIELDS, PARTY_FIELDS

# the marks of an address abroad
FOREIGN = {"Stcd": ABROAD, "Pin": PIN_ABROAD}


class L10nInIrpEwaybill(models.Model):
    """Names record, field and value for each fault of an e-Way Bill."""

    _inherit = "l10n_in.irp.ewaybill"

    def _error_values(self, error, base_url=""):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        values = super()._error_values(error, base_url)
        if not (registration := self._registration()):
            return values
        return values | registration._schema_values(error, values["error"])

    def _finding(self, fault):
        """Return the finding for a fault; the IRN is issued all the same.

        :param fault: an `irp.rules.Violation`, or an `irp.PortalError`.
        """
        if isinstance(fault, Violation):
            kind, rule = fault.kind, TranslatableText.of(fault)
            record, field_name = self._place(fault)
            explain = TranslatableText.next_step
        else:
            kind, rule = "refused_by_portal", TranslatableText(fault.message)
            record, field_name = self, ""
            explain = TranslatableText.of_code
        return Finding(
            record=record,
            field_name=field_name,
            kind=kind,
            rule=rule,
            remedy=explain(fault.code, "EWB") if fault.code else None,
            code=fault.code,
            value=self._shown(record, field_name),
            blocking=False,
        )

    def _place(self, fault):
        """Return the record and the name of its field in which to correct a fault."""
        section, _dot, member = fault.path.partition(".")
        partners = {
            "DispDtls": "dispatch_partner_id",
            "ExpShipDtls": "port_partner_id",
        }
        if section not in partners:
            if member:
                validator = self.env["l10n_in.irp.validator"]
                return validator._place(self.move_id, fault.path)
            return self, EWB_FIELDS.get(section, "") if section else ""
        partner = self[partners[section]]
        if not partner or not member:
            return self, partners[section]
        if fault.value is not None and fault.value == FOREIGN.get(member):
            return partner, "country_id"
        return partner, PARTY_FIELDS.get(member, "")

    def _shown(self, record, field_name):
        """Return the value of a field as the form shows it; "" if it is empty."""
        value = field_name and record[field_name]
        field = record._fields.get(field_name)
        if not value:
            return ""
        if field.type == "date":
            return format_date(self.env, value)
        return str(field.convert_to_export(value, record))

    def _finding_text(self, finding):
        """Return one fault in one line, for the form of the e-Way Bill."""
        if finding.record != self:
            return ": ".join(filter(None, (finding.code, finding.text)))
        parts = (finding.code, finding.field, finding.reason)
        return ": ".join(filter(None, parts))

    def _refusal(self, faults):
        """Return the field values of an e-Way Bill that has faults.

        :param faults: see `_finding`.
        """
        findings = [self._finding(fault) for fault in faults]
        advices = dict.fromkeys(finding.advice for finding in findings)
        return {
            "state": states.REJECTED,
            "error_code": findings[0].code,
            "error": "\n".join(map(self._finding_text, findings)),
            "advice": "\n".join(filter(None, advices)),
            "request_attachment_id": False,
        }
