"""Judge a row of the results of a bulk upload: a person's upload, not a call of ours.

The upload is one of e-Invoices, or of e-way bills without an IRN.

A row is not signed. It may refuse a document, because a refusal is no registration; it
never proves one. A row that says neither in published codes leaves the outcome unknown.
"""

from __future__ import annotations

from ..protocol.errors import IrpDuplicate, IrpEwbExists, IrpRejected, PortalError
from ..protocol.files import EwaybillRow, ResultRow
from ..reference.catalogue import EWAYBILL_SYSTEM, entry
from ..reference.ewaybill import ERRORS
from ..reference.profiles.codes import meanings_with
from . import policy, states
from .result import Result

IRN, EWAYBILL = "generate_irn", "generate_ewaybill"
_GROUPS = {IRN: "IRN", EWAYBILL: EWAYBILL_SYSTEM}
_DUPLICATES = ("duplicate", "held_elsewhere", "ewb_exists")
# "retry": the portal may have registered the document before it failed.
_REFUSING = frozenset({"fix_data", "stop", "sync_gstin"})


def judge_row(row: ResultRow | EwaybillRow, attempt: int = 1) -> Result:
    """Return the result of a row.

    ``rejected``: all its errors are published refusals of an invoice, or of an e-way
    bill. ``unknown`` with an `IrpDuplicate` or `IrpEwbExists`: made before, here or
    elsewhere. ``unknown`` with an `IrpRejected`: errors that are no proof of a refusal.
    ``unknown`` without an error: the row says that it was made, or nothing at all.

    :param attempt: number of the attempt that the row answers, from 1.
    """
    service = EWAYBILL if isinstance(row, EwaybillRow) else IRN
    if row.is_registered or not row.errors:
        return Result(states.UNKNOWN)
    first = row.errors[0]
    duplicates = [one for one in row.errors if _kind(one.code, service) in _DUPLICATES]
    if duplicates:
        return Result(states.UNKNOWN, error=_duplicate(duplicates[0], row, service))
    refusal = IrpRejected(first.message, code=first.code, violations=row.errors)
    if not all(_refuses(error.code, service) for error in row.errors):
        return Result(states.UNKNOWN, error=refusal)
    transition = policy.after_generate(refusal, attempt)
    return Result(transition.state, error=refusal, wait=transition.wait)


def _duplicate(
    error: PortalError, row: ResultRow | EwaybillRow, service: str
) -> IrpRejected:
    if service == EWAYBILL:
        return IrpEwbExists(error.message, code=error.code, violations=row.errors)
    return IrpDuplicate(
        error.message,
        code=error.code,
        violations=row.errors,
        elsewhere=_kind(error.code, service) == "held_elsewhere",
    )


def _kind(code: str, service: str) -> str:
    """Return the kind of a code in an answer of a service; "" for a plain one."""
    meanings = meanings_with(())
    return next((one.kind for one in meanings if one.covers(code, service)), "")


def _refuses(code: str, service: str) -> bool:
    found = entry(code, _GROUPS[service])
    is_published = found.group == _GROUPS[service] and not _kind(code, service)
    if service == EWAYBILL:
        is_published = is_published and "GEN" in ERRORS[code].services
    return is_published and found.remedy in _REFUSING
