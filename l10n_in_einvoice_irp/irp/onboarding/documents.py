"""Documents for a test run: generated, valid, and of many kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..reference.codes import ABROAD, PIN_ABROAD
from ..reference.dates import written
from ..rules import violations
from .plan import Parties, Party

_UNTAXED = ("EXPWOP", "SEZWOP")
_EXPORTS = ("EXPWP", "EXPWOP")
_CESS = 5
_FOREIGN_BUYER = {
    "Gstin": "URP",
    "LglNm": "Lakeside Tools Inc",
    "Addr1": "351 Horner Road",
    "Loc": "Peebles",
    "Pin": PIN_ABROAD,
    "Stcd": ABROAD,
    "Pos": ABROAD,
}
_EXPORT = {"Port": "INMUN1", "CntCode": "US", "ForCur": "USD"}


@dataclass(frozen=True)
class Kind:
    """A kind of document.

    :ivar local: whether the place of supply is the seller's state.
    :ivar rates: the GST rate of each line.
    :ivar discount: in percent of the gross amount.
    :ivar extra: further members of the document, by section.
    """

    title: str
    supply_type: str = "B2B"
    doc_type: str = "INV"
    local: bool = False
    is_service: bool = False
    rates: tuple[int, ...] = (18,)
    discount: int = 0
    cess: bool = False
    extra: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def takes_ewaybill(self) -> bool:
        """Return whether an e-way bill can be made of it without further addresses."""
        domestic = self.supply_type not in _EXPORTS
        return self.doc_type == "INV" and domestic and not self.is_service


KINDS: Mapping[str, Kind] = {
    "inter": Kind("Inter-state goods, IGST"),
    "intra": Kind("Goods within the state, CGST and SGST", local=True),
    "service": Kind("Inter-state service", is_service=True),
    "discount": Kind("Goods with a discount", discount=10),
    "note": Kind("Credit note", doc_type="CRN"),
    "export": Kind("Export with payment", "EXPWP", extra={"ExpDtls": _EXPORT}),
    "rates": Kind("Several rates in one document", rates=(5, 18, 40)),
    "cess": Kind("Goods with cess", cess=True),
    "local service": Kind("Service within the state", local=True, is_service=True),
    "debit": Kind("Debit note", doc_type="DBN"),
    "export lut": Kind("Export without payment", "EXPWOP", extra={"ExpDtls": _EXPORT}),
    "deemed": Kind("Deemed export", "DEXP"),
    "reverse": Kind("Reverse charge", extra={"TranDtls": {"RegRev": "Y"}}),
    "sez": Kind("SEZ with payment", "SEZWP"),
    "nil": Kind("Goods at nil rate", rates=(0,)),
    "sez lut": Kind("SEZ without payment", "SEZWOP"),
    "local note": Kind("Credit note within the state", doc_type="CRN", local=True),
    "discounted note": Kind("Debit note with a discount", doc_type="DBN", discount=5),
}
"""The kinds of documents by name, in the order in which a run uses them."""


def kinds_for(parties: Parties) -> tuple[str, ...]:
    """Return the kinds for which there is a buyer."""
    return tuple(
        name
        for name, kind in KINDS.items()
        if parties.sez_buyers or not kind.supply_type.startswith("SEZ")
    )


def build(
    name: str, parties: Parties, number: str, day: date, variation: int = 0
) -> dict[str, Any]:
    """Return an INV-01 document of a kind.

    :param number: of the document.
    :param variation: changes quantities, prices and buyer; 0 is ten at 100 rupees.
    """
    kind = KINDS[name]
    intra = kind.local
    lines = [
        _line(kind, index + 1, rate, intra, variation)
        for index, rate in enumerate(kind.rates)
    ]
    document: dict[str, Any] = {
        "Version": "1.1",
        "TranDtls": {"TaxSch": "GST", "SupTyp": kind.supply_type, "RegRev": "N"},
        "DocDtls": {"Typ": kind.doc_type, "No": number, "Dt": written(day)},
        "SellerDtls": parties.seller.section(),
        "BuyerDtls": _buyer(kind, parties, variation),
        "ItemList": lines,
        "ValDtls": _totals(lines),
    }
    for section, members in kind.extra.items():
        document[section] = {**document.get(section, {}), **members}
    return document


def _buyer(kind: Kind, parties: Parties, variation: int) -> dict[str, Any]:
    if kind.supply_type in _EXPORTS:
        return dict(_FOREIGN_BUYER)
    is_sez = kind.supply_type.startswith("SEZ")
    buyers = parties.sez_buyers if is_sez else parties.buyers
    buyer = buyers[variation % len(buyers)]
    place = parties.seller.state if kind.local else _other_place(buyer, parties)
    return {**buyer.section(), "Pos": place}


def _other_place(buyer: Party, parties: Parties) -> str:
    """Return a place of supply outside the seller's state."""
    return buyer.state if buyer.state != parties.seller.state else parties.other.state


def _line(
    kind: Kind, number: int, rate: int, intra: bool, variation: int
) -> dict[str, Any]:
    quantity, price = 10 + variation % 7, 100 + variation * 3 + 10 * (number - 1)
    gross = quantity * price
    discount = round(gross * kind.discount / 100, 2)
    taxable = round(gross - discount, 2)
    taxes = _taxes(kind, rate, taxable, intra)
    line: dict[str, Any] = {
        "SlNo": str(number),
        "PrdDesc": "Assembly work" if kind.is_service else "Torque wrench",
        "IsServc": "Y" if kind.is_service else "N",
        "HsnCd": "998873" if kind.is_service else "82041120",
        "Qty": quantity,
        "Unit": "OTH" if kind.is_service else "NOS",
        "UnitPrice": price,
        "TotAmt": gross,
    }
    if discount:
        line["Discount"] = discount
    amounts = [amount for name, amount in taxes.items() if name.endswith("Amt")]
    total = round(taxable + sum(amounts), 2)
    return {**line, "AssAmt": taxable, "GstRt": rate, **taxes, "TotItemVal": total}


def _taxes(kind: Kind, rate: int, taxable: float, intra: bool) -> dict[str, float]:
    if kind.supply_type in _UNTAXED or not rate:
        return {}
    if intra:
        half = round(taxable * rate / 200, 2)
        taxes: dict[str, float] = {"CgstAmt": half, "SgstAmt": half}
    else:
        taxes = {"IgstAmt": round(taxable * rate / 100, 2)}
    if kind.cess:
        taxes |= {"CesRt": _CESS, "CesAmt": round(taxable * _CESS / 100, 2)}
    return taxes


_SUMS = {
    "AssVal": "AssAmt",
    "CgstVal": "CgstAmt",
    "SgstVal": "SgstAmt",
    "IgstVal": "IgstAmt",
    "CesVal": "CesAmt",
    "TotInvVal": "TotItemVal",
}


def _totals(lines: list[dict[str, Any]]) -> dict[str, float]:
    sums = {
        total: round(sum(line.get(name, 0) for line in lines), 2)
        for total, name in _SUMS.items()
    }
    needed = ("AssVal", "TotInvVal")
    return {name: value for name, value in sums.items() if value or name in needed}


def check_documents(parties: Parties, prefix: str, today: date) -> None:
    """Raise ValueError if a document of these parties would be refused.

    Checks one of each kind with each buyer as Odoo checks an invoice before it sends.

    :param prefix: of the numbers, which get up to four digits.
    """
    number = f"{prefix}9999"
    several = max(len(parties.buyers), len(parties.sez_buyers))
    for name in kinds_for(parties):
        for variation in range(several):
            document = build(name, parties, number, today, variation)
            found = violations(document, today=today)
            if found:
                raise ValueError(f"{KINDS[name].title}: {found[0].message}")
