"""Generate e-way bill by IRN, Get e-way bill by IRN (NIC API v1.03)."""

import re
from datetime import datetime
from typing import Any

from ..portal.eway_bill_rules import EwayBillPlan, plan_eway_bill
from ..portal.ewaybill.by_irn import movement_of, signed_document
from ..portal.portal import Portal
from ..store.records import EwayBill, Registration, Session
from ..wire import jsontext
from ..wire.call import ServiceCall
from ..wire.dates import restyle, to_wire
from ..wire.envelope import ServiceResponse
from ..wire.errors import PortalError, Refusal, refuse
from . import identity

_IRN = re.compile(r"[0-9A-Za-z]{64}")
_NAMES = (
    *("Irn", "Distance", "TransId", "TransName", "TransMode", "TransDocNo"),
    *("TransDocDt", "VehNo", "VehType", "ExpShipDtls", "DispDtls"),
)
# the same refusals appear in two of NIC's lists, EWB and INV
_TWINS = {"4000": "2286", "4002": "2287"}


def generate_eway_bill(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Generate the e-way bill of a registration (NIC Generate e-way bill by IRN v1.03).

    A new e-way bill may follow a cancelled one; that NIC allows it is an assumption.

    :raises Refusal: headers and token as ``identity.session_of``, the payload as
        ``ServiceCall.plain``; schema errors; 4003 for an unknown IRN, 2143 for another
        taxpayer's, 4000 (2286) for a cancelled one, 4002 (2287) with an active e-way
        bill; then as ``eway_bill_rules.plan_eway_bill``
    """
    session = identity.session_of(portal, call)
    request = _request(portal, call.plain(session.sek))
    irn = request["Irn"].lower()
    with portal.store.transaction():
        registration = portal.registration(call, irn)
        if registration is None:
            raise refuse("4003")
        _check_eligible(portal, session, registration)
        invoice = signed_document(registration)
        plan = plan_eway_bill(portal, session.gstin, request, invoice, call.now)
        bill = create_eway_bill(portal, session.gstin, irn, plan, call.now)
    data = _generate_data(portal, bill)
    return ServiceResponse(data, session.sek, infos=distance_info(plan))


def get_eway_bill(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Return the last e-way bill of a registration (NIC Get e-way bill by IRN).

    :raises Refusal: headers and token as ``identity.session_of``; 4003 for an unknown
        IRN, 4037 for another taxpayer's, 4005 without an e-way bill
    """
    session = identity.session_of(portal, call)
    registration = portal.registration(call, call.path["irn"].lower())
    if registration is None:
        raise refuse("4003")
    number = registration.ewb_number
    bill = portal.eway_bills.of_number(number) if number else None
    owners = {registration.seller_gstin, registration.requester_gstin}
    if session.gstin not in owners | ({bill.gstin} if bill else set()):
        raise refuse("4037")
    if bill is None:
        raise refuse("4005")
    return ServiceResponse(_get_data(portal, bill), session.sek)


def create_eway_bill(
    portal: Portal, gstin: str, irn: str, plan: EwayBillPlan, now: datetime
) -> EwayBill:
    """Store a new e-way bill for a registration, with its movement."""
    generated_at = to_wire(now)
    bill = portal.eway_bills.add(
        lambda number: EwayBill(number, irn, gstin, generated_at, plan.valid_till),
        portal.settings.ewb_portal,
    )
    portal.movements.add(
        *movement_of(bill, plan.request, plan.invoice, plan.kilometres)
    )
    return bill


def distance_info(plan: EwayBillPlan) -> tuple[dict[str, Any], ...]:
    """Return ``InfoDtls`` with the distance, if the portal computed it."""
    if not plan.is_computed:
        return ()
    text = f"Pin-Pin calc distance: {plan.kilometres}KM"
    return ({"InfCd": "EWBPPD", "Desc": text},)


def _request(portal: Portal, text: bytes) -> dict[str, Any]:
    """Return the request under the published names of its members."""
    code = portal.settings.schema_code
    try:
        posted = jsontext.lower_keys(jsontext.json_object(text))
    except ValueError as err:
        raise refuse(code) from err
    request = {name: posted.get(name.lower()) for name in _NAMES}
    irn = request["Irn"]
    if not isinstance(irn, str) or not _IRN.fullmatch(irn):
        problem = "is required" if irn in (None, "") else "is invalid"
        raise Refusal([PortalError(code, f"The Irn field {problem}.")])
    return {name: value for name, value in request.items() if value is not None}


def _check_eligible(
    portal: Portal, session: Session, registration: Registration
) -> None:
    if session.gstin not in (registration.seller_gstin, registration.requester_gstin):
        raise refuse("2143")
    use_twin = portal.settings.dialect.eway_bill_codes == "INV"
    for is_taken, code in (
        (registration.status != "ACT", "4000"),
        (registration.ewb_status == "ACT", "4002"),
    ):
        if is_taken:
            raise refuse(_TWINS[code] if use_twin else code)


def _generate_data(portal: Portal, bill: EwayBill) -> dict[str, Any]:
    style = portal.settings.dialect.ack_date
    return {
        "EwbNo": bill.number,
        "EwbDt": restyle(bill.generated_at, style),
        "EwbValidTill": bill.valid_till,
        "Remarks": None,
    }


def _get_data(portal: Portal, bill: EwayBill) -> dict[str, Any]:
    style = portal.settings.dialect.ack_date
    return {
        "EwbNo": bill.number,
        "Status": bill.status,
        "GenGstin": bill.gstin,
        "EwbDt": restyle(bill.generated_at, style),
        "EwbValidTill": bill.valid_till,
    }
