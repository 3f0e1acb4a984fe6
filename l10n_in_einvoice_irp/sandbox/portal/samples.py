"""Sample taxpayers of every status, for demonstrations.

Their GSTINs have a valid format and check digit; their PANs (ZZZ…) are not issued.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .portal import Portal

_BEGUN = "2018-04-01"
# GSTIN -> status, and other members of Get GSTIN's response
SAMPLES: Mapping[str, tuple[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "27ZZZCX9994C1Z1": (
            "CNL",
            {
                "LegalName": "SATPURA PACKAGING PRIVATE LIMITED",
                "TradeName": "SATPURA PACKAGING",
                "DtReg": _BEGUN,
                "DtDReg": "2025-03-31",
            },
        ),
        "27ZZZCU9993S1Z8": (
            "SUS",
            {
                "LegalName": "KONKAN DYES LLP",
                "TradeName": "KONKAN DYES",
                "DtReg": _BEGUN,
            },
        ),
        "29ZZZCK9992K1ZV": (
            "ACT",
            {
                "LegalName": "MANDYA HARDWARE STORES",
                "TradeName": "MANDYA HARDWARE",
                "TxpType": "COM",
                "DtReg": _BEGUN,
            },
        ),
        "27ZZZCB9991B1ZS": (
            "ACT",
            {
                "LegalName": "GODAVARI CEMENT AGENCIES",
                "TradeName": "GODAVARI CEMENT",
                "BlkStatus": "B",
                "DtReg": _BEGUN,
            },
        ),
        "24ZZZCS9996S1ZD": (
            "ACT",
            {
                "LegalName": "KANDLA SEZ FABRICATORS PRIVATE LIMITED",
                "TradeName": "KANDLA SEZ FABRICATORS",
                "AddrLoc": "GANDHIDHAM",
                "AddrPncd": 370230,
                "TxpType": "SEZ",
                "DtReg": _BEGUN,
            },
        ),
        # active again at the GST common portal, so a sync corrects it
        "27ZZZCI9988I1Z1": (
            "INA",
            {
                "LegalName": "PANVEL INSTRUMENTS LIMITED",
                "TradeName": "PANVEL INSTRUMENTS",
                "DtReg": _BEGUN,
            },
        ),
    }
)
_STALE = "27ZZZCI9988I1Z1"


def enter_samples(portal: Portal) -> None:
    """Enter the sample taxpayers that are not in the registry yet."""
    for gstin, (status, details) in SAMPLES.items():
        if portal.registry.taxpayers.get(gstin) is None:
            portal.set_taxpayer(gstin, status, **details)
            if gstin == _STALE:
                portal.announce_taxpayer(gstin, "ACT", **details)
