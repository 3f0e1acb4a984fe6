"""Each check of an e-way bill without an IRN, with the portal's code."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from irp.reference.ewaybill import MOVEMENTS
from irp.rules.ewaybill import Caller, Generate, Item, generation_violations

from .conftest import OWN

BUYER = "05AAACG2140A1ZL"
CARRIER = "29AAACC4175D1ZU"
GOODS = Item(
    product_name="Rods",
    hsn="7214",
    quantity=Decimal(2),
    unit="MTS",
    igst_rate=Decimal(18),
    taxable_amount=Decimal(100000),
)
SALE = Generate(
    supply_type="O",
    sub_supply_type="1",
    doc_type="INV",
    doc_number="A/1",
    doc_date=date(2025, 10, 5),
    from_gstin=OWN,
    from_place="Bengaluru",
    from_pin="560001",
    from_state="29",
    dispatch_state="29",
    to_gstin=BUYER,
    to_place="Dehradun",
    to_pin="248001",
    to_state="05",
    ship_to_state="05",
    total_value=Decimal(100000),
    igst=Decimal(18000),
    invoice_value=Decimal(118000),
    distance_km=2400,
    mode="1",
    vehicle="KA01AB1234",
    vehicle_type="R",
    items=(GOODS,),
)
TO_US = {
    "to_gstin": OWN,
    "to_pin": "560001",
    "to_state": "29",
    "ship_to_state": "29",
}
LOCAL = {
    **TO_US,
    "to_gstin": "URP",
    "igst": Decimal(0),
    "cgst": Decimal(9000),
    "sgst": Decimal(9000),
    "distance_km": 50,
    "items": (
        replace(
            GOODS, igst_rate=Decimal(0), cgst_rate=Decimal(9), sgst_rate=Decimal(9)
        ),
    ),
}
TRANSFER = {
    **LOCAL,
    "to_gstin": OWN,
    "sub_supply_type": "5",
    "doc_type": "CHL",
}


@pytest.fixture
def now(ist):
    return ist("05/10/2025 20:00")


def codes(found):
    for one in found:
        assert one.message.endswith((".", ").")), one.message
        assert "%(" not in one.message
    return [one.code for one in found]


def item(**changes):
    return {"items": (replace(GOODS, **changes),)}


RULES = [
    ({}, []),
    (LOCAL, []),
    (TRANSFER, []),
    # movement
    ({"supply_type": "X"}, ["201", "360"]),
    ({"sub_supply_type": "99"}, ["202"]),
    ({"sub_supply_type": "7"}, ["203"]),
    ({"doc_type": "XXX"}, ["204"]),
    ({"doc_type": "CHL"}, ["205"]),
    ({"sub_supply_type": "8", "doc_type": "OTH"}, ["377"]),
    (
        {
            "sub_supply_type": "8",
            "doc_type": "OTH",
            "sub_supply_description": "Purchase Return",
        },
        [],
    ),
    ({"sub_supply_description": "x" * 21}, ["377"]),
    # document
    ({"doc_number": ""}, ["206"]),
    ({"doc_number": "x" * 17}, ["206"]),
    ({"doc_number": "A_1"}, ["206"]),
    ({"doc_date": None}, ["207"]),
    ({"doc_date": date(2025, 10, 6)}, ["207"]),
    ({"doc_date": date(2017, 6, 30)}, ["819"]),
    ({"doc_date": date(2025, 4, 7)}, ["820"]),
    ({"doc_date": date(2025, 4, 8)}, []),
    # parties
    ({"to_gstin": "05"}, ["212"]),
    ({"from_gstin": "29AAACK0000A1ZX"}, ["208", "359"]),
    ({"from_gstin": "URP", "to_gstin": "URP"}, ["822", "359"]),
    ({**TO_US, "distance_km": 50}, ["212", "623", "218"]),
    ({"sub_supply_type": "5", "doc_type": "CHL"}, ["212"]),
    # places
    ({"from_pin": "56001"}, ["210"]),
    ({"to_pin": "999999"}, ["214"]),
    ({"from_state": ""}, ["211", "643"]),
    ({"to_pin": "110001"}, ["710"]),
    ({"to_pin": "110001", "transaction_type": "2"}, ["710"]),
    ({"to_place": "x" * 51}, ["232"]),
    ({"from_address1": "x" * 121}, ["209"]),
    ({"transaction_type": ""}, ["614"]),
    ({"transaction_type": "7"}, ["612"]),
    ({"dispatch_state": "33", "from_pin": "600001"}, ["643"]),
    ({"dispatch_state": "33", "from_pin": "600001", "transaction_type": "3"}, []),
    ({"ship_to_state": "07", "to_pin": "110001"}, ["644"]),
    ({"ship_to_state": "07", "to_pin": "110001", "transaction_type": "2"}, []),
    ({"to_state": "07", "transaction_type": "2"}, ["865"]),
    ({"ship_to_state": "77"}, ["372", "644"]),
    ({"dispatch_state": "77"}, ["371", "643"]),
    ({"from_name": "x" * 101}, ["229"]),
    ({"to_name": "x" * 101}, ["231"]),
    ({"to_address2": "x" * 121}, ["213"]),
    ({"from_place": "x" * 51}, ["230"]),
    ({"dispatch_gstin": "05", "transaction_type": "3"}, ["610"]),
    ({"dispatch_gstin": "URP", "transaction_type": "3"}, []),
    ({"ship_to_gstin": "05", "transaction_type": "2"}, ["609"]),
    ({"dispatch_gstin": BUYER}, ["615"]),
    ({"ship_to_gstin": BUYER}, ["616"]),
    ({"dispatch_gstin": OWN, "transaction_type": "3"}, ["617"]),
    ({"ship_to_gstin": BUYER, "transaction_type": "2"}, ["618"]),
    ({"ship_to_gstin": BUYER, "transaction_type": "3"}, ["864"]),
    # values
    ({"invoice_value": None}, ["640"]),
    ({"invoice_value": Decimal("117997.99")}, ["620"]),
    ({"invoice_value": Decimal("117998.00")}, []),
    ({"total_value": Decimal(-1)}, ["627"]),
    ({"cess": Decimal(-1)}, ["632"]),
    ({"other_value": Decimal(-500)}, []),
    ({"cess_non_advol": Decimal(-1)}, ["633"]),
    ({"invoice_value": Decimal(-1)}, ["628"]),
    ({"cgst": Decimal(-1)}, ["630", "624"]),
    ({"sgst": Decimal(-1)}, ["631", "624"]),
    ({"igst": Decimal(-1)}, ["629"]),
    ({"igst": Decimal("17999.999")}, [""]),
    ({"igst": Decimal("1.8E+4")}, []),
    ({"transporter_name": "x" * 101}, [""]),
    (item(description="x" * 101), [""]),
    (item(taxable_amount=Decimal("0.001")), [""]),
    (item(cess_rate=Decimal("0.0001")), [""]),
    (item(quantity=Decimal("0.00001")), []),
    (item(cess_rate=Decimal(-1)), ["255"]),
    (item(cess_non_advol=Decimal(-1)), ["256"]),
    ({"igst": Decimal(0), "cgst": Decimal(9000), "sgst": Decimal(9000)}, ["624"]),
    # goods
    ({"items": ()}, ["233"]),
    ({"items": (GOODS,) * 251}, ["233"]),
    (item(hsn="998311"), ["724"]),
    (item(hsn="00"), ["216"]),
    (item(hsn="72"), ["282"]),
    (item(unit="XXX"), ["217"]),
    (item(taxable_amount=Decimal(-1)), ["234"]),
    (item(igst_rate=Decimal(0), cgst_rate=Decimal(9)), ["251", "219"]),
    (item(igst_rate=Decimal(17)), ["254"]),
    (
        {
            **LOCAL,
            "items": (
                replace(LOCAL["items"][0], cgst_rate=Decimal(8), sgst_rate=Decimal(8)),
            ),
        },
        ["252", "253"],
    ),
    # transport
    ({"vehicle": "", "mode": ""}, ["619"]),
    (
        {"vehicle": "", "mode": "", "vehicle_type": "", "transporter_id": CARRIER},
        [],
    ),
    ({"mode": ""}, ["621"]),
    ({"vehicle": "", "document": "RR1", "mode": ""}, ["622"]),
    ({"mode": "9"}, ["220"]),
    ({"vehicle": "K"}, ["225"]),
    ({"vehicle": ""}, ["226"]),
    ({"vehicle": "", "transporter_id": CARRIER}, ["226"]),
    ({"vehicle": "", "document": "L1"}, ["226"]),
    ({"to_transporter": "Y"}, []),
    ({"to_transporter": "N"}, ["605"]),
    ({"to_transporter": "Y", "vehicle_type": ""}, ["606"]),
    ({"document": "L1", "document_date": date(2025, 10, 4)}, ["362"]),
    ({"transporter_id": "29A"}, ["222"]),
    ({"distance_km": 4000}, ["221"]),
    ({"distance_km": 3999}, []),
    ({"distance_km": 0}, []),
    ({"to_pin": "560001", **LOCAL, "distance_km": 0}, ["721"]),
    ({"to_pin": "560001", **LOCAL, "distance_km": 101}, ["702"]),
]


@pytest.mark.parametrize(("changes", "expected"), RULES)
def test_a_rule(changes, expected, now):
    request = replace(SALE, **changes)
    assert codes(generation_violations(request, Caller(OWN), now)) == expected


SHIP_TO = {"ship_to_gstin_required": True}
SHIPPED = {"transaction_type": "2", "ship_to_gstin": "URP", "ship_to_name": "Site"}
CALLERS = [
    ({"reports_einvoices": True}, {}, ["720"]),
    ({"reports_einvoices": True}, LOCAL, []),
    ({"reports_einvoices": True}, TRANSFER, []),
    ({"portal_km": 2181}, {}, ["702"]),
    ({"portal_km": 2182}, {}, []),
    ({"is_sez": True}, {}, []),
    (SHIP_TO, {"transaction_type": "2"}, ["608", "863"]),
    (SHIP_TO, SHIPPED, []),
    (SHIP_TO, {**SHIPPED, "to_pin": "110001"}, ["858"]),
    (SHIP_TO, {**SHIPPED, "ship_to_state": "77"}, ["857"]),
    (SHIP_TO, {**SHIPPED, "ship_to_state": ""}, ["372"]),
    ({"ship_to_gstin_required": True}, {}, []),
    ({}, {"sub_supply_type": "3"}, ["450"]),
    ({"is_sez": True}, {"sub_supply_type": "3"}, []),
    ({"is_sez": True}, {"sub_supply_type": "9"}, ["641"]),
    ({"is_composition": True}, {}, ["714", "703", "704"]),
    ({"above_crore": 5}, {}, ["283"]),
    ({"check_digits": False}, {"to_gstin": "05AAACG2140A1ZX"}, []),
]


@pytest.mark.parametrize(("known", "changes", "expected"), CALLERS)
def test_what_is_known_besides(known, changes, expected, now):
    request = replace(SALE, **changes)
    assert codes(generation_violations(request, Caller(OWN, **known), now)) == expected


def test_who_generates(now):
    def found(user, **changes):
        request = replace(SALE, **changes)
        return codes(generation_violations(request, Caller(user), now))

    assert found(BUYER) == ["359"]
    assert found("05AAACG0904A1ZL") == ["359"]
    assert found("05AAACG0904A1ZL", transporter_id=CARRIER) == ["278"]
    assert found("05AAACG0904A1ZL", transporter_id="05AAACG0904A1ZL") == []
    assert found(BUYER, transporter_id=BUYER) == ["370"]


def test_import_and_export(now):
    abroad = {"to_gstin": "URP", "to_pin": "999999", "ship_to_state": "99"}
    export = replace(SALE, sub_supply_type="3", to_state="99", **abroad)
    assert codes(generation_violations(export, Caller(OWN), now)) == []
    inside = replace(export, to_pin="248001", ship_to_state="05", to_state="05")
    assert codes(generation_violations(inside, Caller(OWN), now)) == ["373", "374"]
    other = replace(export, ship_to_state="96", to_state="96")
    assert codes(generation_violations(other, Caller(OWN), now)) == []


def test_gold_stays_secret_and_within_the_state(now):
    gold = replace(
        SALE,
        **{**LOCAL, "items": (replace(LOCAL["items"][0], hsn="7108"),)},
        vehicle="",
        vehicle_type="",
    )
    assert codes(generation_violations(gold, Caller(OWN), now)) == []
    named = replace(gold, transporter_id=CARRIER, vehicle="KA01AB1234", mode="2")
    found = codes(generation_violations(named, Caller(OWN), now))
    assert found == ["801", "805", "815"]
    mixed = replace(gold, items=(*gold.items, LOCAL["items"][0]))
    assert "809" in codes(generation_violations(mixed, Caller(OWN), now))


# --- tobacco and pan masala ----------------------------------------------------------

CIGARETTES = replace(GOODS, hsn="24022090", unit="THD", igst_rate=Decimal(40))
ADDRESSES = {"from_address1": "1 Street", "to_address1": "2 Street"}
SIN = {**ADDRESSES, "items": (CIGARETTES,), "doc_date": date(2026, 2, 2)}


def sin(**changes):
    return {"items": (replace(CIGARETTES, **changes),)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"items": (CIGARETTES, GOODS)}, ["831"]),
        ({"items": (CIGARETTES, replace(GOODS, hsn="996511", unit=""))}, []),
        ({"from_address1": " "}, ["832"]),
        ({"from_place": ""}, ["833"]),
        ({"to_address1": ""}, ["834"]),
        ({"to_place": ""}, ["835"]),
        (sin(unit=""), ["836"]),
        (sin(unit="XXX"), ["837"]),
        (sin(quantity=None), ["838"]),
        (sin(quantity=Decimal(0)), ["838"]),
        ({**LOCAL, **sin(igst_rate=Decimal(0))}, ["839"]),
        (sin(igst_rate=Decimal(0)), ["840"]),
        # a challan has no tax
        (
            {
                "sub_supply_type": "4",
                "doc_type": "CHL",
                **sin(igst_rate=Decimal(0)),
            },
            [],
        ),
        # biris are excepted
        (sin(hsn="24031921", unit="", quantity=None), []),
    ],
)
def test_tobacco_and_pan_masala(changes, expected, ist):
    request = replace(SALE, **{**SIN, **changes})
    now = ist("02/02/2026 10:00")
    assert codes(generation_violations(request, Caller(OWN), now)) == expected


def test_their_invoices_go_through_the_irn(ist):
    request, caller = replace(SALE, **SIN), Caller(OWN, reports_einvoices=True)
    found = codes(generation_violations(request, caller, ist("02/02/2026 10:00")))
    assert found == ["856"]


def test_these_rules_began_with_february_2026(ist):
    request = replace(SALE, **{**SIN, "doc_date": date(2026, 1, 31), "to_place": ""})
    caller, before = Caller(OWN), ist("31/01/2026 23:59")
    assert codes(generation_violations(request, caller, before)) == []
    after = ist("01/02/2026 00:00")
    assert codes(generation_violations(request, caller, after)) == ["835"]


def test_within_a_state_before_its_own_beginning(ist):
    """Karnataka began on 1 April 2018."""
    request = replace(SALE, **LOCAL, doc_date=date(2018, 3, 30))
    found = [
        codes(generation_violations(request, Caller(OWN), ist(day)))
        for day in ("31/03/2018 23:59", "01/04/2018 00:00")
    ]
    assert ["363" in one for one in found] == [True, False]


@pytest.mark.parametrize(
    "movement",
    MOVEMENTS,
    ids=lambda one: f"{one.supply_type}-{one.sub_supply_type}-{one.doc_type}",
)
def test_each_of_the_28_passes(movement, now):
    """Every combination with every party that it admits has no code 201 to 212."""
    own, other = (
        ("from_gstin", "to_gstin")
        if movement.supply_type == "O"
        else ("to_gstin", "from_gstin")
    )
    admitted = (
        movement.to_parties if movement.supply_type == "O" else movement.from_parties
    )
    for party in admitted:
        gstin = {"self": OWN, "other": BUYER, "URP": "URP"}[party]
        request = replace(
            SALE,
            supply_type=movement.supply_type,
            sub_supply_type=movement.sub_supply_type,
            doc_type=movement.doc_type,
            sub_supply_description="Described",
            **{own: OWN, other: gstin},
        )
        found = codes(generation_violations(request, Caller(OWN), now))
        assert not set(found) & {"201", "202", "203", "204", "205", "208", "212"}
        assert not set(found) & {"359", "360", "377", "822"}
