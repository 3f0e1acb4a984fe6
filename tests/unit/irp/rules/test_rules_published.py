"""Documents that were published, or accepted by NIC's sandbox, break no rule.

Numbers: NIC's full sample; Odoo's l10n_in_edi tests (with real HSN codes and the
buyer's own state in place of its test values); documents that india-compliance
recorded with NIC's sandbox; GSTZen's samples; and arithmetic derived from NIC's text.
"""

import copy
import json
from datetime import date
from pathlib import Path

import pytest
from irp.rules.checks import violations

DATA = Path(__file__).parents[2] / "data" / "rules-published-samples.json"
SIGNED = DATA.with_name("rules-signed-documents.json")
GUJARAT = ("24AAGCC7144L6ZE", 365220, "24")
RAJKOT = ("24ABCPM8965E1ZE", 360001, "24", "24")
MUMBAI = ("27DJMPM8965E1ZE", 400052, "27", "27")
SEZ = ("36AAAAA1234AAZA", 500002, "36", "36")
HIMACHAL = ("02AMBPG7773M002", 171302, "02")
TELANGANA = ("36AMBPG7773M002", 500055, "36", "02")
FOREIGN = ("URP", 999999, "96", "96")


def party(gstin, pin, state, place=None):
    found = {
        "Gstin": gstin,
        "LglNm": "Party of the sample",
        "TrdNm": None,
        "Addr1": "Main Road",
        "Loc": "City",
        "Pin": pin,
        "Stcd": state,
    }
    return {**found, "Pos": place} if place else found


def line(amount, rate, total, **more):
    """Return a line; members not given follow from the taxable value ``amount``."""
    goods = {"SlNo": "1", "IsServc": "N", "HsnCd": "61149090", "Qty": 1, "Unit": "NOS"}
    money = {"UnitPrice": amount, "TotAmt": amount, "Discount": 0, "AssAmt": amount}
    return {**goods, **money, "GstRt": rate, "TotItemVal": total, **more}


def both(tax):
    return {"CgstAmt": tax, "SgstAmt": tax, "IgstAmt": 0}


def document(seller, buyer, lines, values, kind="B2B", typ="INV", **sections):
    transaction = {"TaxSch": "GST", "SupTyp": kind, "RegRev": "N", "IgstOnIntra": "N"}
    sample = {
        "Version": "1.1",
        "TranDtls": {**transaction, **sections.pop("TranDtls", {})},
        "DocDtls": {"Typ": typ, "No": "SAMPLE/1", "Dt": "05/10/2026"},
        "SellerDtls": party(*seller),
        "BuyerDtls": party(*buyer),
        "ItemList": lines,
        "ValDtls": {"RndOffAmt": 0, "Discount": 0, "OthChrg": 0, **values},
    }
    return {**sample, **sections}


def sums(taxable, total, half=0, igst=0, **more):
    halves = {"CgstVal": half, "SgstVal": half, "IgstVal": igst}
    return {"AssVal": taxable, **halves, "TotInvVal": total, **more}


CESS = {"CesRt": 5, "CesAmt": 45.0, "CesNonAdvlAmt": 1.59}
TEN_PERCENT_OFF = {"UnitPrice": 1000, "TotAmt": 1000, "Discount": 100}
TAXABLE = [
    line(900.0, 5, 945.0, **TEN_PERCENT_OFF, **both(22.5)),
    line(900.0, 12, 1054.59, SlNo="2", **TEN_PERCENT_OFF, **both(54.0), **CESS),
]
TAXABLE_SUM = sums(1800.0, 1999.59, 76.5, CesVal=46.59)
NEGATIVE = [
    line(600.0, 5, 630.0, UnitPrice=1000, TotAmt=1000, Discount=400, **both(15.0)),
    line(
        1000.0,
        12,
        1171.59,
        SlNo="3",
        **both(60.0),
        CesRt=5,
        CesAmt=50,
        CesNonAdvlAmt=1.59,
    ),
]
FREE = line(0, 0, 0, UnitPrice=1000, TotAmt=1000, Discount=1000)
REFERENCE = {"PrecDocDtls": [{"InvNo": "SINV-CFY-00092", "InvDt": "17/09/2026"}]}
IGST_180 = sums(1000, 1180, igst=180)
EXPORT = {"CntCode": "US", "ForCur": "INR", "RefClm": "Y"}
PORT = {
    "Gstin": "URP",
    "LglNm": "Port",
    "TrdNm": "Port",
    "Addr1": "Gate",
    "Loc": "Test City",
    "Pin": 380015,
    "Stcd": "24",
}
BY_ROAD = {"Distance": 0, "TransMode": "1", "VehNo": "GJ07DL9009", "VehType": "R"}
BIG = line(100000.0, 18, 118000.0, Qty=1000, UnitPrice=100, **both(9000.0))
SAMPLES = {
    **json.loads(DATA.read_text(encoding="utf-8")),
    "Odoo taxable": document(GUJARAT, RAJKOT, TAXABLE, TAXABLE_SUM),
    "Odoo credit note": document(GUJARAT, RAJKOT, TAXABLE, TAXABLE_SUM, typ="CRN"),
    "Odoo full discount": document(GUJARAT, RAJKOT, [FREE], sums(0, 0)),
    "Odoo zero quantity": document(
        GUJARAT, RAJKOT, [line(0, 0, 0, Qty=0, UnitPrice=1000)], sums(0, 0)
    ),
    "Odoo negative line": document(
        GUJARAT, RAJKOT, NEGATIVE, sums(1600.0, 1801.59, 75.0, CesVal=51.59)
    ),
    "Odoo negative beside half price": document(
        GUJARAT,
        RAJKOT,
        [line(600, 5, 630, TotAmt=2000, Discount=1400, **both(15))],
        sums(600, 630, 15),
    ),
    "Odoo negative above the largest line": document(
        GUJARAT,
        RAJKOT,
        [
            line(0, 5, 0, UnitPrice=2000, TotAmt=2000, Discount=2000),
            line(900.0, 5, 945.0, SlNo="2", **TEN_PERCENT_OFF, **both(22.5)),
        ],
        sums(900.0, 945.0, 22.5),
    ),
    "Odoo cash rounding": document(
        GUJARAT,
        RAJKOT,
        TAXABLE,
        {**TAXABLE_SUM, "RndOffAmt": 0.41, "TotInvVal": 2000.0},
    ),
    "Odoo global discount": document(
        GUJARAT,
        RAJKOT,
        [line(1000, 5, 1050, **both(25))],
        sums(1000, 950, 25, Discount=100),
    ),
    "Odoo SEZ": document(
        GUJARAT, SEZ, [line(1000, 18, 1180, IgstAmt=180)], IGST_180, "SEZWP"
    ),
    "Odoo SEZ under LUT": document(
        GUJARAT, SEZ, [line(1000, 18, 1000, IgstAmt=0)], sums(1000, 1000), "SEZWOP"
    ),
    "Odoo reverse charge": document(
        GUJARAT,
        MUMBAI,
        [line(1000, 18, 1000, IgstAmt=180)],
        sums(1000, 1000, igst=180),
        TranDtls={"RegRev": "Y"},
    ),
    "Odoo export": document(
        GUJARAT,
        FOREIGN,
        [line(1000, 18, 1180, IgstAmt=180)],
        IGST_180,
        "EXPWP",
        ExpDtls=EXPORT,
    ),
    "Odoo export under LUT": document(
        GUJARAT,
        FOREIGN,
        [line(1000, 18, 1000, IgstAmt=0)],
        sums(1000, 1000),
        "EXPWOP",
        ExpDtls={**EXPORT, "RefClm": "N"},
    ),
    "recorded goods with e-way bill": document(
        HIMACHAL, TELANGANA, [BIG], sums(100000.0, 118000.0, 9000.0), EwbDtls=BY_ROAD
    ),
    "recorded service": document(
        HIMACHAL,
        TELANGANA,
        [line(100, 18, 118, HsnCd="999900", IsServc="Y", **both(9))],
        sums(100, 118, 9),
    ),
    "recorded nil line in other charges": document(
        HIMACHAL,
        TELANGANA,
        [line(10, 12, 11.2, SlNo="2", **both(0.6))],
        sums(10, 111, 0.6, OthChrg=100, RndOffAmt=-0.2),
    ),
    "recorded return": document(
        HIMACHAL,
        TELANGANA,
        [
            line(7.6, 12, 8.52, **both(0.46)),
            line(7.6, 12, 8.5, SlNo="2", **both(0.45)),
        ],
        sums(15.2, 17, 0.91, RndOffAmt=-0.02),
        typ="CRN",
        RefDtls=REFERENCE,
    ),
    "recorded debit note": document(
        HIMACHAL,
        TELANGANA,
        [line(100, 18, 118, Qty=0, **both(9))],
        sums(100, 118, 9),
        typ="DBN",
    ),
    "recorded export by way of a port": document(
        HIMACHAL,
        FOREIGN,
        [line(100000, 0, 100000, Qty=1000, UnitPrice=100)],
        sums(100000, 100000),
        "EXPWOP",
        ShipDtls=PORT,
        EwbDtls=BY_ROAD,
        ExpDtls={"CntCode": "US", "ShipBNo": "1234", "Port": "INABG1"},
    ),
    "recorded duplicate": document(
        HIMACHAL,
        TELANGANA,
        [line(1400, 18, 1652, **both(126))],
        sums(1400, 1652, 126),
    ),
    "recorded dispatch and shipping": document(
        HIMACHAL,
        TELANGANA,
        [BIG],
        sums(100000, 118000, 9000),
        DispDtls={
            "Nm": "Store",
            "Addr1": "Main Road",
            "Loc": "City",
            "Pin": 171302,
            "Stcd": "02",
        },
        ShipDtls={**PORT, "Gstin": TELANGANA[0], "Pin": 500055, "Stcd": "36"},
    ),
    "plain inter-state": document(
        GUJARAT, MUMBAI, [line(1000, 18, 1180, IgstAmt=180)], IGST_180
    ),
    "deemed export": document(
        GUJARAT,
        RAJKOT,
        [line(1000, 18, 1180, **both(90))],
        sums(1000, 1180, 90),
        "DEXP",
    ),
    "IGST on intra-state supply": document(
        GUJARAT,
        RAJKOT,
        [line(1000, 18, 1180, IgstAmt=180)],
        IGST_180,
        TranDtls={"IgstOnIntra": "Y", "RegRev": "Y"},
    ),
    "state cess": document(
        GUJARAT,
        MUMBAI,
        [
            line(
                1000,
                18,
                1305,
                IgstAmt=180,
                StateCesRt=12,
                StateCesAmt=120,
                StateCesNonAdvlAmt=5,
            )
        ],
        sums(1000, 1305, igst=180, StCesVal=125),
    ),
    "cess by quantity alone": document(
        GUJARAT,
        MUMBAI,
        [line(300, 18, 358.77, Qty=3, IgstAmt=54, CesRt=0, CesNonAdvlAmt=4.77)],
        sums(300, 358.77, igst=54, CesVal=4.77),
    ),
    "TCS on the line": document(
        GUJARAT,
        MUMBAI,
        [line(1000, 18, 1191.8, IgstAmt=180, OthChrg=11.8)],
        {**IGST_180, "TotInvVal": 1191.8},
    ),
    "TCS on the document": document(
        GUJARAT,
        MUMBAI,
        [line(1000, 18, 1180, IgstAmt=180)],
        {**IGST_180, "OthChrg": 11.8, "TotInvVal": 1191.8},
    ),
    "export in dollars": document(
        GUJARAT,
        FOREIGN,
        [line(8300, 18, 9794, IgstAmt=1494)],
        sums(8300, 9794, igst=1494, TotInvValFc=118.0),
        "EXPWP",
        ExpDtls={**EXPORT, "ForCur": "USD"},
    ),
    "export total without tax": document(
        GUJARAT,
        FOREIGN,
        [line(1000, 18, 1000, IgstAmt=180)],
        sums(1000, 1000, igst=180),
        "EXPWP",
    ),
    "free sample": document(
        GUJARAT,
        MUMBAI,
        [
            line(1000, 18, 1180, IgstAmt=180),
            line(0, 18, 0, SlNo="2", Qty=5, IgstAmt=0),
        ],
        IGST_180,
    ),
    "tax that rounds to nothing": document(
        GUJARAT, MUMBAI, [line(0.02, 5, 0.02, IgstAmt=0)], sums(0.02, 0.02)
    ),
    "progressive rounding": document(
        GUJARAT,
        RAJKOT,
        [line(33.33, 18, 39.33, SlNo=str(n), **both(3.0)) for n in (1, 2, 3)],
        sums(99.99, 117.99, 9.0),
    ),
    "reverse charge credit note": document(
        GUJARAT,
        MUMBAI,
        [line(1000, 18, 1000, IgstAmt=180)],
        sums(1000, 1000, igst=180),
        typ="CRN",
        TranDtls={"RegRev": "Y"},
    ),
    "note whose tax does not follow its rate": document(
        GUJARAT,
        MUMBAI,
        [line(1000, 18, 1050, IgstAmt=50)],
        sums(1000, 1050, igst=50),
        typ="DBN",
    ),
    "carriage of goods abroad": document(
        GUJARAT,
        ("27DJMPM8965E1ZE", 400052, "27", "96"),
        [line(1000, 18, 1180, IgstAmt=180, HsnCd="996521", IsServc="Y")],
        IGST_180,
    ),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_published_numbers_are_taken(name, today):
    sample = copy.deepcopy(SAMPLES[name])

    assert violations(sample, today=today) == []
    assert sample == SAMPLES[name]


@pytest.mark.parametrize("number", json.loads(SIGNED.read_text(encoding="utf-8")))
def test_documents_that_nic_signed_are_taken(number):
    """Documents signed by NIC's sandbox, on that day; names are replaced."""
    signed = json.loads(SIGNED.read_text(encoding="utf-8"))[number]
    day = date.fromisoformat(signed["registered"])

    found = violations(signed["document"], today=day)

    assert [one for one in found if not one.ewaybill] == []


@pytest.mark.parametrize("rate", [0, 0.1, 0.25, 1, 1.5, 3, 5, 6, 7.5, 12, 18, 28, 40])
def test_every_rate_of_the_master_is_taken(rate, today):
    tax = rate * 10
    sample = document(
        GUJARAT,
        MUMBAI,
        [line(1000, rate, 1000 + tax, IgstAmt=tax)],
        sums(1000, 1000 + tax, igst=tax),
    )

    assert violations(sample, today=today) == []


@pytest.mark.parametrize(
    ("day", "codes"), [("21/09/2025", ["2240"]), ("22/09/2025", [])]
)
def test_forty_percent_begins_with_gst_two(day, codes):
    sample = document(
        GUJARAT,
        MUMBAI,
        [line(1000, 40, 1400, IgstAmt=400)],
        sums(1000, 1400, igst=400),
    )
    sample["DocDtls"]["Dt"] = day

    found = violations(sample, today=date(2025, 9, 30))

    assert [one.code for one in found] == codes
