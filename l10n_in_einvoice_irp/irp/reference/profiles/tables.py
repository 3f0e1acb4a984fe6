"""Tables of the documentation, in Markdown, from the profiles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .profile import Profile
from .services import SERVICES, Endpoint

SERVICES_WITHOUT_CALL = frozenset({"authenticate", "ewb_authenticate"})


def services_table(endpoints: Iterable[Endpoint]) -> str:
    """Return those of NIC's API list, with method and path."""
    rows = [
        (one.service.title, f"`{one.method} {one.path}`", f"`{one.service.call}`")
        for one in endpoints
        if one.service.listed
    ]
    return _table(("Service", "Method and path", "Call"), rows)


def portals_table(profiles: Iterable[Profile]) -> str:
    """Return what is known of each portal, and who may connect."""
    rows = [
        (
            f"`{one.code}`",
            one.title,
            one.known_as,
            one.admission["who"],
        )
        for one in profiles
    ]
    return _table(("Profile", "Portal", "What is known", "Who may connect"), rows)


def offers_table(profiles: Iterable[Profile]) -> str:
    """Return which service each portal offers to programs."""
    known = [one for one in profiles if one.wire.known]
    rows = [
        (service.title, *(offer(one, service.name) for one in known))
        for service in SERVICES.values()
        if service.name not in SERVICES_WITHOUT_CALL and not service.own_api
    ]
    return _table(("Service", *(f"`{one.code}`" for one in known)), rows)


def ewaybill_api_table(
    profiles: Iterable[Profile],
) -> tuple[Sequence[str], list[Sequence[str]]]:
    """Return head and rows on the services of the e-way bill system's own API: what
    each is called there, and whose programs can call it."""
    known = [one for one in profiles if one.wire.known]
    rows: list[Sequence[str]] = [
        (
            service.title,
            f"`{service.ewaybill_action or service.portal_name}`",
            *(offer(one, service.name) for one in known),
        )
        for service in SERVICES.values()
        if service.own_api
    ]
    return ("Service", "Name there", *(f"`{one.code}`" for one in known)), rows


def offer(profile: Profile, service: str) -> str:
    """Return in words whether programs can call a service in production."""
    if not profile.wire.offers(service):
        return "no"
    environment = profile.environments["production"]
    if not environment.offers(service):
        return "sandbox only"
    is_own = environment.ewb_cancel == "own_session"
    return "own login" if is_own and SERVICES[service].of_ewaybill_system else "yes"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
