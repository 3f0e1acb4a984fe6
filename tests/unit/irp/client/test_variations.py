"""How portals differ: each of the 20 kinds of variation has a test, named here.

The list is that of the published comparison of wires. What no other test shows is
below the table.
"""

import ast
import json
from functools import cache
from pathlib import Path

import pytest
from irp.protocol.errors import (
    IrpDuplicate,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpRejected,
)
from irp.protocol.http import Response
from irp.reference import PROFILES

from unit.irp.dialects import (
    CALLS,
    DIALECTS,
    GSTIN,
    IRN,
    REGISTERED,
    SEK,
    TOKEN,
    DialectPortal,
)

HERE = Path(__file__).parents[1]
SEALED = sorted(code for code, one in DIALECTS.items() if one.sealed)
PROFILE = "client/test_profiles.py"
ANSWER = "client/test_profiles_answers.py"
FAULT = "client/test_profiles_faults.py"
SEALING = "protocol/test_sealing.py"
DATA = "reference/test_profiles.py"
COVERED = {
    1: (
        "hosts",
        (f"{DATA}::test_no_host_serves_two_environments_or_two_portals",),
        (f"{PROFILE}::test_first_host_is_the_published_one",),
    ),
    2: (
        "paths, and services that are not offered",
        (f"{PROFILE}::test_service",),
        (f"{PROFILE}::test_service_that_is_not_offered_sends_nothing",),
    ),
    3: ("method of the log-in", (f"{PROFILE}::test_log_in",)),
    4: (
        "names of headers",
        (f"{PROFILE}::test_log_in", f"{PROFILE}::test_service"),
    ),
    5: (
        "client pair",
        (f"{PROFILE}::test_client_pair_is_not_sent_even_if_it_was_entered",),
        (f"{PROFILE}::test_policies_of_the_client_pair",),
    ),
    6: (
        "further headers",
        (f"{PROFILE}::test_what_a_gsp_gives_must_be_there",),
        (f"{PROFILE}::test_secret_of_a_gsp_is_not_shown",),
    ),
    7: (
        "sealing of the log-in",
        (f"{SEALING}::test_nic_v104_seals_base64_of_the_json",),
        (f"{SEALING}::test_nic_v104_plain_seals_the_json",),
        (f"{SEALING}::test_v103_parts_seals_password_and_app_key_apart",),
    ),
    8: (
        "AppKey",
        (f"{SEALING}::test_app_keys_as_they_are_written",),
        (f"{SEALING}::test_every_app_key_has_32_bytes_and_is_new",),
    ),
    9: (
        "length of the RSA key",
        (f"{SEALING}::test_room_for_a_log_in_follows_from_the_key",),
    ),
    10: (
        "session key, raw or base64",
        (f"{SEALING}::test_session_key_may_be_base64_inside",),
        (f"{ANSWER}::test_session_key_in_base64",),
    ),
    11: ("envelope of a request", (f"{PROFILE}::test_service",)),
    12: (
        "envelope of an answer",
        (f"{ANSWER}::test_success_in_other_spellings",),
        (f"{ANSWER}::test_refusal_in_other_spellings",),
        (f"{ANSWER}::test_answer_with_base64_inside_is_read",),
        (f"{ANSWER}::test_answer_that_is_not_understood_is_unknown",),
        ("client/test_variations.py::test_log_in_whose_data_are_text",),
        ("client/test_variations.py::test_what_stays_unknown",),
    ),
    13: (
        "codes",
        (f"{ANSWER}::test_ey_says_1090_for_what_it_cannot_decrypt",),
        (f"{ANSWER}::test_a_copy_gives_a_known_code_another_meaning",),
        (f"{ANSWER}::test_gateway_that_refuses_before_it_forwards",),
        (f"{ANSWER}::test_duplicate_at_another_irp",),
        ("client/test_variations.py::test_holder_in_an_object_inside",),
    ),
    14: (
        "life of a token",
        (f"{PROFILE}::test_iris_asks_for_a_new_token_with_every_log_in",),
        ("client/test_variations.py::test_life_of_a_token_is_the_shorter_one",),
    ),
    15: (
        "days of retrieval",
        ("client/test_variations.py::test_days_of_retrieval_are_a_setting",),
    ),
    16: (
        "e-way bills",
        ("client/test_profiles_ewaybill_system.py::test_own_session",),
        ("client/test_profiles_ewaybill_system.py::test_portal_that_cancels_nowhere",),
    ),
    17: (
        "documents of another IRP",
        ("operations/test_other_irps.py::test_document_of_nic_2_is_looked_up_there",),
        (f"{DATA}::test_irp_that_holds_a_document",),
    ),
    18: (
        "record of a GSTIN",
        (f"{ANSWER}::test_iris_writes_the_record_of_a_gstin_in_camel_case",),
        ("client/test_variations.py::test_public_search_is_no_record_of_the_portal",),
    ),
    19: ("keys", ("client/test_variations.py::test_every_key_has_a_source",)),
    20: ("admission", (f"{DATA}::test_every_profile_says_how_to_get_access",)),
}
NAMED = [
    (number, name)
    for number, (_title, *groups) in COVERED.items()
    for group in groups
    for name in group
]


@cache
def named_in(path):
    tree = ast.parse((HERE / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_no_kind_of_variation_is_left_out():
    assert list(COVERED) == list(range(1, 21))


@pytest.mark.parametrize(("number", "name"), NAMED)
def test_named_test_exists(number, name):
    path, test = name.split("::")
    assert test in named_in(path), number


# -- 12: envelopes ---------------------------------------------------------------------


@pytest.mark.parametrize("code", SEALED)
@pytest.mark.parametrize("names", [str, str.lower, str.upper])
def test_log_in_whose_data_are_text(code, names, connect, portal_key):
    class Portal(DialectPortal):
        def log_in(self, request):
            answer = json.loads(super().log_in(request).body)
            data = {names(name): value for name, value in answer["Data"].items()}
            answer["Data"] = json.dumps(data)
            return Response(200, {}, json.dumps(answer).encode())

    client, _portal = connect(code, portal=Portal(portal_key))
    assert client.ensure_session().token == TOKEN


@pytest.mark.parametrize("code", SEALED)
@pytest.mark.parametrize("data", ["", "text", "[]", "e30=", 7, [], None])
def test_log_in_without_data_opens_no_session(code, data, connect, make):
    client, portal = connect(code)
    portal.log_in_answers.append(make.respond({"Status": 1, "Data": data}))
    with pytest.raises(IrpProtocolError):
        CALLS["generate_irn"](client)
    assert len(portal.requests) == 1


@pytest.mark.parametrize("code", SEALED)
@pytest.mark.parametrize(
    "envelope",
    [
        # Data in the clear: nobody knows who wrote it.
        {"Status": 1, "Data": REGISTERED},
        {"Status": 1, "Data": json.dumps(REGISTERED)},
        # A text is no list of errors, whatever it begins with.
        {"Status": 0, "ErrorDetails": "2150 : Duplicate IRN"},
        {"Status": "Failed", "ErrorDetails": {"message": "x"}},
        # Wrappers of other products.
        {"results": {"status": "Failed", "errorMessage": "2150: x", "code": 204}},
        {"data": {"Status": 1, "Data": "x"}},
        {"success": False, "message": "2150 : Duplicate IRN"},
        {"status_cd": "0", "error": {"error_cd": "GEN5008", "message": "x"}},
    ],
)
def test_what_stays_unknown(code, envelope, connect, make):
    client, portal = connect(code)
    portal.answers.append(make.respond(envelope))
    with pytest.raises(IrpOutcomeUnknown):
        CALLS["generate_irn"](client)


@pytest.mark.parametrize("code", SEALED)
@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_envelope_with_another_http_status(code, status, connect, make):
    client, portal = connect(code)
    rows = [{"ErrorCode": "2211", "ErrorMessage": "no"}]
    portal.answers.append(make.respond({"Status": 0, "ErrorDetails": rows}, status))
    with pytest.raises(IrpRejected):
        CALLS["generate_irn"](client)


# -- 13: who holds a duplicate ---------------------------------------------------------

FACTS = {"Irn": IRN, "AckNo": 132510000000001, "AckDt": "2025-11-15 10:00:00"}


@pytest.mark.parametrize(
    "desc",
    [
        {**FACTS, "IrnDtl": {"RegIrp": "NIC2"}},
        {"IrnDtl": {**FACTS, "RegIrp": "NIC2"}},
        {"irndtl": {**FACTS, "regirp": "nic2"}},
        [{**FACTS, "RegIrp": "NIC2"}],
        [{**FACTS, "IrnDtl": [{"RegIrp": "NIC2"}]}],
    ],
)
@pytest.mark.parametrize("write", [lambda desc: desc, json.dumps])
@pytest.mark.parametrize("code", ["iris", "ey", "whitebooks"])
def test_holder_in_an_object_inside(code, write, desc, connect):
    client, portal = connect(code)
    infos = [{"InfCd": "DUPIRNGLP", "Desc": write(desc)}]
    portal.answers.append(portal.refusal("2295", infos))
    with pytest.raises(IrpDuplicate) as caught:
        CALLS["generate_irn"](client)
    found = caught.value
    assert (found.held_by, found.irn) == ("NIC2", IRN)
    assert found.ack_number == "132510000000001"


# -- 14, 15, 18, 19 --------------------------------------------------------------------


def test_life_of_a_token_is_the_shorter_one(connect, clock):
    client, _portal = connect("iris")
    session = client.ensure_session()
    life = PROFILES["iris"].environments["sandbox"].token_life
    # the answer says 20:00 in India, eleven hours later
    assert session.expires_at == clock.now + life


def test_days_of_retrieval_are_a_setting():
    days = {"environments": {"sandbox": {"retrieval_days": 3}}}
    copy = PROFILES["iris"].override(days)
    assert copy.environments["sandbox"].retrieval_days == 3
    assert PROFILES["iris"].environments["sandbox"].retrieval_days == 2


@pytest.mark.parametrize(
    "record",
    [
        {"gstin": GSTIN, "lgnm": "Tally Solutions", "sts": "Active", "dty": "Regular"},
        {"Gstin": GSTIN, "Sts": "Cancelled"},
    ],
)
def test_public_search_is_no_record_of_the_portal(record, connect):
    client, portal = connect("iris")
    portal.answers.append(record)
    with pytest.raises(IrpProtocolError, match="public search"):
        client.get_gstin(GSTIN)


def test_every_key_has_a_source():
    for profile in PROFILES.values():
        for key in profile.data["keys"]:
            assert key["how"] or key["url"]
            assert key["kind"] in ("auth", "signing", "ewb_auth")


def test_a_session_that_cannot_be_read_sends_nothing(connect):
    client, portal = connect("ey")
    portal.log_in_answers.append(Response(200, {}, b"Welcome"))
    with pytest.raises(IrpNotSent):
        CALLS["generate_irn"](client)
    assert SEK not in b"".join(one.body or b"" for one in portal.requests)
