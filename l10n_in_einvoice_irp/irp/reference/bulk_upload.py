"""The bulk upload on the portals' websites (``data/bulk-upload.json``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from .datafiles import load_json

_FILE = "bulk-upload.json"


@dataclass(frozen=True)
class BulkLimits:
    """The limits of a file for the bulk upload: its size, and its documents."""

    max_bytes: int
    max_invoices: int


def bulk_limits(irp: str = "") -> BulkLimits:
    """Return the limits of an IRP's website ("NIC1", "IRIS"…); NIC's if none is known.

    >>> bulk_limits("IRIS").max_bytes
    1000000
    """
    rows = _data(_FILE)["limits"]
    found = next((row for row in rows if irp in row["irps"]), rows[0])
    return BulkLimits(found["max_bytes"], found["max_invoices"])


def result_column(heading: str) -> str:
    """Return the meaning of a heading in a list of results; "" if it has none.

    >>> result_column("Ack No."), result_column("Counterparty")
    ('ack_number', '')
    """
    return _names(_FILE, "columns").get(_plain(heading), "")


def result_doc_type(text: str) -> str:
    """Return the document type that a list of results means: "INV", "CRN", "DBN"; "".

    >>> result_doc_type("Credit Note")
    'CRN'
    """
    return _names(_FILE, "doc_types").get(_plain(text), "")


def result_status(text: str) -> str:
    """Return "registered" or "cancelled" for a status that means so; else ""."""
    return _names(_FILE, "statuses").get(_plain(text), "")


def ewaybill_meaning(section: str, text: str) -> str:
    """Return the meaning of a text in a list of the e-way bill system's website; "".

    :param section: of ``data/ewaybill/result-list.json``: columns, doc_types, statuses.

    >>> ewaybill_meaning("columns", "Valid Till Date")
    'valid_until'
    """
    return _names("ewaybill/result-list.json", section).get(_plain(text), "")


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@cache
def _names(file: str, section: str) -> Mapping[str, str]:
    meanings = {
        _plain(spelling): meaning
        for meaning, spellings in _data(file)[section].items()
        if isinstance(spellings, list)
        for spelling in spellings
    }
    return MappingProxyType(meanings)


@cache
def _data(file: str) -> Mapping[str, Any]:
    return MappingProxyType(load_json(file))
