"""The portal's signed tokens, SignedInvoice and SignedQRCode: compact JWS, RS256.

RFC 7515 §5.2, narrowed to what the portals use: three canonical base64url parts, the
algorithm pinned to RS256 whatever the header says, no critical extensions, the key
chosen by ``kid`` among those that are configured.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, Hash
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..reference.dates import read_portal_datetime
from .crypto.keys import load_key_material
from .errors import IrpSignatureError, IrpUnknownKey
from .incoming import as_code, as_text, read_json

Kind = Literal["generated", "looked_up", "file"]
"""How a token came: as the answer to a Generate, to a look-up, or in a file."""
ALGORITHM = "RS256"
MAX_TOKEN_CHARACTERS = 8 * 1024 * 1024
"""Bound of a token: the portal takes 2 MB of invoice, base64 and quoting grow it."""
_MAX_KID = 200


@dataclass(frozen=True)
class SigningKey:
    """A key with which a portal signs.

    ``kid`` is the certificate's SHA-1 thumbprint in upper-case hexadecimal ("" for a
    bare key of unknown name); ``not_before`` and ``not_after`` are aware (None for a
    bare key); ``subject`` and ``issuer`` are RFC 4514 names (""); the fingerprint is
    upper-case hexadecimal, over the certificate, or over a bare key's SPKI.
    ``proves_kid``: the kid is the certificate's own thumbprint, not a name that
    somebody gave it.
    """

    kid: str
    public_key: RSAPublicKey = field(repr=False)
    not_before: datetime | None
    not_after: datetime | None
    subject: str
    issuer: str
    fingerprint_sha256: str
    proves_kid: bool = False

    def valid_at(self, moment: datetime) -> bool:
        """Return whether it is valid at ``moment``; a bare key always is."""
        early = self.not_before is not None and moment < self.not_before
        late = self.not_after is not None and moment > self.not_after
        return not early and not late


@dataclass(frozen=True)
class SignedToken:
    """A token taken apart: key id, ``iss``, the parsed inner ``data``, the header.

    ``retired``: it verifies under a key whose time was over when it was received.
    """

    kid: str
    issuer: str
    data: dict[str, Any]
    header: dict[str, Any]
    retired: bool = False

    @property
    def signed_at(self) -> datetime | None:
        """Return when it claims to be signed; None if it does not say (QR of 2020)."""
        moment = read_portal_datetime(self.data.get("AckDt"))
        return moment or read_portal_datetime(self.data.get("IrnDt"))


def load_signing_key(material: bytes | str, kid: str = "") -> SigningKey:
    """Read a signing key or certificate as the portal hands it out.

    Accepts what :func:`.keys.load_key_material` accepts. ``kid`` names a bare key; for
    a certificate it is computed, and ``kid`` only overrides it. Raises ValueError in
    plain words.
    """
    loaded = load_key_material(material)
    certificate = loaded.certificate
    if certificate is None:
        spki = loaded.public_key.public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        digest = Hash(SHA256())
        digest.update(spki)
        fingerprint = digest.finalize().hex().upper()
        return SigningKey(
            kid.upper(), loaded.public_key, None, None, "", "", fingerprint
        )
    # SHA-1 names the certificate here (RFC 7515 §4.1.7); it protects nothing.
    thumbprint = certificate.fingerprint(SHA1()).hex()  # noqa: S303
    return SigningKey(
        kid=(kid or thumbprint).upper(),
        public_key=loaded.public_key,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        fingerprint_sha256=certificate.fingerprint(SHA256()).hex().upper(),
        proves_kid=not kid or kid.upper() == thumbprint.upper(),
    )


def check_new_key(key: SigningKey, present: Iterable[SigningKey]) -> None:
    """Check that ``key`` may be added to the keys that are ``present`` already.

    Raises ValueError, in words for the person who adds it, if it takes the ``kid`` of
    another key: only a certificate proves its kid, by its thumbprint.
    """
    for other in present:
        same = other.fingerprint_sha256 == key.fingerprint_sha256
        if key.kid and not same and other.kid.upper() == key.kid.upper():
            raise ValueError(
                f"the key id {key.kid} belongs to another key already; a key or"
                " certificate cannot take its place under that name"
            )


class SigningKeys(Iterable[SigningKey]):
    """The signing keys of one environment."""

    def __init__(self, keys: Iterable[SigningKey] = ()) -> None:
        self._keys = tuple(keys)

    def __iter__(self) -> Iterator[SigningKey]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def verify(
        self,
        token: str,
        *,
        received_at: datetime | None = None,
        kind: Kind = "looked_up",
        signed_at: datetime | None = None,
    ) -> SignedToken:
        """Return the parsed ``token`` if one of the keys signed it.

        The answer to a Generate ("generated") was signed just now: its key has to be
        valid at ``received_at``, whatever date the token claims, for a key that has
        leaked can claim any. A look-up ("looked_up") or a file ("file") brings what was
        signed earlier: its key has to be valid at the time of signing (AckDt, IrnDt),
        and if it is so no longer at ``received_at``, the token is marked ``retired``.
        ``signed_at`` is the time of signing for a token which does not say.

        A key without ``kid`` is tried where no other has the token's kid.

        Raises IrpUnknownKey if no key can judge the token, IrpSignatureError if the
        token is malformed, is not RS256, does not verify, or was signed outside the
        certificate's validity; ValueError for "generated" without ``received_at``.
        """
        if kind == "generated" and received_at is None:
            raise ValueError("when the answer to a Generate came has to be given")
        parsed = peek(token)
        key = self._signer(token, parsed.kid)
        claimed = parsed.signed_at or signed_at or received_at
        moments = (claimed, received_at) if kind == "generated" else (claimed,)
        if not all(key.valid_at(moment) for moment in moments if moment):
            raise IrpSignatureError(
                f"signed when certificate {parsed.kid} was not valid", kid=parsed.kid
            )
        is_retired = received_at is not None and not key.valid_at(received_at)
        return replace(parsed, retired=is_retired)

    def _signer(self, token: str, kid: str) -> SigningKey:
        named = self._named(kid)
        for key in named or [key for key in self._keys if not key.kid]:
            if _is_signed_by(token, key.public_key):
                return key
        if named:
            raise IrpSignatureError(
                f"the signature does not verify under key {kid}", kid=kid
            )
        raise IrpUnknownKey(f"no signing key {kid or '(unnamed)'} is known", kid=kid)

    def _named(self, kid: str) -> list[SigningKey]:
        """Return the keys of the name ``kid``; those that prove it, if there are any.

        Raises IrpUnknownKey if several different keys claim it without proof: which of
        them is the portal's is not known.
        """
        named = [key for key in self._keys if kid and key.kid.upper() == kid.upper()]
        proven = [key for key in named if key.proves_kid]
        claimants = {key.public_key.public_numbers() for key in named}
        if not proven and len(claimants) > 1:
            raise IrpUnknownKey(f"several signing keys claim the name {kid}", kid=kid)
        return proven or named


def peek(token: str) -> SignedToken:
    """Parse ``token`` WITHOUT checking its signature: nothing in it may be trusted.

    For comparing the content while the signing key is missing. Raises
    IrpSignatureError if it has not the shape of a portal's RS256 token.
    """
    header_part, payload_part, signature_part = _split(token)
    header = _json_object(_decode(header_part))
    if header.get("alg") != ALGORITHM:
        raise IrpSignatureError(f"the token's algorithm is not {ALGORITHM}")
    if "crit" in header:
        raise IrpSignatureError("the token demands an extension that we do not know")
    _decode(signature_part)
    payload = _json_object(_decode(payload_part))
    data = payload.get("data")
    inner = data if isinstance(data, dict) else _json_object(_text_of(data))
    return SignedToken(_kid(header), as_code(payload.get("iss")), inner, header)


def _split(token: str) -> list[str]:
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise IrpSignatureError("the token is too large")
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        raise IrpSignatureError("the token does not consist of three parts")
    return parts


def _decode(part: str) -> bytes:
    """Decode base64url, refusing every spelling but the canonical one.

    Otherwise a token could be altered (in its unused last bits) and still verify.
    """
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise IrpSignatureError("a part of the token is not base64url") from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != part.encode():
        raise IrpSignatureError("a part of the token is not canonical base64url")
    return raw


def _json_object(raw: bytes | str) -> dict[str, Any]:
    try:
        parsed = read_json(raw)
    except ValueError:
        raise IrpSignatureError("a part of the token is not JSON") from None
    if not isinstance(parsed, dict):
        raise IrpSignatureError("a part of the token is not a JSON object")
    return parsed


def _text_of(data: object) -> str:
    if not isinstance(data, str):
        raise IrpSignatureError("the token's data are not JSON")
    return data


def _kid(header: dict[str, Any]) -> str:
    """Return the key id; without one, that of the ``x5t`` thumbprint (RFC 7515)."""
    kid, x5t = header.get("kid") or "", header.get("x5t") or ""
    if not isinstance(kid, str) or not isinstance(x5t, str):
        raise IrpSignatureError("the token's key id is not a text")
    return as_text(kid, _MAX_KID) or _decode(x5t[:_MAX_KID]).hex().upper()


def _is_signed_by(token: str, key: RSAPublicKey) -> bool:
    """Return whether ``key`` signed it: RSASSA-PKCS1-v1_5, SHA-256 (RFC 7518 §3.3)."""
    signed, _dot, signature = token.rpartition(".")
    try:
        key.verify(_decode(signature), signed.encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
