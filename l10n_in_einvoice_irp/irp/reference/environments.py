"""Describe the environments and the hosts of their portals (``environments.json``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Literal

from .addresses import Address, parse_address
from .datafiles import load_json

EwbCancel = Literal["shared_session", "own_session"]


@dataclass(frozen=True)
class PortalHost:
    """A host of an environment: code ("NIC1"), title, base URL (no trailing slash)."""

    code: str
    title: str
    base_url: str


@dataclass(frozen=True)
class Environment:
    """An environment of the portals.

    :ivar name: "demo", "sandbox" or "production".
    :ivar token_life: published life of a token (360 minutes in production, 60 in the
        sandbox: NIC "Authentication" v1.04).
    :ivar retrieval_days: how long the portal returns a registration (NIC says 3 days,
        clients report 2; the shorter is used).
    :ivar in_flight_timeout: how long a call without a response may still be in progress
        at the portal, so that "not found" proves nothing yet (not published; a minute).
    :ivar headers: headers of a pass-through GSP, added to every call.
    :ivar path_prefix: published path prefixes, mapped to those of a pass-through GSP.
    :ivar ewb_cancel: the session that cancels an e-way bill: that of the e-invoice
        portal, which NIC's sandbox shares with the e-way bill system, or another one.
    :ivar ewb_hosts: addresses of the e-way bill system for a separate session.
    :ivar ewb_token_life: life of its token (360 minutes: NIC E-way bill API v1.03
        "Authentication"; no response states it).
    :ivar ewayapi_inner_base64: whether to encode its requests in base64 before
        encryption (NIC "Cancel e-way bill" v1.03 says so, working clients do not).
    :ivar clock_tolerance: the difference between the portal's clock and ours from which
        to warn (CERT-In's directions of 28-04-2022 ask for clocks in step and give no
        number; the portal counts its time limits by the minute).
    """

    name: str
    title: str
    base_urls: tuple[PortalHost, ...]
    token_life: timedelta
    retrieval_days: int
    in_flight_timeout: timedelta = timedelta(0)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    path_prefix: Mapping[str, str] = field(default_factory=dict)
    ewb_cancel: EwbCancel = "shared_session"
    ewb_hosts: tuple[PortalHost, ...] = ()
    ewb_token_life: timedelta = timedelta(minutes=360)
    ewayapi_inner_base64: bool = False
    clock_tolerance: timedelta = timedelta(seconds=60)

    def path(self, published: str) -> str:
        """Return ``published``, the path of a service, with its prefix replaced."""
        for prefix, replacement in self.path_prefix.items():
            if published.startswith(prefix):
                return replacement + published[len(prefix) :]
        return published


def check_base_url(url: str, environment_name: str) -> str:
    """Return ``url`` in its one spelling (:func:`.addresses.parse_address`).

    Raises ValueError, in words for the person who typed it, unless it is ``https`` on a
    host of the internet, or ``http`` or ``https`` on this machine. This machine is for
    "demo" and "sandbox" only, and a host published for another environment is refused:
    real invoices must not be registered as trials, nor trials as real invoices.
    """
    environment = _environment(environment_name)
    address = _parse_reachable(url)
    if address.is_loopback and environment.name == "production":
        raise ValueError("production cannot be on this machine (loopback address)")
    _refuse_foreign_host(address, environment)
    return address.url


def check_gsp_url(url: str) -> str:
    """Return ``url`` in its one spelling, if it can be a pass-through GSP's.

    Raises ValueError, in words for the person who typed it, as :func:`check_base_url`
    does, and for a host that a portal itself is published with.
    """
    address = _parse_reachable(url)
    published = {parse_address(one).host for one in _all_origins()}
    if address.host in published and not address.is_loopback:
        raise ValueError(f"{address.host} is a portal's own host, and no GSP's")
    return address.url


def is_published_address(url: str, environment_name: str) -> bool:
    """Return whether ``url`` is on a host that this environment is published with.

    False as well for what is no address. Scheme, host and port count, in their one
    spelling; the path does not.
    """
    try:
        origin = parse_address(url).origin
    except ValueError:
        return False
    return origin in _origins(_environment(environment_name))


def _parse_reachable(url: str) -> Address:
    """Return the address, which is ``https`` on the internet, or on this machine."""
    address = parse_address(url)
    if address.scheme != "https" and not address.is_loopback:
        raise ValueError("the address must begin with https://")
    if not address.is_loopback and not address.is_public:
        raise ValueError(
            f"{address.host} is no host on the internet; a portal's or a GSP's is"
        )
    return address


def _environment(name: str) -> Environment:
    if name not in ENVIRONMENTS:
        raise ValueError(f"unknown environment {name!r}")
    return ENVIRONMENTS[name]


def _origins(environment: Environment) -> frozenset[str]:
    hosts = (*environment.base_urls, *environment.ewb_hosts)
    return frozenset(parse_address(one.base_url).origin for one in hosts)


def _all_origins() -> frozenset[str]:
    return frozenset().union(*map(_origins, ENVIRONMENTS.values()))


def _refuse_foreign_host(address: Address, environment: Environment) -> None:
    if address.is_loopback:
        return
    for other in ENVIRONMENTS.values():
        hosts = {parse_address(origin).host for origin in _origins(other)}
        if other.name != environment.name and address.host in hosts:
            raise ValueError(
                f"{address.host} belongs to the environment {other.name!r},"
                f" not to {environment.name!r}"
            )


def _load(row: Mapping[str, Any]) -> Environment:
    return Environment(
        name=row["name"],
        title=row["title"],
        base_urls=tuple(PortalHost(**host) for host in row["hosts"]),
        token_life=timedelta(minutes=row["token_life_minutes"]),
        retrieval_days=row["retrieval_days"],
        in_flight_timeout=timedelta(seconds=row["settling_seconds"]),
        headers=MappingProxyType(row["headers"]),
        path_prefix=MappingProxyType(row["path_prefix"]),
        ewb_cancel=row["ewb_cancel"],
        ewb_hosts=tuple(PortalHost(**host) for host in row["ewb_hosts"]),
        ewb_token_life=timedelta(minutes=row["ewb_token_life_minutes"]),
        ewayapi_inner_base64=row["ewayapi_inner_base64"],
        clock_tolerance=timedelta(seconds=row["clock_tolerance_seconds"]),
    )


ENVIRONMENTS: Mapping[str, Environment] = MappingProxyType(
    {row["name"]: _load(row) for row in load_json("environments.json")}
)
"""The environments by name."""
