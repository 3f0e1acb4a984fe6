"""Look-ups of the e-way bill system that answer a question of a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...client.irp_client import IrpClient
from ...protocol.errors import IrpError
from ...protocol.signature import SigningKeys

# methods that are not named after the one service that they call
_SERVICES = {"transporter": ("gstin_details", "transporter_details")}


@dataclass(frozen=True)
class Query:
    """A look-up: the name of a method of `.client.EwaybillApi`, and its arguments."""

    method: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def services(self) -> tuple[str, ...]:
        """Return the names in `reference.SERVICES` of what it may call."""
        return _SERVICES.get(self.method, (self.method,))


@dataclass(frozen=True)
class Answered:
    """The result of a look-up.

    :ivar found: a record of `.protocol.ewaybill`, or several; None after an error.
    :ivar error: the error that it ended in; None if it found something.
    """

    found: Any = None
    error: IrpError | None = None


def ask(client: IrpClient, keys: SigningKeys, query: Query) -> Answered:
    """Make a look-up. Never raises an IrpError."""
    try:
        method = getattr(client.ewaybill_api, query.method)
        return Answered(method(**query.arguments))
    except IrpError as error:
        return Answered(error=error)
