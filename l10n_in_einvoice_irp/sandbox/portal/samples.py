"""Sample taxpayers of every status, and the parties of the demo company's invoices.

Their GSTINs have a valid format and check digit; their PANs (ZZZ…) are not issued.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .portal import Portal

_BEGUN = "2018-04-01"


def _record(
    legal: str, trade: str, address: tuple[str, str, str, str, int], **more: Any
) -> Mapping[str, Any]:
    """Return members of Get GSTIN's response, in capitals as in the GST registry.

    :param address: number, building, street, town and PIN code
    """
    *lines, pin = address
    number, building, street, town = (str(line).upper() for line in lines)
    place = {"AddrBno": number, "AddrBnm": building, "AddrFlno": "", "AddrSt": street}
    names = {"LegalName": legal.upper(), "TradeName": trade.upper()}
    ends = {"AddrLoc": town, "AddrPncd": pin, "DtReg": _BEGUN}
    return MappingProxyType({**names, **place, **ends, **more})


# GSTIN -> status, and other members of Get GSTIN's response; demo/demo_partners.xml has
# the same names and addresses
SAMPLES: Mapping[str, tuple[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "27ZZZCX9994C1Z1": (
            "CNL",
            _record(
                "Satpura Packaging Private Limited",
                "Satpura Packaging",
                ("18", "", "Nandur Naka", "Nashik", 422003),
                DtDReg="2025-03-31",
            ),
        ),
        "27ZZZCU9993S1Z8": (
            "SUS",
            _record(
                "Konkan Dyes Limited",
                "Konkan Dyes",
                ("Plot 4", "", "Lote Parshuram MIDC", "Khed", 415722),
            ),
        ),
        "29ZZZCK9992K1ZV": (
            "ACT",
            _record(
                "Mandya Hardware Stores Private Limited",
                "Mandya Hardware Stores",
                ("33", "", "Bazaar Street", "Mandya", 571401),
                TxpType="COM",
            ),
        ),
        "27ZZZCB9991B1ZS": (
            "ACT",
            _record(
                "Godavari Cement Agencies Private Limited",
                "Godavari Cement Agencies",
                ("9", "", "Panchavati", "Nashik", 422003),
                BlkStatus="B",
            ),
        ),
        "24ZZZCS9996S1ZD": (
            "ACT",
            _record(
                "Kandla SEZ Fabricators Private Limited",
                "Kandla SEZ Fabricators",
                ("Unit 12", "", "Kandla Special Economic Zone", "Gandhidham", 370230),
                TxpType="SEZ",
            ),
        ),
        # active again at the GST common portal, so a sync corrects it
        "27ZZZCI9988I1Z1": (
            "INA",
            _record(
                "Panvel Instruments Limited",
                "Panvel Instruments",
                ("77", "", "Old Mumbai Road", "Panvel", 410206),
            ),
        ),
        "27ZZZCD9999D1ZE": (
            "ACT",
            _record(
                "Sahyadri Tools Private Limited",
                "Sahyadri Tools",
                ("Plot 14", "Bhosari MIDC", "Telco Road", "Pune", 411026),
            ),
        ),
        "27ZZZCA9998A1ZO": (
            "ACT",
            _record(
                "Deccan Auto Components Private Limited",
                "Deccan Auto Components",
                ("Plot 221", "Satpur MIDC", "Trimbak Road", "Nashik", 422007),
            ),
        ),
        "29ZZZCB9997B1ZI": (
            "ACT",
            _record(
                "Bengaluru Machine Works Limited",
                "Bengaluru Machine Works",
                ("7", "Peenya Industrial Area", "4th Cross", "Bengaluru", 560058),
            ),
        ),
        "33ZZZCE9995E1ZM": (
            "ACT",
            _record(
                "Coromandel Exports Private Limited",
                "Coromandel Exports",
                ("3", "", "Harbour Street", "Chennai", 600001),
            ),
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
