"""Generate IRN and Cancel IRN (NIC API v1.03)."""

import hashlib
import logging
import re
from datetime import datetime, timedelta
from typing import Any

from ..portal.eway_bill_rules import EwayBillPlan, plan_eway_bill
from ..portal.portal import Portal
from ..store.records import DocumentKey, Registration, Session
from ..wire import jsontext, signed
from ..wire.call import ServiceCall
from ..wire.dates import document_date, financial_year, from_wire, restyle, to_wire
from ..wire.envelope import ServiceResponse
from ..wire.errors import PortalError, Refusal, error, refuse
from . import eway_bills, identity

_logger = logging.getLogger(__name__)

_FIRST_RUNNING_NUMBER = 10_000_000_000
_SCHEMA_CODES = ("5001", "5002")
_TYPES = ("INV", "CRN", "DBN")
_IRN = re.compile(r"[0-9A-Za-z]{64}")
_REASON = re.compile(r"[1-4]")
_REMARK = re.compile(r'[^"\\]{1,100}')


def generate_irn(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Register a document and sign it (NIC Generate IRN v1.03).

    With ``EwbDtls`` the portal also generates the e-way bill. If that fails, it still
    issues the IRN, with an ``InfoDtls`` EWBERR that lists the codes.

    :raises Refusal: headers and token as ``identity.session_of``, the payload as
        ``ServiceCall.plain``; then, together, the errors of the portal's check, 2169
        or 2301, and the errors in the parties (``parties.py``); then 2150 (with
        DUPIRN), 2295 (with DUPIRNGLP) if registered at NIC's other portal, or 2278
    """
    session = identity.session_of(portal, call)
    text = call.plain(session.sek)
    invoice = _validated_invoice(portal, call, session, text)
    key = document_key(
        invoice["SellerDtls"]["Gstin"],
        invoice["DocDtls"]["Typ"],
        invoice["DocDtls"]["No"],
        invoice["DocDtls"]["Dt"],
    )

    def register(number: int) -> Registration:
        return _registration(portal, call, session, key, invoice, number)

    plan, infos = _plan_eway_bill(portal, session, jsontext.loads(text), call.now)
    with portal.store.transaction():
        registration, is_new = portal.store.register(key, register)
        if is_new:
            _store_extras(portal, session, registration.irn, plan, call.now)
    if not is_new:
        raise _duplicate(portal, registration)
    stored = portal.store.by_irn(registration.irn) or registration
    return ServiceResponse(registration_data(portal, stored), session.sek, infos=infos)


def cancel_irn(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Cancel a registration within 24 hours (NIC Cancel IRN v1.03).

    :raises Refusal: headers and token as ``identity.session_of``, the payload as
        ``ServiceCall.plain``; schema errors together; 2148 for an unknown IRN, 2143 for
        another taxpayer's, 9999 for a cancelled one, 2270 after 24 hours, 2230 with an
        active e-way bill
    """
    session = identity.session_of(portal, call)
    request = jsontext.lower_keys(_parse(portal, call.plain(session.sek)))
    irn, reason, remark = _cancel_fields(portal, request)
    cancelled_at = to_wire(call.now)

    def change(registration: Registration | None) -> dict[str, Any]:
        if not portal.holds(call, irn):
            registration = None
        _check_cancellable(portal, call, session, registration)
        return {
            "status": "CNL",
            "cancelled_at": cancelled_at,
            "cancel_reason": reason,
            "cancel_remark": remark,
        }

    portal.store.update(irn, change)
    return ServiceResponse({"Irn": irn, "CancelDate": cancelled_at}, session.sek)


def document_key(gstin: str, doc_type: str, number: str, doc_date: str) -> DocumentKey:
    """Return the unique key of a document.

    Numbers are case-insensitive since 01-06-2025 (GSTN advisory 04-04-2025).

    :param doc_date: ``dd/MM/yyyy``
    :raises ValueError: an invalid date
    """
    year = financial_year(document_date(doc_date))
    return DocumentKey(gstin, year, doc_type.upper(), number.upper())


def irn_of(key: DocumentKey) -> str:
    """Return the IRN: SHA-256 of GSTIN, financial year, type and number, in hex."""
    text = key.seller_gstin + key.financial_year + key.document_type + key.number_key
    return hashlib.sha256(text.encode()).hexdigest()


def registration_data(portal: Portal, registration: Registration) -> dict[str, Any]:
    """Return ``Data`` of Generate IRN and of both Get IRN, as recorded from NIC."""
    style = portal.settings.dialect.ack_date
    return {
        "AckNo": registration.ack_number,
        "AckDt": restyle(registration.ack_at, style),
        "Irn": registration.irn,
        "SignedInvoice": registration.signed_invoice,
        "SignedQRCode": registration.signed_qr,
        "Status": registration.status,
        "EwbNo": registration.ewb_number,
        "EwbDt": registration.ewb_at,
        "EwbValidTill": registration.ewb_valid_till,
        "Remarks": None,
    }


def _validated_invoice(
    portal: Portal, call: ServiceCall, session: Session, text: bytes
) -> dict[str, Any]:
    """Return the document if it has no errors."""
    invoice = _parse(portal, text)
    # plain numbers for the check: only the signature needs the digits
    errors = portal.validate(jsontext.loads(text), session.gstin, call.now)
    missing = _missing_fields(portal, invoice)
    if missing:
        raise Refusal(errors or missing)
    if not any(one.code in _SCHEMA_CODES for one in errors):
        errors += _ownership(portal, session, invoice, errors)
        errors += portal.registry.check_parties(invoice)
    if errors:
        raise Refusal(errors)
    return invoice


def _parse(portal: Portal, text: bytes) -> dict[str, Any]:
    try:
        return jsontext.json_object(text, preserve_digits=True)
    except ValueError as err:
        raise refuse(portal.settings.schema_code) from err


def _missing_fields(portal: Portal, invoice: dict[str, Any]) -> list[PortalError]:
    """Return the errors in members that the portal needs, independent of the check."""
    code = portal.settings.schema_code
    needed = (
        ("SellerDtls", "Gstin", "Supplier GSTIN"),
        ("BuyerDtls", "Gstin", "Recipient GSTIN"),
        ("DocDtls", "Typ", "Document Type"),
        ("DocDtls", "No", "Document Number"),
        ("DocDtls", "Dt", "Document Date"),
    )
    errors = [
        PortalError(code, f"The {title} field is required.")
        for section, name, title in needed
        if not _text_at(invoice, section, name)
    ]
    if not _has_total(invoice):
        errors.append(PortalError(code, "The Total Invoice Value field is required."))
    if not _has_items(invoice):
        errors.append(PortalError(code, "The Item List field is required."))
    return errors or _unreadable(invoice)


def _text_at(invoice: dict[str, Any], section: str, name: str) -> str:
    members = invoice.get(section)
    value = members.get(name) if isinstance(members, dict) else None
    return value if isinstance(value, str) else ""


def _has_total(invoice: dict[str, Any]) -> bool:
    totals = invoice.get("ValDtls")
    return isinstance(totals, dict) and totals.get("TotInvVal") is not None


def _has_items(invoice: dict[str, Any]) -> bool:
    items = invoice.get("ItemList")
    if not isinstance(items, list) or not items:
        return False
    return all(isinstance(item, dict) for item in items)


def _unreadable(invoice: dict[str, Any]) -> list[PortalError]:
    errors = []
    if invoice["DocDtls"]["Typ"].upper() not in _TYPES:
        errors.append(error("2280"))
    try:
        document_date(invoice["DocDtls"]["Dt"])
    except ValueError:
        errors.append(error("2282"))
    return errors


def _ownership(
    portal: Portal,
    session: Session,
    invoice: dict[str, Any],
    found: list[PortalError],
) -> list[PortalError]:
    """Return 2169 for another taxpayer's document, 2301 if it omits the operator."""
    operator = _text_at(invoice, "TranDtls", "EcmGstin")
    if session.gstin in (invoice["SellerDtls"]["Gstin"], operator):
        return []
    is_unnamed = not operator and portal.registry.is_operator(session.gstin)
    code = "2301" if is_unnamed else "2169"
    return [] if any(one.code == code for one in found) else [error(code)]


def _registration(
    portal: Portal,
    call: ServiceCall,
    session: Session,
    key: DocumentKey,
    invoice: dict[str, Any],
    number: int,
) -> Registration:
    irn, ack_at = irn_of(key), to_wire(call.now)
    running = f"{ack_at[2:4]}{_FIRST_RUNNING_NUMBER + number:011d}"
    ack_number = int(portal.settings.ack_prefix + running)
    return Registration(
        irn=irn,
        seller_gstin=key.seller_gstin,
        financial_year=key.financial_year,
        document_type=key.document_type,
        number_key=key.number_key,
        number=invoice["DocDtls"]["No"],
        document_date=invoice["DocDtls"]["Dt"],
        requester_gstin=session.gstin,
        ack_number=ack_number,
        ack_at=ack_at,
        signed_invoice=portal.sign(
            signed.invoice_data(invoice, ack_number, ack_at, irn)
        ),
        signed_qr=portal.sign(signed.qr_data(invoice, irn, ack_at)),
    )


def _duplicate(portal: Portal, registration: Registration) -> Refusal:
    if registration.status == "CNL":
        return refuse("2278")
    ack_at = restyle(registration.ack_at, portal.settings.dialect.ack_date)
    description: dict[str, Any] = {
        "AckNo": registration.ack_number,
        "AckDt": ack_at,
        "Irn": registration.irn,
    }
    holder = portal.origins.get(registration.irn)
    if holder == portal.settings.portal_code:
        return Refusal([error("2150")], [{"InfCd": "DUPIRN", "Desc": description}])
    settings = portal.settings
    if settings.dialect.names_holder and holder not in settings.irp_codes:
        description["IrnDtl"] = {"RegIrp": holder}
    return Refusal([error("2295")], [{"InfCd": "DUPIRNGLP", "Desc": description}])


def _plan_eway_bill(
    portal: Portal, session: Session, invoice: dict[str, Any], now: datetime
) -> tuple[EwayBillPlan | None, tuple[dict[str, Any], ...]]:
    """Return the e-way bill requested in ``EwbDtls``, and the ``InfoDtls``."""
    requested = invoice.get("EwbDtls")
    if not isinstance(requested, dict):
        return None, ()
    try:
        plan = plan_eway_bill(portal, session.gstin, requested, invoice, now)
        return plan, eway_bills.distance_info(plan)
    except Refusal as refusal:
        errors = refusal.errors
    except Exception:
        # the IRN is issued even if the e-way bill fails
        _logger.exception("could not validate the e-way bill; responding with 4001")
        errors = (error("4001"),)
    details = [{"ErrorCode": one.code, "ErrorMessage": one.message} for one in errors]
    return None, ({"InfCd": "EWBERR", "Desc": details},)


def _store_extras(
    portal: Portal,
    session: Session,
    irn: str,
    plan: EwayBillPlan | None,
    now: datetime,
) -> None:
    """Store the portal and the e-way bill of a new registration."""
    portal.origins.put(irn, portal.settings.portal_code)
    if plan is not None:
        eway_bills.create_eway_bill(portal, session.gstin, irn, plan, now)


def _cancel_fields(portal: Portal, request: dict[str, Any]) -> tuple[str, str, str]:
    errors = []
    for name, pattern in (("Irn", _IRN), ("CnlRsn", _REASON), ("CnlRem", _REMARK)):
        value = request.get(name.lower())
        if not isinstance(value, str) or not pattern.fullmatch(value):
            problem = "is required" if value in (None, "") else "is invalid"
            message = f"The {name} field {problem}."
            errors.append(PortalError(portal.settings.schema_code, message))
    if errors:
        raise Refusal(errors)
    return request["irn"].lower(), request["cnlrsn"], request["cnlrem"]


def _check_cancellable(
    portal: Portal,
    call: ServiceCall,
    session: Session,
    registration: Registration | None,
) -> None:
    if registration is None:
        raise refuse("2148")
    if session.gstin not in (registration.seller_gstin, registration.requester_gstin):
        raise refuse("2143")
    if registration.status != "ACT":
        raise refuse("9999")
    age = call.now - from_wire(registration.ack_at)
    if age > timedelta(hours=portal.settings.cancel_hours):
        raise refuse("2270")
    if registration.ewb_status == "ACT":
        raise refuse("2230")
