"""Lists that a portal's website gives as a table: headings, days and errors in cells.

Their forms are not published: headings are read by their meaning, which is data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from html.parser import HTMLParser
from typing import Any

from ...reference.dates import indian_date, read_date, read_portal_datetime
from ..envelope import parse_errors
from ..errors import PortalError
from ..incoming import MAX_ENTRIES, MAX_MESSAGE, as_code, as_text

_MAX_ROWS = 100_000
# Titles and dates may stand above the headings.
_HEADINGS_WITHIN = 20
_HTML = re.compile(rb"<\s*(?:!doctype|html|table|meta|style|head)\b", re.IGNORECASE)


def headed_rows(
    lines: Iterable[Sequence[object]],
    meaning_of: Callable[[str], str],
    is_list: Callable[[AbstractSet[str]], bool],
    fault: str,
) -> Iterator[dict[str, object]]:
    """Yield meaning -> cell of each line below the headings.

    :param lines: of cells: text, numbers, dates, None.
    :param meaning_of: the meaning of a heading; "" if it has none.
    :param is_list: whether these meanings are the headings of such a list.
    :param fault: why it is none, for the person who chose the file.
    :raises ValueError: no line has the headings, or the list is too long.
    """
    cells = iter(lines)
    columns = _columns(cells, meaning_of, is_list, fault)
    for place, line in enumerate(cells):
        if place >= _MAX_ROWS:
            raise ValueError(f"the list has more than {_MAX_ROWS} rows")
        yield {meaning: line[at] for at, meaning in columns.items() if at < len(line)}


def _columns(
    lines: Iterator[Sequence[object]],
    meaning_of: Callable[[str], str],
    is_list: Callable[[AbstractSet[str]], bool],
    fault: str,
) -> dict[int, str]:
    """Take lines up to the headings; return place -> meaning of each column."""
    for _turn, line in zip(range(_HEADINGS_WITHIN), lines, strict=False):
        columns: dict[int, str] = {}
        for at, cell in enumerate(line):
            meaning = meaning_of(as_text(cell))
            if meaning and meaning not in columns.values():
                columns[at] = meaning
        if is_list(set(columns.values())):
            return columns
    raise ValueError(fault)


# ----------------------------------------------------------------------
# Cells
# ----------------------------------------------------------------------


def day_of(value: object) -> date | None:
    """Return the day of a cell; None if it has none that can be read."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = as_code(value)
    moment = read_portal_datetime(text)
    if moment is not None:
        return indian_date(moment)
    return read_date(text.replace("-", "/"))


def errors_of(codes: object, texts: object, *, digits: int) -> tuple[PortalError, ...]:
    """Return the errors of a row, from its column of codes, of texts, or both.

    :param digits: of the portal's codes. A text without a code has the code "".
    """
    if isinstance(texts, (list, Mapping)):
        return parse_errors(texts)
    text = as_text(texts, MAX_MESSAGE)
    coded = _coded(text, digits)
    named = {error.code for error in coded}
    bare = re.findall(rf"(?<![0-9])_?[0-9]{{{digits}}}(?![0-9])", as_text(codes))
    if not coded and bare:
        coded = [PortalError(bare[0], text)]
        named = {bare[0]}
    coded += [PortalError(code, "") for code in bare if code not in named]
    found = coded or ([PortalError("", text)] if text else [])
    return tuple(found[:MAX_ENTRIES])


def _coded(text: str, digits: int) -> list[PortalError]:
    """Return the errors of a text that begins with a code; none of another text.

    "2172 : For Intra-state transaction …", alone or one behind another.
    """
    pattern = rf"(?:^|[;,|\n])\s*(_?[0-9]{{{digits}}})\s*(?:[:–-]\s*|$)"
    found = list(re.finditer(pattern, text))
    if not found or text[: found[0].start(1)].strip():
        return []
    ends = [match.start() for match in found[1:]] + [len(text)]
    return [
        PortalError(match[1], text[match.end() : end].strip(" ;,|\n"))
        for match, end in zip(found, ends, strict=True)
    ]


def text_of(errors: Iterable[PortalError]) -> str:
    """Return errors in the portal's words, one a line."""
    lines = (f"{one.code}: {one.message}".strip(": ") for one in errors)
    return "\n".join(lines)[:MAX_MESSAGE]


# ----------------------------------------------------------------------
# Tables of web pages, which websites name .xls
# ----------------------------------------------------------------------


def is_html(content: bytes) -> bool:
    """Return whether a file is a web page, whatever it is called."""
    return bool(_HTML.match(content.lstrip(b"\xef\xbb\xbf \t\r\n")[:100]))


def html_lines(text: str) -> list[list[str]]:
    """Return the cells of the tables of a web page, line by line."""
    reader = _Tables()
    reader.feed(text)
    reader.close()
    return reader.lines


class _Tables(HTMLParser):
    """Collects the cells of ``tr``, ``td`` and ``th``."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[str]] = []
        self._is_in_cell = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tr":
            self.lines.append([])
        if tag in ("td", "th") and self.lines:
            self.lines[-1].append("")
        self._is_in_cell = self._is_in_cell or tag in ("td", "th")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._is_in_cell = False

    def handle_data(self, data: str) -> None:
        if self._is_in_cell and self.lines and self.lines[-1]:
            self.lines[-1][-1] += data
