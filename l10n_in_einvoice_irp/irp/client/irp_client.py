"""The portal's services, one method each."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date
from typing import Any

from ..protocol.call import Call, Health, clock_difference, milliseconds_since
from ..protocol.crypto.cipher import compact_json
from ..protocol.envelope import is_irn
from ..protocol.errors import IrpError, IrpNotFound, IrpProtocolError
from ..protocol.http import Response
from ..protocol.records import (
    Cancellation,
    EwayBill,
    EwayBillCancellation,
    Registration,
    Taxpayer,
    parse_cancellation,
    parse_ewaybill,
    parse_ewb_cancellation,
    parse_irns,
    parse_registration,
    parse_taxpayer,
)
from ..reference.dates import written
from ..reference.gstin import has_gstin_form
from ..reference.profiles import IRP_TITLES
from .base_client import BaseClient
from .ewaybill_api import EwaybillApi
from .ewaybill_system import EwaybillSystem, cancel_call

_NOTHING_THAT_DAY = "2296"


class IrpClient(BaseClient):
    """A client of one portal for one account; safe to share between threads.

    ``clock`` returns the current time, aware. ``session`` continues a stored one;
    ``headers`` are added to every request; ``event_hook`` is called with the record of
    every HTTP attempt, and its own failures are logged, never raised.

    Every call raises an :class:`.errors.IrpError`. A refused token (1005, or 1020 for a
    stale session key) was not processed: the client authenticates once more and
    repeats once. Nothing else is ever repeated. With ``renews=False`` it leaves that to
    its caller, who shares one session among many processes, and raises
    IrpTokenRefused. A service that the portal does not offer raises IrpNotOffered, and
    nothing is sent. Raises ValueError for a ``base_url``, a header or a path prefix
    that :func:`.profiles.check_base_url`, :func:`.addresses.check_headers` or
    :func:`.addresses.check_path_prefixes` refuses, and for what the portal's profile
    needs and the account lacks.

    :ivar ewaybill_system: the e-way bill system, if the taxpayer has a user there.
    """

    ewaybill_system: EwaybillSystem | None = None

    # -- e-invoices --------------------------------------------------------------------

    def generate_irn(self, invoice: Mapping[str, Any]) -> Registration:
        """Register ``invoice``, an INV-01 document (NIC "Generate IRN" v1.03).

        Raises IrpDuplicate, IrpRejected, IrpRateLimited, IrpAuthenticationError,
        IrpNotSent, IrpProtocolError, and IrpOutcomeUnknown if it may or may not have
        been registered: then call :meth:`get_irn_by_document`. TypeError or
        ValueError if ``invoice`` is not plain JSON. If only the e-way bill in it was
        refused, the registration's ``ewb_errors`` say why.
        """
        return self._call(
            Call(self._endpoint("generate_irn"), plain=compact_json(invoice)),
            parse_registration,
        )

    def cancel_irn(
        self, irn: str, reason: str, remark: str, *, irp: str = ""
    ) -> Cancellation:
        """Cancel a registration (NIC "Cancel IRN" v1.03).

        ``reason`` is "1" to "4" (:data:`~.rules.IRN_CANCEL_REASONS`); ``irp`` names
        the portal that registered it, "NIC1" or "NIC2", if not this one. Raises
        IrpNotOffered if this one does not answer about those of ``irp``,
        IrpAlreadyCancelled (9999), IrpTooLate (2270), IrpRejected (2230: it has an
        e-way bill) and as :meth:`generate_irn`; after IrpOutcomeUnknown ask with
        :meth:`get_irn`. ValueError if ``irn`` is not 64 hexadecimal digits.
        """
        irn = _irn(irn)
        body = {"Irn": irn, "CnlRsn": reason, "CnlRem": remark}
        return self._call(
            Call(
                self._endpoint("cancel_irn"),
                plain=compact_json(body),
                headers=self._irp_headers("cancel_irn", irp),
            ),
            lambda data, infos: parse_cancellation(data, irn),
        )

    def get_irn(self, irn: str) -> Registration:
        """Fetch a registration by its IRN (NIC "Get e-invoice details" v1.03).

        Raises IrpNotFound (2148), IrpTooLate (2283) and as :meth:`generate_irn`;
        ValueError if ``irn`` is not 64 hexadecimal digits.
        """
        return self._call(
            Call(self._endpoint("get_irn"), {"irn": _irn(irn)}), parse_registration
        )

    def get_irn_by_document(
        self, doc_type: str, number: str, doc_date: date, *, irp: str = ""
    ) -> Registration:
        """Fetch a registration by document type, number and date (NIC v1.03).

        ``doc_type`` is "INV", "CRN" or "DBN"; ``irp`` as in :meth:`cancel_irn`. Raises
        IrpNotFound (2154), IrpTooLate (2283) and as :meth:`generate_irn`.
        """
        values = {
            "doctype": doc_type.upper(),
            "docnum": number,
            "docdate": written(doc_date),
        }
        return self._call(
            Call(
                self._endpoint("get_irn_by_document"),
                values,
                headers=self._irp_headers("get_irn_by_document", irp),
            ),
            parse_registration,
        )

    def get_rejected_irns(self, day: date) -> tuple[str, ...]:
        """List the IRNs that the GST system rejected on ``day`` (NIC v1.03).

        Empty if there are none (2296). Raises IrpRejected (2307: a future day) and as
        :meth:`generate_irn`.
        """
        call = Call(self._endpoint("get_rejected_irns"), {"date": written(day)})
        try:
            return self._call(call, lambda data, infos: parse_irns(data))
        except IrpNotFound as error:
            if error.code != _NOTHING_THAT_DAY:
                raise
            return ()

    # -- e-way bills ------------------------------------------------------------------

    def generate_ewb(self, request: Mapping[str, Any], *, irp: str = "") -> EwayBill:
        """Make the e-way bill of a registration (NIC "E-way bill by IRN" v1.03).

        ``request`` is the published body, ``Irn`` included; ``irp`` as in
        :meth:`cancel_irn`. Raises IrpEwbExists (4002, 2287), IrpNotFound (4003) and as
        :meth:`generate_irn`; after IrpOutcomeUnknown ask with :meth:`get_ewb`.
        ValueError if its ``Irn`` is not 64 hexadecimal digits.
        """
        body = {**request, "Irn": _irn(str(request.get("Irn") or ""))}
        return self._call(
            Call(
                self._endpoint("generate_ewb"),
                plain=compact_json(body),
                headers=self._irp_headers("generate_ewb", irp),
            ),
            parse_ewaybill,
        )

    def get_ewb(self, irn: str, *, irp: str = "") -> EwayBill:
        """Fetch the e-way bill of a registration (NIC "Get EWB by IRN" v1.03).

        ``irp`` as in :meth:`cancel_irn`. Raises IrpNotFound (4003, 4005, 4007) and as
        :meth:`generate_irn`; ValueError if ``irn`` is not 64 hexadecimal digits.
        """
        return self._call(
            Call(
                self._endpoint("get_ewb"),
                {"irn": _irn(irn)},
                headers=self._irp_headers("get_ewb", irp),
            ),
            parse_ewaybill,
        )

    def cancel_ewb(self, number: str, reason: str, remark: str) -> EwayBillCancellation:
        """Cancel an e-way bill (NIC "Cancel e-way bill" v1.03, action CANEWB).

        ``reason`` is "1" to "4" (:data:`~.rules.EWB_CANCEL_REASONS`, other than those
        of an IRN). Goes through :attr:`ewaybill_system` if there is one. Raises
        IrpNotOffered without, where the e-way bill system takes its own session only;
        IrpEwbLogInError, IrpTooLate (4055, 315), IrpRejected and as
        :meth:`generate_irn`; after IrpOutcomeUnknown ask with :meth:`get_ewb`.
        ValueError if ``number`` has not 12 digits or ``reason`` not one.
        """
        if self.ewaybill_system:
            return self.ewaybill_system.cancel_ewb(number, reason, remark)
        if self._environment.ewb_cancel == "own_session":
            raise self._not_offered(
                "e-way bills are cancelled in the e-way bill system, which needs a"
                " separate session: cancel it on the website of the e-way bill"
                " system and record the result",
                "cancel_ewb",
            )
        return self._call(
            cancel_call(
                self._endpoint("cancel_ewb"),
                number,
                reason,
                remark,
                inner_base64=self._environment.ewayapi_inner_base64,
            ),
            lambda data, infos: parse_ewb_cancellation(data, number),
        )

    @property
    def ewaybill_api(self) -> EwaybillApi:
        """Return the services of the e-way bill system's own API.

        Called through :attr:`ewaybill_system` if there is one, else in the session of
        the portal, where the e-way bill system takes it (NIC's sandbox). Raises
        IrpNotOffered where it takes its own session only, or there is no route to it.
        """
        if self.ewaybill_system:
            return self.ewaybill_system.ewaybill_api
        if self._environment.ewb_cancel == "own_session":
            raise self._not_offered(
                "the e-way bill system needs a separate session: use its website,"
                " ewaybillgst.gov.in, and record the result",
                "get_ewaybill",
            )
        return EwaybillApi(self)

    # -- master data and health -------------------------------------------------------

    def get_gstin(self, gstin: str) -> Taxpayer:
        """Look a GSTIN up in the portal's master (NIC "Get GSTIN details" v1.04).

        Raises IrpNotFound (3001) and as :meth:`generate_irn`; ValueError if ``gstin``
        has not the form of one.
        """
        return self._taxpayer("get_gstin", gstin)

    def sync_gstin(self, gstin: str) -> Taxpayer:
        """Have the portal re-read a GSTIN from the GST common portal (NIC v1.04).

        For 3028 and 3029. Raises IrpRateLimited (3108) and as :meth:`get_gstin`.
        """
        return self._taxpayer("sync_gstin", gstin)

    def _irp_headers(self, service: str, irp: str) -> Mapping[str, str]:
        """Return the headers that ask about a document of another IRP.

        Raises IrpNotOffered if the portal has none for it, ValueError for an unknown
        IRP.
        """
        wire = self._environment.wire
        if irp in wire.criss_cross:
            return wire.criss_cross[irp]
        if irp in ("", self.irp):
            return {}
        if irp not in IRP_TITLES:
            known = ", ".join(wire.criss_cross or IRP_TITLES)
            raise ValueError(f"the portal must be one of {known}")
        raise self._not_offered(
            f"{wire.name} does not answer about documents of {IRP_TITLES[irp]}: ask"
            " there",
            service,
            irp,
        )

    def _taxpayer(self, service: str, gstin: str) -> Taxpayer:
        gstin = gstin.strip().upper()
        if not has_gstin_form(gstin):
            raise ValueError("a GSTIN has 15 characters and begins with two digits")
        return self._call(
            Call(self._endpoint(service), {"gstin": gstin}),
            lambda data, infos: parse_taxpayer(data, gstin),
        )

    def ping(self) -> Health:
        """Ask whether the portal is up (NIC "Health" v1.04): any HTTP 200 is a yes.

        Needs no token and never raises an IrpError. A portal without this service
        counts as up, because only a real call can show it; ``detail`` says so.
        """
        sent_at, started = self._clock(), time.perf_counter()
        if not self.offers("ping"):
            return Health(True, 0, None, "this portal has no health check")
        call = Call(self._endpoint("ping"))
        try:
            headers = self._headers_of(self._log_in_headers)
            answer = self._attempt(call, None, headers, _up)
        except IrpError as error:
            taken = milliseconds_since(started)
            return Health(False, taken, error.http_status, str(error))
        taken = milliseconds_since(started)
        difference = clock_difference(answer.header("Date"), sent_at, self._clock())
        return Health(True, taken, answer.status, "", difference)


def _up(response: Response) -> Response:
    if response.status != 200:
        raise IrpProtocolError(f"HTTP {response.status}", http_status=response.status)
    return response


def _irn(irn: str) -> str:
    if not is_irn(irn):
        raise ValueError("an IRN has 64 hexadecimal digits")
    return irn.lower()
