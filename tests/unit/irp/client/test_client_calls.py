"""The bytes that the client sends, and the Registration that it reads."""

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest
from irp.client.account import Timeouts
from irp.document.irn import compute_irn
from irp.protocol.errors import IrpNotFound, IrpNotSent
from irp.protocol.http import Response
from irp.reference.profiles import ENVIRONMENTS


def test_generate_registers_and_answers(client, portal, invoice, clock):
    registration = client.generate_irn(invoice)
    assert portal.invoices == [invoice]
    day = clock.now.date()
    assert registration.irn == compute_irn("37ARZPT4384Q1MT", day, "INV", "A/25-26/7")
    assert registration.ack_number == "132510000000000"
    assert registration.ack_date == clock.now
    assert registration.status == "ACT"


def test_the_requests_are_the_published_ones(client, portal, invoice):
    client.generate_irn(invoice)
    login, generate = portal.requests
    common = {
        "Accept": "application/json",
        "client-id": "the-client-id",
        "client-secret": "the-client-secret",
        "gstin": "37ARZPT4384Q1MT",
        "Content-Type": "application/json",
    }
    assert (login.method, login.url) == (
        "POST",
        "https://portal.example/eivital/v1.04/auth",
    )
    assert login.headers == common
    assert generate.url == "https://portal.example/eicore/v1.03/Invoice"
    assert generate.headers == {**common, "user_name": "user", "AuthToken": "token-1"}
    assert list(json.loads(generate.body)) == ["Data"]
    assert (generate.connect_timeout, generate.read_timeout) == (10.0, 30.0)


def test_a_registration_is_found_by_irn_and_by_document(client, portal, invoice):
    registered = client.generate_irn(invoice)
    assert client.get_irn(registered.irn.upper()) == registered
    found = client.get_irn_by_document("inv", "A/25-26/7", date(2025, 11, 15))
    assert found == registered
    by_irn, by_document = portal.requests[-2:]
    assert by_irn.url.endswith(f"/eicore/v1.03/Invoice/irn/{registered.irn}")
    assert by_document.url.endswith(
        "/irnbydocdetails?doctype=INV&docnum=A%2F25-26%2F7&docdate=15%2F11%2F2025"
    )
    for request in (by_irn, by_document):
        assert (request.method, request.body) == ("GET", None)
        assert "Content-Type" not in request.headers


def test_unregistered_document_is_not_found(client):
    with pytest.raises(IrpNotFound) as caught:
        client.get_irn("0" * 64)
    assert (caught.value.code, caught.value.endpoint) == ("2148", "get_irn")
    with pytest.raises(IrpNotFound) as caught:
        client.get_irn_by_document("INV", "A/1", date(2025, 11, 15))
    assert caught.value.code == "2154"


@pytest.mark.parametrize("irn", ["", "x" * 64, "0" * 63, "0" * 65, "0" * 64 + "/.."])
def test_malformed_irn_is_not_sent(irn, client, portal):
    with pytest.raises(ValueError, match="64 hexadecimal"):
        client.get_irn(irn)
    assert portal.requests == []


def test_value_that_json_cannot_represent_is_not_sent(client, portal):
    with pytest.raises(TypeError):
        client.generate_irn({"Dt": date(2025, 11, 15)})
    assert portal.requests == []


def test_a_gsp_adds_headers_and_moves_paths(make_client, portal, invoice):
    gsp = replace(
        ENVIRONMENTS["sandbox"],
        headers={"aspid": "77"},
        path_prefix={"/eicore/": "/gsp/core/"},
    )
    client = make_client(
        environment=gsp,
        base_url="https://gsp.example/irp/",
        headers={"Ocp-Apim-Subscription-Key": "k"},
        timeouts=Timeouts(connect=1.5, read=2.5),
    )
    client.generate_irn(invoice)
    request = portal.requests[-1]
    assert request.url == "https://gsp.example/irp/gsp/core/v1.03/Invoice"
    assert request.headers["aspid"] == "77"
    assert request.headers["Ocp-Apim-Subscription-Key"] == "k"
    assert (request.connect_timeout, request.read_timeout) == (1.5, 2.5)


def test_an_empty_client_pair_is_not_sent(make_client, make_account, portal):
    account = make_account(client_id=" ", client_secret="")
    make_client(account).ensure_session()
    assert "client-id" not in portal.requests[0].headers
    assert "client-secret" not in portal.requests[0].headers


def test_an_unsafe_address_is_refused(make_client):
    with pytest.raises(ValueError, match="https://"):
        make_client(base_url="http://portal.example")


def test_an_account_is_tidied_and_hides_its_secrets(make_account):
    account = make_account(user_name=" user\n", password=" blank ")
    assert (account.user_name, account.password) == ("user", " blank ")
    shown = repr(account)
    assert "37ARZPT4384Q1MT" in shown
    for secret in ("blank", "the-client-id", "the-client-secret"):
        assert secret not in shown
    with pytest.raises(ValueError, match="user_name contains a line break"):
        make_account(user_name="us\r\ner")


def test_credentials_that_are_too_long_are_a_clear_error(
    make_client, make_account, portal
):
    client = make_client(make_account(password="p" * 70))
    with pytest.raises(ValueError, match="together 8 bytes too long"):
        client.ensure_session()
    assert portal.requests == []


def test_ping_asks_without_a_token(client, portal):
    health = client.ping()
    assert (health.ok, health.http_status, health.detail) == (True, 200, "")
    assert health.milliseconds >= 0
    (request,) = portal.requests
    assert request.url == "https://portal.example/eivital/v1.04/heartbeat/ping"
    assert "AuthToken" not in request.headers


def test_ping_reports_errors_and_never_raises(client, portal, make):
    def unreachable(portal, request, handle):
        raise IrpNotSent("not reached", reason="dns")

    portal.script(make.answer(Response(503, {}, b"")), unreachable)
    down, away = client.ping(), client.ping()
    assert (down.ok, down.http_status, down.detail) == (False, 503, "ping: HTTP 503")
    assert (away.ok, away.http_status, away.detail) == (
        False,
        None,
        "ping: not reached",
    )


def test_event_hook_is_called_for_every_attempt(make_client, portal, invoice, clock):
    seen = []
    client = make_client(event_hook=seen.append)
    registered = client.generate_irn(invoice)
    with pytest.raises(IrpNotFound):
        client.get_irn("0" * 64)
    login, generate, get = seen
    assert (login.endpoint, login.outcome, login.request_hash) == (
        "authenticate",
        "ok",
        "",
    )
    plain = json.dumps(invoice, ensure_ascii=False, separators=(",", ":")).encode()
    assert generate.request_hash == hashlib.sha256(plain).hexdigest()
    assert (generate.method, generate.http_status, generate.code) == ("POST", 200, "")
    assert generate.started_at == clock.now
    assert generate.milliseconds >= 0
    assert (get.outcome, get.code, get.http_status) == ("not_found", "2148", 200)
    assert get.url == "https://portal.example/eicore/v1.03/Invoice/irn/" + "0" * 64
    for secret in ("Secret@1", "token-1", "the-client-secret"):
        assert secret not in repr(seen)
    assert registered.irn


def test_event_hook_is_called_for_failures_and_crashes(
    make_client, portal, invoice, make
):
    def crash(portal, request, handle):
        raise RuntimeError("a bug of the transport")

    seen = []
    client = make_client(event_hook=seen.append)
    portal.script(crash, make.lost())
    with pytest.raises(RuntimeError):
        client.generate_irn(invoice)
    with pytest.raises(Exception, match="no answer"):
        client.generate_irn(invoice)
    assert [(call.outcome, call.code, call.http_status) for call in seen] == [
        ("ok", "", 200),
        ("crashed", "", None),
        ("unknown", "read_timeout", None),
    ]


def test_failing_event_hook_loses_no_registration(make_client, invoice, caplog):
    def broken(record):
        raise KeyError("log is full")

    registered = make_client(event_hook=broken).generate_irn(invoice)
    assert registered.status == "ACT"
    assert "the event hook of generate_irn failed" in caplog.text


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_production_calls_the_internet_alone(name, make_client, portal, invoice):
    client = make_client(environment=ENVIRONMENTS[name])
    client.generate_irn(invoice)
    assert {one.public_only for one in portal.requests} == {name == "production"}


def test_nothing_but_json_leaves(client, portal, invoice):
    client.generate_irn(invoice)
    client.ping()
    bodies = [one for one in portal.requests if one.body is not None]
    assert len(bodies) == 2
    for request in bodies:
        assert request.headers["Content-Type"] == "application/json"
        assert list(json.loads(request.body)) == ["Data"]
    for request in portal.requests:
        assert request.headers["Accept"] == "application/json"
