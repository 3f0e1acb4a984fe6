"""Describe a violation so that an accountant can correct it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# the sections of the INV-01 document that come from a separate record
_TARGETS = {
    "SellerDtls": "seller",
    "BuyerDtls": "buyer",
    "ShipDtls": "ship_to",
    "DispDtls": "dispatch",
    "ItemList": "line",
}
_SHOWN = 60


@dataclass(frozen=True)
class Violation:
    """A breach of a rule of the portal.

    :param code: the portal's error code, "5002" for a breach of the JSON schema.
    :param path: the member, e.g. ``ItemList[2].HsnCd``; empty for the whole document.
    :param value: what the member holds (None when it is missing).
    :param message: plain English: what is wrong and what is expected.
    :param target: the record to correct: seller, buyer, ship_to, dispatch, line or
        document.
    """

    code: str
    path: str
    value: Any
    message: str
    target: str

    @property
    def ewaybill(self) -> bool:
        """Return whether only the e-way bill fails: the portal still issues the IRN.

        NIC API 'Generate IRN' v1.03: errors in the e-way bill part are returned in
        InfoDtls as EWBERR, together with the IRN.
        """
        return self.code.startswith("4")


def make_violation(code: str, path: str, value: Any, message: str) -> Violation:
    """Return a violation; the record to correct follows from the path."""
    section = path.partition(".")[0].partition("[")[0]
    return Violation(code, path, value, message, _TARGETS.get(section, "document"))


def shown(value: Any) -> str:
    """Return a value as quoted in messages: one line of at most 60 characters."""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
