"""Published codes of GENEWAYBILL besides those of test_ewb_generate, one by one."""

from datetime import timedelta

import pytest

SELLER, BUYER = "37ARZPT4384Q1MT", "29AWGPV7107B1Z1"
CARRIER = "05AAACG0904A1ZL"
NEAR = {"toPincode": 518002, "toStateCode": 37, "actToStateCode": 37, "igstValue": 0}
VEHICLE = {
    "vehicleNo": "PQR1234",
    "fromPlace": "BANGALORE",
    "fromState": 29,
    "reasonCode": "1",
    "reasonRem": "breakdown",
    "transMode": "1",
}


def line(challan, **changes):
    return {"itemList": [{**challan["itemList"][0], **changes}]}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        # names and places
        ({"fromAddr1": "x" * 121}, ["209"]),
        ({"toAddr2": "x" * 121}, ["213"]),
        ({"fromTrdName": "x" * 101}, ["229"]),
        ({"toTrdName": "x" * 101}, ["231"]),
        ({"toPlace": "x" * 51}, ["232"]),
        ({"transporterName": "x" * 101}, ["100"]),
        ({"subSupplyDesc": "x" * 21}, ["377"]),
        ({"actFromStateCode": ""}, ["371", "643"]),
        ({"userGstin": BUYER}, ["358"]),
        ({"userGstin": SELLER.lower()}, None),
        # other parties
        ({"transactionType": 3, "dispatchFromGSTIN": "37"}, ["610"]),
        ({"transactionType": 3, "dispatchFromGSTIN": SELLER}, ["617"]),
        ({"transactionType": 4, "shipToGSTIN": "29"}, ["609"]),
        ({"transactionType": 4, "shipToGSTIN": "URP"}, None),
        ({"transactionType": 2, "toStateCode": 33}, ["865"]),
        ({"transactionType": 2, "toStateCode": 33, "toGstin": "URP"}, None),
        ({"dispatchFromGSTIN": CARRIER}, ["615"]),
        ({"actToStateCode": 33, "toPincode": 600001}, ["644"]),
        # as a client sends it for a buyer in an SEZ
        ({"toStateCode": 96}, None),
        # values
        ({"totalValue": -1}, ["627"]),
        ({"totInvValue": -1, "totalValue": 0}, ["628", "620"]),
        ({"cgstValue": -1}, ["630", "624"]),
        ({"sgstValue": -1}, ["631", "624"]),
        ({"cessValue": -1}, ["632"]),
        ({"cessNonAdvolValue": -1}, ["633"]),
        ({"otherValue": -100.001}, ["100"]),
        ({"totInvValue": "1E+90"}, None),
        # transport
        ({"transMode": "", "vehicleNo": "", "transDocNo": "L1"}, ["622"]),
        ({"transDocNo": "L 1"}, ["223"]),
        ({"transDocNo": "x" * 16}, ["223"]),
        ({"transDocDate": "15-11-2025"}, ["224"]),
        ({"vehicleType": "", "transMode": "4", "vehicleNo": ""}, ["727"]),
        ({"vehicleType": "O", "transMode": "4", "transDocNo": "BL1"}, ["729"]),
        ({"toTransporterLoc": "Y"}, None),
        ({"toTransporterLoc": "N"}, ["605"]),
        ({"toTransporterLoc": "Y", "vehicleType": ""}, ["606"]),
    ],
)
def test_a_request(seller, challan, changes, codes):
    if codes is None:
        assert seller.do("GENEWAYBILL", challan, **changes)
    else:
        assert seller.refused("GENEWAYBILL", challan, **changes) == codes


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"igstRate": None}, ["236"]),
        ({"igstRate": 0}, None),
        ({"cessNonadvol": -1}, ["256"]),
        ({"qtyUnit": "XYZ"}, ["217"]),
        ({"qtyUnit": "kgs"}, None),
        ({"taxableAmount": -1}, ["234"]),
        ({"taxableAmount": 0.001}, ["100"]),
        ({"cessRate": 0.0001}, ["100"]),
        ({"productDesc": "x" * 101}, ["100"]),
        # tea and frozen vegetables: a number has no zero in front
        ({"hsnCode": 902}, None),
        ({"hsnCode": "0902"}, None),
        ({"hsnCode": 71022}, None),
        ({"hsnCode": 9021010}, None),
    ],
)
def test_a_line(seller, challan, changes, codes):
    request = {**challan, **line(challan, **changes)}
    if codes is None:
        number = seller.do("GENEWAYBILL", request)["ewayBillNo"]
        shown = seller.get("GetEwayBill", ewbNo=number)["itemList"][0]["hsnCode"]
        assert shown == int(request["itemList"][0]["hsnCode"])
    else:
        assert seller.refused("GENEWAYBILL", request) == codes


def test_rates_within_a_state(seller, challan):
    request = {**challan, **NEAR}
    missing = line(challan, igstRate=0, cgstRate=None, sgstRate="")
    assert seller.refused("GENEWAYBILL", {**request, **missing}) == ["235"]
    odd = line(challan, igstRate=0, cgstRate=4, sgstRate=4)
    assert seller.refused("GENEWAYBILL", {**request, **odd}) == ["252", "253"]
    value = {**request, **line(challan, igstRate=0), "igstValue": 5}
    assert seller.refused("GENEWAYBILL", value) == ["623"]


def test_turnover_of_five_crore(new_portal, sign_in, challan):
    seller = sign_in(new_portal(turnover_crore=5), SELLER)

    assert seller.refused("GENEWAYBILL", challan) == ["283"]
    assert seller.do("GENEWAYBILL", {**challan, **line(challan, hsnCode=100199)})


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, None),
        ({"transporterId": CARRIER, "transporterName": "c"}, ["801", "802"]),
        ({"transDocNo": "L1", "transDocDate": "15/11/2025"}, ["803", "804"]),
        ({"vehicleNo": "PVC1234", "vehicleType": "R"}, ["805", "806"]),
        ({"transMode": ""}, ["807"]),
        ({"transMode": "2"}, ["815"]),
    ],
)
def test_gold(seller, challan, changes, codes):
    bare = {**NEAR, "vehicleNo": "", "vehicleType": "", "transDistance": 2}
    gold = {**challan, **bare, **line(challan, hsnCode=7108, igstRate=0)}
    if codes is None:
        assert seller.do("GENEWAYBILL", gold, **changes)
    else:
        assert seller.refused("GENEWAYBILL", gold, **changes) == codes


def test_gold_and_other_goods(seller, challan):
    bare = {"vehicleNo": "", "vehicleType": ""}
    [goods] = challan["itemList"]
    jewels = {**goods, "hsnCode": 7108}
    request = {**challan, **bare, "itemList": [jewels, goods]}
    assert seller.refused("GENEWAYBILL", request) == ["808", "809"]
    # imitation jewellery is none
    assert seller.do("GENEWAYBILL", {**challan, **line(challan, hsnCode=7117)})


def test_gold_goes_on_as_it_is(seller, clock, challan):
    bare = {**NEAR, "vehicleNo": "", "vehicleType": "", "transDistance": 2}
    gold = {**challan, **bare, **line(challan, hsnCode=7108, igstRate=0)}
    number = seller.do("GENEWAYBILL", gold)["ewayBillNo"]
    change = {"ewbNo": number, "transporterId": CARRIER}
    assert seller.refused("UPDATETRANSPORTER", change) == ["810"]
    lorry = {**VEHICLE, "tripSheetEwbBills": [{"ewbNo": number}]}
    assert seller.refused("GENCEWB", lorry) == ["812"]
    group = {**VEHICLE, "toPlace": "X", "toState": 37, "unitCode": "BOX"}
    group |= {"totalQuantity": 1, "ewbNo": number}
    assert seller.refused("MULTIVEHMOVINT", group) == ["814"]
    clock.advance(days=1, hours=8)
    assert seller.log_in(f"ewb_{SELLER}", "Ewb@1")["status"] == "1"
    longer = {
        "ewbNo": number,
        "fromPlace": "X",
        "fromState": 37,
        "fromPincode": 518001,
        "remainingDistance": 1,
        "extnRsnCode": 99,
        "extnRemarks": "x",
        "transMode": "5",
        "consignmentStatus": "T",
        "transitType": "W",
        "addressLine1": "a",
        "addressLine2": "b",
        "addressLine3": "c",
    }
    assert seller.refused("EXTENDVALIDITY", longer) == ["816"]
    wide = {**longer, "addressLine2": "x" * 121}
    assert seller.refused("EXTENDVALIDITY", wide) == ["707", "816"]


@pytest.fixture
def cigarettes(clock, seller, challan):
    """A bill of supply for cigarettes, in February 2026."""
    clock.advance(days=90)
    assert seller.log_in(f"ewb_{SELLER}", "Ewb@1")["status"] == "1"
    document = {"subSupplyType": 1, "docType": "BIL", "docDate": "12/02/2026"}
    taxes = {"igstValue": 0, "totInvValue": 99999}
    goods = line(challan, hsnCode=24022090, qtyUnit="THD", igstRate=40)
    return {**challan, **document, **taxes, **goods}


@pytest.mark.parametrize(
    ("changes", "of_line", "codes"),
    [
        ({}, {}, None),
        ({"fromAddr1": ""}, {}, ["832"]),
        ({"fromPlace": " "}, {}, ["833"]),
        ({"toAddr1": None}, {}, ["834"]),
        ({"toPlace": ""}, {}, ["835"]),
        ({}, {"qtyUnit": ""}, ["836"]),
        ({}, {"qtyUnit": "THOUSAND"}, ["837"]),
        ({}, {"quantity": 0}, ["838"]),
        # an invoice has the tax, a bill of supply none
        ({}, {"igstRate": 0}, None),
        ({"docType": "INV", "toGstin": "URP"}, {"igstRate": 0}, ["840"]),
        ({"docType": "INV", "toGstin": "URP", **NEAR}, {"igstRate": 0}, ["839"]),
        ({"docType": "INV"}, {}, ["856"]),
        # biris are other goods
        ({"toPlace": ""}, {"hsnCode": 24031921}, None),
    ],
)
def test_tobacco_and_pan_masala(seller, cigarettes, changes, of_line, codes):
    request = {**cigarettes, **changes, **line(cigarettes, **of_line)}
    if codes is None:
        assert seller.do("GENEWAYBILL", request)
    else:
        assert seller.refused("GENEWAYBILL", request) == codes


def test_tobacco_with_other_goods(seller, cigarettes):
    [goods] = cigarettes["itemList"]
    request = {**cigarettes, "itemList": [goods, {**goods, "hsnCode": 1001}]}
    assert seller.refused("GENEWAYBILL", request) == ["831"]


def test_tobacco_before_february_2026(seller, challan):
    goods = line(challan, hsnCode=24022090, qtyUnit="")
    assert seller.do("GENEWAYBILL", {**challan, **goods}, toPlace="")


def test_knocked_down_lots_and_an_sez(portal, seller, buyer, challan):
    kit = {**challan, "subSupplyType": 9}
    portal.set_taxpayer(BUYER, TxpType="SEZ")
    assert seller.refused("GENEWAYBILL", kit) == ["641"]
    assert seller.do("GENEWAYBILL", kit, toStateCode=99)
    portal.set_taxpayer(BUYER, TxpType="REG")
    portal.set_taxpayer(SELLER, TxpType="SEZ")
    inward = {**kit, "supplyType": "I", "docNo": "2"}
    assert buyer.refused("GENEWAYBILL", inward) == ["642"]


def test_an_sez_has_igst(portal, seller, challan):
    portal.set_taxpayer(BUYER, TxpType="SEZ")
    halves = line(challan, igstRate=0, cgstRate=9, sgstRate=9)
    assert seller.refused("GENEWAYBILL", {**challan, **halves}) == ["378"]


def test_composition(portal, seller, challan):
    portal.set_taxpayer(SELLER, TxpType="COM")
    request = {**challan, "subSupplyType": 1, "docType": "INV", "toGstin": "URP"}
    found = seller.refused("GENEWAYBILL", {**request, **line(challan, igstRate=0)})
    assert found == ["714", "703"]


def test_taxpayer_with_a_common_enrolment(portal, carrier, challan):
    portal.set_taxpayer("88AAACG0904A1ZL")
    found = carrier.refused("GENEWAYBILL", challan, transporterId=CARRIER)
    assert found == ["654", "655"]


# --- what is data --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"transactionType": 1}, None),
        ({"transactionType": 3}, None),
        ({}, None),
        ({"shipToGSTIN": ""}, ["608"]),
        ({"shipToTradeName": ""}, ["863"]),
        ({"actToStateCode": 45}, ["857"]),
        ({"actToStateCode": ""}, ["372"]),
        ({"toPincode": 600001}, ["858"]),
        ({"toStateCode": 33}, ["865"]),
    ],
)
def test_the_shelved_rules_on_the_ship_to(new_portal, sign_in, challan, changes, codes):
    seller = sign_in(new_portal(ewb_ship_to_gstin=True), SELLER)
    third = {"shipToGSTIN": "URP", "shipToTradeName": "Site"}
    kind = changes.get("transactionType", 2)
    request = {**challan, "transactionType": kind, **(third if kind == 2 else {})}
    if codes is None:
        assert seller.do("GENEWAYBILL", request)
    else:
        assert seller.refused("GENEWAYBILL", request, **changes) == codes


def test_settings(new_portal, sign_in, challan):
    rail = {"transMode": "2", "vehicleNo": "", "vehicleType": ""}
    rail |= {"transDocNo": "123456", "transDocDate": "15/11/2025"}
    for setting, request, code in (
        ({"ewb_dispatch_gstin": True}, {"transactionType": 3}, "607"),
        ({"ewb_states_without": (37,)}, {**NEAR, **line(challan, igstRate=0)}, "363"),
        ({"ewb_rail_receipt": "[PF][A-Z]{2,5}[0-9-]{4,}"}, rail, "823"),
        ({"ewb_pair_code": "611"}, {"subSupplyType": 1}, "611"),
    ):
        changed = sign_in(new_portal(**setting), SELLER)
        assert changed.refused("GENEWAYBILL", {**challan, **request}) == [code]
        usual = sign_in(new_portal(), SELLER)
        answer = usual.post("GENEWAYBILL", {**challan, **request})
        assert answer["status"] == ("0" if code == "611" else "1")


# --- bills of the other portal -------------------------------------------------------


def test_a_bill_is_known_at_the_other_portal_soon(
    new_portal, new_store, sign_in, clock, challan
):
    store, seconds = new_store(), timedelta(seconds=5)
    first, second = (
        sign_in(
            new_portal(store=store, ewb_portal=one, ewb_tells_after=seconds), SELLER
        )
        for one in (1, 2)
    )
    number = second.do("GENEWAYBILL", challan)["ewayBillNo"]
    query = {"docType": "CHL", "docNo": challan["docNo"]}

    def seen(caller):
        asked = (
            ("GetEwayBill", {"ewbNo": number}),
            ("GetEwayBillGeneratedByConsigner", query),
            ("GetEwayBillsByDate", {"date": "15/11/2025"}),
        )
        return [caller.ask(name, **how)["status"] for name, how in asked]

    assert seen(second) == ["1", "1", "1"]
    assert seen(first) == ["0", "0", "0"]
    assert first.refused("VEHEWB", VEHICLE, ewbNo=number) == ["301"]
    clock.advance(seconds=5)
    assert seen(first) == ["1", "1", "1"]
    assert first.do("VEHEWB", VEHICLE, ewbNo=number)
    assert first.refused("GENEWAYBILL", challan) == ["604"]


def test_one_log_in_for_both_portals(new_portal, new_store, sign_in, challan):
    """N24: a token of one portal serves the other."""
    store = new_store()
    first, second = (
        sign_in(new_portal(store=store, ewb_portal=one), SELLER) for one in (1, 2)
    )
    second.headers = {**second.headers, "authtoken": first.headers["authtoken"]}
    second.http.sek = first.http.sek
    assert str(second.do("GENEWAYBILL", challan)["ewayBillNo"])[2] == "8"
