"""A lost answer of each action is settled by its look-up, and by nothing else."""

from dataclasses import replace
from datetime import date

import pytest
from irp.operations.ewaybill_system import Lost, settle, standing_of
from irp.operations.policy import PAUSES
from irp.protocol.ewaybill import parse_bill
from irp.rules.ewaybill import (
    AddMultiVehicle,
    Cancel,
    ChangeMultiVehicle,
    Consolidate,
    ExtendValidity,
    Generate,
    RegenerateTripSheet,
    Reject,
    Standing,
    StartMultiVehicle,
    UpdateTransporter,
    UpdateVehicle,
)

from .conftest import EWB, OWN

VEHICLE = UpdateVehicle(number=EWB, vehicle="KA01AB1234", mode="1")
BUYER = "05AAACG2140A1ZL"
DOCUMENT = Generate(
    doc_type="INV",
    doc_number="A/1",
    doc_date=date(2022, 10, 5),
    from_gstin=OWN,
    to_gstin=BUYER,
)
BY_DOCUMENT = "GetEwayBillGeneratedByConsigner"


@pytest.fixture
def lose(ist):
    """Return a function that makes an action without an answer, sent at 12:44."""

    def make(request, **options):
        before = Standing(number=EWB, valid_until=ist("17/10/2022 23:59"))
        known = {"before": before, "sent_at": ist("05/10/2022 12:44"), **options}
        return Lost(request, **known)

    return make


@pytest.fixture
def settled(api, ewb, lose):
    """Return a function that settles by a fetched bill."""

    def verdict(request, bill, **options):
        ewb.answers["GetEwayBill"] = bill
        return settle(api, lose(request, **options)).verdict

    return verdict


def test_part_b(settled, fetched, entry):
    assert settled(VEHICLE, fetched(entry())) == "done"
    assert settled(VEHICLE, fetched()) == "not_done"
    other = entry(vehicleNo="KA01AB9999")
    assert settled(VEHICLE, fetched(other)) == "not_done"
    older = entry(enteredDate="05/10/2022 12:40:00 PM")
    assert settled(VEHICLE, fetched(older)) == "not_done", "the same vehicle, before"


@pytest.mark.parametrize(
    ("sent_at", "verdict"),
    [
        ("05/10/2022 12:44:59", "done"),
        # our clock is ahead of the portal's, which leaves out the seconds
        ("05/10/2022 12:45:59", "done"),
        ("05/10/2022 12:46:02", "open"),
        ("05/10/2022 12:47:59", "open"),
        ("05/10/2022 12:48:00", "not_done"),
    ],
)
def test_part_b_by_different_clocks(settled, fetched, entry, ist, sent_at, verdict):
    *_, seconds = sent_at.split(":")
    moment = ist(sent_at[:-3]).replace(second=int(seconds))
    assert settled(VEHICLE, fetched(entry()), sent_at=moment) == verdict


def test_part_b_that_another_has_followed(settled, fetched, entry):
    """Sent again, it would replace what the transporter entered since."""
    later = entry(vehicleNo="KA01AB9999", enteredDate="05/10/2022 01:10:00 PM")
    assert settled(VEHICLE, fetched(later, entry())) == "done"


def test_an_entry_without_a_moment_proves_nothing(settled, fetched, entry):
    assert settled(VEHICLE, fetched(entry(enteredDate=None))) == "open"
    assert settled(VEHICLE, fetched(entry(), entry(enteredDate=None))) == "done"


def test_an_extension_without_the_end_before_is_open(settled, fetched):
    request = ExtendValidity(number=EWB)
    found = settled(request, fetched(), before=Standing(number=EWB))
    assert found == "open", "sent again, it would be extended twice"


def test_absence_proves_nothing_while_the_call_may_run(settled, fetched):
    assert settled(VEHICLE, fetched(), in_flight=PAUSES[0]) == "open"


def test_transporter(settled, fetched):
    request = UpdateTransporter(number=EWB, transporter_id=BUYER)
    assert settled(request, fetched(transporterId=BUYER)) == "done"
    assert settled(request, fetched()) == "not_done"


def test_extension(settled, fetched):
    request = ExtendValidity(number=EWB)
    longer = fetched(validUpto="18/10/2022 11:59:00 PM", extendedTimes=1)
    assert settled(request, longer) == "done"
    assert settled(request, fetched()) == "not_done"


def test_cancellation_and_rejection(settled, fetched):
    assert settled(Cancel(number=EWB), fetched(status="CNL")) == "done"
    assert settled(Cancel(number=EWB), fetched()) == "not_done"
    assert settled(Reject(number=EWB), fetched(rejectStatus="Y")) == "done"
    assert settled(Reject(number=EWB), fetched()) == "not_done"


def test_a_vehicle_of_a_group(settled, fetched, entry):
    request = AddMultiVehicle(number=EWB, group="2", vehicle="KA01AB1234")
    assert settled(request, fetched(entry(groupNo="2"))) == "done"
    assert settled(request, fetched(entry(groupNo="1"))) == "not_done"


def test_the_start_of_a_movement_may_be_repeated(settled, ewb):
    """The same request again makes no new group, unless two are under way."""
    assert settled(StartMultiVehicle(number=EWB), {}) == "repeat"
    assert settled(StartMultiVehicle(number=EWB), {}, in_flight=PAUSES[0]) == "open"
    assert ewb.calls == []


def test_another_vehicle_of_a_group(settled, fetched, entry):
    request = ChangeMultiVehicle(
        number=EWB, group="1", old_vehicle="KA01AB1234", new_vehicle="KA01AB9999"
    )
    new = entry(groupNo="1", vehicleNo="KA01AB9999")
    assert settled(request, fetched(new, entry(groupNo="1"))) == "done"
    assert settled(request, fetched(entry(groupNo="1"))) == "not_done"


def test_generation(api, ewb, lose, fetched):
    ewb.answers[BY_DOCUMENT] = {"ewayBillNo": int(EWB)}
    ewb.answers["GetEwayBill"] = fetched()
    found = settle(api, lose(DOCUMENT))
    assert (found.verdict, found.number) == ("done", EWB)
    # a bill of last year's document of the same number
    ewb.answers["GetEwayBill"] = fetched(docDate="05/10/2021")
    assert settle(api, lose(DOCUMENT)).verdict == "open"
    ewb.answers["GetEwayBill"] = fetched(toGstin=OWN)
    assert settle(api, lose(DOCUMENT)).verdict == "open"


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        # made by the call, then cancelled on the website: nobody wants another one
        ({"ewayBillDate": "05/10/2022 12:44:00 PM"}, "done"),
        ({"ewayBillDate": "05/10/2022 06:10:00 PM"}, "done"),
        # clocks differ
        ({"ewayBillDate": "05/10/2022 12:43:00 PM"}, "done"),
        ({"ewayBillDate": "05/10/2022 12:41:00 PM"}, "open"),
        ({"ewayBillDate": None}, "open"),
        # its document is free
        ({"ewayBillDate": "05/10/2022 12:40:00 PM"}, "not_done"),
        ({"docDate": "05/10/2021"}, "not_done"),
        ({"toGstin": OWN}, "not_done"),
    ],
)
def test_generation_that_was_cancelled_since(api, ewb, lose, fetched, changes, verdict):
    ewb.answers[BY_DOCUMENT] = {"ewayBillNo": int(EWB)}
    changed = {"ewayBillDate": "05/10/2022 12:50:00 PM", **changes}
    ewb.answers["GetEwayBill"] = fetched(status="CNL", **changed)
    found = settle(api, lose(DOCUMENT))
    assert (found.verdict, found.number) == (verdict, EWB)
    is_done = verdict == "done"
    running = settle(api, lose(DOCUMENT, in_flight=PAUSES[0])).verdict
    assert running == ("done" if is_done else "open")


def test_no_bill_for_the_document(api, ewb, lose):
    ewb.answers[BY_DOCUMENT] = "418,"
    assert settle(api, lose(DOCUMENT)).verdict == "not_done"
    assert settle(api, lose(DOCUMENT, in_flight=PAUSES[0])).verdict == "open"


def test_a_bill_that_cannot_be_found_leaves_the_rest_open(settled):
    assert settled(VEHICLE, "325,") == "open"


def test_a_look_up_without_an_answer_leaves_it_open(settled, lost):
    assert settled(VEHICLE, lost) == "open"


SHEET, NEXT = "1810000387", "1810000388"


def held(sheet, *numbers, **changes):
    """Return a recorded answer of GetTripSheet."""
    return {
        "tripSheetNo": int(sheet),
        "enteredDate": "05/10/2022 12:44:00 PM",
        "status": "ACT",
        "tripSheetEwbBills": [{"ewbNo": int(one)} for one in numbers or (EWB,)],
        **changes,
    }


@pytest.fixture
def consolidated(api, ewb, lose, fetched):
    """Return a function that settles a consolidated bill by an entry of Part B and
    GetTripSheet."""

    def settled(request, entries, sheet=None, **options):
        ewb.answers["GetEwayBill"] = fetched(*entries)
        ewb.answers["GetTripSheet"] = sheet or "387,"
        return settle(api, lose(request, number=EWB, **options))

    return settled


def test_a_consolidated_bill(consolidated, entry):
    request = Consolidate(vehicle="KA01AB1234", bills=(EWB,))
    shown = entry(tripshtNo=int(SHEET))
    found = consolidated(request, [shown], held(SHEET))
    assert (found.verdict, found.number) == ("done", SHEET)
    two = Consolidate(vehicle="KA01AB1234", bills=(EWB, "321003228101"))
    assert consolidated(two, [shown], held(SHEET)).verdict == "open"
    assert consolidated(request, [entry()]).verdict == "not_done"
    running = {"in_flight": PAUSES[0]}
    assert consolidated(request, [entry()], **running).verdict == "open"


@pytest.mark.parametrize(
    ("sheet", "verdict"),
    [
        (held(SHEET), "done"),
        (held(SHEET, "321003228101"), "open"),
        (held(SHEET, enteredDate="05/10/2022 12:42:00 PM"), "open"),
        (held(SHEET, enteredDate=None), "open"),
        # that of a journey before
        (held(SHEET, enteredDate="04/10/2022 10:00:00 AM"), "not_done"),
        # another's, who put it on the vehicle before
        ("387,", "not_done"),
        # nobody knows
        ("238,", "open"),
    ],
)
def test_a_number_in_the_entry_in_force_counts(consolidated, entry, sheet, verdict):
    """The portal may write no new one: nothing is published."""
    request = Consolidate(vehicle="KA01AB1234", bills=(EWB,))
    before = entry(enteredDate="05/10/2022 09:00:00 AM", tripshtNo=int(SHEET))
    found = consolidated(request, [before], sheet)
    assert found.verdict == verdict


def test_one_made_by_another_since_proves_nothing(consolidated, entry):
    request = Consolidate(vehicle="KA01AB1234", bills=(EWB,))
    assert consolidated(request, [entry(tripshtNo=int(SHEET))]).verdict == "open"


def test_the_second_bill_speaks_for_the_first(api, ewb, lose, fetched, entry):
    other = "321003228101"
    request = Consolidate(vehicle="KA01AB1234", bills=(EWB, other))
    bills = {
        EWB: fetched(entry()),
        other: fetched(entry(tripshtNo=int(SHEET)), ewbNo=int(other)),
    }
    ewb.answers["GetTripSheet"] = held(SHEET, EWB, other)
    ewb.by_number = bills
    assert settle(api, lose(request, number=EWB)).verdict == "open"
    bills[other] = fetched(entry(), ewbNo=int(other))
    assert settle(api, lose(request, number=EWB)).verdict == "not_done"


def test_a_regenerated_one_has_a_new_number(consolidated, entry):
    request = RegenerateTripSheet(sheet=SHEET, vehicle="KA01AB1234")
    before = entry(tripshtNo=int(SHEET))
    assert consolidated(request, [before], held(SHEET)).verdict == "not_done"
    cancelled = held(SHEET, status="CNL")
    assert consolidated(request, [before], cancelled).verdict == "open"
    found = consolidated(request, [entry(tripshtNo=int(NEXT))], held(NEXT))
    assert (found.number, found.bills) == (NEXT, (EWB,))


def test_what_a_bill_says_for_the_next_step(fetched, entry, ist):
    bill = parse_bill(fetched(entry(groupNo="1", transMode="4"), entry()))
    known = standing_of(bill)
    assert (known.generator, known.supplier, known.recipient) == (OWN, OWN, BUYER)
    assert (known.has_part_b, known.has_groups, known.is_oversize) == (True,) * 3
    assert (known.part_b_by, known.part_b_at) == (OWN, ist("05/10/2022 12:44"))
    assert known.quantities[0][0] == "MTS"
    part_a = standing_of(parse_bill(fetched(validUpto=None)))
    assert (part_a.has_part_b, part_a.valid_until) == (False, None)


def test_what_a_bill_for_gold_says(fetched):
    plain = parse_bill(fetched())
    [item] = plain.items
    gold = replace(item, hsn="71081200")
    assert not standing_of(plain).is_gold
    assert standing_of(replace(plain, items=(gold,))).is_gold
    assert not standing_of(replace(plain, items=(gold, item))).is_gold
