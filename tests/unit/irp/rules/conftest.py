"""Documents for the rules: a valid one of each kind, with changes."""

import copy
from datetime import date
from typing import Any

import pytest

TODAY = date(2026, 10, 15)
DROP = "(drop)"

KARNATAKA = {
    "Gstin": "29AAACK0000A1ZP",
    "LglNm": "Kaveri Tools Private Limited",
    "Addr1": "14 Residency Road",
    "Loc": "Bengaluru",
    "Pin": 560025,
    "Stcd": "29",
}
MAHARASHTRA = {
    "Gstin": "27AAACS0000B1ZQ",
    "LglNm": "Sahyadri Machines Limited",
    "Addr1": "7 Station Road",
    "Loc": "Mumbai",
    "Pin": 400001,
    "Stcd": "27",
    "Pos": "27",
}
MYSURU = {
    "Gstin": "29AAACS0000B1ZM",
    "LglNm": "Sahyadri Machines Limited",
    "Addr1": "3 Palace Road",
    "Loc": "Mysuru",
    "Pin": 570001,
    "Stcd": "29",
    "Pos": "29",
}
ABROAD = {
    "Gstin": "URP",
    "LglNm": "Lakeside Tools Inc.",
    "Addr1": "351 Horner Road",
    "Loc": "Peebles",
    "Pin": 999999,
    "Stcd": "96",
    "Pos": "96",
}
PORT = {
    "LglNm": "Mundra Port",
    "Addr1": "Gate 2",
    "Loc": "Mundra",
    "Pin": 370421,
    "Stcd": "24",
}
BY_ROAD = {"TransMode": "1", "Distance": 980, "VehNo": "KA01AB1234", "VehType": "R"}


def _document(supply_type: str, buyer: dict, tax: dict, totals: dict) -> dict:
    amount = sum(value for name, value in tax.items() if name != "GstRt")
    return {
        "Version": "1.1",
        "TranDtls": {"TaxSch": "GST", "SupTyp": supply_type, "RegRev": "N"},
        "DocDtls": {"Typ": "INV", "No": "BLR/26-27/0042", "Dt": "10/10/2026"},
        "SellerDtls": dict(KARNATAKA),
        "BuyerDtls": dict(buyer),
        "ItemList": [
            {
                "SlNo": "1",
                "PrdDesc": "Torque wrench",
                "IsServc": "N",
                "HsnCd": "82041120",
                "Qty": 10,
                "Unit": "NOS",
                "UnitPrice": 100,
                "TotAmt": 1000,
                "AssAmt": 1000,
                **tax,
                "TotItemVal": 1000 + amount,
            }
        ],
        "ValDtls": {"AssVal": 1000, **totals, "TotInvVal": 1000 + amount},
    }


def _kind(kind: str) -> dict:
    if kind == "intra":
        halves = {"GstRt": 18, "CgstAmt": 90, "SgstAmt": 90}
        return _document("B2B", MYSURU, halves, {"CgstVal": 90, "SgstVal": 90})
    igst = {"GstRt": 18, "IgstAmt": 180}
    if kind == "export":
        document = _document("EXPWP", ABROAD, igst, {"IgstVal": 180})
        document["ExpDtls"] = {"Port": "INMUN1", "CntCode": "US", "ForCur": "USD"}
        return document
    document = _document("B2B", MAHARASHTRA, igst, {"IgstVal": 180})
    if kind == "ewaybill":
        document["EwbDtls"] = dict(BY_ROAD)
    if kind == "gold":
        document = _kind("intra")
        document["ItemList"][0]["HsnCd"] = "71131910"
        document["EwbDtls"] = {"TransMode": "1", "Distance": 140}
    if kind == "ewaybill export":
        document = _kind("export")
        document["ShipDtls"] = dict(PORT)
        document["EwbDtls"] = dict(BY_ROAD)
    return document


def _put(document: Any, path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        document = document[int(step) if step.isdigit() else step]
    if value == DROP:
        document.pop(last, None)
    else:
        document[last] = copy.deepcopy(value)


@pytest.fixture
def today() -> date:
    """The date on which the documents are checked."""
    return TODAY


@pytest.fixture
def make():
    """``make(kind, {path: value})`` returns a valid document with changed members."""

    def build(kind: str = "inter", changes: dict | None = None) -> dict:
        document = _kind(kind)
        for path, value in (changes or {}).items():
            _put(document, path, value)
        return document

    return build
