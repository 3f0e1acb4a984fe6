"""An e-way bill from the call to its result, client against portal."""

from dataclasses import replace
from datetime import timedelta

import pytest
from irp.operations.ewaybill import (
    EwaybillRequest,
    cancel,
    generate,
    look_up,
    settle_cancel,
)
from irp.operations.registration import register


@pytest.fixture
def ewaybill_request(client, keys, make_request):
    """A request for the e-way bill of a registered invoice."""
    seller = {"Pin": 560025, "Addr1": "14 Residency Road", "Loc": "Bengaluru"}
    buyer = {"Pin": 400001, "Addr1": "7 Station Road", "Loc": "Mumbai", "Stcd": "27"}
    wanted = make_request(**buyer)
    wanted.invoice["SellerDtls"].update(seller)
    wanted.invoice["ItemList"][0]["IsServc"] = "N"
    result = register(client, keys, wanted)
    assert result.state == "registered", result.error
    request = {
        "Irn": wanted.irn,
        "Distance": 0,
        "TransMode": "1",
        "VehNo": "KA01AB1234",
        "VehType": "R",
    }
    return EwaybillRequest(request, cancel_reason="2", cancel_remark="Order cancelled")


def with_number(ewaybill_request, result):
    return replace(
        ewaybill_request,
        number=result.ewaybill.number,
        cancel_reason="2",
        cancel_remark="Order cancelled",
    )


def test_makes_the_bill(client, keys, ewaybill_request):
    result = generate(client, keys, ewaybill_request)
    assert result.state == "registered", result.error
    assert len(result.ewaybill.number) == 12
    assert result.ewaybill.valid_till > result.ewaybill.date
    assert result.ewaybill.distance_km > 0


def test_bill_that_exists_is_fetched(client, keys, ewaybill_request):
    first = generate(client, keys, ewaybill_request)
    again = generate(client, keys, ewaybill_request)
    assert again.state == "registered"
    assert again.ewaybill.number == first.ewaybill.number
    assert (first.existed, again.existed) == (False, True)


def test_lost_answer_is_looked_up(client, keys, ewaybill_request, faults):
    faults.add("drop_after", "generate_eway_bill")
    assert generate(client, keys, ewaybill_request).state == "unknown"
    assert look_up(client, keys, ewaybill_request).state == "registered"


def test_bill_that_was_never_made_may_be_asked_again(
    client, keys, ewaybill_request, faults
):
    faults.add("drop_before", "generate_eway_bill")
    assert generate(client, keys, ewaybill_request).state == "unknown"
    assert look_up(client, keys, ewaybill_request).state == "to_register"


def test_refused_bill_waits_for_a_person(client, keys, ewaybill_request):
    faulty = EwaybillRequest({**ewaybill_request.body, "Distance": 3999})
    result = generate(client, keys, faulty)
    assert (result.state, result.error.code) == ("rejected", "4013")


def test_cancels_and_settles(client, keys, ewaybill_request, faults):
    made = generate(client, keys, ewaybill_request)
    faults.add("drop_after", "cancel_eway_bill")
    lost = cancel(client, keys, with_number(ewaybill_request, made))
    assert lost.state == "cancelling"
    assert settle_cancel(client, keys, ewaybill_request).state == "cancelled"


def test_call_in_flight_is_waited_for(client, keys, ewaybill_request):
    in_flight = timedelta(seconds=40)
    waiting = replace(ewaybill_request, in_flight=in_flight)
    missing = look_up(client, keys, waiting)
    assert (missing.state, missing.wait) == ("unknown", in_flight)
    made = generate(client, keys, ewaybill_request)
    active = settle_cancel(client, keys, with_number(waiting, made))
    assert (active.state, active.wait) == ("cancelling", in_flight)
    assert look_up(client, keys, waiting).state == "registered"


def test_existing_bill_that_is_not_shown_waits_for_a_user(
    client, keys, ewaybill_request, faults
):
    generate(client, keys, ewaybill_request)
    faults.add("refuse", "get_eway_bill", code="4005")
    result = generate(client, keys, ewaybill_request)
    assert (result.state, result.error.code) == ("rejected", "4002")
    assert result.wait is None


def test_second_bill_does_not_inherit_the_cancelled_one(
    client, keys, ewaybill_request, faults
):
    made = generate(client, keys, ewaybill_request)
    cancel(client, keys, with_number(ewaybill_request, made))
    second = replace(ewaybill_request, cancelled=frozenset({made.ewaybill.number}))
    faults.add("drop_before", "generate_eway_bill")
    assert generate(client, keys, second).state == "unknown"
    assert look_up(client, keys, second).state == "to_register"
    again = generate(client, keys, second)
    assert again.state == "registered"
    assert again.ewaybill.number != made.ewaybill.number
    assert look_up(client, keys, second).ewaybill.number == again.ewaybill.number


@pytest.mark.parametrize("codes", ["EWB", "IRP"])
def test_already_cancelled_is_asked_not_assumed(
    client, keys, ewaybill_request, portal, codes
):
    dialect = replace(portal.settings.dialect, cancel_eway_bill_codes=codes)
    portal.settings = replace(portal.settings, dialect=dialect)
    made = generate(client, keys, ewaybill_request)
    wanted = with_number(ewaybill_request, made)
    cancel(client, keys, wanted)
    assert cancel(client, keys, wanted).state == "cancelled"


def test_bill_of_another_taxpayer_stays_with_a_reason(
    client, keys, ewaybill_request, faults
):
    made = generate(client, keys, ewaybill_request)
    faults.add("refuse", "cancel_eway_bill", code="312")
    result = cancel(client, keys, with_number(ewaybill_request, made))
    assert (result.state, result.error.code) == ("registered", "312")


def test_bill_replaced_by_another_is_cancelled(client, keys, ewaybill_request):
    made = generate(client, keys, ewaybill_request)
    cancel(client, keys, with_number(ewaybill_request, made))
    generate(client, keys, ewaybill_request)
    assert settle_cancel(client, keys, with_number(ewaybill_request, made)).state == (
        "cancelled"
    )


def test_cancellation_has_its_date(client, keys, ewaybill_request):
    made = generate(client, keys, ewaybill_request)
    done = cancel(client, keys, with_number(ewaybill_request, made))
    assert done.state == "cancelled"
    assert done.cancel_date is not None


@pytest.mark.parametrize("code", ["2283", "4037", "4041"])
def test_bill_no_longer_shown_is_unclear(client, keys, ewaybill_request, faults, code):
    faults.add("drop_after", "generate_eway_bill")
    assert generate(client, keys, ewaybill_request).state == "unknown"
    faults.add("refuse", "get_eway_bill", code=code)
    result = look_up(client, keys, ewaybill_request)
    assert (result.state, result.wait) == ("unclear", None)
    assert result.error.code == code


@pytest.mark.parametrize("code", ["2283", "4005", "4037"])
def test_cancellation_no_longer_shown_is_unclear(
    client, keys, ewaybill_request, faults, code
):
    wanted = with_number(ewaybill_request, generate(client, keys, ewaybill_request))
    faults.add("drop_after", "cancel_eway_bill")
    assert cancel(client, keys, wanted).state == "cancelling"
    faults.add("refuse", "get_eway_bill", code=code)
    result = settle_cancel(client, keys, wanted)
    assert (result.state, result.wait) == ("cancel_unclear", None)
    assert result.error.code == code


def test_unshown_bill_of_an_unknown_owner_is_unclear(
    client, keys, ewaybill_request, faults
):
    wanted = with_number(ewaybill_request, generate(client, keys, ewaybill_request))
    faults.add("refuse", "cancel_eway_bill", code="312")
    faults.add("refuse", "get_eway_bill", code="4037")
    result = cancel(client, keys, wanted)
    assert (result.state, result.error.code) == ("cancel_unclear", "312")


def test_look_up_that_fails_is_repeated_for_some_days_only(
    client, keys, ewaybill_request, faults
):
    wanted = with_number(ewaybill_request, generate(client, keys, ewaybill_request))
    faults.add("error", "get_eway_bill", times=2)
    young = settle_cancel(client, keys, wanted)
    assert (young.state, young.wait) == ("cancelling", timedelta(minutes=1))
    old = settle_cancel(client, keys, replace(wanted, age=timedelta(days=3)))
    assert (old.state, old.wait) == ("cancel_unclear", None)
