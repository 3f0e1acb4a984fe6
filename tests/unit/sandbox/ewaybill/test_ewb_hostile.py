"""Members of another type are refused in the portal's own codes, never with 5001."""

import pytest

WEIRD = (None, "", [], {}, [1], True, -1, 1e30, "é" * 200, {"a": 1}, "9" * 40)
PART_B = (
    *("ewbNo", "vehicleNo", "fromPlace", "fromState", "reasonCode", "reasonRem"),
    *("transDocNo", "transDocDate", "transMode", "vehicleType"),
)
EXTENSION = (
    *("fromPincode", "remainingDistance", "extnRsnCode", "extnRemarks"),
    *("consignmentStatus", "transitType", "addressLine1"),
)
FIELDS = {
    "VEHEWB": PART_B,
    "UPDATETRANSPORTER": ("ewbNo", "transporterId"),
    "EXTENDVALIDITY": (*PART_B, *EXTENSION),
    "REJEWB": ("ewbNo",),
    "CANEWB": ("ewbNo", "cancelRsnCode", "cancelRmrk"),
    "GENCEWB": (*PART_B, "tripSheetEwbBills"),
    "REGENTRIPSHEET": (*PART_B, "tripSheetNo"),
    "MULTIVEHMOVINT": (*PART_B, "toPlace", "toState", "totalQuantity", "unitCode"),
    "MULTIVEHADD": ("ewbNo", "groupNo", "vehicleNo", "transDocNo", "quantity"),
    "MULTIVEHUPD": ("ewbNo", "groupNo", "oldvehicleNo", "newVehicleNo", "oldTranNo"),
}


def outcome(caller, action, request):
    answer = caller.post(action, request)
    return "1" if answer["status"] == "1" else caller.refused(action, request)


def test_generate(seller, challan):
    for name in challan:
        for number, value in enumerate(WEIRD):
            request = {**challan, "docNo": f"X-{number}", name: value}
            assert "5001" not in outcome(seller, "GENEWAYBILL", request), (name, value)


def test_items(seller, challan):
    [line] = challan["itemList"]
    for name in line:
        for value in WEIRD:
            lines = [{**line, name: value}, 1, None]
            request = {**challan, "docNo": f"Y-{name[:9]}", "itemList": lines}
            assert "5001" not in outcome(seller, "GENEWAYBILL", request), (name, value)


@pytest.mark.parametrize("action", sorted(FIELDS))
def test_actions(seller, moving, action):
    for name in FIELDS[action]:
        for value in WEIRD:
            request = {"ewbNo": moving, "groupNo": 1, "tripSheetNo": 1, name: value}
            assert "5001" not in outcome(seller, action, request), (name, value)


@pytest.mark.parametrize(
    "name",
    [
        *("GetEwayBill", "GetEwayBillsByDate", "GetTripSheet", "GetGSTINDetails"),
        *("GetEwayBillGeneratedByConsigner", "GetEwayBillsForTransporter"),
        *("GetEwayBillsForTransporterByState", "GetHsnDetailsByHsnCode"),
        *("GetTransporterDetails", "GetEwayBillsForTransporterByGstin"),
    ],
)
def test_queries(seller, name):
    members = ("ewbNo", "date", "stateCode", "tripSheetNo", "GSTIN", "docNo", "trn_no")
    members = (*members, "hsncode", "Gen_gstin", "docType")
    for value in ("", "x", "-1", "9" * 40, "é", "2025-11-15", "31/02/2025", "²"):
        answer = seller.ask(name, **dict.fromkeys(members, value))
        if answer["status"] != "1":
            codes = seller.unanswered(name, **dict.fromkeys(members, value))
            assert "5001" not in codes, value
