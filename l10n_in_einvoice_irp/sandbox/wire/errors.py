"""The portal's error codes and the texts it gives them (NIC error lists)."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .messages import MESSAGES


class PortalError(NamedTuple):
    """One entry of ``ErrorDetails``."""

    code: str
    message: str


def error(code: str, *values: object) -> PortalError:
    """Return the portal's error ``code`` with ``values`` put into its text."""
    return PortalError(code, MESSAGES[code].format(*values))


class Refusal(Exception):
    """The portal says no: one answer with ``Status`` 0.

    :param errors: at least one; all of them go into the answer
    :param infos: entries for ``InfoDtls``, as the portal gives with code 2150
    """

    def __init__(
        self, errors: Iterable[PortalError], infos: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        self.errors = tuple(errors)
        self.infos = tuple(infos)
        super().__init__(", ".join(f"{one.code} {one.message}" for one in self.errors))


def refuse(code: str, *values: object) -> Refusal:
    """Return the refusal with the one error ``code``."""
    return Refusal([error(code, *values)])
