"""Two portals, bills by IRN, faults, the web page, other operators, real HTTP."""

import base64
import json
import threading

import pytest
from sandbox import DIALECTS, DropConnection, Faults, create_app, serve

SELLER, BUYER = "37ARZPT4384Q1MT", "29AWGPV7107B1Z1"
CARRIER = "05AAACG0904A1ZL"
TODAY = "15/11/2025"
VEHICLE = {
    "vehicleNo": "PQR1234",
    "fromPlace": "BANGALORE",
    "fromState": 29,
    "reasonCode": "1",
    "reasonRem": "breakdown",
    "transMode": "1",
}
CANCEL = {"cancelRsnCode": 2, "cancelRmrk": "wrong"}
ROAD = {"Distance": 0, "TransMode": "1", "VehNo": "GJ07DL9009", "VehType": "R"}


# --- two portals ---------------------------------------------------------------------


@pytest.fixture
def two(new_portal, new_store, sign_in):
    """The same taxpayer at both portals, which share their store."""
    store = new_store()
    portals = [new_portal(store=store, ewb_portal=one) for one in (1, 2)]
    return [sign_in(portal, SELLER) for portal in portals], portals


def test_numbers_name_the_portal(two, challan):
    (first, second), _portals = two
    one = first.do("GENEWAYBILL", challan)["ewayBillNo"]
    other = second.do("GENEWAYBILL", challan, docNo="2")["ewayBillNo"]

    assert (str(one)[2], str(other)[2]) == ("1", "8")
    assert second.refused("GENEWAYBILL", challan) == ["604"]


def test_criss_cross(two, challan):
    (first, second), portals = two
    one = first.do("GENEWAYBILL", challan)["ewayBillNo"]
    other = second.do("GENEWAYBILL", challan, docNo="2")["ewayBillNo"]

    # Get and Part B work across
    assert second.get("GetEwayBill", ewbNo=one)["ewbNo"] == one
    assert second.do("VEHEWB", VEHICLE, ewbNo=one)
    assert first.do("VEHEWB", VEHICLE, ewbNo=other)
    for caller, number, codes in (
        (second, one, ("444", "446", "448")),
        (first, other, ("445", "447", "449")),
    ):
        change = {"ewbNo": number, "transporterId": CARRIER}
        assert caller.refused("CANEWB", CANCEL, ewbNo=number) == [codes[0]]
        assert caller.refused("UPDATETRANSPORTER", change) == [codes[1]]
    for portal in portals:
        object.__setattr__(portal.settings, "ewb_criss_cross", ())
    assert second.refused("VEHEWB", VEHICLE, ewbNo=one) == ["448"]
    assert first.refused("VEHEWB", VEHICLE, ewbNo=other) == ["449"]


def test_consolidation_at_one_portal_only(two, challan):
    (first, second), _portals = two
    one = first.do("GENEWAYBILL", challan)["ewayBillNo"]
    other = second.do("GENEWAYBILL", challan, docNo="2")["ewayBillNo"]
    lorry = {**VEHICLE, "tripSheetEwbBills": [{"ewbNo": str(other)}]}

    assert first.refused("GENCEWB", lorry) == ["452"]
    lorry["tripSheetEwbBills"].append({"ewbNo": one})
    assert first.refused("GENCEWB", lorry) == ["453"]


@pytest.mark.parametrize(
    "action", ["EXTENDVALIDITY", "REJEWB", "GENCEWB", "REGENTRIPSHEET", "MULTIVEHADD"]
)
def test_not_offered_at_the_second(two, action):
    (_first, second), _portals = two

    assert second.refused(action, {"ewbNo": 1}) == ["117"]


# --- bills by IRN --------------------------------------------------------------------


@pytest.fixture
def registered(client, invoice):
    """A registration with an active bill."""
    return client.plain(client.generate({**invoice, "EwbDtls": ROAD}))


@pytest.fixture
def by_irn(registered):
    """The number of that bill."""
    return registered["EwbNo"]


def test_bill_by_irn_is_seen(seller, buyer, by_irn):
    bill = seller.get("GetEwayBill", ewbNo=by_irn)

    assert (bill["docType"], bill["docNo"]) == ("INV", "INV/25-26/0007")
    assert (bill["fromGstin"], bill["toGstin"]) == (SELLER, BUYER)
    assert (bill["toPincode"], bill["actToStateCode"]) == (562160, 29)
    assert (bill["actualDist"], bill["totInvValue"]) == (438, 1050)
    assert bill["itemList"][0]["igstRate"] == 5
    [entry] = bill["VehiclListDetails"]
    assert entry["vehicleNo"] == "GJ07DL9009"
    [row] = buyer.get("GetEwayBillsofOtherParty", date=TODAY)
    assert row["ewbNo"] == by_irn


def test_life_of_a_bill_by_irn(seller, client, clock, registered, by_irn):
    answer = seller.do("VEHEWB", VEHICLE, ewbNo=by_irn)
    assert answer["validUpto"] == "18/11/2025 11:59:00 PM"
    clock.advance(days=3, hours=8)
    assert seller.log_in(f"ewb_{SELLER}", "Ewb@1")["status"] == "1"
    place = {"fromPincode": 560058, "remainingDistance": 30, "consignmentStatus": "M"}
    reason = {"extnRsnCode": 99, "extnRemarks": "Strike"}
    more = {**VEHICLE, **place, **reason, "ewbNo": by_irn}
    assert seller.do("EXTENDVALIDITY", more)["validUpto"] == "19/11/2025 11:59:00 PM"
    # the e-invoice portal shows the same end
    client.authenticate()
    shown = client.plain(client.eway_bill_of(registered["Irn"]))
    assert shown["EwbValidTill"] == "2025-11-19 23:59:00"


def test_document_with_a_bill_by_irn(new_portal, new_client, sign_in, invoice, challan):
    portal = new_portal(ewb_irn_required=False)
    client = new_client(portal)
    client.authenticate()
    client.plain(client.generate({**invoice, "EwbDtls": ROAD}))
    request = {**challan, "subSupplyType": 1, "docType": "INV"}

    seller = sign_in(portal, SELLER)
    assert seller.refused("GENEWAYBILL", request, docNo="INV/25-26/0007") == ["604"]


def test_part_a_by_irn(client, seller, carrier, invoice):
    details = {"Distance": 0, "TransId": CARRIER}
    made = client.plain(client.generate({**invoice, "EwbDtls": details}))
    assert made["EwbValidTill"] is None
    entry = {**VEHICLE, "ewbNo": made["EwbNo"], "reasonCode": "4"}
    assert seller.refused("VEHEWB", entry) == ["636"]
    carrier.do("VEHEWB", entry)

    shown = client.plain(client.eway_bill_of(made["Irn"]))
    assert shown["EwbValidTill"] == "2025-11-18 23:59:00"


def test_attached_bill(client, seller, portal, invoice):
    irn = client.plain(client.generate(invoice))["Irn"]
    portal.attach_eway_bill(irn, 331000000007, "2025-11-20 23:59:00")

    assert seller.get("GetEwayBill", ewbNo=331000000007)["docNo"] == "INV/25-26/0007"


# --- faults --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "action", "request_"),
    [
        ("ewb_part_b", "VEHEWB", VEHICLE),
        ("ewb_transporter", "UPDATETRANSPORTER", {"transporterId": CARRIER}),
        ("cancel_eway_bill", "CANEWB", CANCEL),
    ],
)
def test_lost_answer(portal, sign_in, challan, service, action, request_):
    faults = Faults()
    seller = sign_in(portal, SELLER, faults)
    number = seller.do("GENEWAYBILL", challan)["ewayBillNo"]
    before = seller.get("GetEwayBill", ewbNo=number)
    faults.add("drop_before", service)
    with pytest.raises(DropConnection):
        seller.post(action, {**request_, "ewbNo": number})
    assert seller.get("GetEwayBill", ewbNo=number) == before
    faults.add("drop_after", service)
    with pytest.raises(DropConnection):
        seller.post(action, {**request_, "ewbNo": number})
    assert seller.get("GetEwayBill", ewbNo=number) != before


def test_lost_answer_of_the_first(portal, sign_in, challan):
    faults = Faults()
    seller = sign_in(portal, SELLER, faults)
    faults.add("drop_after", "ewb_generate")
    with pytest.raises(DropConnection):
        seller.post("GENEWAYBILL", challan)

    assert seller.refused("GENEWAYBILL", challan) == ["604"]
    query = {"docType": "CHL", "docNo": "7001-8"}
    assert seller.get("GetEwayBillGeneratedByConsigner", **query)["ewayBillNo"]


def test_scripted_refusal(portal, sign_in, challan):
    faults = Faults()
    seller = sign_in(portal, SELLER, faults)
    faults.add("refuse", "ewb_generate", code="813")
    faults.add("refuse", "ewb_get", code="800")

    assert seller.refused("GENEWAYBILL", challan) == ["813"]
    number = seller.do("GENEWAYBILL", challan)["ewayBillNo"]
    assert seller.unanswered("GetEwayBill", ewbNo=number) == ["800"]


def test_forms_of_errors(portal, seller, challan, dialect):
    wrong = {**challan, "docNo": ""}
    for form, expected in (
        ("comma", {"errorCodes": "206,"}),
        ("plain", {"errorCodes": "206"}),
    ):
        words = dialect(ewb_error_form=form)
        object.__setattr__(portal.settings, "dialect", words)
        error = seller.post("GENEWAYBILL", wrong)["error"]
        assert json.loads(base64.b64decode(error)) == expected
    object.__setattr__(portal.settings, "dialect", dialect(ewb_error_form="object"))
    assert seller.post("GENEWAYBILL", wrong)["error"] == {"errorCodes": 206}


@pytest.mark.parametrize("action", ["NOSUCH", "", None])
def test_unknown_action(seller, action):
    assert seller.refused(action, {}) == ["239"]


def test_payload_that_is_no_object(seller):
    data = seller.http.encrypted("[1]")
    body = json.dumps({"action": "GENEWAYBILL", "data": data})
    path = "/ewaybillapi/v1.03/ewayapi"
    answer = seller.http.envelope("POST", path, seller.headers, body)

    assert json.loads(base64.b64decode(answer["error"])) == {"errorCodes": "100,"}


# --- the web page --------------------------------------------------------------------


def control(app, wire, method, path, value=None):
    headers = {"Content-Type": "application/json"}
    body = None if value is None else json.dumps(value)
    answer = wire.in_process(app)(method, f"/_sandbox/{path}", headers, body)
    return answer.status, json.loads(answer.body)


def test_made_on_the_web_page(portal, seller, wire, challan):
    app = create_app(portal)
    order = {"gstin": SELLER, "action": "GENEWAYBILL", "request": challan}
    status, said = control(app, wire, "POST", "ewb", order)
    assert status == 200
    number = said["answer"]["ewayBillNo"]

    bill = seller.get("GetEwayBill", ewbNo=number)
    assert (bill["genMode"], bill["VehiclListDetails"][0]["updMode"]) == ("WEB", "WEB")
    assert control(app, wire, "POST", "ewb", order) == (400, {"error": "604"})
    order["action"] = "DELETE"
    assert control(app, wire, "POST", "ewb", order)[0] == 400
    _status, shown = control(app, wire, "GET", "eway_bills")
    [one] = shown["eway_bills"]
    assert (one["number"], one["distance"], len(one["part_b"])) == (number, 438, 1)


def test_acts_on_the_web_page(portal, seller, wire, moving):
    app = create_app(portal)
    order = {"gstin": BUYER, "action": "REJEWB", "request": {"ewbNo": moving}}
    assert control(app, wire, "POST", "ewb", order)[0] == 200
    assert seller.get("GetEwayBill", ewbNo=moving)["rejectStatus"] == "Y"
    order = {"gstin": SELLER, "action": "CANEWB", "request": {**CANCEL}}
    order["request"]["ewbNo"] = moving
    assert control(app, wire, "POST", "ewb", order)[0] == 200
    assert seller.get("GetEwayBill", ewbNo=moving)["status"] == "CNL"


def test_settings_of_a_running_portal(portal, seller, wire, moving):
    app, query = create_app(portal), {"date": TODAY}
    change = {"ewb_other_list_limit": 1, "ewb_not_yours_code": "325"}
    assert control(app, wire, "POST", "settings", change) == (200, change)
    assert seller.get("GetEwayBillsByDate", **query)
    assert seller.unanswered("GetEwayBillsByDate", **query) == ["658"]
    assert seller.unanswered("GetEwayBill", ewbNo=391000000999) == ["325"]
    for wrong in ({"dialect": {}}, {"nothing": 1}, {"ewb_portal": "2"}):
        assert control(app, wire, "POST", "settings", wrong)[0] == 400


# --- other operators, real HTTP ------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("nic", "/v1.03/ewayapi/GetEwayBill"),
        ("nic2", "/ewaybillapi/v1.03/ewayapi/GetEwayBill"),
        ("clear-gsp", "/einv-gsp/ewb/v1.03/ewayapi/GetEwayBill"),
        ("alankit", "/api/ewaybillapi/v1.03/ewayapi/GetEwayBill"),
        ("alankit", "/ewaybillgateway/v1.03/Master/GetErrorList"),
    ],
)
def test_paths_of_operators(name, path):
    dialect = DIALECTS[name]
    found = [route.name for route in dialect.routes if route.match(path) is not None]

    assert found == ["ewb_errors" if "Master" in path else "ewb_get"]


def test_over_http(portal, sign_in, wire, challan):
    server = serve(create_app(portal), "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        caller = sign_in(portal, SELLER)
        caller.http.send = wire.over_http(f"http://127.0.0.1:{server.port}")
        number = caller.do("GENEWAYBILL", challan)["ewayBillNo"]
        assert caller.get("GetEwayBill", ewbNo=number)["docNo"] == "7001-8"
        assert caller.refused("GENEWAYBILL", challan) == ["604"]
        caller.http.send.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# --- the store -----------------------------------------------------------------------


def test_bills_survive_a_restart(new_store, new_portal, sign_in, challan, tmp_path):
    path = tmp_path / "portal.sqlite3"
    store = new_store(path)
    seller = sign_in(new_portal(store=store), SELLER)
    number = seller.do("GENEWAYBILL", challan)["ewayBillNo"]
    before = seller.get("GetEwayBill", ewbNo=number)
    store.close()

    again = sign_in(new_portal(store=new_store(path)), SELLER)
    assert again.get("GetEwayBill", ewbNo=number) == before
    assert again.refused("GENEWAYBILL", challan) == ["604"]


def test_file_of_an_earlier_version(portal, seller, registered):
    # it has the bill, and no movement
    with portal.store.transaction() as db:
        db.execute("DELETE FROM ewb_movement")
        db.execute("DELETE FROM ewb_part_b")
    assert seller.do("VEHEWB", VEHICLE, ewbNo=registered["EwbNo"])
    shown = seller.get("GetEwayBill", ewbNo=registered["EwbNo"])
    assert (shown["docNo"], shown["actualDist"]) == ("INV/25-26/0007", 438)


def test_same_request_at_the_same_time(portal, sign_in, challan):
    callers = [sign_in(portal, gstin) for gstin in (SELLER, BUYER)]
    inward = {**challan, "supplyType": "I", "subSupplyType": 6}
    # outward by the supplier and inward by the recipient: one document
    orders = [(callers[0], challan), (callers[1], inward)] * 4
    answers = []

    def order(caller, request):
        answers.append(caller.post("GENEWAYBILL", request)["status"])

    threads = [threading.Thread(target=order, args=one) for one in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["0"] * 7 + ["1"]
    assert len(portal.movements.all()) == 1
