"""Format the portal's times: Indian Standard Time, without a time zone."""

from datetime import date, datetime, timedelta, timezone

IST = timezone(timedelta(hours=5, minutes=30), "IST")
WIRE_FORMAT = "%Y-%m-%d %H:%M:%S"
_ACK_STYLES = {
    "seconds": WIRE_FORMAT,
    "minute": "%Y-%m-%d %H:%M:00",
    "short": "%Y-%m-%d %H:%M",
}


def utc_now() -> datetime:
    """Return the current time, aware; the default clock of a portal."""
    return datetime.now(timezone.utc)


def to_wire(moment: datetime) -> str:
    """Return ``moment`` (aware) as ``yyyy-MM-dd HH:mm:ss`` in IST."""
    return moment.astimezone(IST).strftime(WIRE_FORMAT)


def from_wire(text: str) -> datetime:
    """Return the aware datetime of a ``yyyy-MM-dd HH:mm:ss`` text in IST.

    :raises ValueError: the text has another format
    """
    return datetime.strptime(text, WIRE_FORMAT).replace(tzinfo=IST)


def restyle(wire: str, style: str) -> str:
    """Return the wire text with its seconds in the style of the dialect.

    ``seconds`` leaves them, ``minute`` replaces them by ``00`` (both were recorded),
    ``short`` removes them.
    """
    return from_wire(wire).strftime(_ACK_STYLES[style])


def document_date(text: object) -> date:
    """Return the date of a ``dd/MM/yyyy`` text (form INV-01, ``DocDtls.Dt``).

    :raises ValueError: anything else
    """
    if not isinstance(text, str) or len(text) != 10:
        raise ValueError("a date must be text in the format dd/MM/yyyy")
    return datetime.strptime(text, "%d/%m/%Y").replace(tzinfo=IST).date()


def financial_year(day: date) -> str:
    """Return the Indian financial year, April to March, as ``2025-26``."""
    start = day.year if day.month >= 4 else day.year - 1
    return f"{start}-{(start + 1) % 100:02d}"
