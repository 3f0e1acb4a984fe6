"""Mask secrets in everything that is logged or shown: headers, bodies, URLs, texts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

MASK = "***"

# Compared without case, hyphens and underscores. Besides the portal's own names those
# that pass-through GSPs add.
_SECRET_NAMES = frozenset(
    {
        "accesstoken",
        "appkey",
        "authorization",
        "authtoken",
        "clientsecret",
        "cookie",
        "ocpapimsubscriptionkey",
        "passwd",
        "password",
        "proxyauthorization",
        "pwd",
        "secret",
        "sek",
        "setcookie",
        "token",
        "xaspauthsignature",
        "xaspauthtoken",
        "xctauthtoken",
    }
)
# Not secret by name, but large or sealed: only the size is of use in a log.
_SEALED_NAMES = frozenset({"data", "signedinvoice", "signedqrcode"})

_TOKEN = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
_PAIR = re.compile(
    r"(?i)\b(pass(?:word|wd)|pwd|client[-_]?secret|app[-_]?key|auth[-_]?token|sek"
    r"|(?:x-)?[\w-]*subscription-key)\b(\\?[\"']?\s*[=:]\s*\\?[\"']?)([^\s\"'&,;}\\]+)"
)
_USER_INFO = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/@\s]+@")


def redact(value: Any) -> Any:
    """Return a copy of ``value`` that may be logged.

    Mappings and sequences are walked; members with the name of a secret become
    ``***``; sealed payloads and bytes are reduced to their size; texts go through
    :func:`redact_text`. Bytes that hold a JSON object are read and walked as such.
    """
    if isinstance(value, Mapping):
        return {key: _redact_member(str(key), item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(redact(item) for item in value)
    if isinstance(value, (bytes, bytearray)):
        return _redact_bytes(bytes(value))
    if isinstance(value, str):
        return redact_text(value)
    return value


def redact_text(text: str) -> str:
    """Mask tokens, ``name=value`` secrets and the user part of URLs in ``text``."""
    text = _TOKEN.sub("<token>", text)
    text = _USER_INFO.sub(rf"\1{MASK}@", text)
    return _PAIR.sub(rf"\1\2{MASK}", text)


def redact_url(url: str) -> str:
    """Mask user, password and secret query values of ``url``; the rest stays."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{MASK}@{host}" if host != parts.netloc else host
    pairs = [
        (name, MASK if _folded(name) in _SECRET_NAMES else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    query = urlencode(pairs, quote_via=quote, safe="*/")
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))


def _folded(name: str) -> str:
    return re.sub(r"[-_\s]", "", name).lower()


def _redact_member(name: str, value: Any) -> Any:
    folded = _folded(name)
    if folded in _SECRET_NAMES:
        return MASK if value else value
    if folded in _SEALED_NAMES and isinstance(value, str):
        return f"<{len(value)} characters>"
    return redact(value)


def _redact_bytes(value: bytes) -> Any:
    try:
        parsed = json.loads(value)
    except ValueError:
        return f"<{len(value)} bytes>"
    return redact(parsed) if isinstance(parsed, dict) else f"<{len(value)} bytes>"
