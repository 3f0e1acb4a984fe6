"""Each check of the actions on an existing bill, with the portal's code."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from irp.rules.ewaybill import (
    AddMultiVehicle,
    Cancel,
    ChangeMultiVehicle,
    Consolidate,
    ExtendValidity,
    RegenerateTripSheet,
    Reject,
    Standing,
    StartMultiVehicle,
    UpdateTransporter,
    UpdateVehicle,
    add_violations,
    cancellation_violations,
    change_violations,
    consolidation_violations,
    extension_violations,
    part_b_violations,
    regeneration_violations,
    rejection_violations,
    start_violations,
    transporter_violations,
)

from .conftest import EWB, OWN

CARRIER, BUYER = "05AAACG2140A1ZL", "29AABCT1332L00A"
NEW = "29AAACC4175D1ZU"
PLACE = {"from_place": "Bengaluru", "from_state": "29"}
PART_B = UpdateVehicle(
    number=EWB,
    vehicle="KA01AB1234",
    reason="1",
    remark="broken",
    mode="1",
    vehicle_type="R",
    **PLACE,
)
EXTENSION = ExtendValidity(
    number=EWB,
    vehicle="KA01AB1234",
    remaining_km=100,
    mode="1",
    reason="99",
    remark="road blocked",
    from_pin="560001",
    **PLACE,
)
TRANSIT = replace(
    EXTENSION,
    vehicle="",
    mode="5",
    status="T",
    transit_type="W",
    address1="1",
    address2="2",
    address3="3",
)
SHEET = Consolidate(vehicle="KA01AB1234", mode="1", bills=(EWB,), **PLACE)
AGAIN = RegenerateTripSheet(
    sheet="1810000387",
    vehicle="KA01AB1234",
    mode="1",
    reason="1",
    remark="broken",
    **PLACE,
)
START = StartMultiVehicle(
    number=EWB,
    reason="2",
    remark="smaller lorries",
    to_place="Chennai",
    to_state="33",
    mode="1",
    quantity=Decimal(10),
    unit="NOS",
    **PLACE,
)
ADD = AddMultiVehicle(number=EWB, group="1", vehicle="KA01AB1234", quantity=Decimal(4))
CHANGE = ChangeMultiVehicle(
    number=EWB,
    group="1",
    old_vehicle="KA01AB1234",
    new_vehicle="KA01AB9999",
    reason="1",
    remark="broken",
    **PLACE,
)


@pytest.fixture
def now(ist):
    return ist("05/10/2022 20:00")


@pytest.fixture
def bill(ist):
    """Return a bill of ours in movement, which ends within 8 hours."""
    return Standing(
        number=EWB,
        generator=OWN,
        supplier=OWN,
        recipient=BUYER,
        generated_at=ist("05/10/2022 09:00"),
        valid_until=ist("05/10/2022 23:59"),
        has_part_b=True,
        part_b_by=OWN,
        distance_km=300,
        quantities=(("NOS", Decimal(12)),),
    )


def codes(found):
    for one in found:
        assert one.message.endswith("."), one.message
        assert "%(" not in one.message
    return [one.code for one in found]


def check(action, request, bill, now, user=OWN):
    checks = {
        "part_b": part_b_violations,
        "transporter": transporter_violations,
        "extension": extension_violations,
        "cancel": cancellation_violations,
        "reject": rejection_violations,
        "start": start_violations,
        "change": change_violations,
    }
    return codes(checks[action](request, bill, user, now))


# --- what is written in the request --------------------------------------------------

BY_RAIL = {
    "mode": "2",
    "vehicle": "",
    "vehicle_type": "",
    "document_date": date(2022, 10, 5),
}

FORMS = [
    ("part_b", PART_B, {}, []),
    ("part_b", PART_B, {"number": "12"}, ["301"]),
    ("part_b", PART_B, {"vehicle": ""}, ["303"]),
    ("part_b", PART_B, {"vehicle": "KA 01"}, ["304"]),
    ("part_b", PART_B, {"from_place": " "}, ["305"]),
    ("part_b", PART_B, {"from_place": "x" * 51}, ["305"]),
    ("part_b", PART_B, {"from_state": "77"}, ["306"]),
    ("part_b", PART_B, {"from_state": "96"}, ["306"]),
    ("part_b", PART_B, {"reason": "5"}, ["307"]),
    ("part_b", PART_B, {"remark": ""}, ["659"]),
    ("part_b", PART_B, {"remark": "x" * 51}, ["308"]),
    ("part_b", PART_B, {"mode": ""}, ["638"]),
    ("part_b", PART_B, {"mode": "", "vehicle": ""}, ["302"]),
    ("part_b", PART_B, {"mode": "9"}, ["302"]),
    ("part_b", PART_B, {"mode": "2", "vehicle": ""}, ["394", "385"]),
    ("part_b", PART_B, {"mode": "3", "document": "AWB1"}, ["385"]),
    ("part_b", PART_B, {"mode": "4", "vehicle": "", "vehicle_type": "O"}, ["727"]),
    ("part_b", PART_B, {"mode": "4"}, ["726"]),
    (
        "part_b",
        PART_B,
        {"mode": "4", "document": "BL1", "vehicle_type": "O"},
        ["729"],
    ),
    ("part_b", PART_B, {"vehicle_type": "X"}, ["361"]),
    (
        "part_b",
        PART_B,
        {
            "mode": "2",
            "document": "RR1",
            "document_date": date(2022, 10, 5),
            "vehicle_type": "O",
        },
        ["634"],
    ),
    ("part_b", PART_B, {"document_date": date(2022, 10, 6)}, ["224"]),
    ("part_b", PART_B, {"document": "x" * 16}, ["223"]),
    ("part_b", PART_B, {**BY_RAIL, "document": "RR 1"}, ["823"]),
    ("part_b", PART_B, {**BY_RAIL, "document": "PNZM2020-307306"}, []),
    ("part_b", PART_B, {**BY_RAIL, "document": "FSJWT123456789"}, []),
    ("part_b", PART_B, {**BY_RAIL, "document": "123456789"}, []),
    ("extension", EXTENSION, {}, []),
    ("extension", EXTENSION, {"remaining_km": None}, ["389"]),
    ("extension", EXTENSION, {"remaining_km": 301}, ["390"]),
    ("extension", EXTENSION, {"reason": "3"}, ["386"]),
    ("extension", EXTENSION, {"remark": ""}, ["386"]),
    ("extension", EXTENSION, {"from_pin": "56001"}, ["421"]),
    ("extension", EXTENSION, {"from_pin": "248001"}, ["710"]),
    ("extension", EXTENSION, {"status": "T"}, ["711"]),
    ("extension", EXTENSION, {"transit_type": "R"}, ["712"]),
    ("extension", EXTENSION, {"address1": "x"}, ["713"]),
    ("extension", EXTENSION, {"vehicle": ""}, ["303"]),
    ("extension", TRANSIT, {}, []),
    ("extension", TRANSIT, {"transit_type": ""}, ["705"]),
    ("extension", TRANSIT, {"address1": ""}, ["706"]),
    ("extension", TRANSIT, {"address2": ""}, ["707"]),
    ("extension", TRANSIT, {"address3": " "}, ["708"]),
    ("extension", TRANSIT, {"status": "M"}, ["711"]),
    ("cancel", Cancel(number=EWB, reason="1", remark="twice"), {}, []),
    ("cancel", Cancel(number=EWB, reason="9", remark="twice"), {}, ["307"]),
    ("cancel", Cancel(number=EWB, reason="1", remark=""), {}, ["308"]),
    ("cancel", Cancel(number=EWB, reason="1", remark="x" * 51), {}, ["308"]),
    ("cancel", Cancel(number="1", reason="1", remark="x"), {}, ["301"]),
    ("transporter", UpdateTransporter(number=EWB, transporter_id=NEW), {}, []),
    ("transporter", UpdateTransporter(number=EWB, transporter_id="29A"), {}, ["222"]),
    ("start", START, {}, []),
    ("start", START, {"quantity": Decimal(0)}, ["402"]),
    ("start", START, {"quantity": Decimal(13)}, ["400"]),
    ("start", START, {"unit": "KGS"}, ["399"]),
    ("start", START, {"to_place": ""}, ["321"]),
    ("start", START, {"to_state": "0"}, ["320"]),
    ("start", START, {"mode": "5"}, ["302"]),
    ("change", CHANGE, {}, []),
    ("change", CHANGE, {"group": "0"}, ["406"]),
    ("change", CHANGE, {"old_vehicle": "??"}, ["407"]),
    ("change", CHANGE, {"new_vehicle": "??"}, ["408"]),
    ("change", CHANGE, {"new_vehicle": ""}, ["408"]),
    ("change", CHANGE, {"old_vehicle": ""}, ["405"]),
    ("change", CHANGE, {"old_document": "RR1"}, ["410"]),
]


@pytest.mark.parametrize(("action", "request_", "changes", "expected"), FORMS)
def test_the_request(action, request_, changes, expected, bill, now):
    if action == "transporter":
        bill = replace(bill, part_b_by="")
    assert check(action, replace(request_, **changes), bill, now) == expected


# --- what is known of the bill -------------------------------------------------------

STATES = [
    ("part_b", PART_B, {"is_cancelled": True}, "312"),
    ("part_b", PART_B, {"has_groups": True}, "412"),
    ("part_b", PART_B, {"is_gold": True}, "811"),
    ("part_b", PART_B, {"is_closed": True}, "851"),
    ("part_b", PART_B, {"transporter": CARRIER}, "636"),
    ("part_b", PART_B, {"transporter": CARRIER, "part_b_by": CARRIER}, "635"),
    ("extension", EXTENSION, {"is_cancelled": True}, "379"),
    ("extension", EXTENSION, {"has_part_b": False}, "381"),
    ("extension", EXTENSION, {"is_closed": True}, "844"),
    ("extension", EXTENSION, {"generator": BUYER}, "384"),
    ("extension", EXTENSION, {"transporter": CARRIER}, "700"),
    ("extension", EXTENSION, {"transporter": CARRIER, "part_b_by": CARRIER}, "637"),
    ("extension", TRANSIT, {"is_gold": True}, "816"),
    ("start", START, {"is_cancelled": True}, "817"),
    ("start", START, {"has_part_b": False}, "381"),
    ("start", START, {"is_gold": True}, "814"),
    ("start", START, {"is_closed": True}, "847"),
    ("start", START, {"transporter": CARRIER}, "646"),
    ("start", START, {"transporter": CARRIER, "part_b_by": CARRIER}, "645"),
    ("start", START, {"groups": (("1", Decimal(9)),)}, "400"),
    ("start", START, {"groups": (("1", Decimal(10)),), "group_unit": "KGS"}, "413"),
    ("change", CHANGE, {"is_closed": True}, "848"),
    ("change", CHANGE, {"groups": (("2", Decimal(9)),)}, "411"),
]


@pytest.mark.parametrize(("action", "request_", "known", "expected"), STATES)
def test_the_state_of_the_bill(action, request_, known, expected, bill, now):
    assert check(action, request_, replace(bill, **known), now) == [expected]


@pytest.mark.parametrize(
    ("known", "user", "expected"),
    [
        ({}, OWN, []),
        ({}, CARRIER, ["650"]),
        # the generator, until the transporter has entered Part B
        ({"transporter": CARRIER}, OWN, []),
        ({"transporter": CARRIER}, CARRIER, []),
        ({"transporter": CARRIER}, BUYER, ["650"]),
        ({"transporter": CARRIER, "part_b_by": CARRIER}, OWN, ["649"]),
        ({"transporter": CARRIER, "part_b_by": CARRIER}, CARRIER, []),
        ({"generator": "", "transporter": ""}, BUYER, []),
    ],
)
def test_who_consolidates(known, user, expected, bill, now):
    bills = {EWB: replace(bill, **known)}
    assert codes(consolidation_violations(SHEET, bills, user, now)) == expected


def test_the_unit_of_the_first_group(bill, now):
    known = replace(bill, groups=(("1", Decimal(12)),), group_unit="KGS")
    assert codes(start_violations(START, known, OWN, now)) == ["413"]
    again = replace(START, unit="KGS")
    bill_ = replace(known, quantities=(("KGS", Decimal(12)), ("NOS", Decimal(1))))
    assert codes(start_violations(again, bill_, OWN, now)) == []


def test_documents_of_a_group(bill, now):
    bill = replace(bill, groups=(("1", Decimal(10)),))
    change = replace(
        CHANGE, old_vehicle="", new_vehicle="", old_document="RR1", new_document="RR2"
    )
    assert codes(change_violations(change, bill, OWN, now)) == []
    long = replace(change, old_document="x" * 16, new_document="y" * 16)
    assert codes(change_violations(long, bill, OWN, now)) == ["409", "410"]
    gone = replace(change, new_document="")
    assert codes(change_violations(gone, bill, OWN, now)) == ["410"]


def test_a_rejection_names_the_number_in_its_own_way(bill, now):
    request = Reject(number="12")
    assert check("reject", request, bill, now, user=BUYER) == ["344"]


def test_the_address_of_goods_in_transit(bill, now):
    request = replace(TRANSIT, address2="x" * 121, address3="")
    assert check("extension", request, bill, now) == ["707", "708"]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"is_cancelled": True}, ["280"]),
        ({"is_gold": True}, ["810"]),
        ({"is_closed": True}, ["850"]),
        ({"transporter": CARRIER}, ["339"]),
        ({"transporter": OWN, "part_b_by": OWN}, ["338"]),
    ],
)
def test_a_transporter_is_changed_by_its_keeper(known, expected, bill, now):
    request = UpdateTransporter(number=EWB, transporter_id=CARRIER)
    bill = replace(bill, **{"part_b_by": "", **known})
    assert check("transporter", request, bill, now) == expected


def test_a_sandbox_transporter_may_have_a_wrong_check_digit(bill, now):
    request = UpdateTransporter(number=EWB, transporter_id="05AAACG0904A1ZX")
    bill = replace(bill, part_b_by="")
    assert codes(transporter_violations(request, bill, OWN, now)) == ["222"]
    found = transporter_violations(request, bill, OWN, now, check_digits=False)
    assert found == []


def test_it_is_valid_to_midnight(bill, ist):
    last = ist("05/10/2022 23:59") + timedelta(seconds=59)
    assert check("part_b", PART_B, bill, last) == []


def test_after_its_end(bill, now, ist):
    late = ist("06/10/2022 00:00")
    assert check("part_b", PART_B, bill, late) == ["311"]
    request = UpdateTransporter(number=EWB, transporter_id=CARRIER)
    bill_ = replace(bill, part_b_by="")
    assert check("transporter", request, bill_, late) == ["281"]
    assert check("extension", EXTENSION, bill, late) == []
    assert check("start", START, bill, late) == ["817"]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("05/10/2022 15:58", ["382"]),
        ("05/10/2022 15:59", []),
        ("06/10/2022 07:59", []),
        ("06/10/2022 08:00", ["382"]),
    ],
)
def test_the_window_of_an_extension(moment, expected, bill, ist):
    assert check("extension", EXTENSION, bill, ist(moment)) == expected


def test_no_extension_after_360_days(bill, ist):
    moment = ist("28/12/2025 10:00")
    old = replace(bill, generated_at=ist("01/01/2025 10:00"), valid_until=moment)
    assert check("extension", EXTENSION, old, moment) == ["821"]


def test_cancelling_is_for_its_generator_within_24_hours(bill, ist, now):
    request = Cancel(number=EWB, reason="1", remark="twice")
    since, late = ist("05/10/2022 09:00"), ist("06/10/2022 09:01")
    for moment, known, expected in (
        (ist("06/10/2022 09:00"), since, []),
        (late, since, ["315"]),
        (late, None, []),
    ):
        found = cancellation_violations(request, bill, OWN, moment, since=known)
        assert codes(found) == expected
    assert check("cancel", request, bill, now, user=BUYER) == ["312"]
    for known, code in (("is_cancelled", "312"), ("is_closed", "843")):
        assert check("cancel", request, replace(bill, **{known: True}), now) == [code]
    found = cancellation_violations(request, bill, OWN, now, portal="2")
    assert codes(found) == ["444"]


def test_rejecting_is_for_the_other_party_within_72_hours(bill, ist, now):
    request = Reject(number=EWB)
    open_ = replace(bill, valid_until=ist("20/10/2022 23:59"))
    assert check("reject", request, open_, ist("08/10/2022 09:00"), BUYER) == []
    assert check("reject", request, open_, ist("08/10/2022 09:01"), BUYER) == ["346"]
    assert check("reject", request, bill, ist("06/10/2022 09:00"), BUYER) == ["345"]
    assert check("reject", request, bill, now) == ["341"]
    assert check("reject", request, bill, now, CARRIER) == ["342"]
    for known, code in (
        ({"is_cancelled": True}, "343"),
        ({"is_rejected": True}, "824"),
        ({"has_part_b": False}, "348"),
        ({"is_closed": True}, "849"),
    ):
        assert check("reject", request, replace(bill, **known), now, BUYER) == [code]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, []),
        ({"is_cancelled": True}, ["653"]),
        ({"has_groups": True}, ["648"]),
        ({"is_gold": True}, ["812"]),
        ({"is_closed": True}, ["845"]),
    ],
)
def test_each_bill_of_a_consolidated_one(known, expected, bill, now):
    bills = {EWB: replace(bill, **known)}
    found = consolidation_violations(SHEET, bills, OWN, now)
    assert codes(found) == expected
    assert all(EWB in one.message for one in found)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"bills": ()}, ["826"]),
        ({"bills": (EWB, EWB)}, ["301"]),
        ({"bills": ("1",)}, ["301"]),
        ({"bills": (EWB, "398009149369")}, ["453"]),
        ({"bills": ("398009149369",)}, ["452"]),
        ({"vehicle": ""}, ["303"]),
        ({"mode": "2"}, ["394", "385"]),
    ],
)
def test_a_consolidated_bill(changes, expected, now):
    request = replace(SHEET, **changes)
    found = consolidation_violations(request, {}, OWN, now, portal="1")
    assert codes(found) == expected


def test_an_expired_bill_is_not_consolidated(bill, ist):
    late = ist("06/10/2022 00:00")
    found = consolidation_violations(SHEET, {EWB: bill}, OWN, late)
    assert codes(found) == ["818"]


def test_regeneration(now):
    assert regeneration_violations(AGAIN, now) == []
    assert codes(regeneration_violations(AGAIN, now, is_cancelled=True)) == ["392"]
    assert codes(regeneration_violations(replace(AGAIN, sheet="1"), now)) == ["387"]
    assert codes(regeneration_violations(replace(AGAIN, reason=""), now)) == ["307"]


def test_a_sheet_without_a_running_bill_is_not_regenerated(bill, ist, now):
    late = ist("06/10/2022 00:00")
    assert regeneration_violations(AGAIN, now, bills=[bill]) == []
    assert codes(regeneration_violations(AGAIN, late, bills=[bill])) == ["391"]
    cancelled = replace(bill, is_cancelled=True)
    assert codes(regeneration_violations(AGAIN, now, bills=[cancelled])) == ["391"]
    assert regeneration_violations(AGAIN, now, bills=[cancelled, bill]) == []


@pytest.mark.parametrize(
    ("changes", "mode", "used", "expected"),
    [
        ({}, "1", 0, []),
        ({}, "1", 6, []),
        ({}, "1", 7, ["400"]),
        ({"quantity": None}, "1", 0, ["402"]),
        ({"vehicle": ""}, "1", 0, ["303"]),
        ({"vehicle": ""}, "2", 0, ["394", "385"]),
        ({"document": "RR1"}, "2", 0, ["385"]),
        ({"document": "x" * 16}, "1", 0, ["223"]),
        ({"group": "3"}, "1", 0, ["411"]),
        ({"group": ""}, "1", 0, ["406"]),
    ],
)
def test_a_further_vehicle(changes, mode, used, expected, bill, now):
    bill = replace(bill, groups=(("1", Decimal(10)),))
    request = replace(ADD, **changes)
    found = add_violations(request, bill, OWN, now, mode=mode, used=Decimal(used))
    assert codes(found) == expected
    closed = add_violations(ADD, replace(bill, is_closed=True), OWN, now, mode="1")
    assert codes(closed) == ["846"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"old_vehicle": "KA01AB0000"}, ["405"]),
        ({"old_vehicle": "", "new_vehicle": ""}, ["405"]),
        ({"old_vehicle": "LORRY"}, ["407", "405"]),
        ({"new_vehicle": "LORRY"}, ["408"]),
        ({"new_vehicle": ""}, ["408"]),
        ({"old_document": "LR1"}, ["410"]),
        ({"from_place": ""}, ["305"]),
        ({"remark": "x" * 51}, ["308"]),
    ],
)
def test_another_vehicle(changes, expected, bill, now):
    request = replace(CHANGE, **changes)
    entered = frozenset({"KA01AB1234", "LR1"})
    found = change_violations(request, bill, OWN, now, entered=entered)
    assert codes(found) == expected


def test_a_group_of_unknown_quantity_refuses_no_quantity(bill, now):
    bill = replace(bill, groups=(("1", Decimal("Infinity")),))
    assert start_violations(START, bill, OWN, now) == []
    assert add_violations(ADD, bill, OWN, now, mode="1", used=Decimal(99)) == []


def test_where_a_group_goes_is_asked_for(bill, now):
    found = start_violations(replace(START, to_place=" "), bill, OWN, now)
    assert codes(found) == ["321"]
    assert "to which" in found[0].template


def test_what_is_not_known_refuses_nothing(now):
    nothing = Standing()
    later = now + timedelta(days=900)
    assert check("part_b", PART_B, nothing, later) == []
    assert check("extension", EXTENSION, nothing, later) == []
    assert check("reject", Reject(number=EWB), nothing, later) == []
