"""Check a consolidated e-way bill (GENCEWB, REGENTRIPSHEET; NIC v1.03)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from ...reference.dates import indian_date
from ...reference.ewaybill import portal_of
from ..invoice.violation import Violation, _lt
from .common import breach, place, sheet_number, transport, vehicle_reason
from .requests import Consolidate, RegenerateTripSheet
from .standing import Standing

_NUMBER = re.compile(r"[0-9]{12}")


def consolidation_violations(
    request: Consolidate,
    bills: Mapping[str, Standing],
    user: str,
    now: datetime,
    *,
    portal: str = "",
) -> list[Violation]:
    """Return every breach, with the portal's code; each names the bill at fault.

    :param bills: what is known of the bills, by number.
    :param user: the GSTIN or TRANSIN that calls.
    :param now: aware.
    :param portal: the e-way bill portal that is called, "1" or "2"; "" if not known.
    """
    return [
        *place(request),
        *transport(request, indian_date(now)),
        *_numbers(request),
        *_portals(request, portal),
        *(
            found
            for number in request.bills
            if number in bills
            for found in _bill(request, bills[number], number, user, now)
        ),
    ]


def regeneration_violations(
    request: RegenerateTripSheet,
    now: datetime,
    *,
    is_cancelled: bool = False,
    bills: Collection[Standing] = (),
) -> list[Violation]:
    """Return every breach of a regeneration, with the portal's code.

    :param now: aware.
    :param is_cancelled: whether the consolidated bill is known to be cancelled, as one
        is that was regenerated before.
    :param bills: what is known of the bills on it; with none, nothing is.
    """
    found = [
        *sheet_number(request, request.sheet),
        *place(request),
        *vehicle_reason(request),
        *transport(request, indian_date(now)),
    ]
    if is_cancelled:
        template = _lt("This consolidated e-Way Bill is cancelled; use the newest one.")
        found.append(breach(request, "392", "sheet", "ewb_sheet_cancelled", template))
    if bills and all(one.is_cancelled or one.is_expired(now) for one in bills):
        template = _lt("None of its e-Way Bills is still active and valid.")
        found.append(breach(request, "391", "sheet", "ewb_sheet_over", template))
    return found


def _numbers(request: Consolidate) -> Iterator[Violation]:
    if not request.bills:
        template = _lt("Choose the e-Way Bills that go on the vehicle.")
        yield breach(request, "826", "bills", "ewb_bills_missing", template)
    for number, times in Counter(request.bills).items():
        if not _NUMBER.fullmatch(number):
            template = _lt("“%(number)s” is not a number of 12 digits.")
            kind = "ewb_bill_form"
            yield breach(request, "301", "bills", kind, template, number=number)
        elif times > 1:
            template = _lt("%(number)s is chosen more than once.")
            kind = "ewb_bill_twice"
            yield breach(request, "301", "bills", kind, template, number=number)


def _portals(request: Consolidate, portal: str) -> Iterator[Violation]:
    made = {portal_of(number) for number in request.bills} - {""}
    if len(made) > 1:
        template = _lt(
            "Bills of both e-way bill portals cannot be on one consolidated bill."
        )
        yield breach(request, "453", "bills", "ewb_bills_portals", template)
    elif "2" in made and portal == "1":
        template = _lt("Bills made at e-way bill portal 2 are consolidated there.")
        yield breach(request, "452", "bills", "ewb_bills_portal", template)


def _bill(
    request: Consolidate, bill: Standing, number: str, user: str, now: datetime
) -> Iterator[Violation]:
    for code, kind, template in _faults(bill, user, now):
        yield breach(request, code, "bills", kind, template, number=number)


def _faults(bill: Standing, user: str, now: datetime) -> Iterator[tuple[str, str, str]]:
    if bill.is_cancelled:
        template = _lt("%(number)s is cancelled.")
        yield "653", "ewb_bill_cancelled", template
    elif bill.is_expired(now):
        template = _lt("The validity of %(number)s is over.")
        yield "818", "ewb_bill_expired", template
    if bill.has_groups:
        template = _lt("The goods of %(number)s go by several vehicles.")
        yield "648", "ewb_bill_groups", template
    if bill.is_gold:
        template = _lt("%(number)s is for gold.")
        yield "812", "ewb_bill_gold", template
    if bill.is_closed:
        template = _lt("%(number)s is closed.")
        yield "845", "ewb_bill_closed", template
    yield from _not_yours(bill, user)


def _not_yours(bill: Standing, user: str) -> Iterator[tuple[str, str, str]]:
    """The generator or the transporter consolidates (650); the transporter alone once
    it has entered Part B (649)."""
    template = _lt("%(number)s is assigned to another transporter.")
    entitled = {bill.generator, bill.transporter} - {""}
    if entitled and user not in entitled:
        yield "650", "ewb_bill_not_yours", template
    elif bill.transporter not in ("", user) and bill.part_b_by == bill.transporter:
        yield "649", "ewb_bill_not_yours", template
