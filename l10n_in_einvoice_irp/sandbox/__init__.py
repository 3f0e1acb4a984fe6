"""A local e-Invoice portal (IRP): the portal's side of the published protocol.

For trials, demonstrations and tests. It has its own users, keys and documents; what it
registers exists nowhere else. It depends neither on Odoo nor on the client in ``irp``.
"""

from .dialects import DIALECTS, PortalDialect
from .portal.portal import Portal
from .portal.samples import enter_samples
from .server.app import create_app
from .server.faults import DropConnection, Fault, Faults
from .server.server import serve
from .store.store import Store
from .wire.settings import Dialect, Settings

__all__ = [
    "DIALECTS",
    "Dialect",
    "DropConnection",
    "Fault",
    "Faults",
    "Portal",
    "PortalDialect",
    "Settings",
    "Store",
    "create_app",
    "enter_samples",
    "serve",
]
