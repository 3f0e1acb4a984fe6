"""Excel workbooks that people import."""

import io
import zipfile
from itertools import islice

from openpyxl import load_workbook

# of all parts of a workbook, unpacked
MAX_BYTES = 100 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 60
SIGNATURE = b"PK\x03\x04"


def is_workbook(content: bytes) -> bool:
    """Return whether a file is an Excel workbook (.xlsx)."""
    return content.startswith(SIGNATURE)


def read_workbook(content: bytes):
    """Return the lines of a workbook's first sheet, as tuples of values.

    :raises ValueError: it cannot be read; the message suggests a remedy.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            size = sum(part.file_size for part in parts.infolist())
        lines = _lines(content) if size <= MAX_BYTES else []
    except Exception as error:
        # of any kind: the file is a person's, and its reader is made for good ones
        raise ValueError(
            "the workbook cannot be read; save the sheet as CSV and import that"
        ) from error
    if size > MAX_BYTES or len(lines) > MAX_ROWS:
        raise ValueError("the workbook is too large; import a part of it as CSV")
    return lines


def _lines(content):
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    # a gap in the numbers of rows is read as empty rows
    rows = book.worksheets[0].iter_rows(values_only=True, max_col=MAX_COLUMNS)
    return list(islice(rows, MAX_ROWS + 1))
