"""Read the list of results that a portal's website gives for a bulk upload.

The list says for each document whether an IRN was issued, or the errors. Nothing of it
is signed, and its form is not published: headings are read by their meaning
(``data/bulk-upload.json``), and a row that says neither is neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ...reference.bulk_upload import result_column, result_doc_type, result_status
from ...reference.dates import indian_date, read_date, read_portal_datetime
from ...reference.gstin_list import decode_list, table_lines
from ..envelope import is_irn, parse_errors
from ..errors import PortalError
from ..incoming import MAX_ENTRIES, MAX_MESSAGE, as_code, as_text
from ..records import Registration
from .portal_file import portal_entries, read_registration

_MAX_ROWS = 100_000
# Titles and dates may stand above the headings.
_HEADINGS_WITHIN = 20
_TELLING = frozenset({"irn", "code", "error", "status"})
_CODE = re.compile(r"_?[0-9]{4}")
# "2172 : For Intra-state transaction …", alone or one behind another.
_CODED = re.compile(r"(?:^|[;,|\n])\s*(_?[0-9]{4})\s*(?:[:–-]\s*|$)")


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
        lines = (f"{one.code}: {one.message}".strip(": ") for one in self.errors)
        return "\n".join(lines)[:MAX_MESSAGE]


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
    cells = iter(lines)
    columns = _columns(cells)
    rows = []
    for place, line in enumerate(cells):
        if place >= _MAX_ROWS:
            raise ValueError(f"the list has more than {_MAX_ROWS} rows")
        found = {meaning: line[at] for at, meaning in columns.items() if at < len(line)}
        if as_code(found.get("number")):
            rows.append(_row(found))
    return rows


def _columns(lines: Iterator[Sequence[object]]) -> dict[int, str]:
    """Take lines up to the headings; return place -> meaning of each column."""
    for _turn, line in zip(range(_HEADINGS_WITHIN), lines, strict=False):
        columns: dict[int, str] = {}
        for at, cell in enumerate(line):
            meaning = result_column(as_text(cell))
            if meaning and meaning not in columns.values():
                columns[at] = meaning
        meanings = set(columns.values())
        if "number" in meanings and meanings & _TELLING:
            return columns
    raise ValueError(
        "it is no list of results: no line has headings such as Doc No, IRN and Error"
    )


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
        doc_date=_day(cells.get("doc_date")),
        irn=irn if is_irn(irn) else "",
        ack_number=_ack_number(cells.get("ack_number")),
        status=result_status(as_code(cells.get("status"))),
        errors=_errors(cells.get("code"), cells.get("error"))[:MAX_ENTRIES],
        file_name=as_text(cells.get("file_name")),
        # Without a date of the document beside it, "Date" may mean either.
        uploaded_on=_day(cells.get("uploaded_on")) if has_day else None,
    )


def _ack_number(value: object) -> str:
    text = as_code(value)
    return text if text.isdecimal() and text.isascii() and text.strip("0") else ""


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = as_code(value)
    moment = read_portal_datetime(text)
    if moment is not None:
        return indian_date(moment)
    return read_date(text.replace("-", "/"))


def _errors(codes: object, texts: object) -> tuple[PortalError, ...]:
    """Return the errors of a row, from its column of codes, of texts, or both."""
    if isinstance(texts, (list, Mapping)):
        return parse_errors(texts)
    text = as_text(texts, MAX_MESSAGE)
    coded = _coded(text)
    named = {error.code for error in coded}
    bare = _CODE.findall(as_text(codes))
    if not coded and bare:
        coded = [PortalError(bare[0], text)]
        named = {bare[0]}
    coded += [PortalError(code, "") for code in bare if code not in named]
    return tuple(coded) or ((PortalError("", text),) if text else ())


def _coded(text: str) -> list[PortalError]:
    """Return the errors of a text that begins with a code; none of another text."""
    found = list(_CODED.finditer(text))
    if not found or text[: found[0].start(1)].strip():
        return []
    ends = [match.start() for match in found[1:]] + [len(text)]
    return [
        PortalError(match[1], text[match.end() : end].strip(" ;,|\n"))
        for match, end in zip(found, ends, strict=True)
    ]
