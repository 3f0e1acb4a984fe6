"""The forms of a login: with and without inner base64, or in parts."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

FORMS = {
    "nic_v104": {"base64"},
    "json": {"json"},
    "either": {"base64", "json"},
    "v103_parts": {"parts"},
}


def wrap(client, raw):
    return base64.b64encode(client.auth_key.encrypt(raw, PKCS1v15())).decode()


def sealed(client, form):
    """Return ``Data`` of a login in a form."""
    if form == "parts":
        # 32 characters, used as they are
        client.app_key = b"0123456789abcdefghijABCDEFGHIJ-_"
        return {
            "UserName": client.username,
            "Password": wrap(client, client.password.encode()),
            "AppKey": wrap(client, client.app_key),
        }
    text = json.dumps(client.credentials()).encode()
    return wrap(client, text if form == "json" else base64.b64encode(text))


@pytest.mark.parametrize("sealing", FORMS)
@pytest.mark.parametrize("form", ["base64", "json", "parts"])
def test_forms(new_portal, new_client, wire, sealing, form):
    client = new_client(new_portal(log_in_sealing=sealing))
    answer = client.authenticate(data=sealed(client, form))

    if form in FORMS[sealing]:
        # the session key opens with the app key
        assert len(client.sek) == 32
    else:
        assert wire.codes(answer)[0] in ("5001", "1020")


@pytest.mark.parametrize("sealing", FORMS)
@pytest.mark.parametrize("data", ["AAAA", base64.b64encode(bytes(256)).decode(), 7])
def test_nothing_that_opens(new_portal, new_client, wire, sealing, data):
    client = new_client(new_portal(log_in_sealing=sealing))

    assert wire.codes(client.authenticate(data=data))[0] in ("1020", "5001")


@pytest.mark.parametrize("member", ["Password", "AppKey"])
def test_a_part_is_missing(new_portal, new_client, wire, member):
    client = new_client(new_portal(log_in_sealing="v103_parts"))
    data = sealed(client, "parts")
    del data[member]

    assert wire.codes(client.authenticate(data=data)) == ["1020"]


@pytest.mark.parametrize("sealing", ["nic_v104", "either"])
def test_text_that_is_no_json(new_portal, new_client, wire, sealing):
    client = new_client(new_portal(log_in_sealing=sealing))
    data = wrap(client, base64.b64encode(b"user and password"))

    assert wire.codes(client.authenticate(data=data)) == ["1007"]
