"""The form and the check digit of a GSTIN, or of a transporter's TRANSIN.

The check digit is python-stdnum's (Luhn's method modulo 36). Its ``in_.gstin`` knows
the numbers of regular taxpayers alone: those of UN bodies (UIN), non-residents, tax
deductors and collectors, of Ladakh and of transporters (TRANSIN) it refuses.
"""

from __future__ import annotations

import re

from stdnum import luhn

from .codes import states

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# services from abroad (OIDAR) are registered with the centre, which is no state
_CENTRE = "99"
_FORM = re.compile(r"[0-9]{2}[0-9A-Z]{13}")


def has_gstin_form(text: str) -> bool:
    """Whether ``text`` fits the schema's pattern: two digits, thirteen of 0-9 A-Z."""
    return bool(_FORM.fullmatch(text))


def has_check_digit(gstin: str) -> bool:
    """Whether the last of the 15 characters of ``gstin`` is its check digit.

    NIC's sandbox works with GSTINs whose check digit is wrong, the real portals do not.
    """
    return has_gstin_form(gstin) and luhn.is_valid(gstin, _ALPHABET)


def clean_gstin(text: str) -> str:
    """``text`` as a GSTIN is written: capitals, without blanks, hyphens and dots."""
    return re.sub(r"[\s.\-]", "", text).upper()


def gstin_fault(gstin: str) -> str:
    """What is wrong with a clean ``gstin``, "" if nothing can be told without a portal.

    :return: ``length``, ``form``, ``state`` (no state's code) or ``check_digit``.
    """
    if len(gstin) != 15:
        return "length"
    if not has_gstin_form(gstin):
        return "form"
    if gstin[:2] not in states() and gstin[:2] != _CENTRE:
        return "state"
    return "" if has_check_digit(gstin) else "check_digit"
