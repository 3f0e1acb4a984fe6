"""Describe the portal's services and header names (``data/endpoints.json``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from .datafiles import load_json


@dataclass(frozen=True)
class Endpoint:
    """A service of the portal.

    :ivar path: the published path, with ``{name}`` for a variable part.
    :ivar query: names of the query parameters, in their published order.
    :ivar headers: names of the optional headers.
    :ivar action: ``action`` of the e-way bill system; "" for services of the IRP.
    :ivar call: the client's method.
    :ivar changes_state: whether repeating it is unsafe: an unreadable response leaves
        the result unknown.
    :ivar listed: whether it is one of the eleven services of NIC's API list.
    """

    name: str
    method: str
    path: str
    title: str
    needs_token: bool
    changes_state: bool = False
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    action: str = ""
    call: str = ""
    listed: bool = True

    @property
    def is_of_ewaybill_system(self) -> bool:
        """Return whether the e-way bill system answers it, in three-digit codes."""
        return self.path.startswith("/ewaybillapi/")

    def target(self, values: Mapping[str, str]) -> str:
        """Return path and query with ``values`` filled in, percent-encoded.

        :raises KeyError: a value of the path or the query is missing.
        """
        encoded = {name: quote(value, safe="") for name, value in values.items()}
        path = self.path.format_map(encoded)
        pairs = [(name, values[name]) for name in self.query]
        # quote_via: encode a space as %20, because "+" means a plus outside forms.
        query = urlencode(pairs, quote_via=quote, safe="")
        return f"{path}?{query}" if query else path


def _load(row: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        name=row["name"],
        method=row["method"],
        path=row["path"],
        title=row["title"],
        needs_token=row["needs_token"],
        changes_state=row["changes_state"],
        query=tuple(row["query"]),
        headers=tuple(row["headers"]),
        action=row["action"],
        call=row["call"],
        listed=row["listed"],
    )


_DATA = load_json("endpoints.json")

ENDPOINTS: Mapping[str, Endpoint] = MappingProxyType(
    {row["name"]: _load(row) for row in _DATA["services"]}
)
"""The services by name."""

HEADER_NAMES: Mapping[str, str] = MappingProxyType(_DATA["headers"])
"""Header names as sent. NIC's pages say ``client_id``, NIC's samples ``client-id``; the
hyphen survives proxies that drop names with an underscore."""

IRP_CODES: tuple[str, ...] = tuple(_DATA["irp_codes"])
"""Values of the header ``irp``: the portal that registered an IRN, if it is not the one
that is called (NIC "Cancel IRN" v1.03)."""


def services_table() -> str:
    """Return the eleven services of NIC's API list as a table in Markdown."""
    rows = [
        f"| {one.title} | `{one.method} {one.path}` | `{one.call}` |"
        for one in ENDPOINTS.values()
        if one.listed
    ]
    head = ["| Service | Method and path | Call |", "| --- | --- | --- |"]
    return "\n".join([*head, *rows]) + "\n"
