import base64
import hashlib
import time
from datetime import datetime, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from irp.protocol.crypto.cipher import load_auth_key
from irp.protocol.signature import load_signing_key

SPKI = PublicFormat.SubjectPublicKeyInfo


def pem_of(label, der, width=64):
    text = base64.b64encode(der).decode()
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    return (
        f"-----BEGIN {label}-----\n" + "\n".join(lines) + f"\n-----END {label}-----\n"
    )


def shapes(label, der):
    """Return every format in which a key or certificate is handed out."""
    pem = pem_of(label, der)
    bare = base64.b64encode(der).decode()
    return {
        "der": der,
        "pem": pem,
        "pem bytes": pem.encode(),
        "pem with CRLF": pem.replace("\n", "\r\n"),
        "pem on one line": pem.replace("\n", " "),
        "pem after a text": "subject=CN = portal\n\n" + pem,
        "pem with a byte order mark": b"\xef\xbb\xbf" + pem.encode(),
        "pem in UTF-16": pem.encode("utf-16"),
        "base64": bare,
        "base64 with breaks and blanks": f"  {bare[:50]}\r\n {bare[50:]}\n",
        "base64 of the pem": base64.b64encode(pem.encode()),
    }


SHAPES = list(shapes("X", b"0"))


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_a_public_key(shape, portal_key):
    key = portal_key.public_key()
    der = key.public_bytes(Encoding.DER, SPKI)
    material = shapes("PUBLIC KEY", der)[shape]
    assert load_auth_key(material).public_numbers() == key.public_numbers()


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_a_certificate(shape, certificate, signing_key):
    key = load_signing_key(shapes("CERTIFICATE", certificate)[shape])
    assert key.kid == hashlib.sha1(certificate).hexdigest().upper()
    assert key.fingerprint_sha256 == hashlib.sha256(certificate).hexdigest().upper()
    assert key.not_before == datetime(2025, 1, 1, tzinfo=timezone.utc)
    assert key.not_after == datetime(2026, 2, 5, tzinfo=timezone.utc)
    assert key.subject == key.issuer == "CN=Test portal\\, signing"
    public = signing_key.public_key().public_numbers()
    assert key.public_key.public_numbers() == public


def test_a_bare_signing_key_has_the_name_it_is_given(portal_key):
    der = portal_key.public_key().public_bytes(Encoding.DER, SPKI)
    nameless, named = load_signing_key(der), load_signing_key(der, "abc1")
    assert (nameless.kid, named.kid) == ("", "ABC1")
    assert nameless.not_before is nameless.not_after is None
    assert nameless.fingerprint_sha256 == hashlib.sha256(der).hexdigest().upper()


def test_the_older_pkcs1_form_is_read(portal_key):
    key = portal_key.public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
    assert load_auth_key(pem).public_numbers() == key.public_numbers()


def test_a_given_kid_overrides_the_thumbprint(certificate):
    assert load_signing_key(certificate, "own-name").kid == "OWN-NAME"


def private(key, protection, encoding=Encoding.DER):
    return key.private_bytes(encoding, PrivateFormat.PKCS8, protection)


def test_private_keys_are_refused_with_a_warning(portal_key):
    secret = BestAvailableEncryption(b"pass")
    materials = [
        private(portal_key, NoEncryption()),
        private(portal_key, NoEncryption(), Encoding.PEM),
        base64.b64encode(private(portal_key, NoEncryption())),
        private(portal_key, secret),
    ]
    for material in materials:
        with pytest.raises(ValueError, match="this is a private key"):
            load_auth_key(material)


@pytest.mark.parametrize(
    ("material", "words"),
    [
        ("", "empty"),
        (b" \n", "empty"),
        ("hello, world", "neither PEM, DER nor base64"),
        (b"\x30\x03\xff\xff\xff", "not a public key or certificate"),
        ("aGVsbG8=", "not a public key or certificate"),
        ("0000", "not a public key or certificate"),
        ("-----BEGIN CERTIFICATE-----\nMIIB", "END line is missing"),
        (pem_of("CERTIFICATE", b"junk"), "not a public key or certificate"),
        (b"x" * 70000, "too large"),
    ],
)
def test_other_material_is_refused_in_plain_words(material, words):
    with pytest.raises(ValueError, match=words):
        load_auth_key(material)


def test_keys_of_another_kind_or_too_short_are_refused():
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    with pytest.raises(ValueError, match="not an RSA key"):
        load_auth_key(curve.public_bytes(Encoding.PEM, SPKI))
    short = rsa.generate_private_key(65537, 1024).public_key()
    with pytest.raises(ValueError, match="only 1024 bits"):
        load_auth_key(short.public_bytes(Encoding.PEM, SPKI))


def test_a_certificate_of_an_unknown_version_is_refused_in_plain_words(certificate):
    # [0] EXPLICIT INTEGER 2 is version 3
    odd = certificate.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1)
    assert odd != certificate
    with pytest.raises(ValueError, match="not a public key or certificate"):
        load_signing_key(odd)


@pytest.mark.parametrize(
    "turn", [b"-----BEGIN X-----", b"-----BEGIN ", b"-----BEGIN A B"]
)
def test_many_beginnings_of_pem_are_one_damaged_file(turn):
    started = time.thread_time()
    with pytest.raises(ValueError, match="PEM"):
        load_signing_key(turn * (60_000 // len(turn)))
    assert time.thread_time() - started < 1


def test_half_a_character_in_a_pasted_key_is_no_key():
    with pytest.raises(ValueError, match="neither PEM"):
        load_signing_key("\ud800 key")
