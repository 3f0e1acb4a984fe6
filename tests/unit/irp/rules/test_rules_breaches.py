"""A document that breaks one rule, for all but amounts and e-way bills."""

from datetime import date

import pytest
from irp.rules.invoice.document import DOCUMENT_RULES
from irp.rules.invoice.document_view import Document
from irp.rules.invoice.items import ITEM_RULES
from irp.rules.invoice.parties import PARTY_RULES
from irp.rules.invoice.registry import Profile, rule_violations
from irp.rules.invoice.schema import schema_violations

DROP = "(drop)"
L, V, B, S = "ItemList.0.", "ValDtls.", "BuyerDtls.", "SellerDtls."
T, D, X = "TranDtls.", "DocDtls.", "ExpDtls."
SHIP = {"LglNm": "Pune depot", "Addr1": "Gate 1", "Loc": "Pune", "Pin": 411001}
DISPATCH = {"Nm": "Hubli depot", "Addr1": "Gate 1", "Loc": "Hubballi", "Pin": 580020}
SERVICE = {L + "HsnCd": "998314", L + "IsServc": "Y"}
SELLER = "29AAACK0000A1ZP"


def taxed(name, amount, rate=18):
    """Return the changes for another amount of one tax in the whole document."""
    total = name.removesuffix("Amt") + "Val"
    return {
        L + "GstRt": rate,
        L + name: amount,
        L + "TotItemVal": 1000 + amount,
        V + total: amount,
        V + "TotInvVal": 1000 + amount,
    }


def halves(cgst, sgst):
    """Return the changes for other amounts of CGST and SGST."""
    whole = 1000 + cgst + sgst
    return {
        L + "CgstAmt": cgst,
        L + "SgstAmt": sgst,
        L + "TotItemVal": whole,
        V + "CgstVal": cgst,
        V + "SgstVal": sgst,
        V + "TotInvVal": whole,
    }


NOTHING = {V + "AssVal": 0, V + "IgstVal": 0, V + "TotInvVal": 0}
EMPTY_LINE = {
    "IsServc": "N",
    "HsnCd": "8204",
    "Qty": 0,
    "Unit": "NOS",
    "UnitPrice": 0,
    "TotAmt": 0,
    "AssAmt": 0,
    "GstRt": 18,
    "TotItemVal": 0,
}
FIRST_LINE = {
    **EMPTY_LINE,
    "SlNo": "1",
    "TotAmt": 1000,
    "AssAmt": 1000,
    "IgstAmt": 180,
    "TotItemVal": 1180,
}


def many_lines(numbers):
    """Return the first line and empty lines with these serial numbers."""
    empty = [{**EMPTY_LINE, "SlNo": str(number)} for number in numbers]
    return [FIRST_LINE, *empty]


DOCUMENT = [
    ("2279", "Version", "inter", {"Version": "1.0"}),
    ("2292", "DocDtls.Dt", "inter", {D + "Dt": "31/09/2026"}),
    ("2163", "DocDtls.Dt", "inter", {D + "Dt": "16/10/2026"}),
    ("2284", "DocDtls.Dt", "inter", {D + "Dt": "31/03/2025"}),
    ("2293", "ExpDtls.ShipBDt", "export", {X + "ShipBDt": "30/02/2026"}),
    (
        "2293",
        "RefDtls.PrecDocDtls[0].InvDt",
        "inter",
        {"RefDtls": {"PrecDocDtls": [{"InvNo": "A1", "InvDt": "31/06/2026"}]}},
    ),
    (
        "2293",
        "RefDtls.DocPerdDtls.InvEndDt",
        "inter",
        {
            "RefDtls": {
                "DocPerdDtls": {"InvStDt": "01/09/2026", "InvEndDt": "31/09/2026"}
            }
        },
    ),
    (
        "2293",
        "RefDtls.ContrDtls[0].PORefDt",
        "inter",
        {"RefDtls": {"ContrDtls": [{"PORefDt": "00/01/2026"}]}},
    ),
    (
        "2293",
        "ItemList[0].BchDtls.ExpDt",
        "inter",
        {L + "BchDtls": {"Nm": "LOT-7", "ExpDt": "29/02/2027"}},
    ),
    ("2195", "TranDtls.EcmGstin", "inter", {T + "EcmGstin": SELLER}),
    ("2162", "TranDtls.RegRev", "export", {T + "RegRev": "Y"}),
    ("2268", "TranDtls.IgstOnIntra", "export", {T + "IgstOnIntra": "Y"}),
    (
        "2262",
        "TranDtls.IgstOnIntra",
        "inter",
        {T + "IgstOnIntra": "Y", T + "RegRev": "Y"},
    ),
    (
        "2294",
        "TranDtls.IgstOnIntra",
        "intra",
        {
            T + "IgstOnIntra": "y",
            **halves(0, 0),
            **taxed("IgstAmt", 180),
        },
    ),
    ("2201", "ExpDtls.Port", "export", {X + "Port": "NHAVA"}),
    ("2201", "ExpDtls.Port", "export", {T + "SupTyp": "expwp", X + "Port": "12"}),
    ("2202", "ExpDtls.CntCode", "export", {X + "CntCode": "UK"}),
    ("2203", "ExpDtls.ForCur", "export", {X + "ForCur": "DOLLAR"}),
]
PARTIES = [
    ("2212", "BuyerDtls.Gstin", "inter", {B + "Gstin": "URP"}),
    ("2248", "BuyerDtls.Gstin", "export", {B + "Gstin": "27AAACS0000B1ZQ"}),
    ("2211", "BuyerDtls.Gstin", "intra", {B + "Gstin": SELLER}),
    ("2258", "SellerDtls.Stcd", "inter", {S + "Stcd": "33", S + "Pin": 600001}),
    ("2265", "BuyerDtls.Stcd", "inter", {B + "Stcd": "33", B + "Pin": 600001}),
    ("2259", "SellerDtls.Stcd", "inter", {S + "Stcd": "96"}),
    ("2259", "SellerDtls.Stcd", "inter", {S + "Stcd": "39"}),
    ("2260", "BuyerDtls.Stcd", "inter", {B + "Stcd": "28"}),
    ("2269", "BuyerDtls.Stcd", "inter", {B + "Stcd": "96"}),
    ("2261", "BuyerDtls.Stcd", "export", {B + "Stcd": "27"}),
    ("2200", "ShipDtls.Stcd", "inter", {"ShipDtls": {**SHIP, "Stcd": "40"}}),
    ("2200", "DispDtls.Stcd", "inter", {"DispDtls": {**DISPATCH, "Stcd": "40"}}),
    ("2200", "DispDtls.Stcd", "inter", {"DispDtls": {**DISPATCH, "Stcd": "96"}}),
    ("2271", "ShipDtls.Stcd", "inter", {"ShipDtls": {**SHIP, "Stcd": "96"}}),
    ("2243", "BuyerDtls.Pos", "inter", {B + "Pos": "25"}),
    ("2243", "BuyerDtls.Pos", "inter", {B + "Pos": "99"}),
    ("2232", "BuyerDtls.Pos", "export", {B + "Pos": "27"}),
    ("2242", "BuyerDtls.Pos", "inter", {T + "SupTyp": "SEZWP", B + "Pos": "96"}),
    ("2303", "BuyerDtls.Pos", "inter", {B + "Pos": "96"}),
    ("2244", "BuyerDtls.Pin", "inter", {B + "Pin": DROP}),
    ("2244", "BuyerDtls.Pin", "inter", {B + "Pin": None}),
    ("2275", "BuyerDtls.Pin", "export", {B + "Pin": 400001}),
    ("2276", "SellerDtls.Pin", "inter", {S + "Pin": 999999}),
    ("2274", "BuyerDtls.Pin", "inter", {B + "Pin": 999999}),
    (
        "2272",
        "ShipDtls.Pin",
        "inter",
        {"ShipDtls": {**SHIP, "Stcd": "27", "Pin": 999999}},
    ),
    (
        "2273",
        "DispDtls.Pin",
        "export",
        {"DispDtls": {**DISPATCH, "Stcd": "29", "Pin": 999999}},
    ),
    ("3038", "SellerDtls.Pin", "inter", {S + "Pin": 101301}),
    ("3039", "SellerDtls.Pin", "inter", {S + "Pin": 400001}),
    ("3038", "BuyerDtls.Pin", "inter", {B + "Pin": 101301}),
    ("3039", "BuyerDtls.Pin", "inter", {B + "Pin": 560001}),
    ("3039", "DispDtls.Pin", "inter", {"DispDtls": {**DISPATCH, "Stcd": "27"}}),
    (
        "3040",
        "ShipDtls.Pin",
        "inter",
        {"ShipDtls": {**SHIP, "Stcd": "27", "Pin": 101301}},
    ),
    ("3041", "ShipDtls.Pin", "inter", {"ShipDtls": {**SHIP, "Stcd": "33"}}),
]
ITEMS = [
    ("2228", "ItemList", "inter", {"ItemList": [], **NOTHING}),
    ("2173", "ItemList", "inter", {"ItemList": many_lines(range(2, 1002))}),
    ("2233", "ItemList[1].SlNo", "inter", {"ItemList": many_lines(["01"])}),
    ("2176", "ItemList[0].HsnCd", "inter", {L + "HsnCd": "7701"}),
    ("2176", "ItemList[0].HsnCd", "inter", {**SERVICE, L + "HsnCd": "990100"}),
    ("3047", "ItemList[0].HsnCd", "inter", {L + "HsnCd": "998314"}),
    ("3048", "ItemList[0].HsnCd", "inter", {L + "IsServc": "Y"}),
    ("2238", "ItemList[0].Qty", "inter", {L + "Qty": DROP}),
    ("2239", "ItemList[0].Unit", "inter", {L + "Unit": None}),
    ("2177", "ItemList[0].Unit", "inter", {L + "Unit": "PIECE"}),
    ("2240", "ItemList[0].GstRt", "inter", taxed("IgstAmt", 170, 17)),
    ("2240", "ItemList[0].GstRt", "inter", taxed("IgstAmt", 5, 0.5)),
    ("2227", "ItemList[0].SgstAmt", "intra", halves(90, 89.99)),
    (
        "2172",
        "ItemList[0].IgstAmt",
        "intra",
        {
            L + "IgstAmt": 10,
            L + "TotItemVal": 1190,
            V + "IgstVal": 10,
            V + "TotInvVal": 1190,
        },
    ),
    (
        "2174",
        "ItemList[0].CgstAmt",
        "inter",
        {
            L + "CgstAmt": 5,
            L + "SgstAmt": 5,
            L + "TotItemVal": 1190,
            V + "CgstVal": 5,
            V + "SgstVal": 5,
            V + "TotInvVal": 1190,
        },
    ),
]
TABLE = [*DOCUMENT, *PARTIES, *ITEMS]
OPERATOR = "29AAACO1234A1C5"
# documents that break a rule because of the caller or the turnover
BY_PROFILE = [
    ("2305", "DocDtls.Dt", {D + "Dt": "15/09/2026"}, Profile("from_10_cr", SELLER)),
    ("2169", "SellerDtls.Gstin", {}, Profile(requester="27AAACS0000B1ZQ")),
    (
        "2299",
        "TranDtls.EcmGstin",
        {T + "EcmGstin": OPERATOR},
        Profile(requester=SELLER),
    ),
    (
        "2301",
        "TranDtls.EcmGstin",
        {},
        Profile(requester=OPERATOR, is_operator=True),
    ),
]


@pytest.mark.parametrize(
    ("code", "path", "kind", "changes"),
    TABLE,
    ids=[f"{code} {path} {n}" for n, (code, path, _, _) in enumerate(TABLE)],
)
def test_one_rule_is_broken_and_no_other(make, today, code, path, kind, changes):
    document = make(kind, changes)

    assert schema_violations(document) == []
    found = rule_violations(document, today=today)

    assert [(one.code, one.path) for one in found] == [(code, path)]
    assert found[0].message.endswith(".")


@pytest.mark.parametrize(("code", "path", "changes", "profile"), BY_PROFILE)
def test_rule_is_broken_by_the_caller(make, today, code, path, changes, profile):
    found = rule_violations(make("inter", changes), today=today, profile=profile)

    assert [(one.code, one.path) for one in found] == [(code, path)]


def test_every_rule_has_a_document_that_breaks_it(make, today):
    documents = [
        Document(make(kind, changes), today, Profile()) for _, _, kind, changes in TABLE
    ]
    documents += [
        Document(make("inter", changes), today, profile)
        for _, _, changes, profile in BY_PROFILE
    ]
    rules = (*DOCUMENT_RULES, *PARTY_RULES, *ITEM_RULES)

    idle = [
        rule
        for rule in rules
        if not any(list(rule(document)) for document in documents)
    ]

    assert idle == []


# --- rules that need to know the supplier --------------------------------------------


@pytest.mark.parametrize(
    ("aato_class", "day", "codes"),
    [
        ("from_10_cr", "16/09/2026", []),
        ("from_10_cr", "15/09/2026", ["2305"]),
        ("from_100_cr", "15/09/2026", ["2305"]),
        ("below_10_cr", "15/09/2026", []),
        ("unknown", "15/09/2026", []),
    ],
)
def test_reporting_limit_counts_the_document_date(make, today, aato_class, day, codes):
    document = make("inter", {D + "Dt": day})

    found = rule_violations(document, today=today, profile=Profile(aato_class))

    assert [one.code for one in found] == codes


@pytest.mark.parametrize(
    ("aato_class", "day", "codes"),
    [
        ("from_100_cr", date(2023, 11, 1), ["2305"]),
        ("from_10_cr", date(2023, 11, 1), []),
        ("from_100_cr", date(2023, 10, 31), []),
        ("from_10_cr", date(2025, 3, 31), []),
        ("from_10_cr", date(2025, 4, 1), ["2305"]),
    ],
)
def test_reporting_limit_grew_with_time(make, aato_class, day, codes):
    document = make("inter", {D + "Dt": "01/09/2023"})

    found = rule_violations(document, today=day, profile=Profile(aato_class))

    assert [one.code for one in found] == codes


def test_named_operator_is_accepted(make, today):
    document = make("inter", {T + "EcmGstin": OPERATOR})
    profile = Profile(requester=OPERATOR, is_operator=True)

    assert rule_violations(document, today=today, profile=profile) == []


def test_a_violation_names_the_record_to_mend(make, today):
    changes = {B + "Pin": DROP, L + "Unit": "PIECE", V + "IgstVal": 0}

    found = rule_violations(make("inter", changes), today=today)

    assert {one.code: one.target for one in found} == {
        "2244": "buyer",
        "2177": "line",
        "2185": "document",
    }


def test_violation_has_the_expected_value(make, today):
    found = rule_violations(make("inter", taxed("IgstAmt", 150)), today=today)

    assert found[0].value == 150
    assert found[0].message == (
        "Line 1: IGST 150.00 does not agree with taxable value 1000.00 and rate 18 %, "
        "which give 180.00."
    )
