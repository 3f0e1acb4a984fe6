"""How long an e-way bill is valid, counted as the law does.

CGST Rule 138(10) with its Explanations, Notification 94/2020-Central Tax: a day for
every 200 km begun (20 km for over-dimensional cargo, or with a leg by ship), from the
first Part B, each day to the midnight after it; the portal writes 11:59 PM. Extension:
Rule 138(10), third proviso, and NIC 17-12-2024 (360 days).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from ...reference.dates import IST, indian_date
from ...reference.ewaybill import LIMITS, extension_days, km_per_day
from .standing import Standing

_LAST_MINUTE = time(23, 59, tzinfo=IST)


def validity_days(km: int, day: date, *, oversize: bool) -> int:
    """Return the days of validity for ``km``, at least one.

    :param km: distance in kilometres.
    :param day: the day in India on which it begins.
    :param oversize: over-dimensional cargo, or a journey with a leg by ship.
    """
    per_day = km_per_day(day, oversize=oversize)
    return max(1, -(-km // per_day))


def valid_until(started_at: datetime, km: int, *, oversize: bool = False) -> datetime:
    """Return the end of the validity, aware, in IST: 11:59 PM of its last day.

    :param started_at: when the first Part B was entered; aware.
    """
    day = indian_date(started_at)
    days = validity_days(km, day, oversize=oversize)
    return datetime.combine(day + timedelta(days=days), _LAST_MINUTE)


def extended_until(
    bill: Standing,
    remaining_km: int,
    now: datetime,
    *,
    from_expiry: bool = LIMITS.extension_from_expiry,
) -> datetime | None:
    """Return the end after an extension by ``remaining_km`` at ``now`` (aware).

    Never beyond 360 days from generation; None if these are over (821).

    :param from_expiry: whether it is counted from the end before; in the one recording
        it is counted from the moment.
    """
    begins = bill.valid_until if from_expiry and bill.valid_until else now
    end = valid_until(begins, remaining_km, oversize=bill.is_oversize)
    last = last_extension(bill, now)
    if last is not None and now > last:
        return None
    return min(end, last) if last else end


def last_extension(bill: Standing, now: datetime) -> datetime | None:
    """Return the moment beyond which a bill cannot be extended (821); None if there is
    no such limit, or its generation is not known."""
    days = extension_days(indian_date(now))
    if days is None or bill.generated_at is None:
        return None
    day = indian_date(bill.generated_at) + timedelta(days=days)
    return datetime.combine(day, _LAST_MINUTE)


def extension_window(valid_until: datetime) -> tuple[datetime, datetime]:
    """Return the first and the last moment to extend in: 8 hours before and after the
    end of the validity (382)."""
    return valid_until - LIMITS.extend_before, valid_until + LIMITS.extend_after


def cancel_begins(
    bill: Standing, *, from_part_b: bool = LIMITS.cancel_from_part_b
) -> datetime | None:
    """Return when the hours for cancelling begin: with the first Part B (728), or with
    the generation if that had one (315); None before Part B, or if it is not known.

    :param from_part_b: False: always with the generation (Rule 138(9)).
    """
    if not from_part_b:
        return bill.generated_at
    return None if bill.has_part_b is False else bill.part_b_at or bill.generated_at


def reject_until(generated_at: datetime) -> datetime:
    """Return the last moment to reject in: 72 hours from generation (346; Rule
    138(12))."""
    return generated_at + LIMITS.reject_within


def cancel_until(since: datetime) -> datetime:
    """Return the last moment to cancel in: 24 hours from generation (315; Rule
    138(9)), or from a Part B that was entered later (728)."""
    return since + LIMITS.cancel_within
