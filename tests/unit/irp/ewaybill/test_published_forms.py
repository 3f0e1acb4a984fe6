"""Answers in each form that NIC, its GSPs and clients have published.

The same fact comes as text or number, with blanks, with members of others beside it,
and a refusal in five envelopes (`ewb-api.md` §3 names who met which).
"""

import base64
import json
from datetime import datetime

import pytest
from irp.protocol.errors import IrpNotFound, IrpOutcomeUnknown, IrpRejected
from irp.reference.dates import IST
from irp.rules.ewaybill import Cancel, Generate

from .conftest import EWB, OWN
from .test_actions import CASES, GENERATED, VEHICLE, call

# numbers of bills, groups and consolidated bills, which sources write either way
NUMBERS = ("ewayBillNo", "ewbNo", "cEwbNo", "tripSheetNo", "groupNo")
# what gateways add to the portal's data
BESIDE = {"alert": "", "info": None, "error": None, "requestId": "b7c1"}


def respelled(data, kind):
    """Return an answer with its numbers as text or as numbers, at any depth."""
    if isinstance(data, list):
        return [respelled(one, kind) for one in data]
    if not isinstance(data, dict):
        return data
    return {
        name: kind(value) if name in NUMBERS else respelled(value, kind)
        for name, value in data.items()
    }


@pytest.mark.parametrize("kind", [str, int])
@pytest.mark.parametrize("action", CASES)
def test_numbers_are_text_or_number(api, ewb, action, kind):
    request, _sent, published, expected = CASES[action]
    ewb.answers[action] = respelled(published, kind)
    done = call(api, request)
    assert {name: getattr(done, name) for name in expected} == expected


@pytest.mark.parametrize("action", CASES)
def test_other_members_make_no_difference(api, ewb, action):
    request, _sent, published, expected = CASES[action]
    ewb.answers[action] = {**published, "Message": "done", "more": {"a": [1]}}
    ewb.beside = BESIDE
    done = call(api, request)
    assert {name: getattr(done, name) for name in expected} == expected


@pytest.mark.parametrize("action", CASES)
@pytest.mark.parametrize("status", [1, "1"])
def test_status_is_text_or_number(api, ewb, action, status):
    request, _sent, published, expected = CASES[action]
    sealed = ewb.sealed_by_sek(published)
    ewb.raw[action] = {**sealed, "status": status}
    done = call(api, request)
    assert {name: getattr(done, name) for name in expected} == expected


def packed(value):
    return base64.b64encode(json.dumps(value).encode()).decode()


# form -> the member "error" of a code
REFUSALS = {
    "base64 with a comma behind": lambda code: packed({"errorCodes": f"{code},"}),
    "base64 without": lambda code: packed({"errorCodes": code}),
    "a number, as NIC prints it": lambda code: {"errorCodes": int(code)},
    "text": lambda code: {"errorCodes": f"{code},"},
    "text of JSON": lambda code: json.dumps({"errorCodes": f"{code},"}),
}


@pytest.mark.parametrize("form", REFUSALS)
@pytest.mark.parametrize("status", ["0", 0])
def test_forms_of_a_refusal(api, ewb, form, status):
    ewb.raw["VEHEWB"] = {"status": status, "error": REFUSALS[form]("212"), "info": None}
    with pytest.raises(IrpRejected) as caught:
        api.update_vehicle(VEHICLE)
    assert [one.code for one in caught.value.violations] == ["212"]


def test_codes_that_no_list_has_stand_among_others(api, ewb):
    """Recorded by india-compliance; 688 and 751 are in no published list."""
    ewb.answers["GENEWAYBILL"] = "604,640,688,751,"
    with pytest.raises(IrpRejected) as caught:
        api.generate_ewaybill(Generate())
    found = [one.code for one in caught.value.violations]
    assert found == ["604", "640", "688", "751"]
    assert caught.value.code == "604"


@pytest.mark.parametrize(
    "error", [None, "", "bm9uc2Vuc2U=", packed({"other": 1}), [], "text only"]
)
def test_a_refusal_without_codes_proves_nothing(api, ewb, error):
    ewb.raw["VEHEWB"] = {"status": "0", "error": error}
    with pytest.raises((IrpOutcomeUnknown, IrpRejected)) as caught:
        api.update_vehicle(VEHICLE)
    assert caught.value.code in ("", None)


def test_recorded_cancellation(api, ewb):
    """Recorded in NIC's sandbox on 20-09-2022 (india-compliance)."""
    ewb.answers["CANEWB"] = {
        "cancelDate": "20/09/2022 12:10:00 PM",
        "ewayBillNo": "391009149369",
    }
    done = api.cancel_ewb(Cancel(number="391009149369", reason="3"))
    assert done.cancel_date == datetime(2022, 9, 20, 12, 10, tzinfo=IST)


@pytest.mark.parametrize(
    ("valid", "alert", "distance"),
    [
        ("26/02/2024 11:59:00 PM", "", None),
        (None, ", Distance between these two pincodes is 118, ", 118),
        ("", None, None),
    ],
)
def test_generated_as_odoo_and_others_recorded_it(api, ewb, valid, alert, distance):
    ewb.answers["GENEWAYBILL"] = {**GENERATED, "validUpto": valid, "alert": alert}
    done = api.generate_ewaybill(Generate())
    assert (done.number, done.distance_km) == ("381009290312", distance)
    assert bool(done.valid_until) == bool(valid)


def test_blanks_around_codes(api, ewb, fetched, entry):
    """Recorded: codes padded with blanks, groups and sheets as 0 or "0"."""
    padded = {"subSupplyType": "1  ", "docType": "INV ", "rejectStatus": "Y "}
    ewb.answers["GetEwayBill"] = fetched(
        entry(transMode="1 ", groupNo=0, tripshtNo="0"), **padded
    )
    bill = api.get_ewaybill(EWB)
    assert (bill.sub_supply_type, bill.doc_type) == ("1", "INV")
    assert bill.is_rejected
    assert (bill.newest.mode, bill.newest.group, bill.newest.trip_sheet) == (
        "1",
        "",
        "",
    )


def test_cancelled_one_is_still_shown(api, ewb, fetched):
    ewb.answers["GetEwayBill"] = fetched(status="CNL", userGstin=OWN.lower())
    assert api.get_ewaybill(EWB).is_cancelled


@pytest.mark.parametrize("form", REFUSALS)
def test_forms_of_nothing_found(api, ewb, form):
    ewb.raw["GetEwayBill"] = {"status": "0", "error": REFUSALS[form]("325")}
    with pytest.raises(IrpNotFound):
        api.get_ewaybill(EWB)
