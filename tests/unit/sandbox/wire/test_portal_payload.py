"""How the portal opens the payload of a call."""

import json
from datetime import datetime, timezone
from itertools import count

import pytest
from sandbox.wire.call import ServiceCall
from sandbox.wire.crypto import DecryptionError, decrypt, encrypt
from sandbox.wire.errors import Refusal

KEY = bytes(range(32))
PLAIN = b'{"Version": "1.1", "DocDtls": {"No": "INV/1"}}'


def call(data):
    return ServiceCall(
        datetime.now(timezone.utc), body=json.dumps({"Data": data}).encode()
    )


def other_key_that_seems_to_fit(data):
    """Return a wrong key whose decryption looks padded, as every 256th does."""
    for number in count():
        key = number.to_bytes(32, "big")
        try:
            decrypt(data, key)
        except DecryptionError:
            continue
        return key


def test_payload_is_opened():
    assert call(encrypt(PLAIN, KEY)).plain(KEY) == PLAIN


def test_stale_session_key_is_named_even_if_the_padding_fits():
    data = encrypt(PLAIN, KEY)
    with pytest.raises(Refusal) as caught:
        call(data).plain(other_key_that_seems_to_fit(data))
    assert [error.code for error in caught.value.errors] == ["1020"]
