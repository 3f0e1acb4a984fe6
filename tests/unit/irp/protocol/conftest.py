"""A server on a real socket that answers well, badly, slowly or not at all."""

import gzip
import ipaddress
import json
import socket
import ssl
import struct
import threading
import warnings
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from irp.protocol.http import Request
from irp.protocol.transport import (
    RequestsTransport,
)

STOP = 10


class Handler(BaseHTTPRequestHandler):
    """Answers according to the last part of the path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, self.client_address[1]))
        getattr(self, self.path.rpartition("/")[2].replace("-", "_"))()

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

    def good_gzip(self):
        self.plain(gzip.compress(b'{"Status":1}'), Content_Encoding="gzip")

    def drip(self, piece=b"x"):
        """Send piece after piece, each well within the read timeout."""
        with suppress(OSError):
            while not self.server.released.wait(0.05):
                self.wfile.write(piece)
        self.close_connection = True

    def dripping(self):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.drip()

    def dripping_head(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self.drip()

    def dripping_pieces(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.drip(b"1\r\nx\r\n")

    def endless(self):
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            while not self.server.released.is_set():
                self.wfile.write(b"x" * 1024)
        self.close_connection = True

    def cookie(self):
        self.plain(b"{}", Set_Cookie="session=1; Path=/")

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


@pytest.fixture(scope="module")
def tls_files(tmp_path_factory, portal_key):
    """A certificate for 127.0.0.1 and portal.example, and its key, as files."""
    folder = tmp_path_factory.mktemp("tls")
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(timezone.utc)
    names = [
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.DNSName("portal.example"),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(portal_key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(portal_key, hashes.SHA256())
    )
    key = portal_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key)
    return files


@pytest.fixture
def old_tls_base(tls_files):
    """A server that speaks no TLS above 1.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*tls_files)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    server = serve(context)
    yield f"https://127.0.0.1:{server.server_port}"
    stop(server)


@pytest.fixture
def tls_base(tls_files):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*tls_files)
    server = serve(context)
    yield f"https://127.0.0.1:{server.server_port}"
    stop(server)
