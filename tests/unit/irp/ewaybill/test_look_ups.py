"""The fourteen look-ups: addresses, and what recorded answers say."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from irp.protocol.errors import IrpNotFound, IrpOutcomeUnknown, IrpProtocolError
from irp.reference.dates import IST
from irp.reference.profiles import ENVIRONMENTS, SERVICES

from .conftest import EWB, OWN, REK

DAY = date(2022, 10, 5)
ROW = {
    "ewbNo": int(EWB),
    "ewbDate": "05/10/2022 12:42:00 PM",
    "status": "ACT",
    "genGstin": OWN,
    "docNo": "A/1",
    "docDate": "05/10/2022",
    "delPinCode": 248001,
    "delStateCode": 5,
    "delPlace": "Dehradun",
    "validUpto": "17/10/2022 11:59:00 PM",
    "extendedTimes": 1,
    "rejectStatus": "N",
}
LISTS = {
    "get_ewaybills_by_date": ("GetEwayBillsByDate", (), {}),
    "transporter_bills": ("GetEwayBillsForTransporter", (), {}),
    "transporter_bills_by_state": (
        "GetEwayBillsForTransporterByState",
        ("29",),
        {"stateCode": "29"},
    ),
    "transporter_bills_by_gstin": (
        "GetEwayBillsForTransporterByGstin",
        (OWN,),
        {"Gen_gstin": OWN},
    ),
    "transporter_bills_by_assigned_date": (
        "GetEwayBillReportByTransporterAssignedDate",
        ("29",),
        {"stateCode": "29"},
    ),
}


@pytest.mark.parametrize("service", LISTS)
def test_a_list_of_bills(api, ewb, service):
    name, arguments, query = LISTS[service]
    ewb.answers[name] = [ROW]
    [found] = getattr(api, service)(DAY, *arguments)
    assert ewb.calls == [(f"/v1.03/ewayapi/{name}", {"date": "05/10/2022", **query})]
    assert (found.number, found.state, found.pin) == (EWB, "05", "248001")
    assert found.valid_until == datetime(2022, 10, 17, 23, 59, tzinfo=IST)
    assert (found.extended_times, found.is_rejected) == (1, False)


@pytest.mark.parametrize("code", ["325,", "418,"])
def test_nothing_found(api, ewb, code):
    ewb.answers["GetEwayBillsByDate"] = code
    with pytest.raises(IrpNotFound):
        api.get_ewaybills_by_date(DAY)


def test_a_row_without_a_number_spoils_the_list(api, ewb):
    """A bill that is left out silently is never rejected in time."""
    ewb.answers["GetEwayBillsByDate"] = [ROW, {"status": "ACT"}]
    with pytest.raises(IrpProtocolError):
        api.get_ewaybills_by_date(DAY)


def test_by_number(api, ewb, fetched, entry):
    older = entry(vehicleNo="KA01AB0001", enteredDate="05/10/2022 12:43:00 PM")
    ewb.answers["GetEwayBill"] = fetched(older, entry(tripshtNo=1810000387))
    bill = api.get_ewaybill(EWB)
    assert ewb.calls == [("/v1.03/ewayapi/GetEwayBill", {"ewbNo": EWB})]
    assert (bill.sub_supply_type, bill.to_state, bill.from_pin) == ("1", "05", "560001")
    assert bill.invoice_value == Decimal("118000.59")
    assert [one.vehicle for one in bill.vehicles] == ["KA01AB1234", "KA01AB0001"]
    assert (bill.newest.trip_sheet, bill.newest.group) == ("1810000387", "")
    assert (bill.items[0].hsn, bill.items[0].quantity) == ("7214", Decimal("12.5"))
    assert "Street" not in repr(bill)


def test_entries_of_one_minute_stay_as_the_portal_orders_them(api, ewb, fetched, entry):
    ewb.answers["GetEwayBill"] = fetched(entry(vehicleNo="KA01AB0002"), entry())
    assert api.get_ewaybill(EWB).newest.vehicle == "KA01AB0002"


def test_another_bill_is_not_believed(api, ewb, fetched):
    ewb.answers["GetEwayBill"] = fetched(ewbNo=999999999999)
    with pytest.raises(IrpProtocolError):
        api.get_ewaybill(EWB)


@pytest.mark.parametrize("as_list", [False, True])
def test_by_document(api, ewb, as_list):
    row = {"ewayBillNo": int(EWB), "ewayBillDate": "05/10/2022 12:42:00 PM"}
    name = "GetEwayBillGeneratedByConsigner"
    ewb.answers[name] = [row] if as_list else row
    assert api.get_ewaybill_by_document("INV", "A/1").number == EWB
    assert ewb.calls == [(f"/v1.03/ewayapi/{name}", {"docType": "INV", "docNo": "A/1"})]


def test_of_other_parties(api, ewb):
    ewb.answers["GetEwayBillsofOtherParty"] = [
        {
            "ewbNo": EWB,
            "ewayBillDate": "05/10/2022 12:42:00 PM",
            "genMode": "WEB",
            "genGstin": "05AAACG2140A1ZL",
            "docNo": "X1",
            "docDate": "05/10/2022",
            "fromGstin": "05AAACG2140A1ZL",
            "fromTradeName": "A person",
            "toGstin": OWN,
            "toTradeName": "Us",
            "totInvValue": 70000,
            "hsnCode": 7214,
            "hsnDesc": "Rods",
            "status": "ACT",
            "RejectStatus": "y",
        }
    ]
    [found] = api.other_party_bills(DAY)
    assert (found.number, found.is_rejected, found.hsn) == (EWB, True, "7214")
    assert (found.invoice_value, found.is_cancelled) == (Decimal(70000), False)
    assert "person" not in repr(found)


def test_rejected_by_others(api, ewb):
    rejected = {**ROW, "rejectStatus": "Y", "rejectedDate": "06/10/2022 10:00:00 AM"}
    ewb.answers["GetEwayBillsRejectedByOthers"] = [rejected]
    [found] = api.rejected_bills(DAY)
    assert found.rejected_at == datetime(2022, 10, 6, 10, tzinfo=IST)


def test_a_trip_sheet(api, ewb):
    ewb.answers["GetTripSheet"] = {
        "tripSheetNo": 1810000387,
        "fromPlace": "BANGALORE",
        "fromState": "KARNATAKA",
        "vehicleNo": "KA12AB1234",
        "transMode": "1",
        "userGstin": OWN,
        "enteredDate": "15/12/2017 10:27:00 AM",
        "status": "CNL",
        "tripSheetEwbBills": [{"ewbNo": int(EWB), "toPlace": "X", "toPincode": 248001}],
    }
    sheet = api.get_trip_sheet("1810000387")
    assert ewb.calls[0][1] == {"tripSheetNo": "1810000387"}
    assert (sheet.is_cancelled, [one.number for one in sheet.bills]) == (True, [EWB])


def test_masters(api, ewb):
    ewb.answers.update(
        GetErrorList=[{"errorCode": "100", "errorDesc": "Invalid Json"}],
        GetGSTINDetails={
            "gstin": "05AAACG2140A1ZL",
            "tradeName": "A person",
            "legalName": "L",
            "address1": "1",
            "address2": "2",
            "stateCode": "5",
            "pinCode": "248001",
            "txpType": "REG",
            "status": "ACT",
            "blkStatus": "B",
        },
        GetHsnDetailsByHsnCode={"hsnCode": 402, "hsnDesc": "Milk"},
    )
    assert [(one.code, one.text) for one in api.error_list()] == [
        ("100", "Invalid Json")
    ]
    party = api.gstin_details("05aaacg2140a1zl")
    assert (party.state, party.is_blocked) == ("05", True)
    assert api.hsn_details("0402").description == "Milk"
    assert [path for path, _ in ewb.calls] == [
        "/v1.03/Master/GetErrorList",
        "/v1.03/Master/GetGSTINDetails",
        "/v1.03/Master/GetHsnDetailsByHsnCode",
    ]


def test_a_transporter_may_have_no_gstin(api, ewb):
    """GetGSTINDetails first, then GetTransporterDetails."""
    number = "88AAACK0000A1ZP"
    ewb.answers.update(
        GetGSTINDetails="326,", GetTransporterDetails={"transin": number}
    )
    assert api.transporter(number).number == number
    ewb.answers["GetTransporterDetails"] = "328,"
    with pytest.raises(IrpNotFound):
        api.transporter(number)


def test_an_answer_under_an_unknown_key_is_unreadable(api, ewb, fetched):
    ewb.answers["GetEwayBill"] = fetched()
    ewb.beside = {"rek": "bm8ga2V5"}
    with pytest.raises(IrpOutcomeUnknown) as caught:
        api.get_ewaybill(EWB)
    assert caught.value.reason == "undecryptable"


@pytest.fixture
def sealed(system, ewb, fetched):
    """Return the bill that is read under a given seal, by a profile that checks it."""
    environment = ENVIRONMENTS["production"]
    endpoints = environment.wire.endpoints
    checked = replace(endpoints["get_ewaybill"], checks_hmac=True)
    wire = replace(environment.wire, endpoints={**endpoints, "get_ewaybill": checked})
    system._environment = replace(environment, wire=wire)

    def read(seal):
        ewb.answers["GetEwayBill"] = fetched()
        ewb.beside = {} if seal is None else {"hmac": seal}
        return system.ewaybill_api.get_ewaybill(EWB)

    return read


def test_a_seal_that_fits(sealed, fetched):
    plain = json.dumps(fetched()).encode()
    for text in (base64.b64encode(plain), plain):
        seal = hmac.new(REK, text, hashlib.sha256).digest()
        assert sealed(base64.b64encode(seal).decode()).number == EWB
    assert sealed("").number == EWB


@pytest.mark.parametrize("seal", ["bm8gc2VhbA==", "no base64", None])
def test_a_seal_that_does_not_fit(sealed, seal):
    """The fixture's own seal, which nobody checks by default, fits no data."""
    with pytest.raises(IrpProtocolError, match="seal"):
        sealed(seal)


def test_there_are_fourteen():
    names = {one.portal_name for one in SERVICES.values() if one.portal_name}
    assert len(names) == 14
