"""The portal's RSA keys, for credentials and for signatures.

They are generated once and stored, so that all processes and all starts with the same
store use the same keys.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from . import jsontext

# takes a name and a function that creates a missing value
GetOrCreate = Callable[[str, Callable[[], bytes]], bytes]

_RSA_BITS = 2048
_SUBJECT = "Local e-invoice sandbox, not NIC"
# long, because a test may set the portal's clock to any year
_NOT_BEFORE = datetime(2020, 1, 1, tzinfo=timezone.utc)
_NOT_AFTER = datetime(2049, 12, 31, tzinfo=timezone.utc)


@dataclass(frozen=True)
class PortalKeys:
    """The key that decrypts credentials, and the signing key with its certificate."""

    auth_key: RSAPrivateKey
    signing_key: RSAPrivateKey
    certificate: x509.Certificate

    @property
    def auth_public_pem(self) -> bytes:
        """Return the public key for credentials, PEM (SubjectPublicKeyInfo)."""
        return public_pem(self.auth_key)

    @property
    def certificate_pem(self) -> bytes:
        """Return the self-signed certificate of the signing key, PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def thumbprint(self) -> bytes:
        """Return the SHA-1 of the certificate, the source of ``kid`` and ``x5t``."""
        return self.certificate.fingerprint(hashes.SHA1())  # noqa: S303

    @property
    def kid(self) -> str:
        """Return the thumbprint in upper-case hex, as NIC names its keys."""
        return self.thumbprint.hex().upper()

    def sign(self, payload: Mapping[str, str], header_order: tuple[str, ...]) -> str:
        """Return ``payload`` as a compact JWS, RS256 (RFC 7515).

        :param header_order: the order of ``alg``, ``kid``, ``x5t``, ``typ``
        """
        values = {"alg": "RS256", "kid": self.kid, "typ": "JWT"}
        values["x5t"] = _base64url(self.thumbprint)
        header = {name: values[name] for name in header_order}
        signed = ".".join(
            _base64url(jsontext.dumps(part).encode()) for part in (header, payload)
        )
        raw = self.signing_key.sign(signed.encode(), PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_base64url(raw)}"


def portal_keys(
    get_or_create: GetOrCreate, name: str = "", auth_bits: int = _RSA_BITS
) -> PortalKeys:
    """Return the portal's keys, generated on first use.

    :param get_or_create: ``Store.get_or_create``
    :param name: separates the keys of several portals in one store
    :param auth_bits: length of a new key for credentials
    """
    end = f":{name}" if name else ""
    auth_key = _load(get_or_create(f"auth_key{end}", lambda: _new_key_pem(auth_bits)))
    signing_key = _load(get_or_create(f"signing_key{end}", _new_key_pem))
    certificate = get_or_create(
        f"signing_certificate{end}", lambda: _certificate_pem(signing_key)
    )
    return PortalKeys(
        auth_key, signing_key, x509.load_pem_x509_certificate(certificate)
    )


def ewb_auth_key(get_or_create: GetOrCreate) -> RSAPrivateKey:
    """Return the key that decrypts logins to the e-way bill system.

    Generated on first use.

    :param get_or_create: ``Store.get_or_create``
    """
    return _load(get_or_create("ewb_auth_key", _new_key_pem))


def public_pem(key: RSAPrivateKey) -> bytes:
    """Return the public half of a key, PEM (SubjectPublicKeyInfo)."""
    return key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )


# OpenSSL takes 60 ms to check a private key on every load
@lru_cache(maxsize=8)
def _load(pem: bytes) -> RSAPrivateKey:
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the stored key is not an RSA key")
    return key


def _new_key_pem(bits: int = _RSA_BITS) -> bytes:
    key = generate_private_key(public_exponent=65537, key_size=bits)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _certificate_pem(key: RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _SUBJECT)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOT_BEFORE)
        .not_valid_after(_NOT_AFTER)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
