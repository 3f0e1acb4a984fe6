"""GENEWAYBILL: answers, rules and codes."""

import json

import pytest

SELLER, BUYER = "37ARZPT4384Q1MT", "29AWGPV7107B1Z1"
CARRIER, OTHER_CARRIER = "05AAACG0904A1ZL", "27ZZZCD9999D1ZE"
HERE = {"fromPincode": 518001, "fromStateCode": 37, "actFromStateCode": 37}
NEAR = {"toPincode": 518002, "toStateCode": 37, "actToStateCode": 37}
ABROAD = {"toPincode": 999999, "toStateCode": 99, "actToStateCode": 99}
FROM_ABROAD = {"fromPincode": 999999, "fromStateCode": 96, "actFromStateCode": 96}


def line(challan, **changes):
    return [{**challan["itemList"][0], **changes}]


def test_answer(seller, challan):
    answer = seller.do("GENEWAYBILL", challan)

    assert list(answer) == ["ewayBillNo", "ewayBillDate", "validUpto", "alert"]
    number = answer["ewayBillNo"]
    assert (type(number), len(str(number)), str(number)[2]) == (int, 12, "1")
    assert answer["ewayBillDate"] == "15/11/2025 10:30:00 AM"
    # 438 km: three days
    assert answer["validUpto"] == "18/11/2025 11:59:00 PM"
    assert answer["alert"] == ", Distance between these two pincodes is 438, "


def test_part_a_slip_has_no_validity(seller, part_a):
    assert seller.do("GENEWAYBILL", part_a)["validUpto"] is None


def test_no_validity_may_be_empty_text(portal, seller, part_a, dialect):
    words = dialect(ewb_empty_validity="empty")
    object.__setattr__(portal.settings, "dialect", words)

    assert seller.do("GENEWAYBILL", part_a)["validUpto"] == ""


@pytest.mark.parametrize(
    ("kilometres", "kind", "mode", "last"),
    [
        ("10", "R", "1", "16/11/2025"),
        ("200", "R", "1", "16/11/2025"),
        ("201", "R", "1", "17/11/2025"),
        ("401", "R", "1", "18/11/2025"),
        ("20", "O", "1", "16/11/2025"),
        ("41", "O", "1", "18/11/2025"),
        # by ship the cargo counts as over-dimensional
        ("100", "O", "4", "20/11/2025"),
    ],
)
def test_validity(seller, challan, kilometres, kind, mode, last):
    more = {"transMode": mode, "vehicleType": kind, "transDistance": kilometres}
    answer = seller.do("GENEWAYBILL", challan, **more)

    assert answer["validUpto"] == f"{last} 11:59:00 PM"


def test_document_has_one_live_bill(seller, challan, moving):
    again = {**challan, "docNo": challan["docNo"].lower()}
    assert seller.refused("GENEWAYBILL", again) == ["604"]
    assert seller.do("GENEWAYBILL", challan, docNo="7001-9")
    seller.do("CANEWB", {"ewbNo": moving, "cancelRsnCode": 2, "cancelRmrk": "wrong"})

    assert seller.do("GENEWAYBILL", challan)["ewayBillNo"] != moving


def test_all_codes_together(seller, challan):
    wrong = {"docNo": "a b", "docDate": "2025-11-15", "totInvValue": 10}

    assert seller.refused("GENEWAYBILL", challan, **wrong) == ["206", "207", "620"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"supplyType": "X"}, "201"),
        ({"subSupplyType": "13"}, "202"),
        ({"subSupplyType": "2"}, "203"),
        ({"docType": "CNT"}, "204"),
        ({"subSupplyType": "1"}, "205"),
        ({"subSupplyType": "8"}, "377"),
        ({"docNo": "12345678901234567"}, "206"),
        ({"docDate": "16/11/2025"}, "207"),
        ({"docDate": "30/06/2017"}, "819"),
        ({"docDate": "18/05/2025"}, "820"),
        ({"fromGstin": "37ARZPT4384"}, "208"),
        ({"toGstin": ""}, "212"),
        ({"fromGstin": BUYER, "toGstin": SELLER}, "359"),
        ({"subSupplyType": "5"}, "212"),
        ({"fromPincode": 51800}, "210"),
        ({"toPincode": "no"}, "214"),
        ({"toPincode": 411026}, "710"),
        ({"fromStateCode": 39}, "211"),
        ({"toStateCode": 0}, "215"),
        ({"actFromStateCode": 27}, "643"),
        ({"actToStateCode": 39}, "372"),
        ({"transactionType": ""}, "614"),
        ({"transactionType": 5}, "612"),
        ({"transactionType": 3, "shipToGSTIN": CARRIER}, "864"),
        ({"transactionType": 2, "shipToGSTIN": BUYER}, "618"),
        ({"shipToGSTIN": CARRIER}, "616"),
        ({"totInvValue": ""}, "640"),
        ({"igstValue": -1}, "629"),
        ({"totInvValue": 57097}, "620"),
        ({"cgstValue": 5, "sgstValue": 5}, "624"),
        ({"itemList": []}, "233"),
        ({"transDistance": "4000"}, "221"),
        ({"transDistance": ""}, "221"),
        ({"transMode": "9"}, "220"),
        ({"transMode": ""}, "621"),
        ({"transMode": "", "vehicleNo": ""}, "619"),
        ({"vehicleNo": ""}, "226"),
        ({"vehicleNo": "KA 12"}, "225"),
        ({"vehicleType": "X"}, "361"),
        ({"transMode": "2", "transDocNo": "RR1", "vehicleType": ""}, "385"),
        ({"transMode": "3", "transDocDate": "15/11/2025", "vehicleType": ""}, "394"),
        (
            {
                "transMode": "2",
                "transDocNo": "1",
                "transDocDate": "14/11/2025",
                "vehicleType": "",
            },
            "362",
        ),
        ({"transMode": "4"}, "726"),
        ({"transporterId": "05AAACG0904A1ZM"}, "222"),
        ({"fromPlace": "x" * 51}, "230"),
    ],
)
def test_codes(seller, challan, changes, code):
    assert code in seller.refused("GENEWAYBILL", challan, **changes)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"hsnCode": 10}, ["282"]),
        ({"hsnCode": "abc"}, ["216"]),
        ({"hsnCode": 996511}, ["724"]),
        ({"qtyUnit": "BOXES"}, ["217"]),
        ({"taxableAmount": None}, ["234"]),
        ({"igstRate": 4}, ["254"]),
        ({"igstRate": 0, "cgstRate": 9, "sgstRate": 9}, ["219"]),
        ({"igstRate": 0, "cgstRate": 9, "sgstRate": 6}, ["251", "219"]),
        ({"cessRate": -1}, ["255"]),
    ],
)
def test_items(seller, challan, changes, codes):
    request = {**challan, "itemList": line(challan, **changes)}

    assert seller.refused("GENEWAYBILL", request) == codes


def test_tax_within_a_state(seller, challan):
    # same PIN area, two kilometres apart by the portal's table
    request = {**challan, **NEAR, "igstValue": 0}
    assert seller.refused("GENEWAYBILL", request) == ["218"]
    lines = line(challan, igstRate=0, cgstRate=1.5, sgstRate=1.5)

    assert seller.do("GENEWAYBILL", request, itemList=lines)


def test_grace_of_two_rupees(seller, challan):
    # 56099 + 300.67 + 400.56 + 400 - 100 = 57100.23
    assert seller.do("GENEWAYBILL", challan, totInvValue=57098.23)
    again = {**challan, "docNo": "2"}
    assert seller.refused("GENEWAYBILL", again, totInvValue=57098.22) == ["620"]


def test_distance_above_the_portals(seller, challan):
    assert seller.do("GENEWAYBILL", challan, transDistance="481")
    answer = seller.post("GENEWAYBILL", {**challan, "docNo": "2", "transDistance": 482})

    info = {"fromPinCode": "518001", "toPinCode": "562160", "distance": 438}
    assert json.loads(answer["info"]) == info


@pytest.mark.parametrize(("sent", "code"), [(0, "721"), (100, None), (101, "702")])
def test_distance_within_a_pin_code(seller, challan, sent, code):
    same = {**NEAR, "toPincode": 518001, "igstValue": 0}
    lines = line(challan, igstRate=0)
    request = {**challan, **same, "itemList": lines, "transDistance": sent}
    answer = seller.post("GENEWAYBILL", request)

    assert answer["status"] == ("0" if code else "1")
    if code:
        assert seller.refused("GENEWAYBILL", request) == [code]


@pytest.mark.parametrize(
    ("kind", "recipient", "is_refused"),
    [("INV", BUYER, True), ("BIL", BUYER, False), ("INV", "URP", False)],
)
def test_invoices_under_e_invoice_go_through_the_irn(
    seller, challan, kind, recipient, is_refused
):
    request = {**challan, "subSupplyType": 1, "docType": kind, "toGstin": recipient}
    answer = seller.post("GENEWAYBILL", request)
    assert answer["status"] == ("0" if is_refused else "1")
    if is_refused:
        assert seller.refused("GENEWAYBILL", request) == ["720"]


def test_that_rule_is_a_setting(new_portal, sign_in, challan):
    seller = sign_in(new_portal(ewb_irn_required=False), SELLER)

    assert seller.do("GENEWAYBILL", challan, subSupplyType=1, docType="INV")


def test_export_and_import(seller, challan):
    export = {**challan, "subSupplyType": 3, "docType": "BIL", "toGstin": "URP"}
    assert {"373", "374"} <= set(seller.refused("GENEWAYBILL", export))
    assert seller.do("GENEWAYBILL", {**export, **ABROAD, "transDistance": 300})
    export = {**export, "toGstin": BUYER, "docNo": "2"}
    assert seller.refused("GENEWAYBILL", export) == ["450"]
    arrival = {"supplyType": "I", "subSupplyType": 2, "docType": "BOE"}
    parties = {"fromGstin": "URP", "toGstin": SELLER}
    request = {**challan, **arrival, **parties, **FROM_ABROAD}
    request |= {"toPincode": 518001, "toStateCode": 37, "actToStateCode": 37}

    assert seller.do("GENEWAYBILL", request, transDistance=300)
    request |= {"fromPincode": 562160, "fromStateCode": 29, "docNo": "3"}
    assert {"375", "376"} <= set(seller.refused("GENEWAYBILL", request))


def test_inward_is_for_the_recipient(seller, buyer, challan):
    inward = {**challan, "supplyType": "I", "subSupplyType": 6}

    assert seller.refused("GENEWAYBILL", inward) == ["360"]
    assert buyer.do("GENEWAYBILL", inward)


def test_transporter_generates(carrier, callers, challan):
    assert callers(OTHER_CARRIER).refused(
        "GENEWAYBILL", challan, transporterId=CARRIER
    ) == ["278"]
    assert carrier.refused("GENEWAYBILL", challan) == ["359"]
    assert carrier.do("GENEWAYBILL", challan, transporterId=CARRIER)


def test_both_unregistered(seller, challan):
    both = {"fromGstin": "URP", "toGstin": "URP"}

    assert seller.refused("GENEWAYBILL", challan, **both) == ["822"]


@pytest.mark.parametrize(
    ("gstin", "record", "codes"),
    [
        (SELLER, {"status": "SUS"}, ["208"]),
        (BUYER, {"status": "CNL"}, ["212"]),
        (BUYER, {"status": "CNL", "DtDReg": "2025-11-14"}, ["722"]),
        (BUYER, {"status": "CNL", "DtDReg": "2025-11-15"}, ["212"]),
        (SELLER, {"TxpType": "TDS"}, ["855"]),
        (SELLER, {"BlkStatus": "B"}, ["715"]),
        (SELLER, {"TxpType": "COM"}, ["703", "704"]),
        (BUYER, {"TxpType": "SEZ"}, None),
        (BUYER, {"status": "SUS"}, None),
        (BUYER, {"BlkStatus": "B"}, None),
    ],
)
def test_registry(portal, seller, challan, gstin, record, codes):
    portal.set_taxpayer(gstin, **record)
    if codes is None:
        assert seller.do("GENEWAYBILL", challan)
    else:
        assert seller.refused("GENEWAYBILL", challan) == codes


def test_common_enrolment(portal, seller, challan):
    portal.set_taxpayer("88AAACG0904A1ZL")

    assert seller.refused("GENEWAYBILL", challan, transporterId=CARRIER) == ["655"]
    common = {"transporterId": "88AAACG0904A1ZL"}
    assert seller.do("GENEWAYBILL", challan, **common)


def test_gold(seller, challan):
    near = {**challan, **NEAR, "igstValue": 0}
    gold = {**near, "itemList": line(challan, hsnCode=7108, igstRate=0)}

    assert seller.refused("GENEWAYBILL", gold) == ["805", "806"]
    number = seller.do("GENEWAYBILL", gold, vehicleNo="", vehicleType="")["ewayBillNo"]
    entry = {"ewbNo": number, "vehicleNo": "PVC1234", "transMode": "1"}
    entry |= {"fromPlace": "X", "fromState": 37, "reasonCode": "4"}
    assert seller.refused("VEHEWB", entry) == ["811"]
