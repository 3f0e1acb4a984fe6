"""Read the public keys and certificates in files of people and portals.

A file is a zip, PEM text with one or several keys, DER, base64 text or PKCS #7 (.p7b).
None of it is trusted: how much is unpacked is bounded, and whatever is wrong becomes a
fault that names the file, or the file in the zip.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from ..incoming import as_text
from .keys import (
    MAX_MATERIAL_BYTES,
    PRIVATE_KEY,
    KeyMaterial,
    decode_base64,
    read_der,
    to_bytes,
    to_der,
)

MAX_UPLOAD_BYTES = 1024 * 1024
"""Bound of one file, a zip included."""
MAX_MEMBERS = 100
"""Bound of the files in one zip."""
MAX_FOUND = 100
"""Bound of the keys and faults of one upload, and of the keys in one text."""
MAX_RATIO = 100
"""How many times its packed size a file of a zip may have."""
_MAX_NAME = 150

_ISSUER = (
    "this is the certificate of the authority that issued another one of these; it"
    " signs certificates, not e-Invoices"
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_BEGIN = b"-----BEGIN"
# the object identifier of signed data (RFC 2315 §14), which begins a PKCS #7 file
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_ENCRYPTED = 0x01
_UTF8 = 0x800
_UNREADABLE = (
    BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class FoundKey:
    """A key or certificate, and the file that it was found in.

    ``der`` is the certificate, or the SubjectPublicKeyInfo of a bare key.
    """

    name: str
    material: KeyMaterial = field(repr=False)

    @property
    def der(self) -> bytes:
        """Return the certificate or key in DER."""
        return self.material.der


@dataclass(frozen=True)
class FaultyFile:
    """A file, or a file in a zip, that holds no usable key, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class KeyUpload:
    """The keys of an upload, each once, and what else was in it."""

    keys: tuple[FoundKey, ...]
    faults: tuple[FaultyFile, ...]


def read_key_files(files: Iterable[tuple[str, bytes]]) -> KeyUpload:
    """Return the RSA public keys and certificates in ``files``, pairs of name, content.

    A key that is there twice is returned once, a bare key not beside its certificate.
    The certificate of an authority that has issued another one of them is a fault: it
    signs certificates, not answers.
    """
    every = chain.from_iterable(_read(_shown(name), raw) for name, raw in files)
    found = list(islice(every, MAX_FOUND))
    keys = _each_once([one for one in found if isinstance(one, FoundKey)])
    faults = [one for one in found if isinstance(one, FaultyFile)]
    issuers = [one for one in keys if _has_issued(one, keys)]
    faults += [FaultyFile(one.name, _ISSUER) for one in issuers]
    if left := next(every, None):
        reason = f"only the first {MAX_FOUND} keys are read; upload fewer files at once"
        faults.append(FaultyFile(left.name, reason))
    return KeyUpload(tuple(one for one in keys if one not in issuers), tuple(faults))


def read_single_key(name: str, content: bytes) -> FoundKey:
    """Return the one key in a file.

    Raises ValueError, in words for the person who uploads it, if it holds none or
    several; also if a private key is in it, whatever is beside.
    """
    upload = read_key_files([(name, content)])
    if any(fault.reason == PRIVATE_KEY for fault in upload.faults):
        raise ValueError(PRIVATE_KEY)
    if len(upload.keys) > 1:
        names = ", ".join(one.name for one in upload.keys[:5])
        raise ValueError(
            f"it holds {len(upload.keys)} keys ({names}); unpack it and upload the one"
            " that is meant here"
        )
    if not upload.keys:
        faults = [f"{fault.name}: {fault.reason}" for fault in upload.faults[:5]]
        raise ValueError("; ".join(faults) or "the file is empty")
    return upload.keys[0]


def is_zip(content: bytes) -> bool:
    """Return whether ``content`` begins as a zip does."""
    return content.startswith(_ZIP)


# -- one file -------------------------------------------------------------------------


def _read(name: str, content: bytes) -> Iterator[FoundKey | FaultyFile]:
    if len(content) > MAX_UPLOAD_BYTES:
        yield FaultyFile(name, "the file is too large to hold keys")
    elif is_zip(content):
        yield from _read_zip(name, content)
    else:
        yield from _read_plain(name, content)


def _read_plain(name: str, content: bytes) -> Iterator[FoundKey | FaultyFile]:
    try:
        blocks = _blocks(content)
    except ValueError as error:
        yield FaultyFile(name, str(error))
        return
    for number, block in enumerate(blocks, 1):
        place = f"{name} ({number})" if len(blocks) > 1 else name
        try:
            for material in _materials(to_der(block)):
                yield FoundKey(place, material)
        except ValueError as error:
            yield FaultyFile(place, str(error))


def _blocks(content: bytes) -> list[bytes]:
    """Return the blocks of PEM text, or the whole ``content`` if it is none."""
    data = to_bytes(content)
    _before, *blocks = _pem_text(data).split(_BEGIN)
    if len(blocks) > MAX_FOUND:
        raise ValueError(f"the text holds more than {MAX_FOUND} keys")
    return [_BEGIN + block for block in blocks] or [data]


def _pem_text(data: bytes) -> bytes:
    """Return the PEM text in ``data``, in base64 or not; b"" if there is none."""
    if _BEGIN in data:
        return data
    try:
        # some portals show the base64 of the whole PEM file
        text = decode_base64(data)
    except ValueError:
        return b""
    return text if _BEGIN in text else b""


def _materials(der: bytes) -> Iterator[KeyMaterial]:
    if _SIGNED_DATA not in der[:24]:
        yield read_der(der)
        return
    for certificate in _certificates(der):
        yield read_der(certificate)


def _certificates(der: bytes) -> list[bytes]:
    """Return the certificates of a PKCS #7 file (RFC 2315)."""
    try:
        found = pkcs7.load_der_pkcs7_certificates(der)
        return [one.public_bytes(Encoding.DER) for one in found]
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        raise ValueError(
            "this PKCS #7 file is damaged, or holds no certificate"
        ) from None


# -- a zip ----------------------------------------------------------------------------


def _read_zip(name: str, content: bytes) -> Iterator[FoundKey | FaultyFile]:
    try:
        archive = ZipFile(io.BytesIO(content))
        members = [one for one in archive.infolist() if _is_upload(one)]
    except _UNREADABLE:
        yield FaultyFile(name, "the zip file is damaged")
        return
    if not members:
        yield FaultyFile(name, "the zip file is empty")
    for member in members[:MAX_MEMBERS]:
        yield from _read_member(archive, member, f"{name}/{_member_name(member)}")
    if len(members) > MAX_MEMBERS:
        reason = f"the zip file holds {len(members)} files; {MAX_MEMBERS} are read"
        yield FaultyFile(name, reason)


def _read_member(
    archive: ZipFile, member: ZipInfo, place: str
) -> Iterator[FoundKey | FaultyFile]:
    reason = _refusal(member)
    if reason:
        yield FaultyFile(place, reason)
        return
    try:
        with archive.open(member) as opened:
            content = opened.read(MAX_MATERIAL_BYTES + 1)
    except _UNREADABLE:
        yield FaultyFile(place, "this file of the zip is damaged")
        return
    if is_zip(content):
        yield FaultyFile(place, "a zip in a zip is not opened; unpack it and upload it")
    else:
        yield from _read_plain(place, content)


def _refusal(member: ZipInfo) -> str:
    """Return why a file of a zip is not unpacked; "" if it is."""
    if member.flag_bits & _ENCRYPTED:
        return "the zip is under a password; unpack it and upload the key file"
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "it is packed in an unusual way; unpack it and upload the key file"
    is_bomb = member.file_size > MAX_RATIO * max(member.compress_size, 1)
    if is_bomb or member.file_size > MAX_MATERIAL_BYTES:
        return "it is too large to be a key or a certificate"
    return ""


def _is_upload(member: ZipInfo) -> bool:
    """Return whether a member is a file, and not one that macOS or Windows adds."""
    *folders, file = member.filename.split("/")
    hidden = file.startswith(".") or file.lower() in ("thumbs.db", "desktop.ini")
    return bool(file) and not hidden and "__MACOSX" not in folders


def _member_name(member: ZipInfo) -> str:
    """Return the name of a member; older programs write UTF-8 without saying so."""
    name = member.filename
    if not member.flag_bits & _UTF8:
        with suppress(ValueError):
            name = name.encode("cp437").decode()
    return _shown(name)


def _shown(name: str) -> str:
    return as_text(name, _MAX_NAME) or "?"


# -- several keys ---------------------------------------------------------------------


def _each_once(keys: list[FoundKey]) -> list[FoundKey]:
    certified = {
        one.material.public_key.public_numbers()
        for one in keys
        if one.material.certificate
    }
    once: dict[bytes, FoundKey] = {}
    for one in keys:
        is_bare = not one.material.certificate
        if is_bare and one.material.public_key.public_numbers() in certified:
            continue
        once.setdefault(one.der, one)
    return list(once.values())


def _has_issued(key: FoundKey, keys: list[FoundKey]) -> bool:
    """Return whether an authority's certificate has issued another one of ``keys``."""
    authority = key.material.certificate
    if authority is None or not _is_authority(authority):
        return False
    return any(
        one is not key
        and one.material.certificate
        and one.material.certificate.issuer == authority.subject
        and one.material.certificate.subject != authority.subject
        for one in keys
    )


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        found = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension):
        return False
    return found.value.ca
