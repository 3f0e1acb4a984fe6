"""Every refusal of the other services becomes an error with the next step."""

import base64
import json

import pytest
from irp.protocol.envelope import parse_envelope
from irp.protocol.errors import (
    Info,
    IrpAlreadyCancelled,
    IrpAuthenticationError,
    IrpError,
    IrpEwbExists,
    IrpNotFound,
    IrpOutcomeUnknown,
    IrpRateLimited,
    IrpRejected,
    IrpTooLate,
    PortalError,
)
from irp.protocol.http import Response
from irp.reference.catalogue import entries, entry
from irp.reference.datafiles import load_json
from irp.reference.ewaybill import ERRORS
from irp.reference.profiles import ENDPOINTS, PROFILES

IRN = "7" * 64
EWB = "391009149369"
CALLS = {
    "cancel_irn": lambda client: client.cancel_irn(IRN, "1", "x"),
    "generate_ewb": lambda client: client.generate_ewb({"Irn": IRN, "Distance": 0}),
    "get_ewb": lambda client: client.get_ewb(IRN),
    "cancel_ewb": lambda client: client.cancel_ewb(EWB, "1", "x"),
    "get_gstin": lambda client: client.get_gstin("29AAACP7879D1Z0"),
    "sync_gstin": lambda client: client.sync_gstin("29AAACP7879D1Z0"),
    "get_irn": lambda client: client.get_irn(IRN),
}
CHANGING = ("cancel_irn", "generate_ewb", "cancel_ewb")


@pytest.fixture
def refused(client, portal, make):
    """Return a function that makes a service fail and returns the raised error."""

    def ask(service, *responses):
        portal.script(*map(make.answer, responses))
        with pytest.raises(IrpError) as caught:
            CALLS[service](client)
        assert caught.value.endpoint == service
        return caught.value

    return ask


def ewayapi_failure(make, codes):
    encoded = base64.b64encode(json.dumps({"errorCodes": codes}).encode()).decode()
    return make.respond({"status": "0", "error": encoded, "info": None})


@pytest.mark.parametrize(
    ("service", "code", "kind"),
    [
        ("cancel_irn", "9999", IrpAlreadyCancelled),
        ("cancel_irn", "2302", IrpAlreadyCancelled),
        ("cancel_irn", "2270", IrpTooLate),
        ("cancel_irn", "2230", IrpRejected),
        ("cancel_irn", "2143", IrpRejected),
        ("cancel_irn", "2148", IrpNotFound),
        ("cancel_irn", "3098", IrpRejected),
        ("generate_ewb", "4002", IrpEwbExists),
        ("generate_ewb", "2287", IrpEwbExists),
        ("generate_ewb", "4000", IrpRejected),
        ("generate_ewb", "2286", IrpRejected),
        ("generate_ewb", "4003", IrpNotFound),
        ("generate_ewb", "4014", IrpRejected),
        ("generate_ewb", "4062", IrpRateLimited),
        ("get_ewb", "4003", IrpNotFound),
        ("get_ewb", "4005", IrpNotFound),
        ("get_ewb", "4007", IrpNotFound),
        ("get_ewb", "4037", IrpRejected),
        ("get_ewb", "4041", IrpRejected),
        ("get_gstin", "3001", IrpNotFound),
        ("get_gstin", "1004", IrpAuthenticationError),
        ("sync_gstin", "3001", IrpNotFound),
        ("sync_gstin", "3108", IrpRateLimited),
        ("sync_gstin", "_3109", IrpRateLimited),
        # Elsewhere these say nothing about what is registered.
        ("get_irn", "9999", IrpRejected),
        ("get_irn", "3001", IrpRejected),
        ("get_irn", "2296", IrpRejected),
    ],
)
def test_error_for_each_code(service, code, kind, refused, make):
    error = refused(service, make.respond(make.failure(code, "text")))
    assert type(error) is kind
    assert (error.code, error.message) == (code, "text")


@pytest.mark.parametrize(
    ("codes", "kind", "first"),
    [
        ("312", IrpAlreadyCancelled, "312"),
        ("315,", IrpTooLate, "315"),
        ("308,316", IrpRejected, "308"),
        (118, IrpRateLimited, "118"),
        ("393", IrpAuthenticationError, "393"),
        ("999", IrpRejected, "999"),
    ],
)
def test_error_for_each_code_of_the_ewaybill_system(codes, kind, first, refused, make):
    error = refused("cancel_ewb", ewayapi_failure(make, codes))
    assert type(error) is kind
    assert error.code == first
    assert error.message == entry(first).message or "," in str(codes)


def test_the_ewaybill_system_names_every_code(refused, make):
    error = refused("cancel_ewb", ewayapi_failure(make, "307,308,"))
    assert error.violations == (
        PortalError("307", "Invalid reason"),
        PortalError("308", "Invalid remarks"),
    )


def test_cancelling_an_ewaybill_may_be_refused_in_the_usual_envelope(refused, make):
    error = refused("cancel_ewb", make.respond(make.failure("4055", "too late")))
    assert type(error) is IrpTooLate


@pytest.mark.parametrize("code", ["105", "106", "109", "116", "238"])
def test_a_token_refused_by_the_ewaybill_system_is_renewed_once(
    code, client, portal, make, refused
):
    client.ensure_session()
    failures = [ewayapi_failure(make, code)] * 2
    error = refused("cancel_ewb", *failures)
    assert type(error) is IrpAuthenticationError
    assert [url.url.rpartition("/")[2] for url in portal.requests] == [
        "auth",
        "ewayapi",
        "auth",
        "ewayapi",
    ]


def test_a_refused_token_is_not_the_end(client, portal, make):
    done = {"ewayBillNo": EWB, "cancelDate": "20/09/2022 12:10:00 PM"}

    def serve(portal, request, handle):
        sealed = make.seal(json.dumps(done).encode(), portal.sek)
        return make.respond({"status": 1, "data": sealed})

    portal.script(make.answer(ewayapi_failure(make, "238")), serve)
    assert client.cancel_ewb(EWB, "1", "x").number == EWB


@pytest.mark.parametrize("service", CHANGING)
@pytest.mark.parametrize(
    "response",
    [
        Response(502, {}, b"<html>"),
        Response(200, {}, b"<html>"),
        Response(200, {}, b'{"error": "upstream"}'),
        Response(200, {}, b'{"Status": 1, "Data": null}'),
    ],
)
def test_an_unclear_answer_to_a_change_is_unknown(service, response, refused, portal):
    assert isinstance(refused(service, response), IrpOutcomeUnknown)
    # Never repeated: one authentication, one call.
    assert len(portal.requests) == 2


@pytest.mark.parametrize("service", CHANGING)
@pytest.mark.parametrize("reason", ["read_timeout", "reset"])
def test_a_lost_answer_to_a_change_is_unknown(service, reason, client, portal, make):
    portal.script(make.lost(after=False, reason=reason))
    with pytest.raises(IrpOutcomeUnknown) as caught:
        CALLS[service](client)
    assert (caught.value.endpoint, caught.value.reason) == (service, reason)
    assert len(portal.requests) == 2


def test_changes_are_marked_in_the_data():
    changing = {name for name, row in ENDPOINTS.items() if row.changes_state}
    assert changing == {"generate_irn", *CHANGING}


def test_a_text_beside_the_answer_is_an_info():
    parsed = parse_envelope(b'{"status": "1", "data": "x", "info": "maintenance"}')
    assert (parsed.ok, parsed.errors) == (True, ())
    assert parsed.infos == (Info("", "maintenance"),)


# -- the catalogue --------------------------------------------------------------------

# What NIC's pages name for these services, beyond what the e-way bill lists hold.
ANSWERS = """
1004 1005 1006 1010 1011 1012 1015 1018 2143 2148 2154 2226 2230 2244 2270 2283 2286
2287 2296 2302 2306 2307 3001 3028 3029 3038 3039 3040 3041 3095 3096 3098 3108 _3109
5001 5002 9999
"""


@pytest.mark.parametrize("code", ANSWERS.split())
def test_every_code_of_these_services_has_a_hint(code):
    found = entry(code)
    assert found.group
    assert found.hint


def test_every_code_of_the_ewaybill_lists_has_a_text_and_a_hint():
    ours = [one for one in entries() if one.group in ("EWB", "EWBAPI")]
    assert len(ours) > 100
    for one in ours:
        # the newest list of the e-way bill system is published in part only
        assert one.message or one.code in ERRORS, one
        assert one.hint, one


def test_every_code_that_decides_is_in_the_catalogue():
    # 3109 is how a portal may write the list's _3109.
    rows = [*load_json("outcomes.json")]
    rows += [row for one in PROFILES.values() for row in one.data["codes"]]
    deciding = {code for row in rows for code in row["codes"]}
    assert {code for code in deciding - {"3109"} if not entry(code).group} == set()


def test_every_service_that_decides_exists():
    services = {
        name for row in load_json("outcomes.json") for name in row.get("services", ())
    }
    assert services <= set(ENDPOINTS)
