"""The kinds of findings that only Odoo can make, with their texts.

The texts of the portal's published rules are in `irp.rules`, with each rule.
"""

from typing import NamedTuple

from ...irp.rules import _lt


class FindingKind(NamedTuple):
    """The template of all findings of one kind.

    :ivar rule: what is wrong, with ``%(name)s`` for each parameter.
    :ivar remedy: what to do; "" for the catalogue's advice on the code.
    :ivar code: the portal's code for the same fault, if it has one.
    """

    rule: str
    remedy: str = ""
    code: str = ""
    blocking: bool = True


GSTIN_STANDING = _lt("GSTIN %(gstin)s: %(standing)s (%(portal)s, %(asked)s).")
NOT_NEEDED = _lt("If the buyer does not need it, nothing has to be done.")

KINDS = {
    # the document
    "number_cancelled": FindingKind(
        _lt(
            "This number was cancelled at the portal and can never be registered "
            "again. Duplicate the invoice to give it a new number."
        ),
        code="2278",
    ),
    "number_taken": FindingKind(
        _lt(
            "Invoice %(invoice)s has the same number: the portal does not distinguish "
            "capital and small letters. Give this invoice another number."
        ),
        code="2150",
    ),
    "total_not_printed": FindingKind(
        _lt(
            "The total to be registered, %(registered)s, differs from the printed "
            "total, %(printed)s."
        ),
        _lt("On the lines, choose taxes that fit the buyer's GST treatment."),
    ),
    # negative lines
    "negative_line_cess": FindingKind(
        _lt(
            "A negative line is reported as a discount on lines with the same HSN/SAC "
            "code and tax rate, and these bear less cess or fee per unit than it takes "
            "off."
        ),
        _lt("Create a credit note for the goods returned."),
        code="5002",
    ),
    "negative_line_discount": FindingKind(
        _lt(
            "A negative line is reported as a discount on lines with the same tax "
            "rate, and the discount is larger than their amount."
        ),
        _lt(
            "Choose the taxes of the lines that it reduces, lower the discount, or "
            "issue a credit note."
        ),
        code="5002",
    ),
    "negative_line_return": FindingKind(
        _lt(
            "A negative line is reported as a discount on lines with the same HSN/SAC "
            "code and tax rate, and the invoice has too few of them."
        ),
        _lt(
            "Enter the HSN/SAC code and taxes of the line that it reduces. To reduce "
            "all lines of its tax rate, clear its HSN/SAC code; to make it a discount "
            "on the whole invoice, clear its taxes. Or issue a credit note."
        ),
        code="5002",
    ),
    # units and HSN/SAC codes
    "uqc_missing_on_unit": FindingKind(
        _lt("Unit of measure %(unit)s has no Unit Quantity Code (UQC)."),
        _lt("Choose the UQC of the unit of measure."),
        code="2239",
    ),
    "uqc_missing_on_line": FindingKind(
        _lt("Unit of measure %(unit)s has no Unit Quantity Code (UQC)."),
        _lt(
            "Press 'Reset to Draft' on the invoice and choose the UQC on the line "
            "(column UQC), or ask an administrator to set it on the unit of measure."
        ),
        code="2239",
    ),
    "uqc_others_on_line": FindingKind(
        _lt("The line has no unit of measure and is reported with UQC OTH (others)."),
        _lt("If the goods have a unit, choose a product, or the UQC on the line."),
        blocking=False,
    ),
    "uqc_others_on_unit": FindingKind(
        _lt("The unit of measure is reported with UQC OTH (others)."),
        _lt(
            "If another Unit Quantity Code (UQC) fits, choose it on the unit of "
            "measure, or ask an administrator to do so."
        ),
        blocking=False,
    ),
    "hsn_too_short_for_turnover": FindingKind(
        _lt("At your turnover, an HSN/SAC code must have at least %(digits)s digits."),
        _lt(
            "Enter the longer HSN/SAC code on the line and, for later invoices, on the "
            "product."
        ),
        blocking=False,
    ),
    "hsn_of_several": FindingKind(
        _lt(
            "The order has goods with several HSN codes (%(codes)s); the one with the "
            "largest share is reported."
        ),
        _lt("If another code is more suitable, enter it on the line."),
        blocking=False,
    ),
    # prices and taxes
    "price_decimals": FindingKind(
        _lt(
            "Quantity and price are registered with three decimals, which gives "
            "%(listed)s, not the amount of %(amount)s."
        ),
        _lt(
            "The amount is registered as it is. If the price has to be exact as well, "
            "use a larger or smaller unit of measure."
        ),
        blocking=False,
    ),
    "untaxed_goods": FindingKind(
        _lt(
            "The line has no tax, so it is reported as a charge or discount on the "
            "whole document, not as a supply."
        ),
        _lt(
            "Choose its tax. For a nil-rated, exempt or non-GST supply, choose the tax "
            "of that name."
        ),
        blocking=False,
    ),
    "gift_card_taxed": FindingKind(
        _lt("Selling a gift card or eWallet credit is not a supply."),
        _lt("Remove the taxes from the line and from the product."),
    ),
    "gst_rate_not_known": FindingKind(
        _lt(
            "Tax %(taxes)s is a fixed amount or a formula, so Odoo does not know which "
            "GST rate to report."
        ),
        _lt(
            "Enter the GST rate of the line, e.g. 40. For future invoices, an "
            "accounting administrator can enter 'GST Rate for e-Invoice (%)' on the "
            "tax: Invoicing / Configuration / Taxes."
        ),
        code="2240",
    ),
    "retail_price_missing": FindingKind(
        _lt(
            "Since 1 February 2026, GST on these goods (HSN %(hsn)s) is computed on "
            "the retail sale price. None is entered, so the tax could not be checked."
        ),
        _lt(
            "If an MRP is printed on the package, press 'Reset to Draft' and enter it "
            "on the line, in the column 'Retail Sale Price (MRP)'. For later invoices, "
            "ask a user who may edit products to enter it on the product. If no MRP is "
            "printed, nothing needs to be done."
        ),
        blocking=False,
    ),
    "retail_tax_differs": FindingKind(
        _lt(
            "GST on the retail sale price of %(price)s is %(taxed)s × %(rate)s / (100 "
            "+ %(rate)s) = %(due)s; the invoice has %(tax)s, a difference of "
            "%(difference)s."
        ),
        _lt(
            "Press 'Reset to Draft' and check the taxes and the retail sale price of "
            "the line. Otherwise, the invoice is registered as it is."
        ),
        blocking=False,
    ),
    # texts that are not registered, or not in full
    "text_cut": FindingKind(
        _lt("Only the first %(length)s characters are registered."),
        _lt("Shorten the text if its meaning would be lost."),
        blocking=False,
    ),
    "left_out": FindingKind(
        _lt("Not registered: %(fault)s"),
        NOT_NEEDED,
        blocking=False,
    ),
    "left_out_order_date": FindingKind(
        _lt(
            "Not registered: The date belongs to one order of the buyer, and the "
            "e-Invoice names none, or several."
        ),
        NOT_NEEDED,
        blocking=False,
    ),
    "left_out_undated_document": FindingKind(
        _lt("Not registered as preceding document: This invoice has no date."),
        NOT_NEEDED,
        blocking=False,
    ),
    "left_out_large_file": FindingKind(
        _lt("Not registered: The portal accepts a file of up to 750 bytes."),
        NOT_NEEDED,
        blocking=False,
    ),
    # the parties, as the GST portal's last records have them
    "gstin_unknown": FindingKind(GSTIN_STANDING, code="3028"),
    "gstin_cancelled": FindingKind(GSTIN_STANDING, code="3074"),
    "gstin_inactive": FindingKind(GSTIN_STANDING, code="3076"),
    "gstin_not_yet": FindingKind(GSTIN_STANDING, code="3079"),
    "gstin_suspended": FindingKind(
        GSTIN_STANDING,
        _lt(
            "Ask the customer. If it is active again, press 'Sync with GST Common "
            "Portal' on the customer."
        ),
    ),
    "gstin_blocked": FindingKind(
        GSTIN_STANDING,
        _lt(
            "No e-Way Bill can be made for this GSTIN until the customer has filed the "
            "missing returns. Ask the customer, then press 'Sync with GST Common "
            "Portal' on the customer."
        ),
    ),
}

# kind of a violation -> remedy, where the catalogue says less
ADVICE = {
    "too_short_nm": _lt("Enter the full name: “3M India Limited” instead of “3M”."),
    "too_short_lgl_nm": _lt(
        "Enter the full name: “3M India Limited” instead of “3M”. Or press 'Get from "
        "GST Portal' on the contact (tab GST Portal): the e-Invoice takes the legal "
        "name from there."
    ),
    "too_short_loc": _lt(
        "Enter the place with its district: “Od, Anand” instead of “Od”."
    ),
}
