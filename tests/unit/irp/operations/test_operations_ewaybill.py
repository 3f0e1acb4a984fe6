"""An e-way bill from the call to its outcome, client against portal."""

from dataclasses import replace
from datetime import timedelta

import pytest
from irp.operations.ewaybill import EwbOrder, cancel, generate, look_up, settle_cancel
from irp.operations.registration import register


@pytest.fixture
def ewb_order(client, keys, order):
    """An e-way bill to make for an invoice that the portal has registered."""
    seller = {"Pin": 560025, "Addr1": "14 Residency Road", "Loc": "Bengaluru"}
    buyer = {"Pin": 400001, "Addr1": "7 Station Road", "Loc": "Mumbai", "Stcd": "27"}
    wanted = order(**buyer)
    wanted.invoice["SellerDtls"].update(seller)
    wanted.invoice["ItemList"][0]["IsServc"] = "N"
    outcome = register(client, keys, wanted)
    assert outcome.state == "registered", outcome.error
    request = {
        "Irn": wanted.irn,
        "Distance": 0,
        "TransMode": "1",
        "VehNo": "KA01AB1234",
        "VehType": "R",
    }
    return EwbOrder(request, cancel_reason="2", cancel_remark="Order cancelled")


def with_number(ewb_order, outcome):
    return replace(
        ewb_order,
        number=outcome.ewaybill.number,
        cancel_reason="2",
        cancel_remark="Order cancelled",
    )


def test_makes_the_bill(client, keys, ewb_order):
    outcome = generate(client, keys, ewb_order)
    assert outcome.state == "registered", outcome.error
    assert len(outcome.ewaybill.number) == 12
    assert outcome.ewaybill.valid_till > outcome.ewaybill.date
    assert outcome.ewaybill.distance_km > 0


def test_bill_that_exists_is_fetched(client, keys, ewb_order):
    first = generate(client, keys, ewb_order)
    again = generate(client, keys, ewb_order)
    assert again.state == "registered"
    assert again.ewaybill.number == first.ewaybill.number


def test_lost_answer_is_looked_up(client, keys, ewb_order, faults):
    faults.add("drop_after", "generate_eway_bill")
    assert generate(client, keys, ewb_order).state == "unknown"
    assert look_up(client, keys, ewb_order).state == "registered"


def test_bill_that_was_never_made_may_be_asked_again(client, keys, ewb_order, faults):
    faults.add("drop_before", "generate_eway_bill")
    assert generate(client, keys, ewb_order).state == "unknown"
    assert look_up(client, keys, ewb_order).state == "to_register"


def test_refused_bill_waits_for_a_person(client, keys, ewb_order):
    faulty = EwbOrder({**ewb_order.request, "Distance": 3999})
    outcome = generate(client, keys, faulty)
    assert (outcome.state, outcome.error.code) == ("rejected", "4013")


def test_cancels_and_settles(client, keys, ewb_order, faults):
    made = generate(client, keys, ewb_order)
    faults.add("drop_after", "cancel_eway_bill")
    lost = cancel(client, keys, with_number(ewb_order, made))
    assert lost.state == "cancelling"
    assert settle_cancel(client, keys, ewb_order).state == "cancelled"


def test_what_may_still_be_in_work_is_waited_for(client, keys, ewb_order):
    doubt = timedelta(seconds=40)
    in_doubt = replace(ewb_order, doubt=doubt)
    missing = look_up(client, keys, in_doubt)
    assert (missing.state, missing.wait) == ("unknown", doubt)
    made = generate(client, keys, ewb_order)
    active = settle_cancel(client, keys, with_number(in_doubt, made))
    assert (active.state, active.wait) == ("cancelling", doubt)
    assert look_up(client, keys, in_doubt).state == "registered"


def test_bill_that_exists_and_is_not_shown_waits_for_a_person(
    client, keys, ewb_order, faults
):
    generate(client, keys, ewb_order)
    faults.add("refuse", "get_eway_bill", code="4005")
    outcome = generate(client, keys, ewb_order)
    assert (outcome.state, outcome.error.code) == ("rejected", "4002")
    assert outcome.wait is None


def test_second_bill_does_not_inherit_the_cancelled_one(
    client, keys, ewb_order, faults
):
    made = generate(client, keys, ewb_order)
    cancel(client, keys, with_number(ewb_order, made))
    second = replace(ewb_order, cancelled=frozenset({made.ewaybill.number}))
    faults.add("drop_before", "generate_eway_bill")
    assert generate(client, keys, second).state == "unknown"
    assert look_up(client, keys, second).state == "to_register"
    again = generate(client, keys, second)
    assert again.state == "registered"
    assert again.ewaybill.number != made.ewaybill.number
    assert look_up(client, keys, second).ewaybill.number == again.ewaybill.number


@pytest.mark.parametrize("codes", ["EWB", "IRP"])
def test_already_cancelled_is_asked_not_assumed(client, keys, ewb_order, portal, codes):
    dialect = replace(portal.settings.dialect, cancel_eway_bill_codes=codes)
    portal.settings = replace(portal.settings, dialect=dialect)
    made = generate(client, keys, ewb_order)
    wanted = with_number(ewb_order, made)
    cancel(client, keys, wanted)
    assert cancel(client, keys, wanted).state == "cancelled"


def test_bill_of_somebody_else_stays_and_says_why(client, keys, ewb_order, faults):
    made = generate(client, keys, ewb_order)
    faults.add("refuse", "cancel_eway_bill", code="312")
    outcome = cancel(client, keys, with_number(ewb_order, made))
    assert (outcome.state, outcome.error.code) == ("registered", "312")


def test_bill_behind_another_one_is_cancelled(client, keys, ewb_order):
    made = generate(client, keys, ewb_order)
    cancel(client, keys, with_number(ewb_order, made))
    generate(client, keys, ewb_order)
    assert settle_cancel(client, keys, with_number(ewb_order, made)).state == (
        "cancelled"
    )


def test_cancellation_tells_its_date(client, keys, ewb_order):
    made = generate(client, keys, ewb_order)
    done = cancel(client, keys, with_number(ewb_order, made))
    assert done.state == "cancelled"
    assert done.cancel_date is not None
