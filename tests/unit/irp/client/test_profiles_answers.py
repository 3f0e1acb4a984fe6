"""Answers differ from portal to portal; what is not understood stays unknown."""

import base64
import json

import pytest
from irp.protocol.errors import (
    Gateway,
    IrpAuthenticationError,
    IrpDuplicate,
    IrpError,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpRateLimited,
    IrpRejected,
)
from irp.protocol.http import Response
from irp.reference import IRP_TITLES, PROFILES

from unit.irp.dialects import (
    ANSWERS,
    CALLS,
    DIALECTS,
    GSTIN,
    IRN,
    REGISTERED,
    SEK,
    DialectPortal,
)

PORTALS = sorted(DIALECTS)
TAXPRO = {"status_cd": "0", "error": {"error_cd": "GSP018", "message": "x"}}
ALANKIT = {"statusCode": 403, "message": "Out of call volume quota. Wait."}
GATEWAYS = {
    "alankit": "Alankit GSP",
    "clear_gsp": "Clear GSP",
    "taxpro": "TaxPro GSP",
    "whitebooks": "WhiteBooks GSP",
}


def generate(client):
    return CALLS["generate_irn"](client)


# -- every portal ---------------------------------------------------------------------


@pytest.mark.parametrize("code", PORTALS)
def test_registration(code, connect):
    client, portal = connect(code)
    portal.answers.append(REGISTERED)
    found = generate(client)
    assert (found.irn, found.ack_number) == (IRN, "162510000000001")
    assert portal.bodies == [{"Version": "1.1"}]


@pytest.mark.parametrize("code", PORTALS)
@pytest.mark.parametrize("refused", ["1005", "1020"])
def test_refused_token_is_replaced_and_the_call_repeated_once(code, refused, connect):
    client, portal = connect(code)
    portal.answers.extend([portal.refusal(refused), REGISTERED])
    assert generate(client).irn == IRN
    portal.answers.extend([portal.refusal(refused)] * 2)
    with pytest.raises(IrpAuthenticationError, match="fresh token"):
        generate(client)
    assert not portal.answers


@pytest.mark.parametrize("code", PORTALS)
def test_refusal_of_data(code, connect):
    client, portal = connect(code)
    portal.answers.append(portal.refusal("2211"))
    with pytest.raises(IrpRejected) as caught:
        generate(client)
    assert (caught.value.code, caught.value.message) == ("2211", "no")


@pytest.mark.parametrize("code", PORTALS)
@pytest.mark.parametrize(
    ("status", "body"),
    [
        # Clear's e-way bill GSP: an exception's name, then JSON.
        (200, b'java.lang.NullPointerException {"status": 500}'),
        (200, b"<html>Welcome</html>"),
        (200, b""),
        (200, b"{}"),
        (200, b'{"Status": 1}'),
        (200, b'{"status_cd": "1"}'),
        (200, b'{"Status": 0, "ErrorDetails": "504: Gateway Timeout"}'),
        (200, b'{"status_cd": "0", "status_desc": "Please try later"}'),
        (200, b'{"status_cd": "0", "error": {"error_cd": "X1", "message": "x"}}'),
        (200, b'{"success": true, "result": {}}'),
        (400, b'{"message": "Bad Request"}'),
        (403, b'{"message": "Forbidden"}'),
        (404, b"nothing here"),
        (500, b'{"Status": 0, "ErrorDetails": [{"ErrorCode": "2150"}]}'),
    ],
)
def test_answer_that_is_not_understood_is_unknown(code, status, body, connect):
    client, portal = connect(code)
    portal.answers.append(Response(status, {}, body))
    with pytest.raises(IrpOutcomeUnknown):
        generate(client)


@pytest.mark.parametrize("code", PORTALS)
@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"Status": 0}'])
def test_log_in_that_is_not_understood_sends_nothing_more(code, body, connect):
    client, portal = connect(code)
    portal.log_in_answers.append(Response(200, {}, body))
    with pytest.raises(IrpNotSent):
        generate(client)
    assert len(portal.requests) == 1


@pytest.mark.parametrize("code", PORTALS)
def test_wrong_password(code, connect):
    client, portal = connect(code)
    portal.log_in_answers.append(portal.refusal("1019"))
    with pytest.raises(IrpAuthenticationError) as caught:
        generate(client)
    assert (caught.value.code, caught.value.endpoint) == ("1019", "authenticate")
    assert len(portal.requests) == 1


@pytest.mark.parametrize("code", PORTALS)
def test_log_in_without_a_token(code, connect, make):
    client, portal = connect(code)
    done = {"Status": 1, "Data": {}, "status_cd": "1", "data": {}}
    portal.log_in_answers.append(
        make.respond({name: done[name] for name in keys_of(portal)})
    )
    with pytest.raises(IrpProtocolError, match="no AuthToken"):
        generate(client)


def keys_of(portal):
    return ("Status", "Data") if portal.sealed else ("status_cd", "data")


# -- codes, and answers of gateways ---------------------------------------------------


def test_ey_says_1090_for_what_it_cannot_decrypt(connect):
    client, portal = connect("ey")
    portal.answers.extend([portal.refusal("1090"), REGISTERED])
    assert generate(client).irn == IRN
    assert len(portal.log_ins) == 2
    portal.log_in_answers.append(portal.refusal("1090"))
    with pytest.raises(IrpAuthenticationError):
        connect("ey", portal=portal)[0].ensure_session()


@pytest.mark.parametrize("code", ["nic1", "iris", "whitebooks"])
def test_1090_means_nothing_elsewhere(code, connect):
    client, portal = connect(code)
    portal.answers.append(portal.refusal("1090"))
    with pytest.raises(IrpRejected):
        generate(client)


def test_a_copy_gives_a_known_code_another_meaning(connect):
    rows = [{"kind": "rate_limited", "codes": ["1005"]}]
    profile = PROFILES["iris"].override({"codes": rows})
    client, portal = connect("iris", profile=profile)
    portal.answers.append(portal.refusal("1005"))
    with pytest.raises(IrpRateLimited):
        generate(client)


@pytest.mark.parametrize(
    ("code", "status", "body", "kind"),
    [
        ("taxpro", 200, TAXPRO, IrpAuthenticationError),
        ("alankit", 403, ALANKIT, IrpRateLimited),
    ],
)
def test_gateway_that_refuses_before_it_forwards(
    code, status, body, kind, connect, make
):
    client, portal = connect(code)
    portal.answers.append(make.respond(body, status))
    with pytest.raises(kind, match="gateway|before the portal saw") as caught:
        generate(client)
    assert caught.value.gateway.name == GATEWAYS[code]
    for other in set(DIALECTS) - {code}:
        client, portal = connect(other)
        portal.answers.append(make.respond(body, status))
        with pytest.raises(IrpOutcomeUnknown):
            generate(client)


@pytest.mark.parametrize("status", [401, 429])
@pytest.mark.parametrize("code", PORTALS)
def test_gateway_is_named_where_a_gsp_refuses(code, status, connect, make):
    """A GSP's own refusal is the GSP's, in the error and in the log."""
    client, portal = connect(code)
    rows = []
    client._event_hook = rows.append
    portal.answers.append(make.respond({"message": "no key"}, status))
    with pytest.raises(IrpError, match="no key") as caught:
        generate(client)
    error = caught.value
    name = GATEWAYS.get(code)
    assert error.gateway == (name and Gateway(name, "no key"))
    assert error.wire.profile == PROFILES[code].title
    by = "gateway_" if code in GATEWAYS else ""
    assert rows[-1].outcome == f"{by}{error.outcome}"


def test_the_irps_own_list_is_never_a_gateways(connect):
    for code in GATEWAYS:
        client, portal = connect(code)
        portal.answers.append(portal.refusal("2211"))
        with pytest.raises(IrpRejected) as caught:
            generate(client)
        assert caught.value.gateway is None


def test_gateways_words_are_cut_and_cleaned(connect, make):
    error = {"error_cd": "GSP018", "message": "\x00" + "x" * 5000}
    client, portal = connect("taxpro")
    portal.answers.append(make.respond({"status_cd": "0", "error": error}))
    with pytest.raises(IrpAuthenticationError) as caught:
        generate(client)
    assert "\x00" not in caught.value.message
    assert len(caught.value.message) < 1100
    assert caught.value.code == "GSP018"


@pytest.mark.parametrize("code", PORTALS)
def test_own_code_of_a_gateway_that_is_not_published(code, connect, make):
    """Of a call that changes something, HTTP 401 proves nothing with such a code."""
    body = {"status_cd": "0", "error": {"error_cd": "GSP999", "message": "Not now"}}
    client, portal = connect(code)
    portal.answers.extend([make.respond(body, 401)] * 2)
    with pytest.raises(IrpOutcomeUnknown, match="gateway.*GSP999 Not now"):
        generate(client)
    with pytest.raises(IrpAuthenticationError, match="gateway.*GSP999 Not now"):
        CALLS["get_irn"](client)


@pytest.mark.parametrize("status", [200, 401])
def test_gateway_that_had_no_answer_of_the_portal(status, connect, make):
    body = {"status_cd": "0", "error": {"error_cd": "GSP032", "message": "Timeout"}}
    client, portal = connect("taxpro")
    portal.answers.append(make.respond(body, status))
    with pytest.raises(IrpOutcomeUnknown, match="GSP032 Timeout") as caught:
        generate(client)
    assert (caught.value.reason, caught.value.code) == ("server_error", "GSP032")


# -- leniency -------------------------------------------------------------------------


def sealed(data):
    return DialectPortal(None).success(data).body


@pytest.mark.parametrize(
    "change",
    [
        lambda one: {"status": "1", "data": one["Data"], "errorDetails": None},
        lambda one: {"STATUS": 1.0, "DATA": one["Data"], "Error": None},
        lambda one: {**one, "Status": "1", "InfoDtls": "", "ErrorDetails": ""},
        lambda one: {**one, "Status": True},
    ],
)
@pytest.mark.parametrize("code", ["iris", "ey", "taxpro"])
def test_success_in_other_spellings(code, change, connect, make):
    client, portal = connect(code)
    envelope = json.loads(sealed(REGISTERED))
    portal.answers.append(make.respond(change(envelope)))
    assert generate(client).irn == IRN


@pytest.mark.parametrize("status", [200, 400, 401, 422])
@pytest.mark.parametrize(
    "write", [lambda rows: rows, json.dumps, lambda rows: encoded(json.dumps(rows))]
)
@pytest.mark.parametrize("member", ["ErrorDetails", "errorDetails", "Error"])
def test_refusal_in_other_spellings(member, write, status, connect, make):
    client, portal = connect("ey")
    rows = write([{"errorCode": 2211, "errorMessage": "no"}])
    portal.answers.append(make.respond({"status": "0", member: rows}, status))
    with pytest.raises(IrpRejected) as caught:
        generate(client)
    assert (caught.value.code, caught.value.http_status) == ("2211", status)


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def test_iris_writes_the_record_of_a_gstin_in_camel_case(connect):
    client, portal = connect("iris")
    portal.answers.append(
        {
            "gstin": GSTIN,
            "tradeName": "Tally",
            "legalName": "Tally Solutions",
            "addrBno": "23",
            "addrFlno": "2",
            "addrSt": "Hosur Road",
            "addrLoc": "Hongasandra",
            "stateCode": 29,
            "addrPncd": 560068,
            "txpType": "REG",
            "status": "ACT",
            "dtReg": "2017-07-01",
        }
    )
    found = client.get_gstin(GSTIN)
    assert (found.trade_name, found.legal_name) == ("Tally", "Tally Solutions")
    assert (found.state_code, found.pin, found.status) == ("29", "560068", "ACT")
    assert (found.taxpayer_type, found.registered_on.year) == ("REG", 2017)


def test_answer_with_base64_inside_is_read(connect, make):
    client, portal = connect("iris")
    inner = encoded(json.dumps(ANSWERS["get_ewb"])).encode()
    portal.answers.append(make.respond({"Status": 1, "Data": make.seal(inner, SEK)}))
    assert client.get_ewb(IRN).number == "391009149369"


def test_session_key_in_base64(connect, portal_key):
    portal = DialectPortal(portal_key, sek_text=base64.b64encode(SEK))
    client, _portal = connect("ey", portal=portal)
    assert client.ensure_session().sek == SEK


# -- documents that another IRP holds -------------------------------------------------

FACTS = {"Irn": IRN, "AckNo": 232510000000001, "AckDt": "2025-11-15 10:00:00"}


@pytest.mark.parametrize(
    ("infos", "held_by"),
    [
        ([{"InfCd": "DUPIRNGLP", "Desc": FACTS}], "NIC2"),
        ([{"InfCd": "DUPIRNGLP", "Desc": {**FACTS, "RegIrp": "EY"}}], "EY"),
        ([{"InfCd": "DUPIRNGLP", "Desc": json.dumps({"RegIrp": "NIC101"})}], "NIC1"),
        ([{"InfCd": "DUPIRNGLP", "RegIrp": "IRIS", "Desc": FACTS}], "IRIS"),
        (json.dumps([{"InfCd": "DUPIRNGLP", "Desc": FACTS}]), "NIC2"),
        ([{"InfCd": "DUPIRNGLP", "Desc": "held elsewhere"}], ""),
        (None, ""),
    ],
)
@pytest.mark.parametrize("code", ["nic1", "ey", "whitebooks"])
def test_duplicate_at_another_irp(code, infos, held_by, connect):
    client, portal = connect(code)
    portal.answers.append(portal.refusal("2295", infos))
    with pytest.raises(IrpDuplicate) as caught:
        generate(client)
    assert (caught.value.elsewhere, caught.value.held_by) == (True, held_by)
    words = f"no; held by {IRP_TITLES[held_by]}" if held_by else "no"
    assert caught.value.message == words


def test_duplicate_at_this_irp_is_not_placed_by_its_number(connect):
    client, portal = connect("nic1")
    portal.answers.append(portal.refusal("2150", [{"InfCd": "DUPIRN", "Desc": FACTS}]))
    with pytest.raises(IrpDuplicate) as caught:
        generate(client)
    assert (caught.value.elsewhere, caught.value.held_by) == (False, "")
    assert caught.value.ack_number == "232510000000001"


# -- WhiteBooks -----------------------------------------------------------------------


@pytest.mark.parametrize("status", ["1", 1, "Sucess", "Success", "SUCCESS"])
@pytest.mark.parametrize("write", [lambda data: data, json.dumps])
def test_whitebooks_success(status, write, connect, make):
    client, portal = connect("whitebooks")
    answer = {"status_cd": status, "status_desc": "x", "data": write(REGISTERED)}
    portal.answers.append(make.respond(answer))
    assert generate(client).irn == IRN


@pytest.mark.parametrize("status", ["0", 0, "Failure", "failed"])
@pytest.mark.parametrize("member", ["status_desc", "ErrorDetails", "error"])
@pytest.mark.parametrize("write", [lambda rows: rows, json.dumps])
def test_whitebooks_refusal(write, member, status, connect, make):
    client, portal = connect("whitebooks")
    rows = [{"ErrorCode": "2150", "ErrorMessage": "Duplicate IRN"}]
    portal.answers.append(make.respond({"status_cd": status, member: write(rows)}))
    with pytest.raises(IrpDuplicate, match="Duplicate IRN"):
        generate(client)


@pytest.mark.parametrize("data", [None, "", "text", [], {}, {"Irn": "7"}])
def test_whitebooks_success_without_a_registration_is_unknown(data, connect, make):
    client, portal = connect("whitebooks")
    portal.answers.append(make.respond({"status_cd": "1", "data": data}))
    with pytest.raises(IrpOutcomeUnknown):
        generate(client)


def test_whitebooks_may_have_refused_the_token_in_a_sentence(connect, make):
    client, portal = connect("whitebooks")
    sentence = {"status_cd": "0", "status_desc": "Session expired"}
    portal.answers.append(make.respond(sentence))
    with pytest.raises(IrpOutcomeUnknown):
        generate(client)
    assert client.session is None
    portal.answers.append(REGISTERED)
    assert CALLS["get_irn"](client).irn == IRN
    log_ins = [one for one in portal.requests if "/authenticate?" in one.url]
    assert len(log_ins) == 2


def test_sealed_session_outlives_an_answer_that_is_not_understood(connect, make):
    client, portal = connect("iris")
    portal.answers.append(make.respond({}))
    with pytest.raises(IrpOutcomeUnknown):
        generate(client)
    assert client.session is not None


def test_whitebooks_dates_of_an_ewaybill(connect):
    client, portal = connect("whitebooks")
    portal.answers.append(
        {"EwbNo": 391009149369, "EwbDt": "15/11/2025 02:30:00 PM", "EwbValidTill": ""}
    )
    found = CALLS["generate_ewb"](client)
    assert (found.date.hour, found.date.day, found.valid_till) == (14, 15, None)


def test_whitebooks_look_up_as_recorded_in_production(connect, make):
    """10-09-2026: the IRP is named, there is no data, errors have small initials."""
    client, portal = connect("whitebooks")
    errors = '[{"errorCode":"2154","errorMessage":"IRN details are not found"}]'
    answer = {"irp": "NIC", "status_cd": "0", "status_desc": errors}
    portal.answers.append(make.respond(answer))
    with pytest.raises(IrpRejected, match="2154"):
        CALLS["get_irn_by_document"](client)
    rows = {**REGISTERED, "AckNo": str(REGISTERED["AckNo"]), "EwbNo": None}
    answer = {"irp": "NIC", "status_cd": "1", "status_desc": "x", "data": rows}
    portal.answers.append(make.respond(answer))
    found = CALLS["get_irn_by_document"](client)
    assert (found.irn, found.ack_number) == (IRN, str(REGISTERED["AckNo"]))
