import re

from odoo import models

from ...irp.document import clean_text
from ...irp.reference import has_gstin_form

EMAIL = re.compile(r"[a-zA-Z0-9+_.-]+@[a-zA-Z0-9.-]+")
PHONE = re.compile(r"[0-9]{6,12}")
FOREIGN_PIN = 999999
FOREIGN_STATE = "96"


class L10nInIrpPayload(models.AbstractModel):
    """The parties of an INV-01 document: names, addresses and contacts.

    A required text is sent even if it is too short, so that the checks report it; an
    optional one is left out then, with a warning.
    """

    _inherit = "l10n_in.irp.payload"

    def _prepare_seller_dtls(self, move, partner, taxpayers):
        gstin = move.company_id.vat
        return {
            "Gstin": gstin,
            **self._prepare_names(partner, self._taxpayer(taxpayers, gstin)),
            **self._prepare_address(partner, longest_place=50),
            **self._prepare_contact(partner),
        }

    def _prepare_buyer_dtls(self, move, partner, taxpayers):
        gstin = self._buyer_gstin(move, partner)
        return {
            "Gstin": gstin,
            **self._prepare_names(partner, self._taxpayer(taxpayers, gstin)),
            "Pos": self._place_of_supply(move),
            **self._prepare_address(partner),
            **self._prepare_contact(partner),
        }

    def _buyer_gstin(self, move, partner):
        """Return the GSTIN that `l10n_in` stored when the invoice was posted; URP
        abroad."""
        if move.l10n_in_gst_treatment == "overseas":
            return "URP"
        return move.l10n_in_gstin or partner.vat

    def _place_of_supply(self, move):
        if move.l10n_in_gst_treatment == "overseas":
            return FOREIGN_STATE
        return move.l10n_in_state_id.l10n_in_tin

    def _prepare_disp_dtls(self, parties, ewaybill):
        dispatch = self._dispatched_from(parties, ewaybill)
        if dispatch == parties["seller_details"]:
            return None
        return {
            "Nm": clean_text(self._own_name(dispatch), longest=100),
            **self._prepare_address(dispatch),
        }

    def _prepare_ship_dtls(self, parties, taxpayers, ewaybill):
        ship_to = self._shipped_to(parties, ewaybill)
        if ship_to == parties["buyer_details"]:
            return None
        gstin = self._ship_to_gstin(ship_to)
        return {
            "Gstin": gstin,
            **self._prepare_names(ship_to, self._taxpayer(taxpayers, gstin)),
            **self._prepare_address(ship_to),
        }

    def _ship_to_gstin(self, partner):
        # "/" is Odoo's mark for a partner without a number
        is_registered = not self._is_abroad(partner) and partner.vat not in (False, "/")
        return partner.vat if is_registered else "URP"

    def _dispatched_from(self, parties, ewaybill):
        """Return the place of dispatch of the e-way bill in the same call, else the
        invoice's."""
        return ewaybill.dispatch_partner_id or parties["dispatch_details"]

    def _shipped_to(self, parties, ewaybill):
        """Return the port of export of that e-way bill, else the invoice's delivery
        address."""
        port = ewaybill.port_partner_id if ewaybill.is_export else None
        return port or parties["ship_to_details"]

    # ------------------------------------------------------------------
    # Names
    # ------------------------------------------------------------------

    def _prepare_names(self, partner, taxpayer):
        """Return the legal name of the whole concern, and the name of the unit if it
        has another."""
        source, field_name = self._legal_name_source(partner, taxpayer)
        legal_name = source[field_name]
        own_name = self._own_name(partner)
        is_same = self._is_same_name(own_name, legal_name)
        return {
            "LglNm": clean_text(legal_name, longest=100),
            "TrdNm": clean_text(own_name, longest=100, shortest=3)
            if not is_same
            else None,
        }

    @staticmethod
    def _own_name(partner):
        """Return the name of a unit; an address without a name has its company's."""
        return partner.name or partner.commercial_partner_id.name

    @staticmethod
    def _is_same_name(one, other):
        plain = ["".join((name or "").split()).casefold() for name in (one, other)]
        return plain[0] == plain[1]

    @staticmethod
    def _taxpayer(taxpayers, gstin):
        """Return the GST portal's last answer about a GSTIN; None if there is none."""
        return taxpayers.get((gstin or "").upper())

    def _legal_name_source(self, partner, taxpayer):
        """Return the record, and the name of its field, that hold a party's legal name.

        The GST portal's record of its GSTIN, if the portal was asked; else the company
        that it is a branch of, else the one that it is a contact of.
        """
        if taxpayer and taxpayer.legal_name:
            return taxpayer, "legal_name"
        concern = self._concern(partner)
        if not concern.is_company and concern.company_name:
            return concern, "company_name"
        return concern, "name"

    def _concern(self, partner):
        """Return the legal person that a partner belongs to: its topmost parent with
        the same PAN."""
        # a branch's accountant may see only the branch, not the head office; reading
        # one by one does not reveal other partners that he may not see
        partner.commercial_partner_id.check_access("read")
        concern = partner.commercial_partner_id.sudo().with_prefetch()
        passed = concern
        while (parent := self._parent(concern)) and parent not in passed:
            if not self._is_same_person(concern, parent):
                break
            concern = parent
            passed |= parent
        return concern

    @staticmethod
    def _parent(partner):
        """Return the company above another, as a contact or as one of our branches."""
        branch = partner.ref_company_ids[:1]
        return partner.parent_id.commercial_partner_id or branch.parent_id.partner_id

    def _is_same_person(self, branch, parent):
        """Return whether two partners are one legal person, whose registrations all
        share one PAN: the third to twelfth characters of a GSTIN (CGST rule 10).

        A parent without a PAN counts as the same, unless it is abroad or its branches
        have several PANs.
        """
        pan, parent_pan = self._pan(branch), self._pan(parent)
        if not pan or self._is_abroad(parent):
            return False
        pans = [parent_pan] if parent_pan else map(self._pan, parent.child_ids)
        return set(filter(None, pans)) <= {pan}

    @staticmethod
    def _pan(partner):
        gstin = (partner.vat or "").upper()
        known = partner.l10n_in_pan_entity_id.name
        return gstin[2:12] if has_gstin_form(gstin) else known

    # ------------------------------------------------------------------
    # Addresses and contacts
    # ------------------------------------------------------------------

    def _prepare_address(self, partner, longest_place=100):
        abroad = self._is_abroad(partner)
        digits = partner.env["account.move"]._l10n_in_extract_digits(partner.zip)
        pin = FOREIGN_PIN if abroad else int(digits or 0) or None
        state = FOREIGN_STATE if abroad else partner.state_id.l10n_in_tin
        return {
            "Addr1": clean_text(partner.street, longest=100),
            "Addr2": clean_text(partner.street2, longest=100, shortest=3),
            "Loc": clean_text(partner.city, longest=longest_place),
            "Pin": pin,
            "Stcd": state,
        }

    @staticmethod
    def _is_abroad(partner):
        return bool(partner.country_id) and partner.country_id.code != "IN"

    def _prepare_contact(self, partner):
        """Return phone and e-mail, if the portal accepts them as they are: both are
        optional."""
        email = (partner.email or "").strip()
        phone = partner.env["account.move"]._l10n_in_extract_digits(partner.phone)
        is_email = EMAIL.fullmatch(email) and 6 <= len(email) <= 100
        return {
            "Ph": phone if PHONE.fullmatch(phone) else None,
            "Em": email if is_email else None,
        }
