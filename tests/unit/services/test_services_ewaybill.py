"""Generate and get an e-way bill by IRN: each refusal of the portal."""

import pytest
from irp.protocol.errors import (
    IrpEwbExists,
    IrpNotFound,
    IrpOutcomeUnknown,
    IrpRejected,
)

SELLER, BUYER = "29AAACK0000A1ZK", "27AAACS0000B1ZE"
NOBODYS_IRN = "a" * 64
DROP = "(drop)"
NO_VEHICLE = {"VehNo": DROP, "VehType": DROP}
RAIL = {
    **NO_VEHICLE,
    "TransMode": "2",
    "TransDocNo": "RR/7",
    "TransDocDt": "11/10/2026",
}
PORT = {"Addr1": "Gate 2", "Loc": "Mundra", "Pin": 370421, "Stcd": "24"}
DEPOT = {"Nm": "Depot", "Addr1": "Gate 1", "Loc": "Hubballi", "Pin": 580020}
ISLAND = {"Nm": "Depot", "Addr1": "Gate 1", "Loc": "Port Blair", "Stcd": "35"}
GOLD = {**NO_VEHICLE, "TransMode": "1"}
TRANSPORTER = "21ADAPP6261D1Z1"

# code, kind of document, changes of the request
REQUESTS = [
    ("4009", "service", {}),
    ("4010", "note", {}),
    ("4011", "inter", {"VehNo": DROP}),
    ("4012", "inter", {**RAIL, "TransDocNo": DROP}),
    ("4014", "inter", {"VehNo": "KA0112345"}),
    ("4016", "inter", {"TransDocDt": "16/10/2026"}),
    ("4017", "inter", {"TransDocDt": "31/09/2026"}),
    ("4019", "inter", {**NO_VEHICLE, "TransMode": DROP}),
    ("4020", "inter", {"VehType": "X"}),
    ("4021", "inter", {"TransDocDt": "09/10/2026"}),
    ("4022", "inter", {"VehType": DROP}),
    ("4023", "inter", {**RAIL, "TransDocDt": DROP}),
    ("4024", "inter", {**RAIL, "TransMode": "3", "VehType": "O"}),
    ("4028", "inter", {"TransMode": DROP}),
    ("4039", "inter", {"TransMode": "4"}),
    ("4040", "inter", {**NO_VEHICLE, "TransMode": "4"}),
    ("5002", "inter", {"TransMode": "5"}),
]
ADDRESSES = [
    ("4031", "export", {}),
    ("4032", "export", {"ExpShipDtls": {**PORT, "Stcd": "96"}}),
    ("4033", "export", {"ExpShipDtls": {**PORT, "Pin": 999999}}),
    ("4035", "inter", {"DispDtls": {**DEPOT, "Stcd": "96"}}),
    ("4036", "inter", {"DispDtls": {**DEPOT, "Stcd": "29", "Pin": 999999}}),
]
FOR_GOLD = [
    ("4044", "gold", {**GOLD, "TransMode": "3"}),
    ("4045", "gold", {**GOLD, "TransName": "Fast Carriers"}),
    ("4046", "gold", {**GOLD, "TransDocNo": "LR7"}),
    ("4047", "gold", {**GOLD, "TransDocDt": "11/10/2026"}),
    ("4048", "gold", {**GOLD, "VehNo": "KA01AB1234"}),
    ("4049", "gold", {**GOLD, "VehType": "R"}),
    ("4050", "gold", {**GOLD, "TransMode": DROP}),
    ("4051", "gold inter", GOLD),
    ("4052", "gold", {**GOLD, "TransId": TRANSPORTER}),
]
AT_MUMBAI = {"DispDtls": {**DEPOT, "Pin": 400001, "Stcd": "27"}}
DISTANCES = [
    ("4006", "inter", {"Distance": DROP}),
    ("5002", "inter", {"Distance": -1}),
    ("5002", "inter", {"Distance": "980"}),
    ("5002", "inter", {"Distance": 98.5}),
    ("4013", "inter", {"Distance": 300}),
    ("4013", "inter", {"Distance": 3000}),
    ("4029", "inter", {**AT_MUMBAI, "Distance": 0}),
    ("4029", "inter", {**AT_MUMBAI, "Distance": 101}),
    ("4030", "inter", {"DispDtls": {**ISLAND, "Pin": 744101}}),
    ("4038", "inter", {"DispDtls": {**ISLAND, "Pin": 744101}, "Distance": 4001}),
]
STANDING = [
    ("4018", "inter", {"TransId": "21ADAPP6261D1Z2"}),
    ("4043", "old", {}),
]


@pytest.mark.parametrize(
    ("code", "kind", "changes"),
    [*REQUESTS, *ADDRESSES, *FOR_GOLD, *DISTANCES, *STANDING],
)
def test_refused_request(bench, refused, code, kind, changes):
    request = bench.ewb(bench.register(kind).irn, **changes)

    call = bench.client.generate_ewb
    error = refused("generate_ewb", code, IrpRejected, call, request)
    assert {one.code for one in error.violations} == {code}
    assert error.remedy in ("fix_data", "stop")
    assert not bench.portal.registrations()[0].ewb_number


def test_foreign_pin_needs_a_distance(bench, refused):
    other = {"Gstin": "97AAACS0000B1Z7", "Stcd": "97", "Pos": "97", "Pin": 999999}
    changes = {f"BuyerDtls.{name}": value for name, value in other.items()}
    made = bench.register("inter", changes)

    call, request = bench.client.generate_ewb, bench.ewb(made.irn)
    refused("generate_ewb", "4034", IrpRejected, call, request)
    assert call({**request, "Distance": 900}).number


def test_destination_without_a_pin(bench, refused):
    irn = bench.register("export").irn
    port = {name: value for name, value in PORT.items() if name != "Pin"}

    call, request = bench.client.generate_ewb, bench.ewb(irn, ExpShipDtls=port)
    refused("generate_ewb", "2244", IrpRejected, call, request)


def test_gold_and_exports_that_may_travel(bench):
    made = bench.register("gold")
    assert bench.client.generate_ewb(bench.ewb(made.irn, **GOLD)).number

    export = bench.register("export", {"DocDtls.No": "X/1"})
    assert bench.client.generate_ewb(bench.ewb(export.irn, ExpShipDtls=PORT)).number


# --- the registration and the taxpayer ----------------------------------------------


def unknown(bench):
    return bench.client, NOBODYS_IRN


def at_the_other_portal(bench):
    irn = bench.register().irn
    bench.set(portal_code="NIC2")
    return bench.client, irn


def somebody_elses(bench):
    return bench.stranger(), bench.register().irn


def cancelled(bench):
    irn = bench.register().irn
    bench.client.cancel_irn(irn, "1", "Wrong")
    return bench.client, irn


def with_ewaybill(bench):
    return bench.client, bench.register_with_ewb().irn


def with_ewaybill_made_elsewhere(bench):
    irn = bench.register().irn
    bench.portal.attach_eway_bill(irn, 391000000001, "2026-10-20 23:59:00")
    return bench.client, irn


def without_ewaybill(bench):
    return bench.client, bench.register().irn


def blocked(gstin):
    def provoke(bench):
        irn = bench.register().irn
        record = {"gstin": gstin, "status": "ACT", "BlkStatus": "B"}
        bench.control("POST", "taxpayers", record)
        return bench.client, irn

    return provoke


STATES = [
    ("4003", "4003", IrpNotFound, unknown),
    ("4003", "4003", IrpNotFound, at_the_other_portal),
    ("2143", "2143", IrpRejected, somebody_elses),
    ("4000", "2286", IrpRejected, cancelled),
    ("4002", "2287", IrpEwbExists, with_ewaybill),
    ("4002", "2287", IrpEwbExists, with_ewaybill_made_elsewhere),
    ("4015", "4015", IrpRejected, blocked(SELLER)),
]


@pytest.mark.parametrize("spoken", ["EWB", "INV"])
@pytest.mark.parametrize(("code", "twin", "kind", "provoke"), STATES)
def test_refused_for_its_state(bench, refused, code, twin, kind, provoke, spoken):
    bench.speak(eway_bill_codes=spoken)
    client, irn = provoke(bench)

    expected = code if spoken == "EWB" else twin
    refused("generate_ewb", expected, kind, client.generate_ewb, bench.ewb(irn))


def test_transporter_that_is_cancelled(bench, refused):
    bench.control("POST", "taxpayers", {"gstin": TRANSPORTER, "status": "CNL"})
    request = bench.ewb(bench.register().irn, TransId=TRANSPORTER)

    refused("generate_ewb", "4018", IrpRejected, bench.client.generate_ewb, request)


def test_several_reasons_come_together(bench, refused):
    irn = bench.register("old").irn
    request = bench.ewb(irn, TransId="21ADAPP6261D1Z2", Distance=300)

    call = bench.client.generate_ewb
    error = refused("generate_ewb", "4018", IrpRejected, call, request)
    assert [one.code for one in error.violations] == ["4018", "4043", "4013"]


def test_portal_that_fails_to_judge(new_bench, refused):
    def fail(request, invoice, now):
        raise RuntimeError("the e-way bill system is down")

    bench = new_bench(ewb_check=fail)
    call, request = bench.client.generate_ewb, bench.ewb(bench.register().irn)
    refused("generate_ewb", "5001", IrpRejected, call, request)


def test_lost_answer_is_settled_by_getting(bench, refused):
    irn = bench.register().irn
    bench.faults.add("drop_after", "generate_eway_bill")
    with pytest.raises(IrpOutcomeUnknown):
        bench.client.generate_ewb(bench.ewb(irn))

    call = bench.client.generate_ewb
    refused("generate_ewb", "4002", IrpEwbExists, call, bench.ewb(irn))
    assert bench.client.get_ewb(irn).status == "ACT"


# --- get -----------------------------------------------------------------------------

GET = [
    ("4003", IrpNotFound, unknown),
    ("4003", IrpNotFound, at_the_other_portal),
    ("4005", IrpNotFound, without_ewaybill),
    ("4037", IrpRejected, somebody_elses),
]


@pytest.mark.parametrize(("code", "kind", "provoke"), GET)
def test_refused_get(bench, refused, code, kind, provoke):
    client, irn = provoke(bench)

    refused("get_ewb", code, kind, client.get_ewb, irn)


@pytest.mark.parametrize(
    ("code", "kind"), [("4007", IrpNotFound), ("4041", IrpRejected)]
)
def test_scripted_refusal(bench, refused, code, kind):
    irn = bench.register_with_ewb().irn
    bench.faults.add("refuse", "get_eway_bill", code=code, message="text")

    refused("get_ewb", code, kind, bench.client.get_ewb, irn)
    assert bench.client.get_ewb(irn).number
