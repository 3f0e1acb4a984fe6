"""Read the members of a request: texts, numbers and dates in the published forms."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ...wire.dates import document_date

Members = Mapping[str, Any]
Codes = Iterator[str]

_NUMBER = re.compile(r"[1-9][0-9]{11}")
_GSTIN = re.compile(r"[0-9]{2}[0-9A-Z]{13}")
UNREGISTERED = "URP"
# another country: 96 and 99 are both in use, see NIC's lists and GSPs' samples
ABROAD = (96, 99)


def text(members: Members, name: str) -> str:
    """Return a member as text without blanks around it, "" if it is missing.

    Clients send codes as numbers and numbers as text, so both are read.
    """
    value = members.get(name)
    is_shown = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value).strip() if is_shown else ""


def code(members: Members, name: str) -> str:
    """Return a member as text in capitals."""
    return text(members, name).upper()


def hsn_of(item: Members) -> str:
    """Return the HSN code of a line in full.

    The published type is a number, which has lost the zero of chapters 1 to 9.
    """
    found = text(item, "hsncode")
    return f"0{found}" if found.isdigit() and len(found) % 2 else found


def is_given(members: Members, name: str) -> bool:
    """Return whether a member is there, and neither null nor empty."""
    return members.get(name) not in (None, "")


def whole(members: Members, name: str) -> int | None:
    """Return a member as a whole number, None for anything else."""
    found = text(members, name)
    return int(found) if re.fullmatch(r"-?[0-9]{1,12}", found) else None


def amount(members: Members, name: str) -> Decimal | None:
    """Return a member as a number, None if it is missing or no number."""
    try:
        value = Decimal(text(members, name))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def day(members: Members, name: str) -> date | None:
    """Return a ``dd/MM/yyyy`` member as a date, None for anything else."""
    try:
        return document_date(members.get(name))
    except ValueError:
        return None


def bill_number(members: Members, name: str = "ewbno") -> int | None:
    """Return the 12 digits of an e-way bill, None for anything else."""
    found = text(members, name)
    return int(found) if _NUMBER.fullmatch(found) else None


def is_party(gstin: str) -> bool:
    """Return whether a text has the form of a GSTIN, or is ``URP``."""
    return gstin == UNREGISTERED or _GSTIN.fullmatch(gstin) is not None


def is_state(number: int | None) -> bool:
    """Return whether a state code is in NIC's list: 1 to 38, 97, another country."""
    return number is not None and (1 <= number <= 38 or number in (97, *ABROAD))


def is_pin(number: int | None) -> bool:
    """Return whether a number has the form of a PIN code (schema of GENEWAYBILL)."""
    return number is not None and 100000 <= number <= 999999
