"""The portal's services, a method each, with the session's renewal."""

from .account import Account, Timeouts
from .connection_test import (
    STEPS,
    ConnectionTest,
    SignedSample,
    Step,
    run_connection_test,
)
from .ewaybill_api import EwaybillApi
from .ewaybill_system import EwaybillSystem
from .irp_client import IrpClient
from .key_download import download_keys

__all__ = [
    "STEPS",
    "Account",
    "ConnectionTest",
    "EwaybillApi",
    "EwaybillSystem",
    "IrpClient",
    "SignedSample",
    "Step",
    "Timeouts",
    "download_keys",
    "run_connection_test",
]
