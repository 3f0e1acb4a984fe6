"""Limits of the e-way bill system in days, hours, kilometres (``data/ewaybill``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ..datafiles import load_json

_DATA: Mapping[str, Any] = MappingProxyType(load_json("ewaybill/limits.json"))
_PORTALS: Mapping[str, Any] = _DATA["portals"]


@dataclass(frozen=True)
class Limits:
    """The limits that do not change with the date.

    :ivar earliest_document: first document date (819).
    :ivar extend_before: how long before its end a bill can be extended (382).
    :ivar extend_after: how long after it.
    :ivar reject_within: from generation (346).
    :ivar cancel_within: from the start that ``cancel_from_part_b`` says.
    :ivar cancel_from_part_b: whether the hours for cancelling count from the first Part
        B, as the portal's lists say (728; 4055 of the IRP), or from generation (315;
        Rule 138(9)).
    :ivar part_a_days: life of a bill without Part B, from older FAQs; a figure to warn
        by, not to refuse by.
    :ivar same_pin_km: least and most distance between equal PIN codes.
    :ivar distance_tolerance: how far above the PIN-to-PIN figure a distance may be, as
        a fraction (702).
    :ivar railway_receipt: pattern of a railway receipt number (823). The railways'
        systems write P or F, the station code and the number (advisories of 04-10-2024
        and 18-12-2024); what the portal refuses by 823 is not published, so that the
        pattern refuses only what no transport document number may have.
    :ivar value_grace: rupees by which values may exceed the total (620).
    :ivar between_states: consignment value in rupees, Rule 138(1).
    :ivar part_b_free_km: within a state to or from the transporter, Rule 138(3).
    :ivar extension_from_expiry: whether an extension is counted from the old expiry; by
        the one recording it is counted from the moment.
    :ivar ship_to_gstin_required: whether types 2 and 4 must name a ship-to GSTIN (608),
        which was announced and shelved in 2026.
    :ivar list_calls: service -> calls allowed in ``list_window`` (658).
    :ivar log_ins: log-ins allowed in ``log_in_window``.
    """

    earliest_document: date
    extend_before: timedelta
    extend_after: timedelta
    reject_within: timedelta
    cancel_within: timedelta
    cancel_from_part_b: bool
    part_a_days: int
    same_pin_km: tuple[int, int]
    distance_tolerance: Decimal
    railway_receipt: str
    value_grace: Decimal
    most_items: int
    between_states: Decimal
    part_b_free_km: int
    extension_from_expiry: bool
    ship_to_gstin_required: bool
    list_calls: Mapping[str, int]
    list_window: timedelta
    log_ins: int
    log_in_window: timedelta


LIMITS = Limits(
    earliest_document=date.fromisoformat(_DATA["earliest_document"]),
    extend_before=timedelta(hours=_DATA["extension_hours"]["before"]),
    extend_after=timedelta(hours=_DATA["extension_hours"]["after"]),
    reject_within=timedelta(hours=_DATA["reject_hours"]),
    cancel_within=timedelta(hours=_DATA["cancel_hours"]),
    cancel_from_part_b=_DATA["cancel_counts_from"] == "part_b",
    part_a_days=_DATA["part_a_days"],
    same_pin_km=(_DATA["same_pin_km"]["least"], _DATA["same_pin_km"]["most"]),
    distance_tolerance=Decimal(_DATA["distance_tolerance_percent"]) / 100,
    railway_receipt=_DATA["railway_receipt"],
    value_grace=Decimal(_DATA["value_grace"]),
    most_items=_DATA["most_items"],
    between_states=Decimal(_DATA["threshold_between_states"]),
    part_b_free_km=_DATA["part_b_free_km"],
    extension_from_expiry=_DATA["extension_counts_from"] == "expiry",
    ship_to_gstin_required=_DATA["ship_to_gstin_required"],
    list_calls=MappingProxyType(_DATA["lists_calls"]),
    list_window=timedelta(minutes=_DATA["lists_minutes"]),
    log_ins=_DATA["log_ins"],
    log_in_window=timedelta(minutes=_DATA["log_in_minutes"]),
)


def km_per_day(day: date, *, oversize: bool) -> int:
    """Return the kilometres that a day of validity covers, on ``day``.

    CGST Rule 138(10) as amended by Notification 94/2020-Central Tax: 200 km, and 20 km
    for over-dimensional cargo or a multimodal journey with a leg by ship.
    """
    row = _in_force("km_per_day", day) or _DATA["km_per_day"][0]
    km: int = row["oversize" if oversize else "regular"]
    return km


def extension_days(day: date) -> int | None:
    """Return how many days after its generation a bill may last at most, by ``day``.

    :return: None if there was no such limit yet (821, since 01-01-2025).
    """
    row = _in_force("extension_days", day)
    return row["days"] if row else None


def longest_distance(day: date) -> int:
    """Return the longest distance in km that is accepted on ``day`` (221).

    By NIC's schema it is below 4 000.
    """
    row = _in_force("longest_distance", day) or _DATA["longest_distance"][0]
    km: int = row["km"]
    return km


def periods(name: str) -> list[tuple[date, Mapping[str, Any]]]:
    """Return the rows of a limit that changes with the date, oldest first.

    :param name: "km_per_day", "extension_days" or "longest_distance".
    """
    rows = ((date.fromisoformat(row["valid_from"]), row) for row in _DATA[name])
    return sorted(rows, key=lambda pair: pair[0])


def portal_of(number: str) -> str:
    """Return the e-way bill portal that made a bill, "1" or "2"; "" if unknown.

    The third digit says so (one source: NIC has not published it).
    """
    digit = number[2:3]
    return next(
        (one for one in ("1", "2") if digit and digit in _PORTALS[one]["digits"]), ""
    )


def cross_portal_code(service: str, number: str, called: str) -> str:
    """Return the code by which portal ``called`` refuses a bill of the other portal.

    NIC note of 18-07-2024 on interoperable services. Part B and look-ups work across.

    :param service: name of a service ("cancel_ewb", "update_transporter"…).
    :param called: "1" or "2"; "" if a GSP decides.
    :return: "" if it is not refused, or not known.
    """
    made = portal_of(number)
    if not called or made in ("", called):
        return ""
    code: str = _PORTALS["refused"].get(service, {}).get(made, "")
    return code


def is_offered_at(service: str, portal: str) -> bool:
    """Return whether an e-way bill portal offers a service (117 if not).

    Portal 2 offers five: generate, Part B, transporter, look-up, cancellation (NIC note
    of 18-07-2024).

    :param portal: "1" or "2"; "" if a GSP decides.
    """
    return portal != "2" or service in _PORTALS["second_offers"]


def _in_force(name: str, day: date) -> Mapping[str, Any] | None:
    begun = [row for row in _DATA[name] if date.fromisoformat(row["valid_from"]) <= day]
    return max(begun, key=lambda row: str(row["valid_from"]), default=None)
