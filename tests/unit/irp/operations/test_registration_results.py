"""A registration from the call to its result, client against portal."""

from dataclasses import replace
from datetime import timedelta

import pytest
from irp.operations.registration import look_up, register
from irp.protocol.errors import IrpDuplicate, IrpOutcomeUnknown, IrpSignatureError
from irp.protocol.signature import SigningKeys, load_signing_key
from sandbox import Portal, Store


def test_registers_and_verifies(client, keys, make_request):
    wanted = make_request()
    result = register(client, keys, wanted)
    assert result.state == "registered"
    assert result.registration.irn == wanted.irn
    assert result.verdict.state == "verified"
    assert not result.adopted


@pytest.mark.parametrize("fault", ["drop_after", "garbage", "undecryptable"])
def test_lost_answer_is_unknown_and_then_adopted(
    client, keys, make_request, faults, transport, fault
):
    wanted = make_request()
    faults.add(fault, "generate_irn")
    lost = register(client, keys, wanted)
    assert lost.state == "unknown"
    assert isinstance(lost.error, IrpOutcomeUnknown)
    assert lost.wait == timedelta(minutes=1)
    found = look_up(client, keys, wanted)
    assert (found.state, found.adopted) == ("registered", True)
    generated = [path for path in transport.paths if path.endswith("v1.03/Invoice")]
    assert len(generated) == 1


def test_request_that_never_arrived_may_be_resent(client, keys, make_request, faults):
    wanted = make_request()
    faults.add("drop_before", "generate_irn")
    assert register(client, keys, wanted).state == "unknown"
    missing = look_up(client, keys, wanted)
    assert (missing.state, missing.wait) == ("to_register", timedelta(0))
    assert register(client, keys, wanted).state == "registered"


def test_call_in_flight_is_not_sent_again(client, keys, make_request):
    wanted = replace(make_request(), in_flight=timedelta(seconds=40))
    early = look_up(client, keys, wanted)
    assert (early.state, early.wait) == ("unknown", timedelta(seconds=40))
    register(client, keys, make_request())
    assert look_up(client, keys, wanted).state == "registered"


def test_duplicate_with_the_same_content_is_adopted(client, keys, make_request):
    wanted = make_request()
    first = register(client, keys, wanted)
    again = register(client, keys, wanted)
    assert (again.state, again.adopted) == ("registered", True)
    assert again.registration.ack_number == first.registration.ack_number


def test_duplicate_with_another_content_is_a_conflict(client, keys, make_request):
    register(client, keys, make_request(LglNm="Somebody Else"))
    result = register(client, keys, make_request())
    assert result.state == "conflict"
    paths = [difference.path for difference in result.verdict.differences]
    assert paths == ["BuyerDtls.LglNm"]


def test_duplicate_not_shown_is_left_to_a_user(client, keys, make_request, faults):
    faults.add("refuse", "generate_irn", code="2150", message="Duplicate IRN")
    result = register(client, keys, make_request())
    assert result.state == "conflict"
    assert isinstance(result.error, IrpDuplicate)
    assert result.registration is None


def test_refusal_waits_for_a_person(client, keys, make_request, faults):
    faults.add("refuse", "generate_irn", code="2265", message="state of recipient")
    result = register(client, keys, make_request())
    assert (result.state, result.wait) == ("rejected", None)
    assert result.error.code == "2265"


def test_answer_signed_with_an_unknown_key_is_unchecked(client, make_request):
    stranger = Portal(Store(":memory:"))
    key = load_signing_key(stranger.signing_certificate)
    claimed = load_signing_key(stranger.auth_public_key)
    assert key.kid != claimed.kid
    result = register(client, SigningKeys([key]), make_request())
    assert result.verdict.state == "unchecked"
    assert result.state == "registered"


def test_forged_signature_is_unknown(client, portal, make_request):
    stranger = Portal(Store(":memory:"))
    der = load_signing_key(stranger.auth_public_key, portal.kid)
    result = register(client, SigningKeys([der]), make_request())
    assert result.state == "unknown"
    assert isinstance(result.error, IrpSignatureError)


def test_too_late_to_look_up_is_left_to_a_user(client, keys, make_request, clock):
    wanted = make_request()
    register(client, keys, wanted)
    clock.advance(days=4)
    result = look_up(client, keys, wanted)
    assert (result.state, result.wait) == ("unclear", None)
    assert result.error.code == "2283"


def test_duplicate_too_old_to_be_shown_is_unclear(client, keys, make_request, clock):
    wanted = make_request()
    register(client, keys, wanted)
    clock.advance(days=4)
    again = register(client, keys, wanted)
    assert (again.state, again.wait, again.error.code) == ("unclear", None, "2283")


def test_answer_that_never_verifies_is_not_asked_for_ever(client, portal, make_request):
    stranger = Portal(Store(":memory:"))
    der = load_signing_key(stranger.auth_public_key, portal.kid)
    keys = SigningKeys([der])
    register(client, keys, make_request())
    old = replace(make_request(), age=timedelta(days=3))
    result = look_up(client, keys, old)
    assert (result.state, result.wait) == ("unclear", None)
