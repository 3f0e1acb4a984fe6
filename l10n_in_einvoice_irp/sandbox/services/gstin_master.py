"""Get GSTIN details, and Sync GSTIN details from the common portal (NIC v1.03)."""

from typing import Any

from ..portal.portal import Portal
from ..wire.call import ServiceCall
from ..wire.envelope import ServiceResponse, camel
from ..wire.errors import refuse
from . import identity


def get_gstin(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Return the portal's copy of a taxpayer's record.

    :raises Refusal: headers and token as ``identity.session_of``; 3001 for a GSTIN
        unknown to the portal
    """
    session = identity.session_of(portal, call)
    record = portal.registry.record(call.path["gstin"].upper())
    return ServiceResponse(_named(portal, record), session.sek)


def sync_gstin(portal: Portal, call: ServiceCall) -> ServiceResponse:
    """Copy a taxpayer's record from the common portal, and return it.

    :raises Refusal: headers and token as ``identity.session_of``; 3108 (or _3109,
        ``Settings.sync_limit_code``) beyond the limit, 3001 for a GSTIN unknown to
        the common portal
    """
    session = identity.session_of(portal, call)
    settings = portal.settings
    if settings.sync_limit is not None:
        now, period = call.now.timestamp(), settings.sync_period.total_seconds()
        if not portal.registry.taxpayers.count_sync(
            session.gstin, now, now - period, settings.sync_limit
        ):
            raise refuse(settings.sync_limit_code)
    record = portal.registry.sync(call.path["gstin"].upper())
    return ServiceResponse(_named(portal, record), session.sek)


def _named(portal: Portal, record: dict[str, Any] | None) -> dict[str, Any]:
    """Return a known taxpayer's record with the names of the dialect.

    :raises Refusal: 3001 without a record
    """
    if record is None:
        raise refuse("3001")
    if portal.settings.dialect.record_names == "camel":
        return {camel(name): value for name, value in record.items()}
    return record
