"""Read the envelope of the portal's responses, and decrypt what is inside.

Portals and pass-through GSPs differ in details that mean nothing (numbers as text,
lists as base64, letter case); this module accepts every variant that was seen and
returns one form.
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
from ..reference.dates import read_portal_datetime
from .crypto.cipher import decrypt
from .errors import Info, IrpOutcomeUnknown, PortalError


@dataclass(frozen=True)
class Envelope:
    """The outer answer: success or not, the (still encrypted) data, errors, infos."""

    ok: bool
    data: Any
    errors: tuple[PortalError, ...]
    infos: tuple[Info, ...]


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
    members = lower_names(parsed)
    errors = parse_errors(members.get("errordetails"))
    status = members.get("status")
    if status is None and not errors:
        raise _no_envelope()
    if status is not None:
        # Without a status an "error" comes from elsewhere, for instance a gateway.
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
        members = lower_names(item) if isinstance(item, Mapping) else {"desc": item}
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


def duplicate_facts(infos: Iterable[Info]) -> tuple[str, str, datetime | None]:
    """Return IRN, Ack number and Ack date from a 2150 ("", "" and None if absent).

    The information is named DUPIRN; other names with an IRN inside are accepted too,
    since portals other than NIC use their own.
    """
    found = [lower_names(info.desc) for info in infos if isinstance(info.desc, Mapping)]
    for members in found:
        irn = as_text(members.get("irn")).lower()
        if is_irn(irn):
            ack_number = as_text(members.get("ackno"))
            return irn, ack_number, read_portal_datetime(members.get("ackdt"))
    return "", "", None


def _no_envelope() -> IrpOutcomeUnknown:
    return IrpOutcomeUnknown(
        "the answer is not an envelope of the portal", reason="unexpected_answer"
    )


def is_irn(text: str) -> bool:
    """Return whether ``text`` has the form of an IRN: 64 hexadecimal digits."""
    return bool(re.fullmatch(r"[0-9a-fA-F]{64}", text))


def lower_names(value: Mapping[Any, Any]) -> dict[str, Any]:
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
    """Read JSON or base64 of JSON, as NIC's page describes it; else return ``text``."""
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
    members = lower_names(item) if isinstance(item, Mapping) else {}
    codes = as_text(members.get("errorcodes"))
    if not codes:
        return [_error(item)]
    return [
        PortalError(code, entry(code, "EWBAPI").message)
        for code in re.findall(r"\w+", codes)
    ]


def _error(item: object) -> PortalError:
    if isinstance(item, Mapping):
        members = lower_names(item)
        code = as_text(members.get("errorcode"))
        return PortalError(code, as_text(members.get("errormessage")))
    text = as_text(item)
    # "2150 : Duplicate IRN", as some proxies write it.
    match = re.fullmatch(r"(_?\d{3,5})(?:\s*[:-]\s*(.*))?", text, re.DOTALL)
    return PortalError(match[1], match[2] or "") if match else PortalError("", text)
