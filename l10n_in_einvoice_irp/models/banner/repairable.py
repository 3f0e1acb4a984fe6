"""The fields that the dialog of the banner corrects, by where a finding is."""

# (model, field) -> kind of entry, see `irp.rules.entries`
PLACES = {
    ("account.move.line", "l10n_in_hsn_code"): "hsn",
    ("account.move.line", "l10n_in_irp_uqc"): "uqc",
    ("uom.uom", "l10n_in_code"): "uqc",
    ("res.partner", "vat"): "gstin",
    ("res.partner", "name"): "name",
    ("res.partner", "street"): "street",
    ("res.partner", "street2"): "street2",
    ("res.partner", "city"): "city",
    ("res.partner", "zip"): "pin",
    ("res.partner", "state_id"): "state",
}
# kind of finding -> the other field of the record that may be the wrong one
COUNTERPARTS = {
    "pin_not_in_state": "state_id",
    "state_not_of_gstin": "vat",
}
# the party is another one, or abroad: no value of this field mends that
NOT_BY_VALUE = {
    "buyer_is_seller",
    "buyer_state_abroad",
    "delivery_state_abroad",
    "dispatch_state_abroad",
    "export_buyer_gstin",
    "export_buyer_state",
    "export_buyer_pin",
    "seller_is_not_requester",
}


def repair_of(finding):
    """Return the kind of entry that corrects a finding; "" if the dialog cannot."""
    if not finding.blocking or finding.kind in NOT_BY_VALUE:
        return ""
    return PLACES.get((finding.record._name, finding.field_name), "")
