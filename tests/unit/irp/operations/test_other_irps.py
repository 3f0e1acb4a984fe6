"""A document that another IRP holds is looked up there, or the result names the IRP."""

from dataclasses import replace
from datetime import timedelta

import pytest
from irp.client import Account, IrpClient
from irp.operations import ewaybill, states
from irp.operations.ewaybill import EwaybillRequest
from irp.operations.gstin_lookup import look_up as look_up_gstin
from irp.operations.registration import (
    RegistrationRequest,
    cancel,
    look_up,
    register,
    settle_cancel,
)
from irp.protocol.errors import IrpDuplicate, IrpNotFound, IrpOutcomeUnknown
from irp.protocol.signature import SigningKeys, load_signing_key
from irp.reference import ENVIRONMENTS, PROFILES

from unit.irp.conftest import Clock, FakePortal
from unit.irp.dialects import DIALECTS, GSTIN, DialectPortal

NONE = SigningKeys([])


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def registered(invoice, sign, clock):
    """Return the data of the document's registration, signed."""
    return FakePortal(None, sign, clock).register(invoice)


@pytest.fixture
def keys(certificate):
    return SigningKeys([load_signing_key(certificate)])


@pytest.fixture
def request_(invoice, registered):
    return RegistrationRequest(invoice, registered["Irn"])


@pytest.fixture
def connect(portal_key, clock):
    def make(code, environment=None, base_url=""):
        dialect = DIALECTS[code]
        account = Account(
            "37ARZPT4384Q1MT",
            "user",
            "Secret@1",
            "id",
            "secret",
            portal_key.public_key(),
            dialect.fields,
        )
        portal = DialectPortal(portal_key, sealed=dialect.sealed)
        client = IrpClient(
            account,
            portal,
            base_url=base_url or dialect.sandbox,
            environment=environment or PROFILES[code].environments["sandbox"],
            clock=clock,
        )
        return client, portal

    return make


def elsewhere(portal, registered, **facts):
    desc = {name: registered[name] for name in ("Irn", "AckNo", "AckDt")}
    info = {"InfCd": "DUPIRNGLP", "Desc": {**desc, **facts}}
    return portal.refusal("2295", [info])


def irps(portal):
    """Return the IRP that each call after the log-in names."""
    return [request.headers.get("irp", "") for request in portal.requests[1:]]


@pytest.mark.parametrize(("code", "calls"), [("iris", 1), ("ey", 1), ("whitebooks", 2)])
def test_refused_gstin_is_synchronised_only_where_that_is_offered(
    code, calls, connect, keys, request_
):
    client, portal = connect(code)
    portal.answers.extend([portal.refusal("3028")] * 2)
    result = register(client, keys, request_)
    assert (result.state, result.error.code) == (states.REJECTED, "3028")
    assert len(result.gstin_lookups) == calls - 1
    assert len(portal.requests) == 1 + calls


@pytest.mark.parametrize("code", ["nic1", "taxpro", "clear_gsp", "alankit"])
def test_document_of_nic_2_is_looked_up_there(
    code, connect, registered, keys, request_
):
    client, portal = connect(code)
    portal.answers.append(elsewhere(portal, registered, RegIrp="NIC2"))
    portal.answers.append(registered)
    result = register(client, keys, request_)
    assert (result.state, result.adopted) == (states.REGISTERED, True)
    assert result.held_by == "NIC2"
    assert irps(portal) == ["", "NIC2"]


def test_credential_without_a_profile_knows_the_irp_by_its_address(
    connect, registered, keys, request_
):
    host = "https://einv2api.gstsandbox.nic.in"
    client, portal = connect("nic1", ENVIRONMENTS["sandbox"], host)
    assert client.irp == "NIC2"
    portal.answers.append(elsewhere(portal, registered, RegIrp="NIC1"))
    portal.answers.append(registered)
    result = register(client, keys, request_)
    assert (result.state, result.held_by) == (states.REGISTERED, "NIC1")
    assert irps(portal) == ["", "NIC1"]


@pytest.mark.parametrize(
    ("code", "reg_irp", "held_by"),
    [
        ("nic1", "IRIS", "IRIS"),
        ("iris", "NIC2", "NIC2"),
        ("ey", "NIC", "NIC1"),
        ("whitebooks", "EY", "EY"),
    ],
)
def test_irp_that_cannot_be_asked_from_here_is_named(
    code, reg_irp, held_by, connect, registered, keys, request_
):
    client, portal = connect(code)
    portal.answers.append(elsewhere(portal, registered, RegIrp=reg_irp))
    result = register(client, keys, request_)
    assert (result.state, result.held_by) == (states.CONFLICT, held_by)
    assert isinstance(result.error, IrpDuplicate)
    assert result.wait is None


def test_document_that_no_named_irp_holds_is_a_conflict_at_once(
    connect, keys, request_
):
    client, portal = connect("nic1")
    portal.answers.append(portal.refusal("2295"))
    result = register(client, keys, request_)
    assert (result.state, result.held_by) == (states.CONFLICT, "")
    assert len(portal.requests) == 2


@pytest.mark.parametrize("code", ["2154", "2283", "2226"])
def test_what_the_other_irp_does_not_return_is_a_conflict(
    code, connect, registered, keys, request_
):
    client, portal = connect("nic1")
    portal.answers.append(elsewhere(portal, registered, RegIrp="NIC2"))
    portal.answers.append(portal.refusal(code))
    result = register(client, keys, request_)
    assert (result.state, result.held_by) == (states.CONFLICT, "NIC2")


def test_what_cannot_be_verified_is_a_conflict(connect, registered, request_, keys):
    forged = f"{registered['SignedInvoice'][:-8]}AAAAAAAA"
    client, portal = connect("nic1")
    portal.answers.append(elsewhere(portal, registered, RegIrp="NIC2"))
    portal.answers.append({**registered, "SignedInvoice": forged})
    result = register(client, keys, request_)
    assert (result.state, result.registration) == (states.CONFLICT, None)


def test_lost_answer_of_the_other_irp_leaves_it_unknown(
    connect, registered, keys, request_, make
):
    client, portal = connect("nic1")
    portal.answers.append(elsewhere(portal, registered, RegIrp="NIC2"))
    portal.answers.append(make.respond({}))
    result = register(client, keys, request_)
    assert result.state == states.UNKNOWN
    assert isinstance(result.error, IrpOutcomeUnknown)


def test_duplicate_here_is_looked_up_here(connect, registered, keys, request_):
    client, portal = connect("nic2")
    portal.answers.extend([portal.refusal("2150"), registered])
    result = register(client, keys, request_)
    assert (result.state, result.held_by) == (states.REGISTERED, "")
    assert irps(portal) == ["", ""]


# -- look-ups -------------------------------------------------------------------------


def test_portal_without_look_up_by_document_is_asked_by_irn(
    connect, registered, keys, request_
):
    client, portal = connect("ey")
    portal.answers.append(registered)
    result = look_up(client, keys, request_)
    assert result.state == states.REGISTERED
    assert portal.requests[1].url.endswith(f"/enSearch/{registered['Irn']}")


def test_lost_registration_at_ey_is_settled_by_irn(
    connect, registered, keys, request_, make
):
    client, portal = connect("ey")
    portal.answers.append(make.respond({}))
    assert register(client, keys, request_).state == states.UNKNOWN
    portal.answers.append(portal.refusal("2148"))
    assert look_up(client, keys, request_).state == states.TO_REGISTER


def test_registered_document_is_looked_up_where_its_number_says(
    connect, registered, keys, invoice
):
    asked = RegistrationRequest(
        invoice, registered["Irn"], ack_number="232510000000001"
    )
    client, portal = connect("nic1")
    portal.answers.extend([portal.refusal("2154"), registered])
    result = look_up(client, keys, asked)
    assert (result.state, result.held_by) == (states.REGISTERED, "NIC2")
    assert irps(portal) == ["", "NIC2"]


def test_registered_document_that_is_not_found_is_never_registered_again(
    connect, registered, keys, invoice
):
    asked = RegistrationRequest(
        invoice, registered["Irn"], ack_number="232510000000001"
    )
    client, portal = connect("iris")
    portal.answers.append(portal.refusal("2154"))
    result = look_up(client, keys, asked)
    assert (result.state, result.held_by) == (states.CONFLICT, "NIC2")
    client, portal = connect("nic1")
    portal.answers.extend([portal.refusal("2154")] * 2)
    result = look_up(client, keys, asked)
    assert (result.state, result.held_by) == (states.CONFLICT, "NIC2")


@pytest.mark.parametrize(
    ("code", "state", "asked"),
    [("nic1", states.CANCELLED, ["", "NIC2"]), ("iris", states.REGISTERED, [""])],
)
def test_document_is_cancelled_where_its_number_says(
    code, state, asked, connect, registered, keys, invoice
):
    irn = registered["Irn"]
    request = RegistrationRequest(
        invoice,
        irn,
        cancel_reason="2",
        cancel_remark="Mistake",
        ack_number="232510000000001",
    )
    client, portal = connect(code)
    portal.answers.append(portal.refusal("2148"))
    portal.answers.append({"Irn": irn, "CancelDate": "2025-11-15 14:40:00"})
    result = cancel(client, keys, request)
    assert (result.state, result.held_by) == (state, "NIC2")
    assert irps(portal) == asked


def test_unknown_gstin_stays_unknown_where_it_cannot_be_synced(connect):
    client, portal = connect("iris")
    portal.answers.append(portal.refusal("3001"))
    found = look_up_gstin(client, NONE, GSTIN)
    assert isinstance(found.error, IrpNotFound)
    assert found.answered


# -- where another IRP has sent us ----------------------------------------------------


@pytest.fixture
def held(invoice, registered):
    """A document that IRIS holds, as another IRP has said."""
    return RegistrationRequest(invoice, registered["Irn"], irp="IRIS", held=True)


def test_holder_returns_it(connect, registered, keys, held):
    client, portal = connect("iris")
    portal.answers.append(registered)
    result = look_up(client, keys, held)
    assert (result.state, result.adopted) == (states.REGISTERED, True)


@pytest.mark.parametrize("in_flight", [timedelta(0), timedelta(minutes=1)])
def test_holder_that_does_not_find_it_is_a_conflict(connect, keys, held, in_flight):
    client, portal = connect("iris")
    portal.answers.append(portal.refusal("2154"))
    result = look_up(client, keys, replace(held, in_flight=in_flight))
    assert (result.state, result.held_by) == (states.CONFLICT, "IRIS")
    assert result.wait is None


def test_holder_that_names_a_third_one_is_a_conflict(connect, registered, keys, held):
    client, portal = connect("iris")
    portal.answers.append(elsewhere(portal, registered, RegIrp="EY"))
    result = look_up(client, keys, held)
    assert (result.state, result.held_by) == (states.CONFLICT, "EY")


def test_holder_that_does_not_answer_is_asked_again(connect, keys, held, make):
    client, portal = connect("iris")
    portal.answers.append(make.respond({}))
    assert look_up(client, keys, held).state == states.UNKNOWN


def test_unclear_cancellation_names_the_holder(connect, registered, keys, invoice):
    asked = RegistrationRequest(
        invoice, registered["Irn"], ack_number="232510000000001"
    )
    client, portal = connect("iris")
    portal.answers.append(portal.refusal("2154"))
    result = settle_cancel(client, keys, asked)
    assert (result.state, result.held_by) == (states.CANCEL_UNCLEAR, "NIC2")
    assert result.registration is None


# -- e-way bills ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "irp", "ack_number", "named"),
    [
        ("nic1", "", "132510000000001", ""),
        ("nic1", "", "232510000000001", "NIC2"),
        ("nic1", "NIC2", "", "NIC2"),
        ("nic2", "", "132510000000001", "NIC1"),
        ("nic1", "", "632510000000001", ""),
        ("iris", "", "232510000000001", ""),
        ("iris", "IRIS", "", ""),
        ("nic1", "", "", ""),
    ],
)
def test_ewaybill_names_the_holder_of_its_irn(
    code, irp, ack_number, named, connect, registered, keys
):
    request = EwaybillRequest(
        {"Irn": registered["Irn"]}, irp=irp, ack_number=ack_number
    )
    client, portal = connect(code)
    portal.answers.append(portal.refusal("4005"))
    ewaybill.look_up(client, keys, request)
    assert irps(portal) == [named]
