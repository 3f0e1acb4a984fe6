"""Current time, Indian time, and conversion to and from the times that Odoo stores.

Odoo stores UTC without a time zone ("stored" below), the portal uses Indian time, and
the client takes and returns aware datetimes.
"""

from datetime import date, datetime, time, timezone

from ..irp.reference import IST, indian_date

# for Odoo's functions, which take the name of a zone
INDIA = "Asia/Kolkata"


def now_utc() -> datetime:
    """Return the current time, aware."""
    return datetime.now(timezone.utc)


def indian_today() -> date:
    """Return today's date in India, whatever the user's time zone."""
    return indian_date(now_utc())


def indian_midnight(day: date) -> datetime:
    """Return the start of a day in India, as Odoo stores it."""
    return utc(datetime.combine(day, time(), IST))


def aware(moment: datetime) -> datetime:
    """Return a stored datetime with its time zone, UTC."""
    return moment.replace(tzinfo=timezone.utc)


def utc(moment):
    """Return an aware datetime as Odoo stores it; False if there is none."""
    if not moment:
        return False
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def indian_time(moment: datetime) -> datetime:
    """Return a stored datetime in Indian time, aware."""
    return aware(moment).astimezone(IST)


def portal_time(moment) -> str:
    """Return a stored datetime as the portal writes it (AckDt): Indian time, to the
    second; "" if there is none."""
    return indian_time(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def printed_date(day: date) -> str:
    """Return a date as Indian documents print it."""
    return day.strftime("%d/%m/%Y")


def printed_time(moment) -> str:
    """Return a stored datetime as Indian documents print it: Indian time, to the
    minute; "" if there is none."""
    return indian_time(moment).strftime("%d/%m/%Y %H:%M") if moment else ""
