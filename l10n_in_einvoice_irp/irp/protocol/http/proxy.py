"""The outgoing proxy of a caller: how it is entered, shown and used."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from importlib.util import find_spec
from urllib.parse import SplitResult, quote, unquote, urlsplit

from ...reference.addresses import normalise_host

_SCHEMES = ("http", "https")
_SOCKS = ("socks5", "socks5h")
_EXAMPLE = "http://proxy.example:3128"
_MAX_LENGTH = 500


@dataclass(frozen=True)
class Proxy:
    """A proxy, with the user and password that it asks for ("" if it asks for none).

    ``host`` is in its one spelling (:func:`.addresses.normalise_host`).
    """

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def place(self) -> str:
        """Return host and port, as they are shown."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def shown(self) -> str:
        """Return the address with the user, but without the password."""
        user = f"{quote(self.user, safe='')}@" if self.user else ""
        return f"{self.scheme}://{user}{self.place}"

    @property
    def url(self) -> str:
        """Return the address that connections are made to.

        Only that of a SOCKS proxy, which has no headers, contains user and password.
        """
        if self.scheme in _SCHEMES or not self.user:
            return f"{self.scheme}://{self.place}"
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return f"{self.scheme}://{login}@{self.place}"

    def headers(self) -> dict[str, str]:
        """Return the headers for the proxy alone: Basic (RFC 7617), in UTF-8."""
        if not self.user:
            return {}
        login = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {"Proxy-Authorization": f"Basic {login}"}


def parse_proxy(text: str) -> Proxy:
    """Return the proxy that ``text`` names: scheme, host and port, user, password.

    It may be in a private network or on this machine. Raises ValueError, in words for
    the person who typed it and without quoting it, which may contain a password.
    """
    parts = _split(text)
    _check_scheme(parts.scheme)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(
            f"the address of the proxy must end with the port, as in {_EXAMPLE}; in a"
            " user or password write @ as %40, / as %2F, # as %23 and ? as %3F"
        )
    port = _port(parts)
    user, password = _login(parts)
    return Proxy(parts.scheme, _host(parts.hostname), port, user, password)


def _split(text: str) -> SplitResult:
    text = text.strip()
    is_plain = text.isprintable() and not any(map(str.isspace, text))
    if not is_plain or "\\" in text or len(text) > _MAX_LENGTH:
        raise ValueError(
            "the address of the proxy contains a blank, a backslash or a control, or"
            f" has more than {_MAX_LENGTH} characters"
        )
    try:
        return urlsplit(text)
    except ValueError:
        raise ValueError("the host of the proxy is malformed") from None


def _check_scheme(scheme: str) -> None:
    if scheme in _SOCKS and find_spec("socks") is None:
        raise ValueError(
            "SOCKS proxies need the Python package PySocks, which this server does not"
            " have; enter an http:// or https:// proxy"
        )
    if scheme not in (*_SCHEMES, *_SOCKS):
        raise ValueError(
            "the address of the proxy must begin with http:// or https://, as in"
            f" {_EXAMPLE}"
        )


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if not port:
        raise ValueError(
            "the address of the proxy must name the port, 1 to 65535, as in"
            f" {_EXAMPLE}; in a user or password write : as %3A and / as %2F"
        )
    return port


def _host(hostname: str | None) -> str:
    try:
        return normalise_host(hostname or "")
    except ValueError:
        raise ValueError("the host of the proxy is malformed") from None


def _login(parts: SplitResult) -> tuple[str, str]:
    try:
        user = unquote(parts.username or "", errors="strict")
        password = unquote(parts.password or "", errors="strict")
    except UnicodeDecodeError:
        raise ValueError("user or password of the proxy is not UTF-8") from None
    if not (user + password).isprintable() or ":" in user:
        raise ValueError("user or password of the proxy contains a control or a colon")
    if password and not user:
        raise ValueError(
            "the proxy has a password but no user, which stands before the colon"
        )
    return user, password
