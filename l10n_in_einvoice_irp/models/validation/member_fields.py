"""The fields that the members of the INV-01 document come from."""

# section -> the name of its party in `l10n_in`
PARTY_SECTIONS = {"SellerDtls": "seller_details", "BuyerDtls": "buyer_details"}
# member of the INV-01 document -> its field of the record
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
    "SlNo": "sequence",
    "HsnCd": "l10n_in_hsn_code",
    "IsServc": "l10n_in_hsn_code",
    "Unit": "product_uom_id",
    "Qty": "quantity",
    "FreeQty": "l10n_in_irp_free_quantity",
    "UnitPrice": "price_unit",
    "Discount": "discount",
    "PrdDesc": "name",
    "BchDtls": "product_id",
    "TotAmt": "price_subtotal",
    "AssAmt": "price_subtotal",
    "TotItemVal": "price_total",
    # rates and amounts of taxes, and other charges
    **dict.fromkeys(("GstRt", "IgstAmt", "CgstAmt", "SgstAmt", "OthChrg"), "tax_ids"),
    **dict.fromkeys(("CesRt", "CesAmt", "CesNonAdvlAmt"), "tax_ids"),
    **dict.fromkeys(("StateCesRt", "StateCesAmt", "StateCesNonAdvlAmt"), "tax_ids"),
}
MOVE_FIELDS = {
    "": "invoice_line_ids",
    "BuyerDtls.Pos": "l10n_in_state_id",
    "DocDtls.Typ": "move_type",
    "DocDtls.No": "name",
    "DocDtls.Dt": "invoice_date",
    "TranDtls.SupTyp": "l10n_in_gst_treatment",
    "TranDtls.EcmGstin": "l10n_in_reseller_partner_id",
    "ShipDtls": "partner_shipping_id",
    "ItemList": "invoice_line_ids",
    "ValDtls.AssVal": "amount_untaxed",
    **dict.fromkeys(("ValDtls.CgstVal", "ValDtls.SgstVal"), "amount_tax"),
    **dict.fromkeys(("ValDtls.IgstVal", "ValDtls.CesVal"), "amount_tax"),
    "ValDtls.StCesVal": "amount_tax",
    "ValDtls.Discount": "invoice_line_ids",
    "ValDtls.OthChrg": "invoice_line_ids",
    "ValDtls.RndOffAmt": "invoice_cash_rounding_id",
    "ValDtls.TotInvVal": "amount_total",
    "ValDtls.TotInvValFc": "amount_total",
    "PayDtls.PayTerm": "invoice_payment_term_id",
    "PayDtls.CrDay": "invoice_date_due",
    "PayDtls.PaidAmt": "amount_residual",
    "PayDtls.PaymtDue": "amount_residual",
    "RefDtls.DocPerdDtls.InvStDt": "l10n_in_irp_period_start",
    "RefDtls.DocPerdDtls.InvEndDt": "l10n_in_irp_period_end",
    "ExpDtls.ShipBNo": "l10n_in_shipping_bill_number",
    "ExpDtls.ShipBDt": "l10n_in_shipping_bill_date",
    "ExpDtls.Port": "l10n_in_shipping_port_code_id",
    "ExpDtls.RefClm": "l10n_in_gst_treatment",
    "ExpDtls.ForCur": "currency_id",
    "ExpDtls.ExpDuty": "l10n_in_irp_export_duty",
}
CONTRACT_FIELDS = {
    "PORefr": "ref",
    "ExtRefr": "ref",
    "PORefDt": "l10n_in_irp_order_date",
    "ContrRefr": "l10n_in_irp_contract_ref",
}
SUPPORTING_DOCUMENT_FIELDS = {"Url": "url", "Docs": "file", "Info": "info"}
EWB_FIELDS = {
    "": "with_irn",
    "TransId": "transporter_gstin",
    "TransName": "transporter_id",
    "TransMode": "trans_mode",
    "Distance": "distance",
    "TransDocNo": "trans_doc_number",
    "TransDocDt": "trans_doc_date",
    "VehNo": "vehicle_number",
    "VehType": "vehicle_type",
}
