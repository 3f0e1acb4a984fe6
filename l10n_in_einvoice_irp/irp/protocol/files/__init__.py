"""Files that a portal's website offers: signed invoices, and lists of results."""

from .portal_file import identity_of, parse_portal_file, portal_entry
from .result_list import (
    Answer,
    ResultRow,
    parse_answer_file,
    parse_result_table,
)

__all__ = [
    "Answer",
    "ResultRow",
    "identity_of",
    "parse_answer_file",
    "parse_portal_file",
    "parse_result_table",
    "portal_entry",
]
