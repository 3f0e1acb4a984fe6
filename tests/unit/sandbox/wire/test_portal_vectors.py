"""The published vectors of the protocol, byte for byte."""

import base64
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from sandbox import Portal, Store, create_app
from sandbox.wire import crypto
from sandbox.wire.crypto import DecryptionError


@pytest.fixture
def vectors(published):
    return published["protocol_vectors"]


@pytest.fixture
def auth_key(vectors):
    der = base64.b64decode(vectors["auth_private_key_pkcs8_der"])
    return load_der_private_key(der, password=None)


def test_credentials_are_opened(vectors, auth_key):
    inner = crypto.unwrap_rsa(auth_key, vectors["auth_request_body"]["Data"])

    assert json.loads(base64.b64decode(inner)) == vectors["auth_plain"]


def test_session_key_is_sealed(vectors):
    app_key = base64.b64decode(vectors["auth_plain"]["AppKey"])
    sek = base64.b64decode(vectors["sek_plain"])

    assert crypto.encrypt(sek, app_key) == vectors["sek_sealed"]
    assert crypto.decrypt(vectors["sek_sealed"], app_key) == sek


def test_payload_is_opened(vectors):
    sek = base64.b64decode(vectors["sek_plain"])
    plain = crypto.decrypt(vectors["payload_sealed"], sek)

    assert json.loads(plain) == vectors["payload"]
    assert crypto.encrypt(plain, sek) == vectors["payload_sealed"]


def test_the_published_request_signs_in(vectors, auth_key, clock, wire):
    """A portal with the published key accepts the published request unchanged."""
    store = Store()
    pem = auth_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    store.get_or_create("auth_key", lambda: pem)
    portal = Portal(store, clock=clock)
    plain = vectors["auth_plain"]
    portal.add_user(
        wire.SELLER, plain["UserName"], plain["Password"], "client-1", "secret-1"
    )
    send = wire.in_process(create_app(portal))
    headers = {
        "client-id": "client-1",
        "client-secret": "secret-1",
        "Gstin": wire.SELLER,
    }
    body = json.dumps(vectors["auth_request_body"])
    answer = json.loads(send("POST", "/eivital/v1.04/auth", headers, body).body)

    assert answer["Status"] == 1
    sealed = base64.b64decode(answer["Data"]["Sek"])
    sek = wire.aes(base64.b64decode(plain["AppKey"]), sealed, encrypt=False)
    assert len(sek) == 32


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 1000])
def test_aes_round_trip_with_the_other_side(wire, size):
    key, plain = b"k" * 32, b"x" * size
    sealed = crypto.encrypt(plain, key)

    assert wire.aes(key, base64.b64decode(sealed), encrypt=False) == plain
    assert len(base64.b64decode(sealed)) == (size // 16 + 1) * 16


@pytest.mark.parametrize("data", [None, 1, "", "?", "AAAA", "A" * 24])
def test_unencrypted_data_is_refused(data):
    with pytest.raises(DecryptionError):
        crypto.decrypt(data, b"k" * 32)


def test_recorded_requests_and_answers_of_cancelling(client, portal, invoice, clock):
    """Names as sent by a client in production: ``Cnlrsn``, ``Cnlrem``."""
    irn = client.plain(client.generate(invoice))["Irn"]
    clock.advance(hours=0, minutes=5)
    request = {"Cnlrem": "Data Entry Mistake", "Cnlrsn": "2", "Irn": irn}
    answer = client.plain(client.post("/eicore/v1.03/Invoice/Cancel", request))

    assert answer == {"Irn": irn, "CancelDate": "2025-11-15 10:35:17"}
    assert list(answer) == ["Irn", "CancelDate"]
    assert portal.now() - clock.now == timedelta(0)
