"""Cancel e-way bill: the e-way bill system's ``ewayapi``, for bills of every origin.

It accepts a token of that system or, as NIC's sandbox does, of the e-invoice portal.
Members are in lower case, the status is text, an error is base64 of its code.
"""

import re
from datetime import timedelta
from typing import Any

from ...portal.ewaybill.fields import Members
from ...portal.portal import Portal
from ...store.records import EwayBill
from ...wire.call import ServiceCall
from ...wire.dates import IST, from_wire
from ...wire.envelope import ServiceResponse
from ...wire.errors import PortalError, Refusal
from .. import eway_bill_log_in
from . import rights
from .calls import Act, elsewhere_code, request_of

_ACTION = "CANEWB"
_NUMBER = re.compile(r"[1-9][0-9]{11}")
_REASON = re.compile(r"[1-4]")
_REMARK = re.compile(r'[^"\\]{1,50}')
_CANCEL_DATE = "%d/%m/%Y %I:%M:%S %p"
# the same refusals in the IRP's list of e-way bill errors
_IRP_CODES = {
    "301": "4008",
    "307": "4059",
    "308": "4060",
    "312": "4057",
    "315": "4055",
    "316": "4056",
}


def cancel_eway_bill(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Cancel an e-way bill within 24 hours (NIC Cancel e-way bill, CANEWB).

    ``data`` may be JSON or base64 of it: NIC documents base64, clients send JSON.

    :raises Refusal: with the e-way bill system's codes: 393 without GSTIN, 238 for the
        token, 103, 104, 110, 116 for the client, 118 if blocked; 100, 115, 109 for
        the body, 239 for another action; 301, 307, 308 together for the fields; 312
        for another taxpayer's, an unknown or a cancelled e-way bill, 316 for a verified
        one, 315 beyond the window, 444 or 445 for a bill of the other portal
    """
    try:
        session = eway_bill_log_in.session_of(portal, call)
        request = request_of(call, session, _ACTION)
    except Refusal as refusal:
        raise _refuse(portal, *eway_bill_log_in.own_codes(refusal)) from refusal
    with portal.store.transaction():
        data = cancel(portal, Act(session.gstin, request, call.now))
    return ServiceResponse(data, session.sek)


def cancel(portal: Portal, act: Act) -> dict[str, Any]:
    """Cancel an e-way bill as its generator.

    :raises Refusal: as :func:`cancel_eway_bill`, for the fields and the bill
    """
    number, reason, remark = _fields(portal, act.fields)
    bill = portal.eway_bills.of_number(number)
    code = _refusal_code(portal, act, bill)
    if bill is None or code:
        raise _refuse(portal, code)
    portal.eway_bills.cancel(bill, act.at, reason, remark)
    cancelled_at = act.now.astimezone(IST).strftime(_CANCEL_DATE)
    return {"ewayBillNo": str(number), "cancelDate": cancelled_at}


def _refuse(portal: Portal, *codes: str) -> Refusal:
    """Return the refusal with ``codes``; this system sends no messages."""
    if portal.settings.dialect.cancel_eway_bill_codes == "IRP":
        codes = tuple(_IRP_CODES.get(code, code) for code in codes)
    return Refusal([PortalError(code, "") for code in codes])


def _fields(portal: Portal, request: Members) -> tuple[int, str, str | None]:
    """Return number, reason and remark; the first two may be text or numbers."""
    number, reason = (str(request.get(one)) for one in ("ewbno", "cancelrsncode"))
    remark = request.get("cancelrmrk")
    codes = []
    if not _NUMBER.fullmatch(number):
        codes.append("301")
    if not _REASON.fullmatch(reason):
        codes.append("307")
    if remark is not None and not _is_remark(remark):
        codes.append("308")
    if codes:
        raise _refuse(portal, *codes)
    return int(number), reason, remark


def _is_remark(value: object) -> bool:
    return isinstance(value, str) and _REMARK.fullmatch(value) is not None


def _refusal_code(portal: Portal, act: Act, bill: EwayBill | None) -> str:
    """Return the code that forbids cancelling, "" if there is none."""
    if bill is None or bill.gstin != act.gstin or bill.status != "ACT":
        return "312"
    if bill.verified_at:
        return "316"
    home = elsewhere_code(portal, bill.number, _ACTION, ("444", "445"))
    if home or not bill.valid_till:
        # "within 24 hours from Part B entry" (4055): Part B is not entered yet
        return home
    start, code = rights.cancelling_begins(portal, bill)
    hours = timedelta(hours=portal.settings.eway_bill_cancel_hours)
    return code if act.now - from_wire(start) > hours else ""
