"""Read the JSON file of registered invoices that is downloaded from a portal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ...reference.dates import read_date
from ..errors import IrpProtocolError, IrpSignatureError
from ..incoming import as_code, as_text, lower_names, read_json
from ..records import Registration, parse_registration
from ..signature import peek

_MAX_BYTES = 50 * 1024 * 1024
_MAX_DEPTH = 4


@dataclass(frozen=True)
class Identity:
    """The document that was registered.

    :ivar doc_type: INV, CRN or DBN.
    :ivar doc_date: None if it cannot be read.
    """

    gstin: str
    doc_type: str
    number: str
    doc_date: date | None


def identity_of(registration: Registration) -> Identity:
    """Read from the signed invoice which document it is; nothing is verified.

    What is missing is empty. Raises IrpSignatureError if it is no token at all.
    """
    signed = peek(registration.signed_invoice).data
    seller, document = (_section(signed, name) for name in ("SellerDtls", "DocDtls"))
    return Identity(
        as_code(seller.get("Gstin")).upper(),
        as_code(document.get("Typ")).upper(),
        as_code(document.get("No")),
        read_date(as_text(document.get("Dt"))),
    )


def _section(signed: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = signed.get(name)
    return section if isinstance(section, Mapping) else {}


def portal_entry(registration: Registration) -> dict[str, str]:
    """Return a registration as an entry of a portal's file, for reading it again."""
    members = {
        "Irn": registration.irn,
        "AckNo": registration.ack_number,
        "AckDt": _portal_time(registration.ack_date),
        "SignedInvoice": registration.signed_invoice,
        "SignedQRCode": registration.signed_qr,
        "Status": registration.status,
        "CancelDate": _portal_time(registration.cancel_date),
        "EwbNo": registration.ewb_number,
        "EwbDt": _portal_time(registration.ewb_date),
        "EwbValidTill": _portal_time(registration.ewb_valid_till),
        "Remarks": registration.remarks,
    }
    return {name: value for name, value in members.items() if value}


def _portal_time(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def parse_portal_file(content: bytes | str) -> list[Registration]:
    """Read every registration of a downloaded file; nothing of it is verified yet.

    Takes one invoice (``SignedInvoice``, ``SignedQRCode``, ``Irn``, ``AckNo``,
    ``AckDt``), a list of them, and either inside ``Data``, in any letter case. What
    stands beside the signed invoice may be missing: it is inside as well. Raises
    ValueError, in words for the person who chose the file, for anything else.
    """
    entries = portal_entries(content)
    return [read_registration(entry, place) for place, entry in enumerate(entries, 1)]


def portal_entries(content: bytes | str) -> list[Mapping[str, Any]]:
    """Return the invoices of a file with their names in lower case, as they stand.

    Raises ValueError, in words for the person who chose the file.
    """
    if len(content) > _MAX_BYTES:
        raise ValueError("the file is too large: more than 50 MB")
    entries = list(_entries(_parsed(content), _MAX_DEPTH))
    if not entries:
        raise ValueError("the file holds no invoice")
    return entries


def _parsed(content: bytes | str) -> Any:
    try:
        return read_json(content)
    except ValueError:
        raise ValueError(
            "the file is not JSON: choose the file as the portal's website gave it"
        ) from None


def _entries(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """Walk lists and wrappers down to the invoices."""
    if isinstance(value, str) and depth:
        value = _parsed(value)
    if isinstance(value, list) and depth:
        for item in value:
            yield from _entries(item, depth - 1)
        return
    members = lower_names(value) if isinstance(value, Mapping) else {}
    wrapped = "signedinvoice" not in members and members.get("data") is not None
    if wrapped and depth:
        yield from _entries(members["data"], depth - 1)
        return
    yield members


def read_registration(members: Mapping[str, Any], place: int) -> Registration:
    """Return an entry's registration; ValueError, as above, if it holds none.

    :param members: as :func:`portal_entries` gives them.
    :param place: of the entry in its file, from 1.
    """
    token = members.get("signedinvoice")
    if not token or not isinstance(token, str):
        raise ValueError(f"entry {place} of the file has no signed invoice")
    try:
        signed = lower_names(peek(token).data)
        names = ("irn", "ackno", "ackdt")
        inside = {name: signed[name] for name in names if signed.get(name)}
        given = {name: value for name, value in members.items() if value}
        return parse_registration({**inside, **given})
    except IrpSignatureError:
        raise ValueError(
            f"entry {place} of the file: the signed invoice cannot be read"
        ) from None
    except IrpProtocolError as error:
        raise ValueError(f"entry {place} of the file: {error.message}") from None
