"""Check the format and the check digit of a GSTIN or a transporter ID.

The check digit is computed with python-stdnum (Luhn mod 36). Its ``in_.gstin`` accepts
only regular taxpayers and refuses UN bodies (UIN), non-residents, tax deductors and
collectors, Ladakh and transporters (TRANSIN). All of these have the same check digit,
as published numbers of each kind show; a transporter's common enrolment number has
none.
"""

from __future__ import annotations

import re

from stdnum import luhn

from .codes import states

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# suppliers of online services from abroad (OIDAR) are registered with the centre
_CENTRE = "99"
_FORM = re.compile(r"[0-9]{2}[0-9A-Z]{13}")
_ENROLMENT_PREFIX = "88"
_ENROLMENT = re.compile(r"88[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]{3}")


def has_gstin_form(text: str) -> bool:
    """Return whether ``text`` has the schema's format: 2 digits, 13 of 0-9 and A-Z."""
    return bool(_FORM.fullmatch(text))


def has_check_digit(gstin: str) -> bool:
    """Return whether ``gstin`` has 15 characters and ends in its check digit.

    NIC's sandbox uses GSTINs with a wrong check digit, the real portals do not.
    """
    return has_gstin_form(gstin) and luhn.is_valid(gstin, _ALPHABET)


def is_common_enrolment(number: str) -> bool:
    """Return whether ``number`` is a transporter's common enrolment number.

    It consists of "88", the PAN, and the last three characters of one of the carrier's
    GSTINs (rule 58(1A), NIC advisory of 10-11-2023), so it has no check digit.
    """
    return bool(_ENROLMENT.fullmatch(number))


def transporter_fault(number: str) -> str:
    """Return the fault in a transporter ID, "" if none is found.

    :param number: a GSTIN, the TRANSIN of an enrolled transporter, or a common
        enrolment number.
    :return: ``length``, ``form``, ``enrolment`` (begins with 88, but is not a common
        enrolment number) or ``check_digit``.
    """
    if len(number) != 15:
        return "length"
    if not has_gstin_form(number):
        return "form"
    if number.startswith(_ENROLMENT_PREFIX):
        return "" if is_common_enrolment(number) else "enrolment"
    return "" if has_check_digit(number) else "check_digit"


def clean_gstin(text: str) -> str:
    """Return ``text`` in upper case, without spaces, hyphens and dots."""
    return re.sub(r"[\s.\-]", "", text).upper()


def gstin_fault(gstin: str) -> str:
    """Return the fault in a cleaned GSTIN, "" if only the portal can find one.

    :return: ``length``, ``form``, ``state`` (no such state code) or ``check_digit``.
    """
    if len(gstin) != 15:
        return "length"
    if not has_gstin_form(gstin):
        return "form"
    if gstin[:2] not in states() and gstin[:2] != _CENTRE:
        return "state"
    return "" if has_check_digit(gstin) else "check_digit"
