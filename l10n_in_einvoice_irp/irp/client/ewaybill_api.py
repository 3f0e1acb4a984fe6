"""The e-way bill system's own API: a method for each of its services (NIC v1.03).

The actions take the requests of :mod:`..rules.ewaybill`, which are checked there before
the call; the look-ups return the records of :mod:`..protocol.ewaybill`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from ..protocol.errors import IrpNotFound
from ..protocol.ewaybill import (
    AssignedBill,
    Bill,
    Consolidated,
    ErrorText,
    Extended,
    Generated,
    GroupChange,
    HsnCode,
    OtherPartyBill,
    PartBUpdated,
    Party,
    Regenerated,
    Rejected,
    RejectedBill,
    TransporterUpdated,
    TripSheet,
    parse_assigned_bills,
    parse_bill,
    parse_by_document,
    parse_consolidated,
    parse_error_list,
    parse_extended,
    parse_generated,
    parse_group_change,
    parse_hsn,
    parse_other_party_bills,
    parse_part_b,
    parse_party,
    parse_regenerated,
    parse_rejected,
    parse_rejected_bills,
    parse_transporter_updated,
    parse_trip_sheet,
)
from ..protocol.records import EwayBillCancellation, parse_ewb_cancellation
from ..reference.dates import written
from ..reference.gstin import has_gstin_form
from ..rules.ewaybill import (
    ActionRequest,
    AddMultiVehicle,
    Cancel,
    ChangeMultiVehicle,
    Consolidate,
    ExtendValidity,
    Generate,
    RegenerateTripSheet,
    Reject,
    StartMultiVehicle,
    UpdateTransporter,
    UpdateVehicle,
)
from .base_client import BaseClient, Reader, _Result

_BILL = re.compile(r"[0-9]{12}")
_SHEET = re.compile(r"[0-9]{10}")
_STATE = re.compile(r"[0-9]{1,2}")
_HSN = re.compile(r"[0-9]{2,8}")
_DOC_TYPE = re.compile(r"[A-Z]{3}")


class EwaybillApi:
    """The services of the e-way bill system, called by ``client`` in its session.

    Every action raises IrpRejected, IrpRateLimited, IrpAuthenticationError, IrpNotSent,
    IrpNotOffered, and IrpOutcomeUnknown if it may have been carried out: then the
    look-up of ``reference.ewaybill.LOOK_UPS`` settles it, never a second call. Every
    look-up raises IrpProtocolError for an answer of unknown form, and IrpNotFound.
    """

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    @property
    def client(self) -> BaseClient:
        """Return the client whose session it uses."""
        return self._client

    def offers(self, service: str) -> bool:
        """Return whether the portal has a route to ``service``."""
        return self._client.offers(service)

    # -- actions ----------------------------------------------------------------------

    def generate_ewaybill(self, request: Generate) -> Generated:
        """Generate an e-way bill without an IRN (GENEWAYBILL).

        Raises IrpEwbExists (604) if the document has one already; ask for it with
        :meth:`get_ewaybill_by_document`.
        """
        return self._act(request, parse_generated)

    def update_vehicle(self, request: UpdateVehicle) -> PartBUpdated:
        """Enter Part B: vehicle or transport document (VEHEWB)."""
        number = _number(request.number)
        return self._act(request, lambda data, infos: parse_part_b(data, number))

    def update_transporter(self, request: UpdateTransporter) -> TransporterUpdated:
        """Assign another transporter (UPDATETRANSPORTER)."""
        number, transporter = _number(request.number), request.transporter_id
        return self._act(
            request,
            lambda data, infos: parse_transporter_updated(data, number, transporter),
        )

    def extend_validity(self, request: ExtendValidity) -> Extended:
        """Extend the validity from where the goods are (EXTENDVALIDITY)."""
        number = _number(request.number)
        return self._act(request, lambda data, infos: parse_extended(data, number))

    def cancel_ewb(self, request: Cancel) -> EwayBillCancellation:
        """Cancel an e-way bill (CANEWB), as :meth:`.EwaybillSystem.cancel_ewb`.

        Raises IrpAlreadyCancelled (312) and IrpTooLate (315).
        """
        number = _number(request.number)
        return self._act(
            request, lambda data, infos: parse_ewb_cancellation(data, number)
        )

    def reject_ewaybill(self, request: Reject) -> Rejected:
        """Reject an e-way bill that another party made (REJEWB)."""
        number = _number(request.number)
        return self._act(request, lambda data, infos: parse_rejected(data, number))

    def consolidate(self, request: Consolidate) -> Consolidated:
        """Make one consolidated e-way bill for a vehicle (GENCEWB)."""
        for number in request.bills:
            _number(number)
        return self._act(request, lambda data, infos: parse_consolidated(data))

    def regenerate_trip_sheet(self, request: RegenerateTripSheet) -> Regenerated:
        """Give a consolidated bill another vehicle, and a new number
        (REGENTRIPSHEET)."""
        _sheet(request.sheet)
        return self._act(request, lambda data, infos: parse_regenerated(data))

    def start_multi_vehicle(self, request: StartMultiVehicle) -> GroupChange:
        """Start a movement by several vehicles (MULTIVEHMOVINT)."""
        number = _number(request.number)
        return self._act(request, lambda data, infos: parse_group_change(data, number))

    def add_multi_vehicle(self, request: AddMultiVehicle) -> GroupChange:
        """Add a vehicle to such a movement (MULTIVEHADD)."""
        number, group = _number(request.number), request.group
        return self._act(
            request, lambda data, infos: parse_group_change(data, number, group)
        )

    def change_multi_vehicle(self, request: ChangeMultiVehicle) -> GroupChange:
        """Replace a vehicle of such a movement (MULTIVEHUPD)."""
        number, group = _number(request.number), request.group
        return self._act(
            request, lambda data, infos: parse_group_change(data, number, group)
        )

    # -- look-ups ---------------------------------------------------------------------

    def get_ewaybill(self, number: str) -> Bill:
        """Fetch a bill by its number, for its parties and its transporter
        (GetEwayBill); IrpNotFound (325, 357) also where it is none of the caller's."""
        return self._get(
            "get_ewaybill",
            {"ewb_no": _number(number)},
            lambda data, infos: parse_bill(data, number),
        )

    def get_ewaybills_by_date(self, day: date) -> tuple[AssignedBill, ...]:
        """List the active bills that the caller generated on ``day``
        (GetEwayBillsByDate)."""
        return self._assigned("get_ewaybills_by_date", {"date": written(day)})

    def get_ewaybill_by_document(self, doc_type: str, number: str) -> Generated:
        """Fetch the caller's bill of a document (GetEwayBillGeneratedByConsigner).

        :param doc_type: INV, BIL, BOE, CHL or OTH.
        :param number: the document's number, with / and -.
        """
        if not _DOC_TYPE.fullmatch(doc_type) or not number.strip():
            raise ValueError("a document has a type of three letters and a number")
        return self._get(
            "get_ewaybill_by_document",
            {"doc_type": doc_type, "doc_no": number},
            lambda data, infos: parse_by_document(data),
        )

    def transporter_bills(self, day: date) -> tuple[AssignedBill, ...]:
        """List the bills assigned to the caller as transporter by generators of the
        same state, generated on ``day`` (GetEwayBillsForTransporter)."""
        return self._assigned("transporter_bills", {"date": written(day)})

    def transporter_bills_by_state(
        self, day: date, state: str
    ) -> tuple[AssignedBill, ...]:
        """List them by the generator's state (GetEwayBillsForTransporterByState)."""
        values = {"date": written(day), "state_code": _state(state)}
        return self._assigned("transporter_bills_by_state", values)

    def transporter_bills_by_gstin(
        self, day: date, generator: str
    ) -> tuple[AssignedBill, ...]:
        """List them by the generator (GetEwayBillsForTransporterByGstin)."""
        values = {"gen_gstin": _gstin(generator), "date": written(day)}
        return self._assigned("transporter_bills_by_gstin", values)

    def transporter_bills_by_assigned_date(
        self, day: date, state: str
    ) -> tuple[AssignedBill, ...]:
        """List them by the day of the assignment
        (GetEwayBillReportByTransporterAssignedDate)."""
        values = {"state_code": _state(state), "date": written(day)}
        return self._assigned("transporter_bills_by_assigned_date", values)

    def other_party_bills(self, day: date) -> tuple[OtherPartyBill, ...]:
        """List what others generated on ``day`` with the caller as a party
        (GetEwayBillsofOtherParty)."""
        return self._listed("other_party_bills", day, parse_other_party_bills)

    def rejected_bills(self, day: date) -> tuple[RejectedBill, ...]:
        """List the caller's bills that others rejected
        (GetEwayBillsRejectedByOthers)."""
        return self._listed("rejected_bills", day, parse_rejected_bills)

    def get_trip_sheet(self, number: str) -> TripSheet:
        """Fetch a consolidated bill of the caller (GetTripSheet)."""
        return self._get(
            "get_trip_sheet",
            {"trip_sheet_no": _sheet(number)},
            lambda data, infos: parse_trip_sheet(data, number),
        )

    def error_list(self) -> tuple[ErrorText, ...]:
        """Fetch the portal's own texts of its codes (GetErrorList)."""
        return self._get("error_list", {}, lambda data, infos: parse_error_list(data))

    def gstin_details(self, gstin: str) -> Party:
        """Look a GSTIN up (GetGSTINDetails)."""
        gstin = _gstin(gstin)
        return self._get(
            "gstin_details",
            {"gstin": gstin},
            lambda data, infos: parse_party(data, gstin),
        )

    def transporter_details(self, number: str) -> Party:
        """Look a TRANSIN or a common enrolment number up (GetTransporterDetails)."""
        number = _gstin(number)
        return self._get(
            "transporter_details",
            {"trn_no": number},
            lambda data, infos: parse_party(data, number),
        )

    def transporter(self, number: str) -> Party:
        """Look a transporter up: as a GSTIN first, then as a TRANSIN or common
        enrolment number (NIC advisory of 10-11-2023)."""
        try:
            return self.gstin_details(number)
        except IrpNotFound:
            return self.transporter_details(number)

    def hsn_details(self, hsn: str) -> HsnCode:
        """Look an HSN code up (GetHsnDetailsByHsnCode)."""
        if not _HSN.fullmatch(hsn):
            raise ValueError("an HSN code has two to eight digits")
        return self._get(
            "hsn_details", {"hsn": hsn}, lambda data, infos: parse_hsn(data, hsn)
        )

    # -- calls ------------------------------------------------------------------------

    def _act(self, request: ActionRequest, read: Reader[_Result]) -> _Result:
        return self._client.ask(request.service, read, plain=request.body())

    def _get(
        self, service: str, values: Mapping[str, str], read: Reader[_Result]
    ) -> _Result:
        return self._client.ask(service, read, values=values)

    def _assigned(
        self, service: str, values: Mapping[str, str]
    ) -> tuple[AssignedBill, ...]:
        return self._get(
            service, values, lambda data, infos: parse_assigned_bills(data)
        )

    def _listed(
        self, service: str, day: date, parse: Callable[[object], _Result]
    ) -> _Result:
        return self._get(
            service, {"date": written(day)}, lambda data, infos: parse(data)
        )


def _number(number: str) -> str:
    return _checked(number, _BILL, "an e-way bill number has 12 digits")


def _sheet(number: str) -> str:
    return _checked(number, _SHEET, "a consolidated number has 10 digits")


def _state(code: str) -> str:
    return _checked(code, _STATE, "a state code has two digits")


def _checked(text: str, form: re.Pattern[str], fault: str) -> str:
    if not form.fullmatch(text):
        raise ValueError(fault)
    return text


def _gstin(text: str) -> str:
    gstin = text.strip().upper()
    if not has_gstin_form(gstin):
        raise ValueError("a GSTIN or transporter ID has 15 characters")
    return gstin
