from datetime import date
from decimal import Decimal

from odoo import models

from ...irp.document import clean_text
from ...irp.rules.ewaybill import Caller, Generate, Item

UNREGISTERED = "URP"
WITHOUT_PAYMENT = ("EXPWOP", "SEZWOP")
ADDRESS = ("Addr1", "Addr2", "Loc", "Pin", "Stcd")
HALF_PAISA = 0.005


class L10nInIrpEwaybill(models.Model):
    """The request that generates it without an IRN.

    Goods, values and parties are those of the INV-01 document of the same invoice, so
    that print, e-invoice and e-way bill show the same figures.
    """

    _inherit = "l10n_in.irp.ewaybill"

    def _source_request(self):
        """Return the `irp.rules.ewaybill.Generate` of its document, with the values of
        the document. For extensions."""
        self.ensure_one()
        payload = self.env["l10n_in.irp.payload"]
        document = payload._build(self.move_id, ewaybill=self.browse())
        return Generate(
            supply_type=self.supply_type or "",
            sub_supply_type=self.sub_supply_type or "",
            sub_supply_description=(self.sub_supply_description or "").strip(),
            doc_type=self.doc_type or "",
            doc_number=(self.doc_number or "").strip(),
            doc_date=self.doc_date or None,
            items=tuple(self._generation_items(document)),
            **self._generation_values(document),
            **self._generation_places(document),
            **self._generation_transport(),
        )

    def _is_sez(self):
        """Return whether the other party is in an SEZ, so that IGST applies."""
        return self.move_id.l10n_in_gst_treatment == "special_economic_zone"

    def _reports_einvoices(self):
        """Return whether the supply of its document has to be registered (720)."""
        return self.move_id.l10n_in_irp_applicable

    # ------------------------------------------------------------------
    # Parties and places
    # ------------------------------------------------------------------

    def _generation_places(self, document):
        """Return the members of both sides, and the transaction type.

        The place that a person chooses is on our side: where the goods start of an
        outward movement, where they arrive of an inward one.
        """
        own, other = document["SellerDtls"], document.get("BuyerDtls", {})
        own_place = self._own_place() or document.get("DispDtls") or own
        other_place = document.get("ShipDtls") or other
        sides = [(own, own_place), (other, other_place)]
        if self.supply_type == "I":
            sides.reverse()
        (sender, start), (receiver, end) = sides
        is_dispatched = not is_same_place(start, sender)
        is_other = _gstin(end) not in (UNREGISTERED, _gstin(receiver))
        is_shipped = is_other or not is_same_place(end, receiver)
        values = {
            **self._party_members("from", sender),
            **self._place_members("from", "dispatch_state", start),
            **self._party_members("to", receiver),
            **self._place_members("to", "ship_to_state", end),
            "transaction_type": str(1 + is_shipped + 2 * is_dispatched),
        }
        # a ship-to of the same GSTIN is another place of the recipient (618)
        if is_other:
            values["ship_to_gstin"] = _gstin(end)
            values["ship_to_name"] = _name(end)
        return values

    def _own_place(self):
        """Return the place that a person has chosen on our side; None for the usual
        one."""
        return self._address(self.dispatch_partner_id, named=True)

    @staticmethod
    def _party_members(side, party):
        return {
            f"{side}_gstin": _gstin(party),
            f"{side}_name": _name(party),
            f"{side}_state": str(party.get("Stcd") or ""),
        }

    @staticmethod
    def _place_members(side, state, place):
        return {
            f"{side}_address1": place.get("Addr1") or "",
            f"{side}_address2": place.get("Addr2") or "",
            f"{side}_place": (place.get("Loc") or "")[:50],
            f"{side}_pin": str(place.get("Pin") or ""),
            state: str(place.get("Stcd") or ""),
        }

    # ------------------------------------------------------------------
    # Goods and values
    # ------------------------------------------------------------------

    def _generation_items(self, document):
        for item in document.get("ItemList", []):
            yield Item(
                product_name=(item.get("PrdDesc") or "")[:100],
                description=(item.get("PrdDesc") or "")[:100],
                hsn=item.get("HsnCd") or "",
                quantity=_decimal(item.get("Qty"), 3),
                unit=item.get("Unit") or "",
                cess_rate=_decimal(item.get("CesRt"), 3),
                cess_non_advol=_decimal(item.get("CesNonAdvlAmt")),
                taxable_amount=_decimal(item.get("AssAmt")),
                **self._rates(item, document),
                **_charges(item, document),
            )
        for line in self._goods_as_charges():
            yield self._charged_item(line)

    def _charged_item(self, line):
        """Return goods that an e-invoice would report as a charge, because they bear
        no GST: of a composition dealer, of an import, or exempt."""
        payload = self.env["l10n_in.irp.payload"]
        uqc = (line.product_uom_id.l10n_in_code or "").split("-")[0]
        name = clean_text(line.name or line.product_id.name, longest=100) or ""
        return Item(
            product_name=name,
            description=name,
            hsn=line.move_id._l10n_in_extract_digits(line.l10n_in_hsn_code) or "",
            quantity=_decimal(line.quantity, 3),
            unit=uqc or line.l10n_in_irp_uqc or "",
            taxable_amount=_decimal(payload._sign(line.move_id) * line.balance),
        )

    def _rates(self, item, document):
        """Return the rates of an item: halves within a state, whole between states and
        for an SEZ."""
        rate = _decimal(item.get("GstRt"), 3)
        is_between = _is_igst([item])
        if is_between is None:
            # free of charge, like the goods beside it
            is_between = _is_igst(document.get("ItemList", []))
        if is_between is None:
            own, other = document["SellerDtls"], document.get("BuyerDtls", {})
            is_between = own.get("Stcd") != other.get("Stcd") or self._is_sez()
        half = {"cgst_rate": rate / 2, "sgst_rate": rate / 2}
        return {"igst_rate": rate} if is_between else half

    def _generation_values(self, document):
        """Return the totals of the request.

        A tax under reverse charge is not charged in the document, and so is no part of
        its value (CGST Rule 138(1), Explanation 2).
        """
        values, items = document["ValDtls"], document.get("ItemList", [])
        taxed = [item for item in items if _is_tax_charged(item)]

        def total(*members, of=taxed):
            return sum(item.get(name) or 0 for item in of for name in members)

        others = values.get("OthChrg", 0) + values.get("RndOffAmt", 0)
        others += total("OthChrg", of=items) - values.get("Discount", 0)
        others += total("StateCesAmt", "StateCesNonAdvlAmt")
        goods = map(self._charged_item, self._goods_as_charges())
        moved = sum(item.taxable_amount for item in goods)
        return {
            "total_value": _decimal(values.get("AssVal")) + moved,
            "cgst": _decimal(total("CgstAmt")),
            "sgst": _decimal(total("SgstAmt")),
            "igst": _decimal(total("IgstAmt")),
            "cess": _decimal(total("CesAmt")),
            "cess_non_advol": _decimal(total("CesNonAdvlAmt")),
            "other_value": _decimal(others) - moved,
            "invoice_value": _decimal(values.get("TotInvVal")),
        }

    # ------------------------------------------------------------------
    # Transport
    # ------------------------------------------------------------------

    def _generation_transport(self):
        vehicle, document = self._vehicle_number(), self._document_number() or ""
        # Part A alone names no mode
        mode = (self.trans_mode or "") if vehicle or document else ""
        return {
            "transporter_id": (self.transporter_gstin or "").strip().upper(),
            "transporter_name": clean_text(self.transporter_id.name, longest=100) or "",
            "distance_km": self.distance,
            "mode": mode,
            "vehicle": vehicle,
            "vehicle_type": (self.vehicle_type or "") if vehicle else "",
            "document": document,
            "document_date": (document and self.trans_doc_date) or None,
        }

    def _caller(self, request):
        """Return who generates it, with what the checks have to know besides."""
        company, is_supplier = self.company_id.sudo(), self.supply_type != "I"
        turnover = (is_supplier and company.l10n_in_irp_turnover) or ""
        is_composition = company.l10n_in_irp_exemption == "composition"
        return Caller(
            self._sent_as() or "",
            reports_einvoices=self._reports_einvoices(),
            is_composition=is_supplier and is_composition,
            is_sez=self._is_sez(),
            above_crore=int(turnover) if turnover.isdecimal() else 0,
            portal_km=self._known_distance(f"{request.from_pin}-{request.to_pin}"),
            check_digits=self._target_environment() == "production",
        )

    @staticmethod
    def _request_of(body):
        """Return what a look-up needs of a request, from the body that was sent."""
        day, month, year = map(int, body["docDate"].split("/"))
        return Generate(
            supply_type=body.get("supplyType", ""),
            doc_type=body["docType"],
            doc_number=body["docNo"],
            doc_date=date(year, month, day),
            from_gstin=body["fromGstin"],
            to_gstin=body["toGstin"],
        )


def is_same_place(one, other):
    """Return whether two addresses of an INV-01 document are the same."""
    return all(one.get(name) == other.get(name) for name in ADDRESS)


def _is_tax_charged(item):
    """Return whether the total of an item has its taxes: not under reverse charge."""
    untaxed = (item.get("AssAmt") or 0) + (item.get("OthChrg") or 0)
    return abs((item.get("TotItemVal") or 0) - untaxed) > HALF_PAISA


def _is_igst(items):
    """Return whether items of an INV-01 document bear IGST; None if they bear no
    GST."""
    if any(item.get("IgstAmt") for item in items):
        return True
    return False if any(item.get("CgstAmt") for item in items) else None


def _charges(item, document):
    """Return whether the document charges the GST and the cess whose rates an item
    states: neither under reverse charge, and no IGST under LUT."""
    terms = document["TranDtls"]
    is_buyers = terms["RegRev"] == "Y" and not _is_tax_charged(item)
    return {
        "charges_gst": not (is_buyers or _is_unpaid(item, terms)),
        "charges_cess": not is_buyers,
    }


def _is_unpaid(item, terms):
    """Return whether an item states the rate of a tax that nobody pays."""
    if not item.get("GstRt") or _is_igst([item]) is not None:
        return False
    due = (item.get("AssAmt") or 0) * item["GstRt"] / 100
    return due > HALF_PAISA or terms["SupTyp"] in WITHOUT_PAYMENT


def _gstin(party):
    """Return the GSTIN of a party; "/" is Odoo's mark for one without."""
    gstin = party.get("Gstin")
    return UNREGISTERED if gstin in (None, "", "/") else gstin


def _name(party):
    return party.get("TrdNm") or party.get("LglNm") or party.get("Nm") or ""


def _decimal(amount, digits=2):
    """Return an amount of the INV-01 document as the request takes it."""
    return Decimal(str(round(amount or 0, digits)))
