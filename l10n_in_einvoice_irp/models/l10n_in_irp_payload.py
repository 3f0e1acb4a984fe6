import re

from odoo import models

from ..irp.document import clean_identifier, clean_text

EMAIL = re.compile(r"[a-zA-Z0-9+_.-]+@[a-zA-Z0-9.-]+")
PHONE = re.compile(r"[0-9]{6,12}")
DOCUMENT_NUMBER = re.compile(r"[1-9a-zA-Z][0-9a-zA-Z/-]{0,15}")
FOREIGN_PIN = 999999
FOREIGN_STATE = "96"


class L10nInIrpPayload(models.AbstractModel):
    """Builds the INV-01 (version 1.1) document of a posted invoice.

    Reads only. One small method per block of the notified schema, for others to
    extend; a member without a value is left out, because the portal refuses an empty
    text but takes a missing one.
    """

    _name = "l10n_in.irp.payload"
    _description = "INV-01 document"
    _inherit = "l10n_in.irp.payload.items"

    def _build(self, move, books=None):
        """The INV-01 document of an invoice, credit note or debit note, as a dict.

        Money is in rupees. Data that is missing in Odoo is missing in the result:
        whether it may be sent is for the checks to say.

        :param books: of `_open_books`, shared by the invoices of a run.
        """
        move.ensure_one()
        books = books or self._open_books()
        parties = move._get_l10n_in_seller_buyer_party()
        items = self._prepare_items(move, books)
        invoice = {
            "Version": "1.1",
            "TranDtls": self._prepare_tran_dtls(move, items, books),
            "DocDtls": self._prepare_doc_dtls(move),
            "SellerDtls": self._prepare_seller_dtls(move, parties["seller_details"]),
            "BuyerDtls": self._prepare_buyer_dtls(move, parties["buyer_details"]),
            "DispDtls": self._prepare_disp_dtls(move, parties),
            "ShipDtls": self._prepare_ship_dtls(move, parties),
            "ItemList": items,
            "ValDtls": self._prepare_val_dtls(move, items, books),
            "PayDtls": self._prepare_pay_dtls(move),
            "RefDtls": self._prepare_ref_dtls(move),
            "AddlDocDtls": self._prepare_addl_doc_dtls(move),
            "ExpDtls": self._prepare_exp_dtls(move, books, parties["buyer_details"]),
            "EwbDtls": self._prepare_ewb_dtls(move),
        }
        return self._without_blanks(invoice)

    def _without_blanks(self, section):
        """Drop members without a value, and sections without members.

        Zero is a value; False, an empty text and an empty section are none.
        """
        return {
            name: value
            for name, part in section.items()
            if (value := self._without_blank_parts(part))
            or (value == 0 and value is not False)
        }

    def _without_blank_parts(self, value):
        kind = type(value)
        if kind is dict:
            return self._without_blanks(value)
        if kind is list:
            return [self._without_blanks(part) for part in value]
        return value

    # ------------------------------------------------------------------
    # Document
    # ------------------------------------------------------------------

    def _prepare_tran_dtls(self, move, items, books):
        return {
            "TaxSch": "GST",
            "SupTyp": self._supply_type(move, books),
            "RegRev": "Y" if self._is_reverse_charge(move, books) else "N",
            "EcmGstin": self._operator_gstin(move),
            "IgstOnIntra": "Y" if self._is_igst_on_intra(move, items) else "N",
        }

    def _operator_gstin(self, move):
        """GSTIN of the e-commerce operator, where he registers in the supplier's stead:
        NIC refuses it of a supplier who registers himself (2299). For extensions."""
        return

    def _supply_type(self, move, books):
        """SupTyp; of zero-rated supplies with (WP) or without payment of IGST (WOP)."""
        kind = {
            "overseas": "EXP",
            "special_economic_zone": "SEZ",
            "deemed_export": "DEXP",
        }.get(move.l10n_in_gst_treatment, "B2B")
        if not self._is_zero_rated(move):
            return kind
        return f"{kind}{'WP' if self._is_with_payment(move, books) else 'WOP'}"

    def _is_with_payment(self, move, books):
        """Whether IGST is paid on one of the lines of a zero-rated supply. Its tax
        tells, not its amount: that of goods given free of charge is nothing."""
        return any(
            member == "IgstAmt" and tax.amount
            for line in books.lines(move).products
            for tax, member in books.taxes(line.tax_ids, True).members.items()
        )

    def _is_reverse_charge(self, move, books):
        """Whether the buyer pays the tax on one of the lines."""
        zero_rated = self._is_zero_rated(move)
        return any(
            books.taxes(line.tax_ids, zero_rated).reverse_charge
            for line in books.lines(move).products
        )

    def _is_igst_on_intra(self, move, items):
        """IGST within the state; export and SEZ are always inter-state (rule 32)."""
        return (
            not self._is_zero_rated(move)
            and move.l10n_in_state_id == move.company_id.state_id
            and any(item["IgstAmt"] for item in items)
        )

    def _prepare_doc_dtls(self, move):
        return {
            "Typ": move._l10n_in_irp_doc_type(),
            "No": move.name,
            "Dt": self._date(move.invoice_date),
        }

    @staticmethod
    def _date(value):
        return value.strftime("%d/%m/%Y") if value else None

    def _prepare_pay_dtls(self, move):
        """Terms, bank account, and what is paid and due at the time of sending."""
        bank = move.partner_bank_id
        due = abs(move.amount_residual_signed)
        terms = move.invoice_payment_term_id
        method = move.preferred_payment_method_line_id.payment_method_id
        return {
            "Nm": clean_text(bank.acc_holder_name or bank.partner_id.name, longest=100),
            "AccDet": clean_identifier(bank.sanitized_acc_number, longest=18),
            "Mode": clean_text(method.name, longest=18),
            "FinInsBr": clean_identifier(bank.bank_bic, longest=11),
            "PayTerm": clean_text(terms.name, longest=100),
            "CrDay": self._credit_days(move),
            "PaidAmt": self._sum([abs(move.amount_total_signed), -due]),
            "PaymtDue": self._sum([due]),
        }

    @staticmethod
    def _credit_days(move):
        if not move.invoice_date or not move.invoice_date_due:
            return 0
        days = (move.invoice_date_due - move.invoice_date).days
        return min(max(days, 0), 9999)

    def _prepare_ref_dtls(self, move):
        return {
            "DocPerdDtls": self._prepare_period(move),
            "PrecDocDtls": self._prepare_preceding_documents(move),
            "ContrDtls": self._prepare_contract(move),
        }

    def _prepare_period(self, move):
        """Invoice period: told whole or not at all."""
        start, end = move.l10n_in_irp_period_start, move.l10n_in_irp_period_end
        if not start or not end:
            return None
        return {"InvStDt": self._date(start), "InvEndDt": self._date(end)}

    def _prepare_preceding_documents(self, move):
        """The invoices that a credit or debit note corrects, where the portal takes
        their numbers."""
        return [
            {"InvNo": origin.name, "InvDt": self._date(origin.invoice_date)}
            for origin in self._preceding_documents(move)
            if DOCUMENT_NUMBER.fullmatch(origin.name or "") and origin.invoice_date
        ]

    def _preceding_documents(self, move):
        """The corrected invoice, and those that a credit note was reconciled with."""
        origins = move.reversed_entry_id | move.debit_origin_id
        if move.move_type == "out_refund":
            origins |= move._get_reconciled_invoices().filtered(
                lambda invoice: invoice.move_type == "out_invoice"
            )
        return origins

    def _prepare_contract(self, move):
        """The contract, and the buyer's order with its date."""
        values = {
            **self._prepare_order(move),
            "ContrRefr": clean_identifier(move.l10n_in_irp_contract_ref, longest=20),
        }
        return [values] if any(values.values()) else None

    def _prepare_order(self, move):
        """The buyer's order number; a longer one than the portal takes is an external
        reference, or left out."""
        # on a debit note Odoo writes the number of the invoice there
        is_invoice = move.move_type == "out_invoice" and not move.debit_origin_id
        reference = is_invoice and clean_identifier(move.ref, longest=20)
        if not reference:
            return {}
        return {
            "PORefr" if len(reference) <= 16 else "ExtRefr": reference,
            "PORefDt": self._date(move.l10n_in_irp_order_date),
        }

    def _prepare_addl_doc_dtls(self, move):
        """Supporting documents."""
        annexes = move.l10n_in_irp_annex_ids.filtered("is_told")
        return [annex._prepare_values() for annex in annexes]

    def _prepare_exp_dtls(self, move, books, buyer):
        if move.l10n_in_gst_treatment != "overseas":
            return None
        return {
            "ShipBNo": clean_identifier(move.l10n_in_shipping_bill_number, longest=20),
            "ShipBDt": self._date(move.l10n_in_shipping_bill_date),
            # some codes of Odoo's list end in a blank
            "Port": (move.l10n_in_shipping_port_code_id.code or "").strip(),
            "RefClm": "Y" if self._is_with_payment(move, books) else "N",
            "ForCur": move.currency_id.name,
            "CntCode": buyer.country_id.code,
            "ExpDuty": self._rounded(move.l10n_in_irp_export_duty) or None,
        }

    def _prepare_ewb_dtls(self, move):
        """Transport, if the e-way bill is to be made in the same call."""
        ewaybill = move._l10n_in_irp_ewaybill_to_send()
        return ewaybill._prepare_ewb_dtls() if ewaybill else None

    # ------------------------------------------------------------------
    # Parties
    # ------------------------------------------------------------------

    def _prepare_seller_dtls(self, move, partner):
        return {
            "Gstin": move.company_id.vat,
            **self._prepare_names(partner),
            **self._prepare_address(partner, longest_place=50),
            **self._prepare_contact(partner),
        }

    def _prepare_buyer_dtls(self, move, partner):
        return {
            "Gstin": self._buyer_gstin(move, partner),
            **self._prepare_names(partner),
            "Pos": self._place_of_supply(move),
            **self._prepare_address(partner),
            **self._prepare_contact(partner),
        }

    def _buyer_gstin(self, move, partner):
        """The GSTIN that `l10n_in` kept when the invoice was posted; URP abroad."""
        if move.l10n_in_gst_treatment == "overseas":
            return "URP"
        return move.l10n_in_gstin or partner.vat

    def _place_of_supply(self, move):
        if move.l10n_in_gst_treatment == "overseas":
            return FOREIGN_STATE
        return move.l10n_in_state_id.l10n_in_tin

    def _prepare_disp_dtls(self, move, parties):
        dispatch = self._dispatched_from(move, parties)
        if dispatch == parties["seller_details"]:
            return None
        return {
            "Nm": clean_text(dispatch.name, longest=100, shortest=3),
            **self._prepare_address(dispatch),
        }

    def _prepare_ship_dtls(self, move, parties):
        ship_to = self._shipped_to(move, parties)
        if ship_to == parties["buyer_details"]:
            return None
        gstin = None if self._is_abroad(ship_to) else ship_to.vat
        return {
            "Gstin": gstin or "URP",
            **self._prepare_names(ship_to),
            **self._prepare_address(ship_to),
        }

    def _dispatched_from(self, move, parties):
        """The place that the e-way bill of the same call names, else the invoice's."""
        ewaybill = move._l10n_in_irp_ewaybill_to_send()
        return ewaybill.dispatch_partner_id or parties["dispatch_details"]

    def _shipped_to(self, move, parties):
        """The port of export of that e-way bill, else where the invoice ships to."""
        ewaybill = move._l10n_in_irp_ewaybill_to_send()
        return ewaybill.port_partner_id or parties["ship_to_details"]

    def _prepare_names(self, partner):
        """Legal name of the whole concern; trade name of the unit, if another."""
        legal_name = partner.commercial_partner_id.name
        trade_name = partner.name if partner.name != legal_name else None
        return {
            "LglNm": clean_text(legal_name, longest=100, shortest=3),
            "TrdNm": clean_text(trade_name, longest=100, shortest=3),
        }

    def _prepare_address(self, partner, longest_place=100):
        abroad = self._is_abroad(partner)
        digits = partner.env["account.move"]._l10n_in_extract_digits(partner.zip)
        pin = FOREIGN_PIN if abroad else int(digits or 0) or None
        state = FOREIGN_STATE if abroad else partner.state_id.l10n_in_tin
        return {
            "Addr1": clean_text(partner.street, longest=100),
            "Addr2": clean_text(partner.street2, longest=100, shortest=3),
            "Loc": clean_text(partner.city, longest=longest_place, shortest=3),
            "Pin": pin,
            "Stcd": state,
        }

    @staticmethod
    def _is_abroad(partner):
        return bool(partner.country_id) and partner.country_id.code != "IN"

    def _prepare_contact(self, partner):
        """Phone and e-mail, if the portal takes them as they are: both are optional."""
        email = (partner.email or "").strip()
        phone = partner.env["account.move"]._l10n_in_extract_digits(partner.phone)
        is_email = EMAIL.fullmatch(email) and 6 <= len(email) <= 100
        return {
            "Ph": phone if PHONE.fullmatch(phone) else None,
            "Em": email if is_email else None,
        }
