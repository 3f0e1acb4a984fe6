"""A key whose time is over, or that borrows a name, makes nothing of today verified."""

import base64
import hashlib
from dataclasses import replace
from datetime import datetime, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from irp.operations.registration import RegistrationRequest, look_up, register
from irp.protocol import check_new_key, verify_registration
from irp.protocol.errors import IrpSignatureError, IrpUnknownKey
from irp.protocol.signature import SigningKeys, load_signing_key, peek

TODAY = datetime(2025, 11, 15, 9, 0, tzinfo=timezone.utc)


@pytest.fixture
def retired(make_certificate):
    """The portal's key of 2023, which everybody may have by now."""
    return load_signing_key(make_certificate(2023, days=365))


@pytest.fixture
def registration(client, invoice):
    return client.generate_irn(invoice)


def bare(key, kid=""):
    spki = PublicFormat.SubjectPublicKeyInfo
    return load_signing_key(key.public_key().public_bytes(Encoding.DER, spki), kid)


def signed_in_2023(registration, sign, kid, **document):
    """The registration of today, signed with the old key under a date of its time."""
    moment = "2023-06-01 12:00:00"
    invoice = peek(registration.signed_invoice).data
    invoice |= {"AckDt": moment, "DocDtls": {**invoice["DocDtls"], **document}}
    qr = peek(registration.signed_qr).data | {"IrnDt": moment}
    qr |= {"DocDt": invoice["DocDtls"]["Dt"]}
    return replace(
        registration,
        ack_date=datetime(2023, 6, 1, 6, 30, tzinfo=timezone.utc),
        signed_invoice=sign(invoice, kid=kid),
        signed_qr=sign(qr, kid=kid),
    )


@pytest.mark.parametrize("dated", ["15/11/2025", "01/06/2023", None])
def test_todays_generate_is_not_verified_by_a_leaked_key_of_the_past(
    dated, registration, sign, retired
):
    forged = signed_in_2023(registration, sign, retired.kid, Dt=dated)
    with pytest.raises(IrpSignatureError, match="was not valid"):
        verify_registration(
            forged, SigningKeys([retired]), received_at=TODAY, kind="generated"
        )


@pytest.mark.parametrize("kind", ["looked_up", "file"])
def test_an_older_invoice_needs_its_old_key_and_says_so(
    kind, registration, sign, retired
):
    old = signed_in_2023(registration, sign, retired.kid, Dt="01/06/2023")
    keys = SigningKeys([retired])
    verdict = verify_registration(old, keys, received_at=TODAY, kind=kind)
    assert (verdict.state, verdict.retired) == ("verified", True)
    assert verdict.message.endswith("signed with a retired key")
    then = datetime(2023, 6, 1, tzinfo=timezone.utc)
    verdict = verify_registration(old, keys, received_at=then, kind=kind)
    assert (verdict.state, verdict.retired) == ("verified", False)


@pytest.mark.parametrize("kind", ["looked_up", "file"])
def test_an_invoice_of_today_is_not_signed_in_the_past(
    kind, registration, sign, retired
):
    forged = signed_in_2023(registration, sign, retired.kid, Dt="15/11/2025")
    with pytest.raises(IrpSignatureError, match="before the document's date"):
        verify_registration(
            forged, SigningKeys([retired]), received_at=TODAY, kind=kind
        )


@pytest.mark.parametrize("kind", ["generated", "looked_up", "file"])
def test_a_date_outside_the_keys_time_is_never_verified(
    kind, registration, sign, retired
):
    keys = SigningKeys([retired])
    token = sign({"AckDt": "2025-11-15 14:30:00"}, kid=retired.kid)
    with pytest.raises(IrpSignatureError, match="was not valid"):
        keys.verify(token, received_at=TODAY, kind=kind)


def test_a_token_without_a_date_is_judged_by_the_invoices_or_by_today(sign, retired):
    keys, token = SigningKeys([retired]), sign({"DocNo": "X"}, kid=retired.kid)
    with pytest.raises(IrpSignatureError, match="was not valid"):
        keys.verify(token, received_at=TODAY)
    then = datetime(2023, 6, 1, tzinfo=timezone.utc)
    assert keys.verify(token, received_at=TODAY, signed_at=then).retired


def test_when_an_answer_to_generate_came_has_to_be_said(sign, retired):
    with pytest.raises(ValueError, match="has to be given"):
        SigningKeys([retired]).verify(sign({}, kid=retired.kid), kind="generated")


def test_register_judges_by_the_clock_and_look_up_by_the_signature(
    client, portal, invoice, clock, retired, sign, make_certificate, signing_key
):
    """The portal's own certificate of the year has just run out."""
    kid = load_signing_key(make_certificate(2024, days=365)).kid
    keys = SigningKeys([load_signing_key(make_certificate(2024, days=365))])
    portal.sign = lambda data: sign(
        {**data, "AckDt": "2024-11-15 14:30:00"}
        if "AckDt" in data
        else {**data, "IrnDt": "2024-11-15 14:30:00"},
        kid=kid,
    )
    request = RegistrationRequest(
        invoice, hashlib.sha256(b"37ARZPT4384Q1MT2025-26INVA/25-26/7").hexdigest()
    )
    result = register(client, keys, request)
    assert isinstance(result.error, IrpSignatureError)
    assert result.state == "unknown"
    assert isinstance(look_up(client, keys, request).error, IrpSignatureError)


# -- names ----------------------------------------------------------------------------


@pytest.fixture
def portals_key(certificate):
    return load_signing_key(certificate)


@pytest.mark.parametrize("turn", [1, -1])
def test_a_bare_key_does_not_take_a_certificates_name(turn, sign, portals_key):
    mine = rsa.generate_private_key(65537, 2048)
    keys = SigningKeys([portals_key, bare(mine, portals_key.kid)][::turn])
    with pytest.raises(IrpSignatureError, match="does not verify"):
        keys.verify(sign({}, key=mine))
    assert keys.verify(sign({}))


@pytest.mark.parametrize("turn", [1, -1])
def test_a_certificate_does_not_take_anothers_name(
    turn, sign, portals_key, make_certificate
):
    mine = rsa.generate_private_key(65537, 2048)
    named = load_signing_key(make_certificate(key=mine), portals_key.kid)
    assert not named.proves_kid
    keys = SigningKeys([portals_key, named][::turn])
    with pytest.raises(IrpSignatureError, match="does not verify"):
        keys.verify(sign({}, key=mine))


def test_of_two_bare_keys_of_one_name_neither_is_believed(sign):
    one, two = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    with pytest.raises(IrpUnknownKey, match="several"):
        SigningKeys([bare(one, "A1"), bare(two, "a1")]).verify(
            sign({}, key=one, kid="A1")
        )
    twice = SigningKeys([bare(one, "A1"), bare(one, "A1")])
    assert twice.verify(sign({}, key=one, kid="A1"))


def test_adding_a_key_under_a_name_in_use_is_refused(portals_key, make_certificate):
    mine = rsa.generate_private_key(65537, 2048)
    taken = portals_key.kid
    for key in (
        bare(mine, taken.lower()),
        load_signing_key(make_certificate(key=mine), taken),
    ):
        with pytest.raises(ValueError, match="belongs to another key already"):
            check_new_key(key, [portals_key])
    check_new_key(portals_key, [portals_key])
    check_new_key(bare(mine), [portals_key])
    check_new_key(load_signing_key(make_certificate(key=mine)), [portals_key])


def test_a_certificate_proves_its_own_name(certificate):
    thumbprint = hashlib.sha1(certificate).hexdigest()
    assert load_signing_key(certificate).proves_kid
    assert load_signing_key(certificate, thumbprint).proves_kid
    assert load_signing_key(base64.b64encode(certificate)).kid == thumbprint.upper()
