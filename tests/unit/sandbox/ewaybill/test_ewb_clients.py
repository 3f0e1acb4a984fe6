"""Requests as other clients write them: the portal is not particular."""

import json

import pytest

SELLER, BUYER = "37ARZPT4384Q1MT", "29AWGPV7107B1Z1"
CARRIER = "05AAACG0904A1ZL"
PATH = "/ewaybillapi/v1.03/ewayapi"
# as a client writes them whose numbers are texts, and whose codes are numbers
PART_B = {
    "vehicleNo": "ka12ab1234",
    "fromPlace": "Bengaluru",
    "fromState": "29",
    "reasonCode": 1,
    "reasonRem": "break down",
    "transDocNo": None,
    "transDocDate": None,
    "transMode": 1,
    "vehicleType": "r",
}


def turned(value):
    """Return a request with numbers as texts, and texts of digits as numbers."""
    if isinstance(value, dict):
        return {name: turned(one) for name, one in value.items()}
    if isinstance(value, list):
        return [turned(one) for one in value]
    if isinstance(value, str):
        return int(value) if value.isdecimal() and value[0] != "0" else value
    return str(value)


def renamed(value, change):
    if isinstance(value, dict):
        return {change(name): renamed(one, change) for name, one in value.items()}
    return [renamed(one, change) for one in value] if isinstance(value, list) else value


def shown(seller, number):
    bill = seller.get("GetEwayBill", ewbNo=number)
    return {name: one for name, one in bill.items() if name not in ("ewbNo", "docNo")}


def test_numbers_as_texts_and_texts_as_numbers(seller, challan, moving):
    other = seller.do("GENEWAYBILL", turned({**challan, "docNo": "A-2"}))["ewayBillNo"]
    assert shown(seller, other) == shown(seller, moving)


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_names_in_any_letter_case(seller, challan, moving, change):
    request = renamed({**challan, "docNo": "A-2"}, change)
    other = seller.do("GENEWAYBILL", request)["ewayBillNo"]
    assert shown(seller, other) == shown(seller, moving)


def test_optional_members_may_be_missing_or_null(seller, challan, moving):
    optional = [name for name, one in challan.items() if one in ("", 0)]
    assert {"subSupplyDesc", "transporterId", "transDocNo"} <= set(optional)
    without = {name: one for name, one in challan.items() if name not in optional}
    nulls = {**challan, **dict.fromkeys(optional)}
    for number, request in enumerate((without, nulls)):
        made = seller.do("GENEWAYBILL", {**request, "docNo": f"A-{number}"})
        assert shown(seller, made["ewayBillNo"]) == shown(seller, moving)


@pytest.mark.parametrize(
    "name", ["cessNonadvol", "cessNonAdvol", "cessNonAdvolValue", "CessNonAdvolValue"]
)
def test_names_of_the_cess_of_a_line(seller, challan, name):
    [line] = challan["itemList"]
    del line["cessNonadvol"]
    line[name] = 12.5
    number = seller.do("GENEWAYBILL", challan)["ewayBillNo"]
    assert shown(seller, number)["itemList"][0]["cessNonAdvol"] == 12.5


@pytest.mark.parametrize(
    "change",
    [
        lambda name: name.replace("-", "_"),
        lambda name: name.upper(),
        lambda name: name.title(),
    ],
)
def test_headers_in_any_form(seller, moving, change):
    seller.headers = {change(name): one for name, one in seller.headers.items()}
    assert seller.get("GetEwayBill", ewbNo=moving)["ewbNo"] == moving
    assert seller.do("VEHEWB", PART_B, ewbNo=str(moving))["validUpto"]


@pytest.mark.parametrize(
    "path",
    [
        "/ewaybillapi/v1.03/EWAYAPI/getewaybill",
        "/EwayBillApi/V1.03/ewayapi/GetEwayBill/",
        "/v1.03/ewayapi/GetEwayBill",
    ],
)
@pytest.mark.parametrize("name", ["ewbNo", "ewbno", "EwbNo"])
def test_paths_and_queries_in_any_letter_case(seller, moving, path, name):
    answer = seller.http.envelope("GET", f"{path}?{name}={moving}", seller.headers)
    assert answer["status"] == "1"


def posted(seller, query, envelope):
    body = json.dumps(envelope)
    return seller.http.envelope("POST", f"{PATH}{query}", seller.headers, body)


def test_action_in_the_query(seller, moving):
    data = seller.http.encrypted(json.dumps({**PART_B, "ewbNo": moving}))
    assert posted(seller, "?action=VEHEWB", {"data": data})["status"] == "1"
    assert posted(seller, "?action=VEHEWB", {"Data": data})["status"] == "1"
    # the body decides
    both = posted(seller, "?action=CANEWB", {"Action": "VEHEWB", "Data": data})
    assert both["status"] == "1"
    assert posted(seller, "", {"data": data})["status"] == "0"


@pytest.mark.parametrize("as_text", [False, True])
def test_the_number_of_a_bill_in_every_action(seller, buyer, carrier, slip, as_text):
    number = str(slip) if as_text else slip
    assert carrier.do("VEHEWB", {**PART_B, "ewbNo": number, "reasonCode": 4})
    group = {"toPlace": "X", "toState": "29", "totalQuantity": "2", "unitCode": "box"}
    group |= {**PART_B, "ewbNo": number}
    bills = [{"ewbNo": number}]
    sheet = carrier.do("GENCEWB", {**PART_B, "tripSheetEwbBills": bills})["cEwbNo"]
    again = {**PART_B, "tripSheetNo": sheet if as_text else int(sheet)}
    assert carrier.do("REGENTRIPSHEET", again)["tripSheetEwayBills"] == [
        {"ewbNo": slip}
    ]
    made = carrier.do("MULTIVEHMOVINT", group)["groupNo"]
    vehicle = {"groupNo": made if as_text else int(made), "ewbNo": number}
    added = {**vehicle, "vehicleNo": "PQR1234", "quantity": "1"}
    assert carrier.do("MULTIVEHADD", added)
    change = {**PART_B, "oldvehicleNo": "pqr1234", "newVehicleNo": "PQR5678"}
    assert carrier.do("MULTIVEHUPD", {**change, **vehicle})
    assert buyer.do("REJEWB", {"ewbNo": number})
    reason = "2" if as_text else 2
    end = {"ewbNo": number, "cancelRsnCode": reason, "cancelRmrk": "wrong"}
    assert seller.do("CANEWB", end)["ewayBillNo"] == str(slip)


@pytest.mark.parametrize("as_text", [False, True])
def test_an_extension_and_a_transporter(seller, clock, challan, part_a, as_text):
    def form(value):
        return str(value) if as_text else value

    slip = seller.do("GENEWAYBILL", {**part_a, "transporterId": SELLER})["ewayBillNo"]
    change = {"ewbNo": form(slip), "transporterId": CARRIER.lower()}
    assert seller.do("UPDATETRANSPORTER", change)["transporterId"] == CARRIER
    number = seller.do("GENEWAYBILL", challan)["ewayBillNo"]
    clock.advance(days=3, hours=10)
    assert seller.log_in(f"ewb_{SELLER}", "Ewb@1")["status"] == "1"
    longer = {
        **PART_B,
        "ewbNo": form(number),
        "fromPincode": form(560058),
        "remainingDistance": form(30),
        "extnRsnCode": form(99),
        "extnRemarks": "Strike",
        "consignmentStatus": "M",
        "transitType": None,
        "addressLine1": None,
    }
    assert seller.do("EXTENDVALIDITY", longer)["ewayBillNo"] == str(number)
