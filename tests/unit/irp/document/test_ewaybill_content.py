"""The content of an e-way bill, from the registered invoice and the request."""

import pytest
from irp.document.ewaybill_content import ewaybill_content

SELLER = {
    "Gstin": "29AAACK0000A1ZK",
    "LglNm": "Kaveri Tools",
    "Addr1": "14 Residency Road",
    "Loc": "Bengaluru",
    "Pin": 560025,
    "Stcd": "29",
}
BUYER = {
    "Gstin": "27AAACS0000B1ZE",
    "LglNm": "Sahyadri Works",
    "Addr1": "7 Station Road",
    "Addr2": "Dadar",
    "Loc": "Mumbai",
    "Pin": 400001,
    "Stcd": "27",
}
DEPOT = {
    "Nm": "Depot",
    "Addr1": "1 Dock Road",
    "Loc": "Hubballi",
    "Pin": 580020,
    "Stcd": "29",
}
PORT = {"Addr1": "Berth 4", "Loc": "Mundra", "Pin": 370421, "Stcd": "24"}
ABROAD = {**BUYER, "Gstin": "URP", "Pin": 999999, "Stcd": "96", "Pos": "96"}
INVOICE = {
    "TranDtls": {"SupTyp": "B2B"},
    "DocDtls": {"Typ": "INV", "No": "INV/1", "Dt": "15/01/2026"},
    "SellerDtls": SELLER,
    "BuyerDtls": BUYER,
    "ItemList": [
        {"HsnCd": "998311", "PrdDesc": "Advice"},
        {"HsnCd": "820750", "PrdDesc": "Drill bits"},
        {"HsnCd": "820750", "PrdDesc": "More drill bits"},
        {"HsnCd": "730690"},
    ],
    "ValDtls": {"TotInvVal": 53100},
}


def content(request=None, **changes):
    return ewaybill_content({**INVOICE, **changes}, request or {})


def test_part_a_of_a_plain_invoice():
    made = content()
    assert (made.document_number, made.document_date) == ("INV/1", "15/01/2026")
    assert (made.supplier, made.supplier_gstin) == ("Kaveri Tools", SELLER["Gstin"])
    assert (made.recipient, made.recipient_gstin) == ("Sahyadri Works", BUYER["Gstin"])
    assert made.dispatch.lines == (
        "14 Residency Road",
        "Bengaluru, Karnataka - 560025",
    )
    assert made.delivery.lines == (
        "7 Station Road",
        "Dadar",
        "Mumbai, Maharashtra - 400001",
    )
    assert made.reason == "Outward - Supply"
    assert made.goods == (("820750", "Drill bits"), ("730690", ""))


@pytest.mark.parametrize(
    ("total", "value"),
    [(53100, "53100.00"), (289100.0, "289100.00"), (0.1, "0.10"), (12345.67,) * 2],
)
def test_value_is_the_registered_total(total, value):
    assert content(ValDtls={"TotInvVal": total}).value == str(value)


def test_place_of_dispatch():
    asked = {"DispDtls": {**DEPOT, "Nm": "Asked for"}}
    assert content().dispatch.name == "Kaveri Tools"
    assert content(asked).dispatch.name == "Asked for"
    assert content(asked, DispDtls=DEPOT).dispatch.name == "Depot"


def test_port_of_export():
    export = {"TranDtls": {"SupTyp": "EXPWP"}, "BuyerDtls": ABROAD}
    sent = {"ExpShipDtls": PORT}
    made = content(sent, **export)
    assert made.reason == "Outward - Export"
    assert made.delivery.lines == ("Berth 4", "Mundra, Gujarat - 370421")
    assert made.recipient_gstin == "URP"
    assert content(sent).delivery.name == "Sahyadri Works", "no export"
    registered = {**PORT, "LglNm": "Port", "Loc": "Kandla"}
    assert content(**export, ShipDtls=registered).delivery.name == "Port"
    assert "Mundra" in content(sent, **export, ShipDtls=registered).delivery.lines[1]


@pytest.mark.parametrize(
    ("sections", "kind"),
    [
        ({}, "Regular"),
        ({"ShipDtls": {**BUYER, "LglNm": "Site"}}, "Bill To - Ship To"),
        ({"DispDtls": DEPOT}, "Bill From - Dispatch From"),
        (
            {"DispDtls": DEPOT, "ShipDtls": {**BUYER, "LglNm": "Site"}},
            "Combination of 2 and 3",
        ),
    ],
)
def test_transaction_type(sections, kind):
    assert content(**sections).transaction_type == kind


def test_transport_as_sent():
    made = content({"TransMode": "2", "VehType": "o", "Distance": 0})
    assert (made.mode, made.vehicle_type) == ("Rail", "Over-dimensional Cargo")
    assert (content().mode, content().vehicle_type) == ("", "")
    assert not content().transport


def test_nothing_is_known():
    made = ewaybill_content({}, {})
    assert (made.value, made.goods, made.transaction_type) == ("", (), "Regular")
    assert (made.dispatch.lines, made.dispatch.name) == ((), "")
