"""How requests and responses look at a portal, chosen by name in its profile.

A portal that speaks otherwise needs one module here, its line in ``ADAPTERS``, and one
profile; the client's services and errors stay as they are.
"""

from collections.abc import Mapping
from types import MappingProxyType

from ...reference.profiles import Wire
from .base import Adapter, Credentials, Opening
from .sealed import SealedAdapter
from .status_cd import StatusCdAdapter

ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {"sealed": SealedAdapter(), "status_cd": StatusCdAdapter()}
)
"""The adapters by name."""


def check_log_in(wire: Wire, credentials: Credentials) -> None:
    """Raise ValueError if user name and password do not fit into the portal's key."""
    # The longer of the two: the word "false" is in the log-in.
    ADAPTERS[wire.adapter].open(wire, credentials, force_refresh=False)


__all__ = ["ADAPTERS", "Adapter", "Credentials", "Opening", "check_log_in"]
