"""Documents that another IRP registered; all IRPs refuse them (2295)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..portal.portal import Portal
from ..store.records import Registration
from ..wire.dates import to_wire
from .registration import document_key, irn_of

# the first digit of the AckNo is the number of the IRP; published for NIC's two
_FIRST_DIGITS: Mapping[str, str] = MappingProxyType(
    {"NIC1": "1", "NIC2": "2", "CYGNET": "3", "CLEAR": "4", "EY": "5", "IRIS": "6"}
)
_FIRST_RUNNING_NUMBER = 90_000_000_000


def hold_elsewhere(
    portal: Portal,
    *,
    gstin: str,
    document_type: str,
    number: str,
    date: str,
    irp: str,
    status: str = "ACT",
) -> Registration:
    """Enter a document as registered by another IRP, and return it.

    :param date: ``dd/MM/yyyy``
    :param irp: the other IRP, as ``RegIrp`` names it: ``IRIS``, ``EY``, ``NIC1``, …
    :param status: ``CNL`` for one that was cancelled there, which uses up its number
    :raises ValueError: a wrong date or status, this portal as the other one, or a
        document that is registered already
    """
    if irp == portal.settings.portal_code:
        raise ValueError(f"{irp} is this portal")
    if status not in ("ACT", "CNL"):
        raise ValueError(f"{status} is not ACT or CNL")
    key = document_key(gstin, document_type, number, date)
    values: dict[str, Any] = {
        "irn": irn_of(key),
        "seller_gstin": gstin,
        "financial_year": key.financial_year,
        "document_type": key.document_type,
        "number_key": key.number_key,
        "number": number,
        "document_date": date,
        "requester_gstin": gstin,
        "ack_at": to_wire(portal.now()),
        # this portal never returns what another one signed
        "signed_invoice": "",
        "signed_qr": "",
        "status": status,
    }

    def register(count: int) -> Registration:
        return Registration(ack_number=_ack_number(irp, values, count), **values)

    with portal.store.transaction():
        held, is_new = portal.store.register(key, register)
        if not is_new:
            raise ValueError(f"{number} is registered already")
        portal.origins.put(held.irn, irp)
    return held


def _ack_number(irp: str, values: dict[str, Any], count: int) -> int:
    year = values["ack_at"][2:4]
    digit = _FIRST_DIGITS.get(irp, "9")
    return int(f"{digit}3{year}{_FIRST_RUNNING_NUMBER + count:011d}")
