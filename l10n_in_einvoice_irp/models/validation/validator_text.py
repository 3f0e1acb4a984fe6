import re
from dataclasses import replace

from odoo import models

from ...irp.document import clean_identifier, clean_text
from ...irp.rules import longest_text, text_fault
from ..invoice.payload_references import LONGEST_REFERENCE
from .finding import TranslatableText

ANY_LENGTH = 10**6
ADDRESS = ("Addr1", "Addr2", "Loc")
NAMES = ("LglNm", "TrdNm")
# section -> members that are texts of a record
TEXTS = {
    **dict.fromkeys(("SellerDtls", "BuyerDtls"), (*NAMES, *ADDRESS, "Ph", "Em")),
    "DispDtls": ("Nm", *ADDRESS),
    "ShipDtls": (*NAMES, *ADDRESS),
    "PayDtls": ("Nm", "AccDet", "Mode", "FinInsBr", "PayTerm"),
    "ExpDtls": ("ShipBNo",),
    "EwbDtls": ("TransName",),
}
# the characters left out of a member
LEFT_OUT = {"Ph": r"\D", "AccDet": r"\W"}


class L10nInIrpValidator(models.AbstractModel):
    """Reports texts that are not registered, or not in full."""

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
    # Texts that are cut, or left out
    # ------------------------------------------------------------------

    def _check_texts(self, move, invoice, context):
        """Yield findings on names, addresses, bank account and the like."""
        for name, members in TEXTS.items():
            section = invoice.get(name)
            for member in members if section else ():
                yield from self._text_findings(
                    move, invoice, context, f"{name}.{member}", section.get(member)
                )

    def _check_descriptions(self, move, invoice, context):
        for index, item in enumerate(invoice.get("ItemList", [])):
            yield from self._text_findings(
                move,
                invoice,
                context,
                f"ItemList[{index}].PrdDesc",
                item.get("PrdDesc"),
            )

    def _text_findings(self, move, invoice, context, path, sent):
        """Yield findings on a member, from its text in Odoo."""
        # a text that was cut may have ended in a blank
        if sent and len(sent) < longest_text(path) - 1:
            return
        record, field_name = self._place(move, path, invoice, context.cache)
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
        """Return whether a trade name is left out because it is the legal name."""
        section, _dot, member = path.partition(".")
        same = self.env["l10n_in.irp.payload"]._is_same_name
        return member == "TrdNm" and same(name, invoice[section].get("LglNm"))

    @staticmethod
    def _whole(path, source):
        """Return the text that would be registered if any length were allowed."""
        unwanted = LEFT_OUT.get(path.rpartition(".")[2])
        if unwanted:
            return re.sub(unwanted, "", source)
        return clean_text(source, longest=ANY_LENGTH) or ""

    # ------------------------------------------------------------------
    # Numbers that are registered whole or not at all
    # ------------------------------------------------------------------

    def _check_references(self, move, invoice, context):
        """Yield findings on the numbers of the buyer's orders or note, and of the
        contract."""
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
        """Yield a finding if the order date is left out because no order, or several,
        are named."""
        day = move.l10n_in_irp_order_date
        contracts = invoice.get("RefDtls", {}).get("ContrDtls", [])
        if not day or any("PORefDt" in contract for contract in contracts):
            return
        yield self._finding_of("left_out_order_date", move, "l10n_in_irp_order_date")

    def _check_preceding_documents(self, move, invoice, context):
        """Yield a finding for each preceding document that is left out."""
        payload = self.env["l10n_in.irp.payload"]
        accepted = payload._accepted_documents(move)
        for origin in payload._preceding_documents(move) - accepted:
            number = origin.name or ""
            if fault := text_fault("RefDtls.PrecDocDtls[0].InvNo", number):
                yield self._left_out(origin, "name", number, fault)
            else:
                yield self._finding_of("left_out_undated_document", origin, "name")

    def _check_barcodes(self, move, invoice, context):
        payload = self.env["l10n_in.irp.payload"]
        for product in context.cache.lines(move).products.product_id:
            if product.barcode and not payload._barcode(product):
                fault = text_fault("ItemList[0].Barcde", product.barcode)
                yield self._left_out(product, "barcode", product.barcode, fault)

    def _check_lots(self, move, invoice, context):
        """Yield findings on batches. They name the line, because users who write
        invoices may have no access to lots."""
        payload = self.env["l10n_in.irp.payload"]
        lots = context.cache.lots(move)
        for line in context.cache.lines(move).items.values() if lots else ():
            lot = lots.get(line.product_id)
            if lot and len(lot) == 1 and not payload._batch(lot):
                fault = text_fault("ItemList[0].BchDtls.Nm", lot.name)
                yield self._left_out(line, "product_id", lot.name, fault)

    def _check_supporting_documents(self, move, invoice, context):
        for supporting_document in move.l10n_in_irp_supporting_document_ids:
            entry = supporting_document._prepare_values()
            for member, field_name in (("Url", "url"), ("Info", "info")):
                text = supporting_document[field_name]
                path = f"AddlDocDtls[0].{member}"
                if text and not entry[member]:
                    fault = text_fault(path, self._whole(path, text))
                    yield self._left_out(supporting_document, field_name, text, fault)
            if not supporting_document._is_small():
                yield self._finding_of(
                    "left_out_large_file",
                    supporting_document,
                    "file",
                    value=supporting_document.info or "",
                )

    # ------------------------------------------------------------------
    # Findings
    # ------------------------------------------------------------------

    def _cut(self, record, field_name, source, length):
        return self._finding_of(
            "text_cut", record, field_name, value=source, length=length
        )

    def _left_out(self, record, field_name, value, fault):
        """Return a finding for a text that the e-Invoice leaves out.

        :param fault: the `irp.rules.Violation` that is the reason.
        """
        finding = self._finding_of(
            "left_out",
            record,
            field_name,
            value=value,
            fault=TranslatableText.of(fault),
        )
        # a kind per fault: they differ in the correction
        return replace(finding, kind=f"left_out_{fault.kind}")
