"""Wording that the CGST Rules prescribe for an invoice; the law's, not translated."""

# Rule 46, proviso on exports and supplies to SEZ
_SUPPLY = (
    "SUPPLY MEANT FOR EXPORT/SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED "
    "OPERATIONS"
)
# by whether IGST is paid
ENDORSEMENTS = {
    True: f"{_SUPPLY} ON PAYMENT OF INTEGRATED TAX",
    False: f"{_SUPPLY} UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT OF "
    "INTEGRATED TAX",
}
# Rule 46(s), Notification 14/2022-Central Tax
DECLARATION = (
    "I/We hereby declare that though our aggregate turnover in any preceding financial "
    "year from 2017-18 onwards is more than the aggregate turnover notified under "
    "sub-rule (4) of rule 48, we are not required to prepare an invoice in terms of "
    "the provisions of the said sub-rule."
)
# Rule 48(1) and (2), by whether goods are supplied
COPIES = {
    True: (
        "ORIGINAL FOR RECIPIENT",
        "DUPLICATE FOR TRANSPORTER",
        "TRIPLICATE FOR SUPPLIER",
    ),
    False: ("ORIGINAL FOR RECIPIENT", "DUPLICATE FOR SUPPLIER"),
}


def plain_words(text: str) -> str:
    """Return a text's letters and digits in capitals, words apart by one blank."""
    letters = (one if one.isalnum() else " " for one in text.upper())
    return " ".join("".join(letters).split())
