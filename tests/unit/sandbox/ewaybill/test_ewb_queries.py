"""The fourteen queries, and their quotas."""

import base64
import json

import pytest

SELLER, BUYER = "37ARZPT4384Q1MT", "29AWGPV7107B1Z1"
CARRIER, OTHER_CARRIER = "05AAACG0904A1ZL", "27ZZZCD9999D1ZE"
TODAY = "15/11/2025"
# the members of the lists as published
LIST_A = (
    *("ewbNo", "ewbDate", "status", "genGstin", "docNo", "docDate", "delPinCode"),
    *("delStateCode", "delPlace", "validUpto", "extendedTimes", "rejectStatus"),
)
LISTS = [
    ("GetEwayBillsByDate", {}),
    ("GetEwayBillsForTransporter", {}),
    ("GetEwayBillsForTransporterByState", {"stateCode": 37}),
    ("GetEwayBillsForTransporterByGstin", {"Gen_gstin": SELLER}),
    ("GetEwayBillReportByTransporterAssignedDate", {"stateCode": 37}),
    ("GetEwayBillsofOtherParty", {}),
    ("GetEwayBillsRejectedByOthers", {}),
]


def numbers(rows):
    return [one["ewbNo"] for one in rows]


def test_bill_as_recorded(seller, buyer, moving):
    bill = seller.get("GetEwayBill", ewbNo=moving)

    assert list(bill)[:6] == [
        *("ewbNo", "ewayBillDate", "genMode", "userGstin", "supplyType"),
        "subSupplyType",
    ]
    assert (bill["ewbNo"], bill["genMode"], bill["userGstin"]) == (
        moving,
        "API",
        SELLER,
    )
    assert (bill["subSupplyType"], bill["docNo"]) == ("4  ", "7001-8")
    assert (bill["actualDist"], bill["noValidDays"]) == (438, 3)
    assert bill["otherValue"] == -100
    assert bill["itemList"][0]["hsnCode"] == 1001
    assert (bill["itemList"][0]["itemNo"], bill["itemList"][0]["productId"]) == (1, 0)
    [entry] = bill["VehiclListDetails"]
    assert entry["vehicleNo"] == "PVC1234"
    assert (entry["transMode"], entry["groupNo"]) == ("1  ", "0")
    assert (entry["tripshtNo"], entry["transDocDate"]) == (0, None)
    assert entry["enteredDate"] == "15/11/2025 10:30:00 AM"
    assert buyer.get("GetEwayBill", ewbNo=moving) == bill


def test_bill_of_a_stranger(carrier, moving, slip):
    assert carrier.unanswered("GetEwayBill", ewbNo=moving) == ["357"]
    assert carrier.unanswered("GetEwayBill", ewbNo=391000000999) == ["357"]
    assert carrier.unanswered("GetEwayBill", ewbNo="abc") == ["395"]
    assert carrier.get("GetEwayBill", ewbNo=slip)["transporterId"] == CARRIER


def test_after_a_cancellation(seller, challan, moving):
    seller.do("CANEWB", {"ewbNo": moving, "cancelRsnCode": 2, "cancelRmrk": "wrong"})
    assert seller.get("GetEwayBill", ewbNo=moving)["status"] == "CNL"
    # only active ones in this list
    assert seller.unanswered("GetEwayBillsByDate", date=TODAY) == ["418"]
    again = seller.do("GENEWAYBILL", challan)["ewayBillNo"]
    query = {"docType": "CHL", "docNo": "7001-8"}
    found = seller.get("GetEwayBillGeneratedByConsigner", **query)
    assert found["ewayBillNo"] == again


def test_by_document(seller, buyer, moving):
    query = {"docType": "CHL", "docNo": "7001-8"}
    assert seller.get("GetEwayBillGeneratedByConsigner", **query) == {
        "ewayBillNo": moving,
        "ewayBillDate": "15/11/2025 10:30:00 AM",
        "validUpto": "18/11/2025 11:59:00 PM",
        "alert": "",
    }
    assert buyer.unanswered("GetEwayBillGeneratedByConsigner", **query) == ["418"]
    assert seller.unanswered("GetEwayBillGeneratedByConsigner") == ["204", "206"]


def test_by_date(seller, buyer, moving, slip):
    rows = seller.get("GetEwayBillsByDate", date=TODAY)

    assert numbers(rows) == [moving, slip]
    assert tuple(rows[0]) == LIST_A
    assert (rows[0]["delPinCode"], rows[0]["delStateCode"]) == (562160, 29)
    assert (rows[0]["validUpto"], rows[1]["validUpto"]) == (
        "18/11/2025 11:59:00 PM",
        None,
    )
    assert seller.unanswered("GetEwayBillsByDate", date="14/11/2025") == ["418"]
    assert buyer.unanswered("GetEwayBillsByDate", date=TODAY) == ["418"]


def test_of_the_other_party(seller, buyer, moving):
    [row] = buyer.get("GetEwayBillsofOtherParty", date=TODAY)

    assert (row["ewbNo"], row["genGstin"]) == (moving, SELLER)
    assert row["fromTradeName"] == "welton"
    assert (row["hsnCode"], row["hsnDesc"]) == ("1001", "VEGETABLE PRODUCTS")
    assert seller.unanswered("GetEwayBillsofOtherParty", date=TODAY) == ["418"]


def test_for_the_transporter(carrier, slip, moving):
    by_state = "GetEwayBillsForTransporterByState"
    assert numbers(carrier.get(by_state, date=TODAY, stateCode=37)) == [slip]
    assert carrier.unanswered(by_state, date=TODAY, stateCode=29) == ["418"]
    assert carrier.unanswered(by_state, date=TODAY, stateCode=77) == ["242"]
    by_gstin = "GetEwayBillsForTransporterByGstin"
    assert numbers(carrier.get(by_gstin, Gen_gstin=SELLER, date=TODAY)) == [slip]
    assert carrier.unanswered(by_gstin, Gen_gstin=BUYER, date=TODAY) == ["418"]
    # only clients in his state
    assert carrier.unanswered("GetEwayBillsForTransporter", date=TODAY) == ["418"]


def test_clients_of_every_state_is_a_setting(new_portal, sign_in, part_a):
    portal = new_portal(ewb_own_state_only=False)
    number = sign_in(portal, SELLER).do("GENEWAYBILL", part_a)["ewayBillNo"]
    carrier = sign_in(portal, CARRIER)

    assert numbers(carrier.get("GetEwayBillsForTransporter", date=TODAY)) == [number]


def test_by_day_of_assignment(carrier, callers, clock, slip):
    clock.advance(days=1)
    assert carrier.log_in(f"ewb_{CARRIER}", "Ewb@1")["status"] == "1"
    change = {"ewbNo": slip, "transporterId": OTHER_CARRIER}
    carrier.do("UPDATETRANSPORTER", change)
    other, name = callers(OTHER_CARRIER), "GetEwayBillReportByTransporterAssignedDate"

    assert numbers(other.get(name, stateCode=37, date="16/11/2025")) == [slip]
    assert other.unanswered(name, stateCode=37, date=TODAY) == ["418"]
    assert carrier.unanswered(name, stateCode=37, date=TODAY) == ["418"]


@pytest.mark.parametrize(("name", "query"), LISTS)
def test_date_and_empty_list(portal, seller, name, query):
    assert seller.unanswered(name, **query, date="2025-11-15") == ["601"]
    assert seller.unanswered(name, **query, date=TODAY) == ["418"]
    object.__setattr__(portal.settings, "ewb_nothing_found_code", "325")
    assert seller.unanswered(name, **query, date=TODAY) == ["325"]


def test_lists_without_today_are_a_setting(portal, clock, seller, moving):
    object.__setattr__(portal.settings, "ewb_lists_today", False)
    assert seller.unanswered("GetEwayBillsByDate", date=TODAY) == ["366"]
    clock.advance(days=1)
    assert seller.log_in(f"ewb_{SELLER}", "Ewb@1")["status"] == "1"
    assert numbers(seller.get("GetEwayBillsByDate", date=TODAY)) == [moving]


def test_token(seller):
    seller.headers["authtoken"] = "nonsense"
    assert seller.unanswered("GetErrorList") == ["238"]


def test_path_in_any_case(seller, moving):
    path = f"/V1.03/EWAYAPI/getewaybill?EwbNo={moving}"
    assert seller.http.envelope("GET", path, seller.headers)["status"] == "1"


def test_error_list(seller):
    rows = seller.get("GetErrorList")
    assert len(rows) == 384
    assert all(list(row) == ["errorCode", "errorDesc"] for row in rows)


def test_taxpayer(portal, seller):
    portal.set_taxpayer(BUYER, TradeName="STHUTHYA", BlkStatus="B")
    found = seller.get("GetGSTINDetails", GSTIN=BUYER)

    assert list(found) == [
        *("gstin", "tradeName", "legalName", "address1", "address2"),
        *("stateCode", "pinCode", "txpType", "status", "blkStatus"),
    ]
    assert (found["tradeName"], found["blkStatus"]) == ("STHUTHYA", "B")
    assert (found["stateCode"], found["status"]) == ("29", "ACT")
    portal.set_taxpayer(BUYER, "UNKNOWN")
    assert seller.unanswered("GetGSTINDetails", GSTIN=BUYER) == ["326"]


def test_transporter(seller):
    found = seller.get("GetTransporterDetails", trn_no=CARRIER)
    assert (found["transin"], found["stateCode"]) == (CARRIER, "5")
    common = seller.get("GetTransporterDetails", trn_no="88AAACG0904A1ZL")
    assert common["transin"] == "88AAACG0904A1ZL"
    wrong = {"trn_no": "05AAACG0904A1ZM"}
    assert seller.unanswered("GetTransporterDetails", **wrong) == ["328"]


def test_hsn(seller):
    found = seller.get("GetHsnDetailsByHsnCode", hsncode="8471")
    assert found == {"hsnCode": "8471", "hsnDesc": "MACHINERY AND ELECTRICAL EQUIPMENT"}
    assert seller.unanswered("GetHsnDetailsByHsnCode", hsncode="0001") == ["327"]
    assert seller.unanswered("GetHsnDetailsByHsnCode", hsncode="x") == ["337"]


# --- quotas --------------------------------------------------------------------------


def test_lists_for_transporters_are_limited(portal, clock, carrier, slip):
    object.__setattr__(portal.settings, "ewb_list_limit", 2)
    name, query = "GetEwayBillsForTransporterByState", {"stateCode": 37, "date": TODAY}
    assert carrier.get(name, **query)
    clock.advance(minutes=10)
    assert carrier.get(name, **query)
    assert carrier.unanswered(name, **query) == ["658"]
    # another list counts apart
    other = "GetEwayBillReportByTransporterAssignedDate"
    assert carrier.get(other, **query)
    # fifteen minutes after the first call
    clock.advance(minutes=5)
    assert carrier.get(name, **query)


def test_fifty_calls_by_default(carrier, slip):
    name, query = "GetEwayBillsForTransporterByState", {"stateCode": 37, "date": TODAY}
    answers = [carrier.ask(name, **query)["status"] for _call in range(51)]
    assert answers == ["1"] * 50 + ["0"]


def test_other_lists_have_a_limit_of_choice(portal, seller, moving):
    object.__setattr__(portal.settings, "ewb_other_list_limit", 1)
    assert seller.get("GetEwayBillsByDate", date=TODAY)
    assert seller.unanswered("GetEwayBillsByDate", date=TODAY) == ["658"]
    assert seller.get("GetEwayBill", ewbNo=moving)


def test_five_log_ins_in_fifteen_minutes(clock, seller):
    # the fixture has logged in once
    name = f"ewb_{SELLER}"
    answers = [seller.log_in(name, "wrong")["status"] for _call in range(3)]
    assert answers == ["0"] * 3
    assert seller.log_in(name, "Ewb@1")["status"] == "1"
    clock.advance(minutes=14, seconds=59)
    error = base64.b64decode(seller.log_in(name, "Ewb@1")["error"])
    assert json.loads(error) == {"errorCodes": "118,"}
    clock.advance(seconds=1)
    assert seller.log_in(name, "Ewb@1")["status"] == "1"
