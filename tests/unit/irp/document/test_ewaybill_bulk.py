"""E-way bills without an IRN on paper, and in the file for the website."""

import json
from datetime import datetime, timezone

import pytest
from irp.document import (
    EWAYBILL_FRAME,
    EWAYBILL_LIMITS,
    bulk_files,
    content_without_irn,
    ewaybill_bulk_entry,
)

BODY = {
    "supplyType": "O",
    "subSupplyType": "8",
    "subSupplyDesc": "Purchase Return",
    "docType": "OTH",
    "docNo": "R/1",
    "docDate": "15/01/2026",
    "fromGstin": "29AAACK0000A1ZK",
    "fromTrdName": "Kaveri Tools",
    "fromAddr1": "14 Residency Road",
    "fromPlace": "Bengaluru",
    "fromPincode": 560025,
    "fromStateCode": 29,
    "actFromStateCode": 29,
    "toGstin": "URP",
    "toTrdName": "Asha",
    "toPlace": "Mumbai",
    "toPincode": 400001,
    "toStateCode": 27,
    "actToStateCode": 27,
    "transactionType": 1,
    "otherValue": -10,
    "totalValue": 1000,
    "cessNonAdvolValue": 4,
    "totInvValue": 1174.5,
    "transMode": "1",
    "vehicleNo": "KA01AB1234",
    "transDocNo": "",
    "itemList": [
        {"productName": "Bits", "hsnCode": 820750, "cessNonadvol": 4},
        {"productName": "Advice", "hsnCode": 998311},
    ],
}


def test_printed():
    content = content_without_irn(BODY)
    assert content.reason == "Outward - Others - Purchase Return"
    assert content.delivery.lines == ("Mumbai, Maharashtra - 400001",)
    assert content.goods == (("820750", "Bits"),)
    assert content.value == "1174.50"
    assert content.transaction_type == "Regular"
    assert content.transport == {"TransMode": "1", "VehNo": "KA01AB1234"}
    assert content.mode == "Road"


# NIC, EWB_Attributes_new.xlsx: the order of the sheet Sample JSON, the types of Schema
PUBLISHED = {
    str: [
        "userGstin",
        "supplyType",
        "subSupplyDesc",
        "docType",
        "docNo",
        "docDate",
        "fromGstin",
        "fromTrdName",
        "fromAddr1",
        "fromAddr2",
        "fromPlace",
        "toGstin",
        "toTrdName",
        "toAddr1",
        "toAddr2",
        "toPlace",
        "transporterName",
        "transporterId",
        "transDocNo",
        "transDocDate",
        "vehicleNo",
        "vehicleType",
        "mainHsnCode",
    ],
    (int, float): [
        "subSupplyType",
        "transType",
        "fromPincode",
        "fromStateCode",
        "actualFromStateCode",
        "toPincode",
        "toStateCode",
        "actualToStateCode",
        "totalValue",
        "cgstValue",
        "sgstValue",
        "igstValue",
        "cessValue",
        "TotNonAdvolVal",
        "OthValue",
        "totInvValue",
        "transMode",
        "transDistance",
    ],
}
ORDER = [
    "userGstin",
    "supplyType",
    "subSupplyType",
    "subSupplyDesc",
    "docType",
    "docNo",
    "docDate",
    "transType",
    "fromGstin",
    "fromTrdName",
    "fromAddr1",
    "fromAddr2",
    "fromPlace",
    "fromPincode",
    "fromStateCode",
    "actualFromStateCode",
    "toGstin",
    "toTrdName",
    "toAddr1",
    "toAddr2",
    "toPlace",
    "toPincode",
    "toStateCode",
    "actualToStateCode",
    "totalValue",
    "cgstValue",
    "sgstValue",
    "igstValue",
    "cessValue",
    "TotNonAdvolVal",
    "OthValue",
    "totInvValue",
    "transMode",
    "transDistance",
    "transporterName",
    "transporterId",
    "transDocNo",
    "transDocDate",
    "vehicleNo",
    "vehicleType",
    "mainHsnCode",
    "itemList",
]
ITEM_ORDER = [
    "itemNo",
    "productName",
    "productDesc",
    "hsnCode",
    "quantity",
    "qtyUnit",
    "taxableAmount",
    "sgstRate",
    "cgstRate",
    "igstRate",
    "cessRate",
    "cessNonAdvol",
]
GSTIN = "29AAACK0000A1ZK"


@pytest.fixture
def bill():
    return ewaybill_bulk_entry(GSTIN, BODY)


def test_members_are_all_there_in_the_published_order(bill):
    assert list(bill) == ORDER
    assert [list(item) for item in bill["itemList"]] == [ITEM_ORDER] * 2


def test_members_have_the_published_types(bill):
    for kind, names in PUBLISHED.items():
        assert {name for name in names if not isinstance(bill[name], kind)} == set()
    assert all(isinstance(item["hsnCode"], str) for item in bill["itemList"])


def test_members_have_the_values_of_the_request(bill):
    assert bill["userGstin"] == GSTIN
    assert (bill["transType"], bill["OthValue"], bill["TotNonAdvolVal"]) == (1, -10, 4)
    assert (bill["actualFromStateCode"], bill["actualToStateCode"]) == (29, 27)
    assert (bill["subSupplyType"], bill["transMode"]) == (8, 1)
    assert bill["mainHsnCode"] == "820750"
    first = bill["itemList"][0]
    assert (first["itemNo"], first["productName"]) == (1, "Bits")
    assert (first["hsnCode"], first["cessNonAdvol"]) == ("820750", 4)


@pytest.mark.parametrize(
    ("sent", "written"),
    [(904, "0904"), (9041110, "09041110"), (8207, "8207"), ("0904", "0904")],
)
def test_hsn_has_its_zero_again(sent, written):
    body = {**BODY, "itemList": [{"hsnCode": sent}]}
    bill = ewaybill_bulk_entry(GSTIN, body)
    assert bill["itemList"][0]["hsnCode"] == bill["mainHsnCode"] == written


def test_part_a_alone_is_as_in_the_sample():
    body = {**BODY, "transMode": "", "vehicleNo": "", "transporterId": GSTIN}
    bill = ewaybill_bulk_entry(GSTIN, body)
    assert (bill["transMode"], bill["vehicleNo"]) == (1, "")
    assert (bill["vehicleType"], bill["transporterId"]) == ("R", GSTIN)


def test_texts_have_the_allowed_characters_and_lengths():
    names = {"toTrdName": 'Asha (P) "Ltd" & Co.', "transporterName": "x" * 30}
    bill = ewaybill_bulk_entry(GSTIN, {**BODY, **names})
    assert bill["toTrdName"] == "Asha P Ltd & Co."
    assert bill["transporterName"] == "x" * 25


def test_ship_to_gstin_is_written_only_if_known(bill):
    assert "shipToGSTIN" not in bill
    known = ewaybill_bulk_entry(GSTIN, {**BODY, "shipToGSTIN": GSTIN})
    assert known["shipToGSTIN"] == GSTIN
    assert list(known)[-1] == "itemList"


def test_file_holds_its_version_and_the_bills(bill):
    now = datetime(2026, 1, 15, 6, 30, tzinfo=timezone.utc)
    bills = {key: json.dumps({**bill, "docNo": f"R/{key}"}).encode() for key in (7, 8)}
    (file,) = bulk_files(bills, EWAYBILL_LIMITS, GSTIN, now, EWAYBILL_FRAME)
    assert file.name == f"ewaybills_{GSTIN}_20260115_120000.json"
    content = json.loads(file.content)
    assert list(content) == ["version", "billLists"]
    assert content["version"] == "1.0.0621"
    assert [one["docNo"] for one in content["billLists"]] == ["R/7", "R/8"]
