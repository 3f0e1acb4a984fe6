"""Every refusal of the portal becomes an error with the next step."""

import base64
import json
from datetime import datetime

import pytest
from irp.protocol.errors import (
    Info,
    IrpAuthenticationError,
    IrpDuplicate,
    IrpError,
    IrpNotFound,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpRateLimited,
    IrpRejected,
    IrpTooLate,
    PortalError,
)
from irp.protocol.transport import Response
from irp.reference.dates import IST

IRN = "7" * 64


@pytest.fixture
def refused(client, portal, make, invoice):
    """Return a function that makes Generate fail and returns the error."""

    def ask(response):
        portal.script(make.answer(response))
        with pytest.raises(IrpError) as caught:
            client.generate_irn(invoice)
        return caught.value

    return ask


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("2150", IrpDuplicate),
        ("2148", IrpNotFound),
        ("2154", IrpNotFound),
        ("2270", IrpTooLate),
        ("2283", IrpTooLate),
        ("3095", IrpRateLimited),
        ("3108", IrpRateLimited),
        ("_3109", IrpRateLimited),
        (3109, IrpRateLimited),
        ("1004", IrpAuthenticationError),
        ("1010", IrpAuthenticationError),
        ("1015", IrpAuthenticationError),
        ("1018", IrpAuthenticationError),
        ("2172", IrpRejected),
        (5002, IrpRejected),
        ("2295", IrpRejected),
        ("987654", IrpRejected),
        ("", IrpRejected),
    ],
)
def test_codes_decide(code, kind, refused, make):
    error = refused(make.respond(make.failure(code, "the portal's words")))
    assert type(error) is kind
    assert (error.code, error.http_status) == (str(code), 200)
    assert error.endpoint == "generate_irn"
    assert error.message == "the portal's words"


def test_duplicate_has_the_portals_details(client, portal, invoice, clock):
    registered = client.generate_irn(invoice)
    with pytest.raises(IrpDuplicate) as caught:
        client.generate_irn(invoice)
    assert caught.value.irn == registered.irn
    assert caught.value.ack_number == registered.ack_number
    assert caught.value.ack_date == clock.now
    assert caught.value.infos[0].code == "DUPIRN"
    assert len(portal.invoices) == 2


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("as_base64", [False, True])
def test_a_duplicate_in_every_notation(turn, as_base64, refused, make):
    desc = {"AckNo": 1, "AckDt": "2025-11-15 14:30", "Irn": IRN}
    infos = [{"InfCd": "ADDNLNFO", "Desc": "x"}, {"InfCd": "DUPIRN", "Desc": desc}]
    envelope = make.failure(2150, "Duplicate IRN", infos[::turn])
    envelope["Status"] = "0"
    if as_base64:
        text = json.dumps(envelope["ErrorDetails"]).encode()
        envelope["ErrorDetails"] = base64.b64encode(text).decode()
    error = refused(make.respond(envelope))
    assert isinstance(error, IrpDuplicate)
    assert error.irn == IRN
    assert error.ack_date == datetime(2025, 11, 15, 14, 30, tzinfo=IST)


def test_duplicate_without_details(refused, make):
    error = refused(make.respond(make.failure("2150", "Duplicate IRN")))
    assert (error.irn, error.ack_number, error.ack_date) == ("", "", None)


def test_all_violations_are_reported(refused, make):
    envelope = make.failure("2172", "first", [{"InfCd": "ADDNLNFO", "Desc": "more"}])
    envelope["ErrorDetails"].append({"ErrorCode": "2235", "ErrorMessage": "second"})
    error = refused(make.respond(envelope))
    assert error.violations == (
        PortalError("2172", "first"),
        PortalError("2235", "second"),
    )
    assert error.infos == (Info("ADDNLNFO", "more"),)
    assert (error.code, error.message) == ("2172", "first; second")


def test_a_duplicate_among_other_errors_is_a_duplicate(refused, make):
    envelope = make.failure("2172", "first")
    envelope["ErrorDetails"].append({"ErrorCode": 2150, "ErrorMessage": "Duplicate"})
    error = refused(make.respond(envelope))
    assert isinstance(error, IrpDuplicate)
    assert error.code == "2150"


def test_refusal_without_a_reason_is_a_refusal(refused, make):
    error = refused(make.respond({"Status": 0}))
    assert type(error) is IrpRejected
    assert error.message == "refused without a reason"


def test_a_rejection_with_http_400_is_still_the_portals(refused, make):
    error = refused(make.respond(make.failure("2172", "no"), 400))
    assert type(error) is IrpRejected
    assert error.http_status == 400


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (Response(500, {}, b"<html>"), "server_error"),
        (Response(503, {}, b'{"Status":0,"ErrorDetails":[]}'), "server_error"),
        (Response(408, {}, b""), "server_error"),
        (Response(200, {}, b"<html>maintenance</html>"), "not_json"),
        (Response(204, {}, b""), "not_json"),
        (Response(200, {}, b'{"hello":1}'), "unexpected_answer"),
        (Response(200, {}, b'{"Status":1,"Data":"AAAA"}'), "undecryptable"),
        (Response(200, {}, b'{"Status":1,"Data":null}'), "undecryptable"),
    ],
)
def test_unintelligible_answer_leaves_the_outcome_unknown(
    response, reason, refused, portal
):
    error = refused(response)
    assert isinstance(error, IrpOutcomeUnknown)
    assert (error.reason, error.http_status) == (reason, response.status)
    assert error.endpoint == "generate_irn"
    # Never repeated: one authentication, one Generate.
    assert len(portal.requests) == 2


@pytest.mark.parametrize("data", [b'{"AckNo": 1}', b"[]", b'{"Irn": "x"}'])
def test_a_success_without_an_irn_is_unknown_for_generate_only(
    data, client, portal, make, invoice
):
    client.ensure_session()
    sealed = {"Status": 1, "Data": make.seal(data, portal.sek)}
    portal.script(*[make.answer(make.respond(sealed))] * 2)
    with pytest.raises(IrpOutcomeUnknown) as caught:
        client.generate_irn(invoice)
    assert caught.value.reason == "unexpected_answer"
    with pytest.raises(IrpProtocolError):
        client.get_irn(IRN)


@pytest.mark.parametrize("reason", ["read_timeout", "reset"])
def test_a_lost_answer_is_found_by_its_document(
    reason, client, portal, make, invoice, clock
):
    portal.script(make.lost(after=True, reason=reason))
    with pytest.raises(IrpOutcomeUnknown) as caught:
        client.generate_irn(invoice)
    assert (caught.value.reason, caught.value.endpoint) == (reason, "generate_irn")
    assert len(portal.invoices) == 1
    found = client.get_irn_by_document("INV", "A/25-26/7", clock.now.date())
    assert found.signed_invoice


def test_a_lost_request_is_not_found(client, portal, make, invoice, clock):
    portal.script(make.lost(after=False))
    with pytest.raises(IrpOutcomeUnknown):
        client.generate_irn(invoice)
    with pytest.raises(IrpNotFound):
        client.get_irn_by_document("INV", "A/25-26/7", clock.now.date())


def test_unsent_request_says_so(client, portal, invoice):
    def unreachable(portal, request, handle):
        raise IrpNotSent("not reached", reason="tls")

    portal.script(unreachable)
    with pytest.raises(IrpNotSent) as caught:
        client.generate_irn(invoice)
    assert (caught.value.endpoint, caught.value.reason) == ("generate_irn", "tls")


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (302, IrpProtocolError, "redirects are not followed"),
        (404, IrpProtocolError, "no such service"),
        (405, IrpProtocolError, "no such service"),
        (401, IrpAuthenticationError, "access refused"),
        (403, IrpAuthenticationError, "access refused"),
    ],
)
def test_a_refusal_by_http_status_alone(status, kind, words, refused):
    error = refused(Response(status, {"Location": "https://x"}, b"<html>"))
    assert type(error) is kind
    assert words in str(error)
    assert (error.http_status, error.endpoint) == (status, "generate_irn")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("Sat, 15 Nov 2025 09:01:30 GMT", 90.0),
        ("Sat, 15 Nov 2025 08:00:00 GMT", 0.0),
        ("Sat, 15 Nov 2025 09:01:30 -0000", None),
        ("a while", None),
        ("", None),
    ],
)
def test_how_long_to_wait(header, seconds, refused):
    error = refused(Response(429, {"retry-after": header}, b""))
    assert isinstance(error, IrpRateLimited)
    assert error.retry_after == seconds


@pytest.mark.parametrize("status", ["1", True])
def test_a_success_in_other_notations(status, client, portal, make, invoice):
    def dress(envelope):
        envelope["Status"] = status
        envelope["ErrorDetails"] = ""
        envelope["InfoDtls"] = [
            {"InfCd": "EWBERR", "Desc": [{"ErrorCode": 4038, "ErrorMessage": "x"}]},
            {"InfCd": "EWBPPD", "Desc": "Pin-Pin calc distance: 2467KM"},
        ]

    portal.script(make.dressed(dress))
    registration = client.generate_irn(invoice)
    assert [info.code for info in registration.infos] == ["EWBERR", "EWBPPD"]
