"""Write the report as a workbook, or as CSV files.

A file is complete or is not there: it is written beside, and renamed.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import xlsxwriter

from .report import Cell, Report, Row, Table

_LONGEST_CELL = 32767
"""Characters in a cell of a workbook (Office Open XML, Excel's limits)."""
_WIDEST = 60
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_report(report: Report, path: Path) -> list[Path]:
    """Write ``path`` (.xlsx), or two files if it ends in .csv; return the files.

    Raises OSError if a file cannot be written, ValueError for another ending.
    """
    ending = path.suffix.lower()
    if ending == ".xlsx":
        return [_whole(path, lambda target: _write_workbook(report, target))]
    if ending != ".csv":
        raise ValueError(f"{path.name}: the name has to end in .xlsx or .csv")
    beside = path.with_name(f"{path.stem}-summary{path.suffix}")
    summary = [*report.facts, (), *_lines(report.summary)]
    return [
        _whole(path, lambda target: _write_csv(_lines(report.calls), target)),
        _whole(beside, lambda target: _write_csv(summary, target)),
    ]


def _whole(path: Path, write: Callable[[Path], None]) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    os.close(handle)
    made = Path(name)
    try:
        write(made)
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)
    return path


def _lines(table: Table) -> list[Row]:
    return [table.columns, *table.rows]


def _write_csv(lines: Iterable[Row], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerows([_plain(cell) for cell in line] for line in lines)


def _plain(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula."""
    text = isinstance(cell, str) and cell.startswith(_FORMULA)
    return f"'{cell}" if text else cell


def _write_workbook(report: Report, path: Path) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        first = book.add_worksheet(report.summary.title)
        for row, (name, value) in enumerate(report.facts):
            first.write_string(row, 0, name, bold)
            first.write_string(row, 1, value[:_LONGEST_CELL])
        _write_table(first, report.summary, len(report.facts) + 1, bold)
        calls = book.add_worksheet(report.calls.title)
        _write_table(calls, report.calls, 0, bold)
        calls.freeze_panes(1, 0)
        calls.autofilter(0, 0, len(report.calls.rows), len(report.calls.columns) - 1)


def _write_table(sheet: Any, table: Table, top: int, bold: Any) -> None:
    for column, title in enumerate(table.columns):
        sheet.write_string(top, column, str(title), bold)
        cells = [str(title), *(str(row[column] or "") for row in table.rows)]
        sheet.set_column(column, column, min(_WIDEST, max(map(len, cells)) + 2))
    for number, row in enumerate(table.rows, top + 1):
        for column, cell in enumerate(row):
            _write_cell(sheet, number, column, cell)


def _write_cell(sheet: Any, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, int):
        sheet.write_number(row, column, cell)
    elif cell:
        text = cell if len(cell) <= _LONGEST_CELL else f"{cell[: _LONGEST_CELL - 1]}…"
        sheet.write_string(row, column, text)
