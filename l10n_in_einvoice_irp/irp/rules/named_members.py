"""Find the member of a document that a portal's text about its schema (5002) names.

Portals write these texts in several ways: with the JSON path, the member's name, or its
title ("The field Document Number must be a string with a maximum length of 16").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from ..reference.datafiles import load_json

_PATH = re.compile(
    r"\b((?:Tran|Doc|Seller|Buyer|Disp|Ship|Val|Pay|Ref|Exp|Ewb|AddlDoc)Dtls|ItemList)"
    r"((?:[./\[\]]+\w+)*)"
)
_NUMBERED = re.compile(r"\b(?:line|item|sl ?no|serial number)\D{0,4}(\d{1,4})\b")
# word of a text -> section; the first match counts
_SECTIONS = (
    (r"e ?way|ewb|vehicle|transport\w*", "EwbDtls"),
    (r"seller|supplier", "SellerDtls"),
    (r"buyer|recipient|customer", "BuyerDtls"),
    (r"dispatch\w*", "DispDtls"),
    (r"ship to|shipto|delivery|consignee", "ShipDtls"),
    (r"line|item|product|hsn|sac", "ItemList"),
    (r"document|invoice", "DocDtls"),
)
# what portals call a member, beside its name and the title in the schema
_ALIASES = {
    "pincode": "Pin",
    "pin": "Pin",
    "location": "Loc",
    "place": "Loc",
    "address1": "Addr1",
    "address 1": "Addr1",
    "address2": "Addr2",
    "address 2": "Addr2",
    "state": "Stcd",
    "phone": "Ph",
    "mobile": "Ph",
    "email": "Em",
    "hsn": "HsnCd",
    "hsn code": "HsnCd",
    "unit": "Unit",
    "uqc": "Unit",
    "product description": "PrdDesc",
    "document number": "No",
    "invoice number": "No",
    "document date": "Dt",
    "invoice date": "Dt",
    "document type": "Typ",
    "vehicle no": "VehNo",
    "transporter id": "TransId",
    "transporter name": "TransName",
    "mode of transport": "TransMode",
    "distance": "Distance",
}


class NamedMember(NamedTuple):
    """A member that a text names.

    :ivar path: as in `irp.rules.Violation`; "" if the text does not say of which
        section it is, or of which line.
    :ivar title: what it is, in words.
    """

    path: str
    title: str


def named_member(text: str) -> NamedMember | None:
    """Return the member that a portal's text names; None if it names none.

    >>> named_member("The Document Number field is required.").path
    'DocDtls.No'
    >>> named_member("BuyerDtls.Pin is out of range").path
    'BuyerDtls.Pin'
    """
    for found in _PATH.finditer(text):
        steps = [step for step in re.split(r"[./\[\]]+", found[2]) if step]
        if member := _at(found[1], steps):
            return member
    return _in_words(text)


def _at(section: str, steps: list[str]) -> NamedMember | None:
    path, rule = section, _properties().get(section, {})
    for step in steps:
        if step.isdigit():
            path = f"{path}[{step}]"
            continue
        properties = rule.get("items", rule).get("properties", {})
        if step not in properties:
            break
        path, rule = f"{path}.{step}", properties[step]
    return NamedMember(path, rule["title"]) if rule else None


def _in_words(text: str) -> NamedMember | None:
    plain = " ".join(re.findall(r"[a-z0-9]+", _spaced(text).lower()))
    hinted = [
        name for words, name in _SECTIONS if re.search(rf"\b(?:{words})\b", plain)
    ]
    for phrase in _phrases():
        if not re.search(rf"\b{re.escape(phrase)}\b", plain):
            continue
        homes = _homes(_members()[phrase])
        section = next((name for name in hinted if name in homes), "")
        return _member(_members()[phrase], section or _only(homes), plain)
    return None


def _spaced(text: str) -> str:
    """Return a text with the words of member names apart: "HsnCd" as "Hsn Cd"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)


def _only(homes: list[str]) -> str:
    return homes[0] if len(homes) == 1 else ""


def _member(name: str, section: str, plain: str) -> NamedMember:
    home = section or _homes(name)[0]
    rule = _properties()[home]
    title = rule.get("items", rule)["properties"][name]["title"]
    if section == "ItemList":
        number = _NUMBERED.search(plain)
        section = f"ItemList[{int(number[1]) - 1}]" if number else ""
    return NamedMember(f"{section}.{name}" if section else "", title)


def _homes(name: str) -> list[str]:
    """Return the sections that have a member."""
    return [
        section
        for section, rule in _properties().items()
        if name in rule.get("items", rule).get("properties", {})
    ]


@cache
def _properties() -> Mapping[str, Any]:
    found: Mapping[str, Any] = load_json("einvoice-schema-1.1.json")["properties"]
    return found


@cache
def _members() -> Mapping[str, str]:
    """Return phrase -> name of the member that it means."""
    return {**dict(_titles()), **_ALIASES}


def _titles() -> Iterator[tuple[str, str]]:
    for rule in _properties().values():
        for name, member in rule.get("items", rule).get("properties", {}).items():
            yield _spaced(name).lower(), name
            words = re.findall(r"[a-z0-9]+", member["title"].lower())
            # "number", "type" and "date" alone may mean anything
            if len(words) > 1 or name in ("Gstin", "Loc", "Qty"):
                yield " ".join(words), name


@cache
def _phrases() -> tuple[str, ...]:
    """Return the phrases, the longest first: "unit price" before "unit"."""
    short = {"no", "dt", "typ", "nm", "type", "date", "info", "docs", "mode", "url"}
    return tuple(sorted(_members().keys() - short, key=len, reverse=True))
