"""The file for the bulk upload of e-way bills on the e-way bill system's website.

Names, order and types of its members are data (``data/ewaybill/bulk-file.json``, from
NIC's "EWB_Attributes_new.xlsx"). They differ from those of the API.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..reference.bulk_upload import BulkLimits
from ..reference.datafiles import load_json
from .bulk import Frame
from .text import clean_text

_DATA: Mapping[str, Any] = load_json("ewaybill/bulk-file.json")
_EMPTY = {"number": 0}

EWAYBILL_FRAME = Frame(
    b'{"version":"%s","billLists":[' % _DATA["version"].encode(), b"]}", "ewaybills"
)
"""The bytes around the e-way bills of a file."""
EWAYBILL_LIMITS = BulkLimits(_DATA["limits"]["max_bytes"], _DATA["limits"]["max_bills"])
"""The limits of a file."""


def ewaybill_bulk_entry(gstin: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an e-way bill as the file has it, every member in the published order.

    :param gstin: of the taxpayer who uploads it.
    :param body: of its request (GENEWAYBILL).
    """
    items = [
        _members("items", {**item, "itemNo": number})
        for number, item in enumerate(body["itemList"], start=1)
    ]
    own = {"userGstin": gstin, "mainHsnCode": items[0]["hsnCode"] if items else ""}
    others = {name: body[name] for name in _DATA["unpublished"] if body.get(name)}
    return {**_members("members", {**body, **own}), **others, "itemList": items}


def _members(section: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return dict(_pairs(section, values))


def _pairs(section: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for member in _DATA[section]:
        name, form = member["name"], member["form"]
        value = values.get(member.get("api") or name)
        if value in (None, ""):
            value = member.get("default", _EMPTY.get(form, ""))
        yield name, _written(value, form, _DATA["lengths"].get(name))


def _written(value: Any, form: str, longest: int | None) -> Any:
    if form == "number":
        return int(value) if isinstance(value, str) else value
    text = str(value)[:longest]
    if form == "hsn":
        # as a number it has lost the zero at its start
        return text.zfill(len(text) + len(text) % 2)
    return _plain(text) if form == "plain" else text


def _plain(text: str) -> str:
    allowed = _DATA["characters"]
    kept = (one if one.isalnum() or one in allowed else " " for one in text)
    return clean_text("".join(kept), longest=len(text)) or ""
