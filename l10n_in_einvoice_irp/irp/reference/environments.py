"""Describe the environments and the hosts of their portals (``environments.json``)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

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

    def path(self, published: str) -> str:
        """Return ``published``, the path of a service, with its prefix replaced."""
        for prefix, replacement in self.path_prefix.items():
            if published.startswith(prefix):
                return replacement + published[len(prefix) :]
        return published


def check_base_url(url: str, environment_name: str) -> str:
    """Return ``url`` normalised (lower-case host, no final slash).

    Raises ValueError, in words for the person who typed it, unless it is ``https``, or
    ``http`` on a loopback host. Loopback is for "demo" and "sandbox" only, and a host
    published for another environment is refused: real invoices must not be registered
    as trials, nor trials as real invoices.
    """
    environment = _environment(environment_name)
    parts = _split(url)
    host = (parts.hostname or "").lower()
    loopback = _is_loopback(host)
    if parts.scheme.lower() != "https" and not (
        parts.scheme.lower() == "http" and loopback
    ):
        raise ValueError("the address must begin with https://")
    if loopback and environment.name == "production":
        raise ValueError("production cannot be on this machine (loopback address)")
    _refuse_foreign_host(host, environment)
    netloc = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme.lower()}://{netloc}{port}{parts.path.rstrip('/')}"


def _environment(name: str) -> Environment:
    if name not in ENVIRONMENTS:
        raise ValueError(f"unknown environment {name!r}")
    return ENVIRONMENTS[name]


def _split(url: str) -> SplitResult:
    text = url.strip()
    if any(character.isspace() for character in text):
        raise ValueError("the address contains a blank")
    parts = urlsplit(text)
    try:
        parts.port  # noqa: B018  (reading it is what validates it)
    except ValueError:
        raise ValueError("the port of the address is not a number") from None
    if not parts.hostname:
        raise ValueError("the address names no host; it must look like https://host")
    if "@" in parts.netloc:
        raise ValueError("the address must not contain a user or a password")
    if parts.query or parts.fragment:
        raise ValueError("the address must end with the host or a path")
    return parts


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_foreign_host(host: str, environment: Environment) -> None:
    if _is_loopback(host):
        return
    for other in ENVIRONMENTS.values():
        known = (*other.base_urls, *other.ewb_hosts)
        hosts = {urlsplit(one.base_url).hostname for one in known}
        if other.name != environment.name and host in hosts:
            raise ValueError(
                f"{host} belongs to the environment {other.name!r},"
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
    )


ENVIRONMENTS: Mapping[str, Environment] = MappingProxyType(
    {row["name"]: _load(row) for row in load_json("environments.json")}
)
"""The environments by name."""
