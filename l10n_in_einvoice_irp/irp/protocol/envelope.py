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

from ..reference.catalogue import entry
from ..reference.dates import parse_portal_datetime
from .crypto.cipher import decrypt
from .errors import (
    Info,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpSignatureError,
    PortalError,
)
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

    @property
    def ewb_errors(self) -> tuple[PortalError, ...]:
        """Why the e-way bill asked for was not made (EWBERR); the IRN stands."""
        told = [info.desc for info in self.infos if info.code.upper() == "EWBERR"]
        return tuple(error for desc in told for error in parse_errors(desc))

    @property
    def ewb_distance_km(self) -> int | None:
        """The distance that the portal computed (EWBPPD), None if not told."""
        return distance_km(self.infos)


def parse_envelope(body: bytes) -> Envelope:
    """Read an answer's body (NIC "Generate IRN" v1.03, response).

    ``Status`` may be number, text or boolean; ``ErrorDetails`` an array, JSON text or
    base64 of one; ``InfoDtls`` null, one object or several; names in any letter case.
    The e-way bill system's ``error`` and ``info`` are taken for the same.
    Raises IrpOutcomeUnknown if the body is no envelope (reason "not_json" or
    "unexpected_answer").
    """
    try:
        parsed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise IrpOutcomeUnknown("the answer is not JSON", reason="not_json") from None
    if not isinstance(parsed, Mapping):
        raise _no_envelope()
    members = folded(parsed)
    errors = parse_errors(members.get("errordetails"))
    status = members.get("status")
    if status is None and not errors:
        raise _no_envelope()
    if status is not None:
        # Without a status an "error" is somebody else's, a gateway's for instance.
        errors = errors or parse_errors(members.get("error"))
    infos = parse_infos(members.get("infodtls") or members.get("info"))
    return Envelope(_is_success(status), members.get("data"), errors, infos)


def parse_errors(value: object) -> tuple[PortalError, ...]:
    """Read ``ErrorDetails``: null, array, object, JSON text or base64 of JSON.

    So too the e-way bill system's ``error``, base64 of ``{"errorCodes": "116,393,"}``;
    those codes come without a text and get that of the catalogue.
    """
    return tuple(error for item in _entries(value) for error in _errors(item))


def parse_infos(value: object) -> tuple[Info, ...]:
    """Read ``InfoDtls``: null, array, object, JSON text or base64 of JSON."""
    infos = []
    for item in _entries(value):
        members = folded(item) if isinstance(item, Mapping) else {"desc": item}
        desc = members.get("desc")
        if isinstance(desc, str) and desc[:1] in ("{", "["):
            desc = _json_or(desc, desc)
        infos.append(Info(as_text(members.get("infcd")), desc))
    return tuple(infos)


def open_data(data: object, sek: bytes) -> Any:
    """Decrypt an answer's ``Data`` and parse the JSON, or base64 of JSON, inside.

    Raises IrpOutcomeUnknown (reason "undecryptable") if the session key does not fit.
    """
    try:
        text = decrypt(str(data or ""), sek).decode("utf-8-sig")
        parsed = _unwrapped(text)
        return json.loads(text) if parsed == text else parsed
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
    members = folded(data)
    irn = as_text(members.get("irn")).lower()
    if not _IRN.fullmatch(irn):
        raise IrpProtocolError("the answer's data contain no IRN")
    signed_invoice = as_text(members.get("signedinvoice"))
    return Registration(
        irn=irn,
        ack_number=as_text(members.get("ackno")),
        ack_date=_ack_date(members.get("ackdt"), signed_invoice),
        signed_invoice=signed_invoice,
        signed_qr=as_text(members.get("signedqrcode")),
        status=as_text(members.get("status")).upper(),
        cancel_date=lenient_date(members.get("canceldate")),
        ewb_number=as_text(members.get("ewbno")),
        ewb_date=lenient_date(members.get("ewbdt")),
        ewb_valid_till=lenient_date(members.get("ewbvalidtill")),
        remarks=as_text(members.get("remarks")),
        infos=infos,
    )


def duplicate_facts(infos: Iterable[Info]) -> tuple[str, str, datetime | None]:
    """Return IRN, Ack number and Ack date that a 2150 tells ("", "" and None if not).

    The information is named DUPIRN; other names with an IRN inside are taken too,
    since portals other than NIC use their own.
    """
    told = [folded(info.desc) for info in infos if isinstance(info.desc, Mapping)]
    for members in told:
        irn = as_text(members.get("irn")).lower()
        if _IRN.fullmatch(irn):
            ack_number = as_text(members.get("ackno"))
            return irn, ack_number, lenient_date(members.get("ackdt"))
    return "", "", None


def distance_km(infos: Iterable[Info]) -> int | None:
    """Return the kilometres of an EWBPPD, "Pin-Pin calc distance: 2467KM"; else None.

    The last number counts: a text may name the PIN codes before.
    """
    for info in infos:
        numbers = re.findall(r"\d+(?:\.\d+)?", str(info.desc))
        if info.code.upper() == "EWBPPD" and numbers:
            return round(float(numbers[-1]))
    return None


def _no_envelope() -> IrpOutcomeUnknown:
    return IrpOutcomeUnknown(
        "the answer is not an envelope of the portal", reason="unexpected_answer"
    )


def folded(value: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the members of ``value`` under their names in lower case."""
    return {str(name).lower(): item for name, item in value.items()}


def as_text(value: object) -> str:
    """Return ``value`` as text, "" for null; numbers as the portal means them: 2150.0
    is 2150."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _is_success(status: object) -> bool:
    return as_text(status).lower() in ("1", "true")


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


def _errors(item: object) -> list[PortalError]:
    members = folded(item) if isinstance(item, Mapping) else {}
    codes = as_text(members.get("errorcodes"))
    if not codes:
        return [_error(item)]
    return [
        PortalError(code, entry(code, "EWBAPI").message)
        for code in re.findall(r"\w+", codes)
    ]


def _error(item: object) -> PortalError:
    if isinstance(item, Mapping):
        members = folded(item)
        code = as_text(members.get("errorcode"))
        return PortalError(code, as_text(members.get("errormessage")))
    text = as_text(item)
    # "2150 : Duplicate IRN", as some proxies write it.
    match = re.fullmatch(r"(_?\d{3,5})(?:\s*[:-]\s*(.*))?", text, re.DOTALL)
    return PortalError(match[1], match[2] or "") if match else PortalError("", text)


def lenient_date(value: object) -> datetime | None:
    """Read a date on which nothing depends: an odd one must not lose the answer."""
    try:
        return parse_portal_datetime(value)
    except ValueError:
        return None


def _ack_date(value: object, signed_invoice: str) -> datetime:
    told = lenient_date(value)
    if told is None and signed_invoice:
        try:
            told = lenient_date(peek(signed_invoice).data.get("AckDt"))
        except IrpSignatureError:
            told = None
    if told is None:
        raise IrpProtocolError("the answer tells no date of acknowledgement")
    return told
