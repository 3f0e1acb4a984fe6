"""The portal's side of the cryptography (NIC authentication v1.04)."""

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

KEY_BYTES = 32
_BLOCK_BITS = 128


class DecryptionError(ValueError):
    """The data cannot be decrypted with the expected key."""


def from_base64(text: object) -> bytes:
    """Decode strict base64.

    :raises DecryptionError: not a string, or not base64
    """
    if not isinstance(text, str):
        raise DecryptionError("not a string")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as err:
        raise DecryptionError("not base64") from err


def from_base64url(text: str) -> bytes:
    """Decode base64url without padding, as a JWS writes it."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def to_base64(raw: bytes) -> str:
    """Encode as base64 text."""
    return base64.b64encode(raw).decode("ascii")


def unwrap_rsa(key: RSAPrivateKey, data: object) -> bytes:
    """Decrypt base64 ``data`` with RSA and PKCS#1 v1.5 padding.

    With a wrong key OpenSSL 3.2 and later may return random bytes instead of failing,
    so the caller must check the content too.

    :raises DecryptionError: not base64, not one RSA block, or not for this key
    """
    try:
        return key.decrypt(from_base64(data), PKCS1v15())
    except ValueError as err:
        raise DecryptionError("not encrypted for this key") from err


def encrypt(plain: bytes, key: bytes) -> str:
    """Return ``plain`` encrypted with AES-256-ECB and PKCS#7 padding, as base64."""
    padder = PKCS7(_BLOCK_BITS).padder()
    padded = padder.update(plain) + padder.finalize()
    encryptor = _aes(key).encryptor()
    return to_base64(encryptor.update(padded) + encryptor.finalize())


def decrypt(data: object, key: bytes) -> bytes:
    """Decrypt base64 ``data`` with AES-256-ECB and PKCS#7 padding.

    :raises DecryptionError: not base64, not whole blocks, or another key
    """
    raw = from_base64(data)
    try:
        decryptor = _aes(key).decryptor()
        padded = decryptor.update(raw) + decryptor.finalize()
        unpadder = PKCS7(_BLOCK_BITS).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as err:
        raise DecryptionError("not encrypted with this key") from err


def _aes(key: bytes) -> "Cipher[modes.ECB]":
    # the portal's protocol prescribes ECB
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305
