"""Describe a violation so that an accountant can correct it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# section of the INV-01 document -> (the record to correct, how messages name it)
_SECTIONS = {
    "SellerDtls": ("seller", "Seller"),
    "BuyerDtls": ("buyer", "Buyer"),
    "ShipDtls": ("ship_to", "Delivery address"),
    "ExpShipDtls": ("ship_to", "Delivery address"),
    "DispDtls": ("dispatch", "Dispatch address"),
    "ItemList": ("line", ""),
}
_EWAYBILL = "e-Way Bill"
_SHOWN = 60


def _lt(template: str) -> str:
    """Return a template as it is, marked for translation.

    The name is what Odoo's exporter looks for, so that these texts get into the
    addon's .pot file; here nothing is translated.
    """
    return template


@dataclass(frozen=True)
class Violation:
    """A breach of a rule of the portal.

    :param code: the portal's error code, "5002" for a breach of the JSON schema.
    :param path: the member, e.g. ``ItemList[2].HsnCd``; empty for the whole document.
    :param value: what the member holds (None when it is missing).
    :param kind: which fault it is; the same kind always has the same template.
    :param template: plain English: what is wrong and what is expected, with
        ``%(name)s`` for each of ``params``. Also the key of its translation.
    :param params: what the template is filled in with.
    :param owner: the section or line that the message begins with, such as "Line 3".
    """

    code: str
    path: str
    value: Any
    kind: str
    template: str
    params: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""

    @property
    def message(self) -> str:
        """Return the whole text in English."""
        text = filled(self.template, self.params)
        return f"{self.owner}: {text}" if self.owner else text

    @property
    def target(self) -> str:
        """Return the record to correct: seller, buyer, ship_to, dispatch, line or
        document."""
        return _SECTIONS.get(section_of(self.path), ("document", ""))[0]

    @property
    def ewaybill(self) -> bool:
        """Return whether only the e-Way Bill fails: the portal still issues the IRN.

        NIC API 'Generate IRN' v1.03: errors in the e-way bill part are returned in
        InfoDtls as EWBERR, together with the IRN.
        """
        return _is_of_ewaybill(self.code)


def filled(template: str, params: Mapping[str, Any]) -> str:
    """Return a template with its parameters; without any it is the text itself."""
    return template % params if params else template


def section_of(path: str) -> str:
    """Return the section that a member belongs to.

    >>> section_of("ItemList[2].HsnCd")
    'ItemList'
    """
    return path.partition(".")[0].partition("[")[0]


def owner_of(code: str, path: str) -> str:
    """Return what the message of a rule begins with: the party that a member belongs
    to, or the e-Way Bill; "" where the message itself says it all."""
    if _is_of_ewaybill(code):
        return _EWAYBILL
    return _SECTIONS.get(section_of(path), ("", ""))[1]


def _is_of_ewaybill(code: str) -> bool:
    return code.startswith("4")


def shown(value: Any) -> str:
    """Return a value as quoted in messages: one line of at most 60 characters."""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
