"""The file for the bulk upload of e-way bills on the e-way bill system's website.

Its members are those of the API but for a few that the website's tool spells
otherwise ("EWB JSON Preparation" of ewaybillgst.gov.in).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

VERSION = "1.0.0621"
_OTHER_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "transactionType": "transType",
        "actFromStateCode": "actualFromStateCode",
        "actToStateCode": "actualToStateCode",
        "cessNonAdvolValue": "TotNonAdvolVal",
        "otherValue": "OthValue",
    }
)


def ewaybill_bulk_file(
    bills: Iterable[tuple[str, Mapping[str, Any]]],
) -> dict[str, Any]:
    """Return the content of the file.

    :param bills: of each e-way bill the GSTIN that uploads it, and the body of its
        request (GENEWAYBILL).
    """
    return {
        "version": VERSION,
        "billLists": [_bill(gstin, body) for gstin, body in bills],
    }


def _bill(gstin: str, body: Mapping[str, Any]) -> dict[str, Any]:
    items = body["itemList"]
    renamed = {
        _OTHER_NAMES.get(name, name): value
        for name, value in body.items()
        if name != "itemList"
    }
    return {
        "userGstin": gstin,
        **renamed,
        "mainHsnCode": items[0].get("hsnCode", "") if items else "",
        "itemList": [_item(number, item) for number, item in enumerate(items, start=1)],
    }


def _item(number: int, item: Mapping[str, Any]) -> dict[str, Any]:
    values = {"itemNo": number, **item}
    if "cessNonadvol" in values:
        values["cessNonAdvol"] = values.pop("cessNonadvol")
    return values
