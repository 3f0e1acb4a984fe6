"""The member that a portal's text about its schema names."""

import pytest
from irp.rules.invoice.schema import schema_violations
from irp.rules.named_members import named_member

TEXTS = {
    "The Document Number field is required.": "DocDtls.No",
    "The field Document Number must be a string with a minimum length of 1 and a "
    "maximum length of 16": "DocDtls.No",
    "#/BuyerDtls/Pin: 12 is less than 100000": "BuyerDtls.Pin",
    "Invalid value at ItemList[2].HsnCd": "ItemList[2].HsnCd",
    "#/ItemList/0/Unit: required": "ItemList[0].Unit",
    "Recipient Pincode is not valid": "BuyerDtls.Pin",
    "Supplier's Location: minimum length is 3": "SellerDtls.Loc",
    "Line 3: HSN/SAC code “12” is too short": "ItemList[2].HsnCd",
    "The TransMode field is invalid.": "EwbDtls.TransMode",
    "The VehNo field is invalid.": "EwbDtls.VehNo",
    "Buyer: Place of Supply is missing.": "BuyerDtls.Pos",
}


@pytest.mark.parametrize("text", TEXTS)
def test_member_is_found(text):
    assert named_member(text).path == TEXTS[text]


def test_a_member_of_several_sections_has_its_title_alone():
    assert named_member("PIN code is out of range") == ("", "PIN code")
    assert named_member("HsnCd is missing") == ("", "HSN/SAC code")


@pytest.mark.parametrize("text", ["", "Unexpected character", "JSON is malformed"])
def test_nothing_is_made_up(text):
    assert named_member(text) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"BuyerDtls.Pin": 12},
        {"SellerDtls.LglNm": "X"},
        {"ItemList.0.HsnCd": "12"},
        {"ItemList.0.Unit": "1"},
        {"DocDtls.No": "0/1"},
        {"BuyerDtls.Em": "nobody"},
    ],
)
def test_own_texts_are_understood(make, changes):
    (fault,) = schema_violations(make("inter", changes))

    assert named_member(fault.message).path == fault.path
