"""E-way bills without an IRN on paper, and in the file for the website."""

from irp.document import content_without_irn, ewaybill_bulk_file

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


def test_file_spells_as_the_website_does():
    content = ewaybill_bulk_file([("29AAACK0000A1ZK", BODY)])
    [bill] = content["billLists"]
    assert bill["userGstin"] == "29AAACK0000A1ZK"
    assert (bill["transType"], bill["OthValue"], bill["TotNonAdvolVal"]) == (1, -10, 4)
    assert (bill["actualFromStateCode"], bill["actualToStateCode"]) == (29, 27)
    assert bill["mainHsnCode"] == 820750
    assert bill["itemList"][0] == {
        "itemNo": 1,
        "productName": "Bits",
        "hsnCode": 820750,
        "cessNonAdvol": 4,
    }
    assert not {"transactionType", "otherValue", "actFromStateCode"} & bill.keys()
