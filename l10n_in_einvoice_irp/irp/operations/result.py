"""The result of a request, be it for an IRN or for an e-way bill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..protocol.errors import IrpError
from ..protocol.records import EwayBill, Registration
from ..protocol.verification import Verdict
from .gstin_lookup import GstinLookup


@dataclass(frozen=True)
class Result:
    """The next state of a record, and what the portal answered.

    :ivar state: one of `.states`.
    :ivar error: why there is no response, or what the portal refused.
    :ivar wait: how long to wait before the next attempt; None when there is none.
    :ivar cancel_date: when the portal cancelled it (aware).
    :ivar registration: what the portal holds of an invoice.
    :ivar verdict: the judgement on that registration.
    :ivar adopted: the registration was found at the portal, not made by this call.
    :ivar gstin_lookups: the look-ups of GSTINs that the portal had refused.
    :ivar ewaybill: what the portal holds of an e-way bill.
    :ivar existed: the e-way bill was there before it was requested.
    :ivar unsent: the portal has certainly not seen the cancellation.
    """

    state: str
    error: IrpError | None = None
    wait: timedelta | None = None
    cancel_date: datetime | None = None
    registration: Registration | None = None
    verdict: Verdict | None = None
    adopted: bool = False
    gstin_lookups: tuple[GstinLookup, ...] = ()
    ewaybill: EwayBill | None = None
    existed: bool = False
    unsent: bool = False
