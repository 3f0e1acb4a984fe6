"""Records of taxpayers, as Get GSTIN returns them (NIC Get GSTIN details v1.03)."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from ..store.records import TaxpayerEntry
from .places import CHIEF_TOWNS

ACTIVE = "ACT"
UNKNOWN = "UNKNOWN"
STATUSES = (ACTIVE, "SUS", "CNL", "INA", "PRO", UNKNOWN)
TYPES = ("REG", "SEZ", "SED", "COM", "CAS", "TDS", "TCS", "ISD", "UIN", "NRI")
BLOCKS = ("U", "B", "")
_ADDRESS = ("AddrBnm", "AddrBno", "AddrFlno", "AddrSt", "AddrLoc", "AddrPncd")
_NAMES = ("TradeName", "LegalName", *_ADDRESS, "StateCode", "TxpType", "BlkStatus")
_CHOICES = {"TxpType": TYPES, "BlkStatus": BLOCKS}
_DATES = ("DtReg", "DtDReg")
_ORDER = (
    *("Gstin", "TradeName", "LegalName", *_ADDRESS[:5], "StateCode", "AddrPncd"),
    *("TxpType", "Status", "BlkStatus", *_DATES),
)
_FORM = re.compile(r"[0-9]{2}[0-9A-Z]{13}")
# NIC advisory 10-11-2023: 88, the carrier's PAN, the last three of one of its GSTINs
_COMMON_ENROLMENT = re.compile(r"88[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]{3}")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TRADES = ("Traders", "Textiles", "Foods", "Papers", "Motors", "Exports")
_FIRST_DAY = date(2017, 7, 1)
_DAYS = 7 * 365


def check_digit(text: str) -> str:
    """Return the check digit of a GSTIN's first 14 characters (mod 36, weights 1, 2).

    :raises ValueError: a character is neither a digit nor a capital letter
    """
    total = 0
    for index, character in enumerate(text[:14]):
        product = _DIGITS.index(character) * (1 + index % 2)
        total += product // 36 + product % 36
    return _DIGITS[-total % 36]


def is_valid(gstin: str) -> bool:
    """Return whether a GSTIN has a valid format, state and check digit."""
    return has_check_digit(gstin) and gstin[:2] in CHIEF_TOWNS


def has_check_digit(text: str) -> bool:
    """Return whether a text has the format of a GSTIN and ends in its check digit.

    This includes TRANSINs of transporters, which have the same check digit.
    """
    return _FORM.fullmatch(text) is not None and text[14] == check_digit(text)


def is_transporter_id(text: str) -> bool:
    """Return whether a text has the format of a transporter ID.

    A common enrolment number ends in the last three characters of a GSTIN, so it has no
    check digit; every other ID ends in one.
    """
    if text.startswith("88"):
        return _COMMON_ENROLMENT.fullmatch(text) is not None
    return has_check_digit(text)


def derived_record(gstin: str) -> dict[str, Any]:
    """Return a plausible record of an active, regular taxpayer.

    Derived from the GSTIN alone, so it is the same on every call and in every portal.
    The PIN code lies in the GSTIN's state.

    :raises KeyError: the first two digits are not a state code
    """
    seed = int.from_bytes(hashlib.sha256(gstin.encode()).digest()[:8], "big")
    place = CHIEF_TOWNS[gstin[:2]]
    name = f"{gstin[2:7].title()} {_TRADES[seed % len(_TRADES)]}"
    registered_on = _FIRST_DAY + timedelta(days=seed % _DAYS)
    return {
        "Gstin": gstin,
        "TradeName": name.upper(),
        "LegalName": f"{name} Private Limited".upper(),
        "AddrBnm": f"{gstin[2:5].title()} House",
        "AddrBno": str(1 + seed % 199),
        "AddrFlno": str(seed % 5),
        "AddrSt": "Station Road",
        "AddrLoc": place.town.replace("-", " "),
        "StateCode": int(gstin[:2]),
        "AddrPncd": place.pin,
        "TxpType": "REG",
        "Status": ACTIVE,
        "BlkStatus": "U",
        "DtReg": registered_on.isoformat(),
        "DtDReg": None,
    }


def full_record(entry: TaxpayerEntry) -> dict[str, Any]:
    """Return the record of an entered taxpayer; missing members are derived."""
    is_placed = entry.gstin[:2] in CHIEF_TOWNS
    base = derived_record(entry.gstin) if is_placed else dict.fromkeys(_ORDER)
    known = entry.details or {}
    return {**base, **known, "Gstin": entry.gstin, "Status": entry.status}


def entry_of(
    gstin: str, status: str, details: Mapping[str, Any] | None
) -> TaxpayerEntry:
    """Return the checked entry of a taxpayer.

    :param status: one of ``ACT SUS CNL INA PRO``, or ``UNKNOWN``
    :param details: further members of Get GSTIN's response; None or empty if only the
        status is known
    :raises ValueError: an invalid status, an unknown member, or an invalid value
    """
    if status not in STATUSES:
        raise ValueError(f"{status} is not one of {', '.join(STATUSES)}")
    if not details:
        return TaxpayerEntry(gstin, status)
    for name, value in details.items():
        _check(name, value)
    return TaxpayerEntry(gstin, status, dict(details))


def day_of(details: Mapping[str, Any], name: str) -> date | None:
    """Return a date of a record, None if it is missing."""
    value = details.get(name)
    return date.fromisoformat(value) if value else None


def _check(name: str, value: Any) -> None:
    if name not in _NAMES + _DATES:
        raise ValueError(f"{name} cannot be entered")
    if name in _CHOICES and value not in _CHOICES[name]:
        raise ValueError(f"{value} is not one of {', '.join(_CHOICES[name])}")
    if name in _DATES and value is not None:
        date.fromisoformat(value)
