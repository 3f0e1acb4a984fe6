"""Apply NIC's Generate IRN rules on the registry (validations 5, 15-20, 34-38).

A member missing from a record never counts against the taxpayer.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ..store.records import TaxpayerEntry
from ..wire.dates import document_date
from ..wire.errors import PortalError, error
from .goods_movement import section
from .taxpayers import ACTIVE, UNKNOWN, day_of

_SEZ_SUPPLIES = ("SEZWP", "SEZWOP")
_SEZ_TYPES = ("SEZ", "SED")
_SUPPLIER_TYPES = ("REG", "SED", "CAS")
_NOT_FOR_DEEMED_EXPORTS = ("COM", "UIN")


def party_errors(
    invoice: Mapping[str, Any],
    supplier: TaxpayerEntry,
    recipient: TaxpayerEntry | None,
    operator: TaxpayerEntry | None,
) -> list[PortalError]:
    """Return the errors in the parties of a readable document.

    3028 for an unknown GSTIN, 3029 for one that is not active; from records with
    dates 3074, 3075, 3077, 3078 (cancelled) and 3079 (registered later), 3076
    (inactive); by taxpayer type 2231, 2300, 2174, 2246, 2247, 2298, 2297, 2195.

    :param recipient: None if unregistered
    :param operator: the e-commerce operator, None if there is none or it was never
        entered
    """
    terms = section(invoice, "TranDtls")
    day = document_date(invoice["DocDtls"]["Dt"])
    found = [*_status_errors(supplier, day, (ACTIVE,), may_have_ended=False)]
    found += _supplier_type(supplier, invoice)
    if recipient is not None:
        found += _status_errors(recipient, day, (ACTIVE, "SUS"), may_have_ended=True)
        found += _recipient_type(_type(recipient), terms)
    if operator is not None and _type(operator) not in ("", "TCS"):
        found.append(error("2195"))
    return found


def _status_errors(
    party: TaxpayerEntry, day: date, allowed: tuple[str, ...], *, may_have_ended: bool
) -> Iterator[PortalError]:
    """Yield the errors of a party whose status does not allow a document of ``day``.

    :param may_have_ended: whether a document dated before the cancellation is accepted
    """
    details = party.details
    if party.status == UNKNOWN:
        yield error("3028", party.gstin)
    elif details is not None and party.status == "CNL":
        ended = [*_cancelled(party.gstin, details, day)]
        yield from ended
        if not ended and not may_have_ended:
            yield error("3029", party.gstin)
    elif details is not None and party.status == "INA":
        yield error("3076", party.gstin)
    elif party.status not in allowed:
        yield error("3029", party.gstin)
    elif details is not None and day < (day_of(details, "DtReg") or day):
        yield error("3079")


def _cancelled(
    gstin: str, details: Mapping[str, Any], day: date
) -> Iterator[PortalError]:
    begun, ended = day_of(details, "DtReg"), day_of(details, "DtDReg")
    text = day.strftime("%d/%m/%Y")
    if ended is None:
        yield error("3075", gstin)
    elif day > ended:
        yield error("3074", gstin, text)
    if begun is None:
        yield error("3078", gstin)
    elif day < begun:
        yield error("3077", gstin, text)


def _supplier_type(
    supplier: TaxpayerEntry, invoice: Mapping[str, Any]
) -> Iterator[PortalError]:
    kind = _type(supplier)
    if kind == "SEZ":
        yield error("2231", supplier.gstin)
    elif kind and kind not in _SUPPLIER_TYPES:
        yield error("2300")
    elif kind == "SED" and any(map(_has_local_tax, invoice["ItemList"])):
        yield error("2174")


def _has_local_tax(item: Mapping[str, Any]) -> bool:
    return bool(item.get("CgstAmt") or item.get("SgstAmt"))


def _recipient_type(kind: str, terms: Mapping[str, Any]) -> Iterator[PortalError]:
    supply = str(terms.get("SupTyp") or "").upper()
    if not kind:
        return
    if kind in _SEZ_TYPES and supply not in _SEZ_SUPPLIES:
        yield error("2246", supply)
    if kind not in _SEZ_TYPES and supply in _SEZ_SUPPLIES:
        yield error("2247", supply)
    if kind in _NOT_FOR_DEEMED_EXPORTS and supply == "DEXP":
        yield error("2298")
    if kind == "ISD" and str(terms.get("RegRev") or "").upper() == "Y":
        yield error("2297")


def _type(party: TaxpayerEntry) -> str:
    return (party.details or {}).get("TxpType") or ""
