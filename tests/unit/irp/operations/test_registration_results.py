"""A registration from the call to its outcome, client against portal."""

from dataclasses import replace
from datetime import timedelta

import pytest
from irp.operations.registration import look_up, register
from irp.protocol.errors import IrpDuplicate, IrpOutcomeUnknown, IrpSignatureError
from irp.protocol.signature import SigningKeys, load_signing_key
from sandbox.portal import Portal
from sandbox.store import Store


def test_registers_and_verifies(client, keys, order):
    wanted = order()
    outcome = register(client, keys, wanted)
    assert outcome.state == "registered"
    assert outcome.registration.irn == wanted.irn
    assert outcome.verdict.state == "verified"
    assert not outcome.adopted


@pytest.mark.parametrize("fault", ["drop_after", "garbage", "undecryptable"])
def test_lost_answer_is_unknown_and_then_adopted(
    client, keys, order, faults, transport, fault
):
    wanted = order()
    faults.add(fault, "generate_irn")
    lost = register(client, keys, wanted)
    assert lost.state == "unknown"
    assert isinstance(lost.error, IrpOutcomeUnknown)
    assert lost.wait == timedelta(minutes=1)
    found = look_up(client, keys, wanted)
    assert (found.state, found.adopted) == ("registered", True)
    generated = [path for path in transport.paths if path.endswith("v1.03/Invoice")]
    assert len(generated) == 1


def test_what_the_portal_never_saw_may_be_sent_again(client, keys, order, faults):
    wanted = order()
    faults.add("drop_before", "generate_irn")
    assert register(client, keys, wanted).state == "unknown"
    missing = look_up(client, keys, wanted)
    assert (missing.state, missing.wait) == ("to_register", timedelta(0))
    assert register(client, keys, wanted).state == "registered"


def test_what_may_still_be_in_work_is_not_sent_again(client, keys, order):
    wanted = replace(order(), doubt=timedelta(seconds=40))
    early = look_up(client, keys, wanted)
    assert (early.state, early.wait) == ("unknown", timedelta(seconds=40))
    register(client, keys, order())
    assert look_up(client, keys, wanted).state == "registered"


def test_duplicate_with_the_same_content_is_adopted(client, keys, order):
    wanted = order()
    first = register(client, keys, wanted)
    again = register(client, keys, wanted)
    assert (again.state, again.adopted) == ("registered", True)
    assert again.registration.ack_number == first.registration.ack_number


def test_duplicate_with_another_content_is_a_conflict(client, keys, order):
    register(client, keys, order(LglNm="Somebody Else"))
    outcome = register(client, keys, order())
    assert outcome.state == "conflict"
    paths = [difference.path for difference in outcome.verdict.differences]
    assert paths == ["BuyerDtls.LglNm"]


def test_duplicate_that_the_portal_cannot_show_is_left_to_a_person(
    client, keys, order, faults
):
    faults.add("refuse", "generate_irn", code="2150", message="Duplicate IRN")
    outcome = register(client, keys, order())
    assert outcome.state == "conflict"
    assert isinstance(outcome.error, IrpDuplicate)
    assert outcome.registration is None


def test_refusal_waits_for_a_person(client, keys, order, faults):
    faults.add("refuse", "generate_irn", code="2265", message="state of recipient")
    outcome = register(client, keys, order())
    assert (outcome.state, outcome.wait) == ("rejected", None)
    assert outcome.error.code == "2265"


def test_answer_of_a_stranger_is_no_answer(client, order):
    stranger = Portal(Store(":memory:"))
    key = load_signing_key(stranger.signing_certificate)
    claimed = load_signing_key(stranger.auth_public_key)
    assert key.kid != claimed.kid
    outcome = register(client, SigningKeys([key]), order())
    assert outcome.verdict.state == "unchecked"
    assert outcome.state == "registered"


def test_forged_signature_is_unknown(client, portal, order):
    stranger = Portal(Store(":memory:"))
    der = load_signing_key(stranger.auth_public_key, portal.kid)
    outcome = register(client, SigningKeys([der]), order())
    assert outcome.state == "unknown"
    assert isinstance(outcome.error, IrpSignatureError)


def test_too_late_to_look_up_is_left_to_a_person(client, keys, order, clock):
    wanted = order()
    register(client, keys, wanted)
    clock.advance(days=4)
    outcome = look_up(client, keys, wanted)
    assert (outcome.state, outcome.wait) == ("unknown", None)
    assert outcome.error.code == "2283"
