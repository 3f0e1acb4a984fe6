"""The JSON schema: every breach at once, in plain words."""

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from irp.rules.invoice.schema import (
    decimals,
    longest_text,
    path_text,
    schema_violations,
    text_fault,
)

DROP = "(drop)"
L, V, B, S = "ItemList.0.", "ValDtls.", "BuyerDtls.", "SellerDtls."


def test_bases_are_without_fault(make):
    for kind in ("inter", "intra", "export", "ewaybill", "gold", "ewaybill export"):
        assert schema_violations(make(kind)) == []


def test_all_faults_are_reported_at_once(make):
    document = make(
        "inter",
        {
            "DocDtls.No": "0042",
            S + "Loc": "Go",
            B + "Pin": 9999,
            L + "HsnCd": "82041",
            L + "TotAmt": "1000",
            L + "IgstAmt": 180.005,
            V + "AssVal": DROP,
        },
    )

    found = schema_violations(document)

    assert {one.path: one.target for one in found} == {
        "ValDtls.AssVal": "document",
        "DocDtls.No": "document",
        "SellerDtls.Loc": "seller",
        "BuyerDtls.Pin": "buyer",
        "ItemList[0].HsnCd": "line",
        "ItemList[0].TotAmt": "line",
        "ItemList[0].IgstAmt": "line",
    }
    assert {one.code for one in found} == {"5002"}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (S + "Gstin", DROP, "Seller: GSTIN is missing."),
        (S + "Stcd", None, "Seller: State code must be text, not null."),
        (
            S + "LglNm",
            "AB",
            (
                "Seller: Legal name “AB” is too short: 3 to 100 characters are needed, "
                "it has 2."
            ),
        ),
        (S + "Gstin", "", "Seller: GSTIN is empty."),
        (
            S + "Gstin",
            "29AAA",
            "Seller: GSTIN “29AAA” must have exactly 15 characters, not 5.",
        ),
        (
            S + "LglNm",
            "A" * 101,
            "Seller: Legal name “AAA",
        ),
        (
            S + "Ph",
            "+91 98765",
            (
                "Seller: Phone number “+91 98765” is not valid: 6 to 12 digits, "
                "without blanks, + or brackets."
            ),
        ),
        (
            B + "Addr1",
            'Plot "7"',
            (
                'Buyer: Address line 1 “Plot "7"” is not valid: double quotes and '
                "backslashes are not allowed."
            ),
        ),
        (
            B + "Pin",
            400,
            "Buyer: PIN code is 400; it must be between 100000 and 999999.",
        ),
        (
            L + "Qty",
            "10",
            'Line 1: Quantity must be a number, not "10".',
        ),
        (
            L + "UnitPrice",
            0.1234,
            "Line 1: Unit price is 0.1234; at most 3 decimals are allowed.",
        ),
        ("ItemList", {}, "Invoice lines must be a list, not {}."),
        ("Irn", "a" * 64, 'IRN (the portal assigns it) must be left out, not "aaaa'),
        (
            "DocDtls.No",
            "/26-27/1",
            (
                "Document: Number “/26-27/1” is not valid: up to 16 letters, digits, "
                "/ and -; the first is not 0, / or -."
            ),
        ),
        (
            "DocDtls.Dt",
            "2026-10-10",
            (
                "Document: Date “2026-10-10” is not valid: write the date as "
                "dd/MM/yyyy, in the years 2010 to 2029."
            ),
        ),
    ],
)
def test_messages_are_for_accountants(make, path, value, message):
    found = schema_violations(make("inter", {path: value}))

    assert len(found) == 1
    assert found[0].message.startswith(message)


@pytest.mark.parametrize(
    "path",
    ["DispDtls", "ShipDtls", "ExpDtls", "PayDtls", "RefDtls", "AddlDocDtls", "EwbDtls"],
)
def test_optional_sections_may_be_null(make, path):
    assert schema_violations(make("inter", {path: None})) == []


@pytest.mark.parametrize(
    "path",
    ["TranDtls.EcmGstin", B + "TrdNm", B + "Pin", L + "Qty", L + "BchDtls", "Irn"],
)
def test_optional_members_may_be_null(make, path):
    assert schema_violations(make("inter", {path: None})) == []


@pytest.mark.parametrize("path", ["TranDtls.EcmGstin", B + "TrdNm", L + "Unit"])
def test_optional_members_must_not_be_empty(make, path):
    assert len(schema_violations(make("inter", {path: ""}))) == 1


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (L + "AssAmt", 9978.84),
        (L + "AssAmt", 1197.46),
        (L + "AssAmt", 999999999999.99),
        (L + "AssAmt", Decimal("1000.10")),
        (L + "AssAmt", Decimal("1000.100")),
        (L + "Qty", 100.345),
        (L + "GstRt", 0.125),
        (V + "RndOffAmt", -99.99),
        (V + "AssVal", 99999999999999.98),
    ],
)
def test_decimals_are_judged_as_written(make, path, value):
    assert schema_violations(make("inter", {path: value})) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (L + "AssAmt", 0.1 + 0.2),
        (L + "AssAmt", 9978.845),
        (L + "AssAmt", Decimal("9978.845")),
        (L + "AssAmt", 1e12),
        (L + "AssAmt", -0.01),
        (L + "Qty", 1e-7),
        (V + "RndOffAmt", 100),
        (L + "AssAmt", True),
    ],
)
def test_bad_numbers_are_reported(make, path, value):
    found = schema_violations(make("inter", {path: value}))

    assert [one.path for one in found] == [path.replace(".0.", "[0].")]


@pytest.mark.parametrize(
    ("value", "count"),
    [(9978.84, 2), (100.0, 0), (1e22, 0), (1e-7, 7), (Decimal("1.500"), 1)],
)
def test_count_of_decimals(value, count):
    assert decimals(value) == count


@pytest.mark.parametrize("number", ["A" * 17, "INV 1", "-1", "INV1\n", "INV_1"])
def test_document_numbers_the_portal_refuses(make, number):
    found = schema_violations(make("inter", {"DocDtls.No": number}))

    assert [one.path for one in found] == ["DocDtls.No"]


@pytest.mark.parametrize("number", ["A" * 16, "1", "a/b-1", "inv/25-26/001"])
def test_document_numbers_the_portal_takes(make, number):
    assert schema_violations(make("inter", {"DocDtls.No": number})) == []


def test_letter_case_of_codes_is_free(make):
    changes = {"TranDtls.SupTyp": "b2b", "DocDtls.Typ": "inv", L + "IsServc": "n"}

    assert schema_violations(make("inter", changes)) == []


def test_unknown_members_are_not_checked(make):
    changes = {"Remarks": "new", B + "Uin": "x", L + "ItemNo": 0}

    assert schema_violations(make("inter", changes)) == []


def test_values_that_json_cannot_represent_are_reported(make):
    document = make(
        "inter",
        {
            L + "Qty": float("nan"),
            L + "UnitPrice": 10**400,
            B + "LglNm": "\ud800bad",
            V + "Discount": Decimal("sNaN"),
            V + "OthChrg": object(),
        },
    )
    document[7] = "number as a name"

    found = {one.path: one.kind for one in schema_violations(document)}

    assert found == {
        "7": "name_7",
        "ItemList[0].Qty": "not_a_number_qty",
        "ItemList[0].UnitPrice": "too_large_unit_price",
        "BuyerDtls.LglNm": "characters_lgl_nm",
        "ValDtls.Discount": "not_a_number_discount",
        "ValDtls.OthChrg": "json_oth_chrg",
    }


def test_lines_are_named_by_serial_number(make):
    """Serial numbers have gaps where negative lines were folded."""
    changes = {L + "SlNo": "7", L + "HsnCd": DROP, L + "Qty": 0.1234}
    found = schema_violations(make("inter", changes))

    assert [(one.owner, one.kind) for one in found] == [
        ("Line 7", "missing_hsn_cd"),
        ("Line 7", "decimals_qty"),
    ]


def test_deep_nesting_is_reported(make):
    deep: dict = {}
    inner = deep
    for _ in range(5000):
        inner["x"] = {}
        inner = inner["x"]

    document = make()
    document["Deep"] = deep

    found = schema_violations(document)

    assert [one.message for one in found] == ["The document is nested too deeply."]


def test_two_megabytes_are_the_limit(make):
    attachment = {"Docs": "A" * 1000}
    assert schema_violations(make("inter", {"AddlDocDtls": [attachment] * 1000})) == []

    found = schema_violations(make("inter", {"AddlDocDtls": [attachment] * 2200}))

    assert [(one.path, one.target) for one in found] == [("", "document")]
    assert found[0].kind == "document_too_large"


@pytest.mark.parametrize("nonsense", [{}, [], None, "text", 7])
def test_nonsense_is_reported(nonsense):
    assert schema_violations(nonsense)


def test_document_is_not_changed(make):
    document = make("inter", {"EwbDtls": None})
    before = json.dumps(document)

    schema_violations(document)

    assert json.dumps(document) == before


def test_paths_are_written_as_in_the_portal_texts():
    assert path_text(("ItemList", 2, "HsnCd")) == "ItemList[2].HsnCd"
    assert path_text(()) == ""


MEMBERS = [
    *("DocDtls.No", "DocDtls.Dt", S + "Gstin", S + "Ph", B + "Pin", B + "TrdNm"),
    *(L + "Qty", L + "UnitPrice", L + "AssAmt", L + "HsnCd", L + "BchDtls"),
    *(V + "TotInvVal", V + "RndOffAmt", "PayDtls", "RefDtls", "ItemList", "Irn"),
]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(places=2),
    st.text(st.characters(), max_size=20),
    st.sampled_from([DROP, 2**70, "\ud800", 0.125, 10.005, (), {}, [{}], {1: 2}]),
)


@given(path=st.sampled_from(MEMBERS), value=VALUES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_fast_path_agrees_with_the_slow_one(make, path, value):
    """An unknown member sends every document down the slow path."""
    document = make("inter", {path: value})

    assert schema_violations(document) == schema_violations({**document, "New": None})


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        (B + "TrdNm", "3M", "too_short_trd_nm"),
        (B + "TrdNm", "東京", "too_short_trd_nm"),
        (B + "TrdNm", "東京都", ""),
        (B + "Ph", "123", "too_short_ph"),
        ("ItemList[7].Barcde", "12", "too_short_barcde"),
        ("ItemList[0].BchDtls.Nm", "L" * 21, "too_long_nm"),
        ("RefDtls.ContrDtls[1].PORefr", "PO-77", ""),
        ("RefDtls.PrecDocDtls[0].InvNo", "#7", "invalid_inv_no"),
    ],
)
def test_text_that_a_member_cannot_hold(path, text, kind):
    found = text_fault(path, text)

    assert (found.kind if found else "") == kind
    assert not found or text in found.message


def test_longest_text():
    assert longest_text("SellerDtls.Loc") == 50
    assert longest_text("ItemList[12].PrdDesc") == 300
