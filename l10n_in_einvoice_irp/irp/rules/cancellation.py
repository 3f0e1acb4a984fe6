"""Check a cancellation as the portal would, before it is sent.

The reasons, lengths and hours are data (``data/cancellation.json``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from ..reference.datafiles import load_json
from .invoice.violation import Violation, make_violation

Kind = Literal["irn", "ewb"]
_FORBIDDEN = re.compile(r'["\\]')


@dataclass(frozen=True)
class CancelRules:
    """The rules for cancelling an IRN or an e-way bill.

    :ivar reasons: the portal's reasons by code.
    :ivar window: how long it can be cancelled.
    :ivar codes: the portal's error code for each fault.
    :ivar members: member names in the request.
    """

    reasons: Mapping[str, str]
    longest_remark: int
    window: timedelta
    codes: Mapping[str, str]
    members: Mapping[str, str]


def _load(row: Mapping[str, Any]) -> CancelRules:
    return CancelRules(
        reasons=MappingProxyType(row["reasons"]),
        longest_remark=row["longest_remark"],
        window=timedelta(hours=row["hours"]),
        codes=MappingProxyType(row["codes"]),
        members=MappingProxyType(row["members"]),
    )


_DATA = load_json("cancellation.json")

CANCEL_RULES: Mapping[Kind, CancelRules] = MappingProxyType(
    {"irn": _load(_DATA["irn"]), "ewb": _load(_DATA["ewb"])}
)
IRN_CANCEL_REASONS = CANCEL_RULES["irn"].reasons
"""Reasons for cancelling an IRN, by code (NIC "Cancel IRN" v1.03)."""
EWB_CANCEL_REASONS = CANCEL_RULES["ewb"].reasons
"""Reasons for cancelling an e-way bill, by code; they differ from those for an IRN."""


def cancel_violations(
    kind: Kind,
    reason: str,
    remark: str,
    *,
    since: datetime | None = None,
    now: datetime | None = None,
    ewb_active: bool = False,
) -> list[Violation]:
    """Check a cancellation as the portal would (NIC "Cancel IRN", "Cancel EWB" v1.03).

    :param kind: "irn" or "ewb".
    :param since: start of the 24 hours: AckDt of the IRN, or entry of Part B of the
        e-way bill; aware. Without it or ``now`` the window is not checked.
    :param now: aware.
    :param ewb_active: whether the IRN has an active e-way bill (2230).
    :return: every violation, with the portal's code.
    """
    rules = CANCEL_RULES[kind]
    found = [*_reason(rules, reason), *_remark(rules, remark)]
    if since and now and now - since > rules.window:
        hours = round(rules.window.total_seconds() / 3600)
        message = f"The {hours} hours for cancelling have passed."
        found.append(make_violation(rules.codes["too_late"], "", None, message))
    if kind == "irn" and ewb_active:
        message = "The IRN has an active e-way bill; cancel that first."
        found.append(make_violation("2230", "", None, message))
    return found


def time_left(kind: Kind, since: datetime, now: datetime) -> timedelta:
    """Return the time left to cancel; zero once the window has closed."""
    return max(timedelta(0), since + CANCEL_RULES[kind].window - now)


def _reason(rules: CancelRules, reason: str) -> Iterator[Violation]:
    if reason not in rules.reasons:
        known = ", ".join(f"{code} {text}" for code, text in rules.reasons.items())
        message = f"“{reason}” is not a reason for cancelling; choose one of {known}."
        yield make_violation(
            rules.codes["reason"], rules.members["reason"], reason, message
        )


def _remark(rules: CancelRules, remark: str) -> Iterator[Violation]:
    path, most = rules.members["remark"], rules.longest_remark
    if not remark.strip():
        message = "Write a remark on why it is cancelled."
        yield make_violation(rules.codes["no_remark"], path, remark, message)
    elif len(remark) > most:
        message = f"The remark has {len(remark)} characters; it may have {most}."
        yield make_violation(rules.codes["remark"], path, remark, message)
    elif _FORBIDDEN.search(remark):
        message = 'The remark must not contain " or \\.'
        yield make_violation(rules.codes["remark"], path, remark, message)
