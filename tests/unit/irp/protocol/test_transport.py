"""RequestsTransport against real sockets."""

import ipaddress
import json
import socket
import ssl
import struct
import threading
from datetime import datetime, timedelta, timezone
from http.client import RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from irp.protocol.errors import IrpNotSent, IrpOutcomeUnknown
from irp.protocol.transport import Request, RequestsTransport, Response, map_exception

STOP = 10


class Handler(BaseHTTPRequestHandler):
    """Answers according to the last part of the path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, self.client_address[1]))
        getattr(self, self.path.strip("/").replace("-", "_"))()

    do_POST = do_GET

    def log_message(self, *args):
        pass

    def plain(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def echo(self):
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size).decode()
        facts = {"method": self.command, "headers": dict(self.headers), "body": body}
        self.plain(json.dumps(facts).encode(), X_Answer="Yes")

    def failing(self):
        self.plain(b"<html>", 503, Retry_After="7")

    def redirect(self):
        self.plain(b"", 302, Location="/echo")

    def chunked(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (b'{"Sta', b'tus"', b":1}"):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def chunked_broken(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"5\r\nhello\r\nthis is no length\r\n")
        self.close_connection = True

    def half(self):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def large(self):
        self.plain(b"x" * 2000)

    def bad_gzip(self):
        self.plain(b"this is not gzip", Content_Encoding="gzip")

    def silent(self):
        self.server.released.wait(STOP)
        self.close_connection = True

    def stalled(self):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"begun")
        self.server.released.wait(STOP)
        self.close_connection = True

    def reset(self):
        # A linger of zero seconds makes close() send RST.
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def closed(self):
        self.close_connection = True


def serve(tls=None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.seen, server.released = [], threading.Event()
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


def stop(server):
    server.released.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def server():
    server = serve()
    yield server
    stop(server)


@pytest.fixture
def transport():
    transport = RequestsTransport(max_answer_bytes=1000)
    yield transport
    transport.close()


@pytest.fixture
def ask(server, transport):
    def ask(path, method="GET", headers=None, body=None, base=None):
        base = base or f"http://127.0.0.1:{server.server_port}"
        request = Request(method, f"{base}/{path}", headers or {}, body, 0.5, 0.3)
        return transport.send(request)

    return ask


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
        ("bad-gzip", "reset"),
        ("large", "too_large"),
    ],
)
def test_incomplete_answer_is_unknown(path, reason, ask):
    with pytest.raises(IrpOutcomeUnknown) as caught:
        ask(path, "POST", body=b"{}")
    assert caught.value.reason == reason


def test_the_transport_recovers_after_every_failure(ask):
    for path in ("silent", "reset", "half", "large"):
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
    thread.join(STOP)
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


@pytest.fixture(scope="module")
def tls_files(tmp_path_factory, portal_key):
    """Files with a certificate for 127.0.0.1 and its key."""
    folder = tmp_path_factory.mktemp("tls")
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(timezone.utc)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(portal_key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(portal_key, hashes.SHA256())
    )
    key = portal_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key)
    return files


@pytest.fixture
def tls_base(tls_files):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*tls_files)
    server = serve(context)
    yield f"https://127.0.0.1:{server.server_port}"
    stop(server)


def test_an_untrusted_certificate_was_not_sent(ask, tls_base):
    with pytest.raises(IrpNotSent) as caught:
        ask("echo", "POST", body=b"{}", base=tls_base)
    assert caught.value.reason == "tls"
    assert "SSLCertVerificationError" in str(caught.value)


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
