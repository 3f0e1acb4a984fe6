"""Addresses of portals: one spelling for each, and what an address must not contain.

Compared is what is called: :func:`parse_address` returns the address in the one
spelling that every comparison and every request uses.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS: Mapping[str, int] = {"https": 443, "http": 80}
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_PATH = re.compile(r"(?:/[A-Za-z0-9_~.-]+)*/?")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_MAX_ADDRESS = 500
_MAX_HOST = 253
_MAX_HEADER = 8192
# Names that resolve only on this machine, or in its network.
_LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback")
_PRIVATE_ENDINGS = (".local", ".internal", ".intranet", ".lan", ".home.arpa")

# They frame the message, choose the host or the method behind a gateway, or say who
# calls: not for extra headers to set. Compared without case, "-" and "_" alike.
_RESERVED = frozenset(
    {
        "accept-encoding",
        "authtoken",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "forwarded",
        "gstin",
        "host",
        "http2-settings",
        "keep-alive",
        "range",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-name",
        "via",
        "x-http-method",
        "x-http-method-override",
        "x-method-override",
        "x-original-host",
        "x-original-url",
        "x-rewrite-url",
    }
)
_RESERVED_BEGINNINGS = ("proxy-", "sec-", "x-forwarded-")


@dataclass(frozen=True)
class Address:
    """An address in its one spelling.

    ``host`` is lower-case ASCII without a final dot: a name (IDNA) or an IP address in
    its usual notation; ``port`` the one that is called, given or not; ``path`` "" or
    with a slash before and none behind.
    """

    scheme: str
    host: str
    port: int
    path: str = ""

    @property
    def origin(self) -> str:
        """Return scheme, host and port (RFC 6454), the usual port left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS.get(self.scheme) else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def url(self) -> str:
        """Return the address as text, without a final slash."""
        return f"{self.origin}{self.path}"

    @property
    def is_loopback(self) -> bool:
        """Return whether it is on this machine."""
        return is_loopback(self.host)

    @property
    def is_public(self) -> bool:
        """Return whether its host can be one on the internet."""
        ip = _ip(self.host)
        if ip is not None:
            return _is_public(ip)
        is_private = self.host.endswith(_PRIVATE_ENDINGS) or self.is_loopback
        return "." in self.host and not is_private


def parse_address(url: str) -> Address:
    """Return the address that ``url`` stands for, in its one spelling.

    Takes off what does not change the host: outer blanks, letter case, final dots,
    full-width characters, the usual port; names become IDNA, IP addresses decimal,
    those inside IPv6 IPv4. Raises ValueError, in words for the person who typed it,
    for what is no ``http`` or ``https`` address, or could be read in two ways: user,
    backslash, control, query, fragment, percent sign, dots or two slashes in the path.
    """
    text = _plain_text(url)
    try:
        parts = urlsplit(text)
        port = parts.port
        hostname = parts.hostname
    except ValueError:
        raise ValueError("the host of the address, or its port, is malformed") from None
    if not hostname:
        raise ValueError("the address names no host; it must look like https://host")
    if parts.scheme not in _PORTS:
        raise ValueError("the address must begin with https://")
    if port == 0:
        raise ValueError("the port of the address is not a number from 1 to 65535")
    if not _is_plain_path(parts.path):
        raise ValueError(
            "the path of the address may have letters, digits, -, _, ~ and . alone"
        )
    host = normalise_host(hostname)
    return Address(
        parts.scheme, host, port or _PORTS[parts.scheme], parts.path.rstrip("/")
    )


def normalise_host(host: str) -> str:
    """Return a host's name, or IP address, in its one spelling.

    Raises ValueError, in words for the person who typed it, if it is neither.
    """
    ip = _ip(host)
    if ip is not None:
        return str(_target(ip) if _is_mapped(ip) else ip)
    # Compatibility forms: full-width letters and digits, and the three other dots.
    folded = unicodedata.normalize("NFKC", host).casefold()
    folded = folded.replace("\N{IDEOGRAPHIC FULL STOP}", ".").rstrip(".")
    try:
        name = folded.encode("idna").decode("ascii") if folded else ""
    except UnicodeError:
        name = ""
    labels = name.split(".")
    if len(name) > _MAX_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError("the host of the address is malformed")
    if _NUMBER.fullmatch(labels[-1]):
        return str(_ipv4(labels))
    return name


def is_loopback(host: str) -> bool:
    """Return whether a normalised ``host`` is this machine."""
    if host in _LOCAL_NAMES or host.endswith(".localhost"):
        return True
    ip = _ip(host)
    if ip is None:
        return False
    target = _target(ip)
    return target.is_loopback or target.is_unspecified


def is_public_ip(text: str) -> bool:
    """Return whether an IP address, as a resolver returns it, is on the internet."""
    ip = _ip(text)
    return ip is not None and _is_public(ip)


def is_on_this_machine(url: str) -> bool:
    """Return whether a request's ``url`` is on this machine; False if it is no URL."""
    try:
        return parse_address("/".join(url.split("/", 3)[:3])).is_loopback
    except ValueError:
        return False


def read_pairs(text: str, separator: str) -> dict[str, str]:
    """Return what stands left and right of ``separator`` in each line of ``text``.

    Empty lines do not count. Raises ValueError, without the line, which may be a
    secret: for one without the separator, or with nothing left of it.
    """
    pairs = {}
    for number, line in enumerate(text.splitlines(), 1):
        left, found, right = map(str.strip, line.partition(separator))
        if left and found:
            pairs[left] = right
        elif line.strip():
            raise ValueError(
                f"line {number} must have the form 'name {separator} value'"
            )
    return pairs


def check_path_prefixes(prefixes: Mapping[str, str]) -> None:
    """Check what replaces the beginnings of published paths (for a pass-through GSP).

    Raises ValueError unless both are paths that begin with a slash: anything else could
    become part of the host's name, or leave the path of the portal.
    """
    for prefix in (*prefixes, *prefixes.values()):
        if not prefix.startswith("/") or not _is_plain_path(prefix):
            raise ValueError(
                f"the beginning of a path, {prefix[:100]!r}, must be like /one/two/"
            )


def check_headers(headers: Mapping[str, str]) -> None:
    """Check headers that are added to every call (for a pass-through GSP).

    Raises ValueError, without the value, which may be a secret: for a name that is no
    header's name, or that frames the message, chooses another host or says who calls;
    and for a value with a line break or another control.
    """
    seen: set[str] = set()
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"{name[:100]!r} is not the name of a header")
        folded = name.lower().replace("_", "-")
        if folded in _RESERVED or folded.startswith(_RESERVED_BEGINNINGS):
            raise ValueError(f"the header {name} is not one that can be added")
        if folded in seen:
            raise ValueError(f"the header {name} is there twice")
        if not value.isprintable() or len(value) > _MAX_HEADER:
            raise ValueError(
                f"the value of the header {name} has a line break or another control,"
                f" or more than {_MAX_HEADER} characters"
            )
        seen.add(folded)


def _plain_text(url: str) -> str:
    text = url.strip()
    if any(character.isspace() for character in text):
        raise ValueError("the address contains a blank")
    if not text.isprintable() or "\\" in text or "%" in text:
        raise ValueError("the address contains a backslash, a % or a control")
    if len(text) > _MAX_ADDRESS:
        raise ValueError(f"the address has more than {_MAX_ADDRESS} characters")
    folded = unicodedata.normalize("NFKC", text)
    if "@" in folded:
        raise ValueError("the address must not contain a user or a password")
    if "?" in folded or "#" in folded:
        raise ValueError("the address must end with the host or a path")
    return text


def _is_plain_path(path: str) -> bool:
    steps = path.split("/")
    return bool(_PATH.fullmatch(path)) and not {".", ".."} & set(steps)


def _ip(host: str) -> IPAddress | None:
    if "%" in host:
        return None
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_public(ip: IPAddress) -> bool:
    return _target(ip).is_global and not ip.is_multicast


def _is_mapped(ip: IPAddress) -> bool:
    return isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None


def _target(ip: IPAddress) -> IPAddress:
    """Return the IPv4 address that an IPv6 address carries, else the address itself.

    Mapped (RFC 4291), 6to4 (RFC 3056), Teredo (RFC 4380), NAT64 (RFC 6052) and the
    old compatible form.
    """
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    teredo = ip.teredo[1] if ip.teredo else None
    carried = ip.ipv4_mapped or ip.sixtofour or teredo
    if carried is None and (ip in _NAT64 or (ip in _COMPATIBLE and int(ip) > 1)):
        carried = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return carried or ip


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")


def _ipv4(labels: list[str]) -> ipaddress.IPv4Address:
    """Return the IPv4 address that a resolver makes of ``labels`` (inet_aton).

    One to four numbers, decimal, octal (0…) or hexadecimal (0x…); the last one fills
    the bytes that are left.
    """
    try:
        *first, last = (_number(label) for label in labels)
        room = 4 - len(first)
        if room < 1 or any(one > 255 for one in first) or last >= 256**room:
            raise ValueError(labels)
    except ValueError:
        raise ValueError(
            "the host of the address looks like an IP address, but is none"
        ) from None
    value = last
    for place, one in enumerate(first):
        value += one << (8 * (3 - place))
    return ipaddress.IPv4Address(value)


def _number(label: str) -> int:
    if not _NUMBER.fullmatch(label) or len(label) > 20:
        raise ValueError(label)
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8) if label.startswith("0") else int(label)
