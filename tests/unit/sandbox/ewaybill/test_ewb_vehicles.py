"""Consolidated e-way bills, and one bill on several vehicles."""

import pytest

SELLER, BUYER = "37ARZPT4384Q1MT", "29AWGPV7107B1Z1"
CARRIER = "05AAACG0904A1ZL"
# NIC's samples
LORRY = {
    "fromPlace": "BANGALORE SOUTH",
    "fromState": "29",
    "vehicleNo": "KA12AB1234",
    "transMode": "1",
    "transDocNo": "1234",
    "transDocDate": "15/11/2025",
}
REASON = {"reasonCode": "1", "reasonRem": "vehicle broke down"}
GROUP = {
    "reasonCode": "2",
    "reasonRem": "small roads",
    "fromPlace": "BANGALORE",
    "fromState": 29,
    "toPlace": "Chennai",
    "toState": 33,
    "transMode": "1",
    "totalQuantity": 4,
    "unitCode": "BOX",
}
OLD, NEW = "PQR1234", "PQR5678"
CHANGE = {
    "oldvehicleNo": OLD,
    "newVehicleNo": NEW,
    "oldTranNo": "",
    "newTranNo": "",
    "fromPlace": "BANGALORE",
    "fromState": 29,
    **REASON,
}


def log_in(caller, gstin):
    assert caller.log_in(f"ewb_{gstin}", "Ewb@1")["status"] == "1"


@pytest.fixture
def two(seller, challan, moving):
    second = seller.do("GENEWAYBILL", challan, docNo="7001-9")["ewayBillNo"]
    return [moving, second]


def bills(numbers):
    return {"tripSheetEwbBills": [{"ewbNo": str(one)} for one in numbers]}


# --- consolidated e-way bills --------------------------------------------------------


def test_consolidated(seller, two):
    answer = seller.do("GENCEWB", {**LORRY, **bills(two)})

    assert list(answer) == ["cEwbNo", "cEWBDate"]
    assert (type(answer["cEwbNo"]), len(answer["cEwbNo"])) == (str, 10)
    assert answer["cEWBDate"] == "15/11/2025 10:30:00 AM"
    trip = seller.get("GetTripSheet", tripSheetNo=answer["cEwbNo"])
    assert [one["ewbNo"] for one in trip["tripSheetEwbBills"]] == two
    assert (trip["fromState"], trip["status"]) == ("29", "ACT")
    assert (trip["vehicleNo"], trip["userGstin"]) == ("KA12AB1234", SELLER)
    [newest, _first] = seller.get("GetEwayBill", ewbNo=two[0])["VehiclListDetails"]
    assert newest["tripshtNo"] == trip["tripSheetNo"]


def test_regenerated(seller, two):
    old = seller.do("GENCEWB", {**LORRY, **bills(two)})["cEwbNo"]
    seller.do("CANEWB", {"ewbNo": two[1], "cancelRsnCode": 2, "cancelRmrk": "wrong"})
    request = {**LORRY, **REASON, "tripSheetNo": old, "vehicleNo": "KA12AB9999"}
    answer = seller.do("REGENTRIPSHEET", request)

    assert answer["tripSheetNo"] == int(old) + 1
    assert answer["tripSheetEwayBills"] == [{"ewbNo": two[0]}]
    assert seller.get("GetTripSheet", tripSheetNo=old)["status"] == "CNL"
    assert seller.refused("REGENTRIPSHEET", request) == ["392"]
    seller.do("CANEWB", {"ewbNo": two[0], "cancelRsnCode": 2, "cancelRmrk": "wrong"})
    request["tripSheetNo"] = answer["tripSheetNo"]
    assert seller.refused("REGENTRIPSHEET", request) == ["391"]


def test_trip_sheet_of_another(seller, buyer, two):
    number = seller.do("GENCEWB", {**LORRY, **bills(two)})["cEwbNo"]

    assert buyer.unanswered("GetTripSheet", tripSheetNo=number) == ["357"]
    assert buyer.unanswered("GetTripSheet", tripSheetNo=1) == ["387"]
    request = {**LORRY, **REASON, "tripSheetNo": number}
    assert buyer.refused("REGENTRIPSHEET", request) == ["387"]
    # his own are none of the bills', so he is no transporter of all of them
    assert seller.refused("REGENTRIPSHEET", request, reasonCode=9) == ["307"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"vehicleNo": ""}, "303"),
        ({"fromPlace": ""}, "305"),
        ({"fromState": "x"}, "306"),
        ({"transMode": "2", "transDocDate": ""}, "385"),
        ({"tripSheetEwbBills": []}, "826"),
        ({"transMode": ""}, "638"),
        ({"tripSheetEwbBills": [{"ewbNo": "391000009999"}]}, "301"),
    ],
)
def test_consolidation_codes(seller, two, changes, code):
    assert seller.refused("GENCEWB", {**LORRY, **bills(two), **changes}) == [code]


def test_bills_that_cannot_be_consolidated(seller, buyer, carrier, clock, two, slip):
    assert buyer.refused("GENCEWB", {**LORRY, **bills(two)}) == ["650"]
    carrier.do("VEHEWB", LORRY, ewbNo=slip, reasonCode="4")
    assert seller.refused("GENCEWB", {**LORRY, **bills([slip])}) == ["649"]
    seller.do("MULTIVEHMOVINT", GROUP, ewbNo=two[0])
    assert seller.refused("GENCEWB", {**LORRY, **bills(two[:1])}) == ["648"]
    seller.do("CANEWB", {"ewbNo": two[0], "cancelRsnCode": 2, "cancelRmrk": "wrong"})
    assert seller.refused("GENCEWB", {**LORRY, **bills(two[:1])}) == ["653"]
    clock.advance(days=4)
    log_in(seller, SELLER)
    assert seller.refused("GENCEWB", {**LORRY, **bills(two[1:])}) == ["818"]


# --- several vehicles ----------------------------------------------------------------


@pytest.fixture
def group(seller, moving):
    return seller.do("MULTIVEHMOVINT", GROUP, ewbNo=moving)


def test_several_vehicles(seller, moving, group):
    expected = {"ewbNo": str(moving), "groupNo": "1"}
    assert group == {**expected, "createdDate": "15/11/2025 10:30:00 AM"}
    vehicle = {"ewbNo": moving, "groupNo": "1", "vehicleNo": OLD, "quantity": 3}
    answer = seller.do("MULTIVEHADD", vehicle, transDocNo="", transDocDate="")
    assert answer == {**expected, "vehAddedDate": "15/11/2025 10:30:00 AM"}
    answer = seller.do("MULTIVEHUPD", CHANGE, ewbNo=moving, groupNo=1)
    assert answer == {**expected, "vehUpdDate": "15/11/2025 10:30:00 AM"}
    # the old one is no longer there
    assert seller.refused("MULTIVEHUPD", CHANGE, ewbNo=moving, groupNo=1) == ["405"]
    entries = seller.get("GetEwayBill", ewbNo=moving)["VehiclListDetails"]
    assert [(one["vehicleNo"], one["groupNo"]) for one in entries] == [
        (NEW, "1"),
        (OLD, "1"),
        ("PVC1234", "0"),
    ]


def test_quantity_of_a_group(seller, moving, group):
    vehicle = {"ewbNo": moving, "groupNo": "1", "vehicleNo": OLD, "quantity": 3}
    assert seller.do("MULTIVEHADD", vehicle)
    assert seller.refused("MULTIVEHADD", vehicle, quantity=1.5) == ["400"]
    assert seller.refused("MULTIVEHADD", vehicle, quantity=0) == ["402"]
    assert seller.do("MULTIVEHADD", vehicle, quantity=1, vehicleNo=NEW)


def test_same_request_makes_no_new_group(seller, moving, group):
    request = {**GROUP, "ewbNo": moving}
    assert seller.do("MULTIVEHMOVINT", request)["groupNo"] == "1"
    assert seller.do("MULTIVEHMOVINT", request, totalQuantity=2)["groupNo"] == "2"
    # at most the total of the group before
    assert seller.refused("MULTIVEHMOVINT", request, totalQuantity=3) == ["400"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unitCode": "KGS"}, "399"),
        ({"totalQuantity": 5}, "400"),
        ({"totalQuantity": 0}, "402"),
        ({"toPlace": ""}, "321"),
        ({"toPlace": "x" * 51}, "321"),
        ({"toState": ""}, "320"),
        ({"fromPlace": ""}, "305"),
        ({"reasonCode": ""}, "307"),
        ({"transMode": "7"}, "302"),
    ],
)
def test_initiation_codes(seller, moving, changes, code):
    request = {**GROUP, "ewbNo": moving, **changes}
    assert seller.refused("MULTIVEHMOVINT", request) == [code]


def test_unit_of_a_later_group(seller, challan):
    [line] = challan["itemList"]
    challan["itemList"] = [line, {**line, "qtyUnit": "KGS"}]
    number = seller.do("GENEWAYBILL", challan)["ewayBillNo"]
    seller.do("MULTIVEHMOVINT", GROUP, ewbNo=number)

    request = {**GROUP, "ewbNo": number, "unitCode": "KGS"}
    assert seller.refused("MULTIVEHMOVINT", request) == ["413"]


@pytest.mark.parametrize(
    ("action", "changes", "code"),
    [
        ("MULTIVEHADD", {"groupNo": ""}, "406"),
        ("MULTIVEHADD", {"groupNo": "2"}, "411"),
        ("MULTIVEHADD", {"vehicleNo": ""}, "303"),
        ("MULTIVEHADD", {"vehicleNo": "1"}, "304"),
        ("MULTIVEHUPD", {"groupNo": "0"}, "406"),
        ("MULTIVEHUPD", {"groupNo": "2"}, "411"),
        ("MULTIVEHUPD", {"oldvehicleNo": "1"}, "407"),
        ("MULTIVEHUPD", {"newVehicleNo": "1"}, "408"),
        ("MULTIVEHUPD", {"fromPlace": ""}, "305"),
        ("MULTIVEHUPD", {"reasonRem": ""}, "659"),
    ],
)
def test_codes_of_a_group(seller, moving, group, action, changes, code):
    request = {**CHANGE, "ewbNo": moving, "groupNo": "1"}
    request |= {"vehicleNo": OLD, "quantity": 1}

    assert seller.refused(action, {**request, **changes}) == [code]


def test_group_by_rail(seller, moving):
    seller.do("MULTIVEHMOVINT", GROUP, ewbNo=moving, transMode="2")
    added = {"ewbNo": moving, "groupNo": "1", "vehicleNo": "", "quantity": 1}
    assert seller.refused("MULTIVEHADD", added) == ["394"]
    assert seller.do("MULTIVEHADD", added, transDocNo="RR1")
    change = {**CHANGE, "ewbNo": moving, "groupNo": "1", "oldTranNo": "RR1"}
    assert seller.refused("MULTIVEHUPD", change) == ["410"]
    assert seller.do("MULTIVEHUPD", change, newTranNo="RR2")


def test_rights_and_state(seller, buyer, carrier, clock, moving, slip, group):
    assert buyer.refused("MULTIVEHMOVINT", GROUP, ewbNo=moving) == ["646"]
    assert carrier.refused("MULTIVEHMOVINT", GROUP, ewbNo=slip) == ["381"]
    # no Part B and no other vehicle besides the groups
    entry = {**LORRY, **REASON, "ewbNo": moving}
    assert seller.refused("VEHEWB", entry) == ["412"]
    carrier.do("VEHEWB", LORRY, ewbNo=slip, reasonCode="4")
    assert seller.refused("MULTIVEHMOVINT", GROUP, ewbNo=slip) == ["645"]
    clock.advance(days=4)
    log_in(seller, SELLER)
    assert seller.refused("MULTIVEHMOVINT", GROUP, ewbNo=moving) == ["817"]
