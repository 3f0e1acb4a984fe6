"""Single values, judged as they are typed."""

import pytest
from irp.rules.entries import clean_entry, entry_fault

SOUND = [
    ("hsn", "8207", ""),
    ("hsn", "998314", ""),
    ("pin", "400001", "27"),
    ("pin", "400001", ""),
    ("gstin", "27AAACS0000B1ZE", "27"),
    ("street", "7 Station Road", ""),
    ("city", "Mumbai", ""),
]
WRONG = [
    ("hsn", "82", "too short"),
    ("hsn", "82075", "4, 6 or 8 digits"),
    ("hsn", "0000", "4, 6 or 8 digits"),
    ("hsn", "9912", "tariff"),
    ("pin", "4000", "six digits"),
    ("pin", "012345", "six digits"),
    ("pin", "४०००००", "six digits"),
    ("pin", "999999", "does not exist"),
    ("pin", "110001", "not in 27"),
    ("gstin", "27AAACS0000B1Z", "15 characters"),
    ("gstin", "27AAACS0000B1ZX", "typo"),
    ("gstin", "00AAACS0000B1ZQ", "state code"),
    ("gstin", "29AAACS0000B1ZA", "registration in 29"),
    ("city", "Od", "too short"),
    ("street", 'The "Mill"', "not allowed"),
    ("name", "", "Enter a value"),
]


@pytest.mark.parametrize(("kind", "value", "state"), SOUND)
def test_sound_value(kind, value, state):
    assert entry_fault(kind, value, state=state) is None


@pytest.mark.parametrize(("kind", "value", "words"), WRONG)
def test_wrong_value_is_explained(kind, value, words):
    assert words in entry_fault(kind, value, state="27").message


def test_trial_portals_have_gstins_without_check_digit():
    wrong = "27AAACS0000B1ZX"
    assert entry_fault("gstin", wrong)
    assert entry_fault("gstin", wrong, check_digit=False) is None


def test_blanks_and_case_are_forgiven():
    assert clean_entry("gstin", " 27aaacs 0000-b1ze") == "27AAACS0000B1ZE"
    assert clean_entry("pin", "400 001") == "400001"
    assert clean_entry("street", " 7  Station Road ") == "7 Station Road"
