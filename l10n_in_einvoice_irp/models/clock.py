"""The present moment, Indian time, and the change between it and what Odoo stores.

Odoo stores UTC without a time zone ("stored" below), the portal counts in Indian time,
and the client takes and returns aware moments.
"""

from datetime import date, datetime, time, timezone

from ..irp.reference import IST, indian_date

# for Odoo's own functions, which take the name of a zone
INDIA = "Asia/Kolkata"


def now_utc() -> datetime:
    """Return the present moment, aware."""
    return datetime.now(timezone.utc)


def indian_today() -> date:
    """Return the day that it is in India, whatever the user's own time zone."""
    return indian_date(now_utc())


def indian_midnight(day: date) -> datetime:
    """Return the beginning of a day in India, as Odoo stores it."""
    return utc(datetime.combine(day, time(), IST))


def aware(moment: datetime) -> datetime:
    """Return a stored moment with its time zone, UTC."""
    return moment.replace(tzinfo=timezone.utc)


def utc(moment):
    """Return an aware moment as Odoo stores it; False if there is none."""
    if not moment:
        return False
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def indian_time(moment: datetime) -> datetime:
    """Return a stored moment in Indian time, aware."""
    return aware(moment).astimezone(IST)


def portal_time(moment) -> str:
    """Return a stored moment as the portal writes it (AckDt): Indian time, to the
    second; "" if there is none."""
    return indian_time(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
