"""Generate IRN: refusals that need the portal's data, and a failing e-way bill."""

from datetime import date, datetime

import pytest
from irp.protocol.errors import IrpDuplicate, IrpOutcomeUnknown, IrpRejected
from irp.reference.catalogue import entry
from irp.reference.dates import IST

SELLER, BUYER = "29AAACK0000A1ZK", "27AAACS0000B1ZE"
OPERATOR = "29AAACO1234A1C5"
B, T = "BuyerDtls.", "TranDtls."
NOON = datetime(2026, 10, 15, 12, 0, tzinfo=IST)
ROAD = {"TransMode": "1", "Distance": 0, "VehNo": "KA01AB1234", "VehType": "R"}


# --- duplicates ----------------------------------------------------------------------


@pytest.mark.parametrize("number", ["BLR/26-27/0042", "blr/26-27/0042"])
def test_registered_already(bench, refused, number):
    made = bench.register()
    bench.clock.advance(hours=1)
    bench.client.ensure_session()
    again = bench.invoice("inter", {"DocDtls.No": number})

    call = bench.client.generate_irn
    error = refused("generate_irn", "2150", IrpDuplicate, call, again)
    assert (error.irn, error.ack_number) == (made.irn, made.ack_number)
    assert (error.ack_date, error.remedy) == (NOON, "look_up")


def test_registered_already_at_another_portal(bench, refused):
    made = bench.register()
    bench.set(portal_code="NIC2")

    call = bench.client.generate_irn
    error = refused("generate_irn", "2295", IrpDuplicate, call, bench.invoice())
    (info,) = error.infos
    assert (info.code, info.desc["Irn"]) == ("DUPIRNGLP", made.irn)


@pytest.mark.parametrize("day", ["10/10/2026", "12/10/2026"])
def test_number_of_a_cancelled_document(bench, refused, day):
    bench.client.cancel_irn(bench.register().irn, "1", "Twice")
    again = bench.invoice("inter", {"DocDtls.Dt": day})

    refused("generate_irn", "2278", IrpRejected, bench.client.generate_irn, again)


def test_number_is_free_in_another_type_and_year(bench):
    irns = {bench.register().irn, bench.register("note").irn}
    last_year = bench.register("inter", {"DocDtls.Dt": "31/03/2026"})

    assert len({*irns, last_year.irn}) == 3


# --- parties -------------------------------------------------------------------------

BEGUN, LATER = {"DtReg": "2018-01-01"}, {"DtReg": "2026-10-11"}
# code, kind, changes of the document, and entries in the portal's registry
REGISTRY = [
    ("3028", "inter", {}, BUYER, {"status": "UNKNOWN"}),
    ("3029", "inter", {}, BUYER, {"status": "CNL"}),
    ("3029", "inter", {}, BUYER, {"status": "PRO", "TxpType": "REG"}),
    ("3029", "inter", {}, SELLER, {"status": "SUS"}),
    ("3074", "inter", {}, BUYER, {"status": "CNL", **BEGUN, "DtDReg": "2026-10-09"}),
    ("3075", "inter", {}, BUYER, {"status": "CNL", **BEGUN}),
    ("3077", "inter", {}, BUYER, {"status": "CNL", **LATER, "DtDReg": "2026-10-20"}),
    ("3078", "inter", {}, BUYER, {"status": "CNL", "DtDReg": "2026-10-20"}),
    ("3076", "inter", {}, BUYER, {"status": "INA", "TxpType": "REG"}),
    ("3079", "inter", {}, BUYER, {"status": "ACT", **LATER}),
    ("2231", "inter", {}, SELLER, {"status": "ACT", "TxpType": "SEZ"}),
    ("2300", "inter", {}, SELLER, {"status": "ACT", "TxpType": "COM"}),
    ("2174", "intra", {}, SELLER, {"status": "ACT", "TxpType": "SED"}),
    ("2246", "inter", {}, BUYER, {"status": "ACT", "TxpType": "SEZ"}),
    ("2247", "inter", {T + "SupTyp": "SEZWP"}, BUYER, {"TxpType": "REG"}),
    ("2298", "inter", {T + "SupTyp": "DEXP"}, BUYER, {"TxpType": "COM"}),
    ("2297", "inter", {T + "RegRev": "Y"}, BUYER, {"TxpType": "ISD"}),
]


@pytest.mark.parametrize(("code", "kind", "changes", "gstin", "record"), REGISTRY)
def test_refused_party(bench, refused, code, kind, changes, gstin, record):
    bench.client.ensure_session()
    bench.control("POST", "taxpayers", {"status": "ACT", **record, "gstin": gstin})
    invoice = bench.invoice(kind, changes)
    call = bench.client.generate_irn

    error = refused("generate_irn", code, IrpRejected, call, invoice)
    assert {one.code for one in error.violations} == {code}


def test_refused_operator(bench, refused):
    """BUYER calls as another taxpayer; the supplier has a different buyer."""
    changes = {T + "EcmGstin": BUYER, B + "Gstin": "27AAACO1234A1C9"}
    call = bench.stranger().generate_irn
    bench.control(
        "POST", "taxpayers", {"gstin": BUYER, "status": "ACT", "TxpType": "REG"}
    )
    refused("generate_irn", "2195", IrpRejected, call, bench.invoice("inter", changes))

    bench.control(
        "POST", "taxpayers", {"gstin": BUYER, "status": "ACT", "TxpType": "TCS"}
    )
    changes.pop(T + "EcmGstin")
    refused("generate_irn", "2301", IrpRejected, call, bench.invoice("inter", changes))


def test_operator_is_not_named_by_the_supplier(bench, refused):
    call, changes = bench.client.generate_irn, {T + "EcmGstin": OPERATOR}
    refused("generate_irn", "2299", IrpRejected, call, bench.invoice("inter", changes))


def test_document_older_than_the_turnover_allows(bench, refused):
    invoice = bench.invoice("inter", {"DocDtls.Dt": "10/09/2026"})
    bench.set(turnover_crore=10)
    refused("generate_irn", "2305", IrpRejected, bench.client.generate_irn, invoice)
    bench.set(turnover_crore=9)
    assert bench.client.generate_irn(invoice).irn


def test_sync_ends_an_unknown_recipient(bench, refused):
    bench.set(open_registry=False)
    bench.client.sync_gstin(SELLER)
    call = bench.client.generate_irn

    error = refused("generate_irn", "3028", IrpRejected, call, bench.invoice())
    assert (error.remedy, BUYER in error.message) == ("sync_gstin", True)
    assert bench.client.sync_gstin(BUYER).status == "ACT"
    assert bench.register().irn


def test_only_the_supplier_asks(bench, refused):
    call = bench.stranger().generate_irn
    refused("generate_irn", "2169", IrpRejected, call, bench.invoice())

    named = bench.invoice(
        "inter", {T + "EcmGstin": BUYER, B + "Gstin": "27AAACO1234A1C9"}
    )
    assert call(named).irn


# --- what cannot be brought about, or happens to the portal --------------------------

SCRIPTED = [
    "2146",
    "2147",
    "2176",
    "2213",
    "2255",
    "2280",
    "2281",
    "2282",
    "2285",
    "3026",
    "5001",
]


@pytest.mark.parametrize("code", SCRIPTED)
def test_scripted_refusal(bench, refused, code):
    bench.faults.add("refuse", "generate_irn", code=code, message="text")
    call = bench.client.generate_irn

    error = refused("generate_irn", code, IrpRejected, call, bench.invoice())
    assert error.message == "text"
    assert call(bench.invoice()).irn


def test_lost_answer_is_found_by_the_document(bench):
    bench.faults.add("drop_after", "generate_irn")
    with pytest.raises(IrpOutcomeUnknown) as caught:
        bench.register()

    found = bench.client.get_irn_by_document(
        "INV", "BLR/26-27/0042", date(2026, 10, 10)
    )
    assert caught.value.reason == "reset"
    assert found.status == "ACT"
    assert bench.count("generate_irn") == 1


# --- an e-way bill that cannot be made: the IRN is given all the same ----------------

RAIL = {
    "TransMode": "2",
    "Distance": 0,
    "TransDocNo": "RR/7",
    "TransDocDt": "11/10/2026",
}
EWBERR = [
    ("4009", "service", ROAD),
    ("4010", "note", ROAD),
    ("4011", "inter", {"TransMode": "1", "Distance": 0, "VehType": "R"}),
    ("4012", "inter", {**RAIL, "TransDocNo": None}),
    ("4013", "inter", {**ROAD, "Distance": 300}),
    ("4014", "inter", {**ROAD, "VehNo": "KA0112345"}),
    ("4016", "inter", {**ROAD, "TransDocDt": "16/10/2026"}),
    ("4017", "inter", {**ROAD, "TransDocDt": "31/09/2026"}),
    ("4018", "inter", {**ROAD, "TransId": "21ADAPP6261D1Z2"}),
    ("4019", "inter", {"Distance": 0}),
    ("4021", "inter", {**ROAD, "TransDocDt": "09/10/2026"}),
    ("4022", "inter", {**ROAD, "VehType": None}),
    ("4023", "inter", {**RAIL, "TransDocDt": None}),
    ("4024", "inter", {**RAIL, "VehType": "O"}),
    ("4028", "inter", {**ROAD, "TransMode": None}),
    ("4031", "export", ROAD),
    ("4039", "inter", {**ROAD, "TransMode": "4"}),
    ("4040", "inter", {"TransMode": "4", "Distance": 0}),
    ("4043", "old", ROAD),
    ("4044", "gold", {"TransMode": "3", "Distance": 0}),
    ("4045", "gold", {"TransMode": "1", "Distance": 0, "TransName": "Fast"}),
    ("4050", "gold", {"Distance": 0}),
    ("4051", "gold inter", {"TransMode": "1", "Distance": 0}),
]


@pytest.mark.parametrize(("code", "kind", "asked"), EWBERR)
def test_ewaybill_is_refused_and_the_irn_given(bench, code, kind, asked):
    made = bench.register(kind, {"EwbDtls": asked})

    assert [one.code for one in made.ewb_errors] == [code]
    assert all(one.message and entry(one.code, "EWB").hint for one in made.ewb_errors)
    assert (made.ewb_number, made.status) == ("", "ACT")
    assert bench.client.get_irn(made.irn).irn == made.irn


def test_blocked_for_ewaybills(bench):
    blocked = {"gstin": SELLER, "status": "ACT", "BlkStatus": "B"}
    bench.control("POST", "taxpayers", blocked)

    made = bench.register("inter", {"EwbDtls": ROAD})
    assert [one.code for one in made.ewb_errors] == ["4015"]


def test_failure_of_the_ewaybill_part(new_bench):
    def fail(request, invoice, now):
        raise RuntimeError("the e-way bill system is down")

    made = new_bench(ewb_check=fail).register("inter", {"EwbDtls": ROAD})
    assert [one.code for one in made.ewb_errors] == ["4001"]


@pytest.mark.parametrize(
    "asked",
    [
        {**ROAD, "Distance": None},
        {**ROAD, "Distance": 4001},
        {**ROAD, "TransMode": "5"},
        {**ROAD, "VehType": "X"},
        {**ROAD, "TransId": "short"},
    ],
    ids=str,
)
def test_schema_fault_in_the_ewaybill_refuses_the_document(bench, refused, asked):
    invoice = bench.invoice("inter", {"EwbDtls": asked})

    refused("generate_irn", "5002", IrpRejected, bench.client.generate_irn, invoice)
