"""Each service succeeds over HTTP, and the client reads the answer."""

import socket
from datetime import date, datetime

import pytest
from irp.document.irn import compute_irn
from irp.protocol.errors import IrpNotOffered
from irp.protocol.records import (
    Cancellation,
    EwayBill,
    EwayBillCancellation,
    Registration,
    Taxpayer,
)
from irp.protocol.signature import SigningKeys, load_signing_key
from irp.protocol.verification import verify_registration
from irp.reference.dates import IST
from irp.reference.profiles import ENDPOINTS, ENVIRONMENTS

SELLER, BUYER = "29AAACK0000A1ZK", "27AAACS0000B1ZE"
NUMBER, DAY = "BLR/26-27/0042", date(2026, 10, 10)
TODAY = date(2026, 10, 15)
NOON = datetime(2026, 10, 15, 12, 0, tzinfo=IST)
TO_MUMBAI = {"TransMode": "1", "Distance": 0, "VehNo": "KA01AB1234", "VehType": "R"}
RESULTS = {
    "generate_irn": Registration,
    "cancel_irn": Cancellation,
    "get_irn": Registration,
    "get_irn_by_document": Registration,
    "get_rejected_irns": tuple,
    "generate_ewb": EwayBill,
    "get_ewb": EwayBill,
    "cancel_ewb": EwayBillCancellation,
    "get_gstin": Taxpayer,
    "sync_gstin": Taxpayer,
}


@pytest.fixture
def keys(bench):
    """The portal's signing key as the client gets it."""
    return SigningKeys([load_signing_key(bench.portal.signing_certificate)])


def test_every_service_with_a_token_is_tried():
    named = {one.name for one in ENDPOINTS.values() if one.needs_token}

    assert named == set(RESULTS)


@pytest.mark.parametrize(("service", "kind"), RESULTS.items())
def test_success(bench, service, kind):
    call = bench.doing(service)

    assert isinstance(call(bench.client), kind)


@pytest.mark.parametrize(("service", "kind"), RESULTS.items())
def test_success_in_the_dialect_of_a_gsp(bench, service, kind):
    call = bench.doing(service)
    notice = ({"InfCd": "ADDNLNFO", "Desc": "Notice"},)
    bench.speak(status="string", ack_date="short", chunk_size=64, info_before=notice)

    assert isinstance(call(bench.client), kind)


def test_authentication_reuses_its_token(bench):
    session = bench.client.ensure_session()

    assert session.token
    assert len(session.sek) == 32
    assert session.expires_at == datetime(2026, 10, 15, 13, 0, tzinfo=IST)
    assert bench.connect().ensure_session() == session
    bench.clock.advance(minutes=49)
    assert bench.client.ensure_session() is session
    bench.clock.advance(minutes=2)
    assert bench.client.ensure_session().token != session.token
    assert bench.count("authenticate") == 3


def test_generate_irn(bench, keys):
    made = bench.register()

    verdict = verify_registration(made, keys, sent=bench.invoice())
    assert (verdict.state, verdict.differences) == ("verified", ())
    assert verdict.issuer == "NIC Sandbox"
    assert made.irn == compute_irn(SELLER, DAY, "INV", NUMBER)
    assert len(made.ack_number) == 15
    assert (made.ack_date, made.status) == (NOON, "ACT")
    assert (made.ewb_number, made.ewb_date, made.ewb_errors) == ("", None, ())


@pytest.mark.parametrize("kind", ["inter", "intra", "export", "service", "note"])
def test_every_kind_of_document(bench, keys, kind):
    made = bench.register(kind)

    sent = bench.invoice(kind)
    assert verify_registration(made, keys, sent=sent).state == "verified"


def test_port_and_currency_of_a_supply_within_india_are_not_judged(bench, keys):
    """NIC signed Port "12" and ForCur "inr" of a B2B document (14-09-2023)."""
    export = {"Port": "12", "RefClm": "N", "ForCur": "inr", "CntCode": "IN"}
    changes = {"ExpDtls": export}
    made = bench.register("inter", changes)

    verdict = verify_registration(made, keys, sent=bench.invoice("inter", changes))
    assert (verdict.state, verdict.differences) == ("verified", ())


def test_generate_irn_with_its_ewaybill(bench):
    made = bench.register("inter", {"EwbDtls": TO_MUMBAI})

    assert len(made.ewb_number) == 12
    assert made.ewb_date == NOON
    assert made.ewb_distance_km > 500
    days = -(-made.ewb_distance_km // 200)
    until = datetime(2026, 10, 15 + days, 23, 59, tzinfo=IST)
    assert made.ewb_valid_till == until
    assert bench.client.get_ewb(made.irn).number == made.ewb_number


def test_cancel_irn(bench):
    made = bench.register()
    bench.clock.advance(minutes=5)

    done = bench.client.cancel_irn(made.irn, "4", "Ordered twice")

    assert done == Cancellation(made.irn, NOON.replace(minute=5))
    assert bench.client.get_irn(made.irn).status == "CNL"


@pytest.mark.parametrize("reason", ["1", "2", "3", "4"])
def test_reasons_of_both_cancellations(bench, reason):
    made = bench.register_with_ewb()

    assert bench.client.cancel_ewb(made.ewb_number, reason, "Wrong").number
    assert bench.client.cancel_irn(made.irn, reason, "Wrong").irn == made.irn


def test_both_ways_to_get_an_irn(bench):
    made = bench.register()

    assert bench.client.get_irn(made.irn) == made
    assert bench.client.get_irn_by_document("INV", NUMBER, DAY) == made
    assert bench.client.get_irn_by_document("inv", NUMBER.lower(), DAY) == made


def test_rejected_irns_of_a_day(bench):
    made = [bench.register("inter", {"DocDtls.No": f"R/{n}"}) for n in range(3)]
    for one in made[:2]:
        bench.portal.reject(one.irn, TODAY)

    found = bench.client.get_rejected_irns(TODAY)

    assert sorted(found) == sorted(one.irn for one in made[:2])


def test_generate_ewb_with_the_portals_distance(bench):
    made = bench.register()

    bill = bench.client.generate_ewb(bench.ewb(made.irn))

    assert len(bill.number) == 12
    assert bill.date == NOON
    assert bill.distance_km > 500
    assert bill.valid_till > NOON


def test_generate_ewb_with_a_distance_of_ones_own(bench):
    near = bench.client.generate_ewb(bench.ewb(bench.register().irn)).distance_km
    other = bench.register("inter", {"DocDtls.No": "D/2"})

    bill = bench.client.generate_ewb(bench.ewb(other.irn, Distance=near + 5))

    assert bill.distance_km is None


def test_part_a_alone_has_no_validity(bench):
    made = bench.register()
    request = {"Irn": made.irn, "Distance": 0, "TransId": "21ADAPP6261D1Z1"}

    bill = bench.client.generate_ewb(request)

    assert bill.number
    assert bill.valid_till is None


def test_get_and_cancel_ewb(bench):
    made = bench.register_with_ewb()

    bill = bench.client.get_ewb(made.irn)
    assert (bill.number, bill.status) == (made.ewb_number, "ACT")
    assert (bill.date, bill.valid_till) == (made.ewb_date, made.ewb_valid_till)
    assert bill.generator_gstin == SELLER

    done = bench.client.cancel_ewb(bill.number, "2", "Order cancelled")
    assert done == EwayBillCancellation(bill.number, NOON)
    assert bench.client.get_ewb(made.irn).status == "CNL"
    assert bench.client.generate_ewb(bench.ewb(made.irn)).number != bill.number


@pytest.mark.parametrize("inner_base64", [False, True])
def test_cancel_ewb_in_both_readings_of_the_page(bench, inner_base64):
    made = bench.register_with_ewb()
    client = bench.connect(environment={"ewayapi_inner_base64": inner_base64})

    assert client.cancel_ewb(made.ewb_number, "1", "Wrong").cancel_date == NOON


def test_cancel_ewb_is_not_sent_where_it_is_not_offered(bench):
    made = bench.register_with_ewb()
    offer = {"ewb_cancel": ENVIRONMENTS["production"].ewb_cancel}

    with pytest.raises(IrpNotOffered):
        bench.connect(environment=offer).cancel_ewb(made.ewb_number, "1", "Wrong")

    assert bench.count("cancel_eway_bill") == 0


@pytest.mark.parametrize("service", ["get_gstin", "sync_gstin"])
def test_taxpayer(bench, service):
    known = {"TxpType": "SEZ", "BlkStatus": "B", "DtReg": "2019-04-01"}
    enter = {"gstin": BUYER, "status": "SUS", "LegalName": "Sahyadri", **known}
    bench.control("POST", "taxpayers", enter)

    found = getattr(bench.client, service)(BUYER.lower())

    assert (found.gstin, found.legal_name) == (BUYER, "Sahyadri")
    assert (found.status, found.taxpayer_type) == ("SUS", "SEZ")
    assert (found.block_status, found.state_code) == ("B", "27")
    assert (found.registered_on, found.deregistered_on) == (date(2019, 4, 1), None)
    assert found.raw["gstin"] == BUYER


def test_sync_fetches_from_the_common_portal(bench):
    entry = {"gstin": BUYER, "status": "CNL", "DtDReg": "2026-01-31"}
    bench.control("POST", "announced", entry)

    assert bench.client.get_gstin(BUYER).status == "ACT"
    assert bench.client.sync_gstin(BUYER).deregistered_on == date(2026, 1, 31)
    assert bench.client.get_gstin(BUYER).status == "CNL"


def test_the_other_portal_is_asked_by_header(bench):
    made = bench.register()
    bench.set(portal_code="NIC2")

    found = bench.client.get_irn_by_document("INV", NUMBER, DAY, irp="NIC1")
    assert found.irn == made.irn
    bill = bench.client.generate_ewb(bench.ewb(made.irn), irp="NIC1")
    assert bench.client.get_ewb(made.irn, irp="NIC1").number == bill.number
    bench.client.cancel_ewb(bill.number, "1", "Wrong")
    assert bench.client.cancel_irn(made.irn, "1", "Wrong", irp="NIC1").irn == made.irn


# --- health --------------------------------------------------------------------------


def test_health_of_a_portal_that_is_up(bench):
    health = bench.client.ping()

    assert (health.ok, health.http_status, health.detail) == (True, 200, "")
    assert health.milliseconds >= 0
    assert bench.count("authenticate") == 0


def test_health_does_not_look_at_the_body(bench):
    bench.faults.add("garbage", "ping")

    assert bench.client.ping().ok


@pytest.mark.parametrize("status", [404, 429, 500, 503])
def test_health_of_a_refusing_portal(bench, status):
    bench.control("POST", "faults", {"kind": "error", "status": status})

    health = bench.client.ping()

    assert (health.ok, health.http_status) == (False, status)
    assert str(status) in health.detail


def test_health_of_a_portal_that_hangs_up(bench):
    bench.faults.add("drop_before", "ping")

    health = bench.client.ping()

    assert (health.ok, health.http_status) == (False, None)
    assert health.detail


def test_health_of_a_portal_that_is_not_there(bench):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        health = bench.connect(base_url=address).ping()

    assert (health.ok, health.http_status) == (False, None)
    assert health.detail
