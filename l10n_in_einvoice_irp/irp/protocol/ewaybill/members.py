"""Read the members of the e-way bill system's records, in every published spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ...reference.dates import read_portal_datetime
from ..errors import Info, IrpProtocolError
from ..incoming import as_code, as_text, lower_names

_BILL = re.compile(r"[0-9]{12}")
_SHEET = re.compile(r"[0-9]{10}")
_ALERT_KM = re.compile(
    r"distance[^0-9]*(?:[0-9]{6}[^0-9]+)*([0-9]{1,4})\b", re.IGNORECASE
)
_MAX_KM = 9999


class Members:
    """The members of one record, by name in lower case; several names are spellings."""

    def __init__(self, data: object) -> None:
        if not isinstance(data, Mapping):
            raise IrpProtocolError("the answer's data are not an object")
        self._members: dict[str, Any] = lower_names(data)

    def raw(self, *names: str) -> Any:
        """Return the first of the members that is there and not empty; else None."""
        found = (self._members.get(name.lower()) for name in names)
        return next((one for one in found if one not in (None, "")), None)

    def text(self, *names: str) -> str:
        """Return a text without the blanks around it."""
        return as_text(self.raw(*names))

    def code(self, *names: str) -> str:
        """Return a code in upper case, without the blanks that pad it."""
        return as_code(self.raw(*names)).upper()

    def hsn(self, *names: str) -> str:
        """Return an HSN code; the portal's numbers have lost the zero of 01 to 09."""
        code = self.code(*names)
        return code.zfill(len(code) + len(code) % 2) if code.isdecimal() else code

    def state(self, *names: str) -> str:
        """Return a state code with two digits; "" for none."""
        code = self.code(*names)
        return code.zfill(2) if code.strip("0") else ""

    def flag(self, *names: str) -> bool:
        """Return whether a flag is "Y"."""
        return self.code(*names) == "Y"

    def moment(self, *names: str) -> datetime | None:
        """Return a moment, aware, in IST; None if it is missing or unreadable."""
        return read_portal_datetime(self.text(*names))

    def day(self, *names: str) -> date | None:
        """Return a date; None if it is missing or unreadable."""
        moment = self.moment(*names)
        return moment.date() if moment else None

    def amount(self, *names: str) -> Decimal:
        """Return a number; 0 if it is missing or none."""
        try:
            found = Decimal(self.code(*names) or "0")
        except InvalidOperation:
            return Decimal(0)
        return found if found.is_finite() else Decimal(0)

    def whole(self, *names: str) -> int:
        """Return a whole number, cut; 0 if it is missing, or of no sensible size."""
        found = self.amount(*names)
        return int(found) if abs(found) < Decimal(10) ** 12 else 0

    def bill_number(self, *names: str) -> str:
        """Return an e-way bill number; IrpProtocolError if it has not 12 digits."""
        found = self.code(*(names or ("ewayBillNo", "ewbNo")))
        if not _BILL.fullmatch(found):
            raise IrpProtocolError("the answer's data contain no e-way bill number")
        return found

    def sheet_number(self, *names: str) -> str:
        """Return a consolidated number; IrpProtocolError if it has not 10 digits."""
        found = self.code(*names)
        if not _SHEET.fullmatch(found):
            raise IrpProtocolError("the answer's data contain no consolidated number")
        return found

    def records(self, *names: str) -> tuple[Members, ...]:
        """Return the records of a list; () if it is missing."""
        found = self.raw(*names)
        rows = found if isinstance(found, list) else []
        return tuple(Members(row) for row in rows if isinstance(row, Mapping))


def same_number(members: Members, number: str) -> str:
    """Return ``number`` if the answer is about it; IrpProtocolError if of another.

    An answer without a number answers the request (VEHEWB names none).
    """
    found = members.code("ewayBillNo", "ewbNo")
    if (found or number) != number:
        raise IrpProtocolError("the answer is about another e-way bill")
    return number


def records_of(data: object) -> tuple[Members, ...]:
    """Return the records of an answer that is a list; one that is none, as a list.

    Raises IrpProtocolError for what is neither list nor object, and for a list that
    holds anything but records: a bill left out would be a bill never seen.
    """
    rows = data if isinstance(data, list) else [data]
    return tuple(map(Members, rows))


def portal_distance(infos: Iterable[Info], alert: str = "") -> int | None:
    """Return the portal's distance in km between the two PIN codes; None if unsaid.

    With 702 it stands in the ``info`` member, as ``{"distance": 36}``; with distance 0
    in the ``alert`` ("Distance between these two pincodes is 118"), which is in the
    answer or, as an info, beside it.
    """
    descs = [info.desc for info in infos]
    facts = (Members(one).whole("distance") for one in descs if _is_object(one))
    texts = [alert, *(one for one in descs if isinstance(one, str))]
    matches = (_ALERT_KM.search(text) for text in texts)
    said = (int(match[1]) for match in matches if match)
    return next((km for km in (*facts, *said) if 0 < km <= _MAX_KM), None)


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping)
