from odoo import models

from ...irp.document import clean_identifier, clean_text
from ...irp.reference import written


class L10nInIrpPayload(models.AbstractModel):
    """Builds the INV-01 (version 1.1) document of a posted invoice.

    Reads only. One small method per block of the notified schema, for others to extend.
    A member without a value is left out: the portal refuses an empty text but accepts a
    missing one.
    """

    _name = "l10n_in.irp.payload"
    _description = "INV-01 JSON"

    def _build(self, move, cache=None, taxpayers=None, ewaybill=None):
        """Return the INV-01 document of an invoice, credit note or debit note, as a
        dict.

        Money is in rupees. Data missing in Odoo is missing in the result: the checks
        decide whether it may be sent.

        :param cache: of `_new_build_cache`, shared by the invoices of a run.
        :param taxpayers: of `_prefetch_parties` of `l10n_in.irp.taxpayer`, likewise.
        :param ewaybill: the one requested in the same call; an empty record for none.
            By default the one that is prepared.
        """
        move.ensure_one()
        if ewaybill is None:
            ewaybill = move._l10n_in_irp_ewaybill_to_send()
        cache = cache or self._new_build_cache()
        gather = self.env["l10n_in.irp.taxpayer"]._prefetch_parties
        known = (taxpayers or gather(move))[move.company_id]
        parties = cache.parties(move)
        items = self._prepare_items(move, cache)
        invoice = {
            "Version": "1.1",
            "TranDtls": self._prepare_tran_dtls(move, items, cache),
            "DocDtls": self._prepare_doc_dtls(move),
            "SellerDtls": self._prepare_seller_dtls(
                move, parties["seller_details"], known
            ),
            "BuyerDtls": self._prepare_buyer_dtls(
                move, parties["buyer_details"], known
            ),
            "DispDtls": self._prepare_disp_dtls(parties, ewaybill),
            "ShipDtls": self._prepare_ship_dtls(parties, known, ewaybill),
            "ItemList": items,
            "ValDtls": self._prepare_val_dtls(move, items, cache),
            "PayDtls": self._prepare_pay_dtls(move, cache),
            "RefDtls": self._prepare_ref_dtls(move),
            "AddlDocDtls": self._prepare_addl_doc_dtls(move),
            "ExpDtls": self._prepare_exp_dtls(move, cache, parties["buyer_details"]),
            "EwbDtls": self._prepare_ewb_dtls(ewaybill),
        }
        return self._without_blanks(invoice)

    def _without_blanks(self, section):
        """Drop members without a value, and sections without members.

        Zero is a value; False, an empty text and an empty section are not.
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

    def _prepare_tran_dtls(self, move, items, cache):
        return {
            "TaxSch": "GST",
            "SupTyp": self._supply_type(move, cache),
            "RegRev": "Y" if self._is_reverse_charge(move, cache) else "N",
            "EcmGstin": self._operator_gstin(move),
            "IgstOnIntra": "Y" if self._is_igst_on_intra(move, items) else "N",
        }

    def _operator_gstin(self, move):
        """Return the GSTIN of the e-commerce operator who registers in the supplier's
        stead; NIC refuses it from suppliers who register themselves (2299). For
        extensions."""
        return

    def _supply_type(self, move, cache):
        """Return SupTyp; zero-rated supplies are with (WP) or without payment of IGST
        (WOP)."""
        kind = {
            "overseas": "EXP",
            "special_economic_zone": "SEZ",
            "deemed_export": "DEXP",
        }.get(move.l10n_in_gst_treatment, "B2B")
        if not self._is_zero_rated(move):
            return kind
        return f"{kind}{'WP' if self._is_with_payment(move, cache) else 'WOP'}"

    def _is_with_payment(self, move, cache):
        """Return whether a line of a zero-rated supply bears IGST. The tax decides, not
        its amount, which is zero for goods given free of charge."""
        return any(
            member == "IgstAmt" and (tax.amount or tax.amount_type != "percent")
            for line in cache.lines(move).products
            for tax, member in cache.taxes(line.tax_ids, True).members.items()
        )

    def _is_reverse_charge(self, move, cache):
        """Return whether the buyer pays the tax on a line."""
        zero_rated = self._is_zero_rated(move)
        return any(
            cache.taxes(line.tax_ids, zero_rated).reverse_charge
            for line in cache.lines(move).products
        )

    def _is_igst_on_intra(self, move, items):
        """Return whether IGST applies within the state; export and SEZ are always
        inter-state (rule 32)."""
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
        return written(value) if value else None

    def _prepare_pay_dtls(self, move, cache):
        """Return terms, bank account, and amounts paid and due when sending; a gift
        card on the invoice counts as paid."""
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
            "PaidAmt": self._sum(
                [
                    abs(move.amount_total_signed),
                    -due,
                    self._paid_by_lines(move, cache),
                ]
            ),
            "PaymtDue": self._sum([due]),
        }

    @staticmethod
    def _credit_days(move):
        if not move.invoice_date or not move.invoice_date_due:
            return 0
        days = (move.invoice_date_due - move.invoice_date).days
        return min(max(days, 0), 9999)

    def _prepare_addl_doc_dtls(self, move):
        """Return the supporting documents."""
        supporting_documents = move.l10n_in_irp_supporting_document_ids.filtered(
            "is_sent"
        )
        return [
            supporting_document._prepare_values()
            for supporting_document in supporting_documents
        ]

    def _prepare_exp_dtls(self, move, cache, buyer):
        if move.l10n_in_gst_treatment != "overseas":
            return None
        return {
            "ShipBNo": clean_identifier(move.l10n_in_shipping_bill_number, longest=20),
            "ShipBDt": self._date(move.l10n_in_shipping_bill_date),
            # some codes in Odoo's list end in a blank
            "Port": (move.l10n_in_shipping_port_code_id.code or "").strip(),
            "RefClm": "Y" if self._is_with_payment(move, cache) else "N",
            "ForCur": move.currency_id.name,
            "CntCode": buyer.country_id.code,
            "ExpDuty": self._rounded(move.l10n_in_irp_export_duty) or None,
        }

    def _prepare_ewb_dtls(self, ewaybill):
        """Return the transport, if the e-way bill is requested in the same call."""
        return ewaybill._prepare_ewb_dtls() if ewaybill else None
