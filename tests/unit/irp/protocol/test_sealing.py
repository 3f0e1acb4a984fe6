"""The ways to seal a log-in that portals are known to want."""

import base64
import json
import string

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from irp.protocol.crypto.cipher import open_sek
from irp.protocol.crypto.sealing import APP_KEYS, LOG_IN_SEALINGS, LogIn

LOG_IN = LogIn("user", "Secret@1", "A" * 44, False)
MEMBERS = {
    "UserName": "user",
    "Password": "Secret@1",
    "AppKey": "A" * 44,
    "ForceRefreshAccessToken": False,
}
# JSON around the password, with the user "u" and an AppKey of 44 characters.
AROUND = len(json.dumps({**MEMBERS, "UserName": "u", "Password": ""}, separators=",:"))
LETTERS = set((string.ascii_letters + string.digits).encode())


@pytest.fixture
def opened(portal_key):
    """Return a function that opens what was sealed for the portal."""
    return lambda text: portal_key.decrypt(base64.b64decode(text), padding.PKCS1v15())


def test_nic_v104_seals_base64_of_the_json(portal_key, opened):
    sealed = LOG_IN_SEALINGS["nic_v104"](LOG_IN, portal_key.public_key())
    assert json.loads(base64.b64decode(opened(sealed), validate=True)) == MEMBERS


def test_nic_v104_plain_seals_the_json(portal_key, opened):
    sealed = LOG_IN_SEALINGS["nic_v104_plain"](LOG_IN, portal_key.public_key())
    assert json.loads(opened(sealed)) == MEMBERS


def test_v103_parts_seals_password_and_app_key_apart(portal_key, opened):
    sealed = LOG_IN_SEALINGS["v103_parts"](LOG_IN, portal_key.public_key())
    assert (sealed["UserName"], sealed["ForceRefreshAccessToken"]) == ("user", False)
    assert opened(sealed["Password"]) == b"Secret@1"
    assert opened(sealed["AppKey"]) == b"A" * 44


@pytest.mark.parametrize(
    ("sealing", "bits", "room"),
    [
        ("nic_v104", 2048, 183),
        # IRIS's sandbox key of 2026: a modulus of 637 bytes.
        ("nic_v104", 5096, 468),
        ("nic_v104_plain", 2048, 245),
        ("nic_v104_plain", 5096, 626),
    ],
)
def test_room_for_a_log_in_follows_from_the_key(sealing, bits, room):
    # Sealing needs no factors: any odd modulus of that length will do.
    key = rsa.RSAPublicNumbers(65537, (1 << bits) - 159).public_key()
    assert key.key_size == bits

    def seal(length):
        return LOG_IN_SEALINGS[sealing](LogIn("u", "x" * length, "A" * 44, False), key)

    assert len(base64.b64decode(seal(room - AROUND))) == (bits + 7) // 8
    with pytest.raises(ValueError, match="together 1 bytes too long"):
        seal(room - AROUND + 1)


def test_a_password_that_is_too_long_for_its_own_block(portal_key):
    log_in = LogIn("u", "x" * 246, "A" * 32, False)
    with pytest.raises(ValueError, match="the password is 1 bytes too long"):
        LOG_IN_SEALINGS["v103_parts"](log_in, portal_key.public_key())


@pytest.mark.parametrize("name", sorted(APP_KEYS))
def test_every_app_key_has_32_bytes_and_is_new(name):
    first, second = APP_KEYS[name](), APP_KEYS[name]()
    assert len(first.raw) == len(second.raw) == 32
    assert first.raw != second.raw
    assert first.text not in repr(first)


def test_app_keys_as_they_are_written():
    random = APP_KEYS["bytes32_base64"]()
    letters, plain = APP_KEYS["chars32_base64"](), APP_KEYS["chars32"]()
    assert base64.b64decode(random.text) == random.raw
    assert base64.b64decode(letters.text) == letters.raw
    assert plain.text.encode() == plain.raw
    assert set(letters.raw) | set(plain.raw) <= LETTERS


def test_session_key_may_be_base64_inside(make):
    key, sek = b"k" * 32, bytes(range(32))
    assert open_sek(make.seal(sek, key), key) == sek
    assert open_sek(make.seal(base64.b64encode(sek), key), key) == sek
    # 44 bytes that are no base64 of 32 bytes are no session key.
    for wrong in (b"\xff" * 44, b"A" * 44, b"x" * 31, b"x" * 16):
        with pytest.raises(ValueError, match=r"session key|base64|pad|decode|[Nn]on"):
            open_sek(make.seal(wrong, key), key)
