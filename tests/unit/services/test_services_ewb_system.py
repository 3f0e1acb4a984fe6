"""Cancel an e-way bill as in production, in a session of the e-way bill system."""

from datetime import timedelta

import pytest
from irp.protocol.errors import (
    IrpAuthenticationError,
    IrpEwbLogInError,
    IrpOutcomeUnknown,
    IrpRateLimited,
    IrpRejected,
    IrpTooLate,
)


def log_ins(bench):
    return bench.count("log_in_ewb")


def test_cancels_in_its_own_session(bench):
    made = bench.register_with_ewb()
    client = bench.production_client()

    assert client.cancel_ewb(made.ewb_number, "3", "Wrong").number == made.ewb_number
    assert bench.client.get_ewb(made.irn).status == "CNL"


def test_the_invoice_portals_token_does_not_do(bench):
    made = bench.register_with_ewb()
    bench.production_client()

    with pytest.raises(IrpAuthenticationError) as caught:
        bench.client.cancel_ewb(made.ewb_number, "3", "Wrong")
    assert caught.value.code == "238"


def test_one_log_in_for_many(bench):
    client = bench.production_client()
    irn = bench.register().irn
    for _ in range(2):
        bill = client.generate_ewb(bench.ewb(irn))
        client.cancel_ewb(bill.number, "3", "Wrong")

    assert log_ins(bench) == 1


WRONG = [
    ("108", {"password": "wrong"}),
    ("108", {"user_name": "nobody"}),
    ("110", {"client_secret": "wrong"}),
    ("111", {"client_id": "client", "client_secret": "secret"}),
    ("393", {"gstin": ""}),
]


@pytest.mark.parametrize(("code", "account"), WRONG)
def test_refused_log_in_is_asked_once(bench, refused, code, account):
    made = bench.register_with_ewb()
    client = bench.production_client(**account)

    call = (client.cancel_ewb, made.ewb_number, "3", "Wrong")
    refused("ewb_authenticate", code, IrpEwbLogInError, *call)
    assert log_ins(bench) == 1
    assert bench.client.get_ewb(made.irn).status == "ACT"


def test_token_that_is_never_good_is_renewed_once(bench, refused):
    made = bench.register_with_ewb()
    client = bench.production_client()
    bench.set(ewb_token_life=timedelta(0))

    call = (client.cancel_ewb, made.ewb_number, "3", "Wrong")
    error = refused("cancel_ewb", "238", IrpEwbLogInError, *call)
    assert "fresh token" in error.message
    assert log_ins(bench) == 2


def test_stale_token_is_renewed_automatically(bench):
    made = bench.register_with_ewb()
    client = bench.production_client()
    client.ewaybill_system.ensure_session()
    # expired for the system only: its clock is ahead of the client's
    bench.portal.advance(bench.portal.settings.ewb_token_life)

    assert client.cancel_ewb(made.ewb_number, "3", "Wrong").number
    assert log_ins(bench) == 2


@pytest.mark.parametrize(
    ("code", "kind"), [("118", IrpRateLimited), ("107", IrpEwbLogInError)]
)
def test_scripted_log_in(bench, refused, code, kind):
    client = bench.production_client()
    bench.faults.add("refuse", "log_in_ewb", code=code)

    refused("ewb_authenticate", code, kind, client.ewaybill_system.ensure_session)


@pytest.mark.parametrize(("code", "kind"), [("315", IrpTooLate), ("316", IrpRejected)])
def test_refused_cancellation(bench, refused, code, kind):
    made = bench.register_with_ewb()
    client = bench.production_client()
    bench.faults.add("refuse", "cancel_eway_bill", code=code)

    call = (client.cancel_ewb, made.ewb_number, "3", "Wrong")
    refused("cancel_ewb", code, kind, *call)


def test_lost_answer(bench):
    made = bench.register_with_ewb()
    client = bench.production_client()
    bench.faults.add("drop_after", "cancel_eway_bill")

    with pytest.raises(IrpOutcomeUnknown):
        client.cancel_ewb(made.ewb_number, "3", "Wrong")
    assert client.get_ewb(made.irn).status == "CNL"
