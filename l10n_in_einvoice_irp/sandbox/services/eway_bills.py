"""Generate e-way bill by IRN, Get e-way bill by IRN (NIC API v1.03)."""

import re
from datetime import datetime
from typing import Any

from ..portal.eway_bill_rules import Consignment, consignment
from ..portal.goods_movement import Members
from ..portal.portal import Portal
from ..store.records import EwayBill, Registration, Session
from ..wire import crypto, jsontext
from ..wire.call import Call
from ..wire.dates import restyled, to_wire
from ..wire.envelope import Answer
from ..wire.errors import PortalError, Refusal, refuse
from . import identity

_IRN = re.compile(r"[0-9A-Za-z]{64}")
_NAMES = (
    *("Irn", "Distance", "TransId", "TransName", "TransMode", "TransDocNo"),
    *("TransDocDt", "VehNo", "VehType", "ExpShipDtls", "DispDtls"),
)
# the same refusals stand in two of NIC's lists, EWB and INV
_TWINS = {"4000": "2286", "4002": "2287"}


def generate_eway_bill(portal: Portal, call: Call) -> Answer:
    """Make the e-way bill of a registration (NIC Generate e-way bill by IRN v1.03).

    A cancelled e-way bill may be followed by a new one: that NIC's portal allows it
    is an assumption.

    :raises Refusal: headers and token as ``identity.session_of``, the payload as
        ``Call.plain``; schema errors; 4003 for an unknown IRN, 2143 for somebody
        else's, 4000 (2286) if it is cancelled, 4002 (2287) with an active e-way
        bill; then as ``eway_bill_rules.consignment``
    """
    session = identity.session_of(portal, call)
    request = _request(portal, call.plain(session.sek))
    irn = request["Irn"].lower()
    with portal.store.transaction():
        registration = portal.registration(call, irn)
        if registration is None:
            raise refuse("4003")
        _check_free(portal, session, registration)
        invoice = _invoice_of(registration)
        plan = consignment(portal, session.gstin, request, invoice, call.now)
        bill = make(portal, session.gstin, irn, plan, call.now)
    return Answer(_generated(portal, bill), session.sek, infos=infos_of(plan))


def get_eway_bill(portal: Portal, call: Call) -> Answer:
    """Return the last e-way bill of a registration (NIC Get e-way bill by IRN).

    :raises Refusal: headers and token as ``identity.session_of``; 4003 for an unknown
        IRN, 4037 for somebody else's, 4005 if it has no e-way bill
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
    return Answer(_shown(portal, bill), session.sek)


def make(
    portal: Portal, gstin: str, irn: str, plan: Consignment, now: datetime
) -> EwayBill:
    """Keep a new e-way bill for a registration."""
    generated_at = to_wire(now)
    return portal.eway_bills.add(
        lambda number: EwayBill(number, irn, gstin, generated_at, plan.valid_till)
    )


def infos_of(plan: Consignment) -> tuple[dict[str, Any], ...]:
    """Return ``InfoDtls``: the distance, if the portal computed it."""
    if not plan.is_computed:
        return ()
    text = f"Pin-Pin calc distance: {plan.kilometres}KM"
    return ({"InfCd": "EWBPPD", "Desc": text},)


def _request(portal: Portal, text: bytes) -> dict[str, Any]:
    """Return the request with its members by their published names."""
    code = portal.settings.schema_code
    try:
        posted = jsontext.folded(jsontext.json_object(text))
    except ValueError as err:
        raise refuse(code) from err
    request = {name: posted.get(name.lower()) for name in _NAMES}
    irn = request["Irn"]
    if not isinstance(irn, str) or not _IRN.fullmatch(irn):
        problem = "is required" if irn in (None, "") else "is invalid"
        raise Refusal([PortalError(code, f"The Irn field {problem}.")])
    return {name: value for name, value in request.items() if value is not None}


def _check_free(portal: Portal, session: Session, registration: Registration) -> None:
    if session.gstin not in (registration.seller_gstin, registration.requester_gstin):
        raise refuse("2143")
    use_twin = portal.settings.dialect.eway_bill_codes == "INV"
    for is_taken, code in (
        (registration.status != "ACT", "4000"),
        (registration.ewb_status == "ACT", "4002"),
    ):
        if is_taken:
            raise refuse(_TWINS[code] if use_twin else code)


def _invoice_of(registration: Registration) -> Members:
    """Return the registered document: what the portal signed."""
    payload = registration.signed_invoice.split(".")[1]
    members = jsontext.json_object(crypto.from_base64url(payload))
    return jsontext.json_object(members["data"])


def _generated(portal: Portal, bill: EwayBill) -> dict[str, Any]:
    style = portal.settings.dialect.ack_date
    return {
        "EwbNo": bill.number,
        "EwbDt": restyled(bill.generated_at, style),
        "EwbValidTill": bill.valid_till,
        "Remarks": None,
    }


def _shown(portal: Portal, bill: EwayBill) -> dict[str, Any]:
    style = portal.settings.dialect.ack_date
    return {
        "EwbNo": bill.number,
        "Status": bill.status,
        "GenGstin": bill.gstin,
        "EwbDt": restyled(bill.generated_at, style),
        "EwbValidTill": bill.valid_till,
    }
