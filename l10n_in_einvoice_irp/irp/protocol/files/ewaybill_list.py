"""Read a list of e-way bills that the e-way bill system's website gives.

It is the list of results of a bulk upload, or a report of e-way bills. Nothing of it is
signed, and its form is not published (``data/ewaybill/result-list.json``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from ...reference.bulk_upload import ewaybill_meaning
from ...reference.dates import IST, indian_date, read_portal_datetime
from ...reference.gstin_list import decode_list, table_lines
from ..errors import PortalError
from ..incoming import as_code, as_text
from .portal_file import portal_entries
from .table import day_of, errors_of, headed_rows, html_lines, is_html, text_of

_TELLING = frozenset({"ewb_number", "code", "error"})
_NO_LIST = (
    "it is no list of e-way bills: no line has headings such as Doc.No, EWB No and "
    "Error"
)
_NUMBER = re.compile(r"[0-9]{12}")
_LAST_MINUTE = time(23, 59)


@dataclass(frozen=True)
class EwaybillRow:
    """A row of a list of e-way bills; nothing of it is proven.

    :ivar number: of the document.
    :ivar ewb_number: 12 digits, or "".
    :ivar doc_type: INV, BIL, BOE, CHL or OTH; "" if the list has none, or another.
    :ivar doc_date: None if the list has none, or it cannot be read.
    :ivar party: GSTIN of the other party, or "URP"; "" if the list has none.
    :ivar gstin: who generated it; "" if the list does not name it.
    :ivar generated_at: aware; None if the list has it not.
    :ivar valid_until: aware; None if the list has it not.
    :ivar status: "active" or "cancelled" if the row says so; else "".
    :ivar errors: as the list names them; a text without a code has the code "".
    :ivar file_name: of the uploaded file; "" if the list does not name it.
    :ivar uploaded_on: the day of the upload; None if the list does not give it.
    """

    number: str
    ewb_number: str = ""
    doc_type: str = ""
    doc_date: date | None = None
    party: str = ""
    gstin: str = ""
    generated_at: datetime | None = None
    valid_until: datetime | None = None
    status: str = ""
    errors: tuple[PortalError, ...] = ()
    file_name: str = ""
    uploaded_on: date | None = None

    @property
    def is_registered(self) -> bool:
        """Return whether the row says that an e-way bill was made, cancelled since or
        not."""
        return bool(self.ewb_number)

    @property
    def text(self) -> str:
        """Return the errors in the portal's words, one a line."""
        return text_of(self.errors)


def parse_ewaybill_file(content: bytes) -> list[EwaybillRow]:
    """Read a file of the website: JSON, CSV, or a table that is called .xls.

    :raises ValueError: it is something else, in words for the person who chose it.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _json_rows(content)
    text = decode_list(content)
    if is_html(content):
        return parse_ewaybill_table(html_lines(text))
    return parse_ewaybill_table(cells for _number, cells in table_lines(text))


def parse_ewaybill_table(lines: Iterable[Sequence[object]]) -> list[EwaybillRow]:
    """Read a list from the cells of a sheet (text, numbers, dates, None).

    Rows without a document number are left out.

    :raises ValueError: no line has the headings of such a list.
    """
    rows = headed_rows(lines, _column, _is_list, _NO_LIST)
    return [_row(found) for found in rows if as_code(found.get("number"))]


def _column(heading: str) -> str:
    return ewaybill_meaning("columns", heading)


def _is_list(meanings: AbstractSet[str]) -> bool:
    return "number" in meanings and bool(meanings & _TELLING)


def _json_rows(content: bytes) -> list[EwaybillRow]:
    rows = []
    for entry in portal_entries(content):
        members = {_column(name): value for name, value in entry.items()}
        if not _is_list(members.keys()):
            raise ValueError(_NO_LIST)
        rows.append(_row(members))
    return rows


def _row(cells: Mapping[str, Any]) -> EwaybillRow:
    def code(name: str) -> str:
        return as_code(cells.get(name))

    number = "".join(code("ewb_number").replace("'", "").split())
    return EwaybillRow(
        number=code("number"),
        ewb_number=number if _NUMBER.fullmatch(number) else "",
        doc_type=ewaybill_meaning("doc_types", code("doc_type")),
        doc_date=day_of(cells.get("doc_date")),
        party=code("party").upper(),
        gstin=code("gstin").upper(),
        generated_at=_moment(cells.get("generated_at")),
        valid_until=_moment(cells.get("valid_until"), _LAST_MINUTE),
        status=ewaybill_meaning("statuses", code("status")),
        errors=errors_of(cells.get("code"), cells.get("error"), digits=3),
        file_name=as_text(cells.get("file_name")),
        uploaded_on=day_of(cells.get("uploaded_on")),
    )


def _moment(value: object, at: time = time.min) -> datetime | None:
    """Return the moment of a cell, in IST.

    :param at: the time of a day without one: a validity ends before midnight.
    """
    found = _read(value)
    day = indian_date(found) if found else day_of(value)
    if day is None:
        return None
    has_time = found is not None and found.time() != time.min
    return found if has_time else datetime.combine(day, at, IST)


def _read(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=IST)
    text = as_code(value)
    return read_portal_datetime(text) or read_portal_datetime(text.replace("-", "/"))
