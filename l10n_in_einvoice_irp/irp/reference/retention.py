"""Compute how long records have to be preserved (``data/retention.json``)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

from .datafiles import load_json


def evidence_until(day: date) -> date:
    """Return until when evidence of a day is preserved (CGST Act 2017, section 36).

    >>> evidence_until(date(2026, 1, 15))
    datetime.date(2034, 1, 15)
    >>> evidence_until(date(2028, 2, 29))
    datetime.date(2036, 2, 29)
    """
    years: int = _retention()["evidence"]["years"]
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        # 29 February, and the other year has none
        return date(day.year + years, 3, 1)


def calls_until(day: date) -> date:
    """Return until when the log of a day's other calls is preserved (CERT-In).

    >>> calls_until(date(2026, 1, 15))
    datetime.date(2026, 7, 14)
    """
    return day + timedelta(days=_retention()["calls"]["days"])


@cache
def _retention() -> dict[str, Any]:
    retention: dict[str, Any] = load_json("retention.json")
    return retention
