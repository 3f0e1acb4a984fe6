"""CSV files for spreadsheets."""

import base64
import csv
import io

# spreadsheets treat a text with one of these initials as a formula
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def make_csv(titles, rows) -> bytes:
    """Return a CSV file, encoded for a binary field.

    :param rows: lists of values; a false value makes an empty cell.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(titles)
    writer.writerows(map(_cell, row) for row in rows)
    # the mark at the beginning shows spreadsheets the encoding
    return base64.b64encode(target.getvalue().encode("utf-8-sig"))


def _cell(value) -> str:
    text = str(value or "")
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
