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
from irp.protocol.http import Response
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
        ("2295", IrpDuplicate),
        ("987654", IrpRejected),
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


@pytest.mark.parametrize(
    "envelope",
    [
        {"Status": 0},
        {"Status": 0, "ErrorDetails": "out of order"},
        {"Status": 0, "ErrorDetails": [{"ErrorCode": "", "ErrorMessage": "no"}]},
        {"status": 200},
        {"Status": "success"},
        {"status_cd": "0", "error": {"error_cd": "RET1", "message": "no"}},
    ],
)
def test_a_no_without_the_portals_list_is_no_refusal(envelope, refused, make):
    error = refused(make.respond(envelope))
    assert isinstance(error, IrpOutcomeUnknown)
    assert error.reason == "unexpected_answer"


GATEWAY_KEY = {"statusCode": 401, "message": "Access denied: invalid subscription key"}
GATEWAY_QUOTA = {"statusCode": 403, "message": "Out of call volume quota. Wait."}
OWN_KEY = {"status_cd": "0", "error": {"error_cd": "GSP018", "message": "no"}}
CREDIT = {"status_cd": 0, "error": {"error_cd": "GSP019", "message": "no credit"}}


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (401, GATEWAY_KEY, IrpAuthenticationError, ""),
        (403, GATEWAY_QUOTA, IrpRateLimited, ""),
        (429, {"statusCode": 429, "message": "Wait."}, IrpRateLimited, ""),
        (200, OWN_KEY, IrpAuthenticationError, "GSP018"),
        (200, CREDIT, IrpRateLimited, "GSP019"),
    ],
)
def test_what_a_gateway_is_published_to_refuse_was_never_sent(
    status, body, kind, code, refused, make
):
    error = refused(make.respond(body, status))
    assert (type(error), error.code, error.http_status) == (kind, code, status)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, {"statusCode": 403, "message": "Forbidden"}),
        (403, {"statusCode": 200, "message": "Out of call volume quota"}),
        (200, {"statusCode": 403, "message": "Out of call volume quota"}),
        (400, {"statusCode": 400, "message": "Bad request"}),
        (200, {"status_cd": "0", "error": {"error_cd": "GSP999"}}),
        (200, {"status_cd": "0", "error": "GSP018"}),
        (200, {"status_cd": "1", "error": {"error_cd": "GSP018"}}),
    ],
)
def test_what_a_gateway_is_not_published_to_refuse_is_unknown(
    status, body, refused, make
):
    assert isinstance(refused(make.respond(body, status)), IrpOutcomeUnknown)


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
def test_a_refusal_by_http_status_alone(status, kind, words, client, portal, make):
    portal.script(make.answer(Response(status, {"Location": "https://x"}, b"<html>")))
    with pytest.raises(IrpError) as caught:
        client.get_irn(IRN)
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert (caught.value.http_status, caught.value.endpoint) == (status, "get_irn")


@pytest.mark.parametrize("status", [302, 400, 403, 404, 405, 422])
def test_an_http_status_alone_refuses_nothing_that_changes_something(status, refused):
    error = refused(Response(status, {"Location": "https://x"}, b"<html>"))
    assert isinstance(error, IrpOutcomeUnknown)
    assert (error.reason, error.http_status) == ("unexpected_answer", status)


@pytest.mark.parametrize("text", [b"Bad Gateway", b'{"Status": 0}', b'{"Status": NaN}'])
def test_an_answer_not_understood_is_no_not_found(text, client, portal, make):
    portal.script(make.answer(Response(200, {}, text)))
    with pytest.raises(IrpError) as caught:
        client.get_irn(IRN)
    assert not isinstance(caught.value, IrpRejected)


def test_error_texts_are_cleaned_and_cut(refused, make):
    envelope = make.failure("2172", "a\0b\ud800" + "x" * 2**20)
    envelope["ErrorDetails"] *= 500
    error = refused(make.respond(envelope))
    assert len(error.violations) == 100
    assert len(error.violations[0].message) == 1000
    assert error.violations[0].message.startswith("a\ufffdb\ufffdx")
    assert len(error.message) == 4000


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("31536000", 900.0),
        ("9" * 400, 900.0),
        ("Sun, 15 Nov 2026 09:00:00 GMT", 900.0),
        ("Sat, 15 Nov 99999999999999999999 09:00:00 GMT", None),
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
