"""The form and the check digit of a GSTIN, or of a transporter's TRANSIN."""

from __future__ import annotations

import re

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FORM = re.compile(r"[0-9]{2}[0-9A-Z]{13}")


def has_gstin_form(text: str) -> bool:
    """Whether ``text`` fits the schema's pattern: two digits, thirteen of 0-9 A-Z."""
    return bool(_FORM.fullmatch(text))


def gstin_check_digit(gstin: str) -> str:
    """Return the check digit of the first 14 characters of ``gstin``.

    Luhn's method modulo 36 with factors 1 and 2 from the left, as GSTN uses it.

    >>> gstin_check_digit("29AAACP7879D1Z")
    '0'
    """
    total = 0
    for place, character in enumerate(gstin[:14]):
        product = _DIGITS.index(character) * (1 + place % 2)
        total += product // 36 + product % 36
    return _DIGITS[-total % 36]


def has_check_digit(gstin: str) -> bool:
    """Whether the last of the 15 characters of ``gstin`` is its check digit.

    NIC's sandbox works with GSTINs whose check digit is wrong, the real portals do not.
    """
    return has_gstin_form(gstin) and gstin_check_digit(gstin) == gstin[-1]
