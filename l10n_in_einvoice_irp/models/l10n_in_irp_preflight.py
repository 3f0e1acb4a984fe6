import re
from datetime import date, datetime
from typing import NamedTuple

import pytz

from odoo import models

from ..irp.catalogue import entry
from ..irp.checks import preflight
from ..irp.violation import shown
from .l10n_in_irp_finding import Finding
from .l10n_in_irp_payload_items import Books

INDIA = pytz.timezone("Asia/Kolkata")
ITEM = re.compile(r"ItemList\[(\d+)\]")
# member of the INV-01 document -> field of the record that it came from
PARTY_FIELDS = {
    "Gstin": "vat",
    "LglNm": "name",
    "TrdNm": "name",
    "Nm": "name",
    "Addr1": "street",
    "Addr2": "street2",
    "Loc": "city",
    "Pin": "zip",
    "Stcd": "state_id",
    "Ph": "phone",
    "Em": "email",
}
LINE_FIELDS = {
    "HsnCd": "l10n_in_hsn_code",
    "IsServc": "l10n_in_hsn_code",
    "Unit": "product_uom_id",
    "Qty": "quantity",
    "UnitPrice": "price_unit",
    "Discount": "discount",
    "PrdDesc": "name",
    "GstRt": "tax_ids",
}
MOVE_FIELDS = {
    "BuyerDtls.Pos": "l10n_in_state_id",
    "DocDtls.No": "name",
    "DocDtls.Dt": "invoice_date",
    "TranDtls.SupTyp": "l10n_in_gst_treatment",
    "ExpDtls.ShipBNo": "l10n_in_shipping_bill_number",
    "ExpDtls.ShipBDt": "l10n_in_shipping_bill_date",
    "ExpDtls.Port": "l10n_in_shipping_port_code_id",
}
DRAFT_PATHS = ("DocDtls.No", "DocDtls.Dt")


class Facts(NamedTuple):
    """What is read once to judge several invoices; it holds while nobody writes.

    :ivar books: of the builder, see `l10n_in.irp.payload`.
    :ivar today: the day in India.
    :ivar holders: what a document's number is compared by -> the registration that
        holds it.
    :ivar taxpayers: what the GST portal told of the parties, see
        `l10n_in.irp.preflight.party`.
    """

    books: Books
    today: date
    holders: dict
    taxpayers: dict


class L10nInIrpPreflight(models.AbstractModel):
    """Checks an INV-01 document before it is sent, and names the record to correct.

    The portal blocks senders of bad requests, so nothing leaves that breaks its
    schema or its published rules.
    """

    _name = "l10n_in.irp.preflight"
    _description = "e-Invoice checks"
    _inherit = "l10n_in.irp.preflight.local"

    def _gather(self, moves):
        """What `_judge` needs to know of several invoices, read for all at once."""
        return Facts(
            books=self.env["l10n_in.irp.payload"]._open_books(),
            today=self._today(),
            holders=self._holders_of_numbers(moves),
            taxpayers=self.env["l10n_in.irp.preflight.party"]._gather(moves),
        )

    def _judge(self, move, facts=None):
        """Build and check an invoice as it would be sent; nothing is sent or written.

        :param facts: of `_gather`, for one of many invoices.
        :return: (INV-01 document, its findings).
        """
        facts = facts or self._gather(move)
        invoice = self.env["l10n_in.irp.payload"]._build(move, facts.books)
        return invoice, self._findings(move, invoice, facts)

    def _check(self, move, facts=None):
        """Dry run of one invoice: all its findings."""
        return self._judge(move, facts)[1]

    def _findings(self, move, invoice, facts=None):
        """All that is to be said about a document, blocking first."""
        facts = facts or self._gather(move)
        published = preflight(invoice, today=facts.today, profile=self._profile(move))
        told = self._told_otherwise(move, invoice)
        findings = [
            self._finding(move, invoice, violation, facts.books)
            for violation in published
            if not told & {violation.path, violation.path.partition(".")[0]}
        ]
        findings += self._local_findings(move, invoice, facts)
        parties = self.env["l10n_in.irp.preflight.party"]
        findings += parties._findings(move, facts.taxpayers)
        return sorted(findings, key=lambda finding: not finding.blocking)

    def _told_otherwise(self, move, invoice):
        """Members and sections of which nothing more is to be said.

        A draft gets its number and date when it is confirmed. A negative item breaks
        most of its members and the totals, and is explained once.
        """
        told = set()
        if move.state == "draft":
            told |= {path for path in DRAFT_PATHS if not move[MOVE_FIELDS[path]]}
        for index, item in enumerate(invoice.get("ItemList", [])):
            if item["AssAmt"] < 0:
                told |= {f"ItemList[{index}]", "ValDtls"}
        return told

    @staticmethod
    def _today():
        return datetime.now(INDIA).date()

    def _finding(self, move, invoice, violation, books):
        record, field_name = self._place(move, violation.path, invoice, books)
        return Finding(
            record=record,
            field=self._label(record, field_name),
            code=violation.code,
            value=shown(violation.value) if violation.value is not None else "",
            reason=violation.message,
            advice=entry(violation.code).hint,
            # the portal issues the IRN all the same, without the e-way bill
            blocking=not violation.ewaybill,
        )

    def _open(self, record):
        """The action that opens a record whose data is to be corrected."""
        if record._name != "account.move.line":
            return record._get_records_action(name=self.env._("Correct the data"))
        # invoice lines have no form of their own: l10n_in lists them with their HSN
        view = self.env.ref("l10n_in.view_move_line_tree_hsn_l10n_in")
        return record._get_records_action(
            name=self.env._("Correct the invoice line"),
            views=[(view.id, "list")],
            domain=[("id", "=", record.id)],
        )

    def _label(self, record, field_name):
        if not field_name:
            return ""
        return record._fields[field_name].get_description(self.env)["string"]

    def _place(self, move, path, invoice=None, books=None):
        """The record and the name of its field that a member was made from."""
        if path in MOVE_FIELDS:
            return move, MOVE_FIELDS[path]
        section, _dot, member = path.partition(".")
        party = self._parties(move).get(section)
        if party:
            return party, PARTY_FIELDS.get(member, "")
        if item := ITEM.match(section):
            line = self._line_at(move, invoice, int(item[1]), books)
            return self._line_place(line, member)
        return move, ""

    def _parties(self, move):
        parties = move._get_l10n_in_seller_buyer_party()
        payload = self.env["l10n_in.irp.payload"]
        return {
            "SellerDtls": parties["seller_details"],
            "BuyerDtls": parties["buyer_details"],
            "DispDtls": payload._dispatched_from(move, parties),
            "ShipDtls": payload._shipped_to(move, parties),
        }

    def _line_at(self, move, invoice, index, books=None):
        """The invoice line that an item was made from, by its serial number."""
        serial = int(invoice["ItemList"][index]["SlNo"])
        books = books or self.env["l10n_in.irp.payload"]._open_books()
        return books.lines(move).items[serial]

    def _line_place(self, line, member):
        if member == "PrdDesc":
            return line, "name"
        if member == "Unit" and line.product_uom_id:
            return line.product_uom_id, "l10n_in_code"
        return line, LINE_FIELDS.get(member, "")

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
