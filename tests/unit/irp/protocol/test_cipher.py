import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given
from hypothesis import strategies as st
from irp.protocol.crypto import cipher as crypto
from irp.protocol.crypto.sealing import LOG_IN_SEALINGS, LogIn

APP_KEY = bytes(range(32))


def seal(user, password, force_refresh, key):
    app_key = base64.b64encode(APP_KEY).decode()
    log_in = LogIn(user, password, app_key, force_refresh)
    return LOG_IN_SEALINGS["nic_v104"](log_in, key)


def opened(sealed, portal_key):
    inner = portal_key.decrypt(base64.b64decode(sealed), padding.PKCS1v15())
    return base64.b64decode(inner)


def test_vectors_of_the_session_key(vectors):
    sek = crypto.open_sek(vectors["sealed_sek"], APP_KEY)
    assert base64.b64encode(sek).decode() == vectors["sek"]


def test_vectors_of_a_payload_both_ways(vectors):
    sek = base64.b64decode(vectors["sek"])
    plain = crypto.decrypt(vectors["payload_data"], sek)
    assert json.loads(plain) == vectors["payload"]
    assert crypto.encrypt(plain, sek) == vectors["payload_data"]


def test_the_vector_of_an_authentication_has_our_structure(vectors, portal_key):
    plain = json.loads(opened(vectors["auth_request_data"], portal_key))
    user, password = plain["UserName"], plain["Password"]
    ours = seal(user, password, False, portal_key.public_key())
    assert plain == vectors["auth_plain"]
    assert json.loads(opened(ours, portal_key)) == plain


@pytest.mark.parametrize(
    "password", ["sl/ash\\back", "\"double\" 'single'", "naïve-₹-पास", "", "a b\tc"]
)
def test_odd_characters_of_a_password_arrive(password, portal_key):
    sealed = seal("user", password, True, portal_key.public_key())
    plain = json.loads(opened(sealed, portal_key))
    assert plain["Password"] == password
    assert plain["ForceRefreshAccessToken"] is True


def test_the_longest_credentials_fit_and_one_more_byte_is_refused(portal_key):
    key = portal_key.public_key()
    # Without a forced refresh the word "false" is in the JSON.
    assert seal("u" * 30, "p" * 36, False, key)
    with pytest.raises(ValueError, match=r"together 1 bytes too long"):
        seal("u" * 30, "p" * 37, False, key)


def test_app_keys_are_fresh_and_of_32_bytes():
    assert len(crypto.new_app_key()) == 32
    assert crypto.new_app_key() != crypto.new_app_key()


@given(plain=st.binary(max_size=200), sek=st.binary(min_size=32, max_size=32))
def test_decrypt_undoes_encrypt(plain, sek):
    sealed = crypto.encrypt(plain, sek)
    assert crypto.decrypt(sealed, sek) == plain
    assert len(base64.b64decode(sealed)) == (len(plain) // 16 + 1) * 16


@pytest.mark.parametrize(
    "sealed",
    ["", "no base64!", "ünïcode", "AAAA", base64.b64encode(b"x" * 16).decode()],
)
def test_data_not_encrypted_with_the_key_is_refused(sealed):
    with pytest.raises(ValueError, match="."):
        crypto.decrypt(sealed, APP_KEY)


def test_a_session_key_of_another_length_is_refused():
    sealed = crypto.encrypt(b"short", APP_KEY)
    with pytest.raises(ValueError, match="5 bytes instead of 32"):
        crypto.open_sek(sealed, APP_KEY)


def test_json_is_compact_and_preserves_numbers_and_letters():
    assert crypto.compact_json({"a": [1.5, "₹"]}) == '{"a":[1.5,"₹"]}'.encode()
    with pytest.raises(ValueError, match="JSON"):
        crypto.compact_json({"a": float("nan")})
