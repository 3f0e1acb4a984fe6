"""RequestsTransport against real sockets."""

import json
import socket
import threading
from http.client import RemoteDisconnected

import pytest
import requests
import urllib3
from irp.protocol.errors import IrpNotSent, IrpOutcomeUnknown
from irp.protocol.http import Request, Response
from irp.protocol.transport import (
    map_exception,
)


def test_request_arrives_unchanged(ask):
    body = '{"Data":"₹"}'.encode()
    headers = {"AuthToken": "t", "user_name": "üser-₹", "client-id": "c"}
    answer = ask("echo", "POST", headers, body)
    facts = json.loads(answer.body)
    assert (facts["method"], facts["body"]) == ("POST", body.decode())
    assert facts["headers"]["AuthToken"] == "t"
    assert facts["headers"]["client-id"] == "c"
    # http.server reads headers as Latin-1; the bytes are those of UTF-8.
    assert facts["headers"]["user_name"].encode("latin-1").decode() == "üser-₹"


def test_headers_of_an_answer_are_found_in_any_letter_case(ask):
    answer = ask("echo")
    assert answer.header("x-ANSWER") == "Yes"
    assert answer.header("absent") == ""


def test_every_status_is_an_answer(ask):
    answer = ask("failing")
    assert (answer.status, answer.body) == (503, b"<html>")
    assert answer.header("Retry-After") == "7"


def test_redirects_are_not_followed(ask, server):
    answer = ask("redirect", "POST", body=b"{}")
    assert (answer.status, answer.header("location")) == (302, "/echo")
    assert server.seen[-1][0] == "/redirect"


def test_chunked_answers_are_put_together(ask):
    assert ask("chunked").body == b'{"Status":1}'


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("silent", "read_timeout"),
        ("stalled", "read_timeout"),
        ("reset", "reset"),
        ("closed", "reset"),
        ("half", "reset"),
        ("chunked-broken", "reset"),
        ("bad-gzip", "unexpected_answer"),
        ("good-gzip", "unexpected_answer"),
        ("dripping", "read_timeout"),
        ("dripping-head", "read_timeout"),
        ("dripping-pieces", "read_timeout"),
        ("endless", "too_large"),
        ("large", "too_large"),
    ],
)
def test_incomplete_answer_is_unknown(path, reason, ask):
    with pytest.raises(IrpOutcomeUnknown) as caught:
        ask(path, "POST", body=b"{}")
    assert caught.value.reason == reason


def test_the_transport_recovers_after_every_failure(ask):
    for path in ("silent", "reset", "half", "large", "dripping-head"):
        with pytest.raises(IrpOutcomeUnknown):
            ask(path)
        assert ask("echo").status == 200


def test_each_thread_reuses_one_connection(ask, server):
    def ports(count):
        before = len(server.seen)
        for _ in range(count):
            ask("echo")
        return {port for _path, port in server.seen[before:]}

    mine, theirs = ports(3), set()
    thread = threading.Thread(target=lambda: theirs.update(ports(2)))
    thread.start()
    thread.join(10)
    assert (len(mine), len(theirs)) == (1, 1)
    assert mine != theirs
    assert ports(1) == mine


def test_closing_ends_this_threads_connection(ask, server, transport):
    ask("echo")
    transport.close()
    transport.close()
    ask("echo")
    assert server.seen[-1][1] != server.seen[-2][1]


def test_a_refused_connection_was_not_sent(ask):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(IrpNotSent) as caught:
            ask("echo", base=base)
    assert caught.value.reason == "connect"
    assert "ConnectionRefusedError" in str(caught.value)


def test_an_address_that_does_not_accept_was_not_sent(ask):
    # The queue of connections that nobody accepts is full after two.
    with socket.socket() as deaf, socket.socket() as one, socket.socket() as two:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for filler in (one, two):
            filler.setblocking(False)
            filler.connect_ex(deaf.getsockname())
        with pytest.raises(IrpNotSent) as caught:
            ask("echo", base=f"http://127.0.0.1:{deaf.getsockname()[1]}")
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize(
    ("base", "headers"),
    [
        ("ftp://127.0.0.1", {}),
        ("http://", {}),
        ("127.0.0.1", {}),
        ("http://a..b", {}),
        (None, {"gstin": "a\r\nb"}),
        (None, {"AuthToken": "\ud800"}),
        ("http://[::1", {}),
        ("http://portal\u2100.example", {}),
    ],
)
def test_an_impossible_request_was_not_sent(base, headers, ask):
    with pytest.raises(IrpNotSent) as caught:
        ask("echo", base=base, headers=headers)
    assert caught.value.reason == "invalid_request"


def test_an_unreachable_proxy_was_not_sent(ask, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with pytest.raises(IrpNotSent) as caught:
        ask("echo", base="http://portal.example")
    assert caught.value.reason == "proxy"


def test_a_proxy_that_broke_off_may_have_passed_it_on():
    """The exception as urllib3 1.26 wraps it."""
    broken = urllib3.exceptions.ProxyError("Cannot connect.", RemoteDisconnected("x"))
    error = requests.exceptions.ProxyError(
        urllib3.exceptions.MaxRetryError(None, "/", broken)
    )
    assert isinstance(map_exception(error, "http://portal.example"), IrpOutcomeUnknown)


# -- TLS ------------------------------------------------------------------------------


def test_an_untrusted_certificate_was_not_sent(ask, tls_base):
    with pytest.raises(IrpNotSent) as caught:
        ask("echo", "POST", body=b"{}", base=tls_base)
    assert caught.value.reason == "tls"
    assert "SSLCertVerificationError" in str(caught.value)


def test_tls_below_1_2_is_not_spoken(ask, old_tls_base, tls_files, monkeypatch):
    """NIC "Onboarding": at least TLS 1.2."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls_files[0]))
    with pytest.raises(IrpNotSent) as caught:
        ask("echo", "POST", body=b"{}", base=old_tls_base)
    assert caught.value.reason == "tls"


def test_https_to_a_port_without_tls_was_not_sent(ask, server):
    with pytest.raises(IrpNotSent) as caught:
        ask("echo", base=f"https://127.0.0.1:{server.server_port}")
    assert caught.value.reason == "tls"


@pytest.mark.parametrize("path", ["reset", "closed", "half"])
def test_a_tls_connection_that_breaks_after_sending_is_unknown(
    path, ask, tls_base, tls_files, monkeypatch
):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls_files[0]))
    assert ask("echo", base=tls_base).status == 200
    with pytest.raises(IrpOutcomeUnknown) as caught:
        ask(path, "POST", body=b"{}", base=tls_base)
    assert caught.value.reason == "reset"


def test_texts_contain_no_secrets(ask, transport):
    request = Request("GET", "http://u:pw@127.0.0.1:1/?password=x", {"AuthToken": "t"})
    with pytest.raises(IrpNotSent) as caught:
        transport.send(request)
    assert caught.value.message.startswith("http://***@127.0.0.1:1/?password=***")
    assert "AuthToken" not in repr(request)
    assert "body" not in repr(Response(200, {}, b"secret"))
