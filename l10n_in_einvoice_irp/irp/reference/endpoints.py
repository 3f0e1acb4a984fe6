"""The portal's services and header names (``data/endpoints.json``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from .datafiles import load_json


@dataclass(frozen=True)
class Endpoint:
    """One service of the portal.

    ``call`` is the method of the client that asks for it. ``path`` is the published
    path, with ``{name}`` for a value inside it; ``query`` the names of its query values
    in their published order; ``headers`` the optional headers it takes; ``action`` the
    e-way bill system's word for it ("" for services of the IRP itself).
    ``changes_state`` marks a service that must not be repeated blindly: an unreadable
    response leaves its outcome unknown. ``listed``: one of the eleven
    services of NIC's API list.
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
        """Return path and query with ``values`` filled in, every one percent-encoded.

        Raises KeyError if a value of the path or the query is missing.
        """
        encoded = {name: quote(value, safe="") for name, value in values.items()}
        path = self.path.format_map(encoded)
        pairs = [(name, values[name]) for name in self.query]
        # quote_via: a blank must become %20, since "+" stays a plus outside of forms.
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
"""The implemented services by name."""

HEADER_NAMES: Mapping[str, str] = MappingProxyType(_DATA["headers"])
"""How the client writes each header. NIC's pages say ``client_id``, NIC's own samples
``client-id``; the hyphen survives proxies that drop names with an underscore."""

IRP_CODES: tuple[str, ...] = tuple(_DATA["irp_codes"])
"""What the header ``irp`` may name: the portal that registered an IRN, where that is
not the portal that is asked (NIC "Cancel IRN" v1.03)."""


def services_table() -> str:
    """Return the eleven services of NIC's API list as a table in Markdown."""
    rows = [
        f"| {one.title} | `{one.method} {one.path}` | `{one.call}` |"
        for one in ENDPOINTS.values()
        if one.listed
    ]
    head = ["| Service | Method and path | Call |", "| --- | --- | --- |"]
    return "\n".join([*head, *rows]) + "\n"
