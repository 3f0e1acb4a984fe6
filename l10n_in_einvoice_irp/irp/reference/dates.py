"""Parse and format the portal's dates: IST without an offset, in several formats.

``parse_…`` raises ValueError for an invalid text; ``read_…`` returns None.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

IST = timezone(timedelta(hours=5, minutes=30), "IST")
"""Indian Standard Time. India has had no other offset since 1945."""
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""A year outside is no date: .NET writes 0001-01-01 for none, and neither end of time
survives a change of zone."""

_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?)?"
    r"\s?(?P<zone>Z|[+-]\d\d:?\d\d)?(?P<half>)"
)
_DAY = re.compile(r"\s*(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})\s*")
_INDIAN = re.compile(
    r"(?P<day>\d\d?)/(?P<month>\d\d?)/(?P<year>\d{4})"
    r"(?:[T ]+(?P<hour>\d\d?)[:.](?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?)?"
    r"\s*(?P<half>[AaPp][Mm])?(?P<zone>)"
)


def indian_date(moment: datetime) -> date:
    """Return the date in India at an aware ``moment``."""
    return moment.astimezone(IST).date()


def written(day: date) -> str:
    """Return ``day`` as the portal writes it: dd/MM/yyyy."""
    return day.strftime("%d/%m/%Y")


def parse_date(text: str) -> date:
    """Return the date that dd/MM/yyyy stands for; ValueError if there is none."""
    match = _DAY.fullmatch(text)
    if match is None:
        raise ValueError(f"not a date as dd/MM/yyyy: {text[:40]!r}")
    return date(_year(match["year"]), int(match["month"]), int(match["day"]))


def read_date(text: str) -> date | None:
    """Return the date of a dd/MM/yyyy text; None if it is not a valid date."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def read_http_date(text: str) -> datetime | None:
    """Return the aware moment of an HTTP date (RFC 9110, 5.6.7); None if it is none."""
    try:
        moment = parsedate_to_datetime(text)
        _year(str(moment.year))
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    except (TypeError, ValueError, OverflowError):
        return None


def parse_portal_datetime(text: object) -> datetime | None:
    """Return a date and time of the portal, aware, in IST; None for an empty value.

    Known notations: ``yyyy-MM-dd HH:mm:ss`` (AckDt, IrnDt, TokenExpiry: NIC "Generate
    IRN" v1.03), the same without seconds, with ``T``, a fraction or a zone, and
    ``dd/MM/yyyy hh:mm:ss AM/PM`` (e-way bill; NIC's samples also hold 12.00:00 PM and
    23:59:00 PM). Raises ValueError for anything else, a
    year before 1900 or after 2199 included.
    """
    value = text.strip() if isinstance(text, str) else str(text or "")
    if not value:
        return None
    match = _ISO.fullmatch(value) or _INDIAN.fullmatch(value)
    if match is None:
        raise ValueError(f"not a date of the portal: {value[:40]!r}")
    moment = datetime(
        _year(match["year"]),
        int(match["month"]),
        int(match["day"]),
        _hour(int(match["hour"] or 0), (match["half"] or "").upper()),
        int(match["minute"] or 0),
        int(match["second"] or 0),
        tzinfo=_zone(match["zone"]),
    )
    return moment.astimezone(IST)


def read_portal_datetime(text: object) -> datetime | None:
    """Return :func:`parse_portal_datetime` of ``text``; None if it is invalid.

    For optional dates: an invalid one must not make the whole response unusable.
    """
    try:
        return parse_portal_datetime(text)
    except ValueError:
        return None


def _year(digits: str) -> int:
    year = int(digits)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"not a date of the portal: the year {year}")
    return year


def _hour(hour: int, half: str) -> int:
    if half == "PM" and hour < 12:
        return hour + 12
    if half == "AM" and hour == 12:
        return 0
    return hour


def _zone(mark: str | None) -> timezone:
    if not mark:
        return IST
    if mark == "Z":
        return timezone.utc
    sign = -1 if mark[0] == "-" else 1
    hours, minutes = int(mark[1:3]), int(mark[-2:])
    return timezone(sign * timedelta(hours=hours, minutes=minutes))
