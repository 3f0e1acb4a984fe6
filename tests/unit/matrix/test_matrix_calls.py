"""Every service of every portal: answers, lost answers, refused tokens."""

from dataclasses import replace

import pytest
from irp.operations import ewaybill, registration
from irp.protocol.errors import (
    IrpAuthenticationError,
    IrpEwbLogInError,
    IrpNotOffered,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpProtocolError,
)

from unit.matrix.bench import (
    CHANGING,
    NO_ROUTE,
    NOT_OFFERED,
    OFFERED,
    OWN_LOG_IN,
    PORTALS,
    ROUTES,
    call,
    is_answer,
)

# a fault at the portal, and whether the portal has processed the call
LOST = {
    "drop_before": 0,
    "drop_after": 1,
    "text": 0,
    "text_after": 1,
    "error": 0,
    "error_after": 1,
    "garbage": 1,
}
# what is lost of a call that only reads makes no difference
LOST_READING = ("drop_after", "text")
CHANGES = [one for one in OFFERED if one[1] in CHANGING]
cells = pytest.mark.parametrize(("code", "service"), OFFERED)


def at(portal, code, service):
    """Return the portal that answers: the e-way bill system may be another one."""
    return portal.ewb if (code, service) in OWN_LOG_IN else portal


def log_in_of(code, service):
    return "log_in_ewb" if (code, service) in OWN_LOG_IN else "authenticate"


@cells
def test_answer(code, service, signed_in):
    portal, client = signed_in(code, service)
    document = portal.prepared(client, service)
    answering = at(portal, code, service)
    asked = answering.calls(service)
    assert is_answer(service, call(client, service, document), document)
    assert answering.calls(service) == asked + 1
    if service in CHANGING:
        assert portal.effects(service, document) == 1


@pytest.mark.parametrize(
    ("code", "service"),
    sorted({*NOT_OFFERED, *OWN_LOG_IN}),
)
def test_what_is_not_offered_sends_nothing(code, service, serve_once):
    portal = serve_once(code)
    calls = portal.all_calls()
    client = portal.connect()
    with pytest.raises(IrpNotOffered, match="website"):
        call(client, service, portal.document())
    assert (portal.all_calls(), client.session) == (calls, None)


@pytest.mark.parametrize(("code", "service"), sorted(NO_ROUTE))
def test_route_that_the_portal_does_not_have(code, service, signed_in):
    """A page for 404 proves nothing of a call that changes something."""
    portal, client = signed_in(code)
    bill = service == "cancel_ewb"
    document = portal.registered(client, with_bill=bill)
    kind = IrpOutcomeUnknown if service in CHANGING else IrpProtocolError
    with pytest.raises(kind, match="offers no such service"):
        call(client, service, document)
    if service in CHANGING:
        settle(portal, client, service, document, processed=0)


@pytest.mark.parametrize(
    ("code", "service", "fault"),
    [
        (code, service, fault)
        for code, service in OFFERED
        for fault in (LOST if service in CHANGING else LOST_READING)
    ],
)
def test_lost_answer(code, service, fault, signed_in):
    portal, client = signed_in(code, service)
    document = portal.prepared(client, service)
    answering, processed = at(portal, code, service), LOST[fault]
    asked = answering.calls(service)
    answering.app.faults.add(fault, ROUTES[service])
    with pytest.raises(IrpOutcomeUnknown) as caught:
        call(client, service, document)
    assert caught.value.endpoint == service
    # it is never repeated
    assert answering.calls(service) == asked + 1
    if service not in CHANGING:
        assert is_answer(service, call(client, service, document), document)
        return
    assert portal.effects(service, document) == processed
    settle(portal, client, service, document, processed)


def settle(portal, client, service, document, processed):
    """Look up what the portal holds, and continue from there, as the queue does."""
    before = at(portal, portal.code, service).calls(service)
    if service == "generate_irn":
        result = registration.look_up(client, portal.signing_keys, document.request)
        expected = ("registered", True) if processed else ("to_register", False)
        assert (result.state, result.adopted) == expected
        if not processed:
            result = registration.register(
                client, portal.signing_keys, document.request
            )
        assert result.registration.irn == document.irn
        assert result.verdict.state == "verified"
    elif service == "generate_ewb":
        result = ewaybill.look_up(client, portal.signing_keys, document.ewb_request)
        assert result.state == ("registered" if processed else "to_register")
        if not processed:
            result = ewaybill.generate(
                client, portal.signing_keys, document.ewb_request
            )
        assert result.ewaybill.number
    else:
        settled = settle_cancel(portal, client, service, document)
        assert settled == ("cancelled" if processed else "registered")
        assert portal.effects(service, document) == processed
        return
    assert portal.effects(service, document) == 1
    again = 0 if processed else 1
    assert at(portal, portal.code, service).calls(service) == before + again


def settle_cancel(portal, client, service, document):
    if service == "cancel_irn":
        result = registration.settle_cancel(
            client, portal.signing_keys, document.request
        )
    else:
        result = ewaybill.settle_cancel(
            client, portal.signing_keys, document.ewb_request
        )
    return result.state


def with_session(client, code, service, **changes):
    """Change the client's session; return the session that it had."""
    owner = client.ewaybill_system if (code, service) in OWN_LOG_IN else client
    session = owner.session
    owner.use_session(replace(session, **changes))
    return session


@cells
def test_refused_token_is_replaced_once(code, service, signed_in):
    portal, client = signed_in(code, service)
    document = portal.prepared(client, service)
    answering, log_in = at(portal, code, service), log_in_of(code, service)
    with_session(client, code, service, token="nobodys-token")
    asked, log_ins = answering.calls(service), answering.calls(log_in)
    assert is_answer(service, call(client, service, document), document)
    assert answering.calls(service) == asked + 2
    assert answering.calls(log_in) == log_ins + 1
    if service in CHANGING:
        assert portal.effects(service, document) == 1


@pytest.mark.parametrize(
    ("code", "service"), [one for one in CHANGES if one[0] != "whitebooks"]
)
def test_stale_session_key_is_replaced_once(code, service, signed_in):
    """The portal cannot decrypt the call: 1020 at NIC, 1090 at EY."""
    portal, client = signed_in(code, service)
    document = portal.prepared(client, service)
    answering, log_in = at(portal, code, service), log_in_of(code, service)
    with_session(client, code, service, sek=b"s" * 32)
    asked, log_ins = answering.calls(service), answering.calls(log_in)
    assert is_answer(service, call(client, service, document), document)
    assert answering.calls(service) == asked + 2
    assert answering.calls(log_in) == log_ins + 1
    assert portal.effects(service, document) == 1


@cells
def test_fresh_token_refused_as_well(code, service, signed_in):
    portal, client = signed_in(code, service)
    document = portal.prepared(client, service)
    answering, log_in = at(portal, code, service), log_in_of(code, service)
    asked, log_ins = answering.calls(service), answering.calls(log_in)
    refused = "238" if service == "cancel_ewb" else "1005"
    answering.app.faults.add("refuse", ROUTES[service], code=refused, times=0)
    own = (code, service) in OWN_LOG_IN
    with pytest.raises(IrpAuthenticationError, match="fresh token") as caught:
        call(client, service, document)
    assert isinstance(caught.value, IrpEwbLogInError) == own
    assert answering.calls(service) == asked + 2
    assert answering.calls(log_in) == log_ins + 1
    if service in CHANGING:
        assert portal.effects(service, document) == 0


@pytest.mark.parametrize("code", PORTALS)
@pytest.mark.parametrize("fault", LOST)
def test_lost_log_in_sends_nothing(code, fault, serve_once):
    portal = serve_once(code)
    client, document = portal.connect(), portal.document()
    asked = portal.calls("generate_irn")
    portal.app.faults.add(fault, "authenticate")
    with pytest.raises(IrpNotSent) as caught:
        call(client, "generate_irn", document)
    assert caught.value.endpoint == "authenticate"
    assert portal.calls("generate_irn") == asked
    # it may be repeated freely
    assert call(client, "generate_irn", document).irn == document.irn
