"""Check the data of a profile: by ``profile.schema.json``, then what spans members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema_rs import Draft7Validator

from ..addresses import check_headers, check_path_prefixes, parse_address
from ..datafiles import load_json
from .services import EWAYBILL_API, SERVICES, places

SCHEMA_FILE = "profile.schema.json"
_MAX_TEXT = 300
_ROLES = frozenset({"client_id", "client_secret", "gstin", "user_name", "password"})
# Headers that a profile may name, though nobody may add them to a call.
_CALLER = frozenset({"authtoken", "gstin", "user-name"})
LOCAL = "demo"
"""The environment on this machine."""


class ProfileError(ValueError):
    """A fault in a profile; the text names the file or record, and the member."""

    def __init__(self, origin: str, member: str, fault: str) -> None:
        where = f"{origin}, {member}" if member else origin
        self.fault = fault[:_MAX_TEXT]
        super().__init__(f"{where}: {self.fault}")
        self.origin = origin
        self.member = member


def check_profile(data: Mapping[str, Any], origin: str) -> None:
    """Raise ProfileError for the first fault in the complete ``data`` of a profile."""
    for error in _validator().iter_errors(data):
        raise ProfileError(origin, _member(error.instance_path), error.message)
    for member, fault in _faults(data):
        raise ProfileError(origin, member, fault)


@cache
def _validator() -> Draft7Validator:
    return Draft7Validator(load_json(SCHEMA_FILE))


def _member(path: Iterable[str | int]) -> str:
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return "".join(steps).lstrip(".")


# -- what spans members ---------------------------------------------------------------


def _faults(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _field_faults(data["fields"])
    yield from _header_faults(data)
    for name, environment in data["environments"].items():
        yield from _environment_faults(f"environments.{name}", name, environment)
    for name, route in data["services"].items():
        if route:
            yield from _route_faults(f"services.{name}", name, route, data["fields"])
    api = data.get("ewaybill_api") or {"not_offered": ()}
    for name in sorted(set(api["not_offered"]) - set(EWAYBILL_API)):
        yield "ewaybill_api.not_offered", f"{name!r} is no service of that API"
    if data["wire"]:
        yield from _wire_faults(data)


def _field_faults(fields: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    inputs = {name for service in SERVICES.values() for name in service.inputs}
    taken = set(inputs | _ROLES | {"token"})
    for number, one in enumerate(fields):
        if one["name"] in taken:
            yield f"fields[{number}].name", f"{one['name']!r} has a meaning already"
        taken.add(one["name"])


def _header_faults(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    try:
        check_headers(dict.fromkeys(_given(data["extra_headers"]), ""))
    except ValueError as error:
        yield "extra_headers", str(error)
    known = {one["name"] for one in data["fields"]}
    for name, template in _given(data["extra_headers"]).items():
        yield from _unknown(f"extra_headers.{name}", template, known)
    extra = _given(data["extra_headers"])
    for group, roles in data["headers"].items():
        yield from _role_faults(f"headers.{group}", _given(roles), extra)
        if not roles.get("gstin"):
            yield f"headers.{group}.gstin", "the GSTIN must be sent"
    for group in ("call", "ewb_call"):
        if not data["headers"][group].get("token"):
            yield f"headers.{group}.token", "the token must be sent"


def _role_faults(
    member: str, roles: Mapping[str, str], extra: Iterable[str]
) -> Iterator[tuple[str, str]]:
    taken = {_folded(name) for name in extra}
    for role, name in roles.items():
        folded = _folded(name)
        if folded in taken:
            yield f"{member}.{role}", f"the header {name} is there twice"
        taken.add(folded)
        try:
            check_headers({} if folded in _CALLER else {name: ""})
        except ValueError as error:
            yield f"{member}.{role}", str(error)


def _folded(name: str) -> str:
    return name.lower().replace("_", "-")


def _environment_faults(
    member: str, name: str, data: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    try:
        check_path_prefixes(data["path_prefix"])
    except ValueError as error:
        yield f"{member}.path_prefix", str(error)
    for group in ("hosts", "ewb_hosts"):
        for number, host in enumerate(data[group]):
            fault = _host_fault(host["base_url"], name)
            if fault:
                yield f"{member}.{group}[{number}].base_url", fault


def _host_fault(url: str, environment: str) -> str:
    try:
        address = parse_address(url)
    except ValueError as error:
        return str(error)
    if address.url != url:
        return f"{url!r} must be written {address.url!r}"
    if environment == LOCAL:
        return "" if address.is_loopback else "the demo is on this machine alone"
    if address.scheme != "https" or not address.is_public:
        return f"{url!r} is not https on a host of the internet"
    return ""


def _route_faults(
    member: str, name: str, route: Mapping[str, Any], fields: list[Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    service = SERVICES[name]
    inputs = set(service.inputs)
    known = inputs | {one["name"] for one in fields}
    shown = known - {one["name"] for one in fields if one["secret"]}
    query, headers = route.get("query", {}), route.get("headers", {})
    # Addresses are logged: no secret in them.
    yield from _unknown(f"{member}.path", route["path"], shown)
    for key, template in query.items():
        yield from _unknown(f"{member}.query.{key}", template, shown)
    for key, template in headers.items():
        yield from _unknown(f"{member}.headers.{key}", template, known)
    used = places(" ".join([route["path"], *query.values(), *headers.values()]))
    for missing in sorted(inputs - used):
        yield member, f"'{{{missing}}}' must be in path, query or headers"


def _unknown(member: str, template: str, known: set[str]) -> Iterator[tuple[str, str]]:
    for name in sorted(places(template) - known):
        yield member, f"'{{{name}}}' is not known here"


def _wire_faults(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    services = data["services"]
    for name in ("authenticate", "generate_irn"):
        if not services.get(name):
            yield f"services.{name}", "a portal that is called must offer it"
    # A lost answer has to be looked up.
    if not (services.get("get_irn_by_document") or services.get("get_irn")):
        yield "services.get_irn", "one service must look up what was registered"
    has_host = any(
        one["hosts"] for name, one in data["environments"].items() if name != LOCAL
    )
    if not has_host:
        yield "environments", "a portal that is called must have a host"


def _given(names: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in names.items() if value is not None}
