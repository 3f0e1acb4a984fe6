"""The call of each service, from the request as the journal has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ..client import IrpClient
from ..client.base_client import BaseClient
from ..protocol import Session
from ..protocol.errors import IrpNotFound
from ..reference.dates import parse_date
from .journal import Step

Request = Mapping[str, Any]

CALLS: Mapping[str, Callable[[IrpClient, Request], Any]] = MappingProxyType(
    {
        "generate_irn": lambda client, sent: client.generate_irn(sent),
        "cancel_irn": lambda client, sent: client.cancel_irn(
            sent["Irn"], sent["CnlRsn"], sent["CnlRem"]
        ),
        "get_irn": lambda client, sent: client.get_irn(sent["irn"]),
        "get_irn_by_document": lambda client, sent: client.get_irn_by_document(
            sent["doctype"], sent["docnum"], parse_date(sent["docdate"])
        ),
        "get_rejected_irns": lambda client, sent: client.get_rejected_irns(
            parse_date(sent["date"])
        ),
        "generate_ewb": lambda client, sent: client.generate_ewb(sent),
        "get_ewb": lambda client, sent: client.get_ewb(sent["irn"]),
        "cancel_ewb": lambda client, sent: client.cancel_ewb(
            sent["ewbNo"], sent["cancelRsnCode"], sent["cancelRmrk"]
        ),
        "get_gstin": lambda client, sent: client.get_gstin(sent["gstin"]),
        "sync_gstin": lambda client, sent: client.sync_gstin(sent["gstin"]),
        "ping": lambda client, sent: client.ping(),
    }
)
"""Service -> the call with a request of the journal."""


def log_in(client: BaseClient) -> Session:
    """Log in, also where there is a session already."""
    session = client.session
    return client.replace_session(session) if session else client.ensure_session()


def look_up(client: IrpClient, step: Step) -> Any:
    """Return what a step whose answer was lost brought about; None if nothing.

    Raises as the client's calls, except for what the portal does not find.
    """
    if step.facts.get("done_before"):
        # It was in that state before: a look-up shows no difference.
        return None
    search = _LOOK_UPS.get(step.service)
    try:
        return search(client, step) if search else None
    except IrpNotFound:
        return None


def _registered(client: IrpClient, step: Step) -> Any:
    return client.get_irn(step.facts["irn"])


def _cancelled(client: IrpClient, step: Step) -> Any:
    found = client.get_irn(step.facts["irn"])
    return found if found.is_cancelled else None


def _with_ewaybill(client: IrpClient, step: Step) -> Any:
    found = client.get_ewb(step.facts["irn"])
    return None if found.is_cancelled else found


def _cancelled_ewaybill(client: IrpClient, step: Step) -> Any:
    found = client.get_ewb(step.facts["irn"])
    return found if found.is_cancelled else None


_LOOK_UPS: Mapping[str, Callable[[IrpClient, Step], Any]] = MappingProxyType(
    {
        "generate_irn": _registered,
        "cancel_irn": _cancelled,
        "generate_ewb": _with_ewaybill,
        "cancel_ewb": _cancelled_ewaybill,
    }
)
