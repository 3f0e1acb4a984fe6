from datetime import date
from typing import NamedTuple

from odoo import models

from ...irp.document import is_left_negative
from ...irp.reference import entry
from ...irp.rules import preflight, shown
from ..clock import indian_today
from ..invoice.payload_items import BuildCache
from .finding import Finding
from .member_fields import MOVE_FIELDS

# what the portal's rules compare with the GST rate of an item
RATED = ("GstRt", "IgstAmt", "CgstAmt")
DRAFT_PATHS = ("DocDtls.No", "DocDtls.Dt")
# stands for that of an invoice that is not registered yet
NO_IRN = "0" * 64


class ValidationContext(NamedTuple):
    """What is read once to judge several invoices; it holds while nobody writes.

    :ivar books: of the builder, see `l10n_in.irp.payload`.
    :ivar today: the day in India.
    :ivar holders: what a document's number is compared by -> the registration that
        holds it.
    :ivar namesakes: the same -> the first of several posted invoices that have it.
    :ivar taxpayers: what the GST portal says of the parties, see `_prefetch_parties`
        of `l10n_in.irp.taxpayer`.
    """

    books: BuildCache
    today: date
    holders: dict
    namesakes: dict
    taxpayers: dict


class L10nInIrpValidator(models.AbstractModel):
    """Checks an INV-01 document before it is sent, and names the record to correct.

    The portal blocks senders of bad requests, so nothing leaves that breaks its
    schema or its published rules.
    """

    _name = "l10n_in.irp.validator"
    _description = "e-Invoice checks"

    def _validation_context(self, moves):
        """What `_validate` needs to know of several invoices, read for all at once."""
        keys = {move: key for move in moves if (key := self._number_key(move))}
        return ValidationContext(
            books=self.env["l10n_in.irp.payload"]._new_build_cache(),
            today=indian_today(),
            holders=self._holders_of_numbers(set(keys.values())),
            namesakes=self._namesakes(keys),
            taxpayers=self._records(moves),
        )

    def _validate(self, move, facts=None, ewaybill=None):
        """Build and check an invoice as it would be sent; nothing is sent or written.

        :param facts: of `_validation_context`, for one of many invoices.
        :param ewaybill: see `_build` of `l10n_in.irp.payload`.
        :return: (INV-01 document, its findings).
        """
        facts = facts or self._validation_context(move)
        payload = self.env["l10n_in.irp.payload"]
        invoice = payload._build(move, facts.books, facts.taxpayers, ewaybill)
        return invoice, self._findings(move, invoice, facts)

    def _check(self, move, facts=None):
        """Dry run of one invoice: all its findings."""
        return self._validate(move, facts)[1]

    def _findings(self, move, invoice, facts=None):
        """All that is to be said about a document, blocking first."""
        facts = facts or self._validation_context(move)
        published = preflight(invoice, today=facts.today, profile=self._profile(move))
        told = self._told_otherwise(move, invoice)
        findings = [
            self._finding(move, invoice, violation, facts.books)
            for violation in published
            if not told & {violation.path, violation.path.partition(".")[0]}
            and not self._is_of_ewaybill(violation)
        ]
        findings += self._ewaybill_findings(move, invoice)
        findings += self._local_findings(move, invoice, facts)
        findings += self._party_findings(move, invoice, facts.taxpayers)
        return sorted(findings, key=lambda finding: not finding.blocking)

    @staticmethod
    def _is_of_ewaybill(violation):
        """Whether the e-way bill names it: the IRN is issued without its part."""
        return violation.ewaybill or violation.path.startswith("EwbDtls")

    def _ewaybill_findings(self, move, invoice):
        """What keeps the e-way bill that goes with the invoice from being made."""
        ewaybill = self._ewaybill_in(move, invoice)
        faults = ewaybill._violations(invoice, NO_IRN) if ewaybill else ()
        return [ewaybill._finding(fault) for fault in faults]

    def _told_otherwise(self, move, invoice):
        """Members and sections of which nothing more is to be said.

        A draft gets its number and date when it is confirmed. A negative item breaks
        most of its members and the totals, and is explained once; so are a unit of
        measure without UQC, and a rate that nobody knows (`_check_gst_rates`).
        """
        told = set()
        if move.state == "draft":
            told |= {path for path in DRAFT_PATHS if not move[MOVE_FIELDS[path]]}
        for index, item in enumerate(invoice.get("ItemList", [])):
            if is_left_negative(item):
                told |= {f"ItemList[{index}]", "ValDtls"}
            if self._lacks_unit(item):
                told.add(f"ItemList[{index}].Unit")
            if "GstRt" not in item:
                told |= {f"ItemList[{index}].{name}" for name in RATED}
        return told

    def _finding(self, move, invoice, violation, books):
        record, field_name = self._place(move, violation.path, invoice, books)
        return Finding(
            record=record,
            field=self._label(record, field_name),
            code=violation.code,
            value=self._value(record, field_name, violation),
            reason=violation.message,
            advice=self._short_advice(violation) or entry(violation.code).hint,
        )

    def _value(self, record, field_name, violation):
        """What stands in the field as its user sees it; else what would be sent."""
        seen = self._seen(record, field_name)
        if seen is not None:
            return seen
        return shown(violation.value) if violation.value is not None else ""

    def _values(self, findings):
        """The error fields of a document for its findings."""
        first = findings[0]
        advices = dict.fromkeys(finding.advice for finding in findings)
        return {
            "error_code": first.code,
            "error": "\n".join(finding.text for finding in findings),
            "advice": "\n".join(filter(None, advices)),
            "error_model": first.record._name,
            "error_res_id": first.record.id,
        }
