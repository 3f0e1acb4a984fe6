"""Read public keys and certificates in the formats in which portals publish them."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import NoReturn

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

MAX_MATERIAL_BYTES = 64 * 1024
MIN_RSA_BITS = 2048

PRIVATE_KEY = (
    "this is a private key; give the portal's public key or certificate,"
    " and show private keys to nobody"
)
"""The reason for which a private key is refused."""

_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,64})-----")
# PKCS #12 (RFC 7292 §4): a sequence of version 3 and another sequence
_PKCS12 = re.compile(rb"(?s)\x30(?:[\x00-\x80]|[\x81-\x84].{1,4})\x02\x01\x03\x30")
_NEITHER = "this is neither PEM, DER nor base64 text of a key or certificate"
_DAMAGED = "this is not a public key or certificate, or it is damaged"


@dataclass(frozen=True)
class KeyMaterial:
    """An RSA public key, and the certificate around it (None for a bare key)."""

    public_key: RSAPublicKey
    certificate: x509.Certificate | None

    @property
    def der(self) -> bytes:
        """Return the certificate in DER, or the bare key (SubjectPublicKeyInfo)."""
        if self.certificate is not None:
            return self.certificate.public_bytes(Encoding.DER)
        return self.public_key.public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )


def load_key_material(material: bytes | str) -> KeyMaterial:
    """Read an RSA public key or certificate.

    Accepted: PEM (also squeezed onto one line), DER, and the bare base64 of either,
    with any line breaks and spaces. Raises ValueError that says in plain words what
    is wrong with the material.
    """
    return read_der(to_der(to_bytes(material)))


def read_der(der: bytes) -> KeyMaterial:
    """Return the RSA public key or certificate in ``der``.

    Raises ValueError, as :func:`load_key_material`.
    """
    certificate = _certificate(der)
    public_key = _key_of(certificate) if certificate else _public_key(der)
    match public_key:
        case RSAPublicKey(key_size=bits) if bits >= MIN_RSA_BITS:
            return KeyMaterial(public_key, certificate)
        case RSAPublicKey(key_size=bits):
            raise ValueError(
                f"the RSA key has only {bits} bits;"
                f" the portal's keys have at least {MIN_RSA_BITS}"
            )
    raise ValueError("the key is not an RSA key; the portal's keys are RSA keys")


def to_bytes(material: bytes | str) -> bytes:
    """Return the content of a file without its byte order mark, a text as UTF-8.

    Raises ValueError if it is empty, or too large for a key.
    """
    if isinstance(material, str):
        material = material.encode(errors="replace")
    data = bytes(material)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        # Called "Unicode" by Windows' Notepad.
        data = data.decode("utf-16", "replace").encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise ValueError("the file is empty")
    if len(data) > MAX_MATERIAL_BYTES:
        raise ValueError("the file is too large to be a key or a certificate")
    return data


def to_der(data: bytes) -> bytes:
    """Return the DER in PEM text (its first block), in base64 text, or as it is.

    Raises ValueError if ``data`` is none of them, or if PEM text has a private key
    anywhere.
    """
    text = data.strip()
    begin = _BEGIN.search(text)
    if begin:
        if any(b"PRIVATE" in label for label in _BEGIN.findall(text)):
            _refuse_private_key()
        return decode_base64(_pem_body(text, begin))
    if b"-----BEGIN" in text:
        raise ValueError("the first line of the PEM text is damaged")
    if text[:1] == b"\x30" and not _is_base64(text):
        return data
    der = decode_base64(text)
    # Some portals show the base64 of the whole PEM file.
    return to_der(der) if der.startswith(b"-----BEGIN") else der


def _pem_body(text: bytes, begin: re.Match[bytes]) -> bytes:
    body, end, _rest = text[begin.end() :].partition(b"-----END " + begin[1] + b"-----")
    if not end:
        raise ValueError("the PEM text is incomplete: its END line is missing")
    return body


def decode_base64(text: bytes) -> bytes:
    """Return what base64 ``text`` stands for; ValueError if it is none."""
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        raise ValueError(_NEITHER) from None


def _is_base64(text: bytes) -> bool:
    """Return whether text that begins with "0", as DER does too, is base64."""
    return re.fullmatch(rb"[A-Za-z0-9+/=\s]+", text) is not None


def _certificate(der: bytes) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(der)
    except (ValueError, x509.InvalidVersion):
        return None


def _key_of(certificate: x509.Certificate) -> object:
    try:
        # read only when it is asked for: names and dates may be damaged as well
        certificate.subject.rfc4514_string()
        certificate.issuer.rfc4514_string()
        _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        return certificate.public_key()
    # the second: a part of a name has a type that its meaning does not allow
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(_DAMAGED) from error


def _public_key(der: bytes) -> object:
    try:
        return load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm) as error:
        if _is_private_key(der):
            _refuse_private_key()
        raise ValueError(_DAMAGED) from error


def _is_private_key(der: bytes) -> bool:
    if _PKCS12.match(der):
        return True
    try:
        load_der_private_key(der, password=None)
    except (ValueError, UnsupportedAlgorithm):
        return False
    except TypeError:
        # Raised for a private key under a password.
        return True
    return True


def _refuse_private_key() -> NoReturn:
    raise ValueError(PRIVATE_KEY)
