import copy
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from irp.document.irn import compute_irn
from irp.protocol.errors import IrpSignatureError
from irp.protocol.records import parse_registration
from irp.protocol.signature import SigningKeys, peek
from irp.protocol.verification import Difference, differences, verify_registration
from irp.reference.dates import parse_portal_datetime

NO_KEYS = SigningKeys()


@pytest.fixture
def registration(client, invoice):
    return client.generate_irn(invoice)


def paths(found):
    return [difference.path for difference in found]


def resigned(registration, sign, *, invoice=None, qr=None, **headers):
    """Return the registration with changed, validly signed tokens."""
    signed = {**peek(registration.signed_invoice).data, **(invoice or {})}
    drawn = {**peek(registration.signed_qr).data, **(qr or {})}
    return replace(
        registration,
        signed_invoice=sign(signed, **headers),
        signed_qr=sign(drawn, **headers),
    )


def test_published_registrations_verify(published, published_keys):
    for row in published["registrations"]:
        registration = parse_registration(row)
        signed = peek(registration.signed_invoice).data
        document, seller = signed["DocDtls"], signed["SellerDtls"]
        day = parse_portal_datetime(document["Dt"]).date()
        irn = compute_irn(
            seller["Gstin"], day, document["Typ"], document["No"], fold_case=False
        )
        verdict = verify_registration(
            registration, published_keys, expected_irn=irn, sent=signed
        )
        assert verdict.state == "verified"
        assert verdict.differences == ()
        assert verdict.issuer == "NIC"
        assert verdict.message.startswith("verified under key EDC57DE1")


def test_own_registration_verifies(registration, keys, invoice, clock):
    irn = compute_irn("37ARZPT4384Q1MT", clock.now.date(), "INV", "A/25-26/7")
    verdict = verify_registration(registration, keys, expected_irn=irn, sent=invoice)
    assert (verdict.state, verdict.differences) == ("verified", ())


def test_rounded_dates_agree(registration, keys, sign):
    # 14:30:00 outside, seconds inside.
    precise = resigned(registration, sign, invoice={"AckDt": "2025-11-15 14:30:29"})
    assert verify_registration(precise, keys).state == "verified"
    later = resigned(registration, sign, invoice={"AckDt": "2025-11-15 14:31:00"})
    assert paths(verify_registration(later, keys).differences) == ["AckDt"]
    for odd in ("soon", None):
        undated = resigned(registration, sign, invoice={"AckDt": odd})
        assert paths(verify_registration(undated, keys).differences) == ["AckDt"]


def test_a_qr_of_2020_without_its_date_verifies(registration, keys, sign):
    data = peek(registration.signed_qr).data
    del data["IrnDt"]
    old = replace(registration, signed_qr=sign(data))
    assert verify_registration(old, keys).state == "verified"


def test_another_irn_is_a_mismatch(registration, keys):
    verdict = verify_registration(registration, keys, expected_irn="0" * 64)
    assert verdict.state == "mismatch"
    assert paths(verdict.differences) == [
        "Irn",
        "SignedInvoice.Irn",
        "SignedQRCode.Irn",
    ]
    assert verdict.message.startswith("the signed content differs: Irn")


def test_another_irn_inside_is_a_mismatch(registration, keys, sign):
    for changes in ({"invoice": {"Irn": None}}, {"qr": {"Irn": "0" * 64}}):
        verdict = verify_registration(resigned(registration, sign, **changes), keys)
        assert verdict.state == "mismatch"
        assert len(verdict.differences) == 1


def test_another_ack_number_is_a_mismatch(registration, keys):
    other = replace(registration, ack_number="1")
    verdict = verify_registration(other, keys)
    assert paths(verdict.differences) == ["AckNo"]


def test_additional_members_are_not_a_mismatch(registration, keys, invoice):
    others = ["BuyerDtls.Em", "EwbDtls.Distance", "PayDtls.Mode"]
    invoice["PayDtls"] = {"Mode": "Cash"}
    invoice["EwbDtls"] = {"Distance": 100}
    invoice["BuyerDtls"]["Em"] = "buyer@example.com"
    verdict = verify_registration(
        registration, keys, sent=invoice, registered_elsewhere=True
    )
    assert verdict.state == "verified"
    assert sorted(paths(verdict.asides)) == others
    ours = verify_registration(registration, keys, sent=invoice)
    assert sorted(paths(ours.differences)) == others
    invoice["BuyerDtls"]["LglNm"] = "Another"
    other = verify_registration(
        registration, keys, sent=invoice, registered_elsewhere=True
    )
    assert paths(other.differences) == ["BuyerDtls.LglNm"]


def test_other_content_is_a_mismatch(registration, keys, invoice):
    invoice["ItemList"][0]["Qty"] = 11
    verdict = verify_registration(registration, keys, sent=invoice)
    assert verdict.state == "mismatch"
    assert verdict.differences == (Difference("ItemList[0].Qty", 11, 10),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SellerGstin", "29AWGPV7107B1Z1"),
        ("BuyerGstin", "URP"),
        ("DocNo", "A/25-26/8"),
        ("DocTyp", "CRN"),
        ("DocDt", "16/11/2025"),
        ("TotInvVal", 1050.54),
        ("ItemCnt", 2),
        ("MainHsnCode", "9999"),
        ("IrnDt", "2025-11-16 14:30:00"),
    ],
)
def test_a_qr_that_disagrees_with_the_invoice(name, value, registration, keys, sign):
    verdict = verify_registration(resigned(registration, sign, qr={name: value}), keys)
    assert verdict.state == "mismatch"
    assert paths(verdict.differences) == [f"SignedQRCode.{name}"]


def test_the_order_and_notation_of_the_qr_do_not_matter(registration, keys, sign):
    drawn = peek(registration.signed_qr).data
    odd = {name: drawn[name] for name in sorted(drawn)}
    odd["TotInvVal"] = 1050.530
    same = replace(registration, signed_qr=sign(odd))
    assert verify_registration(same, keys).state == "verified"


def test_an_unknown_key_leaves_the_signature_unchecked(registration, invoice):
    verdict = verify_registration(registration, NO_KEYS, sent=invoice)
    kid = peek(registration.signed_invoice).kid
    assert (verdict.state, verdict.kid) == ("unchecked", kid)
    assert verdict.message == f"signature not checked: key {kid} missing"


def test_unknown_key_of_the_qr_alone_is_reported(registration, keys, sign):
    data = peek(registration.signed_qr).data
    other = replace(registration, signed_qr=sign(data, kid="NEWER"))
    verdict = verify_registration(other, keys)
    assert (verdict.state, verdict.kid) == ("unchecked", "NEWER")


def test_content_is_compared_without_the_key_too(registration, invoice):
    invoice["DocDtls"]["Dt"] = "14/11/2025"
    verdict = verify_registration(registration, NO_KEYS, sent=invoice)
    assert verdict.state == "mismatch"
    assert paths(verdict.differences) == ["DocDtls.Dt"]
    assert "signature not checked" in verdict.message
    assert not verdict.checked


def test_missing_or_damaged_tokens_are_rejected(registration, keys):
    for name in ("signed_invoice", "signed_qr"):
        with pytest.raises(IrpSignatureError, match="the answer has no Signed"):
            verify_registration(replace(registration, **{name: ""}), keys)
        token = getattr(registration, name)
        damaged = replace(registration, **{name: token[:-9] + "AAAAAAAAA"})
        with pytest.raises(IrpSignatureError):
            verify_registration(damaged, keys)


def test_a_signed_invoice_of_another_shape_is_a_mismatch(registration, keys, sign):
    flat = resigned(registration, sign, invoice={"SellerDtls": "x", "ItemList": "y"})
    found = paths(verify_registration(flat, keys).differences)
    assert "SignedQRCode.SellerGstin" in found
    assert "SignedQRCode.ItemCnt" in found


def test_portals_normalisation_is_not_a_difference():
    sent = {
        "Version": "1.1",
        "TranDtls": {"SupTyp": "b2b", "EcmGstin": None, "IgstOnIntra": ""},
        "DispDtls": {"Nm": None},
        "ItemList": [{"Unit": "kgs", "Qty": Decimal("10.00"), "AttribDtls": []}],
        "EwbDtls": None,
    }
    signed = {
        "AckNo": 1,
        "AckDt": "2025-11-15 14:30:00",
        "Irn": "x",
        "EwbDtls": {"Distance": 0},
        "ItemList": [{"ItemNo": 0, "Qty": 10.00, "Unit": "KGS", "CesAmt": 0.0}],
        "TranDtls": {"SupTyp": "B2B "},
        "Version": "1.1",
    }
    assert differences(sent, signed) == ()


@pytest.mark.parametrize(
    ("sent", "signed", "path"),
    [
        ({"A": {"B": 1}}, {"A": {"B": 2}}, "A.B"),
        ({"A": {"B": 1}}, {}, "A.B"),
        ({}, {"A": {"B": 1}}, "A.B"),
        ({"A": 0}, {}, "A"),
        ({"A": "1"}, {"A": 1}, "A"),
        ({"A": True}, {"A": 1.5}, "A"),
        ({"A": {"B": 1}}, {"A": "text"}, "A"),
        ({"A": [1]}, {"A": [1, 2]}, "A[1]"),
        ({"A": [{"B": 1}, {"B": 2}]}, {"A": [{"B": 1}]}, "A[1].B"),
        ({"A": [1]}, {}, "A[0]"),
        ({"Irn": "a"}, {"Irn": "b"}, "Irn"),
    ],
)
def test_every_other_difference_is_found_with_its_path(sent, signed, path):
    assert paths(differences(sent, signed)) == [path]


LEAF = st.integers(1, 9) | st.sampled_from(["x", "y/1", "URP"])
TREE = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.sampled_from("ABC"), inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)
INVOICES = st.dictionaries(st.sampled_from(["P", "Q", "R"]), TREE, min_size=1)


def change_one_leaf(tree):
    members = tree.items() if isinstance(tree, dict) else enumerate(tree)
    name, value = next(iter(members))
    if isinstance(value, (dict, list)):
        change_one_leaf(value)
    else:
        tree[name] = "changed"


@given(INVOICES)
def test_an_invoice_equals_itself_and_one_changed_leaf_is_found(tree):
    assert differences(tree, copy.deepcopy(tree)) == ()
    changed = copy.deepcopy(tree)
    change_one_leaf(changed)
    assert len(differences(tree, changed)) == 1
    assert len(differences(changed, tree)) == 1
