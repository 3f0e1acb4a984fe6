"""Published codes that need two parties, or a bill of a certain age, one by one."""

SELLER, BUYER = "37ARZPT4384Q1MT", "29AWGPV7107B1Z1"
CARRIER = "05AAACG0904A1ZL"
NEAR = {"toPincode": 518002, "toStateCode": 37, "actToStateCode": 37, "igstValue": 0}
REASON = {"reasonCode": "2", "reasonRem": "smaller lorries"}
PLACE = {"fromPlace": "Bengaluru", "fromState": 29}
EXTENSION = {
    **PLACE,
    "vehicleNo": "KA12AB1234",
    "transMode": "1",
    "remainingDistance": 50,
    "fromPincode": 560001,
    "extnRsnCode": 1,
    "extnRemarks": "flood",
    "consignmentStatus": "M",
    "transitType": "",
}


def log_in(caller, gstin):
    assert caller.log_in(f"ewb_{gstin}", "Ewb@1")["status"] == "1"


def test_a_rejection_after_the_end_of_the_validity(seller, buyer, clock, challan):
    [goods] = challan["itemList"]
    near = {**challan, **NEAR, "transDistance": 2}
    near["itemList"] = [{**goods, "igstRate": 0}]
    number = seller.do("GENEWAYBILL", near)["ewayBillNo"]
    clock.advance(days=2)
    log_in(buyer, BUYER)
    assert buyer.refused("REJEWB", {"ewbNo": number}) == ["345"]


def test_the_other_party_is_not_the_transporter(buyer, challan):
    request = {**challan, "transporterId": BUYER}
    assert buyer.refused("GENEWAYBILL", request) == ["359", "370"]


def test_an_import_comes_from_abroad(seller, challan):
    inward = {"supplyType": "I", "subSupplyType": "2", "docType": "BOE"}
    inward |= {"fromGstin": BUYER, "toGstin": SELLER}
    assert "451" in seller.refused("GENEWAYBILL", {**challan, **inward})


def test_documents_of_a_group_have_15_characters(seller, moving):
    group = {**PLACE, **REASON, "toPlace": "Chennai", "toState": 33, "ewbNo": moving}
    group |= {"transMode": "2", "totalQuantity": 4, "unitCode": "BOX"}
    seller.do("MULTIVEHMOVINT", group)
    added = {"ewbNo": moving, "groupNo": "1", "vehicleNo": "", "quantity": 1}
    seller.do("MULTIVEHADD", added, transDocNo="RR1")
    change = {**PLACE, **REASON, "ewbNo": moving, "groupNo": "1", "newTranNo": "RR2"}
    assert "409" in seller.refused("MULTIVEHUPD", change, oldTranNo="x" * 16)
    assert seller.do("MULTIVEHUPD", change, oldTranNo="RR1")


def test_the_transporter_extends_before_its_first_part_b(
    seller, carrier, clock, challan
):
    number = seller.do("GENEWAYBILL", challan, transporterId=CARRIER)["ewayBillNo"]
    clock.advance(days=3, hours=7, minutes=29)
    for caller, gstin in ((seller, SELLER), (carrier, CARRIER)):
        log_in(caller, gstin)
    request = {**EXTENSION, "ewbNo": number}
    assert seller.refused("EXTENDVALIDITY", request) == ["700"]
    assert carrier.do("EXTENDVALIDITY", request)


def test_a_blocked_generator_changes_no_transporter(portal, seller, moving):
    portal.set_taxpayer(SELLER, BlkStatus="B")
    change = {"ewbNo": moving, "transporterId": CARRIER}
    assert seller.refused("UPDATETRANSPORTER", change) == ["718"]
