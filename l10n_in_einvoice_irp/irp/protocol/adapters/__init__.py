"""How requests and responses look at a portal, chosen by name in its profile.

A portal that speaks otherwise needs one module here, its line in ``ADAPTERS``, and one
profile; the client's services and errors stay as they are.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .base import Adapter, Credentials, Opening
from .sealed import SealedAdapter
from .status_cd import StatusCdAdapter

ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {"sealed": SealedAdapter(), "status_cd": StatusCdAdapter()}
)
"""The adapters by name."""

__all__ = ["ADAPTERS", "Adapter", "Credentials", "Opening"]
