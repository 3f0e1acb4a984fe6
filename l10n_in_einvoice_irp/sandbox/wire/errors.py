"""The portal's errors: codes and messages (NIC error lists)."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .messages import MESSAGES


class PortalError(NamedTuple):
    """One entry of ``ErrorDetails``."""

    code: str
    message: str


def error(code: str, *values: object) -> PortalError:
    """Return the error ``code``, with ``values`` inserted into its message."""
    return PortalError(code, MESSAGES[code].format(*values))


class Refusal(Exception):
    """A refused call, answered with ``Status`` 0.

    :param errors: at least one; the response lists all of them
    :param infos: entries of ``InfoDtls``, as the portal adds to code 2150
    """

    def __init__(
        self, errors: Iterable[PortalError], infos: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        self.errors = tuple(errors)
        self.infos = tuple(infos)
        super().__init__(", ".join(f"{one.code} {one.message}" for one in self.errors))


def refuse(code: str, *values: object) -> Refusal:
    """Return a refusal with the single error ``code``."""
    return Refusal([error(code, *values)])
