"""The page about the e-way bill system: its services, limits, portals and movements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from ..dates import written
from ..ewaybill import (
    CODES,
    LIMITS,
    LOOK_UPS,
    MOVEMENTS,
    cross_portal_code,
    is_offered_at,
    periods,
)
from ..profiles import SERVICES, Profile, Service, ewaybill_api_table
from .markdown import paragraph, section, table

EWAYBILL_PAGE = "e-way-bill-system.md"
_NOTE = "<!-- Written by irp/reference/pages from the data; do not edit. -->\n"
_AGAIN = "the same request again, which the portal takes for the first"
_PARTIES = {
    "self": "own GSTIN",
    "other": "another GSTIN",
    "URP": "unregistered or abroad",
}
# a number of either portal, by its third digit
_MADE_AT = {"1": "001000000000", "2": "008000000000"}
_PERIODS = {
    "km_per_day": "A day of validity covers {regular} km, {oversize} km for "
    "over-dimensional cargo and by ship",
    "longest_distance": "Longest distance: {km} km",
    "extension_days": "With its extensions an e-Way Bill lasts at most {days} days",
}


def ewaybill_page(profiles: Iterable[Profile]) -> str:
    """Return the text of the page, in Markdown."""
    head, rows = ewaybill_api_table(profiles)
    parts = [
        "# The e-Way Bill System\n",
        _NOTE,
        _INTRODUCTION,
        section("Services", _OFFERS, table(head, rows)),
        section("A Lost Answer", _LOST, table(("Action", "Settled by"), _settled())),
        section("Limits", table(("Limit", "Since"), _limits())),
        section("Its Two Portals", _PORTALS, table(_PORTAL_HEAD, _portals())),
        section("Which Document", _DOCUMENTS, table(_MOVEMENT_HEAD, _movements())),
    ]
    return "\n".join(parts)


_INTRODUCTION = paragraph(
    "What Odoo knows of the API of the e-way bill system (version 1.03 of NIC), "
    "written from the same data that it works by. Nothing here was tried against the "
    "live system. The refusals before a call carry the system's own codes "
    "([list](../errors/README.md))."
)
_OFFERS = paragraph(
    "What each portal's profile has a route for. “own login”: with a user of the e-way "
    "bill system; “no”: not to programs, or not known."
)
_LOST = paragraph(
    "An action without an answer may have been carried out. Odoo does not send it a "
    "second time, but asks:"
)
_PORTALS = paragraph(
    "Since 01-07-2025 there are two. The third digit of an e-Way Bill number says "
    "which of them made it: 8 and 9 are portal 2. Of the services that change it, this "
    "is what each offers, and how it refuses an e-Way Bill of the other (NIC note of "
    "18-07-2024)."
)
_PORTAL_HEAD = ("Action", "Portal 2", "At 1, made at 2", "At 2, made at 1")
_DOCUMENTS = paragraph(
    "The combinations of supply, sub-supply and document type that the system accepts "
    "without an IRN, and who the parties may be."
)
_MOVEMENT_HEAD = ("Supply", "Sub-supply", "Document", "From", "To")


def _settled() -> Iterator[tuple[str, str]]:
    for action, look_up in LOOK_UPS.items():
        named = SERVICES.get(look_up.service)
        yield f"`{action}`", f"`{named.portal_name}`" if named else _AGAIN


def _limits() -> Iterator[tuple[str, str]]:
    for name, text in _PERIODS.items():
        for day, row in periods(name):
            yield text.format(**row), written(day)
    before, after = _hours(LIMITS.extend_before), _hours(LIMITS.extend_after)
    yield f"Extension: {before} hours before to {after} hours after its end", ""
    begin = "the first Part B" if LIMITS.cancel_from_part_b else "generation"
    yield f"Cancellation: {_hours(LIMITS.cancel_within)} hours from {begin}", ""
    yield f"Rejection: {_hours(LIMITS.reject_within)} hours from generation", ""
    yield f"Lines of goods: {LIMITS.most_items}", ""
    minutes = _minutes(LIMITS.log_in_window)
    yield f"Logins: {LIMITS.log_ins} in {minutes} minutes, from the first", ""
    for service, calls in LIMITS.list_calls.items():
        named = SERVICES[service].portal_name
        minutes = _minutes(LIMITS.list_window)
        yield f"`{named}`: {calls} calls in {minutes} minutes, from the first", ""


def _hours(span: timedelta) -> int:
    return span // timedelta(hours=1)


def _minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)


def _portals() -> Iterator[tuple[str, ...]]:
    for service in SERVICES.values():
        if service.ewaybill_action:
            yield _portal_row(service)


def _portal_row(service: Service) -> tuple[str, ...]:
    is_offered = is_offered_at(service.name, "2")
    refusals = [
        cross_portal_code(service.name, _MADE_AT[made], called)
        for made, called in (("2", "1"), ("1", "2"))
    ]
    return (
        f"`{service.ewaybill_action}`",
        "yes" if is_offered else "no (117)",
        refusals[0],
        refusals[1] if is_offered else "",
    )


def _movements() -> Iterator[tuple[str, ...]]:
    for one in MOVEMENTS:
        yield (
            CODES["supply_types"][one.supply_type],
            f"{one.sub_supply_type} {CODES['sub_supply_types'][one.sub_supply_type]}",
            f"`{one.doc_type}`",
            _named(one.from_parties),
            _named(one.to_parties),
        )


def _named(parties: Iterable[str]) -> str:
    return ", ".join(text for party, text in _PARTIES.items() if party in set(parties))
