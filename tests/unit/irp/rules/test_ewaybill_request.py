"""Checks of an e-way bill or a cancellation before the portal refuses it."""

from datetime import date, datetime, timedelta

import pytest
from irp.reference.catalogue import entry
from irp.reference.dates import IST
from irp.reference.gstin import has_check_digit, has_gstin_form, transporter_fault
from irp.rules.cancellation import (
    EWB_CANCEL_REASONS,
    IRN_CANCEL_REASONS,
    cancel_violations,
    time_left,
)
from irp.rules.ewaybill_request import ewaybill_violations

TODAY = date(2025, 11, 20)
NOON = datetime(2025, 11, 15, 12, 0, tzinfo=IST)
TRANSPORTER = "29AAACP7879D1Z0"
REQUEST = {
    "Irn": "7" * 64,
    "Distance": 100,
    "TransMode": "1",
    "TransId": TRANSPORTER,
    "TransName": "Kaveri Carriers",
    "TransDocDt": "15/11/2025",
    "TransDocNo": "TD/1",
    "VehNo": "KA12ER1234",
    "VehType": "R",
}
DISPATCH = {
    "Nm": "Depot",
    "Addr1": "1 Road",
    "Loc": "Hubli",
    "Pin": 580020,
    "Stcd": "29",
}
PORT = {"Addr1": "Berth 4", "Loc": "Kochi", "Pin": 682009, "Stcd": "32"}
INVOICE = {
    "TranDtls": {"TaxSch": "GST", "SupTyp": "B2B"},
    "DocDtls": {"Typ": "INV", "No": "A/1", "Dt": "15/11/2025"},
    "SellerDtls": {"Gstin": "37ARZPT4384Q1MT", "Pin": 518001, "Stcd": "37"},
    "BuyerDtls": {"Gstin": "29AWGPV7107B1Z1", "Pin": 562160, "Stcd": "29", "Pos": "29"},
    "ItemList": [{"SlNo": "1", "HsnCd": "1001"}],
}
EXPORT = {
    **INVOICE,
    "TranDtls": {"TaxSch": "GST", "SupTyp": "EXPWOP"},
    "BuyerDtls": {"Gstin": "URP", "Pin": 999999, "Stcd": "96", "Pos": "96"},
}


def judged(changes=None, invoice=INVOICE, **options):
    """Return code and path of every fault after ``changes`` (None drops a member)."""
    request = {**REQUEST, **(changes or {})}
    given = {name: value for name, value in request.items() if value is not None}
    found = ewaybill_violations(given, invoice, TODAY, **options)
    for fault in found:
        assert entry(fault.code).group, fault
        assert fault.message.endswith("."), fault
    return [(fault.code, fault.path) for fault in found]


@pytest.mark.parametrize("invoice", [INVOICE, None])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Distance": 0},
        {"DispDtls": DISPATCH},
        {"TransMode": "2", "VehNo": None, "VehType": None},
        {"TransMode": "4", "VehNo": None, "VehType": None},
        {"VehNo": "ka12er1234", "VehType": "o"},
    ],
)
def test_a_good_request_passes(changes, invoice):
    assert judged(changes, invoice) == []


@pytest.mark.parametrize("invoice", [INVOICE, None])
def test_part_a_needs_the_transporter_alone(invoice):
    part_a = {"Irn": "7" * 64, "Distance": 0, "TransId": TRANSPORTER}
    assert ewaybill_violations(part_a, invoice, TODAY) == []
    del part_a["TransId"]
    (fault,) = ewaybill_violations(part_a, invoice, TODAY)
    assert (fault.code, fault.path) == ("4019", "TransId")


@pytest.mark.parametrize("invoice", [INVOICE, None])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Irn": "7"}, [("5002", "Irn")]),
        ({"Irn": None}, [("5002", "Irn")]),
        ({"Distance": None}, [("5002", "Distance")]),
        ({"Distance": 4001}, [("5002", "Distance")]),
        ({"Distance": "far"}, [("5002", "Distance")]),
        ({"TransMode": "5"}, [("5002", "TransMode")]),
        ({"TransName": "K"}, [("5002", "TransName")]),
        ({"TransDocNo": "x" * 16}, [("5002", "TransDocNo")]),
        ({"TransId": "29AAACP"}, [("4018", "TransId")]),
        ({"TransId": "29AAACP7879D1Z1"}, [("4018", "TransId")]),
        ({"VehNo": None}, [("4011", "VehNo")]),
        ({"VehNo": "KA 12"}, [("4014", "VehNo")]),
        ({"VehNo": "12KA1234"}, [("4014", "VehNo")]),
        ({"VehType": "X"}, [("4020", "VehType")]),
        ({"VehType": None}, [("4022", "VehType")]),
        ({"TransDocDt": "15-11-2025"}, [("4017", "TransDocDt")]),
        ({"TransDocDt": "31/11/2025"}, [("4017", "TransDocDt")]),
        ({"TransDocDt": "21/11/2025"}, [("4016", "TransDocDt")]),
        ({"TransMode": None}, [("4028", "TransMode")]),
        ({"TransMode": "3", "TransDocNo": None}, [("4012", "TransDocNo")]),
        ({"TransMode": "3", "TransDocDt": None}, [("4023", "TransDocDt")]),
        ({"TransMode": "2", "VehType": "O"}, [("4024", "VehType")]),
        ({"TransMode": "4"}, [("4039", "VehType")]),
        ({"DispDtls": {**DISPATCH, "Stcd": "96"}}, [("4035", "DispDtls.Stcd")]),
        ({"DispDtls": {**DISPATCH, "Pin": 1}}, [("5002", "DispDtls.Pin")]),
        ({"DispDtls": "Hubli"}, [("5002", "DispDtls")]),
    ],
)
def test_each_fault_has_the_portals_code(changes, expected, invoice):
    assert judged(changes, invoice) == expected


def test_all_faults_are_reported_at_once():
    changes = {"VehNo": None, "VehType": "X", "TransName": "K", "Irn": ""}
    codes = {code for code, _ in judged(changes)}
    assert codes == {"4011", "4020", "5002"}


@pytest.mark.parametrize(
    ("changes", "invoice", "expected"),
    [
        ({"TransDocDt": "14/11/2025"}, {}, [("4021", "TransDocDt")]),
        ({}, {"DocDtls": {"Typ": "CRN", "Dt": "15/11/2025"}}, [("4010", "")]),
        ({}, {"ItemList": [{"SlNo": "1", "HsnCd": "9983"}]}, [("4009", "")]),
        (
            {"TransDocDt": None},
            {"DocDtls": {"Typ": "INV", "Dt": "01/01/2025"}},
            [("4043", "")],
        ),
        ({"Distance": 101}, {"BuyerDtls": {"Pin": 518001}}, [("4029", "Distance")]),
        (
            {},
            {"ItemList": [{"SlNo": "1", "HsnCd": "7108"}]},
            [
                ("4045", "TransName"),
                ("4046", "TransDocNo"),
                ("4047", "TransDocDt"),
                ("4048", "VehNo"),
                ("4049", "VehType"),
                ("4052", "TransId"),
                ("4051", ""),
            ],
        ),
    ],
)
def test_the_invoice_has_its_say(changes, invoice, expected):
    assert judged(changes, {**INVOICE, **invoice}) == expected
    assert judged(changes, None) == []


def test_the_dispatch_of_the_invoice_counts():
    invoice = {**INVOICE, "DispDtls": {**DISPATCH, "Stcd": "96"}}
    assert judged({"DispDtls": DISPATCH}, invoice) == [("4035", "DispDtls.Stcd")]


def ignored(changes, invoice):
    """Return path, kind and parameters of what the portal would ignore."""
    found = ewaybill_violations({**REQUEST, **changes}, invoice, TODAY)
    assert {fault.code for fault in found} <= {""}, found
    return [(fault.path, fault.kind, fault.params) for fault in found]


def test_another_place_of_dispatch_than_the_registered_one():
    invoice = {**INVOICE, "DispDtls": DISPATCH}
    same = {**DISPATCH, "Addr1": "1 ROAD", "Addr2": None}
    assert ignored({"DispDtls": same}, invoice) == []
    assert ignored({}, invoice) == []
    for other in ({"Pin": 580021}, {"Addr1": "2 Road"}, {"Nm": "Shed"}):
        assert ignored({"DispDtls": {**DISPATCH, **other}}, invoice) == [
            (
                "DispDtls",
                "dispatch_registered",
                {"place": "Depot, 1 Road, Hubli, 580020"},
            )
        ]
    assert ignored({"DispDtls": DISPATCH}, INVOICE) == []


@pytest.mark.parametrize("kind", ["B2B", "SEZWP", "SEZWOP", "DEXP"])
def test_port_without_an_export(kind):
    invoice = {**INVOICE, "TranDtls": {"TaxSch": "GST", "SupTyp": kind}}
    assert ignored({"ExpShipDtls": PORT}, invoice) == [
        ("ExpShipDtls", "port_of_domestic_supply", {})
    ]


def test_a_port_that_does_not_count_is_not_where_the_goods_go():
    # 518001 is the seller's PIN: with the port ignored nothing is at the same place
    port = {**PORT, "Pin": 518001}
    (fault,) = ewaybill_violations({**REQUEST, "ExpShipDtls": port}, INVOICE, TODAY)
    assert (fault.code, fault.path) == ("", "ExpShipDtls")


def test_a_port_of_an_export_replaces_its_ship_to():
    invoice = {**EXPORT, "ShipDtls": {"LglNm": "Buyer", "Pin": 999999, "Stcd": "96"}}
    assert judged({"ExpShipDtls": PORT}, invoice) == []


def test_goods_among_other_charges_are_not_services():
    service = {"ItemList": [{"SlNo": "1", "HsnCd": "9983"}]}
    charged = {**service, "ValDtls": {"OthChrg": 500}}
    for invoice, kind, params in (
        (service, "services_only", {}),
        (charged, "services_and_charges", {"charges": "500.00"}),
    ):
        (fault,) = ewaybill_violations(REQUEST, {**INVOICE, **invoice}, TODAY)
        assert (fault.code, fault.kind, fault.params) == ("4009", kind, params)


@pytest.mark.parametrize(
    ("transporter", "fault"),
    [
        ("88AAACD8017H1ZX", ""),
        ("88AAAAA0000A1Z3", ""),
        ("88AAAC18017H1ZX", "enrolment"),
        ("88AAACD8017H1Z", "length"),
        ("88AAACD8017H1Z?", "form"),
        ("29AAAAA0000A1ZY", ""),
        ("29AAAAA0000A1ZX", "check_digit"),
        ("3717UNO00064UNS", ""),
        ("3717UNO00064UNT", "check_digit"),
        ("9917SGP29001OST", ""),
        ("27AAACI1681G1DY", ""),
        ("27AAICA3918J1CT", ""),
        ("URP", "length"),
        ("", "length"),
    ],
)
def test_transporter_ids(transporter, fault):
    assert transporter_fault(transporter) == fault
    if len(transporter) == 15:
        found = judged({"TransId": transporter})
        assert found == ([("4018", "TransId")] if fault else [])


def test_an_export_leaves_from_a_port_in_india():
    assert judged({"ExpShipDtls": PORT}, EXPORT) == []
    assert judged({}, EXPORT) == [("4031", "ExpShipDtls")]
    abroad = {"ExpShipDtls": {**PORT, "Stcd": "96", "Pin": 999999}}
    for invoice in (EXPORT, None):
        assert judged(abroad, invoice) == [
            ("4032", "ExpShipDtls.Stcd"),
            ("4033", "ExpShipDtls.Pin"),
        ]
    nowhere = {"ExpShipDtls": {**PORT, "Loc": ""}}
    assert judged(nowhere, EXPORT) == [("5002", "ExpShipDtls.Loc")]
    assert judged({"ExpShipDtls": "Kochi"}, EXPORT)[0] == ("5002", "ExpShipDtls")


def test_a_fault_names_the_record_to_mend():
    request = {**REQUEST, "ExpShipDtls": {**PORT, "Stcd": "96"}}
    (fault,) = ewaybill_violations(request, EXPORT, TODAY)
    assert fault.target == "ship_to"


@pytest.mark.parametrize(
    ("distance", "portal_km", "right"),
    [
        (0, 200, True),
        (180, 200, True),
        (220, 200, True),
        (179, 200, False),
        (221, 200, False),
        (1, 50, True),
        (55, 50, True),
        (56, 50, False),
    ],
)
def test_the_distance_lies_near_the_portals(distance, portal_km, right):
    found = judged({"Distance": distance}, portal_km=portal_km)
    assert found == ([] if right else [("4013", "Distance")])


def test_unreadable_distance_is_reported_once():
    assert judged({"Distance": "far"}, portal_km=5) == [("5002", "Distance")]


def test_check_digit_is_checked_unless_disabled():
    # The transporter of NIC's own sample.
    sample = {"TransId": "12AWGPV7107B1Z1"}
    assert judged(sample) == [("4018", "TransId")]
    assert judged(sample, check_digits=False) == []


@pytest.mark.parametrize(
    ("gstin", "right"),
    [
        ("29AAACP7879D1Z0", True),
        ("27AAPFU0939F1ZV", True),
        ("05AAABB0639G1Z8", True),
        ("27AAPFU0939F1ZW", False),
        ("27AAPFU0939F1Z", False),
        ("27aapfu0939f1zv", False),
        ("", False),
    ],
)
def test_the_check_digit(gstin, right):
    assert has_check_digit(gstin) is right
    if right:
        assert has_gstin_form(gstin)


# -- cancellations --------------------------------------------------------------------


def test_the_reasons_differ():
    assert list(IRN_CANCEL_REASONS) == list(EWB_CANCEL_REASONS) == ["1", "2", "3", "4"]
    assert IRN_CANCEL_REASONS["2"] == EWB_CANCEL_REASONS["3"] == "Data Entry Mistake"
    assert IRN_CANCEL_REASONS["3"] == EWB_CANCEL_REASONS["2"] == "Order Cancelled"


@pytest.mark.parametrize(
    ("kind", "reason", "remark", "expected"),
    [
        ("irn", "1", "x" * 100, []),
        ("ewb", "4", "x" * 50, []),
        ("irn", "5", "x", [("5002", "CnlRsn")]),
        ("irn", "", "", [("5002", "CnlRsn"), ("5002", "CnlRem")]),
        ("irn", "1", "x" * 101, [("5002", "CnlRem")]),
        ("irn", "1", 'say "x"', [("5002", "CnlRem")]),
        ("ewb", "0", "x", [("4059", "cancelRsnCode")]),
        ("ewb", "1", " ", [("4060", "cancelRmrk")]),
        ("ewb", "1", "x" * 51, [("5002", "cancelRmrk")]),
        ("ewb", "1", "back\\slash", [("5002", "cancelRmrk")]),
    ],
)
def test_reason_and_remark(kind, reason, remark, expected):
    found = cancel_violations(kind, reason, remark)
    assert [(fault.code, fault.path) for fault in found] == expected


@pytest.mark.parametrize(("kind", "code"), [("irn", "2270"), ("ewb", "4055")])
def test_the_window_closes_after_a_day(kind, code):
    window = timedelta(hours=24)
    last, late = NOON + window, NOON + window + timedelta(seconds=1)
    assert cancel_violations(kind, "1", "x", since=NOON, now=last) == []
    (fault,) = cancel_violations(kind, "1", "x", since=NOON, now=late)
    assert (fault.code, fault.message) == (
        code,
        "The 24 hours for cancelling have passed.",
    )
    assert time_left(kind, NOON, NOON + timedelta(hours=1)) == timedelta(hours=23)
    assert time_left(kind, NOON, late) == timedelta(0)


def test_an_active_ewaybill_comes_first():
    (fault,) = cancel_violations("irn", "1", "x", ewb_active=True)
    assert fault.code == "2230"
    assert cancel_violations("ewb", "1", "x", ewb_active=True) == []
