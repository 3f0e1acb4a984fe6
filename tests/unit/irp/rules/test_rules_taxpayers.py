"""Rules on the taxpayer types of seller and buyer."""

from itertools import product

import pytest
from irp.rules.taxpayers import type_violations
from sandbox.portal.parties import party_errors
from sandbox.portal.taxpayers import TYPES
from sandbox.store.records import TaxpayerEntry

SELLER, BUYER = "29AAACP7879D1Z0", "27AAPFU0939F1ZV"


def document(supply="B2B", reverse="N", **item):
    return {
        "TranDtls": {"TaxSch": "GST", "SupTyp": supply, "RegRev": reverse},
        "SellerDtls": {"Gstin": SELLER},
        "BuyerDtls": {"Gstin": BUYER},
        "ItemList": [{"SlNo": "1"}, {"SlNo": "2", **item}],
    }


def found(invoice, seller="", buyer=""):
    types = {SELLER: seller, BUYER: buyer}
    return [
        (fault.code, fault.path, fault.target)
        for fault in type_violations(invoice, types)
    ]


@pytest.mark.parametrize(
    ("kind", "code"), [("SEZ", "2231"), ("COM", "2300"), ("ISD", "2300")]
)
def test_taxpayers_without_einvoices(kind, code):
    assert found(document(), seller=kind) == [(code, "SellerDtls.Gstin", "seller")]


@pytest.mark.parametrize("kind", ["REG", "CAS", "SED", "", "???"])
def test_who_issues_einvoices(kind):
    assert found(document(IgstAmt=18.0), seller=kind) == []


@pytest.mark.parametrize("name", ["CgstAmt", "SgstAmt"])
def test_developer_charges_igst_only(name):
    expected = [("2174", "ItemList[1].CgstAmt", "line")]
    assert found(document(**{name: 9.0}), seller="SED") == expected
    assert found(document(**{name: 9.0}), seller="REG") == []


@pytest.mark.parametrize(
    ("supply", "kind", "codes"),
    [
        ("B2B", "SEZ", ["2246"]),
        ("DEXP", "SED", ["2246"]),
        ("SEZWP", "REG", ["2247"]),
        ("SEZWOP", "COM", ["2247"]),
        ("SEZWP", "SEZ", []),
        ("SEZWOP", "SED", []),
        ("B2B", "REG", []),
        ("B2B", "COM", []),
        ("DEXP", "COM", ["2298"]),
        ("DEXP", "UIN", ["2298"]),
        ("DEXP", "CAS", []),
        ("SEZWP", "", []),
        ("B2B", "???", []),
    ],
)
def test_supplies_that_a_buyer_gets(supply, kind, codes):
    assert [row[0] for row in found(document(supply), buyer=kind)] == codes


def test_no_reverse_charge_for_distributors():
    expected = [("2297", "BuyerDtls.Gstin", "buyer")]
    assert found(document(reverse="Y"), buyer="ISD") == expected
    assert found(document(), buyer="ISD") == []
    assert found(document(reverse="Y"), buyer="REG") == []


def test_portal_reads_the_rules_alike():
    """Both sides are written from the published text, not from each other."""
    supplies = ("B2B", "SEZWP", "SEZWOP", "DEXP")
    for seller, buyer, supply, reverse in product(TYPES, TYPES, supplies, "NY"):
        invoice = document(supply, reverse, CgstAmt=9.0, SgstAmt=9.0)
        invoice["DocDtls"] = {"Dt": "14/10/2026"}
        parties = (
            TaxpayerEntry(gstin, "ACT", {"TxpType": kind})
            for gstin, kind in ((SELLER, seller), (BUYER, buyer))
        )
        refused = sorted(fault.code for fault in party_errors(invoice, *parties, None))
        assert sorted(row[0] for row in found(invoice, seller, buyer)) == refused


def test_document_that_lacks_its_sections():
    assert type_violations({}, {SELLER: "SEZ"}) == []
    invoice = {"TranDtls": None, "BuyerDtls": {}, "ItemList": None}
    assert type_violations(invoice, {}) == []
