"""Gates: what a portal or a gateway checks before a call reaches the services."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..portal.portal import Portal
from ..services.identity import is_same_secret
from ..wire.call import ServiceCall
from ..wire.errors import Reply, turn_away

Gate = Callable[[Portal, ServiceCall], ServiceCall]
# a header, and the member of ``User`` that it carries
Account = tuple[tuple[str, str], ...]


def open_gate(_portal: Portal, call: ServiceCall) -> ServiceCall:
    """Let every call through, as a portal without a gateway."""
    return call


def normal(name: str) -> str:
    """Return a header's name as ``ServiceCall.headers`` has it."""
    return name.lower().replace("-", "_")


def without_misspelt(call: ServiceCall, names: frozenset[str]) -> ServiceCall:
    """Return the call without the headers that have another spelling than ``names``.

    A call in process has lost the spelling; nothing is taken from it.
    """
    if call.header_names is None:
        return call
    misspelt = {normal(name) for name in names - call.header_names}
    kept = {name: value for name, value in call.headers.items() if name not in misspelt}
    return replace(call, headers=kept)


@dataclass(frozen=True)
class AccountGate:
    """A GSP's gateway: it checks the GSP's own headers, and adds its pair for NIC.

    :param account: headers that carry the client's ID and secret, or the secret alone
    :param missing: the response without one of them
    :param unknown: the response to an unknown account
    :param wrong_secret: the response to a wrong secret of a known account
    """

    account: Account
    missing: Reply
    unknown: Reply
    wrong_secret: Reply

    def __call__(self, portal: Portal, call: ServiceCall) -> ServiceCall:
        """Return the call with the client pair that NIC expects.

        :raises Refusal: with the gateway's own response
        """
        given = {member: call.header(normal(name)) for name, member in self.account}
        if not all(given.values()):
            raise turn_away(self.missing)
        client_id, secret = self._client(portal, given)
        pair = {"client_id": client_id, "client_secret": secret}
        return replace(call, headers={**call.headers, **pair})

    def _client(self, portal: Portal, given: dict[str, str]) -> tuple[str, str]:
        users = [*portal.store.users(), *portal.ewb_users.all()]
        secrets = {user.client_id: user.client_secret for user in users}
        client_id, secret = given.get("client_id"), given["client_secret"]
        if client_id is not None:
            if client_id not in secrets:
                raise turn_away(self.unknown)
            if not is_same_secret(secrets[client_id], secret):
                raise turn_away(self.wrong_secret)
            return client_id, secret
        for name, known in secrets.items():
            if is_same_secret(known, secret):
                return name, known
        raise turn_away(self.unknown)
