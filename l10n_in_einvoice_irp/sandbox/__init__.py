"""A local e-invoice portal (IRP): the published protocol from the portal's side.

For trials, demonstrations and tests: users, keys and documents are its own, and
nothing of what it registers exists anywhere else. It knows neither Odoo nor the
client in ``irp``.
"""

from .app import create_app
from .faults import DropConnection, Fault, Faults
from .portal import Portal
from .settings import Dialect, Settings
from .store import Store

__all__ = [
    "Dialect",
    "DropConnection",
    "Fault",
    "Faults",
    "Portal",
    "Settings",
    "Store",
    "create_app",
]
