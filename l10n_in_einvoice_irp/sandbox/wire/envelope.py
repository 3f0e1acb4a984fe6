"""The envelope of every response, in the dialect of the settings."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import crypto, jsontext
from .errors import PortalError, Reply
from .settings import Dialect

# the e-way bill system's code for it was recorded without a comma after it
_REFUSED = "238"


@dataclass(frozen=True)
class ServiceResponse:
    """The response of a service, before it is rendered.

    :param data: the object for ``Data``; None with errors
    :param sek: the session key that encrypts ``Data``; None leaves it plain
        (authentication and health)
    :param errors: any sets ``Status`` to 0
    :param infos: entries of ``InfoDtls``
    :param reply: sent instead: a gateway's own response
    :param echo: headers of the call, for a gateway that repeats them
    """

    data: Any = None
    sek: bytes | None = None
    errors: tuple[PortalError, ...] = ()
    infos: tuple[Mapping[str, Any], ...] = ()
    reply: Reply | None = None
    echo: Mapping[str, str] | None = None


def camel(name: str) -> str:
    """Return a published name with a small first letter: ``TxpType`` as ``txpType``."""
    return name[:1].lower() + name[1:]


def render(response: ServiceResponse, dialect: Dialect) -> bytes:
    """Return the response's body: Status, Data, ErrorDetails, InfoDtls."""
    status = 0 if response.errors else 1
    infos = [*dialect.info_before, *response.infos, *dialect.info_after]
    envelope = {
        "Status": str(status) if dialect.status == "string" else status,
        "Data": _data(response, dialect),
        "ErrorDetails": _details(response.errors, dialect),
        "InfoDtls": _infos(infos, dialect),
    }
    if dialect.envelope_names == "camel":
        envelope = {camel(name): value for name, value in envelope.items()}
    return jsontext.dumps(envelope).encode()


def render_ewayapi(response: ServiceResponse, dialect: Dialect) -> bytes:
    """Return the response's body as the e-way bill system writes it.

    ``status`` is text, ``error`` base64 of ``{"errorCodes":"…"}``; with an error there
    is no ``data`` (recorded responses).
    """
    if response.errors:
        return _ewayapi_failure(response, dialect)
    data = _data(response, dialect)
    done = {"status": "1", "data": data, "error": None, "info": None}
    return jsontext.dumps(done).encode()


def render_ewb_log_in(response: ServiceResponse, dialect: Dialect) -> bytes:
    """Return the body of a login to the e-way bill system.

    Token and session key stand beside ``status``, not inside ``data`` (NIC E-way bill
    API v1.03).
    """
    if response.errors:
        return _ewayapi_failure(response, dialect)
    return jsontext.dumps({"status": "1", **response.data}).encode()


def render_ewb_query(response: ServiceResponse, dialect: Dialect) -> bytes:
    """Return the body of a GET of the e-way bill system.

    ``data`` is encrypted with a fresh key, which ``rek`` brings encrypted with the
    session key; ``hmac`` is over base64 of the JSON (NIC E-way bill API v1.03).
    """
    if response.errors or response.sek is None:
        return _ewayapi_failure(response, dialect)
    rek = secrets.token_bytes(crypto.KEY_BYTES)
    data = _data(replace(response, sek=rek), dialect)
    encoded = crypto.to_base64(jsontext.dumps(response.data).encode())
    mac = hmac.digest(rek, encoded.encode(), "sha256")
    envelope = {
        "status": "1",
        "data": data,
        "rek": crypto.encrypt(rek, response.sek),
        "hmac": crypto.to_base64(mac),
    }
    return jsontext.dumps(envelope).encode()


def _ewayapi_failure(response: ServiceResponse, dialect: Dialect) -> bytes:
    codes = [one.code for one in response.errors]
    error: Any = {"errorCodes": ",".join(codes)}
    if dialect.ewb_error_form == "object":
        error["errorCodes"] = int(codes[0]) if len(codes) == 1 else error["errorCodes"]
    elif dialect.ewb_error_form == "comma" and codes != [_REFUSED]:
        error["errorCodes"] += ","
    if dialect.ewb_error_form != "object":
        error = crypto.to_base64(jsontext.dumps(error).encode())
    failed = {"status": "0", "error": error, "info": _ewb_info(response, dialect)}
    return jsontext.dumps(failed).encode()


def _ewb_info(response: ServiceResponse, dialect: Dialect) -> str | None:
    """Return ``info`` of a failure: JSON text, None if there is nothing to say."""
    if not response.infos:
        return None
    text = jsontext.dumps(response.infos[0])
    is_base64 = dialect.ewb_info_form == "base64"
    return crypto.to_base64(text.encode()) if is_base64 else text


def _data(response: ServiceResponse, dialect: Dialect) -> Any:
    if response.errors or response.data is None or response.sek is None:
        return response.data
    plain = jsontext.dumps(response.data).encode()
    if dialect.data_form == "base64":
        plain = crypto.to_base64(plain).encode()
    return crypto.encrypt(plain, response.sek)


def _infos(infos: list[Mapping[str, Any]], dialect: Dialect) -> Any:
    if not infos:
        return None
    return jsontext.dumps(infos) if dialect.info_details == "text" else infos


def error_entries(
    errors: tuple[PortalError, ...], dialect: Dialect
) -> list[dict[str, Any]]:
    """Return the entries of ``ErrorDetails``."""
    return [
        {"ErrorCode": _code(one.code, dialect), "ErrorMessage": one.message}
        for one in errors
    ]


def _details(errors: tuple[PortalError, ...], dialect: Dialect) -> Any:
    if not errors:
        return None
    details = error_entries(errors, dialect)
    if dialect.error_details == "array":
        return details
    text = jsontext.dumps(details)
    if dialect.error_details == "base64":
        return crypto.to_base64(text.encode())
    return text


def _code(code: str, dialect: Dialect) -> str | int:
    code = dict(dialect.renamed_codes).get(code, code)
    return int(code) if dialect.codes == "number" and code.isdigit() else code
