from dataclasses import replace
from datetime import date
from typing import NamedTuple

from odoo import models

from ...irp.document import is_left_negative
from ...irp.reference import entry
from ...irp.rules import preflight, shown
from ..clock import indian_today
from ..invoice.payload_items import BuildCache
from .finding import Finding, TranslatableText
from .finding_kinds import ADVICE, KINDS
from .member_fields import MOVE_FIELDS

# the members that the portal's rules compare with an item's GST rate
RATED = ("GstRt", "IgstAmt", "CgstAmt")
DRAFT_PATHS = ("DocDtls.No", "DocDtls.Dt")
# placeholder for the IRN of an unregistered invoice
NO_IRN = "0" * 64


class ValidationContext(NamedTuple):
    """Data read once to check several invoices; valid until somebody writes.

    :ivar cache: the builder's cache, see `l10n_in.irp.payload`.
    :ivar today: the date in India.
    :ivar holders: key of a document's number -> its registration.
    :ivar namesakes: the same key -> the first of several posted invoices with it.
    :ivar taxpayers: the GST portal's records of the parties, see `_prefetch_parties`
        of `l10n_in.irp.taxpayer`.
    """

    cache: BuildCache
    today: date
    holders: dict
    namesakes: dict
    taxpayers: dict


class L10nInIrpValidator(models.AbstractModel):
    """Checks an INV-01 document before it is sent, and names the record to correct.

    The portal blocks senders of bad requests, so a document that breaks its schema or
    its published rules is not sent.
    """

    _name = "l10n_in.irp.validator"
    _description = "e-Invoice Checks"

    def _validation_context(self, moves):
        """Read the data that `_validate` needs, for several invoices at once."""
        keys = {move: key for move in moves if (key := self._number_key(move))}
        return ValidationContext(
            cache=self.env["l10n_in.irp.payload"]._new_build_cache(),
            today=indian_today(),
            holders=self._holders_of_numbers(set(keys.values())),
            namesakes=self._namesakes(keys),
            taxpayers=self._records(moves),
        )

    def _validate(self, move, context=None, ewaybill=None):
        """Build and check an invoice as it would be sent; nothing is sent or written.

        :param context: from `_validation_context`, if the invoice is one of many.
        :param ewaybill: see `_build` of `l10n_in.irp.payload`.
        :return: (INV-01 document, its findings).
        """
        context = context or self._validation_context(move)
        payload = self.env["l10n_in.irp.payload"]
        invoice = payload._build(move, context.cache, context.taxpayers, ewaybill)
        return invoice, self._findings(move, invoice, context)

    def _check(self, move, context=None):
        """Return all findings of one invoice, as a dry run."""
        return self._validate(move, context)[1]

    def _findings(self, move, invoice, context=None):
        """Return all findings of a document, blocking ones first."""
        context = context or self._validation_context(move)
        published = preflight(invoice, today=context.today, profile=self._profile(move))
        explained = self._explained_elsewhere(move, invoice)
        findings = [
            self._finding(move, invoice, violation, context.cache)
            for violation in published
            if not explained & {violation.path, violation.path.partition(".")[0]}
            and not self._is_of_ewaybill(violation)
        ]
        findings += self._ewaybill_findings(move, invoice)
        findings += self._local_findings(move, invoice, context)
        findings += self._party_findings(move, invoice, context.taxpayers)
        findings = self._distinct(findings)
        findings = self._with_serials(move, findings, context.cache)
        return sorted(findings, key=lambda finding: not finding.blocking)

    @staticmethod
    def _distinct(findings):
        """Return the findings, each fault once: a partner may have two parts in one
        invoice, and of a field that is at fault no warning is needed."""
        if len(findings) < 2:
            return findings
        faulty = {
            (finding.record, finding.field_name)
            for finding in findings
            if finding.blocking and finding.field_name
        }
        distinct = {}
        for finding in findings:
            place = (finding.record, finding.field_name)
            if finding.blocking or place not in faulty:
                distinct.setdefault((*place, finding.reason), finding)
        return list(distinct.values())

    @staticmethod
    def _with_serials(move, findings, cache):
        """Return findings of invoice lines with their serial numbers."""
        if not any(finding.record._name == "account.move.line" for finding in findings):
            return findings
        serials = {line: serial for serial, line in cache.lines(move).items.items()}
        return [
            replace(finding, serial=serials.get(finding.record, 0))
            for finding in findings
        ]

    @staticmethod
    def _is_of_ewaybill(violation):
        """Return whether only the e-Way Bill fails: the IRN is issued without it."""
        return violation.ewaybill or violation.path.startswith("EwbDtls")

    def _ewaybill_findings(self, move, invoice):
        """Return why the e-Way Bill requested with the invoice would be refused."""
        ewaybill = self._ewaybill_in(move, invoice)
        faults = ewaybill._violations(invoice, NO_IRN) if ewaybill else ()
        return [ewaybill._finding(fault) for fault in faults]

    def _explained_elsewhere(self, move, invoice):
        """Return members and sections that other findings explain, or that are not due
        yet.

        A draft gets its number and date when it is confirmed. A negative item breaks
        most of its members and the totals, and is explained once; so are a unit of
        measure without UQC and an unknown GST rate (`_check_gst_rates`).
        """
        explained = set()
        if move.state == "draft":
            explained |= {path for path in DRAFT_PATHS if not move[MOVE_FIELDS[path]]}
        for index, item in enumerate(invoice.get("ItemList", [])):
            if is_left_negative(item):
                explained |= {f"ItemList[{index}]", "ValDtls"}
            if self._lacks_unit(item):
                explained.add(f"ItemList[{index}].Unit")
            if "GstRt" not in item:
                explained |= {f"ItemList[{index}].{name}" for name in RATED}
        return explained

    def _finding(self, move, invoice, violation, cache):
        """Return the finding for a violation of the portal's rules."""
        record, field_name = self._place(move, violation.path, invoice, cache)
        advice = ADVICE.get(violation.kind) or entry(violation.code).hint
        return Finding(
            record=record,
            field_name=field_name,
            kind=violation.kind,
            rule=TranslatableText.of(violation),
            remedy=TranslatableText(advice) if advice else None,
            code=violation.code,
            value=self._value(record, field_name, violation),
        )

    def _finding_of(self, kind, record, field_name, *, value=None, **params):
        """Return a finding of one of our own kinds.

        :param value: if it is not the field's value.
        """
        common = KINDS[kind]
        advice = common.remedy or (entry(common.code).hint if common.code else "")
        if value is None:
            value = self._seen(record, field_name) or ""
        return Finding(
            record=record,
            field_name=field_name,
            kind=kind,
            rule=TranslatableText(common.rule, params),
            remedy=TranslatableText(advice) if advice else None,
            code=common.code,
            value=value,
            blocking=common.blocking,
        )

    def _value(self, record, field_name, violation):
        """Return the field's value as displayed; else the value that would be sent."""
        seen = self._seen(record, field_name)
        if seen is not None:
            return seen
        return shown(violation.value) if violation.value is not None else ""

    def _values(self, findings):
        """Return the error fields of a document for its findings."""
        first = findings[0]
        advices = dict.fromkeys(finding.advice for finding in findings)
        return {
            "error_code": first.code,
            "error": "\n".join(finding.text for finding in findings),
            "advice": "\n".join(filter(None, advices)),
            "error_model": first.record._name,
            "error_res_id": first.record.id,
        }
