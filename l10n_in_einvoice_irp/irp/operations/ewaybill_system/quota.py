"""Stay within the log-ins and lists that the e-way bill system allows.

Five log-ins in 15 minutes, fifty calls of some lists; each quarter of an hour is
counted from its first call, and after too many the system refuses until it ends (code
658; NIC v1.03, TaxPro). The numbers are data.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ...reference.ewaybill import LIMITS


def next_list(service: str, called_at: Iterable[datetime], now: datetime) -> datetime:
    """Return when a list may be called, ``now`` if at once.

    :param service: its name; without a published number there is no limit.
    :param called_at: when it was called before, aware, in any order.
    :param now: aware.
    """
    most = LIMITS.list_calls.get(service)
    if most is None:
        return now
    return _next(called_at, now, most, LIMITS.list_window)


def next_log_in(logged_in_at: Iterable[datetime], now: datetime) -> datetime:
    """Return when one may log in, as :func:`next_list`."""
    return _next(logged_in_at, now, LIMITS.log_ins, LIMITS.log_in_window)


def _next(
    moments: Iterable[datetime], now: datetime, most: int, window: timedelta
) -> datetime:
    started, count = now, 0
    for moment in sorted(one for one in moments if one <= now):
        if not count or moment >= started + window:
            started, count = moment, 0
        count += 1
    is_full = count >= most and now < started + window
    return started + window if is_full else now
