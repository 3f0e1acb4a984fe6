"""The result of a request for an IRN or an e-way bill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..protocol.errors import IrpError
from ..protocol.ewaybill import Bill
from ..protocol.records import EwayBill, Registration
from ..protocol.verification import Verdict
from .gstin_lookup import GstinLookup


@dataclass(frozen=True)
class Result:
    """The next state of a record, with the portal's data.

    :ivar state: one of `.states`.
    :ivar error: the missing response or the portal's refusal; None on success.
    :ivar wait: how long to wait before the next attempt; None if there is none.
    :ivar cancel_date: when the portal cancelled it (aware).
    :ivar registration: the registration that the portal returned.
    :ivar verdict: the verdict on that registration.
    :ivar adopted: the registration was found by a look-up, not created by this call.
    :ivar gstin_lookups: look-ups of the GSTINs that the portal first refused.
    :ivar ewaybill: the e-way bill that the portal returned.
    :ivar existed: the e-way bill existed before this request.
    :ivar unsent: the portal has provably not seen the cancellation.
    :ivar held_by: the other IRP that holds the document ("NIC2", "IRIS"…); "" if it is
        the one that was called, or not known.
    :ivar answer: the answer of the e-way bill system to an action, a record of
        `..protocol.ewaybill`; None if none came.
    :ivar bill: the bill that a look-up in that system returned.
    :ivar made_number: the number of the bill, or consolidated bill, that a look-up has
        found to be made; "" if it made none.
    :ivar made_bills: the numbers on that consolidated bill.
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
    held_by: str = ""
    answer: Any = None
    bill: Bill | None = None
    made_number: str = ""
    made_bills: tuple[str, ...] = ()
