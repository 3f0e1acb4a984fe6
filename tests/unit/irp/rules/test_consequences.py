"""A fault that only follows from another one is not reported beside it."""

import pytest
from irp.rules.checks import preflight, violations
from irp.rules.ewaybill_request import ewaybill_violations

from .conftest import DROP
from .conftest import TODAY as DAY
from .test_ewaybill_request import INVOICE, REQUEST, TODAY

# name, kind of document, changes, faults of the published rules, what is left of them
CASES = [
    (
        "vehicle type without vehicle",
        "inter",
        {"EwbDtls": {"TransMode": "1", "Distance": 0}},
        {"4011", "4022"},
        {"4011"},
    ),
    (
        "IGST within the state",
        "intra",
        {"ItemList.0.IgstAmt": 180, "ItemList.0.CgstAmt": 0, "ItemList.0.SgstAmt": 0},
        {"2172", "2234"},
        {"2172"},
    ),
    (
        "state of the GSTIN, beside a PIN code that fits the GSTIN",
        "inter",
        {"BuyerDtls.Stcd": "33", "BuyerDtls.Pos": "33"},
        {"2265", "3039"},
        {"2265"},
    ),
    (
        "address abroad",
        "inter",
        {"BuyerDtls.Stcd": "96", "BuyerDtls.Pin": 999999, "BuyerDtls.Gstin": "URP"},
        {"2212", "2269", "2274"},
        {"2269"},
    ),
]


def codes(found):
    return {fault.code for fault in found}


@pytest.mark.parametrize(
    ("kind", "changes", "published", "left"),
    [case[1:] for case in CASES],
    ids=[c[0] for c in CASES],
)
def test_only_the_cause_is_reported(make, kind, changes, published, left):
    document = make(kind, changes)

    assert published <= codes(violations(document, today=DAY))
    assert codes(preflight(document, today=DAY)) == left


@pytest.mark.parametrize("gstin", [None, "29ABC"])
def test_state_is_not_compared_with_a_missing_gstin(make, gstin):
    document = make("inter", {"BuyerDtls.Gstin": gstin or DROP})

    (fault,) = preflight(document, today=DAY)

    assert fault.path == "BuyerDtls.Gstin"


def test_kind_of_tax_is_not_judged_without_place_of_supply(make):
    document = make("intra", {"BuyerDtls.Pos": DROP})

    (fault,) = preflight(document, today=DAY)

    assert fault.path == "BuyerDtls.Pos"


def test_two_true_faults_stay_two(make):
    document = make("inter", {"BuyerDtls.Stcd": "33", "BuyerDtls.Pin": 700001})

    assert codes(preflight(document, today=DAY)) == {"2265", "3039"}


def test_document_without_lines_is_not_said_to_be_of_services():
    found = ewaybill_violations(REQUEST, {**INVOICE, "ItemList": []}, TODAY)

    assert "4009" not in codes(found)


def test_services_need_no_vehicle():
    services = {**INVOICE, "ItemList": [{"SlNo": "1", "HsnCd": "998314"}]}
    request = {**REQUEST, "VehNo": None, "VehType": None}

    assert codes(ewaybill_violations(request, services, TODAY)) == {"4009"}
