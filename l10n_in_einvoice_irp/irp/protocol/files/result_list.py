"""Read the list of results that a portal's website gives for a bulk upload.

The list says for each document whether an IRN was issued, or the errors. Nothing of it
is signed, and its form is not published: headings are read by their meaning
(``data/bulk-upload.json``), and a row that says neither is neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any

from ...reference.bulk_upload import result_column, result_doc_type, result_status
from ...reference.gstin_list import decode_list, table_lines
from ..envelope import is_irn
from ..errors import PortalError
from ..incoming import as_code, as_text
from ..records import Registration
from .portal_file import portal_entries, read_registration
from .table import day_of, errors_of, headed_rows, text_of

_TELLING = frozenset({"irn", "code", "error", "status"})
_NO_LIST = (
    "it is no list of results: no line has headings such as Doc No, IRN and Error"
)


@dataclass(frozen=True)
class ResultRow:
    """A row of a list of results; nothing of it is proven.

    :ivar gstin: the seller's; "" if the list has none.
    :ivar doc_type: INV, CRN or DBN; "" if the list has none, or another.
    :ivar doc_date: None if the list has none, or it cannot be read.
    :ivar irn: 64 hexadecimal digits in lower case, or "".
    :ivar status: "registered" or "cancelled" if the row says so; else "".
    :ivar errors: as the list names them; a text without a code has the code "".
    :ivar file_name: of the uploaded file; "" if the list does not name it.
    :ivar uploaded_on: the day of the upload; None if the list does not give it.
    """

    number: str
    gstin: str = ""
    doc_type: str = ""
    doc_date: date | None = None
    irn: str = ""
    ack_number: str = ""
    status: str = ""
    errors: tuple[PortalError, ...] = ()
    file_name: str = ""
    uploaded_on: date | None = None

    @property
    def is_registered(self) -> bool:
        """Return whether the row says that an IRN was issued, cancelled since or not.

        A list may name faults of the e-way bill beside an IRN.
        """
        return bool(self.irn or self.ack_number or self.status)

    @property
    def text(self) -> str:
        """Return the errors in the portal's words, one a line."""
        return text_of(self.errors)


@dataclass(frozen=True)
class Answer:
    """A portal's answer to a bulk upload: signed invoices, and rows of a list."""

    registrations: tuple[Registration, ...] = ()
    rows: tuple[ResultRow, ...] = ()


def parse_answer_file(content: bytes) -> Answer:
    """Read a file of a portal's website: JSON, or a list of results as CSV.

    JSON holds signed invoices, as :func:`parse_portal_file` reads them, results of
    documents, or both. Nothing is verified yet. Raises ValueError, in words for the
    person who chose the file, for anything else.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[", b'"', b""):
        return _json_answer(content)
    try:
        lines = (cells for _number, cells in table_lines(decode_list(content)))
        return Answer(rows=tuple(parse_result_table(lines)))
    except ValueError as error:
        raise ValueError(f"the file is not JSON, and {error}") from None


def parse_result_table(lines: Iterable[Sequence[object]]) -> list[ResultRow]:
    """Read a list of results from the cells of a sheet (text, numbers, dates, None).

    Rows without a document number are left out. Raises ValueError, in words for the
    person who chose the file, if no line has the headings of such a list.
    """
    rows = headed_rows(lines, result_column, _is_list, _NO_LIST)
    return [_row(found) for found in rows if as_code(found.get("number"))]


def _is_list(meanings: AbstractSet[str]) -> bool:
    return "number" in meanings and bool(meanings & _TELLING)


# ----------------------------------------------------------------------
# One row
# ----------------------------------------------------------------------


def _json_answer(content: bytes) -> Answer:
    registrations, rows = [], []
    for place, entry in enumerate(portal_entries(content), 1):
        members = _members(entry)
        if entry.get("signedinvoice") or not as_code(members.get("number")):
            registrations.append(read_registration(entry, place))
        else:
            rows.append(_row(members))
    return Answer(tuple(registrations), tuple(rows))


def _members(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a JSON entry by their meaning, those of DocDtls too."""
    found: dict[str, Any] = {}
    sections = (entry.get("docdtls"), entry.get("sellerdtls"), entry)
    for section in sections:
        for name, value in section.items() if isinstance(section, Mapping) else ():
            is_seller = section is sections[1]
            meaning = result_column(f"seller {name}" if is_seller else str(name))
            if meaning and value not in (None, ""):
                found.setdefault(meaning, value)
    return found


def _row(cells: Mapping[str, Any]) -> ResultRow:
    irn = as_text(cells.get("irn")).lower()
    has_day = "doc_date" in cells
    return ResultRow(
        number=as_code(cells.get("number")),
        gstin=as_code(cells.get("gstin")).upper(),
        doc_type=result_doc_type(as_code(cells.get("doc_type"))),
        doc_date=day_of(cells.get("doc_date")),
        irn=irn if is_irn(irn) else "",
        ack_number=_ack_number(cells.get("ack_number")),
        status=result_status(as_code(cells.get("status"))),
        errors=errors_of(cells.get("code"), cells.get("error"), digits=4),
        file_name=as_text(cells.get("file_name")),
        # Without a date of the document beside it, "Date" may mean either.
        uploaded_on=day_of(cells.get("uploaded_on")) if has_day else None,
    )


def _ack_number(value: object) -> str:
    text = as_code(value)
    return text if text.isdecimal() and text.isascii() and text.strip("0") else ""
