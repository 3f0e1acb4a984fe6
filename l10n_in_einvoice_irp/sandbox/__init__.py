"""A local e-invoice portal (IRP): the published protocol from the portal's side.

For trials, demonstrations and tests: users, keys and documents are its own, and
nothing of what it registers exists anywhere else. It knows neither Odoo nor the
client in ``irp``.
"""

from .portal.portal import Portal
from .portal.samples import enter_samples
from .server.app import create_app
from .server.faults import DropConnection, Fault, Faults
from .server.server import serve
from .store.store import Store
from .wire.settings import Dialect, Settings

__all__ = [
    "Dialect",
    "DropConnection",
    "Fault",
    "Faults",
    "Portal",
    "Settings",
    "Store",
    "create_app",
    "enter_samples",
    "serve",
]
