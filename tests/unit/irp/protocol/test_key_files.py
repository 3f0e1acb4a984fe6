"""Keys in the files that people upload: zips, several in a text, and hostile ones."""

import base64
import io
import struct
import time
import zipfile
from datetime import datetime, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)
from irp.protocol.crypto import read_key_files, read_single_key
from irp.protocol.crypto.key_files import MAX_FOUND, MAX_MEMBERS, MAX_UPLOAD_BYTES

SPKI = PublicFormat.SubjectPublicKeyInfo


def zipped(members, **options):
    made = io.BytesIO()
    options.setdefault("compression", zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(made, "w", **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def pem(der, label="CERTIFICATE"):
    text = base64.encodebytes(der).decode()
    return f"-----BEGIN {label}-----\n{text}-----END {label}-----\n".encode()


@pytest.fixture(scope="session")
def bare(portal_key):
    """A bare public key (DER), of another key than the certificate's."""
    return portal_key.public_key().public_bytes(Encoding.DER, SPKI)


@pytest.fixture(scope="session")
def later(make_certificate):
    return make_certificate(2026)


def keys_of(*files):
    upload = read_key_files(files)
    return [one.der for one in upload.keys]


def fault_of(name, content):
    upload = read_key_files([(name, content)])
    assert not upload.keys
    (fault,) = upload.faults
    return fault


# -- every form -----------------------------------------------------------------------


def test_a_zip_with_folders_and_names_in_other_letters(certificate, bare):
    members = {
        "keys/": b"",
        "keys/production/einv1.cer": certificate,
        "keys/कुंजी.pem": pem(bare, "PUBLIC KEY"),
        "__MACOSX/keys/._einv1.cer": b"Mac",
        "keys/.DS_Store": b"Mac",
        "keys/Thumbs.db": b"Windows",
    }
    upload = read_key_files([("einv1.zip", zipped(members))])
    assert [one.der for one in upload.keys] == [certificate, bare]
    assert [one.name for one in upload.keys] == [
        "einv1.zip/keys/production/einv1.cer",
        "einv1.zip/keys/कुंजी.pem",
    ]
    assert upload.faults == ()


def test_a_name_in_utf8_that_the_zip_does_not_announce(certificate):
    name = "कुंजी.cer".encode()
    placeholder = "x" * len(name)
    content = zipped({placeholder: certificate}).replace(placeholder.encode(), name)
    (key,) = read_key_files([("a.zip", content)]).keys
    assert key.name == "a.zip/कुंजी.cer"


def test_a_text_with_several_certificates(certificate, later, bare):
    text = b"for NIC:\n" + pem(certificate) + b"and\n" + pem(later)
    text += pem(bare, "PUBLIC KEY")
    assert keys_of(("chain.pem", text)) == [certificate, later, bare]
    assert keys_of(("chain.txt", base64.b64encode(text))) == [certificate, later, bare]
    (_first, second, _third) = read_key_files([("chain.pem", text)]).keys
    assert second.name == "chain.pem (2)"


@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM])
def test_the_certificates_of_pkcs7(encoding, certificate, later):
    both = [x509.load_der_x509_certificate(one) for one in (certificate, later)]
    content = pkcs7.serialize_certificates(both, encoding)
    assert sorted(keys_of(("a.p7b", content))) == sorted([certificate, later])


def test_several_files_at_once_and_each_key_once(certificate, later, bare):
    files = [
        ("one.cer", certificate),
        ("two.zip", zipped({"one.pem": pem(certificate), "two.cer": later})),
        ("three.txt", base64.b64encode(bare)),
        ("four.pem", pem(bare, "PUBLIC KEY")),
    ]
    assert keys_of(*files) == [certificate, later, bare]


def test_a_bare_key_beside_its_certificate_is_the_same_key(certificate, signing_key):
    own = signing_key.public_key().public_bytes(Encoding.DER, SPKI)
    assert keys_of(("a.pem", own), ("b.cer", certificate)) == [certificate]


# -- what is no key -------------------------------------------------------------------


def test_each_fault_names_the_file_in_the_zip(certificate):
    members = {"read me.pdf": b"%PDF-1.7", "key.cer": certificate, "empty.pem": b""}
    upload = read_key_files([("a.zip", zipped(members))])
    assert [one.der for one in upload.keys] == [certificate]
    reasons = {fault.name: fault.reason for fault in upload.faults}
    assert "neither PEM" in reasons["a.zip/read me.pdf"]
    assert "empty" in reasons["a.zip/empty.pem"]


def private_files(key):
    der, pkcs8 = Encoding.DER, PrivateFormat.PKCS8
    under = BestAvailableEncryption(b"pass")
    yield key.private_bytes(der, pkcs8, NoEncryption())
    yield key.private_bytes(der, pkcs8, under)
    yield key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, under)
    yield pkcs12.serialize_key_and_certificates(b"me", key, None, None, NoEncryption())
    yield pkcs12.serialize_key_and_certificates(b"me", key, None, None, under)


def test_private_keys_are_refused_wherever_they_are(portal_key, certificate):
    for content in private_files(portal_key):
        for wrapped in (content, zipped({"mine.key": content})):
            assert "private key" in fault_of("mine", wrapped).reason
        both = zipped({"mine.key": content, "key.cer": certificate})
        with pytest.raises(ValueError, match="private key"):
            read_single_key("both.zip", both)
    text = pem(certificate) + portal_key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    upload = read_key_files([("both.pem", text)])
    assert [one.der for one in upload.keys] == [certificate]
    assert "private key" in upload.faults[0].reason


def test_keys_of_another_kind_or_too_short(certificate):
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    short = rsa.generate_private_key(65537, 1024).public_key()
    for key, words in ((curve, "not an RSA key"), (short, "only 1024 bits")):
        content = zipped({"in/key.pem": key.public_bytes(Encoding.PEM, SPKI)})
        fault = fault_of("a.zip", content)
        assert words in fault.reason
        assert fault.name == "a.zip/in/key.pem"


def test_the_authority_that_issued_a_key_is_no_signer(certificate, signing_key):
    root = rsa.generate_private_key(65537, 2048)
    names = [
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        for name in ("Authority", "Portal")
    ]

    def issue(subject, key, is_authority):
        constraints = x509.BasicConstraints(ca=is_authority, path_length=None)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(names[0])
            .public_key(key.public_key())
            .serial_number(7)
            .not_valid_before(datetime(2025, 1, 1, tzinfo=timezone.utc))
            .not_valid_after(datetime(2027, 1, 1, tzinfo=timezone.utc))
            .add_extension(constraints, critical=True)
            .sign(root, hashes.SHA256())
        )

    authority = issue(names[0], root, True)
    portal = issue(names[1], signing_key, False)
    content = pkcs7.serialize_certificates([authority, portal], Encoding.DER)
    upload = read_key_files([("chain.p7b", content)])
    assert [one.der for one in upload.keys] == [portal.public_bytes(Encoding.DER)]
    assert "authority" in upload.faults[0].reason
    # alone, it may be a portal's own
    assert keys_of(("root.cer", authority.public_bytes(Encoding.DER)))


# -- hostile zips ---------------------------------------------------------------------


def encrypted(content):
    """Set the flag of encryption in both headers of each member."""
    raw = bytearray(content)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = raw.find(mark)
        while start >= 0:
            raw[start + at] |= 1
            start = raw.find(mark, start + 4)
    return bytes(raw)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (encrypted, "under a password"),
        (lambda raw: raw[: len(raw) // 2], "damaged"),
        (lambda raw: raw[:4], "damaged"),
        (lambda raw: zipped({}), "empty"),
        (lambda raw: zipped({"folder/": b""}), "empty"),
        (lambda raw: zipped({"in.zip": raw}), "a zip in a zip"),
        (lambda raw: raw + b"x" * MAX_UPLOAD_BYTES, "too large"),
        (lambda raw: zipped({"a": b"x" * 70_000}), "too large"),
        (lambda raw: zipped({"a": bytes(60_000)}), "too large"),
        (
            lambda raw: zipped({"a": raw * 9}, compression=zipfile.ZIP_BZIP2),
            "unusual way",
        ),
        (lambda raw: zipped({"a": raw}, compression=zipfile.ZIP_LZMA), "unusual way"),
    ],
)
def test_zips_that_are_not_opened(change, words, certificate):
    fault = fault_of("a.zip", change(zipped({"key.cer": certificate})))
    assert words in fault.reason
    assert fault.name.startswith("a.zip")


def test_a_member_that_is_larger_than_it_says(certificate):
    """The directory of the zip says 10 bytes; 50 MB come out of it."""
    honest = zipped({"a": bytes(50 * 1024 * 1024)})
    raw = bytearray(honest)
    start = raw.find(b"PK\x01\x02")
    raw[start + 24 : start + 28] = struct.pack("<I", 10)
    started = time.thread_time()
    assert fault_of("a.zip", bytes(raw)).name == "a.zip/a"
    assert time.thread_time() - started < 1


def test_a_zip_with_very_many_files(certificate):
    members = {f"{number}.txt": b"text" for number in range(MAX_MEMBERS * 3)}
    upload = read_key_files([("a.zip", zipped(members))])
    assert len(upload.faults) <= MAX_FOUND + 1
    assert "only the first" in upload.faults[-1].reason


def test_a_text_with_very_many_beginnings():
    started = time.thread_time()
    fault = fault_of("a.pem", b"-----BEGIN X-----" * 3000)
    assert "more than" in fault.reason
    assert time.thread_time() - started < 1


def test_names_are_cleaned_and_cut(certificate):
    upload = read_key_files([("a\0b\x1b" + "x" * 999, b"no key")])
    assert "\0" not in upload.faults[0].name
    assert len(upload.faults[0].name) <= 150


# -- exactly one ----------------------------------------------------------------------


def test_a_single_key_may_have_company_that_is_none(bare):
    members = {"terms.pdf": b"%PDF", "key.pem": pem(bare, "PUBLIC KEY")}
    assert read_single_key("a.zip", zipped(members)).der == bare


def test_several_keys_are_named(certificate, bare):
    content = zipped({"sign.cer": certificate, "seal.der": bare})
    with pytest.raises(ValueError, match="2 keys .*sign.cer, a.zip/seal.der"):
        read_single_key("a.zip", content)


def test_no_key_at_all_is_explained():
    with pytest.raises(ValueError, match=r"a\.zip/terms\.pdf: .*neither"):
        read_single_key("a.zip", zipped({"terms.pdf": b"%PDF"}))


def test_a_name_of_a_type_that_its_meaning_does_not_allow(certificate):
    """A fuzzer's find: cryptography raises a TypeError."""
    # UTF8String (12) as BIT STRING (3), of a common name (2.5.4.3)
    name = b"\x06\x03\x55\x04\x03"
    assert name + b"\x0c" in certificate
    changed = certificate.replace(name + b"\x0c", name + b"\x03")
    assert "damaged" in str(fault_of("key.cer", changed))
