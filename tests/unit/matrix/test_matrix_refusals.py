"""Every portal: duplicates, documents of other IRPs, refusals by a gateway."""

import re

import pytest
from irp.operations import ewaybill, registration, states
from irp.protocol.errors import (
    IrpAuthenticationError,
    IrpDuplicate,
    IrpNotFound,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpRateLimited,
)
from sandbox.services.elsewhere import hold_elsewhere

from unit.matrix.bench import (
    CHANGING,
    OFFERED,
    OWN_LOG_IN,
    PORTALS,
    ROUTES,
    SELLER,
    call,
)

CHANGES = [one for one in OFFERED if one[1] in CHANGING]
DIRECT = ("nic1", "nic2", "iris", "ey")
# the IRP that holds a document, and its title
EY = ("EY", "5", "EY IRP (IRP 5)")
IRIS = ("IRIS", "6", "IRIS IRP (IRP 6)")
# they reach the documents of both of NIC's portals
CRISS_CROSS = ("nic1", "nic2", "clear_gsp", "alankit", "taxpro")

# an answer of a gateway, and what it proves
GATEWAYS = {
    # published as coming from the gateway, before it forwards
    ("alankit", "key"): IrpAuthenticationError,
    ("alankit", "rate"): IrpRateLimited,
    ("alankit", "quota"): IrpRateLimited,
    ("taxpro", "key"): IrpAuthenticationError,
    ("taxpro", "password"): IrpAuthenticationError,
    # the gateway has forwarded the call and waited in vain
    ("taxpro", "timeout"): IrpOutcomeUnknown,
    # a sentence: nobody knows who wrote it, and when
    ("clear_gsp", "key"): IrpOutcomeUnknown,
    ("whitebooks", "key"): IrpOutcomeUnknown,
}
PROVEN = {cell for cell, kind in GATEWAYS.items() if kind is not IrpOutcomeUnknown}


# --- done already


@pytest.mark.parametrize(("code", "service"), CHANGES)
def test_duplicate_is_adopted(code, service, signed_in):
    """Another program of the taxpayer has done it; this one takes it over."""
    portal, client = signed_in(code, service)
    document = portal.prepared(client, service)
    call(client, service, document)
    result = operation(service)(client, portal.signing_keys, request(service, document))
    assert portal.effects(service, document) == 1
    if service == "generate_irn":
        assert (result.state, result.adopted) == (states.REGISTERED, True)
        assert result.verdict.state == "verified"
        assert result.registration.irn == document.irn
    elif service == "generate_ewb":
        assert (result.state, result.existed) == (states.REGISTERED, True)
        assert len(result.ewaybill.number) == 12
    else:
        assert result.state == states.CANCELLED


def operation(service):
    return {
        "generate_irn": registration.register,
        "cancel_irn": registration.cancel,
        "generate_ewb": ewaybill.generate,
        "cancel_ewb": ewaybill.cancel,
    }[service]


def request(service, document):
    return document.ewb_request if service.endswith("ewb") else document.request


# --- another IRP ----------------------------------------------------------------------


def held(portal, document, irp):
    """Let another IRP hold the document; return its Ack number."""
    made = hold_elsewhere(
        portal.portal,
        gstin=SELLER,
        document_type="INV",
        number=document.number,
        date="10/10/2026",
        irp=irp,
    )
    assert made.irn == document.irn
    return str(made.ack_number)


def holder_of(code):
    return IRIS if code == "ey" else EY


@pytest.mark.parametrize("code", PORTALS)
def test_document_of_another_irp_is_not_registered_again(code, signed_in):
    portal, client = signed_in(code)
    document = portal.document()
    irp, digit, title = holder_of(code)
    assert held(portal, document, irp)[0] == digit
    asked = portal.calls("generate_irn")
    result = registration.register(client, portal.signing_keys, document.request)
    assert (result.state, result.wait) == (states.CONFLICT, None)
    assert isinstance(result.error, IrpDuplicate)
    assert (result.error.code, result.error.elsewhere) == ("2295", True)
    # WhiteBooks was never seen to pass the IRP's information on with an error
    is_named = code != "whitebooks"
    assert result.held_by == (irp if is_named else "")
    assert (title in str(result.error)) == is_named
    assert portal.calls("generate_irn") == asked + 1
    assert portal.effects("generate_irn", document) == 1
    assert portal.portal.origins.get(document.irn) == irp


@pytest.mark.parametrize("code", PORTALS)
def test_cancellation_names_the_irp_that_registered(code, signed_in):
    """The first digit of the Ack number says where the document is."""
    portal, client = signed_in(code)
    document = portal.document()
    irp, *_rest = holder_of(code)
    number = held(portal, document, irp)
    asked = portal.calls("cancel_irn")
    known = registration.RegistrationRequest(
        document.invoice,
        document.irn,
        cancel_reason="2",
        cancel_remark="Wrong",
        ack_number=number,
    )
    result = registration.cancel(client, portal.signing_keys, known)
    assert (result.state, result.held_by) == (states.REGISTERED, irp)
    assert isinstance(result.error, IrpNotFound)
    assert portal.calls("cancel_irn") == asked + 1
    assert portal.effects("cancel_irn", document) == 0


@pytest.mark.parametrize(
    ("code", "service"),
    [
        one
        for one in OFFERED
        if one[1] in ("get_irn", "get_irn_by_document", "generate_ewb", "get_ewb")
    ],
)
def test_other_services_do_not_find_it(code, service, signed_in):
    portal, client = signed_in(code)
    document = portal.document()
    held(portal, document, holder_of(code)[0])
    with pytest.raises(IrpNotFound):
        call(client, service, document)
    assert portal.effects("generate_ewb", document) == 0


@pytest.mark.parametrize("code", CRISS_CROSS)
def test_document_of_nics_other_portal_is_adopted(code, start):
    """Both of NIC's portals are asked through either; GSPs lead to the first."""
    other = start("nic1" if code == "nic2" else "nic2")
    portal = start(code, other.portal.store)
    name = "NIC1" if code == "nic2" else "NIC2"
    document = other.registered(other.connect())
    client = portal.connect()
    result = registration.register(client, other.signing_keys, document.request)
    assert (result.state, result.adopted) == (states.REGISTERED, True)
    assert (result.held_by, result.verdict.state) == (name, "verified")
    assert portal.effects("generate_irn", document) == 1
    known = registration.RegistrationRequest(
        document.invoice,
        document.irn,
        cancel_reason="2",
        cancel_remark="Wrong",
        ack_number=result.registration.ack_number,
    )
    cancelled = registration.cancel(client, other.signing_keys, known)
    assert (cancelled.state, cancelled.held_by) == (states.CANCELLED, name)
    assert portal.effects("cancel_irn", document) == 1


# --- the gateway in front


def test_every_answer_of_a_gateway_is_here(serve_once):
    found = {
        (code, name)
        for code in PORTALS
        for name in serve_once(code).dialect.gateway_replies
    }
    assert found == set(GATEWAYS)
    assert not {code for code, _name in found} & set(DIRECT)


@pytest.mark.parametrize(
    ("code", "service", "reply"),
    [
        (code, service, name)
        for code, service in OFFERED
        for gsp, name in GATEWAYS
        if code == gsp and (code, service) not in OWN_LOG_IN
    ],
)
def test_refusal_by_the_gateway(code, service, reply, signed_in):
    portal, client = signed_in(code)
    document = portal.prepared(client, service)
    asked = portal.calls(service)
    portal.app.faults.add("gateway", ROUTES[service], code=reply)
    kind = GATEWAYS[code, reply]
    with pytest.raises(kind) as caught:
        call(client, service, document)
    # never as the IRP's own refusal of the token
    assert type(caught.value) is kind
    assert portal.calls(service) == asked + 1
    words = {"timeout": "GSP032 Timeout"}.get(reply, "gateway|before the portal saw")
    if (code, reply) in PROVEN or reply == "timeout":
        assert re.search(words, str(caught.value))
    if service in CHANGING:
        assert portal.effects(service, document) == 0


@pytest.mark.parametrize(("code", "reply"), GATEWAYS)
def test_log_in_refused_by_the_gateway_sends_nothing(code, reply, serve_once):
    portal = serve_once(code)
    client, document = portal.connect(), portal.document()
    asked = portal.calls("generate_irn")
    portal.app.faults.add("gateway", "authenticate", code=reply)
    kind = GATEWAYS[code, reply] if (code, reply) in PROVEN else IrpNotSent
    with pytest.raises(kind):
        call(client, "generate_irn", document)
    assert portal.calls("generate_irn") == asked
    assert call(client, "generate_irn", document).irn == document.irn


@pytest.mark.parametrize(("code", "reply"), GATEWAYS)
def test_what_the_queue_makes_of_it(code, reply, signed_in):
    """Only what is proven not to have reached the IRP may be sent a second time."""
    portal, client = signed_in(code)
    document = portal.document()
    portal.app.faults.add("gateway", "generate_irn", code=reply)
    result = registration.register(client, portal.signing_keys, document.request)
    proven = (code, reply) in PROVEN
    assert result.state == (states.TO_REGISTER if proven else states.UNKNOWN)
