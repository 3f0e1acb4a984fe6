"""Every exception below the transport is mapped to one of ours."""

import inspect
import socket
import ssl

import pytest
import requests
import urllib3
from irp.protocol.errors import IrpNotSent, IrpOutcomeUnknown, IrpTransportError
from irp.protocol.transport import map_exception

NOT_SENT = {
    "ConnectTimeout": "timeout",
    "InvalidHeader": "invalid_request",
    "InvalidProxyURL": "invalid_request",
    "InvalidSchema": "invalid_request",
    "InvalidURL": "invalid_request",
    "MissingSchema": "invalid_request",
    "ProxyError": "proxy",
    "UnrewindableBodyError": "invalid_request",
}


def classes(module, base):
    found = [value for value in vars(module).values() if inspect.isclass(value)]
    return [value for value in found if issubclass(value, base)]


@pytest.mark.parametrize(
    "kind", classes(requests.exceptions, requests.RequestException)
)
def test_every_exception_of_requests_is_mapped(kind):
    arguments = ("no JSON", "{", 0) if kind is requests.JSONDecodeError else ("text",)
    mapped = map_exception(kind(*arguments), "https://h")
    reason = NOT_SENT.get(kind.__name__)
    assert isinstance(mapped, IrpNotSent if reason else IrpOutcomeUnknown)
    if not reason:
        is_timeout = issubclass(kind, requests.Timeout)
        reason = "read_timeout" if is_timeout else "reset"
    assert mapped.reason == reason
    assert "https://h" in str(mapped)


@pytest.mark.parametrize("kind", classes(urllib3.exceptions, Exception))
def test_every_exception_below_requests_is_mapped(kind):
    bare = kind.__new__(kind)
    assert isinstance(map_exception(bare, "https://h"), IrpTransportError)


def test_an_unknown_name_was_not_sent():
    error = socket.gaierror(-2, "Name or service not known")
    pool = urllib3.HTTPSConnectionPool("host")
    unresolved = urllib3.exceptions.NewConnectionError(pool, "failed")
    # Older releases of urllib3 do not name the cause.
    unresolved.__context__ = error
    gave_up = urllib3.exceptions.MaxRetryError(pool, "/", unresolved)
    mapped = map_exception(requests.ConnectionError(gave_up), "https://h")
    assert (type(mapped), mapped.reason) == (IrpNotSent, "dns")


def test_tls_error_after_the_handshake_is_unknown():
    late = ssl.SSLError(1, "decryption failed or bad record mac")
    mapped = map_exception(requests.exceptions.SSLError(late), "https://h")
    assert (type(mapped), mapped.reason) == (IrpOutcomeUnknown, "reset")


def test_self_referencing_exception_terminates():
    error = requests.ConnectionError("text")
    error.__cause__ = error
    assert isinstance(map_exception(error, "https://h"), IrpOutcomeUnknown)
