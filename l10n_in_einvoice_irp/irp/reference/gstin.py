"""The form and the check digit of a GSTIN, or of a transporter's ID.

The check digit is python-stdnum's (Luhn's method modulo 36). Its ``in_.gstin`` knows
the numbers of regular taxpayers alone: those of UN bodies (UIN), non-residents, tax
deductors and collectors, of Ladakh and of transporters (TRANSIN) it refuses. All of
these end in the same check digit, as published numbers of each kind show; the common
enrolment number of a transporter does not.
"""

from __future__ import annotations

import re

from stdnum import luhn

from .codes import states

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# services from abroad (OIDAR) are registered with the centre, which is no state
_CENTRE = "99"
_FORM = re.compile(r"[0-9]{2}[0-9A-Z]{13}")
_ENROLMENT_PREFIX = "88"
_ENROLMENT = re.compile(r"88[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]{3}")


def has_gstin_form(text: str) -> bool:
    """Return whether ``text`` has the schema's form: 2 digits, 13 of 0-9 and A-Z."""
    return bool(_FORM.fullmatch(text))


def has_check_digit(gstin: str) -> bool:
    """Return whether the last of the 15 characters of ``gstin`` is its check digit.

    NIC's sandbox works with GSTINs whose check digit is wrong, the real portals do not.
    """
    return has_gstin_form(gstin) and luhn.is_valid(gstin, _ALPHABET)


def is_common_enrolment(number: str) -> bool:
    """Return whether ``number`` is a transporter's common enrolment number.

    It is "88", the PAN, and the last three characters of one of the carrier's GSTINs
    (rule 58(1A), NIC advisory of 10-11-2023), so it has no check digit.
    """
    return bool(_ENROLMENT.fullmatch(number))


def transporter_fault(number: str) -> str:
    """Return what is wrong with a transporter's ID, "" if nothing is known to be.

    A GSTIN, the TRANSIN of an enrolled transporter, or a common enrolment number.

    :return: ``length``, ``form``, ``enrolment`` (88…, but not of its form) or
        ``check_digit``.
    """
    if len(number) != 15:
        return "length"
    if not has_gstin_form(number):
        return "form"
    if number.startswith(_ENROLMENT_PREFIX):
        return "" if is_common_enrolment(number) else "enrolment"
    return "" if has_check_digit(number) else "check_digit"


def clean_gstin(text: str) -> str:
    """Return ``text`` in capitals, without spaces, hyphens and dots."""
    return re.sub(r"[\s.\-]", "", text).upper()


def gstin_fault(gstin: str) -> str:
    """Return what is wrong with a clean ``gstin``, "" if only the portal could say.

    :return: ``length``, ``form``, ``state`` (no state's code) or ``check_digit``.
    """
    if len(gstin) != 15:
        return "length"
    if not has_gstin_form(gstin):
        return "form"
    if gstin[:2] not in states() and gstin[:2] != _CENTRE:
        return "state"
    return "" if has_check_digit(gstin) else "check_digit"
