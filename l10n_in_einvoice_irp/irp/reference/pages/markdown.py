"""Blocks of Markdown, in the form that Prettier gives them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from textwrap import fill

WIDTH = 88
# code is not broken; a character that is in no text holds its words together
_CODE = re.compile("`[^`]*`")
_FIXED = "\N{WORD JOINER}"


def paragraph(text: str) -> str:
    """Return ``text`` wrapped."""
    return _fill(text) + "\n"


def bullets(items: Iterable[str]) -> str:
    """Return a list with an item for each text."""
    return "".join(
        fill_item + "\n"
        for fill_item in (_fill(one, first="- ", later="  ") for one in items)
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with its columns aligned."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(3, *map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return "".join(
        f"| {' | '.join(map(str.ljust, line, widths))} |\n" for line in lines
    )


def section(title: str, *blocks: str) -> str:
    """Return blocks under a heading of the second level."""
    return "\n".join([f"## {title}\n", *filter(None, blocks)])


def _fill(text: str, first: str = "", later: str = "") -> str:
    filled = fill(
        _CODE.sub(lambda code: code.group().replace(" ", _FIXED), text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled.replace(_FIXED, " ")
