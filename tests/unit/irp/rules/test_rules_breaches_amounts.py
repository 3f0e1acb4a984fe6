"""A document that breaks one rule, for the rules on amounts and e-way bills."""

import inspect

import pytest
from irp.rules.invoice import ewaybill, ewaybill_places
from irp.rules.invoice.document_view import Document
from irp.rules.invoice.registry import Profile, rule_violations
from irp.rules.invoice.schema import schema_violations
from irp.rules.invoice.totals import TOTAL_RULES

DROP = "(drop)"
L, V, B = "ItemList.0.", "ValDtls.", "BuyerDtls."
T, D, E = "TranDtls.", "DocDtls.", "EwbDtls."
DISPATCH = {"Nm": "Hubli depot", "Addr1": "Gate 1", "Loc": "Hubballi", "Pin": 580020}
SERVICE = {L + "HsnCd": "998314", L + "IsServc": "Y"}
CESS = {L + "CesRt": 5, L + "CesAmt": 50, L + "TotItemVal": 1230, V + "CesVal": 50}


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


TOTALS = [
    ("2193", "ItemList[0].AssAmt", "inter", {L + "Discount": 100}),
    (
        "2193",
        "ItemList[0].AssAmt",
        "inter",
        {L + "TotAmt": 1003, L + "Discount": 0.99},
    ),
    ("2234", "ItemList[0].CgstAmt", "intra", halves(91.01, 91.01)),
    ("2234", "ItemList[0].CgstAmt", "intra", halves(0, 0)),
    ("2235", "ItemList[0].IgstAmt", "inter", taxed("IgstAmt", 181.01)),
    ("2235", "ItemList[0].IgstAmt", "inter", taxed("IgstAmt", 178.99)),
    (
        "2235",
        "ItemList[0].IgstAmt",
        "export",
        {T + "SupTyp": "EXPWOP", **taxed("IgstAmt", 50)},
    ),
    (
        "2266",
        "ItemList[0].CesAmt",
        "inter",
        {**CESS, L + "CesRt": 4, V + "TotInvVal": 1230},
    ),
    (
        "2267",
        "ItemList[0].StateCesAmt",
        "inter",
        {
            L + "StateCesRt": 12,
            L + "StateCesAmt": 100,
            L + "TotItemVal": 1280,
            V + "StCesVal": 100,
            V + "TotInvVal": 1280,
        },
    ),
    (
        "2194",
        "ItemList[0].TotItemVal",
        "inter",
        {L + "TotItemVal": 1000, V + "TotInvVal": 1000},
    ),
    (
        "2194",
        "ItemList[0].TotItemVal",
        "export",
        {L + "TotItemVal": 1100, V + "TotInvVal": 1100},
    ),
    ("2182", "ValDtls.AssVal", "inter", {V + "AssVal": 1001.01}),
    ("2183", "ValDtls.SgstVal", "intra", {V + "SgstVal": DROP}),
    ("2184", "ValDtls.CgstVal", "intra", {V + "CgstVal": 92}),
    ("2185", "ValDtls.IgstVal", "inter", {V + "IgstVal": 178}),
    ("2186", "ValDtls.CesVal", "inter", {V + "CesVal": 2}),
    ("2187", "ValDtls.StCesVal", "inter", {V + "StCesVal": 2}),
    ("2189", "ValDtls.TotInvVal", "inter", {V + "Discount": 100}),
    ("2189", "ValDtls.TotInvVal", "inter", {V + "TotInvVal": 1181.01}),
    ("2189", "ValDtls.TotInvVal", "export", {V + "TotInvVal": 1100}),
]
MODE, DOCNO, DOCDT = E + "TransMode", E + "TransDocNo", E + "TransDocDt"
VEHNO, VEHTYPE, TRANSID = E + "VehNo", E + "VehType", E + "TransId"
NO_VEHICLE = {VEHNO: DROP, VEHTYPE: DROP}
RAIL = {MODE: "2", **NO_VEHICLE, DOCNO: "RR/77", DOCDT: "11/10/2026"}
EWAYBILL = [
    ("4010", "EwbDtls", "ewaybill", {D + "Typ": "CRN"}),
    ("4009", "EwbDtls", "ewaybill", SERVICE),
    ("4043", "EwbDtls", "ewaybill", {D + "Dt": "17/04/2026"}),
    ("4019", "EwbDtls.TransId", "ewaybill", {"EwbDtls": {"Distance": 980}}),
    ("4028", "EwbDtls.TransMode", "ewaybill", {MODE: DROP}),
    ("4011", "EwbDtls.VehNo", "ewaybill", {VEHNO: DROP}),
    ("4022", "EwbDtls.VehType", "ewaybill", {VEHTYPE: DROP}),
    ("4012", "EwbDtls.TransDocNo", "ewaybill", {**RAIL, DOCNO: DROP}),
    ("4023", "EwbDtls.TransDocDt", "ewaybill", {**RAIL, DOCDT: DROP}),
    ("4040", "EwbDtls.TransDocNo", "ewaybill", {MODE: "4", **NO_VEHICLE}),
    ("4039", "EwbDtls.VehType", "ewaybill", {MODE: "4"}),
    ("4024", "EwbDtls.VehType", "ewaybill", {**RAIL, MODE: "3", VEHTYPE: "O"}),
    ("4014", "EwbDtls.VehNo", "ewaybill", {VEHNO: "KA0112345"}),
    ("4017", "EwbDtls.TransDocDt", "ewaybill", {DOCDT: "31/09/2026"}),
    ("4016", "EwbDtls.TransDocDt", "ewaybill", {DOCDT: "16/10/2026"}),
    ("4021", "EwbDtls.TransDocDt", "ewaybill", {DOCDT: "09/10/2026"}),
    (
        "4029",
        "EwbDtls.Distance",
        "ewaybill",
        {"DispDtls": {**DISPATCH, "Stcd": "27", "Pin": 400001}, E + "Distance": 0},
    ),
    (
        "4034",
        "EwbDtls.Distance",
        "ewaybill",
        {
            B + "Gstin": "97AAACS0000B1ZA",
            B + "Stcd": "97",
            B + "Pos": "97",
            B + "Pin": 999999,
            E + "Distance": 0,
        },
    ),
    ("4031", "ShipDtls", "ewaybill export", {"ShipDtls": None}),
    ("4032", "ShipDtls.Stcd", "ewaybill export", {"ShipDtls.Stcd": "96"}),
    ("4033", "ShipDtls.Pin", "ewaybill export", {"ShipDtls.Pin": 999999}),
    (
        "4035",
        "DispDtls.Stcd",
        "ewaybill",
        {"DispDtls": {**DISPATCH, "Stcd": "96"}},
    ),
    (
        "4036",
        "DispDtls.Pin",
        "ewaybill",
        {"DispDtls": {**DISPATCH, "Stcd": "97", "Pin": 999999}},
    ),
    ("4050", "EwbDtls.TransMode", "gold", {MODE: DROP}),
    ("4044", "EwbDtls.TransMode", "gold", {MODE: "3"}),
    ("4045", "EwbDtls.TransName", "gold", {E + "TransName": "Fast Carriers"}),
    ("4046", "EwbDtls.TransDocNo", "gold", {DOCNO: "LR7"}),
    ("4047", "EwbDtls.TransDocDt", "gold", {DOCDT: "11/10/2026"}),
    ("4048", "EwbDtls.VehNo", "gold", {VEHNO: "KA01AB1234"}),
    ("4049", "EwbDtls.VehType", "gold", {VEHTYPE: "R"}),
    ("4052", "EwbDtls.TransId", "gold", {TRANSID: "21ADAPP6261D1Z1"}),
    (
        "4051",
        "EwbDtls",
        "ewaybill",
        {L + "HsnCd": "7108", "EwbDtls": {"TransMode": "1", "Distance": 980}},
    ),
]
TABLE = [*TOTALS, *EWAYBILL]


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


def ewaybill_rules():
    """Return the public functions that check the e-way bill of a document."""
    return [
        rule
        for module in (ewaybill, ewaybill_places)
        for name, rule in inspect.getmembers(module, inspect.isfunction)
        if rule.__module__ == module.__name__ and not name.startswith("_")
    ]


def test_every_rule_has_a_document_that_breaks_it(make, today):
    documents = [
        Document(make(kind, changes), today, Profile()) for _, _, kind, changes in TABLE
    ]
    rules = (*TOTAL_RULES, *ewaybill_rules())

    idle = [
        rule
        for rule in rules
        if not any(list(rule(document)) for document in documents)
    ]

    assert idle == []
    assert len(ewaybill_rules()) > 25
