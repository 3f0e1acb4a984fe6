"""A portal in one environment: its hosts, and how it is spoken to there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Literal

from .services import SERVICES
from .wire import Wire

EwbCancel = Literal["shared_session", "own_session"]


@dataclass(frozen=True)
class PortalHost:
    """A host of an environment: code ("NIC1"), title, base URL (no trailing slash).

    A reserve host leads to the same portal by another way.
    """

    code: str
    title: str
    base_url: str
    reserve: bool = False


@dataclass(frozen=True)
class Environment:
    """A portal in an environment.

    :ivar name: "demo", "sandbox" or "production".
    :ivar token_life: published life of a token (360 minutes in production, 60 in the
        sandbox: NIC "Authentication" v1.04).
    :ivar retrieval_days: how long the portal returns a registration (NIC says 3 days,
        clients report 2). Look-ups of a missing answer are retried a day longer.
    :ivar wire: how the portal is spoken to.
    :ivar in_flight_timeout: how long a call without a response may still be in progress
        at the portal, so that "not found" proves nothing yet (not published; a minute).
    :ivar headers: headers entered for a pass-through GSP, added to every call.
    :ivar path_prefix: path prefixes of the profile, mapped to those of this host.
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
    wire: Wire
    in_flight_timeout: timedelta = timedelta(0)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    path_prefix: Mapping[str, str] = field(default_factory=dict)
    ewb_cancel: EwbCancel = "shared_session"
    ewb_hosts: tuple[PortalHost, ...] = ()
    ewb_token_life: timedelta = timedelta(minutes=360)
    ewayapi_inner_base64: bool = False
    clock_tolerance: timedelta = timedelta(seconds=60)

    def offers(self, service: str) -> bool:
        """Return whether programs can call ``service`` here, in a session of the portal
        or of the e-way bill system."""
        if not self.wire.offers(service):
            return False
        is_own = SERVICES[service].of_ewaybill_system
        needs_own = is_own and self.ewb_cancel == "own_session"
        return bool(self.ewb_hosts) or not needs_own

    def path(self, published: str) -> str:
        """Return ``published``, the path of a service, with its prefix replaced."""
        for prefix, replacement in self.path_prefix.items():
            if published.startswith(prefix):
                return replacement + published[len(prefix) :]
        return published


def read_environment(name: str, row: Mapping[str, Any], wire: Wire) -> Environment:
    """Return an environment of a checked profile."""
    return Environment(
        name=name,
        title=row["title"],
        base_urls=tuple(PortalHost(**host) for host in row["hosts"]),
        token_life=timedelta(minutes=row["token_life_minutes"]),
        retrieval_days=row["retrieval_days"],
        wire=wire,
        in_flight_timeout=timedelta(seconds=row["settling_seconds"]),
        path_prefix=MappingProxyType(row["path_prefix"]),
        ewb_cancel=row["ewb_cancel"],
        ewb_hosts=tuple(PortalHost(**host) for host in row["ewb_hosts"]),
        ewb_token_life=timedelta(minutes=row["ewb_token_life_minutes"]),
        ewayapi_inner_base64=row["ewayapi_inner_base64"],
        clock_tolerance=timedelta(seconds=row["clock_tolerance_seconds"]),
    )
