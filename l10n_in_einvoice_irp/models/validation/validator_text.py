import re

from odoo import models

from ...irp.document import clean_identifier, clean_text
from ...irp.rules import SCHEMA_CODE, longest_text, text_fault
from ..invoice.payload_references import LONGEST_REFERENCE
from .finding import Finding

ANY_LENGTH = 10**6
ADDRESS = ("Addr1", "Addr2", "Loc")
NAMES = ("LglNm", "TrdNm")
# sections -> members that are texts of a record
TEXTS = {
    **dict.fromkeys(("SellerDtls", "BuyerDtls"), (*NAMES, *ADDRESS, "Ph", "Em")),
    "DispDtls": ("Nm", *ADDRESS),
    "ShipDtls": (*NAMES, *ADDRESS),
    "PayDtls": ("Nm", "AccDet", "Mode", "FinInsBr", "PayTerm"),
    "ExpDtls": ("ShipBNo",),
    "EwbDtls": ("TransName",),
}
SHORTEST = 3
# the characters that are left out of a member
LEFT_OUT = {"Ph": r"\D", "AccDet": r"\W"}


class L10nInIrpValidator(models.AbstractModel):
    """Names the texts of which the portal does not get all."""

    _inherit = "l10n_in.irp.validator"

    def _text_checks(self):
        return (
            self._check_texts,
            self._check_descriptions,
            self._check_references,
            self._check_preceding_documents,
            self._check_barcodes,
            self._check_lots,
            self._check_supporting_documents,
        )

    # ------------------------------------------------------------------
    # Texts of which the portal takes only the beginning, or nothing
    # ------------------------------------------------------------------

    def _check_texts(self, move, invoice, facts):
        """Names, addresses, bank account and the like."""
        for name, members in TEXTS.items():
            section = invoice.get(name)
            for member in members if section else ():
                yield from self._text_findings(
                    move, invoice, facts, f"{name}.{member}", section.get(member)
                )

    def _check_descriptions(self, move, invoice, facts):
        for index, item in enumerate(invoice.get("ItemList", [])):
            yield from self._text_findings(
                move, invoice, facts, f"ItemList[{index}].PrdDesc", item.get("PrdDesc")
            )

    def _text_findings(self, move, invoice, facts, path, sent):
        """What is to be said of a member, by the text that it was made from."""
        # one that was cut may have ended in a blank
        if sent and len(sent) < longest_text(path) - 1:
            return
        record, field_name = self._place(move, path, invoice, facts.books)
        source = field_name and record[field_name]
        if isinstance(source, models.Model):
            record, field_name, source = source, "name", source and source.name
        if not source or self._is_legal_name(invoice, path, source):
            return
        whole = self._whole(path, source)
        if sent and len(whole) > len(sent) and whole.startswith(sent):
            yield self._cut(record, field_name, source, len(sent))
        elif whole and not sent and (fault := text_fault(path, whole)):
            yield self._left_out(record, field_name, source, fault)

    def _is_legal_name(self, invoice, path, name):
        """Whether it is told as legal name, so that it is no trade name besides."""
        section, _dot, member = path.partition(".")
        same = self.env["l10n_in.irp.payload"]._is_same_name
        return member == "TrdNm" and same(name, invoice[section].get("LglNm"))

    @staticmethod
    def _whole(path, source):
        """What would be registered of a text if any length were taken."""
        unwanted = LEFT_OUT.get(path.rpartition(".")[2])
        if unwanted:
            return re.sub(unwanted, "", source)
        return clean_text(source, longest=ANY_LENGTH) or ""

    # ------------------------------------------------------------------
    # Numbers that stand in the document whole or not at all
    # ------------------------------------------------------------------

    def _check_references(self, move, invoice, facts):
        """The numbers of the buyer's orders or note, and of the contract."""
        payload = self.env["l10n_in.irp.payload"]
        orders, note = payload._buyer_orders(move), payload._buyer_note(move)
        contract = move.l10n_in_irp_contract_ref
        numbers = [
            *(("ref", "ContrDtls[0].ExtRefr", order) for order in orders),
            ("ref", "PrecDocDtls[0].OthRefNo", note),
            ("l10n_in_irp_contract_ref", "ContrDtls[0].ContrRefr", contract),
        ]
        for field_name, member, number in numbers:
            if number and not clean_identifier(number, longest=LONGEST_REFERENCE):
                fault = text_fault(f"RefDtls.{member}", number)
                yield self._left_out(move, field_name, number, fault)
        yield from self._check_order_date(move, invoice)

    def _check_order_date(self, move, invoice):
        """The date belongs to the one order that the document names."""
        day = move.l10n_in_irp_order_date
        contracts = invoice.get("RefDtls", {}).get("ContrDtls", [])
        if not day or any("PORefDt" in contract for contract in contracts):
            return
        yield self._left_out(
            move,
            "l10n_in_irp_order_date",
            self.env["l10n_in.irp.payload"]._date(day),
            self.env._("the e-invoice names no order of the buyer, or several"),
        )

    def _check_preceding_documents(self, move, invoice, facts):
        payload = self.env["l10n_in.irp.payload"]
        for origin in payload._preceding_documents(move) - payload._told_documents(
            move
        ):
            number = origin.name or ""
            fault = text_fault("RefDtls.PrecDocDtls[0].InvNo", number)
            yield self._left_out(
                origin, "name", number, fault or self.env._("the invoice has no date")
            )

    def _check_barcodes(self, move, invoice, facts):
        payload = self.env["l10n_in.irp.payload"]
        for product in facts.books.lines(move).products.product_id:
            if product.barcode and not payload._barcode(product):
                fault = text_fault("ItemList[0].Barcde", product.barcode)
                yield self._left_out(product, "barcode", product.barcode, fault)

    def _check_lots(self, move, invoice, facts):
        """Batches: who writes invoices need not see the stock, so the line is told."""
        payload = self.env["l10n_in.irp.payload"]
        lots = facts.books.lots(move)
        for line in facts.books.lines(move).items.values() if lots else ():
            lot = lots.get(line.product_id)
            if lot and len(lot) == 1 and not payload._batch(lot):
                fault = text_fault("ItemList[0].BchDtls.Nm", lot.name)
                yield self._left_out(line, "product_id", lot.name, fault)

    def _check_supporting_documents(self, move, invoice, facts):
        for supporting_document in move.l10n_in_irp_supporting_document_ids:
            told = supporting_document._prepare_values()
            for member, field_name in (("Url", "url"), ("Info", "info")):
                text = supporting_document[field_name]
                path = f"AddlDocDtls[0].{member}"
                if text and not told[member]:
                    fault = text_fault(path, self._whole(path, text))
                    yield self._left_out(supporting_document, field_name, text, fault)
            if not supporting_document._is_small():
                fault = self.env._("the portal takes a file of at most 750 bytes")
                yield self._left_out(
                    supporting_document, "file", supporting_document.info or "", fault
                )

    # ------------------------------------------------------------------
    # Findings
    # ------------------------------------------------------------------

    def _cut(self, record, field_name, source, length):
        return Finding(
            record=record,
            field=self._label(record, field_name),
            code="",
            value=source,
            reason=self.env._("only the first %s characters are registered", length),
            advice=self.env._("Shorten it if the meaning is lost."),
            blocking=False,
        )

    def _left_out(self, record, field_name, value, fault):
        return Finding(
            record=record,
            field=self._label(record, field_name),
            code="",
            value=value,
            reason=self.env._("it is not registered: %s", fault),
            advice=self.env._("Nothing is to be done if the buyer can do without it."),
            blocking=False,
        )

    def _short_advice(self, violation):
        """What to do about a name or place that is shorter than the portal takes; empty
        for other violations."""
        if violation.code != SCHEMA_CODE or not isinstance(violation.value, str):
            return ""
        is_short = 0 < len(violation.value) < SHORTEST
        member = violation.path.rpartition(".")[2]
        return self._short_advices().get(member, "") if is_short else ""

    def _short_advices(self):
        """Member -> what to do if it is too short."""
        full_name = self.env._(
            "Enter the full name: “3M India Limited” instead of “3M”."
        )
        return {
            "Nm": full_name,
            "LglNm": self.env._(
                "%s Or press 'Get from GST portal' on the contact (tab GST portal): "
                "the e-Invoice takes the legal name from there.",
                full_name,
            ),
            "Loc": self.env._(
                "Enter the place with its district: “Od, Anand” instead of “Od”."
            ),
        }
