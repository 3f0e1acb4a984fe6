from decimal import Decimal

from odoo import models

from odoo.addons.l10n_in_einvoice_irp.irp.document import clean_text
from odoo.addons.l10n_in_einvoice_irp.irp.rules import Violation, _lt, is_liable
from odoo.addons.l10n_in_einvoice_irp.irp.rules.ewaybill import Generate
from odoo.addons.l10n_in_einvoice_irp.models.clock import indian_today
from odoo.addons.l10n_in_einvoice_irp.models.consignment.request import is_same_place

# from and to the own GSTIN: own use, line sales, recipient not known, exhibition
OWN_MOVEMENTS = ("5", "10", "11", "12")
CANCELLED = _lt("Transfer %(transfer)s is cancelled: no goods move.")
SAME_PLACE = _lt(
    "Transfer %(transfer)s starts and ends at the same address, %(address)s. Enter the "
    "Address of the other warehouse in the Inventory app, or the contact of the "
    "transfer."
)
NO_CONTACT = _lt(
    "Transfer %(transfer)s names nobody on the other side. Enter the contact (Receive "
    "From, or Delivery Address) on the transfer."
)


class L10nInIrpEwaybill(models.Model):
    """The request of a transfer's e-way bill."""

    _inherit = "l10n_in.irp.ewaybill"

    def _source_request(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        if not self.picking_id:
            return super()._source_request()
        # accountants need no right to stock for what they declare
        picking = self.picking_id.sudo()
        sides = self._picking_sides(picking)
        is_between = self._is_sez() or sides["from_state"] != sides["to_state"]
        items = self._picking_items(picking, is_between)
        return Generate(
            supply_type=self.supply_type or "",
            sub_supply_type=self.sub_supply_type or "",
            sub_supply_description=(self.sub_supply_description or "").strip(),
            doc_type=self.doc_type or "",
            doc_number=(self.doc_number or "").strip(),
            doc_date=self.doc_date or None,
            items=items,
            **self._picking_values(items),
            **sides,
            **self._generation_transport(),
        )

    def _picking_values(self, items):
        """Return the totals of the request."""
        total = sum((item.taxable_amount for item in items), Decimal(0))
        taxes = self._tax_values(items)
        whole = total + sum(taxes.values())
        return {"total_value": total, "invoice_value": whole, **taxes}

    # ------------------------------------------------------------------
    # Both sides
    # ------------------------------------------------------------------

    def _picking_sides(self, picking):
        """Return the members of both sides, and the transaction type.

        Goods always go from where the transfer starts to where it ends, whatever a
        person enters as supply type: the checks then say that it does not fit.
        """
        parties = self._picking_parties(picking)
        places = [self._picking_party(end) for end in self._picking_ends(picking)]
        if self.supply_type == "I":
            parties, places = parties[::-1], places[::-1]
        document = dict(zip(("SellerDtls", "BuyerDtls"), parties, strict=True))
        for name, place, party in zip(
            ("DispDtls", "ShipDtls"), places, parties, strict=True
        ):
            if not is_same_place(place, party):
                is_ours = party["Gstin"] == self.company_id.sudo().vat
                document[name] = place | ({"Gstin": party["Gstin"]} if is_ours else {})
        return self._generation_places(document)

    def _picking_ends(self, picking):
        """Return the addresses where goods start and arrive; a person may choose ours,
        which between own places is the start."""
        start, end = picking._l10n_in_irp_ends()
        chosen = self.dispatch_partner_id
        if chosen and picking._l10n_in_irp_is_inward() and not self._is_own_to_own():
            return start, chosen
        return chosen or start, end

    def _picking_parties(self, picking):
        """Return the parties that the goods start with and arrive at."""
        company = self.company_id.sudo()
        own = {**self._picking_party(company.partner_id), "Gstin": company.vat}
        if self._is_own_to_own():
            return [own, own]
        party = picking._l10n_in_irp_other_party()
        other = self._picking_party(party)
        is_ours = other["Gstin"] == company.vat or self._is_own_movement()
        other = {**other, "Gstin": company.vat} if is_ours else other
        return [other, own] if picking._l10n_in_irp_is_inward() else [own, other]

    def _is_own_to_own(self):
        return self.picking_id.sudo()._l10n_in_irp_is_own_move()

    def _is_own_movement(self):
        """Return whether goods go from and to the own GSTIN by their sub-supply
        type."""
        return self.sub_supply_type in OWN_MOVEMENTS

    def _picking_party(self, partner):
        payload = self.env["l10n_in.irp.payload"]
        name = clean_text(payload._own_name(partner), longest=100)
        address = payload._prepare_address(partner, longest_place=50)
        gstin = payload._ship_to_gstin(partner)
        return {"Gstin": gstin, "LglNm": name, **address}

    def _own_place(self):
        # EXTENDS 'l10n_in_einvoice_irp': `_picking_sides` has it already
        return None if self.picking_id else super()._own_place()

    def _is_sez(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        if not self.picking_id:
            return super()._is_sez()
        party = self.picking_id.sudo()._l10n_in_irp_other_party()
        return party.l10n_in_gst_treatment == "special_economic_zone"

    def _reports_einvoices(self):
        # EXTENDS 'l10n_in_einvoice_irp': a supply needs an invoice, and this an IRN
        if not self.picking_id:
            return super()._reports_einvoices()
        company = self.company_id.sudo()
        is_bound = company.l10n_in_irp_enabled and not company.l10n_in_irp_exemption
        day = self.doc_date or indian_today()
        return is_bound and is_liable(int(company.l10n_in_irp_turnover or 0), day)

    # ------------------------------------------------------------------
    # Faults
    # ------------------------------------------------------------------

    def _generation_faults(self, request):
        # EXTENDS 'l10n_in_einvoice_irp'
        faults = super()._generation_faults(request)
        return [*self._picking_faults(), *faults] if self.picking_id else faults

    def _picking_faults(self):
        """Return what is wrong with the transfer, before the portal's rules."""
        picking = self.picking_id.sudo()
        params = {"transfer": picking.name}
        if picking.state == "cancel":
            return [Violation("", "", None, "ewb_cancelled", CANCELLED, params)]
        start, end = self._picking_ends(picking)
        if not (start and end):
            return [Violation("", "", None, "ewb_no_contact", NO_CONTACT, params)]
        if start == end:
            params["address"] = start.display_name
            return [Violation("", "", None, "ewb_same_place", SAME_PLACE, params)]
        return []

    def _own_partner(self, is_place):
        # EXTENDS 'l10n_in_einvoice_irp'
        if not (self.picking_id and is_place):
            return super()._own_partner(is_place)
        return self._picking_end(is_own=True) or super()._own_partner(is_place)

    def _other_partner(self, is_place):
        # EXTENDS 'l10n_in_einvoice_irp'
        if not self.picking_id:
            return super()._other_partner(is_place)
        if is_place:
            return self._picking_end(is_own=False)
        return self.picking_id.sudo()._l10n_in_irp_other_party()

    def _picking_end(self, is_own):
        """Return the address of our side by the supply type, or that of the other."""
        start, end = self._picking_ends(self.picking_id.sudo())
        is_start = is_own == (self.supply_type != "I")
        return start if is_start else end
