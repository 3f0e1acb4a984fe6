"""The fields of a credential for a portal, and who issues what is entered there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..profiles import Environment, Profile

Row = tuple[str, str]

_USER: Mapping[str, str] = {
    "irp": "The API user that you create for this GSTIN on the portal. It is not the "
    "login of the portal's website.",
    "gsp": "The API user that you create for this GSTIN and this GSP on NIC's portal. "
    "It is neither the login of NIC's website nor that of the GSP.",
}
_PAIR: Mapping[str, str] = {
    "irp": "As the portal issues it for this environment.",
    "gsp": "As the GSP issues it for this environment.",
}
_EWB_USER = (
    "{what}: the user of this GSTIN from ewaybillgst.gov.in, Registration / For API."
)
_EWB_USES = {
    True: "For e-Way Bills, except to generate them by IRN",
    False: "Only to cancel e-Way Bills",
}
_PAIR_LABELS: Mapping[str, str] = {
    "client_id": "Client ID",
    "client_secret": "Client Secret",
}


def entries(profile: Profile) -> Iterator[Row]:
    """Yield label and explanation of each field after the portal, as on the form."""
    wire = profile.wire
    yield "API User", _USER[profile.kind]
    yield "API Password", "Its password."
    for role, label in _PAIR_LABELS.items():
        if role not in wire.left_out:
            yield label, _PAIR[profile.kind]
    for one in wire.fields:
        yield one.title, one.help if one.required else f"{one.help} May stay empty."
    if wire.is_sealed:
        yield "Portal's Public Key", "The file for this environment, see below."
    yield "Signing Keys", "All that you can get, those of earlier periods as well."
    if any(_has_own_login(one) for one in profile.environments.values()):
        yield from _ewaybill_user(profile)


def _has_own_login(environment: Environment) -> bool:
    """Return whether e-way bills are cancelled there by a user of their system."""
    is_offered = environment.wire.offers("ewb_authenticate")
    has_host = bool(environment.ewb_hosts)
    return is_offered and has_host and environment.ewb_cancel == "own_session"


def _ewaybill_user(profile: Profile) -> Iterator[Row]:
    what = _EWB_USES[profile.wire.offers("update_vehicle")]
    yield "e-Way Bill API User", _EWB_USER.format(what=what)
    yield "e-Way Bill API Password", "Its password."
