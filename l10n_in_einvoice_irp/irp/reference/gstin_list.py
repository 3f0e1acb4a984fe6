"""Read a list of GSTINs pasted or exported from a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from .gstin import clean_gstin, gstin_fault, has_gstin_form

_ENCODINGS = ("utf-8-sig", "cp1252")
_SEPARATORS = ",;\t|"


@dataclass(frozen=True)
class Row:
    """An entry of a list.

    :ivar line: line number in the text, from 1.
    :ivar gstin: cleaned (see `.gstin.clean_gstin`), valid or not.
    :ivar fault: as `.gstin.gstin_fault`, or ``duplicate`` of an earlier line.
    """

    line: int
    gstin: str
    fault: str


def decode_list(content: bytes) -> str:
    """Decode a file, trying the encodings that spreadsheets use.

    :raises ValueError: it is not a text file; the message suggests a remedy.
    """
    if b"\0" in content:
        raise ValueError("it is not a text file; save the sheet as CSV")
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("its characters cannot be read; save the sheet as CSV in UTF-8")


def read_list(text: str) -> list[Row]:
    """Return the GSTINs of a list, one per line or in one column.

    The column is the one whose heading says GSTIN, else the first that holds one, else
    the first. Without columns a line may hold several GSTINs. Empty lines are left out.
    """
    lines = [(number, cells) for number, cells in table_lines(text) if any(cells)]
    column = _column([cells for _number, cells in lines])
    found = [
        (number, clean_gstin(cell))
        for number, cells in lines
        for cell in _wanted(cells, column)
        if cell.strip() and not _is_heading(cell)
    ]
    return check_list(found)


def check_list(found: Iterable[tuple[int, str]]) -> list[Row]:
    """Check pairs of line number and cleaned GSTIN, and mark duplicates."""
    seen: set[str] = set()
    rows = []
    for line, gstin in found:
        fault = "duplicate" if gstin in seen else gstin_fault(gstin)
        seen.add(gstin)
        rows.append(Row(line, gstin, fault))
    return rows


def table_lines(text: str) -> list[tuple[int, list[str]]]:
    """Return the cells of each line of a CSV text, with its line number from 1.

    The separator is the one that the first line has most.
    """
    # neither can be stored
    text = text.replace("\0", "").encode(errors="replace").decode()
    sample = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=sample.count)
    # universal newlines, because old spreadsheets end lines with a carriage return
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator)
    try:
        return [(reader.line_num, cells) for cells in reader]
    except csv.Error:
        # a quote that never ends makes one cell of all that follows: not a quote then
        lines = enumerate(text.splitlines(), 1)
        return [(number, line.split(separator)) for number, line in lines]


def _column(lines: list[list[str]]) -> int | None:
    """Return the index of the column to read; None if every cell is a GSTIN."""
    heading = lines[0] if lines else []
    for place, cell in enumerate(heading):
        if _is_heading(cell):
            return place
    if all(_has_gstins(cell) for cells in lines for cell in cells if cell.strip()):
        return None
    first_found = (
        place
        for cells in lines
        for place, cell in enumerate(cells)
        if cell.strip() and len(cells) > 1 and _has_gstins(cell)
    )
    return next(first_found, 0)


def _wanted(cells: list[str], column: int | None) -> list[str]:
    if column is None:
        return [word for cell in cells for word in _words(cell)]
    return cells[column : column + 1]


def _has_gstins(cell: str) -> bool:
    return all(has_gstin_form(clean_gstin(word)) for word in _words(cell))


def _words(cell: str) -> list[str]:
    """Split a cell at its spaces, unless they are inside one GSTIN."""
    return [cell] if has_gstin_form(clean_gstin(cell)) else cell.split()


def _is_heading(cell: str) -> bool:
    return "gstin" in cell.casefold() or cell.strip().casefold() in ("gst", "vat")
