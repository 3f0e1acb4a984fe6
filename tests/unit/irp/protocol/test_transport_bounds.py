"""A portal cannot take for ever, send without end, or be reached elsewhere."""

import base64
import json
import socket
import time

import pytest
from irp.protocol.errors import IrpNotSent, IrpOutcomeUnknown
from irp.protocol.http import Request
from irp.protocol.signature import MAX_TOKEN_CHARACTERS
from irp.protocol.transport import (
    MAX_ANSWER_BYTES,
)

DRIPS = ["dripping", "dripping-head", "dripping-pieces"]


@pytest.mark.parametrize("path", [*DRIPS, "silent", "stalled"])
def test_no_call_takes_longer_than_its_two_timeouts(path, ask):
    started = time.monotonic()
    with pytest.raises(IrpOutcomeUnknown):
        ask(path, "POST", body=b"{}")
    # 0.5 to connect and 0.3 to read, and some for a busy machine
    assert time.monotonic() - started < 0.8 + 2


def test_a_deadline_that_was_met_does_not_end_the_next_call(ask, server):
    # the connection is reused; the first call's time is over during the last one's
    before = len(server.seen)
    ends = time.monotonic() + 1.2
    while time.monotonic() < ends:
        assert ask("echo").status == 200
    assert len({port for _path, port in server.seen[before:]}) == 1


def test_the_largest_real_answer_fits():
    """2 MB of invoice in Hindi: escaped twice, signed, and encrypted."""
    invoice = {"PrdDesc": "\u0905" * (2 * 1024 * 1024 // 3)}
    data = json.dumps(invoice)
    payload = json.dumps({"data": data, "iss": "NIC"}).encode()
    token = base64.urlsafe_b64encode(payload).decode()
    assert len(token) + 1000 < MAX_TOKEN_CHARACTERS
    answer = base64.b64encode(json.dumps({"SignedInvoice": token}).encode())
    assert len(answer) + 10_000 < MAX_ANSWER_BYTES


def test_the_answer_is_asked_for_as_it_is(ask):
    facts = json.loads(ask("echo").body)
    assert facts["headers"]["Accept-Encoding"] == "identity"


def test_cookies_are_not_kept(ask):
    assert ask("cookie").header("Set-Cookie")
    assert "Cookie" not in json.loads(ask("echo").body)["headers"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433"])
def test_this_machine_is_never_called_through_a_proxy(host, ask, server, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert ask("echo", base=f"http://{host}:{server.server_port}").status == 200


def test_an_address_that_does_not_answer_leaves_time_for_the_next(
    transport, server, monkeypatch
):
    """A name with two addresses, of which the first one is deaf."""
    with socket.socket() as deaf, socket.socket() as one, socket.socket() as two:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for filler in (one, two):
            filler.setblocking(False)
            filler.connect_ex(deaf.getsockname())
        row = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        both = [deaf.getsockname(), ("127.0.0.1", server.server_port)]
        found = [(*row, address) for address in both]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **named: found)
        request = Request("GET", "http://portal.example/echo", {}, None, 0.6, 0.5)
        assert transport.send(request).status == 200


@pytest.mark.parametrize("path", DRIPS)
def test_a_tls_connection_that_drips_has_the_same_deadline(
    path, ask, tls_base, tls_files, monkeypatch
):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls_files[0]))
    started = time.monotonic()
    with pytest.raises(IrpOutcomeUnknown) as caught:
        ask(path, "POST", body=b"{}", base=tls_base)
    assert caught.value.reason == "read_timeout"
    assert time.monotonic() - started < 0.8 + 2
    assert ask("echo", base=tls_base).status == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "portal.example"])
def test_production_is_not_in_a_private_network(host, transport, server, monkeypatch):
    """Whatever a name server says: "portal.example" leads to this machine."""
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, *rest, **more: resolve("127.0.0.1", *rest)
    )
    before = len(server.seen)
    url = f"http://{host}:{server.server_port}/echo"
    with pytest.raises(IrpNotSent) as caught:
        transport.send(Request("GET", url, {}, public_only=True))
    assert caught.value.reason == "private"
    assert len(server.seen) == before
    assert transport.send(Request("GET", url, {})).status == 200


def test_of_several_addresses_production_calls_the_public_one(transport, monkeypatch):
    tried = []
    addresses = ["10.0.0.1", "::ffff:127.0.0.1", "fe80::1%lo", "8.8.8.8"]
    rows = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
        for address in addresses
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_host, **_options: rows)

    def refuse(_socket, address):
        tried.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(IrpNotSent):
        transport.send(Request("GET", "https://portal.example", {}, public_only=True))
    assert tried == ["8.8.8.8"]


def test_a_proxy_may_be_in_the_own_network(transport, server, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
    request = Request("GET", "http://portal.example/echo", {}, public_only=True)
    assert transport.send(request).status == 200
