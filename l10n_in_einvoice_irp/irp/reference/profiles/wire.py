"""How a portal is spoken to: what the client needs of a profile for its calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from .codes import CodeMeaning, meanings_with
from .gateways import GatewayRefusal, read_refusals
from .services import Endpoint, read_endpoints

HeaderSet = Literal["log_in", "call", "ewb_log_in", "ewb_call"]
ClientPair = Literal["sent", "id_only", "not_sent"]
Refresh = Literal["last_minutes", "always"]


_LEFT_OUT: Mapping[ClientPair, frozenset[str]] = {
    "sent": frozenset(),
    "id_only": frozenset({"client_secret"}),
    "not_sent": frozenset({"client_id", "client_secret"}),
}


@dataclass(frozen=True)
class Field:
    """A datum that a portal gives a taxpayer besides user and client pair."""

    name: str
    title: str
    help: str
    secret: bool
    required: bool


@dataclass(frozen=True)
class Wire:
    """How a portal is spoken to.

    :ivar profile: the profile's title, for texts.
    :ivar website: the host where a person does what programs cannot, for texts.
    :ivar is_gateway: whether a GSP answers, which may refuse what no IRP has seen.
    :ivar known: whether enough of it is known to call the portal.
    :ivar irp: the IRP that registers what is sent there; "" if a GSP decides.
    :ivar adapter: name of the strategy for requests and responses
        (:mod:`irp.protocol.adapters`).
    :ivar log_in_sealing, app_key: names of the strategies of the log-in
        (:mod:`irp.protocol.crypto.sealing`).
    :ivar force_refresh: whether every log-in asks for a new token, or only one in the
        last minutes of a token.
    :ivar client_pair: what is sent of the client pair.
    :ivar headers: names of the headers by set and role; a role without a name is not
        sent.
    :ivar extra_headers: templates of further headers, with ``{name}`` for a field.
    :ivar criss_cross: IRP -> headers that ask about a document of that IRP.
    """

    profile: str
    website: str
    is_gateway: bool
    known: bool
    irp: str
    adapter: str
    log_in_sealing: str
    app_key: str
    force_refresh: Refresh
    client_pair: ClientPair
    headers: Mapping[str, Mapping[str, str]]
    endpoints: Mapping[str, Endpoint]
    codes: tuple[CodeMeaning, ...]
    refusals: tuple[GatewayRefusal, ...]
    extra_headers: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()
    criss_cross: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def left_out(self) -> frozenset[str]:
        """Return what of the client pair is not sent."""
        return _LEFT_OUT[self.client_pair]

    @property
    def name(self) -> str:
        """Return the profile's title without what stands in brackets after it."""
        return self.profile.partition(" (")[0]

    @property
    def is_sealed(self) -> bool:
        """Return whether the log-in is sealed with the portal's public key."""
        return self.log_in_sealing != "none"

    def missing(self, given: Mapping[str, str]) -> tuple[Field, ...]:
        """Return the required fields that ``given`` has no value for."""
        return tuple(
            one for one in self.fields if one.required and not given.get(one.name)
        )

    def offers(self, service: str) -> bool:
        """Return whether the portal offers ``service``."""
        return service in self.endpoints


def read_wire(data: Mapping[str, Any]) -> Wire:
    """Return the wire of a checked profile."""
    sealing = data["sealing"]
    return Wire(
        profile=data["title"],
        website=data["website"],
        is_gateway=data["kind"] == "gsp",
        known=data["wire"],
        irp=(data["irp"] or {}).get("code", ""),
        adapter=data["adapter"],
        log_in_sealing=sealing["log_in"],
        app_key=sealing["app_key"],
        force_refresh=data["force_refresh"],
        client_pair=data["client_pair"],
        headers=MappingProxyType(
            {name: _named(roles) for name, roles in data["headers"].items()}
        ),
        endpoints=read_endpoints(data["services"], data.get("ewaybill_api")),
        codes=meanings_with(data["codes"]),
        refusals=read_refusals(data["refusals"]),
        extra_headers=_named(data["extra_headers"]),
        fields=tuple(Field(**row) for row in data["fields"]),
        criss_cross=MappingProxyType(
            {irp: names for irp, names in data["criss_cross"].items() if names}
        ),
    )


def _named(names: Mapping[str, str | None]) -> Mapping[str, str]:
    return MappingProxyType({key: name for key, name in names.items() if name})
