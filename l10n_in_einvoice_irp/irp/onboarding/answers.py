"""Answers for the report: in the portal's own names, and without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..protocol import (
    Cancellation,
    EwayBill,
    EwayBillCancellation,
    Health,
    Registration,
    Session,
    Taxpayer,
)
from ..protocol.errors import IrpError, IrpRejected
from ..protocol.redaction import redact_text
from ..reference.dates import IST

_SHOWN_CHARACTERS = 4


def masked(text: str) -> str:
    """Return the beginning of a client ID, enough to recognise it."""
    return f"{text[:_SHOWN_CHARACTERS]}…" if text else ""


def indian(moment: datetime | None) -> str | None:
    """Return a moment as the portal writes it, None for none."""
    return f"{moment.astimezone(IST):%Y-%m-%d %H:%M:%S}" if moment else None


def accepted(result: object) -> dict[str, Any]:
    """Return the answer to a call that succeeded.

    Signed tokens are replaced by their length; a session has no token and no key.
    """
    if isinstance(result, Registration):
        return _registration(result)
    if isinstance(result, Cancellation):
        return {"Irn": result.irn, "CancelDate": indian(result.cancel_date)}
    if isinstance(result, EwayBillCancellation):
        return {"ewayBillNo": result.number, "cancelDate": indian(result.cancel_date)}
    if isinstance(result, EwayBill):
        return _ewaybill(result)
    if isinstance(result, Taxpayer):
        return dict(result.raw)
    if isinstance(result, Session):
        return {"TokenExpiry": indian(result.expires_at), "AuthToken": "(hidden)"}
    if isinstance(result, Health):
        return {"HttpStatus": result.http_status}
    if isinstance(result, tuple):
        return {"Irns": list(result)}
    raise TypeError(f"no answer of the portal: {type(result).__name__}")


def refused(error: IrpError) -> dict[str, Any]:
    """Return the answer to a call that the portal refused."""
    found = [(error.code, error.message)]
    if isinstance(error, IrpRejected) and error.violations:
        found = [(one.code, one.message) for one in error.violations]
    details = [
        {"ErrorCode": code, "ErrorMessage": redact_text(text)} for code, text in found
    ]
    answer: dict[str, Any] = {"Status": 0, "ErrorDetails": details}
    infos = error.infos if isinstance(error, IrpRejected) else ()
    if infos:
        answer["InfoDtls"] = [{"InfCd": one.code, "Desc": one.desc} for one in infos]
    return answer


def facts_of(result: object) -> Mapping[str, Any]:
    """Return what later calls need of an answer."""
    if isinstance(result, Registration):
        return {"irn": result.irn}
    return {"ewb": result.number} if isinstance(result, EwayBill) else {}


def _registration(made: Registration) -> dict[str, Any]:
    answer = {
        "Irn": made.irn,
        "AckNo": made.ack_number,
        "AckDt": indian(made.ack_date),
        "Status": made.status,
        "CancelDate": indian(made.cancel_date),
        "EwbNo": made.ewb_number,
        "SignedInvoice": _length(made.signed_invoice),
        "SignedQRCode": _length(made.signed_qr),
    }
    return {name: value for name, value in answer.items() if value}


def _length(token: str) -> str:
    return f"(signed, {len(token)} characters)" if token else ""


def _ewaybill(made: EwayBill) -> dict[str, Any]:
    answer = {
        "EwbNo": made.number,
        "EwbDt": indian(made.date),
        "EwbValidTill": indian(made.valid_till),
        "Status": made.status,
        "Remarks": made.remarks,
    }
    return {name: value for name, value in answer.items() if value}
