"""Connections that the deadline of a call watches, to hosts that it may go to."""

from __future__ import annotations

import re
import socket
import time
from contextvars import ContextVar
from http.client import HTTPException
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import exceptions as urllib3_exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from ...reference.addresses import is_public_ip
from .deadline import Deadline
from .proxy import Proxy

DEADLINE: ContextVar[Deadline] = ContextVar("deadline")
"""The deadline of the call that the thread is making."""
PUBLIC_ONLY: ContextVar[bool] = ContextVar("public_only", default=False)
"""Whether that call may go only to an address of the internet."""


class PrivateAddress(urllib3_exceptions.HTTPError):
    """A name that has to be on the internet leads elsewhere."""


class TunnelFailed(urllib3_exceptions.HTTPError):
    """A proxy makes no connection to the portal, so that nothing was sent there.

    ``status`` is that of the proxy's answer; 0 if there was none.
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"the proxy makes no connection ({status or 'no answer'})")
        self.status = status


# http.client has no attribute for the status
_TUNNEL_STATUS = re.compile(r"Tunnel connection failed: ([1-9][0-9]{2})\b")


class _Connection(HTTPConnection):
    """A connection whose socket is watched by the deadline of the call it serves."""

    # pylint: disable=missing-return  # what it extends returns nothing

    def _new_conn(self) -> socket.socket:
        sock = _connected(self)
        DEADLINE.get().watch(sock)
        return sock

    def connect(self) -> None:
        super().connect()
        # After the handshake it is another one, which TLS wraps.
        DEADLINE.get().watch(self.sock)

    def _tunnel(self) -> None:
        # Behind an HTTPS proxy it is another socket again.
        DEADLINE.get().watch(self.sock)
        try:
            super()._tunnel()
        except (OSError, HTTPException, ValueError) as error:
            found = _TUNNEL_STATUS.match(str(error))
            raise TunnelFailed(int(found[1]) if found else 0) from error

    def putrequest(self, *args: Any, **options: Any) -> None:
        if self.sock is not None:
            DEADLINE.get().watch(self.sock)
        super().putrequest(*args, **options)


class _SecureConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _Pool, "https": _SecurePool}


class DeadlineAdapter(HTTPAdapter):
    """Makes connections that a deadline watches, through a proxy as well.

    User and password of ``proxy`` are in a header for it: no address contains them.
    """

    # pylint: disable=missing-return  # what it extends returns nothing

    def __init__(self, proxy: Proxy | None = None) -> None:
        self._proxy = proxy
        super().__init__()

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        if self._proxy is not None:
            return self._proxy.headers()
        found: dict[str, str] = super().proxy_headers(proxy)  # type: ignore[no-untyped-call]
        return found

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)  # type: ignore[no-untyped-call]
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        make = super().proxy_manager_for
        manager = make(proxy, **options)  # type: ignore[no-untyped-call]
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager


def _connected(connection: HTTPConnection) -> socket.socket:
    """Return a socket to one of the host's addresses, within the timeout over all.

    urllib3 gives each address the whole timeout. Here each gets its share of what is
    left, so that one that does not answer leaves time for the next.
    """
    timeout = float(connection.timeout or 0)
    end = time.monotonic() + min(timeout, DEADLINE.get().remaining())
    failure: OSError | None = None
    addresses = _resolved(connection)
    for place, (family, kind, protocol, _name, address) in enumerate(addresses):
        share = (end - time.monotonic()) / (len(addresses) - place)
        if share <= 0:
            break
        sock = socket.socket(family, kind, protocol)
        try:
            for option in connection.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(share)
            sock.connect(address)
            sock.settimeout(timeout)
            return sock
        except OSError as error:
            sock.close()
            failure = error
    if failure is None or isinstance(failure, TimeoutError):
        raise urllib3_exceptions.ConnectTimeoutError(connection, "too slow")
    raise urllib3_exceptions.NewConnectionError(connection, "refused") from failure


def _resolved(connection: HTTPConnection) -> list[Any]:
    host = connection.host.strip("[]")
    try:
        host.encode("idna")
        found = socket.getaddrinfo(host, connection.port, type=socket.SOCK_STREAM)
        return _allowed(found, connection)
    except UnicodeError:
        raise urllib3_exceptions.LocationParseError(host) from None
    except OSError as error:
        raise urllib3_exceptions.NewConnectionError(
            connection, "not resolved"
        ) from error


def _allowed(found: list[Any], connection: HTTPConnection) -> list[Any]:
    """Return the addresses that the call may go to; a proxy decides for its own."""
    if connection.proxy is not None or not PUBLIC_ONLY.get():
        return found
    public = [row for row in found if is_public_ip(row[4][0])]
    if found and not public:
        raise PrivateAddress("the name leads into a private network")
    return public
