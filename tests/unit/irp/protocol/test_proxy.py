"""Calls through an outgoing proxy, on real sockets."""

import base64
import logging
import select
import socket
import ssl
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import pytest
from irp.protocol.errors import IrpNotSent, IrpOutcomeUnknown
from irp.protocol.http import Proxy, Request, parse_proxy
from irp.protocol.http import proxy as proxy_module
from irp.protocol.transport import RequestsTransport

PASSWORD = "p@ss/wörd"
LOGIN = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
QUOTED = quote(PASSWORD, safe="")
PORTAL = "https://portal.example:8443"


class ProxyHandler(BaseHTTPRequestHandler):
    """A CONNECT proxy, which leads every host to ``server.target``."""

    protocol_version = "HTTP/1.1"

    def do_CONNECT(self):
        server = self.server
        server.seen.append((self.path, dict(self.headers)))
        if server.script == "hang":
            server.released.wait(10)
            self.close_connection = True
        elif server.script == "drop":
            self.close_connection = True
        elif server.login and self.headers["Proxy-Authorization"] != server.login:
            self.send_error(407, "Proxy Authentication Required")
        elif server.script.isdecimal():
            self.send_error(int(server.script))
        else:
            self.tunnel()

    def tunnel(self):
        self.send_response(200, "Connection established")
        self.end_headers()
        self.close_connection = True
        with socket.create_connection(self.server.target) as portal:
            others = {self.connection: portal, portal: self.connection}
            while True:
                for end in select.select(others, [], [])[0]:
                    data = end.recv(65536)
                    if self.server.script == "cut" and is_request(data):
                        reset(self.connection)
                        return
                    if not data:
                        return
                    others[end].sendall(data)

    def log_message(self, *args):
        pass


def is_request(data):
    """Return whether a TLS record of application data is long, as a request is."""
    return data[:1] == b"\x17" and len(data) > 2000


def reset(connection):
    # a linger of zero seconds makes close() send RST
    linger = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()


def serve(target, tls=None):
    made = ThreadingHTTPServer(("127.0.0.1", 0), ProxyHandler)
    made.daemon_threads = True
    made.seen, made.script, made.login, made.target = [], "", "", target
    made.released = threading.Event()
    if tls:
        made.socket = tls.wrap_socket(made.socket, server_side=True)
    made.place = f"127.0.0.1:{made.server_port}"
    threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    return made


def stop(made):
    made.released.set()
    made.shutdown()
    made.server_close()


@pytest.fixture
def target(tls_base):
    """Host and port of a portal with TLS on this machine."""
    return "127.0.0.1", int(tls_base.rpartition(":")[2])


@pytest.fixture
def proxy(target):
    made = serve(target)
    yield made
    stop(made)


@pytest.fixture
def call(proxy, tls_files, monkeypatch):
    """Call the portal through the proxy."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls_files[0]))
    made = []

    def call(path="echo", address="", url=PORTAL, body=b"{}"):
        address = parse_proxy(address or f"http://{proxy.place}")
        transport = RequestsTransport(100_000, proxy=address)
        made.append(transport)
        return transport.send(
            Request("POST", f"{url}/{path}", {"AuthToken": "t"}, body, 0.6, 0.4)
        )

    yield call
    for transport in made:
        transport.close()


def not_sent(call, **options):
    with pytest.raises(IrpNotSent) as caught:
        call(**options)
    assert "wörd" not in repr(vars(caught.value))
    return caught.value


# -- calls ----------------------------------------------------------------------------


def test_a_call_goes_end_to_end_through_the_proxy(call, proxy):
    answer = call(body=b"secret invoice")
    assert answer.status == 200
    assert b"secret invoice" in answer.body
    ((place, headers),) = proxy.seen
    assert place == "portal.example:8443"
    assert not {"AuthToken", "Proxy-Authorization"} & headers.keys()


def test_user_and_password_are_for_the_proxy_alone(call, proxy, caplog):
    caplog.set_level(logging.DEBUG)
    proxy.login = f"Basic {LOGIN}"
    answer = call(address=f"http://me:{QUOTED}@{proxy.place}")
    assert answer.status == 200
    assert b"Proxy-Authorization" not in answer.body
    assert proxy.seen[0][1]["Proxy-Authorization"] == f"Basic {LOGIN}"
    for secret in (PASSWORD, QUOTED, LOGIN):
        assert secret not in caplog.text


@pytest.mark.parametrize("login", ["", "me@", "me:wrong@"])
def test_a_refused_password_is_named(login, call, proxy):
    proxy.login = f"Basic {LOGIN}"
    error = not_sent(call, address=f"http://{login}{proxy.place}")
    assert (error.reason, error.proxy) == ("proxy_log_in", proxy.place)
    assert error.http_status == 407
    assert "wrong" not in str(error)


@pytest.mark.parametrize("status", ["403", "502", "503"])
def test_a_proxy_that_makes_no_connection(status, call, proxy):
    proxy.script = status
    error = not_sent(call)
    assert (error.reason, error.proxy) == ("proxy_refused", proxy.place)
    assert error.http_status == int(status)


@pytest.mark.parametrize("script", ["drop", "hang"])
def test_a_proxy_that_breaks_off_before_the_request(script, call, proxy):
    proxy.script = script
    started = time.monotonic()
    error = not_sent(call)
    assert (error.reason, error.proxy) == ("proxy", proxy.place)
    assert time.monotonic() - started < 1 + 2


def test_a_proxy_that_is_not_there(call):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
        error = not_sent(call, address=f"http://me:{QUOTED}@{place}")
    assert (error.reason, error.proxy) == ("proxy", place)
    assert place in str(error)


def test_a_proxy_whose_name_is_unknown(call):
    error = not_sent(call, address="http://proxy.invalid:3128")
    assert (error.reason, error.proxy) == ("proxy", "proxy.invalid:3128")


def test_what_breaks_behind_the_proxy_may_have_been_sent(call, proxy):
    proxy.script = "cut"
    with pytest.raises(IrpOutcomeUnknown) as caught:
        call(body=b"x" * 3000)
    assert caught.value.reason == "reset"


@pytest.mark.parametrize("path", ["silent", "closed", "half", "dripping"])
def test_an_answer_that_is_lost_behind_the_proxy_is_unknown(path, call):
    with pytest.raises(IrpOutcomeUnknown):
        call(path)


def test_the_portals_certificate_is_checked_behind_the_proxy(call):
    error = not_sent(call, url="https://other.example:8443")
    assert error.reason == "tls"


def test_an_https_proxy(call, target, tls_files):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*tls_files)
    made = serve(target, context)
    try:
        made.login = f"Basic {LOGIN}"
        assert call(address=f"https://me:{QUOTED}@{made.place}").status == 200
        error = not_sent(call, address=f"https://{made.place}")
        assert error.reason == "proxy_log_in"
        made.login, made.script = "", "hang"
        assert not_sent(call, address=f"https://{made.place}").reason == "proxy"
    finally:
        stop(made)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_portal_on_this_machine_needs_no_proxy(host, call, proxy, server):
    url = f"http://{host}:{server.server_port}"
    assert call(url=url).status == 200
    assert proxy.seen == []


def test_the_own_proxy_comes_before_that_of_the_environment(call, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "portal.example")
    assert call().status == 200


def test_the_proxy_of_the_environment_is_named_as_well(proxy, tls_files, monkeypatch):
    monkeypatch.setenv("https_proxy", f"http://me:{QUOTED}@{proxy.place}")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls_files[0]))
    transport = RequestsTransport()
    request = Request("GET", f"{PORTAL}/echo", {}, None, 0.6, 0.4)
    assert transport.send(request).status == 200
    transport.close()
    proxy.login = "Basic other"
    error = not_sent(transport.send, request=request)
    assert (error.reason, error.proxy) == ("proxy_log_in", proxy.place)
    transport.close()


# -- what is entered ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        (" HTTP://Proxy.Example.:3128/ ", "http://proxy.example:3128"),
        ("https://10.0.0.7:443", "https://10.0.0.7:443"),
        ("http://me@[::1]:8080", "http://me@[::1]:8080"),
        (f"http://me:{QUOTED}@proxy:3128", "http://me@proxy:3128"),
        ("http://do%40main:p@proxy:3128", "http://do%40main@proxy:3128"),
    ],
)
def test_a_proxy_is_shown_without_its_password(text, shown):
    proxy = parse_proxy(text)
    assert proxy.shown == shown
    assert PASSWORD not in repr(proxy)
    assert "@" not in proxy.url
    again = parse_proxy(proxy.shown)
    assert (again.user, again.place) == (proxy.user, proxy.place)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must begin with http"),
        ("proxy.example:3128", "must begin with http"),
        ("ftp://h4ck@proxy.example:3128", "must begin with http"),
        ("http://proxy.example", "must name the port"),
        ("http://proxy.example:0", "must name the port"),
        ("http://proxy.example:65536", "must name the port"),
        ("http://me:h4ck/x@proxy.example:3128", "must name the port|must end with"),
        ("http://me:12/h4ck@proxy.example:3128", "must end with the port"),
        ("http://proxy.example:3128/path", "must end with the port"),
        ("http://proxy.example:3128?h4ck=1", "must end with the port"),
        ("http://proxy.example:3128#h4ck", "must end with the port"),
        ("http://:3128", "host of the proxy"),
        ("http://pro xy:3128", "contains a blank"),
        ("http://proxy\0:3128", "contains a blank"),
        ("http://proxy\r\nh4ck:3128", "contains a blank"),
        ("http://me:h4ck\\@proxy:3128", "backslash"),
        ("http://me:h4ck%00@proxy:3128", "control"),
        ("http://me:h4ck%0d%0aX@proxy:3128", "control"),
        ("http://m%3ae:h4ck@proxy:3128", "colon"),
        ("http://me:%ff@proxy:3128", "not UTF-8"),
        ("http://:h4ck@proxy:3128", "no user"),
        ("http://pro%2fxy:3128", "host of the proxy"),
        ("http://[::1:3128", "host of the proxy"),
        ("http://me:h4ck@proxy:3128" + "8" * 500, "more than"),
    ],
)
def test_what_is_no_proxy_is_refused_without_quoting_it(text, words):
    with pytest.raises(ValueError, match=words) as caught:
        parse_proxy(text)
    assert "h4ck" not in str(caught.value)


def test_socks_only_with_its_package(monkeypatch):
    monkeypatch.setattr(proxy_module, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="PySocks"):
        parse_proxy("socks5://proxy:1080")
    monkeypatch.setattr(proxy_module, "find_spec", lambda name: name == "socks")
    proxy = parse_proxy(f"socks5h://me:{QUOTED}@proxy:1080")
    assert proxy.url == f"socks5h://me:{QUOTED}@proxy:1080"
    assert proxy.shown == "socks5h://me@proxy:1080"


def test_a_proxy_has_no_password_in_its_headers_address():
    proxy = Proxy("http", "proxy", 3128, "me", PASSWORD)
    assert proxy.headers() == {"Proxy-Authorization": f"Basic {LOGIN}"}
    assert Proxy("http", "proxy", 3128).headers() == {}
