"""The profile of a portal: everything that is known of it, as data.

A file of ``data/profiles`` describes a portal, or with ``extends`` how its wire differs
from another's. A copy with some data overridden is a profile as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from .environment import Environment, read_environment
from .schema import ProfileError, check_profile
from .wire import Wire, read_wire

Kind = Literal["irp", "gsp"]
Confidence = Literal["proven", "documents", "untried"]
CONFIDENCE: Mapping[Confidence, str] = MappingProxyType(
    {
        "proven": "protocol proven by clients in production",
        "documents": "from documents",
        "untried": "untried",
    }
)
"""What is known of a profile, in words."""

# What one portal takes over from another that it extends; the rest is its own.
_WIRE_MEMBERS = (
    "adapter",
    "client_pair",
    "codes",
    "criss_cross",
    "environments",
    "ewaybill_api",
    "extra_headers",
    "fields",
    "force_refresh",
    "headers",
    "refusals",
    "sealing",
    "services",
)

_WHOLE = "query"
# In these, null takes a member away. Elsewhere null is a value: a service that is not
# offered, no IRP.
_REMOVABLE = frozenset({"begins", "headers", "members", "path_prefix", "refusals"})


@dataclass(frozen=True)
class Irp:
    """An IRP: its code, the first digit of its Ack numbers, its names in answers."""

    code: str
    ack_digit: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class KeySource:
    """Where a key is had: ``url`` only if the portal publishes it at a fixed address.

    ``kind`` is "auth" (seals the log-in) or "signing"; ``as_of`` the month in which
    this was seen; ``page`` the address of the page on which people find the key.
    """

    kind: Literal["auth", "signing"]
    environment: str
    how: str
    url: str | None
    as_of: str | None
    page: str | None = None


@dataclass(frozen=True)
class Gap:
    """A datum that is not known, and has to be entered before the portal is called."""

    member: str
    what: str


@dataclass(frozen=True)
class Profile:
    """A portal.

    :ivar kind: an IRP, or a GSP that leads to one.
    :ivar confidence: a key of :data:`CONFIDENCE`.
    :ivar website: the host where a person does what programs cannot; that of NIC for
        a GSP.
    :ivar irp: the IRP; None for a GSP.
    :ivar environments: by name.
    :ivar admission: who may connect and how, for the person who applies.
    :ivar page: the name of its page in the documentation; portals may share one.
    :ivar doubts: what sources leave open, and what is done about it.
    :ivar gaps: what has to be entered in a copy.
    :ivar data: all of it, complete; :meth:`override` makes a copy.
    """

    code: str
    title: str
    website: str
    kind: Kind
    confidence: Confidence
    irp: Irp | None
    wire: Wire
    environments: Mapping[str, Environment]
    keys: tuple[KeySource, ...]
    admission: Mapping[str, str]
    sources: tuple[str, ...]
    page: str
    doubts: tuple[str, ...]
    gaps: tuple[Gap, ...]
    data: Mapping[str, Any] = field(repr=False)

    @property
    def known_as(self) -> str:
        """Return what is known of the portal, in words."""
        return CONFIDENCE[self.confidence] if self.wire.known else "to be filled in"

    def override(self, changes: Mapping[str, Any], *, origin: str = "") -> Profile:
        """Return a copy with ``changes`` in its data.

        An object changes the members that it names; everything else, the query of a
        service included, replaces what was there. Null takes a header, a path prefix or
        a refusal away. Raises ProfileError, which names ``origin`` and the member, if
        the result is not sound.
        """
        data = merge(self.data, changes)
        return read_profile(data, origin or f"copy of {self.code}")


def complete(data: Mapping[str, Any], base: Profile) -> dict[str, Any]:
    """Return the ``data`` of a file with the wire of the profile that it extends."""
    wire = {name: base.data[name] for name in _WIRE_MEMBERS if name in base.data}
    own = {name: value for name, value in data.items() if name != "extends"}
    merged: dict[str, Any] = merge(wire, own)
    return merged


def merge(base: Any, changes: Any, within: str = "") -> Any:
    """Return ``base`` with ``changes``, member by member where both are objects.

    The query of a service is replaced whole: parameters of two portals do not mix.
    ``within`` is the name of the member that they are.
    """
    if not isinstance(changes, Mapping):
        return changes
    before = base if isinstance(base, Mapping) else {}
    merged = {
        **before,
        **{
            name: value if name == _WHOLE else merge(before.get(name), value, name)
            for name, value in changes.items()
        },
    }
    if within not in _REMOVABLE:
        return merged
    return {name: value for name, value in merged.items() if value is not None}


def read_profile(data: Mapping[str, Any], origin: str) -> Profile:
    """Return the profile with the complete ``data``; ProfileError names ``origin``."""
    if not isinstance(data, Mapping):
        raise ProfileError(origin, "", "a profile is a JSON object")
    check_profile(data, origin)
    wire = read_wire(data)
    irp = data["irp"]
    return Profile(
        code=data["code"],
        title=data["title"],
        website=data["website"],
        kind=data["kind"],
        confidence=data["confidence"],
        irp=Irp(irp["code"], irp["ack_digit"], tuple(irp["names"])) if irp else None,
        wire=wire,
        environments=MappingProxyType(
            {
                name: read_environment(name, row, wire)
                for name, row in data["environments"].items()
            }
        ),
        keys=tuple(KeySource(**row) for row in data["keys"]),
        admission=MappingProxyType(data["admission"]),
        sources=tuple(data["sources"]),
        page=data.get("page") or data["code"].replace("_", "-"),
        doubts=tuple(data["doubts"]),
        gaps=tuple(Gap(**row) for row in data["to_fill"]),
        data=MappingProxyType(dict(data)),
    )
