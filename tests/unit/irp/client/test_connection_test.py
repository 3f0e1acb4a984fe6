"""The connection test names the step that failed, and judges nothing unseen."""

import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.x509 import load_der_x509_certificate
from irp.client import STEPS, SignedSample, Timeouts, run_connection_test
from irp.client.connection_test import try_signing_keys
from irp.client.irp_client import IrpClient
from irp.protocol import SigningKeys, load_signing_key, parse_proxy
from irp.protocol.errors import IrpNotSent
from irp.protocol.transport import RequestsTransport
from irp.reference.profiles import ENVIRONMENTS

BASE_URL = "https://portal.example"
TOLERANCE = timedelta(seconds=60)
DATE = "%a, %d %b %Y %H:%M:%S GMT"


@pytest.fixture
def try_it(client, make_account, keys):
    def run(**options):
        options = {"keys": keys, "clock_tolerance": TOLERANCE, **options}
        return run_connection_test(client, make_account(), BASE_URL, **options)

    return run


@pytest.fixture
def call_real(make_account, clock, keys):
    """Return a function that tests a connection to a real socket."""

    def run(base_url, proxy=None):
        account = make_account()
        transport = RequestsTransport(proxy=proxy)
        client = IrpClient(
            account,
            transport,
            base_url=base_url,
            environment=ENVIRONMENTS["sandbox"],
            clock=clock,
            timeouts=Timeouts(2, 0.3),
        )
        place = proxy.place if proxy else ""
        test = run_connection_test(
            client, account, base_url, keys, clock_tolerance=TOLERANCE, proxy=place
        )
        transport.close()
        return test

    return run


@pytest.fixture
def pong(make, clock):
    """Return a script: a health check at a time of the portal's clock."""

    def at(**ahead):
        date = (clock.now + timedelta(**ahead)).strftime(DATE)
        return make.answer(make.respond({"Status": 1}, headers={"Date": date}))

    return at


def taxpayer(gstin, status="ACT"):
    """Return a script: the portal's record of a GSTIN."""
    data = {"Gstin": gstin, "LegalName": "Seller", "Status": status}
    return lambda portal, request, handle: portal.success(data)


def states(test):
    assert tuple(step.name for step in test.steps) == STEPS
    return {step.name: step.state for step in test.steps}


def reasons(test):
    return {step.name: step.reason for step in test.steps if step.reason}


def assert_failed_at(test, name):
    """Check that the step has failed, and that none behind it was reached."""
    found = states(test)
    assert found[name] == "failed"
    behind = STEPS[STEPS.index(name) + 1 :]
    assert {found[one] for one in behind} <= {"not_reached"}
    before = STEPS[: STEPS.index(name)]
    assert {found[one] for one in before} <= {"done", "skipped", "unknown"}
    assert test.error
    return found


@contextmanager
def listening(handle):
    """Accept connections on a free port and hand each to ``handle``."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection:
                handle(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def test_all_steps_pass(try_it, portal, client, make_account, pong):
    portal.script(pong(), taxpayer(make_account().gstin))
    test = try_it()
    assert set(states(test).values()) == {"done"}
    assert reasons(test) == {"gstin": "active", "signing_key": "valid"}
    assert test.error is None
    assert test.health.ok
    assert test.taxpayer.legal_name == "Seller"
    assert len(portal.logins) == 1
    assert client.session


# -- the way to the portal, on real sockets ---------------------------------------


def test_unknown_name(call_real):
    test = call_real("https://portal.invalid")
    found = assert_failed_at(test, "name")
    assert found["connection"] == "not_reached"


def test_nobody_listens(call_real):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    found = assert_failed_at(call_real(f"http://127.0.0.1:{port}"), "connection")
    assert found["name"] == "skipped"


def test_untrusted_certificate(call_real, portal_key, make_certificate, tmp_path):
    certificate = load_der_x509_certificate(make_certificate(key=portal_key))
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    files[0].write_bytes(certificate.public_bytes(form.Encoding.PEM))
    pem = form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
    files[1].write_bytes(portal_key.private_bytes(*pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)

    def shake(connection):
        with pytest.raises((ssl.SSLError, OSError)):
            context.wrap_socket(connection, server_side=True)

    with listening(shake) as port:
        found = assert_failed_at(call_real(f"https://127.0.0.1:{port}"), "tls")
    assert found["connection"] == "done"


def test_silent_portal_proves_no_tls(call_real):
    released = threading.Event()
    with listening(lambda connection: released.wait(5)) as port:
        test = call_real(f"https://127.0.0.1:{port}")
        released.set()
    found = assert_failed_at(test, "log_in")
    assert (found["connection"], found["tls"]) == ("done", "unknown")
    assert found["auth_key"] == "unknown"


def test_proxy_that_refuses(call_real):
    def refuse(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    with listening(refuse) as port:
        proxy = parse_proxy(f"http://127.0.0.1:{port}")
        test = call_real("https://portal.invalid", proxy)
    found = assert_failed_at(test, "connection")
    # the proxy resolves the name, not this machine
    assert found["name"] == "skipped"
    assert test.error.reason == "proxy_refused"


# -- the log-in -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "step", "key_state"),
    [
        ("1013", "auth_key", "failed"),
        ("1016", "auth_key", "failed"),
        ("1020", "auth_key", "failed"),
        ("1019", "log_in", "done"),
        ("1010", "log_in", "unknown"),
        ("9998", "log_in", "unknown"),
        ("1015", "gstin", "done"),
        ("1004", "gstin", "unknown"),
    ],
)
def test_refusals(try_it, portal, make, code, step, key_state):
    refusal = make.answer(make.respond(make.failure(code, "No")))
    # a refused token is asked for twice
    portal.script(refusal, refusal, on="auth")
    found = assert_failed_at(try_it(), step)
    assert found["auth_key"] == key_state
    assert found["tls"] == "done"
    if step == "gstin":
        assert found["log_in"] == "unknown"


def test_answer_for_another_key(try_it, portal):
    def reseal(portal, request, handle):
        raise IrpNotSent("no", reason="undecryptable")

    portal.script(reseal, on="auth")
    assert_failed_at(try_it(), "auth_key")


# -- behind the log-in ------------------------------------------------------------


@pytest.mark.parametrize("status", ["CNL", "SUS", "INA", ""])
def test_gstin_that_is_not_active(try_it, portal, pong, make_account, status):
    portal.script(pong(), taxpayer(make_account().gstin, status))
    test = try_it()
    assert states(test)["gstin"] == "failed"
    assert test.error is None


def test_gstin_that_is_not_there(try_it, portal, pong, make):
    portal.script(pong(), make.answer(make.respond(make.failure("3001", "No"))))
    assert states(try_it())["gstin"] == "failed"


def test_lost_look_up_proves_nothing(try_it, portal, pong, make):
    portal.script(pong(), make.lost())
    found = states(try_it())
    assert (found["gstin"], found["clock"]) == ("unknown", "done")


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "done"), (59, "done"), (62, "failed"), (-62, "failed")]
)
def test_clock(try_it, portal, pong, seconds, state):
    portal.script(pong(seconds=seconds))
    assert states(try_it())["clock"] == state


def test_portal_that_sends_no_time(try_it):
    assert states(try_it())["clock"] == "skipped"


# -- the signing key --------------------------------------------------------------

NOW = datetime(2025, 11, 15, tzinfo=timezone.utc)


def test_without_a_signing_key():
    step = try_signing_keys(SigningKeys(), NOW)
    assert (step.state, step.reason) == ("failed", "missing")


def test_signing_key_on_a_signed_document(keys, sign):
    token = sign({"Irn": "1", "AckDt": "2025-11-14 10:00:00"})
    step = try_signing_keys(keys, NOW, SignedSample(token, NOW))
    assert (step.state, step.reason) == ("done", "verified")


def test_changed_document(keys, sign):
    head, body, signature = sign({"Irn": "1"}).split(".")
    other = sign({"Irn": "2"}).split(".")[1]
    step = try_signing_keys(keys, NOW, SignedSample(f"{head}.{other}.{signature}", NOW))
    assert (step.state, step.reason) == ("failed", "invalid")
    assert body != other


def test_document_signed_with_another_key(keys, sign):
    sample = SignedSample(sign({"Irn": "1"}, kid="ANOTHER"), NOW)
    step = try_signing_keys(keys, NOW, sample)
    assert (step.state, step.reason) == ("failed", "unknown_key")


def test_expired_signing_key(make_certificate, sign):
    keys = SigningKeys([load_signing_key(make_certificate())])
    late = NOW + timedelta(days=400)
    sample = SignedSample(sign({"AckDt": "2025-11-14 10:00:00"}), late)
    for tried in (None, sample):
        step = try_signing_keys(keys, late, tried)
        assert (step.state, step.reason) == ("failed", "expired")
