"""Decide which suppliers must register invoices (``data/applicability.json``).

This depends on the highest aggregate annual turnover (AATO) in any financial year since
2017-18 and on the document date: Notification 13/2020-Central Tax and those that
lowered its threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..reference.datafiles import load_json
from .invoice.document_view import AatoClass


@dataclass(frozen=True)
class Threshold:
    """A turnover above which suppliers must register, from a date on.

    :ivar since: the first document date.
    :ivar above_crore: turnover in crore rupees (1 crore = 10 million).
    :ivar source: the notification.
    """

    since: date
    above_crore: int
    source: str


THRESHOLDS: tuple[Threshold, ...] = tuple(
    Threshold(date.fromisoformat(row["from"]), row["above_crore"], row["source"])
    for row in load_json("applicability.json")["thresholds"]
)


def threshold_on(day: date) -> Threshold | None:
    """Return the threshold for documents dated ``day``; None before e-invoicing began.

    >>> threshold_on(date(2023, 7, 31)).above_crore
    10
    >>> threshold_on(date(2023, 8, 1)).above_crore
    5
    """
    passed = [row for row in THRESHOLDS if row.since <= day]
    return max(passed, key=lambda row: row.since, default=None)


def is_liable(above_crore: int, day: date) -> bool:
    """Return whether a supplier must register documents dated ``day``.

    :param above_crore: the supplier's turnover exceeds this, in crore rupees.

    >>> is_liable(5, date(2023, 7, 31)), is_liable(5, date(2023, 8, 1))
    (False, True)
    """
    threshold = threshold_on(day)
    return threshold is not None and above_crore >= threshold.above_crore


def liable_since(above_crore: int) -> date | None:
    """Return the first document date that a supplier must register; None if never.

    :param above_crore: the supplier's turnover exceeds this, in crore rupees.

    >>> liable_since(10), liable_since(0)
    (datetime.date(2022, 10, 1), None)
    """
    days = (one.since for one in THRESHOLDS if above_crore >= one.above_crore)
    return min(days, default=None)


def reporting_class(above_crore: int) -> AatoClass:
    """Return the class for the 30-day rule (GSTN advisories 13-09-2023, 05-11-2024).

    :param above_crore: the supplier's turnover exceeds this, in crore rupees.
    """
    if above_crore >= 100:
        return "from_100_cr"
    return "from_10_cr" if above_crore >= 10 else "below_10_cr"
