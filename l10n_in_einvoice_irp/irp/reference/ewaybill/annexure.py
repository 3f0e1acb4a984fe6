"""Goods that move without an e-way bill (annexure to CGST Rule 138(14))."""

from __future__ import annotations

from collections.abc import Mapping

from ..datafiles import load_json

_ANNEXURE: Mapping[str, list[str]] = load_json("ewaybill/annexure.json")


def is_in_annexure(hsn: str, from_state: str, to_state: str) -> bool:
    """Return whether goods move without an e-way bill, whatever their value.

    :param from_state: two-digit code of the state where they start.
    :param to_state: that of the state where they arrive.
    """
    is_inside = from_state == to_state
    if is_inside and from_state in _ANNEXURE["not_inside"]:
        return False
    return _begins(hsn, "headings") and not _begins(hsn, "except")


def may_be_in_annexure(hsn: str) -> bool:
    """Return whether some goods with an HSN code move without an e-way bill, as LPG
    for households does."""
    return _begins(hsn, "some_of")


def _begins(hsn: str, name: str) -> bool:
    return hsn.startswith(tuple(_ANNEXURE[name]))
