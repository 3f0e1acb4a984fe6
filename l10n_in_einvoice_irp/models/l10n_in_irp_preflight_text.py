from odoo import models

from ..irp.document import clean_text
from .l10n_in_irp_finding import Finding

ANY_LENGTH = 10**6
# a text that was cut has the schema's longest length, or ends before a blank there
CUT_SECTIONS = {length - less for length in (18, 50, 100) for less in (0, 1)}
CUT_ITEMS = {300, 299}


class L10nInIrpPreflightText(models.AbstractModel):
    """Names the texts of which the portal does not get all."""

    _name = "l10n_in.irp.preflight.text"
    _description = "e-Invoice checks of texts"
    _inherit = "l10n_in.irp.preflight.place"

    def _text_checks(self):
        return (
            self._check_cut_texts,
            self._check_identifiers,
            self._check_reference,
            self._check_barcodes,
            self._check_lots,
            self._check_annexes,
        )

    def _check_cut_texts(self, move, invoice, facts):
        """Texts of which the portal takes only the beginning."""
        for path, sent in self._long_texts(invoice):
            record, field_name = self._place(move, path, invoice, facts.books)
            source = field_name and record[field_name]
            if isinstance(source, models.Model):
                record, field_name, source = source, "name", source.display_name
            if not isinstance(source, str):
                continue
            whole = clean_text(source, longest=ANY_LENGTH) or ""
            if len(whole) > len(sent) and whole.startswith(sent):
                yield Finding(
                    record=record,
                    field=self._label(record, field_name),
                    code="",
                    value=source,
                    reason=self.env._(
                        "only the first %s characters are registered", len(sent)
                    ),
                    advice=self.env._("Shorten it if the meaning is lost."),
                    blocking=False,
                )

    @staticmethod
    def _long_texts(invoice):
        """Path and text of the members that may have been cut."""
        for name, section in invoice.items():
            if name.endswith("Dtls") and isinstance(section, dict):
                yield from (
                    (f"{name}.{member}", value)
                    for member, value in section.items()
                    if isinstance(value, str) and len(value) in CUT_SECTIONS
                )
        for index, item in enumerate(invoice.get("ItemList", [])):
            if len(item.get("PrdDesc", "")) in CUT_ITEMS:
                yield f"ItemList[{index}].PrdDesc", item["PrdDesc"]

    def _check_identifiers(self, move, invoice, facts):
        """Numbers and codes that stand in the document whole or not at all."""
        bank = move.partner_bank_id
        sources = {
            "PayDtls.AccDet": bank.acc_number,
            "PayDtls.FinInsBr": bank.bank_bic,
            "ExpDtls.ShipBNo": move.l10n_in_shipping_bill_number,
        }
        for path, source in sources.items():
            section, member = path.split(".")
            if source and section in invoice and member not in invoice[section]:
                record, field_name = self._place(move, path, invoice, facts.books)
                yield self._left_out(record, field_name, source)

    def _check_reference(self, move, invoice, facts):
        """The buyer's order number of an invoice."""
        is_invoice = invoice["DocDtls"]["Typ"] == "INV"
        is_sent = self.env["l10n_in.irp.payload"]._prepare_order(move)
        if move.ref and is_invoice and not is_sent:
            yield self._left_out(move, "ref", move.ref)

    def _check_barcodes(self, move, invoice, facts):
        payload = self.env["l10n_in.irp.payload"]
        for product in facts.books.lines(move).products.product_id:
            if product.barcode and not payload._barcode(product):
                yield self._left_out(product, "barcode", product.barcode)

    def _check_lots(self, move, invoice, facts):
        """Batches: who writes invoices need not see the stock, so the line is told."""
        payload = self.env["l10n_in.irp.payload"]
        lots = facts.books.lots(move)
        for line in facts.books.lines(move).items.values() if lots else ():
            lot = lots.get(line.product_id)
            if lot and len(lot) == 1 and not payload._batch(lot):
                yield self._left_out(line, "product_id", lot.name)

    def _check_annexes(self, move, invoice, facts):
        for annex in move.l10n_in_irp_annex_ids:
            if not annex._is_small():
                yield self._left_out(annex, "file", annex.info or "")

    def _left_out(self, record, field_name, value):
        return Finding(
            record=record,
            field=self._label(record, field_name),
            code="",
            value=value,
            reason=self.env._(
                "it is not registered: the portal takes no text of this length"
            ),
            advice=self.env._("Nothing is to be done if the buyer can do without it."),
            blocking=False,
        )
