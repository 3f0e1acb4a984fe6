"""Read the envelope of the portal's responses, and decrypt what is inside.

Portals and pass-through GSPs differ in details that mean nothing (numbers as text,
lists as base64, letter case); this module accepts every variant that was seen and
returns one form.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from ..reference.catalogue import entry
from ..reference.dates import read_portal_datetime
from ..reference.ewaybill import message_of
from .crypto.cipher import decrypt
from .errors import Info, IrpOutcomeUnknown, PortalError
from .incoming import (
    MAX_ENTRIES,
    as_code,
    as_text,
    bounded,
    lower_names,
    read_json,
)

_SUCCESS = frozenset({"1", "true"})
_FAILURE = frozenset({"0", "false", "failed"})
# NIC's lists VITAL, INV and EWB; three digits are the e-way bill system's, which writes
# its codes one after another, with a comma behind each.
_CODE = re.compile(r"(?:_|SYS_)?[0-9]{4,6}")
_ANY_CODE = re.compile(rf"[0-9]{{3}}|{_CODE.pattern}")
# A client met a text before them as well: "Invalid GSTIN : 208,".
_EWB_CODES = re.compile(r"(.*:)?\s*([0-9]{3,6}(?:\s*,\s*[0-9]{3,6})*)[\s,]*", re.DOTALL)


@dataclass(frozen=True)
class Envelope:
    """The outer answer: success or not, the (still encrypted) data, errors, infos.

    ``rek`` is the e-way bill system's key of this answer alone, under the session key;
    "" if its data are under the session key itself. ``hmac`` is the seal over its data.
    """

    ok: bool
    data: Any
    errors: tuple[PortalError, ...]
    infos: tuple[Info, ...]
    rek: str = ""
    hmac: str = ""


def parse_envelope(body: bytes, *, ewb_codes: bool = False) -> Envelope:
    """Read an answer's body (NIC "Generate IRN" v1.03, response).

    ``Status`` 1 is a success. ``Status`` 0 is a refusal if the portal's own list of
    errors stands beside it, in a documented shape: an array of ``ErrorCode`` and
    ``ErrorMessage`` in ``ErrorDetails``, or the e-way bill system's ``errorCodes`` in
    ``error``; either also as JSON text or base64. Status may be number, text or
    boolean, names may have any letter case, ``InfoDtls`` may be null, one or several.
    With ``ewb_codes`` the three-digit codes of the e-way bill system count in
    ``ErrorDetails``; elsewhere they may be a gateway's HTTP status.
    Raises IrpOutcomeUnknown for everything else (reason "not_json" or
    "unexpected_answer"): who wrote it, and after what, is not known.
    """
    members = read_members(body)
    status = as_code(members.get("status")).lower()
    infos = parse_infos(members.get("infodtls") or members.get("info"))
    if status in _SUCCESS:
        errors = parse_errors(members.get("errordetails") or members.get("error"))
        if not ewb_codes:
            return Envelope(True, members.get("data"), errors, infos)
        alert = as_text(members.get("alert"))
        infos += (Info("ALERT", alert),) if alert else ()
        rek = as_text(members.get("rek"))
        hmac = as_text(members.get("hmac"))
        return Envelope(True, members.get("data"), errors, infos, rek, hmac)
    refusals = [members.get("errordetails"), members.get("error")]
    code = _ANY_CODE if ewb_codes else _CODE
    listed = next((one for one in refusals if is_error_list(one, code)), None)
    if status not in _FAILURE or listed is None:
        raise no_envelope()
    return Envelope(False, members.get("data"), parse_errors(listed), infos)


def read_members(body: bytes) -> dict[str, Any]:
    """Return the members of an answer under their names in lower case.

    None if it is JSON, but no object. Raises IrpOutcomeUnknown (reason "not_json").
    """
    try:
        parsed = read_json(body)
    except ValueError:
        raise IrpOutcomeUnknown("the answer is not JSON", reason="not_json") from None
    return lower_names(parsed) if isinstance(parsed, Mapping) else {}


def parse_errors(value: object) -> tuple[PortalError, ...]:
    """Read ``ErrorDetails``: null, array, object, JSON text or base64 of JSON.

    So too the e-way bill system's ``error``, base64 of ``{"errorCodes": "116,393,"}``;
    those codes come without a text and get that of the catalogue.
    """
    found = (error for item in _entries(value) for error in _errors(item))
    return tuple(islice(found, MAX_ENTRIES))


def parse_infos(value: object) -> tuple[Info, ...]:
    """Read ``InfoDtls``: null, array, object, JSON text or base64 of JSON."""
    infos = []
    for item in _entries(value)[:MAX_ENTRIES]:
        members = lower_names(item) if isinstance(item, Mapping) else {"desc": item}
        # The e-way bill system has no Desc: it sends the facts themselves (702).
        desc = members.get("desc") if {"desc", "infcd"} & members.keys() else item
        if isinstance(desc, str) and desc[:1] in ("{", "["):
            desc = _json_or(desc, desc)
        if isinstance(desc, Mapping) and "regirp" in members:
            desc = {"RegIrp": members["regirp"], **desc}
        infos.append(Info(as_code(members.get("infcd")), bounded(desc)))
    return tuple(infos)


def plain_members(data: object) -> Mapping[str, Any] | None:
    """Return an object, also one written as JSON text or its base64; else None."""
    found = _unwrapped(data) if isinstance(data, str) else data
    return found if isinstance(found, Mapping) else None


def open_data(data: object, sek: bytes) -> Any:
    """Decrypt an answer's ``Data`` and parse the JSON, or base64 of JSON, inside.

    Raises IrpOutcomeUnknown (reason "undecryptable") if the session key does not fit.
    """
    try:
        text = decrypt(str(data or ""), sek).decode("utf-8-sig")
        parsed = _unwrapped(text)
        return read_json(text) if isinstance(parsed, str) else parsed
    except ValueError:
        raise IrpOutcomeUnknown(
            "the answer's data cannot be decrypted", reason="undecryptable"
        ) from None


@dataclass(frozen=True)
class DuplicateFacts:
    """The registration that a 2150 or 2295 names, unsigned; empty if it names none.

    ``registered_by`` is the text of ``RegIrp``, the IRP that registered it.
    """

    irn: str = ""
    ack_number: str = ""
    ack_date: datetime | None = None
    registered_by: str = ""


def duplicate_facts(infos: Iterable[Info]) -> DuplicateFacts:
    """Return what the additional information of a duplicate says.

    It is named DUPIRN, or DUPIRNGLP with 2295; other names with an IRN inside are
    accepted too, since portals other than NIC use their own. The details may stand in
    ``Desc`` or in an object inside it (EY: ``IrnDtl``).
    """
    found = [members for info in infos for members in _details(info.desc)]
    named = (as_code(members.get("regirp")) for members in found)
    registered_by = next(filter(None, named), "")
    for members in found:
        irn = as_text(members.get("irn")).lower()
        if is_irn(irn):
            ack_date = read_portal_datetime(members.get("ackdt"))
            ack_number = as_code(members.get("ackno"))
            return DuplicateFacts(irn, ack_number, ack_date, registered_by)
    return DuplicateFacts(registered_by=registered_by)


def _details(desc: object) -> list[dict[str, Any]]:
    """Return an object and the objects inside it, under names in lower case."""
    if isinstance(desc, list):
        return [members for item in desc for members in _details(item)]
    if not isinstance(desc, Mapping):
        return []
    inside = [item for item in desc.values() if isinstance(item, (Mapping, list))]
    return [lower_names(desc), *(one for item in inside for one in _details(item))]


def no_envelope() -> IrpOutcomeUnknown:
    """Return the error for an answer that is no envelope of the portal."""
    return IrpOutcomeUnknown(
        "the answer is not an envelope of the portal", reason="unexpected_answer"
    )


def is_irn(text: str) -> bool:
    """Return whether ``text`` has the form of an IRN: 64 hexadecimal digits."""
    return bool(re.fullmatch(r"[0-9a-fA-F]{64}", text))


def is_error_list(value: object, code: re.Pattern[str] = _CODE) -> bool:
    """Return whether ``value`` is a list of errors that the portal itself writes.

    A text is none, however it begins: gateways write "504: …" as well.
    """
    entries = _entries(value)
    if not all(isinstance(item, Mapping) for item in entries):
        return False
    return any(
        code.fullmatch(as_text(members.get("errorcode")))
        or _ewb_codes(members.get("errorcodes"))
        for members in map(lower_names, entries)
    )


def _json_or(text: str, default: Any) -> Any:
    try:
        return read_json(text)
    except ValueError:
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
    listed = members.get("errorcodes")
    codes = _ewb_codes(listed) or re.findall(r"\w+", as_text(listed))
    if not codes:
        return [_error(item)]
    return [PortalError(code, _message(code)) for code in map(as_code, codes)]


def _ewb_codes(value: object) -> list[str]:
    """Return the codes of the e-way bill system's list; [] if ``value`` is none.

    Behind a text only codes of the published lists count: a gateway's "timeout: 504"
    says nothing about the call.
    """
    found = _EWB_CODES.fullmatch(as_text(value))
    codes = re.findall(r"[0-9]+", found[2]) if found else []
    is_ours = not found or not found[1] or all(map(message_of, codes))
    return codes if is_ours else []


def _message(code: str) -> str:
    """Return the catalogue's message for a code of the e-way bill system, or ours."""
    known = entry(code, "EWBAPI")
    return known.message or message_of(code)


def _error(item: object) -> PortalError:
    if isinstance(item, Mapping):
        members = lower_names(item)
        code = as_code(members.get("errorcode"))
        return PortalError(code, as_text(members.get("errormessage")))
    text = as_text(item)
    # "2150 : Duplicate IRN", as some proxies write it.
    match = re.fullmatch(r"(_?[0-9]{3,5})(?:\s*[:-]\s*(.*))?", text, re.DOTALL)
    return PortalError(match[1], match[2] or "") if match else PortalError("", text)
