"""How long an e-way bill is valid, and how far its goods go."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ...wire.dates import IST
from ...wire.settings import Settings
from .. import places
from ..places import FOREIGN_PIN

_KM_PER_DAY, _OVERSIZE_KM_PER_DAY = 200, 20
_LONGEST_KM = 3999
_LONGEST_LOCAL_KM = 100


def days(kilometres: int, is_oversize: bool) -> int:
    """Return the days of validity: one for every 200 km begun, 20 km of ODC.

    Source: Notification 94/2020; NIC's announcement of 30-12-2020.
    """
    stretch = _OVERSIZE_KM_PER_DAY if is_oversize else _KM_PER_DAY
    return max(1, -(-kilometres // stretch))


def end(start: datetime, kilometres: int, is_oversize: bool) -> datetime:
    """Return the end of the validity: 11:59 PM of the last day after ``start``, IST.

    Recorded: 10 km from 05/10/2022 until 06/10/2022 11:59:00 PM.
    """
    last = start.astimezone(IST) + timedelta(days=days(kilometres, is_oversize))
    return last.replace(hour=23, minute=59, second=0, microsecond=0)


@dataclass(frozen=True)
class Distance:
    """The distance of a movement, or the code that refuses it.

    :param alert: the portal's ``alert``, "" without one
    :param code: "" if the distance is accepted
    :param known: the portal's own figure, for ``info`` with code 702
    """

    kilometres: int
    alert: str = ""
    code: str = ""
    known: int | None = None


def distance(sent: int | None, start: int, stop: int, settings: Settings) -> Distance:
    """Return the distance between two PIN codes.

    0 asks the portal for it. More than 10 % above its own figure is refused, less is
    taken (NIC 23-04-2019); within a PIN code up to 100 km are.
    """
    if sent is None or not 0 <= sent <= _LONGEST_KM:
        return Distance(0, code="221")
    known = None if FOREIGN_PIN in (start, stop) else places.distance(start, stop)
    if start == stop:
        known = None
        if sent > _LONGEST_LOCAL_KM:
            return Distance(0, code="702", known=_LONGEST_LOCAL_KM)
    if known is None:
        if not sent:
            return Distance(0, code=settings.ewb_distance_code)
        note = "" if start == stop else ", Distance between these pincodes not found, "
        return Distance(sent, note)
    if not sent:
        note = f", Distance between these two pincodes is {known}, "
        return Distance(known, note)
    if 10 * sent > 11 * known:
        return Distance(0, code="702", known=known)
    return Distance(sent)
