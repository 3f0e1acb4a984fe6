"""Settle lost answers of the e-way bill system by the matching look-up.

Which look-up and which evidence belong to an action is data (``LOOK_UPS``). Only what
the portal shows counts: evidence proves that the action was carried out, and its
absence that it was not, once the call can no longer be in progress. Every other answer
leaves it open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from ...client.ewaybill_api import EwaybillApi
from ...protocol.errors import IrpError, IrpNotFound
from ...protocol.ewaybill import Bill, PartB, TripSheet
from ...reference.codes import is_gold_alone
from ...reference.ewaybill import LOOK_UPS
from ...rules.ewaybill import ActionRequest, Generate, Standing
from .. import policy

Verdict = Literal["done", "not_done", "open", "repeat"]
# by how much the portal's clock may differ from the one that `Lost.sent_at` is by, and
# how much older an entry has to be to prove nothing
_CLOCKS = timedelta(minutes=1)
_DOUBT = timedelta(minutes=3)


@dataclass(frozen=True)
class Lost:
    """An action without an answer.

    :ivar request: what was sent.
    :ivar before: what was known of the bill when it was sent.
    :ivar sent_at: aware; by the portal's clock, or ours.
    :ivar number: a bill to look up: that of the request, or for a consolidated bill one
        of those on it.
    :ivar in_flight: how much longer the call may be in progress, so that absence proves
        nothing yet.
    """

    request: ActionRequest
    before: Standing
    sent_at: datetime
    number: str = ""
    in_flight: timedelta = policy.NO_TIME


@dataclass(frozen=True)
class Settlement:
    """The result of a look-up.

    :ivar verdict: "done"; "not_done" (it may be sent again); "open" (ask again, or a
        person decides); "repeat" (the portal takes the same request twice for once).
    :ivar bill: the bill as the portal shows it; None if it shows none.
    :ivar number: of the bill, or of the consolidated bill, that the action made; "" if
        it made none.
    :ivar bills: the numbers on the consolidated bill that the action made.
    :ivar error: why it is open; None otherwise.
    """

    verdict: Verdict
    bill: Bill | None = None
    number: str = ""
    error: IrpError | None = None
    bills: tuple[str, ...] = ()


def settle(api: EwaybillApi, lost: Lost) -> Settlement:
    """Look up whether ``lost`` was carried out. Never raises an IrpError."""
    look_up = LOOK_UPS[lost.request.action]
    if not look_up.service:
        is_repeatable = look_up.evidence == "again" and not lost.in_flight
        return Settlement("repeat" if is_repeatable else "open")
    try:
        return _SETTLERS[look_up.evidence](api, lost)
    except IrpNotFound as error:
        if isinstance(lost.request, Generate) and not lost.in_flight:
            return Settlement("not_done")
        return Settlement("open", error=error)
    except IrpError as error:
        return Settlement("open", error=error)


def standing_of(bill: Bill) -> Standing:
    """Return what a fetched bill says for the checks before a call."""
    newest = bill.newest
    moments = [one.entered_at for one in bill.vehicles if one.entered_at]
    return Standing(
        number=bill.number,
        generator=bill.generator,
        supplier=bill.from_gstin,
        recipient=bill.to_gstin,
        transporter=bill.transporter_id,
        generated_at=bill.generated_at,
        valid_until=bill.valid_until,
        has_part_b=bool(bill.vehicles or bill.valid_until),
        part_b_by=newest.entered_by if newest else "",
        part_b_at=min(moments, default=None),
        distance_km=bill.distance_km,
        is_cancelled=bill.is_cancelled,
        is_rejected=bill.is_rejected,
        is_gold=is_gold_alone(item.hsn for item in bill.items),
        # Transport by ship counts as over-dimensional cargo (Rule 138(10)).
        is_oversize=bill.vehicle_type == "O" or bool(newest and newest.mode == "4"),
        has_groups=any(one.group for one in bill.vehicles),
        quantities=_quantities(bill),
    )


def _quantities(bill: Bill) -> tuple[tuple[str, Any], ...]:
    totals: dict[str, Any] = {}
    for item in bill.items:
        totals[item.unit] = totals.get(item.unit, 0) + item.quantity
    return tuple(totals.items())


# --- evidence ------------------------------------------------------------------------


def _same_document(api: EwaybillApi, lost: Lost) -> Settlement:
    """The bill of the document is ours if it has the request's date and parties.

    A cancelled one frees the number of its document, but is ours as well if it was made
    since: who cancelled it wants no other one.
    """
    request = lost.request
    assert isinstance(request, Generate)
    found = api.get_ewaybill_by_document(request.doc_type, request.doc_number)
    bill = api.get_ewaybill(found.number)
    ours = (
        bill.doc_number.upper() == request.doc_number.upper()
        and bill.doc_date == request.doc_date
        and (bill.from_gstin, bill.to_gstin) == (request.from_gstin, request.to_gstin)
    )
    if bill.is_cancelled:
        is_made = ours and _is_since(lost, bill.generated_at)
        return Settlement(_verdict(lost, is_made), bill, bill.number)
    return Settlement("done" if ours else "open", bill, bill.number)


def _by(shows: Callable[[Lost, Bill], bool | None]) -> Callable[..., Settlement]:
    """Return the settlement by one fetched bill and what it shows, None if nothing."""

    def settled(api: EwaybillApi, lost: Lost) -> Settlement:
        bill = api.get_ewaybill(lost.number or lost.before.number)
        return Settlement(_verdict(lost, shows(lost, bill)), bill)

    return settled


def _verdict(lost: Lost, is_shown: bool | None) -> Verdict:
    if is_shown:
        return "done"
    return "open" if lost.in_flight or is_shown is None else "not_done"


def _vehicle(lost: Lost, bill: Bill) -> bool | None:
    """The history counts, not the newest alone: another may have followed since."""
    entries = [one for one in bill.vehicles if not one.group]
    return _is_entered(lost, entries, _of(lost, "vehicle"), _of(lost, "document"))


def _group_vehicle(lost: Lost, bill: Bill) -> bool | None:
    entries = [one for one in bill.vehicles if one.group == _of(lost, "group")]
    vehicle = _of(lost, "vehicle") or _of(lost, "new_vehicle")
    document = _of(lost, "document") or _of(lost, "new_document")
    return _is_entered(lost, entries, vehicle, document)


def _transporter(lost: Lost, bill: Bill) -> bool:
    return bill.transporter_id == _of(lost, "transporter_id")


def _extended(lost: Lost, bill: Bill) -> bool | None:
    """A later end than before proves it, as `.step.act` has fetched the end before;
    without that end, nothing does."""
    before = lost.before.valid_until
    if before is None or bill.valid_until is None:
        return None
    return bill.valid_until > before


def _cancelled(lost: Lost, bill: Bill) -> bool:
    return bill.is_cancelled


def _rejected(lost: Lost, bill: Bill) -> bool:
    return bill.is_rejected


def _trip_sheet(api: EwaybillApi, lost: Lost) -> Settlement:
    """A consolidated bill writes its number into the Part B of each bill on it.

    Nobody publishes whether that is a new entry or the one in force: any new number
    counts, and GetTripSheet says when it was made, and of what. That there is none is
    believed if all bills and the previous number agree.
    """
    bill = api.get_ewaybill(lost.number)
    wanted = set(getattr(lost.request, "bills", ())) or {lost.number}
    sheet, is_shown = _new_sheet(api, lost, bill)
    if sheet is not None:
        held = tuple(one.number for one in sheet.bills)
        verdict: Verdict = "done" if wanted.issubset(held) else "open"
        return Settlement(verdict, bill, sheet.number, bills=held)
    if is_shown is False and not lost.in_flight:
        is_shown = _is_elsewhere(api, lost, wanted - {lost.number}) and None
    return Settlement(_verdict(lost, is_shown), bill)


def _new_sheet(
    api: EwaybillApi, lost: Lost, bill: Bill
) -> tuple[TripSheet | None, bool | None]:
    """Return the consolidated bill made since the call that a bill shows; without one,
    whether it shows one: False, or None if that is in doubt."""
    vehicle, document = _of(lost, "vehicle"), _of(lost, "document")
    found = {
        one.trip_sheet: one
        for one in reversed(bill.vehicles)
        if one.trip_sheet and _carries(one, vehicle, document)
    }
    found.pop(_of(lost, "sheet"), None)
    doubts = []
    for number, entry in found.items():
        sheet, is_since = _sheet_since(api, lost, number, entry.entered_at)
        if is_since:
            return sheet, True
        doubts.append(is_since)
    return None, None if None in doubts else False


def _sheet_since(
    api: EwaybillApi, lost: Lost, number: str, entered_at: datetime | None
) -> tuple[TripSheet | None, bool | None]:
    """Return a consolidated bill, and whether it or its entry was made since the call;
    None if that is in doubt."""
    is_since = _is_since(lost, entered_at)
    sheet = _own_sheet(api, number)
    if sheet is None:
        return None, None if is_since else is_since
    return sheet, is_since or _is_since(lost, sheet.entered_at)


def _own_sheet(api: EwaybillApi, number: str) -> TripSheet | None:
    """Return a consolidated bill; None if another has made it: the portal shows it to
    that one alone."""
    try:
        return api.get_trip_sheet(number)
    except IrpNotFound:
        return None


def _is_elsewhere(api: EwaybillApi, lost: Lost, others: set[str]) -> bool:
    """Return whether something else speaks for a consolidated bill that one of its
    bills does not show: another bill does, or the previous number is not valid."""
    previous = _own_sheet(api, _of(lost, "sheet")) if _of(lost, "sheet") else None
    if previous and previous.is_cancelled:
        return True
    shown = (_new_sheet(api, lost, api.get_ewaybill(one)) for one in sorted(others))
    return any(is_shown is not False for _sheet, is_shown in shown)


def _is_entered(
    lost: Lost, entries: Iterable[PartB], vehicle: str, document: str
) -> bool | None:
    """Return whether an entry of Part B has what was sent, and is not older; None if
    that is in doubt."""
    found = [one for one in entries if _carries(one, vehicle, document)]
    since = [_is_since(lost, one.entered_at) for one in found]
    return True if True in since else (None if None in since else False)


def _carries(entry: PartB, vehicle: str, document: str) -> bool:
    # a road journey may have a document as well, which the portal need not return
    return entry.vehicle == vehicle.upper() if vehicle else entry.document == document


def _is_since(lost: Lost, moment: datetime | None) -> bool | None:
    """Return whether something was made at the time of the call, or later.

    None if its moment is not readable, or just before the call: clocks differ, and what
    is sent again cannot be taken back. The portal writes whole minutes: 10:05 may be
    any second of it.
    """
    if moment is None:
        return None
    first = lost.sent_at.replace(second=0, microsecond=0)
    if moment >= first - _CLOCKS:
        return True
    return None if moment >= first - _DOUBT else False


def _of(lost: Lost, name: str) -> str:
    value: str = getattr(lost.request, name, "")
    return value


_SETTLERS: Mapping[str, Callable[[EwaybillApi, Lost], Settlement]] = MappingProxyType(
    {
        "same_document": _same_document,
        "vehicle": _by(_vehicle),
        "transporter": _by(_transporter),
        "extended": _by(_extended),
        "cancelled": _by(_cancelled),
        "rejected": _by(_rejected),
        "group_vehicle": _by(_group_vehicle),
        "trip_sheet": _trip_sheet,
    }
)
