"""Block clients and GSTINs that send many erroneous requests (3095 and 3096)."""

from collections.abc import Callable

from ..store.store import Store
from ..wire.call import ServiceCall
from ..wire.errors import PortalError, refuse
from ..wire.settings import Settings

_CODES = {"client_id": "3095", "gstin": "3096"}


class Blocks:
    """Count failed calls per client and per GSTIN, and refuse beyond the limit.

    Off unless ``Settings.block_after`` is set: NIC publishes that it blocks, but not
    after how many calls.

    :param settings: returns the portal's current settings
    """

    def __init__(self, store: Store, settings: Callable[[], Settings]) -> None:
        self._store = store
        self._settings = settings

    def check(self, call: ServiceCall) -> None:
        """Refuse a call of a blocked client or GSTIN.

        :raises Refusal: 3095 for the client, 3096 for the GSTIN
        """
        settings = self._settings()
        if settings.block_after is None:
            return
        since = (call.now - settings.block_for).timestamp()
        for kind, code in _CODES.items():
            name = call.header(kind)
            if self._store.failures(kind, name, since) >= settings.block_after:
                raise refuse(code, name)

    def count(self, call: ServiceCall, errors: tuple[PortalError, ...]) -> None:
        """Count a call that ended with ``errors``, unless it was blocked."""
        settings = self._settings()
        blocked = any(one.code in _CODES.values() for one in errors)
        if settings.block_after is None or not errors or blocked:
            return
        now, forget = call.now.timestamp(), settings.block_for.total_seconds()
        for kind in _CODES:
            if name := call.header(kind):
                self._store.count_failure(kind, name, now, forget)
