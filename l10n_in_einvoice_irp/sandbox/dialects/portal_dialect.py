"""A portal, or a GSP in front of one: where it differs from NIC's first portal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..portal.portal import Handler, Portal
from ..store.records import User
from ..wire.call import ServiceCall
from ..wire.envelope import ServiceResponse
from ..wire.errors import Reply
from ..wire.settings import Dialect, Settings
from .gates import Account, Gate, open_gate, without_misspelt
from .route import Route, without


@dataclass(frozen=True)
class PortalDialect:
    """How a portal is called and how it responds.

    :param name: the name for ``--portal``
    :param title: the operator, for ``--help``
    :param base: the path before all services; clients get it with the address
    :param settings: members of ``Settings`` that differ from NIC's
    :param wording: members of ``settings.Dialect`` that differ from NIC's
    :param header_names: headers that are read in this spelling only, in lower case
    :param account: headers for the operator's account, with the member of ``User`` that
        each carries
    :param gate: checks a call before the portal sees it
    :param gateway_replies: the gateway's own responses, by a name for faults
    :param no_route: the responses for 404 and 405; IIS's page without one
    """

    name: str
    title: str
    routes: tuple[Route, ...]
    base: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    wording: Mapping[str, Any] = field(default_factory=dict)
    header_names: frozenset[str] = frozenset()
    account: Account = (
        ("client_id", "client_id"),
        ("client_secret", "client_secret"),
    )
    gate: Gate = open_gate
    gateway_replies: Mapping[str, Reply] = field(default_factory=dict)
    no_route: Mapping[int, Reply] = field(default_factory=dict)

    def settings_with(
        self, wording: Mapping[str, Any] | None = None, **settings: Any
    ) -> Settings:
        """Return the portal's settings.

        :param wording: members of ``settings.Dialect`` to change further
        """
        words = Dialect(**{**self.wording, **(wording or {})})
        return Settings(**{**self.settings, **settings, "dialect": words})

    def behind_gate(self, handler: Handler) -> Handler:
        """Return the handler for calls that come through the gate."""

        def handle(portal: Portal, call: ServiceCall) -> ServiceResponse:
            read = without_misspelt(call, self.header_names)
            return handler(portal, self.gate(portal, read))

        return handle

    def without(self, services: Iterable[str]) -> "PortalDialect":
        """Return the same portal without some services.

        :raises ValueError: a service that it does not have
        """
        names = set(services)
        unknown = names - set(self.services)
        if unknown:
            raise ValueError(f"{self.name} has no {', '.join(sorted(unknown))}")
        return replace(self, routes=without(self.routes, *names))

    @property
    def services(self) -> list[str]:
        """Return the names of the services."""
        return sorted({route.name for route in self.routes})

    def account_headers(self, user: User) -> dict[str, str]:
        """Return the headers for the operator's account of a user."""
        return {name: getattr(user, member) for name, member in self.account}
