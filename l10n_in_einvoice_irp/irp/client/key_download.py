"""Download the keys that a portal publishes at a fixed address."""

from __future__ import annotations

from ..protocol import KeyUpload, Request, Response, Transport, read_key_files
from ..protocol.errors import IrpNotFound, IrpProtocolError
from ..protocol.incoming import clean_text
from ..reference import KeySource, parse_address

# Portals answer for a file that is gone with its status, by sending the browser to a
# page, or with that page.
_GONE = frozenset({301, 302, 303, 307, 308, 404, 410})
_PAGE = (
    b"<!doctype html",
    b"<html",
    b"\xef\xbb\xbf<!doctype html",
    b"\xef\xbb\xbf<html",
)


def download_keys(source: KeySource, transport: Transport) -> KeyUpload:
    """Return the keys in the file at the address of ``source``, which has one.

    One GET over HTTPS to that host, which has to be on the internet; redirects are not
    followed. Nothing in the file is trusted: a person compares the fingerprints.

    Raises IrpNotFound if there is no such file any more, IrpProtocolError for another
    answer, IrpTransportError if there is none, and ValueError if ``source`` has no
    address that may be called.
    """
    url = _checked(source.url)
    response = transport.send(Request("GET", url, {}, public_only=True))
    _check_answer(response, url)
    return read_key_files([(url.rpartition("/")[2], response.body)])


def _checked(url: str | None) -> str:
    address = parse_address(url or "")
    if address.scheme != "https" or not address.is_public:
        raise ValueError("keys are downloaded from https:// on the internet only")
    return address.url


def _check_answer(response: Response, url: str) -> None:
    status = response.status
    is_page = response.body[:200].lstrip().lower().startswith(_PAGE)
    if status in _GONE or (status == 200 and is_page):
        raise IrpNotFound(f"there is no key file at {url}", http_status=status)
    if status != 200:
        raise IrpProtocolError(
            f"{clean_text(url)} answers with HTTP {status}", http_status=status
        )
