"""Part B, transporter, extension, cancellation and rejection."""

import pytest

SELLER, BUYER = "37ARZPT4384Q1MT", "29AWGPV7107B1Z1"
CARRIER, OTHER_CARRIER = "05AAACG0904A1ZL", "27ZZZCD9999D1ZE"
# NIC's sample
VEHICLE = {
    "vehicleNo": "PQR1234",
    "fromPlace": "BANGALORE",
    "fromState": 29,
    "reasonCode": "1",
    "reasonRem": "vehicle broke down",
    "transDocNo": "1234",
    "transDocDate": "15/11/2025",
    "transMode": "1",
}
EXTENSION = {
    "vehicleNo": "PQR1234",
    "fromPlace": "Bengaluru",
    "fromState": 29,
    "fromPincode": 560058,
    "remainingDistance": 30,
    "transDocNo": "1234",
    "transDocDate": "15/11/2025",
    "transMode": "1",
    "extnRsnCode": 1,
    "extnRemarks": "Flood",
    "consignmentStatus": "M",
    "transitType": "",
    "addressLine1": "",
    "addressLine2": "",
    "addressLine3": "",
}
WAITING = {
    "transMode": "5",
    "consignmentStatus": "T",
    "transitType": "W",
    "addressLine1": "Godown 4",
    "addressLine2": "Peenya",
    "addressLine3": "Bengaluru",
    "vehicleNo": "",
}


def log_in(caller, gstin):
    assert caller.log_in(f"ewb_{gstin}", "Ewb@1")["status"] == "1"


# --- Part B -----------------------------------------------------------------------


def test_first_part_b_starts_the_validity(clock, slip, carrier):
    clock.advance(hours=4)
    first = {**VEHICLE, "ewbNo": slip, "reasonCode": "4"}
    answer = carrier.do("VEHEWB", first)

    expected = {
        "vehUpdDate": "15/11/2025 02:30:00 PM",
        "validUpto": "18/11/2025 11:59:00 PM",
    }
    assert answer == expected
    clock.advance(hours=1)
    # a later one leaves it as it is
    answer = carrier.do("VEHEWB", first, vehicleNo="KA01AB1234", reasonCode=1)
    assert answer["validUpto"] == expected["validUpto"]
    entries = carrier.get("GetEwayBill", ewbNo=slip)["VehiclListDetails"]
    assert [one["vehicleNo"] for one in entries] == ["KA01AB1234", "PQR1234"]
    assert {one["userGSTINTransin"] for one in entries} == {CARRIER}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ewbNo": 12}, "301"),
        ({"ewbNo": 391000000999}, "301"),
        ({"transMode": ""}, "638"),
        ({"transMode": "", "vehicleNo": "", "transDocNo": ""}, "302"),
        ({"transMode": "2", "transDocNo": "RR 1"}, "823"),
        ({"transMode": "3", "transDocNo": "AWB 1"}, "223"),
        ({"transMode": "3", "transDocDate": "2025-11-15"}, "224"),
        ({"vehicleNo": ""}, "303"),
        ({"vehicleNo": "12"}, "304"),
        ({"fromPlace": ""}, "305"),
        ({"fromState": 50}, "306"),
        ({"reasonCode": "5"}, "307"),
        ({"reasonRem": "x" * 51}, "308"),
        ({"reasonRem": ""}, "659"),
        ({"transMode": "2", "transDocNo": ""}, "394"),
        ({"transMode": "3", "transDocDate": ""}, "385"),
        ({"vehicleType": "O", "transMode": "2"}, "634"),
        ({"transDocDate": "14/11/2025"}, "362"),
    ],
)
def test_part_b_codes(seller, moving, changes, code):
    assert seller.refused("VEHEWB", {**VEHICLE, "ewbNo": moving, **changes}) == [code]


def test_remark_is_free_the_first_time(carrier, slip):
    assert carrier.do("VEHEWB", VEHICLE, ewbNo=slip, reasonCode="4", reasonRem="")


def test_part_b_is_for_the_assigned_transporter(seller, buyer, carrier, slip, moving):
    entry = {**VEHICLE, "ewbNo": slip}
    assert seller.refused("VEHEWB", entry) == ["636"]
    carrier.do("VEHEWB", entry)
    assert seller.refused("VEHEWB", entry) == ["635"]
    assert buyer.refused("VEHEWB", VEHICLE, ewbNo=moving) == ["312"]


def test_generator_may_too_is_a_setting(new_portal, sign_in, part_a):
    seller = sign_in(new_portal(ewb_transporter_only=False), SELLER)
    number = seller.do("GENEWAYBILL", part_a)["ewayBillNo"]

    assert seller.do("VEHEWB", VEHICLE, ewbNo=number)


def test_part_b_within_the_validity(seller, clock, moving):
    # valid until 18/11/2025 11:59 PM
    clock.advance(days=3, hours=13, minutes=28)
    log_in(seller, SELLER)
    assert seller.do("VEHEWB", VEHICLE, ewbNo=moving)
    clock.advance(minutes=2)
    assert seller.refused("VEHEWB", VEHICLE, ewbNo=moving) == ["311"]


# --- the transporter --------------------------------------------------------------


def test_transporter(seller, carrier, callers, slip):
    change = {"ewbNo": str(slip), "transporterId": OTHER_CARRIER}
    # it is assigned: no longer for the generator
    assert seller.refused("UPDATETRANSPORTER", change) == ["339"]
    answer = carrier.do("UPDATETRANSPORTER", change)
    assert answer == {
        "ewayBillNo": str(slip),
        "transporterId": OTHER_CARRIER,
        "transUpdateDate": "15/11/2025 10:30:00 AM",
    }
    assert carrier.refused("VEHEWB", VEHICLE, ewbNo=slip) == ["636"]
    other = callers(OTHER_CARRIER)
    other.do("VEHEWB", VEHICLE, ewbNo=slip)
    back = {"ewbNo": slip, "transporterId": CARRIER}
    assert other.refused("UPDATETRANSPORTER", back) == ["338"]


def test_transporter_codes(portal, seller, clock, moving):
    change = {"ewbNo": moving, "transporterId": CARRIER}
    assert seller.refused("UPDATETRANSPORTER", change, transporterId="X") == ["222"]
    portal.set_taxpayer(CARRIER, BlkStatus="B")
    assert seller.refused("UPDATETRANSPORTER", change) == ["719"]
    portal.set_taxpayer(CARRIER)
    clock.advance(days=4)
    log_in(seller, SELLER)
    assert seller.refused("UPDATETRANSPORTER", change) == ["281"]


def test_transporter_of_a_cancelled_bill(seller, moving):
    seller.do("CANEWB", {"ewbNo": moving, "cancelRsnCode": 2, "cancelRmrk": "wrong"})
    change = {"ewbNo": moving, "transporterId": CARRIER}

    assert seller.refused("UPDATETRANSPORTER", change) == ["280"]
    assert seller.refused("VEHEWB", VEHICLE, ewbNo=moving) == ["312"]
    assert seller.refused("EXTENDVALIDITY", EXTENSION, ewbNo=moving) == ["379"]


# --- extension --------------------------------------------------------------------


@pytest.fixture
def closing(seller, clock, moving):
    """A bill six hours before its end, on 18/11/2025."""
    clock.advance(days=3, hours=7, minutes=29)
    log_in(seller, SELLER)
    return moving


def test_extension(seller, closing):
    answer = seller.do("EXTENDVALIDITY", EXTENSION, ewbNo=closing)

    assert answer == {
        "ewayBillNo": str(closing),
        "updatedDate": "18/11/2025 05:59:00 PM",
        "validUpto": "19/11/2025 11:59:00 PM",
    }
    bill = seller.get("GetEwayBill", ewbNo=closing)
    assert (bill["extendedTimes"], bill["validUpto"]) == (1, answer["validUpto"])
    assert bill["VehiclListDetails"][0]["fromPlace"] == "Bengaluru"
    assert seller.refused("EXTENDVALIDITY", EXTENSION, ewbNo=closing) == ["382"]


def test_extension_may_count_from_the_expiry(new_portal, sign_in, clock, challan):
    seller = sign_in(new_portal(ewb_extension_from="expiry"), SELLER)
    number = seller.do("GENEWAYBILL", challan)["ewayBillNo"]
    clock.advance(days=3, hours=15)
    log_in(seller, SELLER)
    answer = seller.do("EXTENDVALIDITY", EXTENSION, ewbNo=number)

    assert answer["updatedDate"] == "19/11/2025 01:30:00 AM"
    assert answer["validUpto"] == "19/11/2025 11:59:00 PM"


@pytest.mark.parametrize(
    ("hours", "is_open"), [(-8.01, False), (-7.99, True), (7.99, True), (8.01, False)]
)
def test_window(seller, clock, moving, hours, is_open):
    # its validity ends 85 hours, 28 minutes and 43 seconds after it was made
    clock.advance(hours=85 + hours, minutes=28, seconds=43)
    log_in(seller, SELLER)
    answer = seller.post("EXTENDVALIDITY", {**EXTENSION, "ewbNo": moving})
    assert answer["status"] == ("1" if is_open else "0")


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"remainingDistance": 0}, ["389"]),
        ({"remainingDistance": 439, "fromPincode": 518001, "fromState": 37}, ["390"]),
        ({"remainingDistance": 60}, ["702"]),
        ({"fromPincode": 5}, ["421"]),
        ({"fromState": 27}, ["710"]),
        ({"fromPlace": ""}, ["305"]),
        ({"extnRsnCode": 3}, ["386"]),
        ({"extnRemarks": ""}, ["386"]),
        ({"consignmentStatus": "T"}, ["711", "705", "706", "707", "708"]),
        ({"transMode": "5"}, ["711"]),
        ({"transitType": "R"}, ["712"]),
        ({"addressLine1": "x"}, ["713"]),
        ({"vehicleNo": ""}, ["303"]),
        ({"transMode": "2", "transDocNo": ""}, ["394"]),
        ({**WAITING, "transitType": "X"}, ["705"]),
        ({**WAITING, "addressLine2": ""}, ["707"]),
    ],
)
def test_extension_codes(seller, closing, changes, codes):
    request = {**EXTENSION, "ewbNo": closing, **changes}

    assert seller.refused("EXTENDVALIDITY", request) == codes


def test_goods_in_transit(seller, closing):
    assert seller.do("EXTENDVALIDITY", {**EXTENSION, **WAITING}, ewbNo=closing)


def test_extension_of_a_part_a_slip(seller, buyer, carrier, closing, slip):
    log_in(carrier, CARRIER)
    log_in(buyer, BUYER)
    assert carrier.refused("EXTENDVALIDITY", EXTENSION, ewbNo=slip) == ["381"]
    assert buyer.refused("EXTENDVALIDITY", EXTENSION, ewbNo=closing) == ["384"]


def test_extension_is_for_the_transporter(seller, carrier, clock, slip):
    carrier.do("VEHEWB", VEHICLE, ewbNo=slip)
    clock.advance(days=3, hours=8)
    log_in(seller, SELLER)
    log_in(carrier, CARRIER)

    assert seller.refused("EXTENDVALIDITY", EXTENSION, ewbNo=slip) == ["637"]
    assert carrier.do("EXTENDVALIDITY", EXTENSION, ewbNo=slip)


def test_not_beyond_360_days(new_portal, sign_in, clock, challan):
    seller = sign_in(new_portal(ewb_extension_days=4), SELLER)
    number = seller.do("GENEWAYBILL", challan)["ewayBillNo"]
    clock.advance(days=3, hours=8)
    log_in(seller, SELLER)

    assert seller.refused("EXTENDVALIDITY", EXTENSION, ewbNo=number) == ["821"]


# --- rejection --------------------------------------------------------------------


def test_rejection(seller, buyer, clock, moving):
    clock.advance(hours=3)
    answer = buyer.do("REJEWB", {"ewbNo": moving})

    expected = {"ewayBillNo": moving, "ewbRejectedDate": "15/11/2025 01:30:00 PM"}
    assert answer == expected
    bill = seller.get("GetEwayBill", ewbNo=moving)
    assert (bill["status"], bill["rejectStatus"]) == ("ACT", "Y")
    [row] = seller.get("GetEwayBillsRejectedByOthers", date="15/11/2025")
    assert (row["ewbNo"], row["rejectedDate"]) == (moving, expected["ewbRejectedDate"])
    assert buyer.refused("REJEWB", {"ewbNo": moving}) == ["824"]


def test_rejection_is_for_the_other_party(seller, carrier, moving):
    assert seller.refused("REJEWB", {"ewbNo": moving}) == ["341"]
    assert carrier.refused("REJEWB", {"ewbNo": moving}) == ["342"]
    assert seller.refused("REJEWB", {"ewbNo": 1}) == ["344"]


@pytest.mark.parametrize(("hours", "codes"), [(72, None), (72.01, ["346"])])
def test_rejection_within_72_hours(buyer, clock, moving, hours, codes):
    clock.advance(hours=hours)
    log_in(buyer, BUYER)
    if codes:
        assert buyer.refused("REJEWB", {"ewbNo": moving}) == codes
    else:
        assert buyer.do("REJEWB", {"ewbNo": moving})


def test_rejection_needs_part_b(buyer, slip):
    assert buyer.refused("REJEWB", {"ewbNo": slip}) == ["348"]


def test_rejection_of_a_cancelled_bill(seller, buyer, moving):
    seller.do("CANEWB", {"ewbNo": moving, "cancelRsnCode": 2, "cancelRmrk": "wrong"})

    assert buyer.refused("REJEWB", {"ewbNo": moving}) == ["343"]


# --- cancellation --------------------------------------------------------------------

CANCEL = {"cancelRsnCode": 2, "cancelRmrk": "wrong"}


@pytest.mark.parametrize(
    ("begin", "hours", "codes"),
    [
        ("part_b", 24, None),
        ("part_b", 24.01, ["728"]),
        ("generation", 5, ["315"]),
    ],
)
def test_cancelling_after_a_later_part_b(
    new_portal, sign_in, clock, part_a, begin, hours, codes
):
    portal = new_portal(ewb_cancel_from=begin)
    part_a["transporterId"] = SELLER
    portal.set_taxpayer(SELLER)
    seller = sign_in(portal, SELLER)
    number = seller.do("GENEWAYBILL", part_a)["ewayBillNo"]
    clock.advance(hours=20)
    log_in(seller, SELLER)
    seller.do("VEHEWB", VEHICLE, ewbNo=number, reasonCode="4", transDocDate="")
    clock.advance(hours=hours)
    log_in(seller, SELLER)
    if codes:
        assert seller.refused("CANEWB", CANCEL, ewbNo=number) == codes
    else:
        assert seller.do("CANEWB", CANCEL, ewbNo=number)


def test_cancelling_is_for_the_generator(buyer, carrier, moving, slip):
    assert buyer.refused("CANEWB", CANCEL, ewbNo=moving) == ["312"]
    assert carrier.refused("CANEWB", CANCEL, ewbNo=slip) == ["312"]
