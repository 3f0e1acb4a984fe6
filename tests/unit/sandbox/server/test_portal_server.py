"""The portal behind a real socket."""

import http.client
import json
import socket
import threading
import time

import pytest
from sandbox import Dialect, Faults, create_app, serve


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
def served(new_portal, faults):
    """Return a function that serves a portal and returns it with its address."""
    servers = []

    def start(**settings):
        portal = new_portal(**settings)
        server = serve(create_app(portal, faults), "127.0.0.1", 0)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return portal, f"http://127.0.0.1:{server.port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def portal_url(served):
    return served()


@pytest.fixture
def client(portal_url, wire):
    """A signed-in client over one connection."""
    portal, url = portal_url
    send = wire.over_http(url)
    client = wire.client(send, portal.auth_public_key)
    client.authenticate()
    yield client
    send.close()


@pytest.fixture
def connect(portal_url):
    """Return a function giving a plain socket to the portal."""
    _portal, url = portal_url
    port = int(url.rpartition(":")[2])
    sockets = []

    def make():
        one = socket.create_connection(("127.0.0.1", port), timeout=20)
        sockets.append(one)
        return one

    yield make
    for one in sockets:
        one.close()


def read_answer(stream):
    """Read an answer with a length from a socket's file; return status and body."""
    status = stream.readline().decode()
    length = 0
    while line := stream.readline().strip().decode():
        name, _colon, value = line.partition(":")
        if name.lower() == "content-length":
            length = int(value)
    return status.split()[1], stream.read(length)


def test_registration_over_http(client, invoice):
    data = client.plain(client.generate(invoice))

    assert client.plain(client.by_irn(data["Irn"])) == data
    assert client.plain(client.by_document("INV", "INV/25-26/0007", "15/11/2025")) == (
        data
    )


@pytest.mark.parametrize(
    ("id_name", "secret_name"),
    [("client-id", "client-secret"), ("client_id", "client_secret")],
)
def test_names_with_underscores_arrive(client, wire, id_name, secret_name):
    headers = {id_name: "client-1", secret_name: "secret-1", "gstin": wire.SELLER}
    assert client.authenticate(headers=headers)["Status"] == 1

    headers |= {"user_name": client.username, "authtoken": client.token}
    answer = client.get("/eicore/v1.03/Invoice/irn/" + "a" * 64, headers)
    assert wire.codes(answer) == ["2148"]


def test_connection_is_reused(connect):
    request = b"GET /eivital/v1.04/heartbeat/ping HTTP/1.1\r\nHost: x\r\n\r\n"
    one = connect()
    stream = one.makefile("rb")
    for _ in range(20):
        one.sendall(request)
        status, body = read_answer(stream)
        assert (status, json.loads(body)["Status"]) == ("200", 1)


def test_requests_sent_ahead_are_answered_in_turn(connect):
    ping = b"GET /eivital/v1.04/heartbeat/ping HTTP/1.1\r\nHost: x\r\n\r\n"
    lost = b"POST /lost HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nHELLO"
    one = connect()
    one.sendall(ping + lost + ping)
    stream = one.makefile("rb")

    assert [read_answer(stream)[0] for _ in range(3)] == ["200", "404", "200"]


def test_reused_connection_is_fast(client):
    # unbuffered answers wait 40 ms each for the client's delayed acknowledgement
    start = time.monotonic()
    for _ in range(50):
        client.get("/eivital/v1.04/heartbeat/ping")

    assert time.monotonic() - start < 1.5


def test_close_is_obeyed(connect):
    one = connect()
    one.sendall(
        b"GET /eivital/v1.04/heartbeat/ping HTTP/1.1\r\nHost: x\r\n"
        b"Connection: close\r\n\r\n"
    )
    text = one.makefile("rb").read()

    assert b"Connection: close" in text


def test_http_1_0_gets_a_complete_answer(served, connect):
    one = connect()
    one.sendall(b"GET /eivital/v1.04/heartbeat/ping HTTP/1.0\r\n\r\n")
    text = one.makefile("rb").read()

    assert text.startswith(b"HTTP/1.1 200")
    assert text.endswith(b'"InfoDtls":null}')


def test_chunked_answer(served, wire, invoice):
    portal, url = served(dialect=Dialect(chunk_size=11))
    send = wire.over_http(url)
    client = wire.client(send, portal.auth_public_key)
    client.authenticate()

    assert client.plain(client.generate(invoice))["Status"] == "ACT"
    answer = send("GET", "/eivital/v1.04/heartbeat/ping", {})
    assert answer.headers["Transfer-Encoding"] == "chunked"
    send.close()


def test_chunked_request(client, portal_url):
    _portal, url = portal_url
    body = json.dumps({"Data": client.sealed(client.credentials())}).encode()
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    pieces = (body[i : i + 50] for i in range(0, len(body), 50))
    for _ in range(2):
        connection.request(
            "POST",
            "/eivital/v1.04/auth",
            body=pieces,
            headers=client.client_headers,
            encode_chunked=True,
        )
        answer = connection.getresponse()
        assert answer.status == 200
        assert json.loads(answer.read())["Status"] == 1
        pieces = iter([body])
    connection.close()


def test_client_that_waits_to_be_welcome(client, connect):
    body = json.dumps({"Data": client.sealed(client.credentials())}).encode()
    lines = [f"{name}: {value}" for name, value in client.client_headers.items()]
    lines += [f"Content-Length: {len(body)}", "Expect: 100-continue", "Host: x"]
    one = connect()
    head = "POST /eivital/v1.04/auth HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n"
    one.sendall(head.encode())
    stream = one.makefile("rb")

    assert stream.readline().startswith(b"HTTP/1.1 100")
    stream.readline()
    one.sendall(body)
    status, answer = read_answer(stream)
    assert (status, json.loads(answer)["Status"]) == ("200", 1)


@pytest.mark.parametrize(
    ("kind", "registered"), [("drop_before", 0), ("drop_after", 1)]
)
def test_dropped_for_real(client, portal_url, faults, invoice, kind, registered):
    portal, _url = portal_url
    faults.add(kind, "generate_irn")
    with pytest.raises(http.client.RemoteDisconnected):
        client.generate(invoice)

    assert len(portal.registrations()) == registered
    # the next call opens a new connection
    assert client.authenticate()["Status"] == 1


def test_late_answer_of_a_registration(portal_url, client, faults, invoice, wire):
    portal, url = portal_url
    released = threading.Event()
    faults.sleep = lambda _seconds: released.wait(20)
    faults.add("delay", "generate_irn", seconds=5)
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=0.3)
    body = json.dumps({"Data": client.encrypted(json.dumps(invoice))})
    connection.request("POST", "/eicore/v1.03/Invoice", body, client.headers)
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    released.set()

    assert len(portal.registrations()) == 1
    assert wire.codes(client.generate(invoice)) == ["2150"]


def test_many_clients_at_once(portal_url, client, invoice, wire):
    portal, url = portal_url
    failures = []

    def register(worker):
        send = wire.over_http(url)
        mine = wire.client(send, portal.auth_public_key)
        mine.authenticate()
        for number in range(10):
            document = {**invoice["DocDtls"], "No": f"W{worker}/{number}"}
            answer = mine.generate({**invoice, "DocDtls": document})
            if answer["Status"] != 1:
                failures.append(answer)
        send.close()

    threads = [threading.Thread(target=register, args=(one,)) for one in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert failures == []
    registered = portal.registrations()
    assert len({one.irn for one in registered}) == 60
    assert len({one.ack_number for one in registered}) == 60


def test_body_over_the_limit_is_read_and_refused(served, wire):
    portal, url = served(max_payload=1000)
    send = wire.over_http(url)
    client = wire.client(send, portal.auth_public_key)
    headers = client.client_headers

    assert send("POST", "/eivital/v1.04/auth", headers, b"x" * 500_000).status == 413
    assert client.authenticate()["Status"] == 1
    send.close()


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /eivital/v1.04/auth HTTP/1.1\r\nContent-Length: nine\r\n\r\n",
        b"POST /eivital/v1.04/auth HTTP/1.1\r\nContent-Length: 999\r\n\r\nshort",
        b"POST /lost HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x00\x01\x02\r\n\r\n",
    ],
)
def test_broken_requests_end_only_their_connection(
    client, connect, capsys, request_bytes
):
    one = connect()
    one.sendall(request_bytes)
    one.shutdown(socket.SHUT_WR)
    one.makefile("rb").read()

    assert client.get("/eivital/v1.04/heartbeat/ping")["Status"] == 1
    assert "Traceback" not in capsys.readouterr().err


def test_quiet(client, capfd):
    client.get("/eivital/v1.04/heartbeat/ping")
    client.send("GET", "/lost", {})

    assert capfd.readouterr() == ("", "")


def test_head_of_a_page_has_no_body(connect):
    ping = b"GET /eivital/v1.04/heartbeat/ping HTTP/1.1\r\nHost: x\r\n\r\n"
    one = connect()
    one.sendall(b"HEAD /lost HTTP/1.1\r\nHost: x\r\n\r\n")
    stream = one.makefile("rb")
    assert stream.readline().startswith(b"HTTP/1.1 404")
    while stream.readline().strip():
        continue
    one.sendall(ping)

    assert read_answer(stream)[0] == "200"
