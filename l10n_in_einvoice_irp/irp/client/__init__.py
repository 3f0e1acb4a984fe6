"""The portal's services, a method each, with the session's renewal."""

from .account import Account, Timeouts
from .base_client import refused_again
from .ewaybill_system import EwaybillSystem
from .irp_client import IrpClient
from .key_download import download_keys

__all__ = [
    "Account",
    "EwaybillSystem",
    "IrpClient",
    "Timeouts",
    "download_keys",
    "refused_again",
]
