"""The envelope of every answer, in the dialect that is set."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import crypto, jsontext
from .errors import PortalError
from .settings import Dialect


@dataclass(frozen=True)
class Answer:
    """What a service answers, before it is written.

    :param data: the object for ``Data``; None with errors
    :param sek: the session key ``Data`` is encrypted with; None writes it in clear
        (authentication and health)
    :param errors: any makes ``Status`` 0
    :param infos: entries of ``InfoDtls``
    """

    data: Any = None
    sek: bytes | None = None
    errors: tuple[PortalError, ...] = ()
    infos: tuple[Mapping[str, Any], ...] = ()


def render(answer: Answer, dialect: Dialect) -> bytes:
    """Return the answer's body: Status, Data, ErrorDetails, InfoDtls."""
    status = 0 if answer.errors else 1
    infos = [*dialect.info_before, *answer.infos, *dialect.info_after]
    envelope = {
        "Status": str(status) if dialect.status == "string" else status,
        "Data": _data(answer),
        "ErrorDetails": _details(answer.errors, dialect),
        "InfoDtls": infos or None,
    }
    return jsontext.dumps(envelope).encode()


def render_ewayapi(answer: Answer, dialect: Dialect) -> bytes:
    """Return the answer's body as the e-way bill system writes it.

    ``status`` is text, ``error`` base64 of ``{"errorCodes":"…"}``; with an error there
    is no ``data`` (recorded answers).
    """
    if answer.errors:
        return _ewayapi_failure(answer)
    done = {"status": "1", "data": _data(answer), "error": None, "info": None}
    return jsontext.dumps(done).encode()


def render_ewb_log_in(answer: Answer, dialect: Dialect) -> bytes:
    """Return the body of a log-in to the e-way bill system.

    Token and session key stand beside ``status``, not inside of a ``data`` (NIC E-way
    bill API v1.03).
    """
    if answer.errors:
        return _ewayapi_failure(answer)
    return jsontext.dumps({"status": "1", **answer.data}).encode()


def _ewayapi_failure(answer: Answer) -> bytes:
    codes = ",".join(one.code for one in answer.errors)
    error = crypto.to_base64(jsontext.dumps({"errorCodes": codes}).encode())
    failed = {"status": "0", "error": error, "info": None}
    return jsontext.dumps(failed).encode()


def _data(answer: Answer) -> Any:
    if answer.errors or answer.data is None or answer.sek is None:
        return answer.data
    return crypto.encrypt(jsontext.dumps(answer.data).encode(), answer.sek)


def _details(errors: tuple[PortalError, ...], dialect: Dialect) -> Any:
    if not errors:
        return None
    details = [
        {"ErrorCode": _code(one.code, dialect), "ErrorMessage": one.message}
        for one in errors
    ]
    if dialect.error_details == "array":
        return details
    text = jsontext.dumps(details)
    if dialect.error_details == "base64":
        return crypto.to_base64(text.encode())
    return text


def _code(code: str, dialect: Dialect) -> str | int:
    return int(code) if dialect.codes == "number" and code.isdigit() else code
