"""Judge a row of the results of a bulk upload: a person's upload, not a call of ours.

A row is not signed. It may refuse a document, because a refusal is no registration; it
never proves one. A row that says neither in published codes leaves the outcome unknown.
"""

from __future__ import annotations

from ..protocol.errors import IrpDuplicate, IrpRejected
from ..protocol.files import ResultRow
from ..reference.catalogue import entry
from ..reference.profiles.codes import meanings_with
from . import policy, states
from .result import Result

_SERVICE = "generate_irn"
_DUPLICATES = ("duplicate", "held_elsewhere")
# "retry": the portal may have registered the document before it failed.
_REFUSING = frozenset({"fix_data", "stop", "sync_gstin"})


def judge_row(row: ResultRow, attempt: int = 1) -> Result:
    """Return the result of a row.

    ``rejected``: all its errors are published refusals of an invoice. ``unknown`` with
    an `IrpDuplicate`: registered before, here or at another IRP. ``unknown`` with an
    `IrpRejected`: errors that are no proof of a refusal. ``unknown`` without an error:
    the row says that the document is registered, or nothing at all.

    :param attempt: number of the attempt that the row answers, from 1.
    """
    if row.is_registered or not row.errors:
        return Result(states.UNKNOWN)
    first = row.errors[0]
    kinds = {_kind(error.code) for error in row.errors}
    if kinds & {*_DUPLICATES}:
        duplicate = next(one for one in row.errors if _kind(one.code) in _DUPLICATES)
        refusal: IrpRejected = IrpDuplicate(
            duplicate.message,
            code=duplicate.code,
            violations=row.errors,
            elsewhere=_kind(duplicate.code) == "held_elsewhere",
        )
        return Result(states.UNKNOWN, error=refusal)
    refusal = IrpRejected(first.message, code=first.code, violations=row.errors)
    if not all(_refuses(error.code) for error in row.errors):
        return Result(states.UNKNOWN, error=refusal)
    transition = policy.after_generate(refusal, attempt)
    return Result(transition.state, error=refusal, wait=transition.wait)


def _kind(code: str) -> str:
    """Return the kind of a code in an answer to Generate IRN; "" for a plain one."""
    meanings = meanings_with(())
    return next((one.kind for one in meanings if one.covers(code, _SERVICE)), "")


def _refuses(code: str) -> bool:
    found = entry(code, "IRN")
    is_published = found.group == "IRN" and not _kind(code)
    return is_published and found.remedy in _REFUSING
