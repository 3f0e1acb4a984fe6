"""The portals and GSPs whose dialect the local portal speaks, by name.

Written from published descriptions and from clients that were seen to work; each module
names its sources. Where they disagree, ``Settings`` and ``Dialect`` have a switch.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .ey import EY
from .iris import IRIS
from .nic import NIC, NIC2
from .pass_through import ALANKIT, CLEAR_GSP, TAXPRO
from .portal_dialect import PortalDialect
from .whitebooks import WHITEBOOKS

_ALL = (NIC, NIC2, IRIS, EY, CLEAR_GSP, ALANKIT, TAXPRO, WHITEBOOKS)
DIALECTS: Mapping[str, PortalDialect] = MappingProxyType(
    {**{one.name: one for one in _ALL}, "nic1": NIC}
)

__all__ = ["DIALECTS", "NIC", "PortalDialect"]
