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
from .invoice.violation import Violation, _lt

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
        message = _lt("The %(hours)s hours for cancelling have passed.")
        code, params = rules.codes["too_late"], {"hours": hours}
        found.append(Violation(code, "", None, "cancel_too_late", message, params))
    if kind == "irn" and ewb_active:
        message = _lt("The IRN has an active e-Way Bill. Cancel that first.")
        found.append(Violation("2230", "", None, "ewaybill_active", message))
    return found


def time_left(kind: Kind, since: datetime, now: datetime) -> timedelta:
    """Return the time left to cancel; zero once the window has closed."""
    return max(timedelta(0), since + CANCEL_RULES[kind].window - now)


def _reason(rules: CancelRules, reason: str) -> Iterator[Violation]:
    if reason not in rules.reasons:
        known = ", ".join(f"{code} {text}" for code, text in rules.reasons.items())
        yield Violation(
            rules.codes["reason"],
            rules.members["reason"],
            reason,
            "cancel_reason",
            _lt(
                "“%(reason)s” is not a reason for cancelling. Choose one of %(known)s."
            ),
            {"reason": reason, "known": known},
        )


def _remark(rules: CancelRules, remark: str) -> Iterator[Violation]:
    path, most = rules.members["remark"], rules.longest_remark
    if not remark.strip():
        message = _lt("Enter a remark: why it is cancelled.")
        yield Violation(
            rules.codes["no_remark"], path, remark, "cancel_remark_missing", message
        )
    elif len(remark) > most:
        yield Violation(
            rules.codes["remark"],
            path,
            remark,
            "cancel_remark_too_long",
            _lt("The remark has %(length)s characters; %(most)s are allowed."),
            {"length": len(remark), "most": most},
        )
    elif _FORBIDDEN.search(remark):
        message = _lt('The remark must not contain " or \\.')
        yield Violation(
            rules.codes["remark"], path, remark, "cancel_remark_characters", message
        )
