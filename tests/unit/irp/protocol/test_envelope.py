import base64
import json
from datetime import datetime

import pytest
from irp.protocol.envelope import (
    DuplicateFacts,
    duplicate_facts,
    open_data,
    parse_envelope,
    parse_errors,
    parse_infos,
)
from irp.protocol.errors import Info, IrpOutcomeUnknown, IrpProtocolError, PortalError
from irp.protocol.records import parse_registration
from irp.reference.dates import IST

IRN = "706daeccda0ef6f818da78f3a2a05a1288731057373002289b46c3229289a2e7"
ERRORS = [{"ErrorCode": "2150", "ErrorMessage": "Duplicate IRN"}]
DUPLICATE = {"AckNo": 232210036743849, "AckDt": "2023-10-02 16:26:00", "Irn": IRN}


def b64(value):
    return base64.b64encode(json.dumps(value).encode()).decode()


def body(**members):
    return json.dumps(members).encode()


@pytest.mark.parametrize("status", [1, "1", 1.0, True, "true", " 1 "])
def test_every_success(status):
    envelope = parse_envelope(body(Status=status, Data="x", ErrorDetails=None))
    assert (envelope.ok, envelope.data) == (True, "x")
    assert envelope.errors == envelope.infos == ()


@pytest.mark.parametrize("status", [0, "0", 0.0, False, "false", "failed"])
def test_every_failure(status):
    envelope = parse_envelope(body(Status=status, ErrorDetails=ERRORS))
    assert not envelope.ok
    assert envelope.errors == (PortalError("2150", "Duplicate IRN"),)


def test_names_in_any_letter_case_and_a_byte_order_mark():
    raw = b"\xef\xbb\xbf" + body(status="1", data="d", errorDetails=None)
    assert parse_envelope(raw).data == "d"


EWB_ERRORS = {"errorCodes": "212,"}
NO_REFUSALS = [
    b'{"status": 200}',
    b'{"Status": "success"}',
    b'{"Status": "Sucess", "ErrorDetails": null}',
    b'{"Status": NaN}',
    b'{"Status": 0, "ErrorDetails": [{"ErrorCode": NaN}]}',
    b'{"Status": 1e999}',
    body(Status=0),
    body(Status=0, ErrorDetails=None),
    body(Status=0, ErrorDetails=[]),
    body(Status=0, ErrorDetails="the gateway is down"),
    body(Status=0, ErrorDetails="504 - Gateway Time-out"),
    body(Status=0, ErrorDetails="2150 : Duplicate IRN"),
    body(Status=0, ErrorDetails=["2150"]),
    body(Status=0, ErrorDetails=[{"ErrorMessage": "no code"}]),
    body(Status=0, ErrorDetails=[{"ErrorCode": "", "ErrorMessage": "no code"}]),
    body(Status=0, ErrorDetails=[{"ErrorCode": "504", "ErrorMessage": "time-out"}]),
    body(Status=0, ErrorDetails=[{"ErrorCode": "GSP752", "ErrorMessage": "x"}]),
    body(Status=0, ErrorDetails=[*ERRORS, "2150"]),
    body(Status=0, error="invalid key"),
    body(Status=0, error={"message": "no"}),
    body(Status=0, error=b64({"errorCodes": "soon"})),
    body(Status=0, error=b64({"errorCodes": "No answer of the portal: 504"})),
    body(Status=0, error=b64({"errorCodes": "Invalid GSTIN 208"})),
    body(Status="", ErrorDetails=ERRORS),
    body(Status=2, ErrorDetails=ERRORS),
    body(Status="success", ErrorDetails=ERRORS),
    body(Status=[0], ErrorDetails=ERRORS),
    body(ErrorDetails=ERRORS),
    body(statusCode=401, message="Access denied"),
    body(status_cd="0", error={"error_cd": "X", "message": "no"}),
]


@pytest.mark.parametrize("raw", NO_REFUSALS)
def test_what_is_not_the_portals_own_list_refuses_nothing(raw):
    with pytest.raises(IrpOutcomeUnknown) as caught:
        parse_envelope(raw)
    assert caught.value.reason in ("not_json", "unexpected_answer")


@pytest.mark.parametrize(
    "details", [ERRORS, ERRORS[0], b64(ERRORS), json.dumps(ERRORS)]
)
def test_the_portals_own_list_in_every_documented_shape(details):
    assert not parse_envelope(body(Status=0, ErrorDetails=details)).ok


@pytest.mark.parametrize(
    ("error", "codes"),
    [
        (EWB_ERRORS, ["212"]),
        (b64(EWB_ERRORS), ["212"]),
        (json.dumps(EWB_ERRORS), ["212"]),
        ({"errorCodes": 240}, ["240"]),
        ({"errorCodes": " 604 , 640,688 , 751, "}, ["604", "640", "688", "751"]),
        (b64({"errorCodes": "Invalid GSTIN : 208,"}), ["208"]),
        (b64({"errorCodes": "Part B: not yours: 635, 311"}), ["635", "311"]),
    ],
)
def test_the_e_way_bill_systems_own_list(error, codes):
    found = parse_envelope(body(status="0", error=error), ewb_codes=True)
    assert (found.ok, [one.code for one in found.errors]) == (False, codes)


def test_three_digits_count_where_the_e_way_bill_system_answers():
    raw = body(Status=0, ErrorDetails=[{"ErrorCode": "312", "ErrorMessage": "x"}])
    assert parse_envelope(raw, ewb_codes=True).errors == (PortalError("312", "x"),)
    with pytest.raises(IrpOutcomeUnknown):
        parse_envelope(raw)


@pytest.mark.parametrize(
    "value",
    [
        ERRORS,
        ERRORS[0],
        b64(ERRORS),
        b64(ERRORS[0]),
        json.dumps(ERRORS),
        [{"errorcode": 2150, "errormessage": "Duplicate IRN"}],
        [{"ErrorCode": 2150.0, "ErrorMessage": "Duplicate IRN "}],
        "2150 : Duplicate IRN",
        ["2150-Duplicate IRN"],
    ],
)
def test_every_way_to_write_an_error(value):
    assert parse_errors(value) == (PortalError("2150", "Duplicate IRN"),)


@pytest.mark.parametrize(
    ("value", "errors"),
    [
        (None, ()),
        ("", ()),
        ([], ()),
        ("2150", (PortalError("2150", ""),)),
        ("out of order", (PortalError("", "out of order"),)),
        (b64("text"), (PortalError("", b64("text")),)),
        ([{}], (PortalError("", ""),)),
        (ERRORS * 2, (PortalError("2150", "Duplicate IRN"),) * 2),
        (base64.b64encode(b"\xff\xfe").decode(), (PortalError("", "//4="),)),
    ],
)
def test_other_errors(value, errors):
    assert parse_errors(value) == errors


def test_every_way_to_write_infos():
    row = {"InfCd": "DUPIRN", "Desc": DUPLICATE}
    inner = {"infcd": "DUPIRN", "desc": json.dumps(DUPLICATE)}
    for value in (row, [row], b64([row]), json.dumps(row), [inner]):
        assert parse_infos(value) == (Info("DUPIRN", DUPLICATE),)
    assert parse_infos(None) == ()
    assert parse_infos("a word") == (Info("", "a word"),)
    assert parse_infos([{"InfCd": "X", "Desc": "{odd"}]) == (Info("X", "{odd"),)


@pytest.mark.parametrize("turn", [1, -1])
def test_several_infos_in_any_order(turn):
    rows = [
        {"InfCd": "EWBPPD", "Desc": "Pin-Pin calc distance: 2467KM"},
        {"InfCd": "EWBERR", "Desc": [{"ErrorCode": "4038", "ErrorMessage": "x"}]},
        {"InfCd": "DUPIRN", "Desc": DUPLICATE},
    ][::turn]
    infos = parse_infos(rows)
    assert {info.code for info in infos} == {"EWBPPD", "EWBERR", "DUPIRN"}
    assert duplicate_facts(infos) == DuplicateFacts(
        IRN,
        "232210036743849",
        datetime(2023, 10, 2, 16, 26, tzinfo=IST),
    )


def test_duplicate_without_details():
    assert duplicate_facts(()) == DuplicateFacts()
    odd = [Info("DUPIRN", None), Info("DUPIRN", {"Irn": "short"}), Info("X", "text")]
    assert duplicate_facts(odd) == DuplicateFacts()
    bare = [Info("DUPIRN", {"irn": IRN.upper(), "ackdt": "soon"})]
    assert duplicate_facts(bare) == DuplicateFacts(IRN)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"<html>down</html>", "not_json"),
        (b"", "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "unexpected_answer"),
        (b'"text"', "unexpected_answer"),
        (b"{}", "unexpected_answer"),
        (b'{"message": "no"}', "unexpected_answer"),
    ],
)
def test_invalid_envelope(raw, reason):
    with pytest.raises(IrpOutcomeUnknown) as caught:
        parse_envelope(raw)
    assert caught.value.reason == reason


def test_data_that_another_session_key_sealed(make):
    assert open_data(make.seal(b'{"a": 1}', b"k" * 32), b"k" * 32) == {"a": 1}
    sealed = make.seal(b"no json", b"k" * 32)
    for data, key in ((sealed, b"k" * 32), (sealed, b"l" * 32), (None, b"k" * 32)):
        with pytest.raises(IrpOutcomeUnknown) as caught:
            open_data(data, key)
        assert caught.value.reason == "undecryptable"


def test_published_registrations_are_read(published):
    row = published["registrations"][1]
    registration = parse_registration(row)
    assert registration.irn == IRN
    assert registration.ack_number == "232210036743849"
    assert registration.ack_date == datetime(2022, 9, 16, 19, 29, tzinfo=IST)
    assert registration.status == "ACT"
    assert not registration.is_cancelled
    assert registration.ewb_number == "391009149369"
    assert registration.ewb_valid_till == datetime(2022, 9, 29, 23, 59, tzinfo=IST)
    assert registration.remarks == ""
    assert parse_registration(published["registrations"][0]).ewb_number == ""


def test_a_registration_in_other_notations():
    data = {
        "irn": IRN.upper(),
        "ackno": "132310037223919",
        "ackdt": "02/10/2023 16:26",
        "status": "cnl",
        "canceldate": "2023-10-03T10:00:00",
        "ewbdt": "whenever",
    }
    registration = parse_registration(data, (Info("ADDNLNFO", "x"),))
    assert registration.irn == IRN
    assert registration.ack_date == datetime(2023, 10, 2, 16, 26, tzinfo=IST)
    assert registration.cancel_date == datetime(2023, 10, 3, 10, 0, tzinfo=IST)
    assert (registration.status, registration.ewb_date) == ("CNL", None)
    assert registration.is_cancelled
    assert registration.infos == (Info("ADDNLNFO", "x"),)


def test_an_odd_date_of_acknowledgement_is_read_from_the_signed_invoice(sign):
    token = sign({"AckDt": "2025-11-15 14:30:29"})
    for odd in (None, "yesterday"):
        data = {"Irn": IRN, "AckDt": odd, "SignedInvoice": token}
        registration = parse_registration(data)
        assert registration.ack_date == datetime(2025, 11, 15, 14, 30, 29, tzinfo=IST)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "not an object"),
        ({}, "no IRN"),
        ({"Irn": "x" * 64}, "no IRN"),
        ({"Irn": IRN}, "no date"),
        ({"Irn": IRN, "SignedInvoice": "a.b.c"}, "no date"),
    ],
)
def test_invalid_registration(data, words):
    with pytest.raises(IrpProtocolError, match=words):
        parse_registration(data)
