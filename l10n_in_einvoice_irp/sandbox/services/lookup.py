"""Get IRN by IRN and by document, Get rejected IRNs, Health (NIC API v1.03)."""

from datetime import timedelta

from ..portal.portal import Portal
from ..store.records import Registration, Session
from ..wire.call import ServiceCall
from ..wire.dates import IST, document_date, from_wire
from ..wire.envelope import ServiceResponse
from ..wire.errors import Refusal, error, refuse
from . import identity
from .registration import document_key, registration_data

_TYPES = ("INV", "CRN", "DBN")


def get_irn(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Return a registration by its IRN (NIC Get e-invoice by IRN v1.03).

    :raises Refusal: headers and token as ``identity.session_of``; 2148 for an unknown
        IRN, 2226 for another taxpayer's, 2283 beyond the retrieval window
    """
    session = identity.session_of(portal, call)
    registration = portal.registration(call, call.path["irn"].lower())
    if registration is None:
        raise refuse("2148")
    return _response(portal, call, session, registration)


def get_irn_by_document(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Return a registration by type, number and date (added 07-12-2020).

    :raises Refusal: headers and token as ``identity.session_of``; 2280, 2281, 2293
        together for the query; 2154 for an unknown document, 2226, 2283
    """
    session = identity.session_of(portal, call)
    doc_type, number, doc_date = _document_query(call)
    seller = call.header("sup_gstin") or session.gstin
    key = document_key(seller, doc_type, number, doc_date)
    registration = portal.store.by_document(key)
    if registration is None or registration.document_date != doc_date:
        raise refuse("2154")
    if not portal.holds(call, registration.irn):
        raise refuse("2154")
    return _response(portal, call, session, registration)


def rejected_irns(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Return the IRNs that the GST system rejected on a day, as a JSON array.

    :raises Refusal: headers and token as ``identity.session_of``; 2293 for the date,
        2307 for a future date, 2296 if there are none
    """
    session = identity.session_of(portal, call)
    day = call.query.get("date", "")
    try:
        is_future = document_date(day) > call.now.astimezone(IST).date()
    except ValueError as err:
        raise refuse("2293") from err
    if is_future:
        raise refuse("2307")
    irns = portal.store.rejected(session.gstin, day)
    if not irns:
        raise refuse("2296")
    return ServiceResponse(irns, session.sek)


def ping(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Report that the portal is up; NIC does not publish the body."""
    return ServiceResponse()


def _document_query(call: ServiceCall) -> tuple[str, str, str]:
    doc_type = call.query.get("doctype", "").upper()
    number, doc_date = call.query.get("docnum", ""), call.query.get("docdate", "")
    errors = []
    if doc_type not in _TYPES:
        errors.append(error("2280"))
    if not number:
        errors.append(error("2281"))
    try:
        document_date(doc_date)
    except ValueError:
        errors.append(error("2293"))
    if errors:
        raise Refusal(errors)
    return doc_type, number, doc_date


def _response(
    portal: Portal, call: ServiceCall, session: Session, registration: Registration
) -> ServiceResponse:
    if session.gstin not in (registration.seller_gstin, registration.requester_gstin):
        raise refuse("2226")
    days = portal.settings.retrieval_days
    if call.now - from_wire(registration.ack_at) > timedelta(days=days):
        raise refuse("2283", days)
    return ServiceResponse(registration_data(portal, registration), session.sek)
