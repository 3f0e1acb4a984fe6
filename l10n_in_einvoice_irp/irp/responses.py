"""Reads the portal's answers: the envelope, and the registration inside.

Portals and pass-through GSPs differ in details that mean nothing (numbers as text,
lists as base64, letter case); this module takes every variant that was seen and hands
on one shape.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .crypto import decrypt
from .errors import (
    Info,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpSignatureError,
    PortalError,
)
from .portaltime import parse_portal_datetime
from .signature import peek

_IRN = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Envelope:
    """The outer answer: success or not, the (still encrypted) data, errors, infos."""

    ok: bool
    data: Any
    errors: tuple[PortalError, ...]
    infos: tuple[Info, ...]


@dataclass(frozen=True)
class Registration:
    """A registered document, as Generate IRN and both Get IRN services tell it.

    Dates are aware, in IST. ``status`` is "ACT", "CNL" or "" if not told; ``ewb_…``
    are empty unless an e-way bill was made. Nothing of it is verified yet: see
    :mod:`.verification`.
    """

    irn: str
    ack_number: str
    ack_date: datetime
    signed_invoice: str
    signed_qr: str
    status: str = ""
    cancel_date: datetime | None = None
    ewb_number: str = ""
    ewb_date: datetime | None = None
    ewb_valid_till: datetime | None = None
    remarks: str = ""
    infos: tuple[Info, ...] = ()


def parse_envelope(body: bytes) -> Envelope:
    """Read an answer's body (NIC "Generate IRN" v1.03, response).

    ``Status`` may be number, text or boolean; ``ErrorDetails`` an array, JSON text or
    base64 of one; ``InfoDtls`` null, one object or several; names in any letter case.
    Raises IrpOutcomeUnknown if the body is no envelope (reason "not_json" or
    "unexpected_answer").
    """
    try:
        parsed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise IrpOutcomeUnknown("the answer is not JSON", reason="not_json") from None
    if not isinstance(parsed, Mapping):
        raise _no_envelope()
    members = _folded(parsed)
    errors = parse_errors(members.get("errordetails"))
    status = members.get("status")
    if status is None and not errors:
        raise _no_envelope()
    infos = parse_infos(members.get("infodtls"))
    return Envelope(_is_success(status), members.get("data"), errors, infos)


def parse_errors(value: object) -> tuple[PortalError, ...]:
    """Read ``ErrorDetails``: null, array, object, JSON text or base64 of JSON."""
    return tuple(_error(item) for item in _entries(value))


def parse_infos(value: object) -> tuple[Info, ...]:
    """Read ``InfoDtls``: null, array, object, JSON text or base64 of JSON."""
    infos = []
    for item in _entries(value):
        members = _folded(item) if isinstance(item, Mapping) else {"desc": item}
        desc = members.get("desc")
        if isinstance(desc, str) and desc[:1] in ("{", "["):
            desc = _json_or(desc, desc)
        infos.append(Info(_text(members.get("infcd")), desc))
    return tuple(infos)


def open_data(data: object, sek: bytes) -> Any:
    """Decrypt an answer's ``Data`` and parse the JSON inside.

    Raises IrpOutcomeUnknown (reason "undecryptable") if the session key does not fit.
    """
    try:
        return json.loads(decrypt(str(data or ""), sek).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise IrpOutcomeUnknown(
            "the answer's data cannot be decrypted", reason="undecryptable"
        ) from None


def parse_registration(data: object, infos: tuple[Info, ...] = ()) -> Registration:
    """Read the decrypted data of Generate IRN or Get IRN (NIC v1.03).

    Raises IrpProtocolError if there is no IRN, or no date of acknowledgement in either
    the answer or its signed invoice.
    """
    if not isinstance(data, Mapping):
        raise IrpProtocolError("the answer's data are not an object")
    members = _folded(data)
    irn = _text(members.get("irn")).lower()
    if not _IRN.fullmatch(irn):
        raise IrpProtocolError("the answer's data contain no IRN")
    signed_invoice = _text(members.get("signedinvoice"))
    return Registration(
        irn=irn,
        ack_number=_text(members.get("ackno")),
        ack_date=_ack_date(members.get("ackdt"), signed_invoice),
        signed_invoice=signed_invoice,
        signed_qr=_text(members.get("signedqrcode")),
        status=_text(members.get("status")).upper(),
        cancel_date=_lenient_date(members.get("canceldate")),
        ewb_number=_text(members.get("ewbno")),
        ewb_date=_lenient_date(members.get("ewbdt")),
        ewb_valid_till=_lenient_date(members.get("ewbvalidtill")),
        remarks=_text(members.get("remarks")),
        infos=infos,
    )


def duplicate_facts(infos: Iterable[Info]) -> tuple[str, str, datetime | None]:
    """Return IRN, Ack number and Ack date that a 2150 tells ("", "" and None if not).

    The information is named DUPIRN; other names with an IRN inside are taken too,
    since portals other than NIC use their own.
    """
    told = [_folded(info.desc) for info in infos if isinstance(info.desc, Mapping)]
    for members in told:
        irn = _text(members.get("irn")).lower()
        if _IRN.fullmatch(irn):
            ack_number = _text(members.get("ackno"))
            return irn, ack_number, _lenient_date(members.get("ackdt"))
    return "", "", None


def _no_envelope() -> IrpOutcomeUnknown:
    return IrpOutcomeUnknown(
        "the answer is not an envelope of the portal", reason="unexpected_answer"
    )


def _folded(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name).lower(): item for name, item in value.items()}


def _text(value: object) -> str:
    """Return numbers as the digits the portal means: 2150.0 is 2150."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _is_success(status: object) -> bool:
    return _text(status).lower() in ("1", "true")


def _json_or(text: str, default: Any) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return default


def _entries(value: object) -> list[Any]:
    if isinstance(value, str):
        value = _unwrapped(value)
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _unwrapped(text: str) -> Any:
    """Read JSON, or base64 of JSON, as NIC's page describes it; else keep the text."""
    parsed = _json_or(text, None)
    if isinstance(parsed, (list, dict)):
        return parsed
    try:
        decoded = base64.b64decode(text, validate=True).decode()
    except ValueError:
        return text
    parsed = _json_or(decoded, None)
    return parsed if isinstance(parsed, (list, dict)) else text


def _error(item: object) -> PortalError:
    if isinstance(item, Mapping):
        members = _folded(item)
        code = _text(members.get("errorcode"))
        return PortalError(code, _text(members.get("errormessage")))
    text = _text(item)
    # "2150 : Duplicate IRN", as some proxies write it.
    match = re.fullmatch(r"(_?\d{3,5})(?:\s*[:-]\s*(.*))?", text, re.DOTALL)
    return PortalError(match[1], match[2] or "") if match else PortalError("", text)


def _lenient_date(value: object) -> datetime | None:
    """Read a date on which nothing depends: an odd one must not lose the answer."""
    try:
        return parse_portal_datetime(value)
    except ValueError:
        return None


def _ack_date(value: object, signed_invoice: str) -> datetime:
    told = _lenient_date(value)
    if told is None and signed_invoice:
        try:
            told = _lenient_date(peek(signed_invoice).data.get("AckDt"))
        except IrpSignatureError:
            told = None
    if told is None:
        raise IrpProtocolError("the answer tells no date of acknowledgement")
    return told
