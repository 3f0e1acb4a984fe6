"""The portal's errors: codes and messages (NIC error lists)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from .messages import MESSAGES


class PortalError(NamedTuple):
    """One entry of ``ErrorDetails``."""

    code: str
    message: str


def error(code: str, *values: object) -> PortalError:
    """Return the error ``code``, with ``values`` inserted into its message."""
    return PortalError(code, MESSAGES[code].format(*values))


@dataclass(frozen=True)
class Reply:
    """An HTTP response in words that are not the portal's: a gateway's, or a server's.

    :param headers: further headers
    """

    body: str
    status: int = 200
    mimetype: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Refusal(Exception):
    """A refused call, answered with ``Status`` 0.

    :param errors: at least one, unless there is a ``reply``; the response lists all
    :param infos: entries of ``InfoDtls``, as the portal adds to code 2150
    :param reply: the response of the gateway in front of the portal, which did not
        pass the call on
    """

    def __init__(
        self,
        errors: Iterable[PortalError],
        infos: Iterable[Mapping[str, Any]] = (),
        reply: Reply | None = None,
    ) -> None:
        self.errors = tuple(errors)
        self.infos = tuple(infos)
        self.reply = reply
        texts = [f"{one.code} {one.message}" for one in self.errors]
        super().__init__(", ".join(texts) or (reply.body if reply else ""))


def refuse(code: str, *values: object) -> Refusal:
    """Return a refusal with the single error ``code``."""
    return Refusal([error(code, *values)])


def turn_away(reply: Reply) -> Refusal:
    """Return the refusal of a gateway, which the portal never sees."""
    return Refusal((), reply=reply)
