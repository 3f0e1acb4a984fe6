import base64
import hmac
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from irp.protocol.errors import IrpSignatureError, IrpUnknownKey
from irp.protocol.signature import SigningKeys, load_signing_key, peek

DATA = {"DocNo": "X1", "AckDt": "2025-11-15 14:30:00"}


def b64(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def opened(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def bare(key, kid=""):
    spki = PublicFormat.SubjectPublicKeyInfo
    return load_signing_key(key.public_key().public_bytes(Encoding.DER, spki), kid)


def published_tokens(published):
    rows = published["registrations"]
    tokens = [row[name] for row in rows for name in ("SignedInvoice", "SignedQRCode")]
    return tokens + published["qr_tokens"]


def test_every_published_token_verifies(published, published_keys):
    tokens = published_tokens(published)
    assert len(tokens) == 9
    for token in tokens:
        signed = published_keys.verify(token)
        assert signed.kid == "EDC57DE1358B300BA9F79340A6696831F3C85047"
        assert signed.issuer == "NIC"
        assert len(signed.data["Irn"]) == 64


def test_no_damaged_published_token_verifies(published, published_keys):
    token = published["qr_tokens"][0]
    letters = {"A": "B", "B": "A"}
    for at in range(0, len(token), 7):
        if token[at] == ".":
            continue
        damaged = token[:at] + letters.get(token[at], "A") + token[at + 1 :]
        with pytest.raises(IrpSignatureError):
            published_keys.verify(damaged)


def test_a_signature_written_another_way_is_refused(published, published_keys):
    # The last character of 256 bytes has four unused bits.
    token = published["qr_tokens"][0]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    sibling = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    for other in (sibling, token + "=", token + "\n"):
        with pytest.raises(IrpSignatureError, match="base64url"):
            published_keys.verify(other)


def test_the_test_vector_verifies_under_a_bare_key(vectors, portal_key):
    signed = SigningKeys([bare(portal_key)]).verify(vectors["jws"])
    assert signed.data == {"DocNo": "X1"}
    assert signed.issuer == "NIC Sandbox"


def test_the_order_of_header_members_does_not_matter(sign, signing_key, keys):
    header = opened(sign(DATA).split(".")[0])
    for names in (sorted(header), sorted(header, reverse=True)):
        reordered = b64({name: header[name] for name in names})
        payload = b64({"iss": "NIC", "data": json.dumps(DATA)})
        token = signature_of(f"{reordered}.{payload}", signing_key)
        assert keys.verify(token).data == DATA


def signature_of(signing_input, key):
    signature = key.sign(signing_input.encode(), padding.PKCS1v15(), SHA256())
    return f"{signing_input}.{b64(signature)}"


def test_the_kid_is_compared_without_case(sign, certificate):
    key = load_signing_key(certificate)
    token = sign(DATA, kid=key.kid.lower())
    assert SigningKeys([key]).verify(token).kid == key.kid.lower()


def test_a_missing_kid_is_taken_from_the_thumbprint(sign, keys, certificate):
    kid = load_signing_key(certificate).kid
    token = sign(DATA, kid=None, x5t=b64(bytes.fromhex(kid)))
    assert keys.verify(token).kid == kid
    with pytest.raises(IrpUnknownKey, match="unnamed"):
        keys.verify(sign(DATA, kid=None))


def test_no_algorithm_but_rs256(sign, signing_key, keys):
    header, payload, signature = sign(DATA).split(".")
    spki = PublicFormat.SubjectPublicKeyInfo
    pem = signing_key.public_key().public_bytes(Encoding.PEM, spki)
    for alg in ("none", "None", "HS256", "RS512", "PS256", "", None, ["RS256"]):
        other = b64({**opened(header), "alg": alg})
        with pytest.raises(IrpSignatureError, match="not RS256"):
            keys.verify(f"{other}.{payload}.{signature}")
    # The classic confusion: the public key used as the secret of an HMAC.
    confused = b64({**opened(header), "alg": "HS256"})
    mac = hmac.digest(pem, f"{confused}.{payload}".encode(), "sha256")
    forged = f"{confused}.{payload}.{b64(mac)}"
    with pytest.raises(IrpSignatureError, match="not RS256"):
        keys.verify(forged)


def test_a_critical_extension_is_refused(sign, keys):
    with pytest.raises(IrpSignatureError, match="extension"):
        keys.verify(sign(DATA, crit=["exp"]))


def test_wrong_key_under_a_known_key_id_is_a_forgery(sign, keys, certificate):
    forged = sign(DATA, key=rsa.generate_private_key(65537, 2048))
    with pytest.raises(IrpSignatureError, match="does not verify") as caught:
        keys.verify(forged)
    assert not isinstance(caught.value, IrpUnknownKey)
    assert caught.value.kid == load_signing_key(certificate).kid


def test_unknown_key_id_is_not_a_forgery(sign, keys):
    with pytest.raises(IrpUnknownKey) as caught:
        keys.verify(sign(DATA, kid="4DE1544A"))
    assert caught.value.kid == "4DE1544A"
    with pytest.raises(IrpUnknownKey):
        SigningKeys().verify(sign(DATA))


def test_key_without_id_is_only_tried_for_an_unknown_id(sign, signing_key, certificate):
    other = rsa.generate_private_key(65537, 2048)
    named, nameless = load_signing_key(certificate), bare(other)
    both = SigningKeys([named, nameless])
    assert both.verify(sign(DATA, key=other, kid="NEW")).kid == "NEW"
    with pytest.raises(IrpUnknownKey):
        both.verify(sign(DATA, key=signing_key, kid="NEW"))
    with pytest.raises(IrpSignatureError, match="does not verify"):
        both.verify(sign(DATA, key=other))
    assert [key.kid for key in both] == [named.kid, ""]
    assert len(both) == 2


def test_validity_is_judged_at_the_time_of_signing(sign, make_certificate):
    old = load_signing_key(make_certificate(2023, days=365))
    ring = SigningKeys([old])
    inside = sign({"IrnDt": "2023-06-01 12:00:00"}, kid=old.kid)
    assert ring.verify(inside).kid == old.kid
    for moment in ("2022-12-31 12:00:00", "2024-06-01 12:00:00"):
        with pytest.raises(IrpSignatureError, match="was not valid"):
            ring.verify(sign({"AckDt": moment}, kid=old.kid))
    for undated in ({}, {"IrnDt": "long ago"}):
        assert ring.verify(sign(undated, kid=old.kid)).data == undated


def token_with(sign, *, header=None, payload=None):
    parts = sign(DATA).split(".")
    parts[0] = parts[0] if header is None else b64(header)
    parts[1] = parts[1] if payload is None else b64(payload)
    return ".".join(parts)


def test_malformed_tokens_are_refused_and_never_crash(sign, keys):
    nested = b'{"alg":' + b"[" * 100_000
    malformed = [
        "",
        "a.b",
        "a.b.c.d",
        "..",
        "ü.ü.ü",
        token_with(sign, header=b"no json"),
        token_with(sign, header=["RS256"]),
        token_with(sign, header=b"\xff\xfe"),
        token_with(sign, header=nested),
        token_with(sign, payload=b"no json"),
        token_with(sign, payload={"data": "no json"}),
        token_with(sign, payload={"data": "[1]"}),
        token_with(sign, payload={}),
        "a" * (8 * 1024 * 1024 + 1),
    ]
    for token in malformed:
        with pytest.raises(IrpSignatureError):
            keys.verify(token)


def test_data_may_be_an_object(sign, signing_key, keys):
    header = sign(DATA).split(".")[0]
    token = signature_of(f"{header}.{b64({'data': DATA})}", signing_key)
    assert keys.verify(token).data == DATA
    assert keys.verify(token).issuer == ""


@pytest.mark.parametrize("name", ["kid", "x5t"])
def test_key_id_that_is_not_text_is_refused(name, sign, signing_key):
    header = b64({"alg": "RS256", name: 7})
    payload = sign(DATA).split(".")[1]
    token = signature_of(f"{header}.{payload}", signing_key)
    with pytest.raises(IrpSignatureError, match="not a text"):
        SigningKeys([bare(signing_key, "7")]).verify(token)


def test_peek_trusts_nothing_and_reads_everything(sign):
    header, payload, _signature = sign(DATA, kid="ANY").split(".")
    seen = peek(f"{header}.{payload}.AAAA")
    assert (seen.kid, seen.issuer, seen.data) == ("ANY", "NIC Sandbox", DATA)
    assert seen.header["alg"] == "RS256"
