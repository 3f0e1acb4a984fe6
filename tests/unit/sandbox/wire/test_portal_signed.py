"""SignedInvoice and SignedQRCode, compared with tokens that NIC's portal signed."""

import base64
import hashlib
import json
import re

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from sandbox import Dialect

TOKENS = ["goods_item_with_ewaybill", "return_invoice", "debit_invoice"]


def decoded(part):
    """Return the bytes of a part of a token."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def parsed(text):
    """Parse JSON; fractions become marked texts with the same digits."""
    return json.loads(text, parse_float=lambda digits: f"@{digits}@")


def written(value):
    """Write the result of ``parsed`` with its original digits."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return re.sub(r'"@(.*?)@"', r"\1", text)


def shuffled(value):
    """Reverse the order of all members."""
    if isinstance(value, dict):
        return {name: shuffled(value[name]) for name in reversed(value)}
    if isinstance(value, list):
        return [shuffled(one) for one in value]
    return value


def data_text(wire, token):
    return json.loads(wire.part(token, 1))["data"]


@pytest.fixture
def token(published):
    """Return a published pair of tokens by its name."""
    tokens = published["published_tokens"]["tokens"]
    return {one["name"]: one for one in tokens}.__getitem__


@pytest.fixture
def registered(client, invoice):
    """The two tokens of the usual invoice."""
    data = client.plain(client.generate(invoice))
    return data["SignedInvoice"], data["SignedQRCode"]


@pytest.mark.parametrize("name", TOKENS)
def test_same_text_as_a_published_token(
    new_portal, new_client, clock, wire, token, name
):
    """A published document in another order gives the same signed text."""
    published = token(name)
    expected = parsed(data_text(wire, published["SignedInvoice"]))
    sent = {k: v for k, v in expected.items() if k not in ("AckNo", "AckDt", "Irn")}
    for item in sent["ItemList"]:
        del item["ItemNo"]
    gstin = sent["SellerDtls"]["Gstin"]
    clock.now = clock.now.replace(year=2022, month=9, day=17, hour=17, minute=50)
    portal = new_portal()
    portal.add_user(gstin, *wire.SECRETS)
    client = new_client(portal, gstin=gstin)
    client.authenticate()
    answer = client.plain(client.generate(written(shuffled(sent))))

    expected = parsed(data_text(wire, published["SignedInvoice"]))
    expected |= {name: answer[name] for name in ("AckNo", "AckDt", "Irn")}
    assert data_text(wire, answer["SignedInvoice"]) == written(expected)
    qr = parsed(data_text(wire, published["SignedQRCode"]))
    qr |= {"Irn": answer["Irn"], "IrnDt": answer["AckDt"]}
    assert data_text(wire, answer["SignedQRCode"]) == written(qr)


def test_same_irn_as_published(new_portal, new_client, wire, token):
    # a number without lower-case letters: both rules give the same hash
    published = parsed(data_text(wire, token(TOKENS[0])["SignedInvoice"]))
    gstin = published["SellerDtls"]["Gstin"]
    portal = new_portal()
    portal.add_user(gstin, *wire.SECRETS)
    client = new_client(portal, gstin=gstin)
    client.authenticate()

    answer = client.plain(client.generate(written(published)))
    assert answer["Irn"] == published["Irn"]


def test_token_has_the_published_structure(wire, registered, token):
    published = token(TOKENS[0])
    for own, other in zip(
        registered,
        (published["SignedInvoice"], published["SignedQRCode"]),
        strict=True,
    ):
        assert own.count(".") == other.count(".") == 2
        assert "=" not in own
        assert set(json.loads(wire.part(own, 0))) == set(
            json.loads(wire.part(other, 0))
        )
        assert list(json.loads(wire.part(own, 1))) == list(
            json.loads(wire.part(other, 1))
        )


def test_header_names_the_certificate(wire, registered, portal):
    certificate = x509.load_pem_x509_certificate(portal.signing_certificate)
    thumbprint = hashlib.sha1(certificate.public_bytes(Encoding.DER)).digest()
    for token in registered:
        text = wire.part(token, 0)
        header = json.loads(text)
        assert list(header) == ["alg", "kid", "x5t", "typ"]
        assert " " not in text
        assert header["kid"] == portal.kid == thumbprint.hex().upper()
        assert decoded(header["x5t"]) == thumbprint
        assert (header["alg"], header["typ"]) == ("RS256", "JWT")


def test_signature_verifies_with_the_certificate(registered, portal):
    key = x509.load_pem_x509_certificate(portal.signing_certificate).public_key()
    for token in registered:
        text, _dot, signature = token.rpartition(".")
        key.verify(decoded(signature), text.encode(), PKCS1v15(), SHA256())
        payload = json.loads(decoded(text.partition(".")[2]))
        assert list(payload) == ["data", "iss"]
        assert payload["iss"] == "NIC Sandbox"
        assert isinstance(payload["data"], str)


def test_certificate_is_self_signed_and_wide(portal):
    certificate = x509.load_pem_x509_certificate(portal.signing_certificate)

    assert certificate.subject == certificate.issuer
    assert certificate.public_key().key_size == 2048
    certificate.verify_directly_issued_by(certificate)
    assert certificate.not_valid_before_utc.year == 2020
    assert certificate.not_valid_after_utc.year == 2049


@pytest.mark.parametrize(
    "digits", ["100", "100.0", "100.00", "12599.9", "0.10", "1E+2", "99999999999.99"]
)
def test_digits_stay_as_posted(client, invoice, wire, digits):
    invoice["ValDtls"]["TotInvVal"] = "@@"
    text = json.dumps(invoice).replace('"@@"', digits)
    data = client.plain(client.generate(text))

    for name in ("SignedInvoice", "SignedQRCode"):
        assert f'"TotInvVal":{digits}' in data_text(wire, data[name])


def test_nulls_and_unknown_members_are_dropped(client, invoice, wire):
    invoice |= {"PayDtls": None, "Irn": "f" * 64, "Custom": {"a": 1}}
    invoice["ItemList"][0] |= {"Discount": None, "Colour": "red"}
    data = client.plain(client.generate(invoice))
    signed = json.loads(data_text(wire, data["SignedInvoice"]))

    assert "null" not in data_text(wire, data["SignedInvoice"])
    assert "EcmGstin" not in signed["TranDtls"]
    assert not {"PayDtls", "Custom"} & set(signed)
    assert signed["Irn"] == data["Irn"]
    assert not {"Discount", "Colour"} & set(signed["ItemList"][0])


def test_every_section_in_the_portals_order(client, invoice, wire):
    invoice |= {
        "ExpDtls": {"CntCode": "US", "ShipBNo": "1"},
        "AddlDocDtls": [{"Info": "i", "Url": "u"}],
        "RefDtls": {
            "ContrDtls": [{"PORefr": "p", "RecAdvRefr": "r"}],
            "PrecDocDtls": [{"InvDt": "01/04/2025", "InvNo": "A"}],
            "DocPerdDtls": {"InvEndDt": "30/04/2025", "InvStDt": "01/04/2025"},
            "InvRm": "rem",
        },
        "PayDtls": {"PaymtDue": 1, "Nm": "payee"},
        "DispDtls": {"Stcd": "37", "Nm": "disp"},
        "ShipDtls": {"Stcd": "29", "LglNm": "ship"},
        "EwbDtls": {"Distance": 1, "TransId": "t"},
    }
    invoice["BuyerDtls"] |= {"Em": "a@b.in", "Ph": "123456"}
    invoice["ItemList"][0] |= {
        "AttribDtls": [{"Val": "v", "Nm": "n"}],
        "BchDtls": {"ExpDt": "01/04/2026", "Nm": "batch"},
        "OrgCntry": "IN",
        "StateCesRt": 0,
    }
    data = client.plain(client.generate(invoice))
    signed = json.loads(data_text(wire, data["SignedInvoice"]))

    assert list(signed) == [
        "AckNo",
        "AckDt",
        "Irn",
        "Version",
        "TranDtls",
        "DocDtls",
        "SellerDtls",
        "BuyerDtls",
        "DispDtls",
        "ShipDtls",
        "ItemList",
        "ValDtls",
        "PayDtls",
        "RefDtls",
        "AddlDocDtls",
        "ExpDtls",
        "EwbDtls",
    ]
    assert list(signed["BuyerDtls"])[-3:] == ["Ph", "Em", "Stcd"]
    assert list(signed["RefDtls"]) == [
        "InvRm",
        "DocPerdDtls",
        "PrecDocDtls",
        "ContrDtls",
    ]
    assert list(signed["RefDtls"]["PrecDocDtls"][0]) == ["InvNo", "InvDt"]
    item = list(signed["ItemList"][0])
    assert item[:3] == ["ItemNo", "SlNo", "IsServc"]
    assert item[-4:] == ["TotItemVal", "OrgCntry", "BchDtls", "AttribDtls"]
    assert signed["ItemList"][0]["ItemNo"] == 0


def test_text_is_unchanged(client, invoice, wire):
    name = 'Zoë & Söhne <GmbH> / "रमेश" \\ \t😀'
    invoice["BuyerDtls"]["LglNm"] = name
    data = client.plain(client.generate(invoice))

    signed = json.loads(data_text(wire, data["SignedInvoice"]))
    assert signed["BuyerDtls"]["LglNm"] == name


def test_number_is_unchanged_and_type_is_upper_case(client, invoice, wire):
    invoice["DocDtls"] |= {"No": "Test-00df1", "Typ": "inv"}
    data = client.plain(client.generate(invoice))
    signed = json.loads(data_text(wire, data["SignedInvoice"]))
    qr = json.loads(data_text(wire, data["SignedQRCode"]))

    assert signed["DocDtls"] == {"Typ": "INV", "No": "Test-00df1", "Dt": "15/11/2025"}
    assert (qr["DocNo"], qr["DocTyp"]) == ("Test-00df1", "INV")


def test_main_hsn_has_the_highest_taxable_value(client, invoice, wire):
    first = invoice["ItemList"][0]
    invoice["ItemList"] += [
        {**first, "HsnCd": "2002", "AssAmt": 999.99, "TotItemVal": 5000},
        {**first, "HsnCd": "3003", "AssAmt": 10000},
        {**first, "HsnCd": "4004", "AssAmt": 10000.0},
    ]
    data = client.plain(client.generate(invoice))
    qr = json.loads(data_text(wire, data["SignedQRCode"]))

    assert (qr["ItemCnt"], qr["MainHsnCode"]) == (4, "3003")


def test_seconds_are_inside_though_the_answer_rounds(
    new_portal, new_client, invoice, wire
):
    client = new_client(new_portal(dialect=Dialect(ack_date="minute")))
    client.authenticate()
    data = client.plain(client.generate(invoice))

    assert data["AckDt"] == "2025-11-15 10:30:00"
    signed = json.loads(data_text(wire, data["SignedInvoice"]))
    assert signed["AckDt"] == "2025-11-15 10:30:17"
    qr = json.loads(data_text(wire, data["SignedQRCode"]))
    assert qr["IrnDt"] == "2025-11-15 10:30:17"
