import re

from odoo import models

from ..movement.step_sending import violation_text
from ..validation.member_fields import PARTY_FIELDS

# member of the request -> the field in which a person corrects it
FIELDS = {
    "supplyType": "supply_type",
    "subSupplyType": "sub_supply_type",
    "subSupplyDesc": "sub_supply_description",
    "docType": "doc_type",
    "docNo": "doc_number",
    "docDate": "doc_date",
    "transporterId": "transporter_gstin",
    "transDistance": "distance",
    "transMode": "trans_mode",
    "transDocNo": "trans_doc_number",
    "transDocDate": "trans_doc_date",
    "vehicleNo": "vehicle_number",
    "vehicleType": "vehicle_type",
}
ITEM = re.compile(r"itemList\[(\d+)\]\.(\w+)")
ITEM_FIELDS = {
    "hsnCode": "hsn",
    "qtyUnit": "unit",
    "quantity": "quantity",
    "taxableAmount": "taxable_value",
    "cessRate": "cess_rate",
    "cessNonadvol": "cess_amount",
}
RATES = ("cgstRate", "sgstRate", "igstRate")
# of the product, which its form shows
PRODUCT_FIELDS = ("hsn", "unit")
PARTY = re.compile(r"(?:act)?(from|to)(\w+)", re.IGNORECASE)
# member of the request, without its side -> that of the INV-01 document
PARTY_MEMBERS = {
    "gstin": "Gstin",
    "trdname": "LglNm",
    "statecode": "Stcd",
    "addr1": "Addr1",
    "addr2": "Addr2",
    "place": "Loc",
    "pincode": "Pin",
}


class L10nInIrpEwaybill(models.Model):
    """Names record, field and where to open it for each fault without an IRN."""

    _inherit = "l10n_in.irp.ewaybill"

    def _fault_line(self, fault):
        """Return one fault in words.

        :param fault: an `irp.rules.Violation`.
        """
        text = violation_text(self.env, fault)
        if item := ITEM.fullmatch(fault.path):
            return self._item_fault_line(int(item[1]), item[2], text)
        if fault.path in FIELDS:
            return f"{self._field_label(self, FIELDS[fault.path])}: {text}"
        side, member = self._party_member(fault.path)
        if not member:
            return text
        return self._party_fault_line(self._party_of(side, fault.path), member, text)

    def _field_label(self, record, name):
        return self.env["l10n_in.irp.validator"]._label(record, name)

    # ------------------------------------------------------------------
    # Parties
    # ------------------------------------------------------------------

    @staticmethod
    def _party_member(path):
        """Return the side of a member, "from" or "to", and its name in the INV-01
        document; "" twice if it is of no party."""
        found = PARTY.fullmatch(path)
        member = found and PARTY_MEMBERS.get(found[2].lower(), "")
        return (found[1].lower(), member) if member else ("", "")

    def _party_of(self, side, path):
        """Return the contact that a member of one side comes from."""
        is_place = not path.endswith(("Gstin", "TrdName")) and (
            path.startswith("act") or not path.endswith("StateCode")
        )
        is_own = (side == "from") == (self.supply_type != "I")
        if is_own:
            return self._own_partner(is_place)
        return self._other_partner(is_place)

    def _own_partner(self, is_place):
        """Return the contact of our side: the company, or the place of the goods."""
        place = is_place and self.dispatch_partner_id
        return place or self.company_id.partner_id

    def _other_partner(self, is_place):
        """Return the contact of the other side: the party, or the place of the goods.
        For extensions."""
        move = self.move_id
        place = is_place and move.partner_shipping_id
        return place or move.commercial_partner_id

    def _party_fault_line(self, partner, member, text):
        partner = partner.sudo()
        label = self._field_label(partner, PARTY_FIELDS[member])
        if partner == self.company_id.sudo().partner_id:
            return self.env._(
                "%(company)s, %(field)s: %(fault)s It is your company's contact: open "
                "it in the Contacts app, or ask an administrator.",
                company=partner.display_name,
                field=label,
                fault=text,
            )
        return self.env._(
            "%(contact)s, %(field)s: %(fault)s Open the contact from %(document)s.",
            contact=partner.display_name or self.env._("Other party"),
            field=label,
            fault=text,
            document=self._document_name(),
        )

    # ------------------------------------------------------------------
    # Goods
    # ------------------------------------------------------------------

    def _item_fault_line(self, position, member, text):
        line = self.line_ids.filtered(lambda one: one.number == position + 1)[:1]
        name = ITEM_FIELDS.get(member, "gst_rate" if member in RATES else "")
        label = name and self._field_label(line, name)
        place = ", ".join(filter(None, (line.name, label)))
        fault = ": ".join(filter(None, (place, text)))
        if name in PRODUCT_FIELDS:
            return self.env._("%s Correct it on the product.", fault)
        return self.env._("%s Correct it under Goods on the e-Way Bill.", fault)
