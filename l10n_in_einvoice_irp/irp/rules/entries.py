"""Judge single values as they are entered, before a document is built from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..reference import codes
from ..reference.gstin import clean_gstin, gstin_fault
from .invoice import Violation, _lt, text_fault

# kind of entry -> the member of the INV-01 document whose schema limits its text
_MEMBERS = {
    "hsn": "ItemList[0].HsnCd",
    "gstin": "BuyerDtls.Gstin",
    "name": "BuyerDtls.LglNm",
    "street": "BuyerDtls.Addr1",
    "street2": "BuyerDtls.Addr2",
    "city": "BuyerDtls.Loc",
}
_GSTIN_FAULTS = {
    "length": (
        "entry_gstin_length",
        _lt("A GSTIN has 15 characters; “%(value)s” has %(length)s."),
    ),
    "form": (
        "entry_gstin_form",
        _lt("“%(value)s” is not a GSTIN such as 29AAGCB7383J1Z4."),
    ),
    "state": (
        "entry_gstin_state",
        _lt("A GSTIN begins with a state code; %(code)s is none."),
    ),
    "check_digit": (
        "entry_gstin_check_digit",
        _lt(
            "The last character of GSTIN %(value)s does not match the others. Check "
            "for a typo."
        ),
    ),
}


def clean_entry(kind: str, value: str) -> str:
    """Return a value in the portal's form: a GSTIN, PIN or HSN code without blanks."""
    if kind == "gstin":
        return clean_gstin(value)
    text = " ".join(value.split())
    return text.replace(" ", "") if kind in ("hsn", "pin") else text


def entry_fault(
    kind: str, value: str, *, state: str = "", check_digit: bool = True
) -> Violation | None:
    """Return why the portal would refuse a value; None if it would not.

    :param kind: ``hsn``, ``pin``, ``gstin``, ``name``, ``street``, ``street2`` or
        ``city``.
    :param value: as returned by `clean_entry`.
    :param state: two-digit GST code of the state in the same address; "" if unknown.
    :param check_digit: whether to check that of a GSTIN; those of NIC's sandbox have a
        wrong one.
    """
    if not value:
        return _fault(kind, "entry_missing", _lt("Enter a value."), {})
    if judge := _JUDGES.get(kind):
        fault = judge(value, state)
        is_digit = fault and fault.kind == "entry_gstin_check_digit"
        return fault if check_digit or not is_digit else None
    return text_fault(_MEMBERS[kind], value)


def _hsn(value: str, _state: str) -> Violation | None:
    if fault := text_fault(_MEMBERS["hsn"], value):
        return fault
    if codes.hsn_exists(value):
        return None
    template = _lt("HSN/SAC code %(hsn)s is not in the GST tariff.")
    return _fault("hsn", "entry_hsn_unknown", template, {"hsn": value})


def _pin(value: str, state: str) -> Violation | None:
    params = {"pin": value}
    is_pin = len(value) == 6 and value.isascii() and value.isdecimal()
    if not is_pin or value[0] == "0":
        template = _lt("A PIN Code has six digits, as in 560001.")
        return _fault("pin", "entry_pin_form", template, params)
    if int(value) == codes.PIN_ABROAD or not codes.pin_exists(int(value)):
        template = _lt("PIN Code %(pin)s does not exist in India.")
        return _fault("pin", "entry_pin_unknown", template, params)
    if state and not codes.pin_in_state(int(value), state):
        template = _lt("PIN Code %(pin)s is not in %(state)s.")
        params["state"] = codes.state_name(state)
        return _fault("pin", "entry_pin_elsewhere", template, params)
    return None


def _gstin(value: str, state: str) -> Violation | None:
    if fault := gstin_fault(value):
        kind, template = _GSTIN_FAULTS[fault]
        params: dict[str, str | int] = {"value": value, "code": value[:2]}
        params["length"] = len(value)
        return _fault("gstin", kind, template, params)
    if state and value[:2] != state:
        template = _lt("GSTIN %(value)s is a registration in %(registered)s.")
        params = {"value": value, "registered": codes.state_name(value[:2])}
        return _fault("gstin", "entry_gstin_elsewhere", template, params)
    return None


def _fault(
    entry: str, kind: str, template: str, params: Mapping[str, str | int]
) -> Violation:
    return Violation("", _MEMBERS.get(entry, entry), None, kind, template, params)


_JUDGES: Mapping[str, Callable[[str, str], Violation | None]] = {
    "hsn": _hsn,
    "pin": _pin,
    "gstin": _gstin,
}
