"""Cancel an e-way bill: each refusal of the e-way bill system."""

from datetime import datetime

import pytest
from irp.protocol.errors import (
    IrpAlreadyCancelled,
    IrpAuthenticationError,
    IrpOutcomeUnknown,
    IrpRateLimited,
    IrpRejected,
    IrpTooLate,
)
from irp.reference.dates import IST

NOBODYS = "391999999999"
# the same refusals in the list of the IRP
TWINS = {
    "301": "4008",
    "307": "4059",
    "308": "4060",
    "312": "4057",
    "315": "4055",
    "316": "4056",
}


def cancel(client, number, reason="3", remark="Wrong"):
    return client.cancel_ewb(number, reason, remark)


def made(bench):
    return bench.register_with_ewb().ewb_number


def unknown(bench):
    return bench.client, NOBODYS


def somebody_elses(bench):
    return bench.stranger(), made(bench)


def cancelled(bench):
    number = made(bench)
    cancel(bench.client, number)
    return bench.client, number


def late(bench):
    number = made(bench)
    bench.control("POST", "clock", {"advance_seconds": 24 * 3600 + 1})
    return bench.client, number


def verified(bench):
    number = made(bench)
    bench.control("POST", "verified", {"eway_bill": number})
    return bench.client, number


STATES = [
    ("312", IrpAlreadyCancelled, unknown),
    ("312", IrpAlreadyCancelled, somebody_elses),
    ("312", IrpAlreadyCancelled, cancelled),
    ("315", IrpTooLate, late),
    ("316", IrpRejected, verified),
]


@pytest.mark.parametrize("spoken", ["EWB", "IRP"])
@pytest.mark.parametrize(("code", "kind", "provoke"), STATES)
def test_refused_for_its_state(bench, refused, code, kind, provoke, spoken):
    bench.speak(cancel_eway_bill_codes=spoken)
    client, number = provoke(bench)

    expected = code if spoken == "EWB" else TWINS[code]
    refused("cancel_ewb", expected, kind, cancel, client, number)


FIELDS = [
    ("301", {"number": "0" * 12}),
    ("307", {"reason": "0"}),
    ("307", {"reason": "5"}),
    ("308", {"remark": ""}),
    ("308", {"remark": "x" * 51}),
    ("308", {"remark": 'The "best"'}),
]


@pytest.mark.parametrize("spoken", ["EWB", "IRP"])
@pytest.mark.parametrize(("code", "fields"), FIELDS)
def test_refused_for_its_fields(bench, refused, code, fields, spoken):
    bench.speak(cancel_eway_bill_codes=spoken)
    irn = bench.register_with_ewb().irn
    request = {"number": bench.client.get_ewb(irn).number, "reason": "1"}

    expected = code if spoken == "EWB" else TWINS[code]
    call = bench.client.cancel_ewb
    refused(
        *("cancel_ewb", expected, IrpRejected, call),
        **{**request, "remark": "Wrong", **fields},
    )
    assert bench.client.get_ewb(irn).status == "ACT"


def test_several_reasons_come_together(bench, refused):
    call, given = bench.client.cancel_ewb, ("0" * 12, "9", "")

    error = refused("cancel_ewb", "301", IrpRejected, call, *given)
    assert [one.code for one in error.violations] == ["301", "307", "308"]
    assert all(one.message for one in error.violations)


def test_the_last_moment_to_cancel(bench):
    number = made(bench)
    bench.control("POST", "clock", {"advance_seconds": 24 * 3600})

    tomorrow = datetime(2026, 10, 16, 12, 0, tzinfo=IST)
    assert cancel(bench.client, number).cancel_date == tomorrow


SCRIPTED = [
    ("100", IrpRejected),
    ("107", IrpAuthenticationError),
    ("111", IrpAuthenticationError),
    ("113", IrpAuthenticationError),
    ("114", IrpOutcomeUnknown),
    ("115", IrpRejected),
    ("118", IrpRateLimited),
    ("239", IrpRejected),
    ("317", IrpOutcomeUnknown),
    ("358", IrpAuthenticationError),
    ("395", IrpRejected),
    ("444", IrpRejected),
]


@pytest.mark.parametrize(("code", "kind"), SCRIPTED)
def test_scripted_refusal(bench, refused, code, kind):
    number = made(bench)
    bench.faults.add("refuse", "cancel_eway_bill", code=code)

    refused("cancel_ewb", code, kind, cancel, bench.client, number)
    assert cancel(bench.client, number).number == number


def test_lost_answer_is_settled_by_getting(bench, refused):
    made = bench.register_with_ewb()
    bench.faults.add("drop_after", "cancel_eway_bill")
    with pytest.raises(IrpOutcomeUnknown):
        cancel(bench.client, made.ewb_number)

    done = ("cancel_ewb", "312", IrpAlreadyCancelled)
    refused(*done, cancel, bench.client, made.ewb_number)
    assert bench.client.get_ewb(made.irn).status == "CNL"
