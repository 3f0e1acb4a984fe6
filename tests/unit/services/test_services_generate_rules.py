"""Generate IRN: a refused document for each published rule."""

import pytest
from irp.protocol.errors import IrpRejected
from irp.reference.catalogue import entry

DROP = "(drop)"
L, V, B, S = "ItemList.0.", "ValDtls.", "BuyerDtls.", "SellerDtls."
T, D, X = "TranDtls.", "DocDtls.", "ExpDtls."
PUNE = {"LglNm": "Pune depot", "Addr1": "Gate 1", "Loc": "Pune", "Pin": 411001}
HUBLI = {"Nm": "Hubli depot", "Addr1": "Gate 1", "Loc": "Hubballi", "Pin": 580020}
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


def lines(*numbers):
    """Return lines with an amount of 0 and these serial numbers."""
    return [{**EMPTY_LINE, "SlNo": str(number)} for number in numbers]


def taxed(amount, rate=18):
    """Return the changes for another amount of IGST."""
    return {
        L + "GstRt": rate,
        L + "IgstAmt": amount,
        L + "TotItemVal": 1000 + amount,
        V + "IgstVal": amount,
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


def more(line_tax, total, amount, **rates):
    """Return the changes for another tax whose amount does not match its rate."""
    return {
        **{L + name: rate for name, rate in rates.items()},
        L + line_tax: amount,
        L + "TotItemVal": 1180 + amount,
        V + total: amount,
        V + "TotInvVal": 1180 + amount,
    }


DOCUMENT = [
    ("2163", "inter", {D + "Dt": "16/10/2026"}),
    ("2279", "inter", {"Version": "1.0"}),
    ("2284", "inter", {D + "Dt": "31/03/2025"}),
    ("2292", "inter", {D + "Dt": "31/09/2026"}),
    ("2293", "export", {X + "ShipBDt": "30/02/2026"}),
    ("2162", "export", {T + "RegRev": "Y"}),
    ("2195", "inter", {T + "EcmGstin": "29AAACK0000A1ZK"}),
    ("2268", "export", {T + "IgstOnIntra": "Y"}),
    ("2262", "inter", {T + "IgstOnIntra": "Y", T + "RegRev": "Y"}),
    ("2294", "intra", {T + "IgstOnIntra": "Y", **halves(0, 0), **taxed(180)}),
    ("2201", "export", {X + "Port": "NHAVA"}),
    ("2202", "export", {X + "CntCode": "UK"}),
    ("2203", "export", {X + "ForCur": "DOLLAR"}),
]
PARTIES = [
    ("2200", "inter", {"ShipDtls": {**PUNE, "Stcd": "40"}}),
    ("2211", "intra", {B + "Gstin": "29AAACK0000A1ZK"}),
    ("2212", "inter", {B + "Gstin": "URP"}),
    ("2232", "export", {B + "Pos": "27"}),
    ("2242", "inter", {T + "SupTyp": "SEZWP", B + "Pos": "96"}),
    ("2243", "inter", {B + "Pos": "25"}),
    ("2244", "inter", {B + "Pin": DROP}),
    ("2248", "export", {B + "Gstin": "27AAACS0000B1ZE"}),
    ("2258", "inter", {S + "Stcd": "33", S + "Pin": 600001}),
    ("2259", "inter", {S + "Stcd": "39"}),
    ("2260", "inter", {B + "Stcd": "28"}),
    ("2261", "export", {B + "Stcd": "27"}),
    ("2265", "inter", {B + "Stcd": "33", B + "Pin": 600001}),
    ("2269", "inter", {B + "Stcd": "96"}),
    ("2271", "inter", {"ShipDtls": {**PUNE, "Stcd": "96"}}),
    ("2272", "inter", {"ShipDtls": {**PUNE, "Stcd": "27", "Pin": 999999}}),
    ("2273", "export", {"DispDtls": {**HUBLI, "Stcd": "29", "Pin": 999999}}),
    ("2274", "inter", {B + "Pin": 999999}),
    ("2275", "export", {B + "Pin": 400001}),
    ("2276", "inter", {S + "Pin": 999999}),
    ("2303", "inter", {B + "Pos": "96"}),
    ("3038", "inter", {S + "Pin": 101301}),
    ("3039", "inter", {B + "Pin": 560001}),
    ("3040", "inter", {"ShipDtls": {**PUNE, "Stcd": "27", "Pin": 101301}}),
    ("3041", "inter", {"ShipDtls": {**PUNE, "Stcd": "33"}}),
]
ITEMS = [
    ("2173", "inter", {"ItemList": lines(*range(1, 1002)), **NOTHING}),
    ("2228", "inter", {"ItemList": [], **NOTHING}),
    ("2233", "inter", {"ItemList": lines(1, "01"), **NOTHING}),
    (
        "2172",
        "intra",
        {**taxed(10), **halves(90, 90), **more("IgstAmt", "IgstVal", 10)},
    ),
    (
        "2174",
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
    ("2176", "inter", {L + "HsnCd": "7701"}),
    ("2177", "inter", {L + "Unit": "PIECE"}),
    ("2227", "intra", halves(90, 89.99)),
    ("2238", "inter", {L + "Qty": DROP}),
    ("2239", "inter", {L + "Unit": DROP}),
    ("2240", "inter", taxed(170, 17)),
    ("3047", "inter", {L + "HsnCd": "998314"}),
    ("3048", "inter", {L + "IsServc": "Y"}),
]
AMOUNTS = [
    ("2193", "inter", {L + "Discount": 100}),
    ("2194", "inter", {L + "TotItemVal": 1000, V + "TotInvVal": 1000}),
    ("2234", "intra", halves(92, 92)),
    ("2235", "inter", taxed(150)),
    ("2266", "inter", more("CesAmt", "CesVal", 50, CesRt=4)),
    ("2267", "inter", more("StateCesAmt", "StCesVal", 100, StateCesRt=12)),
    ("2182", "inter", {V + "AssVal": 1002}),
    ("2183", "intra", {V + "SgstVal": DROP}),
    ("2184", "intra", {V + "CgstVal": 92}),
    ("2185", "inter", {V + "IgstVal": 178}),
    ("2186", "inter", {V + "CesVal": 2}),
    ("2187", "inter", {V + "StCesVal": 2}),
    ("2189", "inter", {V + "TotInvVal": 2000}),
]
# members that break the schema
SCHEMA = [
    {D + "No": DROP},
    {D + "No": "0042"},
    {D + "Typ": "BIL"},
    {D + "Dt": "2026-10-10"},
    {S + "Gstin": DROP},
    {B + "Gstin": "27AAACS"},
    {B + "LglNm": 'The "Best"'},
    {T + "SupTyp": "B2C"},
    {T + "IgstOnIntra": "M"},
    {V + "TotInvVal": DROP},
    {L + "SlNo": DROP},
    {"ItemList": DROP},
]


@pytest.mark.parametrize(
    ("code", "kind", "changes"), [*DOCUMENT, *PARTIES, *ITEMS, *AMOUNTS]
)
def test_refused_document(bench, refused, code, kind, changes):
    invoice = bench.invoice(kind, changes)

    error = refused(
        "generate_irn", code, IrpRejected, bench.client.generate_irn, invoice
    )
    assert {one.code for one in error.violations} == {code}
    assert error.remedy in ("fix_data", "stop")
    assert not bench.portal.registrations()


@pytest.mark.parametrize(
    ("hsn", "codes"),
    [
        ("24039910", set()),
        ("21069020", set()),
        ("24031921", {"2235"}),
        ("24049100", {"2235"}),
    ],
)
def test_tax_on_the_retail_sale_price(bench, hsn, codes):
    invoice = bench.invoice("inter", {L + "HsnCd": hsn, **taxed(1714.29, 40)})

    if not codes:
        bench.client.generate_irn(invoice)
        return
    with pytest.raises(IrpRejected) as refusal:
        bench.client.generate_irn(invoice)
    assert {one.code for one in refusal.value.violations} == codes


@pytest.mark.parametrize(
    ("code", "changes"),
    [*(("5002", changes) for changes in SCHEMA), ("5001", SCHEMA[0])],
    ids=str,
)
def test_refused_by_the_schema(bench, refused, code, changes):
    # copies of the page name either code
    bench.set(schema_code=code)
    invoice = bench.invoice("inter", changes)

    error = refused(
        "generate_irn", code, IrpRejected, bench.client.generate_irn, invoice
    )
    assert {one.code for one in error.violations} == {code}


def test_everything_that_is_wrong_comes_back(bench, refused):
    changes = {B + "Pin": DROP, L + "Unit": "PIECE", V + "IgstVal": 0}
    invoice = bench.invoice("inter", changes)
    bench.portal.set_taxpayer("27AAACS0000B1ZE", "UNKNOWN")

    with pytest.raises(IrpRejected) as caught:
        bench.client.generate_irn(invoice)

    codes = [one.code for one in caught.value.violations]
    assert sorted(codes) == ["2177", "2185", "2244", "3028"]
    assert all(one.message and entry(one.code).hint for one in caught.value.violations)
