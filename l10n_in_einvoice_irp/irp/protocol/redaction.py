"""Mask secrets in everything that is logged or shown: headers, bodies, URLs, texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from .incoming import read_json

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
        "aspsecret",
        "einvpwd",
        "gspappsecret",
        "xaspauthsignature",
        "xaspauthtoken",
        "xctauthtoken",
    }
)
# Not secret by name, but large or sealed: only the size is of use in a log.
_SEALED_NAMES = frozenset({"data", "signedinvoice", "signedqrcode"})

# Every pattern below takes linear time: it begins at a fixed word, and what follows is
# read once and never given back. Texts come from portals, in any size.
_RUN = re.compile(r"[\w.-]+")
_USER_INFO = re.compile(r"://[^/\s]*@")
_NAMES = (
    r"pass(?:word|wd)|pwd|(?:client[-_]?)?secret|app[-_]?key|auth[-_]?token"
    r"|access[-_]?token|(?:set-)?cookie|sek|subscription[-_]?key"
    r"|auth[-_]?signature"
)
# The value up to the quote that ends it; without quotes, one word.
_VALUE = r"""\\"(?:[^"\\]|\\[^"])*|"(?:[^"\\]|\\.)*|'[^']*|[^\s"'&,;}\\]+"""
_PAIR = re.compile(
    rf"""(?is)\b({_NAMES})\b(\\?["']?[ \t]{{0,9}}[=:][ \t]{{0,9}})({_VALUE})"""
)
_AUTHORIZATION = re.compile(
    r"""(?i)\b(authorization\b\\?["']?[ \t]{0,9}[=:][ \t]{0,9}\\?["']?)[^"'\\\r\n]+"""
)
_MAX_DEPTH = 32


def redact(value: Any) -> Any:
    """Return a copy of ``value`` that may be logged.

    Mappings and sequences are walked; members with the name of a secret become
    ``***``; sealed payloads and bytes are reduced to their size; texts go through
    :func:`redact_text`. Bytes that hold a JSON object are read and walked as such. What
    is nested too deeply becomes ``***``.
    """
    return _redact(value, _MAX_DEPTH)


def redact_text(text: str) -> str:
    """Mask tokens, ``name=value`` secrets and the user part of URLs in ``text``."""
    text = _RUN.sub(_masked_run, text)
    text = _USER_INFO.sub(f"://{MASK}@", text)
    text = _AUTHORIZATION.sub(rf"\1{MASK}", text)
    return _PAIR.sub(_masked_pair, text)


def redact_url(url: str) -> str:
    """Mask user, password and secret query values of ``url``; the rest stays.

    What is no URL is masked as a text.
    """
    try:
        parts = urlsplit(url)
        given = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return redact_text(url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{MASK}@{host}" if host != parts.netloc else host
    pairs = [
        (name, MASK if _folded(name) in _SECRET_NAMES else value)
        for name, value in given
    ]
    query = urlencode(pairs, quote_via=quote, safe="*/", errors="replace")
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))


def _masked_run(match: re.Match[str]) -> str:
    """Mask a signed token, "eyJ….….…", and what is written together with it."""
    run = match[0]
    start = run.find("eyJ")
    return "<token>" if start >= 0 and run.count(".", start) >= 2 else run


def _masked_pair(match: re.Match[str]) -> str:
    name, sign, value = match.groups()
    quote_mark = value[: 2 if value.startswith("\\") else value[:1] in "\"'"]
    return f"{name}{sign}{quote_mark}{MASK}"


def _folded(name: str) -> str:
    return re.sub(r"[-_\s]", "", name).lower()


def _redact(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, (bytes, bytearray)):
        return _redact_bytes(bytes(value), depth)
    if not isinstance(value, (Mapping, list, tuple)):
        return value
    if not depth:
        return MASK
    if isinstance(value, Mapping):
        return {
            key: _redact_member(str(key), item, depth - 1)
            for key, item in value.items()
        }
    items = [_redact(item, depth - 1) for item in value]
    return items if isinstance(value, list) else tuple(items)


def _redact_member(name: str, value: Any, depth: int) -> Any:
    folded = _folded(name)
    if folded in _SECRET_NAMES:
        return MASK if value else value
    if folded in _SEALED_NAMES and isinstance(value, str):
        return f"<{len(value)} characters>"
    return _redact(value, depth)


def _redact_bytes(value: bytes, depth: int) -> Any:
    try:
        parsed = read_json(value)
    except ValueError:
        return f"<{len(value)} bytes>"
    if isinstance(parsed, dict) and depth:
        return _redact(parsed, depth - 1)
    return f"<{len(value)} bytes>"
