"""Excel workbooks that people import."""

import io
import zipfile

from openpyxl import load_workbook

MAX_BYTES = 20 * 1024 * 1024
# of all parts of a workbook, unpacked
MAX_UNPACKED = 200 * 1024 * 1024
MAX_COLUMNS = 100
SIGNATURE = b"PK\x03\x04"


def is_workbook(content: bytes) -> bool:
    """Return whether a file is an Excel workbook (.xlsx)."""
    return content.startswith(SIGNATURE)


def read_workbook(content: bytes):
    """Return the lines of a workbook's first sheet, as tuples of values.

    :raises ValueError: it cannot be read; the message suggests a remedy.
    """
    if len(content) > MAX_BYTES:
        raise ValueError("the workbook is too large: more than 20 MB")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > MAX_UNPACKED:
            raise ValueError("the workbook is too large")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return list(book.worksheets[0].iter_rows(values_only=True, max_col=MAX_COLUMNS))
    except Exception as error:
        # of any kind: the file is a person's, and its reader is made for good ones
        raise ValueError(
            "the workbook cannot be read; save the sheet as CSV and import that"
        ) from error
