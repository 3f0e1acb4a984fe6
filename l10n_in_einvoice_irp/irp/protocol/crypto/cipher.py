"""The portal's encryption (NIC "Authentication" v1.04, and every later payload).

RSA PKCS#1 v1.5 carries the credentials and a fresh 32-byte AppKey; AES-256-ECB with
PKCS#7 under the AppKey carries the session key (SEK) back; AES-256-ECB with PKCS#7
under the SEK carries every payload. The portal prescribes these modes; integrity comes
from TLS and from the portal's signature on what matters (``signature``).
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from .keys import load_key_material

KEY_BYTES = 32
_PKCS1_OVERHEAD = 11
# 32 bytes in base64
_BASE64_KEY = 44


def load_auth_key(material: bytes | str) -> RSAPublicKey:
    """Read the portal's authentication key, which seals the credentials.

    Accepts what :func:`.keys.load_key_material` accepts: PEM, DER or bare base64 of a
    public key or certificate. Raises ValueError in plain words.
    """
    return load_key_material(material).public_key


def new_app_key() -> bytes:
    """Return 32 fresh random bytes: the AppKey of one authentication."""
    return secrets.token_bytes(KEY_BYTES)


def seal_ewb_credentials(
    user_name: str, password: str, app_key: bytes, auth_key: RSAPublicKey
) -> str:
    """Return the ``Data`` of a log-in to the e-way bill system.

    NIC E-way bill API v1.03, "Authentication" (action ACCESSTOKEN): other members,
    otherwise as at the e-invoice portal (:mod:`.sealing`).
    """
    credentials = {
        "action": "ACCESSTOKEN",
        "username": user_name,
        "password": password,
        "app_key": base64.b64encode(app_key).decode(),
    }
    return seal_json(credentials, auth_key)


def seal_json(
    members: Mapping[str, object], auth_key: RSAPublicKey, *, inner_base64: bool = True
) -> str:
    """Return base64(RSA PKCS#1 v1.5(JSON of ``members``, or its base64)).

    Raises ValueError if it is too long for one block of ``auth_key``: what fits follows
    from the key, 183 bytes of JSON in base64 for 2048 bits, 468 for 5096.
    """
    plain = compact_json(members)
    room = _block(auth_key)
    if inner_base64:
        # Four base64 characters for three bytes must fit into what the padding leaves.
        room = room // 4 * 3
    _refuse_excess(len(plain) - room, "user name and password are together")
    return _rsa(base64.b64encode(plain) if inner_base64 else plain, auth_key)


def seal_text(text: str, auth_key: RSAPublicKey) -> str:
    """Return base64(RSA PKCS#1 v1.5(``text``)); ValueError if it is too long."""
    plain = text.encode()
    _refuse_excess(len(plain) - _block(auth_key), "the password is")
    return _rsa(plain, auth_key)


def _block(auth_key: RSAPublicKey) -> int:
    """Return how many bytes one block seals (the modulus fills its last byte)."""
    return (auth_key.key_size + 7) // 8 - _PKCS1_OVERHEAD


def _refuse_excess(excess: int, what: str) -> None:
    if excess > 0:
        raise ValueError(
            f"{what} {excess} bytes too long for the portal's authentication key"
        )


def _rsa(plain: bytes, auth_key: RSAPublicKey) -> str:
    return base64.b64encode(auth_key.encrypt(plain, PKCS1v15())).decode()


def open_sek(sek: str, app_key: bytes) -> bytes:
    """Return the 32-byte session key out of the base64 ``Sek`` of an authentication.

    Some portals encrypt the base64 of it. Raises ValueError if it was not encrypted
    with ``app_key`` or has another length.
    """
    key = decrypt(sek, app_key)
    if len(key) == _BASE64_KEY:
        key = base64.b64decode(key, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError(f"the session key has {len(key)} bytes instead of {KEY_BYTES}")
    return key


def encrypt(plain: bytes, sek: bytes) -> str:
    """Return base64(AES-256-ECB-PKCS#7(``plain``)) under the 32-byte ``sek``."""
    padder = PKCS7(128).padder()
    padded = padder.update(plain) + padder.finalize()
    encryptor = _cipher(sek).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def decrypt(data: str, sek: bytes) -> bytes:
    """Undo :func:`encrypt`.

    Raises ValueError if ``data`` is not base64, not whole blocks, or was encrypted
    with another key (in all but one of 256 cases the padding shows that).
    """
    try:
        sealed = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the encrypted data are not base64") from None
    decryptor = _cipher(sek).decryptor()
    unpadder = PKCS7(128).unpadder()
    padded = decryptor.update(sealed) + decryptor.finalize()
    return unpadder.update(padded) + unpadder.finalize()


def compact_json(value: object) -> bytes:
    """Return ``value`` as UTF-8 JSON without blanks; ValueError for NaN or infinity."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def _cipher(key: bytes) -> Cipher[modes.ECB]:
    # ECB is what the portal prescribes for this protocol.
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305
