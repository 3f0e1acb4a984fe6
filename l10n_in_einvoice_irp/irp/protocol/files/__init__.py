"""Files that a portal's website offers: signed invoices, and lists of results."""

from .ewaybill_list import (
    EwaybillRow,
    parse_ewaybill_file,
    parse_ewaybill_table,
)
from .portal_file import identity_of, parse_portal_file, portal_entry
from .result_list import (
    Answer,
    ResultRow,
    parse_answer_file,
    parse_result_table,
)

__all__ = [
    "Answer",
    "EwaybillRow",
    "ResultRow",
    "identity_of",
    "parse_answer_file",
    "parse_ewaybill_file",
    "parse_ewaybill_table",
    "parse_portal_file",
    "parse_result_table",
    "portal_entry",
]
