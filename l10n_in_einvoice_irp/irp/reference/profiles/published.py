"""The published profiles (``data/profiles``), and what follows from all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..addresses import Address, parse_address
from ..datafiles import DATA, read_json_file
from .environment import Environment
from .gateways import GatewayRefusal
from .profile import Profile, complete, read_profile
from .schema import LOCAL, ProfileError
from .services import Endpoint

FOLDER = DATA / "profiles"
_NIC = ("nic1", "nic2")
_DEFAULT = _NIC[0]


def load_profiles(folder: Path) -> Mapping[str, Profile]:
    """Return the profiles of the files in ``folder``, by code, sorted.

    Raises ProfileError, which names file and member, for the first fault.
    """
    files = {path.stem: path for path in sorted(folder.glob("*.json"))}
    raw = {code: _read_file(path) for code, path in files.items()}
    done: dict[str, Profile] = {}
    for code in files:
        _load(code, raw, done, ())
    return MappingProxyType({code: done[code] for code in files})


def _read_file(path: Path) -> Mapping[str, Any]:
    try:
        data = read_json_file(path)
    except ValueError as error:
        raise ProfileError(path.name, "", f"this is not JSON: {error}") from None
    if not isinstance(data, dict):
        raise ProfileError(path.name, "", "a profile is a JSON object")
    if data.get("code") != path.stem:
        raise ProfileError(path.name, "code", f"must be {path.stem!r}, as the file")
    return data


def _load(
    code: str,
    raw: Mapping[str, Mapping[str, Any]],
    done: dict[str, Profile],
    above: tuple[str, ...],
) -> Profile:
    if code in done:
        return done[code]
    origin, data = f"{code}.json", raw[code]
    base = data.get("extends")
    if base is not None:
        others = raw.keys() - {*above, code}
        if not isinstance(base, str) or base not in others:
            fault = f"{base!r} is no other profile, or extends this one"
            raise ProfileError(origin, "extends", fault)
        data = complete(data, _load(base, raw, done, (*above, code)))
    done[code] = read_profile(data, origin)
    return done[code]


PROFILES: Mapping[str, Profile] = load_profiles(FOLDER)
"""The published profiles by code."""

ENDPOINTS: Mapping[str, Endpoint] = MappingProxyType(
    {
        name: one
        for name, one in PROFILES[_DEFAULT].wire.endpoints.items()
        if not one.service.own_api
    }
)
"""NIC's services by name, without the e-way bill system's own API."""

IRP_CODES: tuple[str, ...] = tuple(PROFILES[_DEFAULT].wire.criss_cross)
"""The IRPs whose documents NIC's portals can be asked about (NIC "Cancel IRN" v1.03,
header ``irp``)."""


def _all_refusals() -> tuple[GatewayRefusal, ...]:
    rows = [one for profile in PROFILES.values() for one in profile.wire.refusals]
    return tuple({one.name: one for one in rows}.values())


_OF_AN_UNKNOWN_GSP = MappingProxyType(
    {
        "kind": "gsp",
        "irp": None,
        "confidence": "untried",
        "admission": {
            "who": "Customers of this GSP.",
            "addresses": "Ask the GSP.",
            "onboarding": "Ask the GSP for access, and create an API user for this GSP "
            "on NIC's portal.",
            "test_report": "Ask the GSP whether it wants trials in its sandbox first.",
            "time": "Ask the GSP.",
            "cost": "By contract with the GSP.",
        },
    }
)


def gateway_profile(code: str, title: str) -> Profile:
    """Return a copy of the profile ``code`` for a GSP that is not known.

    :func:`irp_at` alone knows the IRP there, and the refusals of every gateway count.
    """
    rows = [one.data["refusals"] for one in PROFILES.values()]
    refusals = {name: row for known in rows for name, row in known.items()}
    changes = {**_OF_AN_UNKNOWN_GSP, "title": title, "refusals": refusals}
    return PROFILES[code].override(changes, origin=title)


def related_addresses(profile: Profile, environment_name: str) -> frozenset[str]:
    """Return the addresses of the IRPs that take the log-in of ``profile``.

    NIC's two portals take the same log-in (NIC, integration of IRP 1 and 2), and each
    can be asked about the other's documents. No GSP's log-in is good elsewhere.
    """
    if profile.irp is None:
        return frozenset()
    return frozenset(
        host.base_url
        for one in _IRPS
        if one.irp and one.irp.code in profile.wire.criss_cross
        for host in one.environments[environment_name].base_urls
    )


def portals_at(url: str, environment_name: str) -> tuple[Profile, ...]:
    """Return the profiles that are published with the host of ``url``."""
    origin = parse_address(url).origin
    return tuple(
        one
        for one in PROFILES.values()
        if origin in _origins(environment_name, [one]) and environment_name != LOCAL
    )


def _without_profile(name: str) -> Environment:
    first, second = (PROFILES[code].environments[name] for code in _NIC)
    hosts = dict.fromkeys((*first.base_urls, *second.base_urls))
    wire = replace(first.wire, irp="", refusals=_all_refusals())
    return replace(
        first, base_urls=tuple(sorted(hosts, key=lambda one: one.reserve)), wire=wire
    )


ENVIRONMENTS: Mapping[str, Environment] = MappingProxyType(
    {name: _without_profile(name) for name in PROFILES[_DEFAULT].environments}
)
"""The environments of both NIC portals by name, for a credential without a profile.

A GSP may stand in between that is known only by the headers entered for it: the
refusals of every gateway count, and :func:`irp_at` alone knows the IRP.
"""


def check_base_url(url: str, environment_name: str) -> str:
    """Return ``url`` in its one spelling (:func:`.addresses.parse_address`).

    Raises ValueError, in words for the person who typed it, unless it is ``https`` on a
    host of the internet, or ``http`` or ``https`` on this machine. This machine is for
    "demo" and "sandbox" only, and a host published for another environment is refused:
    real invoices must not be registered as trials, nor trials as real invoices.
    """
    if environment_name not in ENVIRONMENTS:
        raise ValueError(f"unknown environment {environment_name!r}")
    address = _parse_reachable(url)
    if address.is_loopback and environment_name == "production":
        raise ValueError("production cannot be on this machine (loopback address)")
    _refuse_foreign_host(address, environment_name)
    return address.url


def check_gsp_url(url: str) -> str:
    """Return ``url`` in its one spelling, if it can be a pass-through GSP's.

    Raises ValueError, in words for the person who typed it, as :func:`check_base_url`
    does, and for a host that a portal itself is published with.
    """
    address = _parse_reachable(url)
    origins = frozenset().union(*_PORTAL_ORIGINS.values())
    published = {parse_address(one).host for one in origins}
    if address.host in published and not address.is_loopback:
        raise ValueError(f"{address.host} is a portal's own host, and no GSP's")
    return address.url


def is_published_address(url: str, environment_name: str) -> bool:
    """Return whether ``url`` is on a portal's host, published for this environment.

    False for a GSP's, and for what is no address. Scheme, host and port count, in their
    one spelling; the path does not.
    """
    try:
        origin = parse_address(url).origin
    except ValueError:
        return False
    if environment_name not in ENVIRONMENTS:
        raise ValueError(f"unknown environment {environment_name!r}")
    return origin in _PORTAL_ORIGINS[environment_name]


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


def irp_at(url: str) -> str:
    """Return the IRP that is published with the host of ``url``; "" if none is."""
    return _IRP_HOSTS.get(parse_address(url).origin, "")


def _refuse_foreign_host(address: Address, environment_name: str) -> None:
    if address.is_loopback:
        return
    for other, origins in _ORIGINS.items():
        hosts = {parse_address(origin).host for origin in origins}
        if other != environment_name and address.host in hosts:
            raise ValueError(
                f"{address.host} belongs to the environment {other!r},"
                f" not to {environment_name!r}"
            )


def _origins(name: str, profiles: Iterable[Profile]) -> frozenset[str]:
    found = [one.environments[name] for one in profiles if name in one.environments]
    hosts = [host for one in found for host in (*one.base_urls, *one.ewb_hosts)]
    return frozenset(parse_address(host.base_url).origin for host in hosts)


_IRPS: tuple[Profile, ...] = tuple(one for one in PROFILES.values() if one.irp)
_ORIGINS: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: _origins(name, PROFILES.values()) for name in ENVIRONMENTS}
)
_PORTAL_ORIGINS: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: _origins(name, _IRPS) for name in ENVIRONMENTS}
)
_IRP_HOSTS: Mapping[str, str] = MappingProxyType(
    {
        parse_address(host.base_url).origin: profile.irp.code
        for profile in PROFILES.values()
        if profile.irp
        for name, environment in profile.environments.items()
        if name != LOCAL
        for host in environment.base_urls
    }
)
