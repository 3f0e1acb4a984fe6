"""Check a request for an e-way bill by IRN as the portal would, before it is sent.

Applies the rules on EwbDtls in a registration (:mod:`.invoice.ewaybill`) to the request
and the registered invoice together. For cancellations see :mod:`.cancellation`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from ..reference.gstin import transporter_fault
from .cancellation import (
    EWB_CANCEL_REASONS,
    IRN_CANCEL_REASONS,
    cancel_violations,
    time_left,
)
from .consequences import without_consequences
from .invoice import ewaybill as ewaybill_rules
from .invoice.document_view import Document, Profile
from .invoice.schema import SCHEMA_CODE, schema_violations
from .invoice.violation import Violation, _lt

__all__ = [
    "EWB_CANCEL_REASONS",
    "IRN_CANCEL_REASONS",
    "cancel_violations",
    "ewaybill_violations",
    "time_left",
]

_ADDRESSES = ("DispDtls", "ExpShipDtls")
_SECTIONS = ("EwbDtls", "DispDtls", "ShipDtls")
_NUMBERS = ("Distance", "Pin")
_NEAR_KM = 100
# The portal's specific codes for members that the schema restricts too.
_SPECIFIC_CODES = {
    "EwbDtls.TransId": "4018",
    "EwbDtls.VehNo": "4014",
    "EwbDtls.VehType": "4020",
    "EwbDtls.TransDocDt": "4017",
}
_TRANSPORTER_FAULTS = {
    "check_digit": (
        "transporter_check_digit",
        _lt(
            "The last character of transporter ID %(id)s does not match the others. "
            "Check for a typo."
        ),
    ),
    "enrolment": (
        "transporter_enrolment",
        _lt(
            "Transporter ID %(id)s is not a common enrolment number, which is 88, the "
            "PAN and three more characters."
        ),
    ),
}
_EWAYBILL = "e-Way Bill"
NO_CODE = ""
"""The code of a violation that the portal would ignore rather than refuse."""


def ewaybill_violations(
    request: Mapping[str, Any],
    invoice: Mapping[str, Any] | None,
    today: date,
    *,
    portal_km: int | None = None,
    check_digits: bool = True,
) -> list[Violation]:
    """Check the body of "E-way bill by IRN" as the portal would (NIC v1.03).

    :param request: the body, ``Irn`` included.
    :param invoice: the INV-01 document of the IRN; None if it is not available, which
        skips the rules that need it.
    :param today: the date in India.
    :param portal_km: the portal's distance between the two PIN codes, if known.
    :param check_digits: whether to check the check digit of the transporter ID; NIC's
        sandbox uses transporters with a wrong one.
    :return: every violation, with the portal's code or `NO_CODE`; paths are those of
        the request, or "ShipDtls", "BuyerDtls"… if the invoice is at fault.
    """
    probe = _probe(request)
    shape = [fault for fault in schema_violations(probe) if _in_request(fault.path)]
    named = {fault.path for fault in shape}
    document = _document(_without(probe, named), invoice or {}, today)
    found = [
        *_irn_violations(request),
        *(_with_specific_code(fault) for fault in shape),
        *(
            fault
            for fault in _rule_violations(document, invoice)
            if fault.path not in named
        ),
    ]
    places = {fault.path.partition(".")[0] for fault in found}
    found += [
        fault
        for fault in _ignored_members(request, invoice or {})
        # a place that is at fault itself has to be corrected first
        if fault.path not in places
    ]
    if check_digits:
        found += _transporter(document)
    if portal_km is not None and "EwbDtls.Distance" not in named:
        found += _distance(document, portal_km)
    found = without_consequences(found, document.invoice)
    port = _is_port(probe, invoice) or document.is_export
    return [_with_path_of_request(fault, port) for fault in found]


# --- the request and the invoice as one document -------------------------------------


def _probe(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request as sections of an INV-01 document with the same members."""
    apart = {"Irn", *_ADDRESSES}
    details = {name: value for name, value in request.items() if name not in apart}
    probe: dict[str, Any] = {"EwbDtls": details, "DispDtls": request.get("DispDtls")}
    port = request.get("ExpShipDtls")
    if isinstance(port, Mapping):
        # The port has only an address; the invoice's section needs a name too.
        port = {"LglNm": "Port of export", **port}
    return {**probe, "ShipDtls": port}


def _in_request(path: str) -> bool:
    return path.partition(".")[0] in _SECTIONS


def _without(probe: Mapping[str, Any], named: set[str]) -> dict[str, Any]:
    """Return the sections without members that the rules cannot read."""
    readable: dict[str, Any] = {}
    for section, data in probe.items():
        members = data if isinstance(data, Mapping) else {}
        readable[section] = {
            name: value
            for name, value in members.items()
            if f"{section}.{name}" not in named
            or (isinstance(value, str) and name not in _NUMBERS)
        }
    return readable


def _document(
    probe: Mapping[str, Any], invoice: Mapping[str, Any], today: date
) -> Document:
    port = probe["ShipDtls"] if _is_port(probe, invoice) else None
    sections = {
        "EwbDtls": probe["EwbDtls"],
        # "dispatch-from address if not given in the invoice": NIC "E-way bill by IRN"
        "DispDtls": invoice.get("DispDtls") or probe["DispDtls"],
        "ShipDtls": port or invoice.get("ShipDtls"),
    }
    if not invoice and port:
        sections["TranDtls"] = {"SupTyp": "EXPWP"}
    return Document({**invoice, **sections}, today, Profile())


def _is_port(probe: Mapping[str, Any], invoice: Mapping[str, Any] | None) -> bool:
    """Return whether the port of the request counts.

    It does for an export, and for an unknown invoice: only exports have a port.
    """
    return bool(probe["ShipDtls"]) and (not invoice or _is_export(invoice))


def _is_export(invoice: Mapping[str, Any]) -> bool:
    return Document(invoice, date.min, Profile()).is_export


def _rule_violations(
    doc: Document, invoice: Mapping[str, Any] | None
) -> Iterator[Violation]:
    for rule in ewaybill_rules.WITH_EWAYBILL:
        if invoice or rule not in ewaybill_rules.OF_THE_INVOICE:
            yield from rule(doc)


def _with_specific_code(fault: Violation) -> Violation:
    return replace(fault, code=_SPECIFIC_CODES.get(fault.path, SCHEMA_CODE))


def _with_path_of_request(fault: Violation, port: bool) -> Violation:
    section, _, member = fault.path.partition(".")
    if section == "EwbDtls":
        return replace(fault, path=member)
    if section == "ShipDtls" and port:
        path = f"ExpShipDtls.{member}" if member else "ExpShipDtls"
        return replace(fault, path=path)
    return fault


# --- rules of the request alone ------------------------------------------------------


def _irn_violations(request: Mapping[str, Any]) -> Iterator[Violation]:
    irn = request.get("Irn")
    if not re.fullmatch(r"[0-9a-fA-F]{64}", str(irn or "")):
        message = _lt("An IRN has 64 hexadecimal digits.")
        yield Violation(SCHEMA_CODE, "Irn", irn, "irn_form", message)


def _transporter(doc: Document) -> Iterator[Violation]:
    """Rule 9: the transporter's GSTIN, TRANSIN or common enrolment number is valid.

    The schema checks length and characters.
    """
    transporter = doc.ewaybill.text("TransId")
    fault = _TRANSPORTER_FAULTS.get(transporter_fault(transporter))
    if fault:
        yield doc.ewaybill.breaks("4018", "TransId", *fault, id=transporter)


def _ignored_members(
    request: Mapping[str, Any], invoice: Mapping[str, Any]
) -> Iterator[Violation]:
    """Yield members that the portal ignores because of the registered invoice.

    NIC "E-way bill by IRN" v1.03: DispDtls is the place of dispatch "if not given in
    the invoice", ExpShipDtls is the port, for exports only.
    """
    registered, requested = invoice.get("DispDtls"), request.get("DispDtls")
    if registered and requested and not _is_same_place(registered, requested):
        yield Violation(
            NO_CODE,
            "DispDtls",
            None,
            "dispatch_registered",
            _lt(
                "The e-Invoice was registered with %(place)s as the place of dispatch, "
                "and the portal accepts no other. Leave the place of dispatch empty."
            ),
            {"place": place_text(registered)},
            _EWAYBILL,
        )
    if invoice and request.get("ExpShipDtls") and not _is_export(invoice):
        yield Violation(
            NO_CODE,
            "ExpShipDtls",
            None,
            "port_of_domestic_supply",
            _lt(
                "The portal accepts a port for exports only; the goods go to the "
                "delivery address of the e-Invoice. Leave the port empty."
            ),
            owner=_EWAYBILL,
        )


def _is_same_place(one: Mapping[str, Any], other: Any) -> bool:
    """Return whether two addresses are equal, ignoring case and empty members."""
    if not isinstance(other, Mapping):
        return False
    names = ("Nm", "Addr1", "Addr2", "Loc", "Pin", "Stcd")
    return all(
        str(one.get(name) or "").casefold() == str(other.get(name) or "").casefold()
        for name in names
    )


def place_text(address: Mapping[str, Any]) -> str:
    """Return an address in one line, for a message."""
    names = ("Nm", "LglNm", "Addr1", "Loc", "Pin")
    return ", ".join(str(address[name]) for name in names if address.get(name))


def _distance(doc: Document, portal_km: int) -> Iterator[Violation]:
    """Rule 12: within 10 % of the portal's distance; below 100 km any shorter one."""
    distance = int(doc.ewaybill.amount("Distance"))
    least = 1.0 if portal_km < _NEAR_KM else portal_km * 0.9
    most = portal_km * 1.1
    if distance and not least <= distance <= most:
        yield doc.ewaybill.breaks(
            "4013",
            "Distance",
            "distance_of_portal",
            _lt(
                "The distance by the portal is %(portal)s km. Enter 0, or %(least)s to "
                "%(most)s km, not %(distance)s."
            ),
            portal=portal_km,
            least=f"{least:.0f}",
            most=f"{most:.0f}",
            distance=distance,
        )
