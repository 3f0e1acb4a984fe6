"""An action of the e-way bill system from the call to its result."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from irp.operations import ewaybill_system
from irp.operations.ewaybill_system import Query, StepRequest
from irp.protocol.errors import IrpNotSent, IrpTokenRefused
from irp.rules.ewaybill import (
    AddMultiVehicle,
    ExtendValidity,
    Generate,
    Standing,
    StartMultiVehicle,
    UpdateVehicle,
)

from .conftest import EWB, OWN

VEHICLE = UpdateVehicle(number=EWB, vehicle="KA01AB1234", mode="1")
ENTERED = {
    "vehUpdDate": "05/10/2022 12:44:00 PM",
    "validUpto": "17/10/2022 11:59:00 PM",
}
HOUR = timedelta(hours=1)


@pytest.fixture
def client(api):
    return SimpleNamespace(ewaybill_api=api)


@pytest.fixture
def step(ist):
    """Return a function that makes the request of a step, sent at 12:44."""

    def make(request=VEHICLE, valid_until=None, **options):
        moment = ist("05/10/2022 12:44")
        before = Standing(number=EWB, valid_until=valid_until)
        return StepRequest(request, before, moment, **options)

    return make


def outcome(result):
    return result.state, result.error and result.error.code


def test_done(client, ewb, step, ist):
    ewb.answers["VEHEWB"] = ENTERED
    result = ewaybill_system.act(client, None, step())
    assert outcome(result) == ("registered", None)
    assert result.answer.updated_at == ist("05/10/2022 12:44")


def test_refused(client, ewb, step):
    ewb.answers["VEHEWB"] = "636,"
    result = ewaybill_system.act(client, None, step())
    assert outcome(result) == ("rejected", "636")
    assert result.wait is None


def test_extension_is_sent_if_the_end_is_that_of_the_portal(
    client, ewb, step, fetched, ist
):
    """Else an end that the website made later would prove a lost call done."""
    extension = ExtendValidity(number=EWB, vehicle="KA01AB1234", mode="1")
    ewb.answers |= {
        "GetEwayBill": fetched(validUpto="17/10/2022 11:59:00 PM"),
        "EXTENDVALIDITY": "382,",
    }
    known = step(extension, ist("16/10/2022 23:59"))
    result = ewaybill_system.act(client, None, known)
    assert (result.state, result.wait) == ("to_register", timedelta(0))
    assert result.bill.valid_until == ist("17/10/2022 23:59")
    known = step(extension, ist("17/10/2022 23:59"))
    assert outcome(ewaybill_system.act(client, None, known)) == ("rejected", "382")


@pytest.mark.parametrize(
    ("answer", "state"), [("325,", "rejected"), ("238,", "to_register")]
)
def test_extension_waits_for_the_end(client, ewb, step, lost, answer, state):
    extension = ExtendValidity(number=EWB, vehicle="KA01AB1234", mode="1")
    ewb.answers["GetEwayBill"] = answer
    assert ewaybill_system.act(client, None, step(extension)).state == state
    ewb.answers["GetEwayBill"] = lost
    assert ewaybill_system.act(client, None, step(extension)).state == "to_register"


def test_not_sent_is_sent_later(client, ewb, step):
    ewb.answers["VEHEWB"] = IrpNotSent("refused", reason="connect")
    result = ewaybill_system.act(client, None, step())
    assert (result.state, bool(result.wait)) == ("to_register", True)


def test_without_an_answer_it_is_looked_up(client, ewb, step, lost, fetched, entry):
    ewb.answers["VEHEWB"] = lost
    assert ewaybill_system.act(client, None, step()).state == "unknown"
    ewb.answers["GetEwayBill"] = fetched(entry())
    result = ewaybill_system.look_up(client, None, step())
    assert (result.state, result.bill.number) == ("registered", EWB)
    ewb.answers["GetEwayBill"] = fetched()
    assert ewaybill_system.look_up(client, None, step()).state == "to_register"


def test_what_may_be_in_progress_is_not_sent_again(client, ewb, step, fetched):
    ewb.answers["GetEwayBill"] = fetched()
    result = ewaybill_system.look_up(client, None, step(in_flight=HOUR))
    assert (result.state, result.wait) == ("unknown", HOUR)


@pytest.mark.parametrize(
    ("answer", "age", "state"),
    [
        (None, HOUR, "unknown"),
        (None, 4 * 24 * HOUR, "unclear"),
        # the portal has another one in mind, or none: that proves nothing
        ("325,", HOUR, "unknown"),
        ("325,", 4 * 24 * HOUR, "unclear"),
        # it will never answer otherwise
        ("999,", HOUR, "unclear"),
    ],
)
def test_what_nothing_proves_is_left_to_a_person(
    client, ewb, step, lost, answer, age, state
):
    ewb.answers["GetEwayBill"] = answer or lost
    assert ewaybill_system.look_up(client, None, step(age=age)).state == state


STARTED = {"ewbNo": EWB, "groupNo": "1", "createdDate": "05/10/2022 12:44:00 PM"}


@pytest.mark.parametrize(
    ("answer", "options", "state", "calls"),
    [
        (STARTED, {}, "registered", 1),
        # two at once might make two groups
        (STARTED, {"in_flight": HOUR}, "unknown", 0),
        # what is refused now may have been made then
        ("817,", {}, "unclear", 1),
        (None, {}, "unknown", 1),
    ],
)
def test_the_start_of_a_movement_is_looked_up_by_itself(
    client, ewb, step, lost, answer, options, state, calls
):
    ewb.answers["MULTIVEHMOVINT"] = answer or lost
    start = StartMultiVehicle(number=EWB, quantity=Decimal(5))
    result = ewaybill_system.look_up(client, None, step(start, **options))
    assert (result.state, len(ewb.calls)) == (state, calls)
    assert (result.answer and result.answer.group) == (
        "1" if state == "registered" else None
    )


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "registered"),
        ({"docDate": "06/10/2022"}, "rejected"),
        ({"toGstin": "27AAACS0000B1ZE"}, "rejected"),
        ({"status": "CNL"}, "rejected"),
    ],
)
def test_document_with_a_bill_is_taken_if_it_is_ours(
    client, ewb, step, fetched, ist, changes, state
):
    document = Generate(
        doc_type="INV",
        doc_number="A/1",
        doc_date=ist("05/10/2022 00:00").date(),
        from_gstin=OWN,
        to_gstin="05AAACG2140A1ZL",
    )
    found = {"ewayBillNo": int(EWB), "ewayBillDate": "05/10/2022 12:42:00 PM"}
    ewb.answers |= {
        "GENEWAYBILL": "604,",
        "GetEwayBillGeneratedByConsigner": found,
        "GetEwayBill": fetched(**changes),
    }
    result = ewaybill_system.act(client, None, step(document))
    assert result.state == state
    if state == "rejected":
        assert result.error.code == "604"


@pytest.mark.parametrize(
    ("action", "request_", "refusal"),
    [
        ("VEHEWB", VEHICLE, "99999,"),
        ("MULTIVEHADD", AddMultiVehicle(number=EWB, group="1"), "99999,"),
        ("GENEWAYBILL", Generate(doc_type="INV", doc_number="A/1"), "604,"),
    ],
)
def test_session_that_ends_after_the_action_repeats_nothing(
    client, ewb, step, monkeypatch, action, request_, refusal
):
    """Who reads a refused token logs in and makes the call again."""
    # as the queue: it renews the session, not the client
    monkeypatch.setattr(client.ewaybill_api.client, "_renews", False)
    client.ewaybill_api.client.ensure_session()
    ewb.answers[action] = refusal
    for name in ("GetEwayBill", "GetEwayBillGeneratedByConsigner"):
        ewb.answers[name] = IrpTokenRefused("expired", code="238")
    result = ewaybill_system.act(client, None, step(request_))
    assert outcome(result) == ("unknown", refusal.strip(","))
    assert result.wait == timedelta(0), "it is looked up at once"


def test_question_of_a_person(client, ewb, fetched):
    ewb.answers["GetEwayBill"] = fetched()
    query = Query("get_ewaybill", {"number": EWB})
    assert ewaybill_system.ask(client, None, query).found.number == EWB
    ewb.answers["GetEwayBill"] = "325,"
    answered = ewaybill_system.ask(client, None, query)
    assert (answered.found, answered.error.code) == (None, "325")
