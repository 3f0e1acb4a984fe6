"""The services of a portal: what each is, and where a portal offers it.

What a service is, and whether repeating it is safe, is the same at every portal
(``data/services.json``). Method, path, query and headers are a portal's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from ..datafiles import load_json

_PLACE = re.compile(r"\{([a-z0-9_]+)\}")


@dataclass(frozen=True)
class Service:
    """A service, wherever it is offered.

    :ivar call: the client's method.
    :ivar changes_state: whether repeating it is unsafe: an unreadable response leaves
        the result unknown.
    :ivar listed: whether it is one of the eleven services of NIC's API list.
    :ivar inputs: the values that path, query or headers have to carry.
    :ivar takes_irp: whether it can be asked about another IRP's document.
    :ivar ewaybill_action: ``action`` of the e-way bill system; "" for the IRP's.
    :ivar of_ewaybill_system: whether the e-way bill system answers it, in three-digit
        codes.
    :ivar own_api: whether it is of the e-way bill system's own API, whose routes stand
        together in a profile (``ewaybill_api``).
    :ivar portal_name: the name of a look-up in that API's addresses ("GetEwayBill").
    :ivar master: whether that look-up is of master data, which have another address.
    :ivar query: its parameters in that API, as of a route.
    """

    name: str
    title: str
    call: str
    needs_token: bool
    changes_state: bool
    listed: bool
    inputs: tuple[str, ...]
    takes_irp: bool
    ewaybill_action: str
    of_ewaybill_system: bool
    own_api: bool = False
    portal_name: str = ""
    master: bool = False
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Endpoint:
    """A service where a portal offers it.

    ``path``, and the values of ``query`` and ``headers``, are templates with ``{name}``
    for an input of the service or a field of the profile. ``checks_hmac`` says whether
    the ``hmac`` of an answer has to fit, if it has one.
    """

    service: Service
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    checks_hmac: bool = False

    @property
    def name(self) -> str:
        """Return the name of the service."""
        return self.service.name

    @property
    def needs_token(self) -> bool:
        """Return whether it is called in a session."""
        return self.service.needs_token

    @property
    def changes_state(self) -> bool:
        """Return whether repeating it is unsafe."""
        return self.service.changes_state

    def target(self, values: Mapping[str, str]) -> str:
        """Return path and query with ``values`` filled in, percent-encoded.

        :raises KeyError: a value of the path or the query is missing.
        """
        encoded = {name: quote(value, safe="") for name, value in values.items()}
        path = fill(self.path, encoded)
        pairs = [(name, fill(text, values)) for name, text in self.query.items()]
        # quote_via: encode a space as %20, because "+" means a plus outside forms.
        query = urlencode(pairs, quote_via=quote, safe="")
        return f"{path}?{query}" if query else path

    def own_headers(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the headers of this service alone, with ``values`` filled in."""
        return {name: fill(text, values) for name, text in self.headers.items()}


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return ``template`` with each ``{name}`` replaced; KeyError if one is missing."""
    return _PLACE.sub(lambda match: values[match[1]], template)


def places(template: str) -> frozenset[str]:
    """Return the names that ``template`` has a ``{name}`` for."""
    return frozenset(_PLACE.findall(template))


def read_endpoints(
    rows: Mapping[str, Any], ewaybill_api: Mapping[str, Any] | None = None
) -> Mapping[str, Endpoint]:
    """Return the services that a checked profile offers, by name.

    :param rows: its ``services``.
    :param ewaybill_api: its ``ewaybill_api``; None if it has no route to that API.
    """
    offered = {
        name: Endpoint(service, **rows[name])
        for name, service in SERVICES.items()
        if rows.get(name)
    }
    return MappingProxyType({**offered, **_own_api(ewaybill_api)})


def _own_api(api: Mapping[str, Any] | None) -> dict[str, Endpoint]:
    if api is None:
        return {}
    return {
        name: _own_endpoint(service, api)
        for name, service in SERVICES.items()
        if service.own_api and name not in api["not_offered"]
    }


def _own_endpoint(service: Service, api: Mapping[str, Any]) -> Endpoint:
    if service.ewaybill_action:
        return Endpoint(service, "POST", api["action"])
    base = api["master"] if service.master else api["query"]
    return Endpoint(
        service,
        "GET",
        f"{base}/{service.portal_name}",
        service.query,
        checks_hmac=api.get("checks_hmac", False),
    )


def _read(row: Mapping[str, Any]) -> Service:
    return Service(**{**row, "inputs": tuple(row["inputs"])})


def _read_own(row: Mapping[str, Any]) -> Service:
    """Return a service of the e-way bill system's own API (``data/ewaybill``)."""
    query = row.get("query", {})
    return Service(
        name=row["name"],
        title=row["title"],
        call=row["name"],
        needs_token=True,
        changes_state="action" in row,
        listed=False,
        inputs=tuple(name for text in query.values() for name in places(text)),
        takes_irp=False,
        ewaybill_action=row.get("action", ""),
        of_ewaybill_system=True,
        own_api=True,
        portal_name=row.get("portal_name", ""),
        master=row.get("master", False),
        query=MappingProxyType(query),
    )


SERVICES: Mapping[str, Service] = MappingProxyType(
    {
        **{row["name"]: _read(row) for row in load_json("services.json")},
        **{row["name"]: _read_own(row) for row in load_json("ewaybill/services.json")},
    }
)
"""Every service that the client knows, by name."""

EWAYBILL_API: tuple[str, ...] = tuple(
    name for name, service in SERVICES.items() if service.own_api
)
"""The services of the e-way bill system's own API, but for the cancellation, which the
e-invoice portals share."""
