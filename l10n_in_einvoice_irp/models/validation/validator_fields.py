import re

from odoo import models
from odoo.tools import format_date

from .member_fields import (
    CONTRACT_FIELDS,
    EWB_FIELDS,
    LINE_FIELDS,
    MOVE_FIELDS,
    PARTY_FIELDS,
    PARTY_SECTIONS,
    SUPPORTING_DOCUMENT_FIELDS,
)

ITEM = re.compile(r"ItemList\[(\d+)\]")
SUPPORTING_DOCUMENT = re.compile(r"AddlDocDtls\[(\d+)\]")
PRECEDING = re.compile(r"RefDtls\.PrecDocDtls\[(\d+)\]\.(\w+)")
CONTRACT = re.compile(r"RefDtls\.ContrDtls\[\d+\]\.(\w+)")


class L10nInIrpValidator(models.AbstractModel):
    """Finds the record and field of a member of an INV-01 document."""

    _inherit = "l10n_in.irp.validator"

    def _whom_to_ask(self, record):
        """Return who can change a record that the user cannot, in words; else ""."""
        if not record or record.with_env(self.env).has_access("write"):
            return ""
        rights = self.env["ir.model.access"].sudo()
        groups = rights.group_names_with_access(record._name, "write")
        if not groups:
            return ""
        return self.env._(
            "You do not have the rights to change it. Ask your administrator, or a "
            "colleague with one of these rights: %s.",
            ", ".join(dict.fromkeys(groups)),
        )

    def _label(self, record, field_name):
        if not field_name:
            return ""
        if (record._name, field_name) == ("account.move", "ref"):
            # the label on the invoice's form
            return self.env._("Customer Reference")
        return record._fields[field_name].get_description(self.env)["string"]

    def _seen(self, record, field_name):
        """Return a field's value as displayed; None if it is not a single value."""
        field = record._fields.get(field_name)
        if not field or field.type in ("one2many", "binary", "json"):
            return None
        value = record[field_name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "date":
            return format_date(self.env, value) if value else ""
        return str(value) if value or value == 0 and value is not False else ""

    def _place(self, move, path, invoice=None, cache=None):
        """Return the record, and the name of its field, that a member comes from.

        :param path: of the member, as in `irp.rules.Violation`.
        :return: the invoice and "" if nobody entered the member.
        """
        if path in MOVE_FIELDS:
            return move, MOVE_FIELDS[path]
        section, _dot, member = path.partition(".")
        if item := ITEM.match(section):
            line = self._line_at(move, invoice, int(item[1]), cache)
            return self._line_place(line, member)
        if supporting_document := SUPPORTING_DOCUMENT.match(section):
            sent = move.l10n_in_irp_supporting_document_ids.filtered("is_sent")
            return sent[int(supporting_document[1])], SUPPORTING_DOCUMENT_FIELDS[member]
        if preceding := PRECEDING.match(path):
            return self._preceding_place(move, int(preceding[1]), preceding[2])
        if contract := CONTRACT.match(path):
            return move, CONTRACT_FIELDS.get(contract[1], "")
        if find := self._section_places().get(section):
            return find(move, member)
        party = self._party(move, section, invoice, cache)
        return self._party_place(move, section, member, party)

    def _preceding_place(self, move, index, member):
        if member == "OthRefNo":
            return move, "ref"
        origins = self.env["l10n_in.irp.payload"]._accepted_documents(move)
        return origins[index], "name" if member == "InvNo" else "invoice_date"

    def _section_places(self):
        """Return the sections whose members come from records other than the
        invoice."""
        return {
            "TranDtls": self._tax_place,
            "ExpDtls": self._country_place,
            "PayDtls": self._payment_place,
            "EwbDtls": self._ewaybill_place,
        }

    def _tax_place(self, move, member):
        """Return the first line whose taxes decide RegRev or IgstOnIntra."""

        def decides(line):
            taxes = line.tax_ids.flatten_taxes_hierarchy()
            if member == "RegRev":
                return any(taxes.mapped("l10n_in_reverse_charge"))
            return "igst" in taxes.mapped("l10n_in_gst_tax_type")

        lines = move.invoice_line_ids.filtered(decides)
        return (lines[0], "tax_ids") if lines else (move, "invoice_line_ids")

    def _country_place(self, move, member):
        if member != "CntCode":
            return move, ""
        return move._get_l10n_in_seller_buyer_party()["buyer_details"], "country_id"

    def _payment_place(self, move, member):
        bank = move.partner_bank_id
        method = move.preferred_payment_method_line_id.payment_method_id
        record, field_name = {
            "Nm": (bank, "acc_holder_name"),
            "AccDet": (bank, "acc_number"),
            "FinInsBr": (bank, "bank_bic"),
            "Mode": (method, "name"),
        }.get(member, (move, ""))
        if record:
            return record, field_name
        is_method = member == "Mode"
        return (
            move,
            "preferred_payment_method_line_id" if is_method else "partner_bank_id",
        )

    def _ewaybill_place(self, move, member):
        ewaybill = move.l10n_in_irp_ewaybill_id
        if not ewaybill:
            return move, "l10n_in_irp_ewaybill_id"
        return ewaybill, EWB_FIELDS.get(member, "")

    def _party_place(self, move, section, member, party):
        if not party:
            return move, ""
        if member == "LglNm":
            return self._legal_name_place(move, section, party)
        if member in ("Nm", "TrdNm") and not party.name:
            # an address without a name has its company's
            return party.commercial_partner_id, "name"
        return party, PARTY_FIELDS.get(member, "")

    def _legal_name_place(self, move, section, party):
        payload = self.env["l10n_in.irp.payload"]
        gstin = {
            "SellerDtls": lambda: move.company_id.vat,
            "BuyerDtls": lambda: payload._buyer_gstin(move, party),
            "ShipDtls": lambda: payload._ship_to_gstin(party),
        }[section]()
        taxpayer = self.env["l10n_in.irp.taxpayer"]._cached(move.company_id, gstin)
        source, field_name = payload._legal_name_source(party, taxpayer)
        source = source.sudo(self.env.su)
        # a user who may not see the head office sees the branch
        return (source, field_name) if source.has_access("read") else (party, "name")

    def _party(self, move, section, invoice, cache):
        """Return the partner that a section is made from; None if it is from others."""
        parties = (
            cache.parties(move) if cache else move._get_l10n_in_seller_buyer_party()
        )
        if section in PARTY_SECTIONS:
            return parties[PARTY_SECTIONS[section]]
        payload = self.env["l10n_in.irp.payload"]
        find = {"DispDtls": payload._dispatched_from, "ShipDtls": payload._shipped_to}
        if section not in find:
            return None
        return find[section](parties, self._ewaybill_in(move, invoice))

    @staticmethod
    def _ewaybill_in(move, invoice):
        """Return the prepared e-way bill, unless a document was built without it."""
        ewaybill = move._l10n_in_irp_ewaybill_to_send()
        is_left_out = invoice is not None and "EwbDtls" not in invoice
        return ewaybill.browse() if is_left_out else ewaybill

    def _line_at(self, move, invoice, index, cache=None):
        """Return the invoice line of an item, by its serial number."""
        serial = int(invoice["ItemList"][index]["SlNo"])
        cache = cache or self.env["l10n_in.irp.payload"]._new_build_cache()
        return cache.lines(move).items[serial]

    def _line_place(self, line, member):
        member = member.partition(".")[0]
        if member == "Unit" and line.product_uom_id:
            return line.product_uom_id, "l10n_in_code"
        if member == "Barcde":
            return line.product_id, "barcode"
        return line, LINE_FIELDS.get(member, "")
