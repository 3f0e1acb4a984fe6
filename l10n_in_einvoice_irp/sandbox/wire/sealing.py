"""The forms of a login: what is encrypted with the portal's key, and how."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from . import crypto, jsontext
from .errors import refuse

Fields = dict[str, Any]


def open_log_in(sealing: str, key: RSAPrivateKey, data: Any) -> Fields:
    """Return the fields of a login by lower-case name; the app key as base64.

    :param sealing: a name of ``SEALINGS``
    :param data: the member ``Data`` of the request
    :raises DecryptionError: encrypted with another key, as ``UnicodeDecodeError`` too
    :raises Refusal: 5001 for another form, 1007 if the text is not JSON
    """
    return SEALINGS[sealing](key, data)


def _nic_v104(key: RSAPrivateKey, data: Any) -> Fields:
    """Open base64 of the JSON, encrypted (NIC authentication v1.04)."""
    inner = crypto.unwrap_rsa(key, data).decode("ascii")
    if inner.lstrip().startswith("{"):
        raise refuse("5001")
    return _fields(_from_base64(inner))


def _json(key: RSAPrivateKey, data: Any) -> Fields:
    """Open the JSON, encrypted as it is: seen nowhere, but possible."""
    plain = crypto.unwrap_rsa(key, data).decode("utf-8-sig")
    if not plain.lstrip().startswith("{"):
        raise refuse("5001")
    return _fields(plain)


def _either(key: RSAPrivateKey, data: Any) -> Fields:
    """Open a login with or without the inner base64."""
    plain = crypto.unwrap_rsa(key, data).decode("utf-8-sig")
    is_json = plain.lstrip().startswith("{")
    return _fields(plain if is_json else _from_base64(plain))


def _v103_parts(key: RSAPrivateKey, data: Any) -> Fields:
    """Open password and app key, encrypted apart (NIC authentication v1.03).

    The app key is 32 characters, used as they are.
    """
    if not isinstance(data, dict):
        raise refuse("5001")
    fields = jsontext.lower_keys(data)
    app_key = crypto.unwrap_rsa(key, fields.get("appkey"))
    password = crypto.unwrap_rsa(key, fields.get("password")).decode()
    return {**fields, "password": password, "appkey": crypto.to_base64(app_key)}


def _from_base64(inner: str) -> str:
    text = crypto.from_base64(inner).decode("utf-8-sig")
    if not text:
        raise crypto.DecryptionError("empty")
    return text


def _fields(plain: str) -> Fields:
    try:
        return jsontext.lower_keys(jsontext.json_object(plain))
    except ValueError as err:
        raise refuse("1007") from err


SEALINGS: Mapping[str, Callable[[RSAPrivateKey, Any], Fields]] = MappingProxyType(
    {"nic_v104": _nic_v104, "json": _json, "either": _either, "v103_parts": _v103_parts}
)
