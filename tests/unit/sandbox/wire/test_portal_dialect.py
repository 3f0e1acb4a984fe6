"""The dialects of the published sources, switched on one by one."""

import base64
import json
from dataclasses import replace

import pytest
from sandbox import Dialect


@pytest.fixture
def speak(new_portal, new_client):
    """Return a function giving a signed-in client of a portal in a dialect."""

    def make(**dialect):
        client = new_client(new_portal(dialect=Dialect(**dialect)))
        client.authenticate()
        return client

    return make


def test_status_as_string(speak, invoice):
    client = speak(status="string")

    assert client.generate(invoice)["Status"] == "1"
    assert client.generate(invoice)["Status"] == "0"


def test_error_details_in_base64(speak):
    details = speak(error_details="base64").by_irn("a" * 64)["ErrorDetails"]

    assert json.loads(base64.b64decode(details)) == [
        {"ErrorCode": "2148", "ErrorMessage": "Requested IRN data is not available"}
    ]


def test_error_details_as_text(speak):
    details = speak(error_details="text").by_irn("a" * 64)["ErrorDetails"]

    assert json.loads(details)[0]["ErrorCode"] == "2148"


def test_codes_as_numbers(speak):
    details = speak(codes="number").by_irn("a" * 64)["ErrorDetails"]

    assert details[0]["ErrorCode"] == 2148


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("seconds", "2025-11-15 10:30:17"),
        ("minute", "2025-11-15 10:30:00"),
        ("short", "2025-11-15 10:30"),
    ],
)
def test_ack_date(speak, invoice, style, text):
    client = speak(ack_date=style)

    assert client.plain(client.generate(invoice))["AckDt"] == text
    info = client.generate(invoice)["InfoDtls"][0]
    assert info["Desc"]["AckDt"] == text


def test_several_infos_in_the_given_order(speak, invoice):
    before = {"InfCd": "EWBPPD", "Desc": "Pin-Pin calc distance: 10KM"}
    after = {"InfCd": "ADDNLNFO", "Desc": "more"}
    client = speak(info_before=(before,), info_after=(after, after))
    first, second = client.generate(invoice), client.generate(invoice)

    assert first["InfoDtls"] == [before, after, after]
    codes = [one["InfCd"] for one in second["InfoDtls"]]
    assert codes == ["EWBPPD", "DUPIRN", "ADDNLNFO", "ADDNLNFO"]


def test_order_of_the_tokens_members(speak, invoice, wire):
    client = speak(jws_header=("typ", "x5t", "alg", "kid"), jws_payload=("iss", "data"))
    token = client.plain(client.generate(invoice))["SignedInvoice"]

    assert list(json.loads(wire.part(token, 0))) == ["typ", "x5t", "alg", "kid"]
    assert list(json.loads(wire.part(token, 1))) == ["iss", "data"]


def test_chunked_answer_has_no_length(speak):
    client = speak(chunk_size=7)
    answer = client.send("GET", "/eivital/v1.04/heartbeat/ping", {})

    assert "Content-Length" not in answer.headers
    assert json.loads(answer.body)["Status"] == 1


def test_dialect_can_change_while_running(client, portal, invoice):
    client.generate(invoice)
    dialect = replace(portal.settings.dialect, codes="number")
    portal.settings = replace(portal.settings, dialect=dialect)

    assert client.generate(invoice)["ErrorDetails"][0]["ErrorCode"] == 2150
