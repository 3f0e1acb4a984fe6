"""Cancel IRN, both Get IRN, Get rejected IRNs: each refusal of the portal."""

from datetime import date, datetime

import pytest
from irp.protocol.errors import (
    IrpAlreadyCancelled,
    IrpNotFound,
    IrpOutcomeUnknown,
    IrpRejected,
    IrpTooLate,
)
from irp.reference.dates import IST

SELLER, BUYER = "29AAACK0000A1ZK", "27AAACS0000B1ZE"
NOBODYS_IRN = "a" * 64
NUMBER, DAY = "BLR/26-27/0042", date(2026, 10, 10)
TODAY = date(2026, 10, 15)
BY_DOCUMENT = ("INV", NUMBER, DAY)


# --- cancel --------------------------------------------------------------------------


def cancel(client, irn, reason="2", remark="Wrong"):
    return client.cancel_irn(irn, reason, remark)


def cancelled(bench):
    irn = bench.register().irn
    cancel(bench.client, irn)
    return bench.client, irn


def late(bench):
    irn = bench.register().irn
    bench.control("POST", "clock", {"advance_seconds": 24 * 3600 + 1})
    return bench.client, irn


def with_ewaybill(bench):
    return bench.client, bench.register_with_ewb().irn


def with_ewaybill_made_elsewhere(bench):
    irn = bench.register().irn
    bench.portal.attach_eway_bill(irn, 391000000001, "2026-10-20 23:59:00")
    return bench.client, irn


def somebody_elses(bench):
    return bench.stranger(), bench.register().irn


def unknown(bench):
    return bench.client, NOBODYS_IRN


def at_the_other_portal(bench):
    irn = bench.register().irn
    bench.set(portal_code="NIC2")
    return bench.client, irn


CANCEL = [
    ("9999", IrpAlreadyCancelled, cancelled),
    ("2270", IrpTooLate, late),
    ("2230", IrpRejected, with_ewaybill),
    ("2230", IrpRejected, with_ewaybill_made_elsewhere),
    ("2143", IrpRejected, somebody_elses),
    ("2148", IrpNotFound, unknown),
    ("2148", IrpNotFound, at_the_other_portal),
]


@pytest.mark.parametrize(("code", "kind", "provoke"), CANCEL)
def test_refused_cancellation(bench, refused, code, kind, provoke):
    client, irn = provoke(bench)

    error = refused("cancel_irn", code, kind, cancel, client, irn)
    assert error.remedy in ("fix_data", "look_up", "stop")


@pytest.mark.parametrize(
    ("code", "reason", "remark"),
    [
        ("5002", "0", "Wrong"),
        ("5002", "5", "Wrong"),
        ("5002", "", "Wrong"),
        ("5002", "12", "Wrong"),
        ("5002", "2", ""),
        ("5002", "2", "x" * 101),
        ("5002", "2", 'The "best"'),
        ("5001", "2", "a\\b"),
    ],
)
def test_cancellation_against_the_schema(bench, refused, code, reason, remark):
    bench.set(schema_code=code)
    irn = bench.register().irn

    refused("cancel_irn", code, IrpRejected, cancel, bench.client, irn, reason, remark)
    assert bench.client.get_irn(irn).status == "ACT"


def test_each_wrong_field_is_named(bench, refused):
    irn = bench.register().irn

    error = refused(
        "cancel_irn", "5002", IrpRejected, cancel, bench.client, irn, "9", ""
    )
    assert [one.message for one in error.violations] == [
        "The CnlRsn field is invalid.",
        "The CnlRem field is required.",
    ]


@pytest.mark.parametrize("remark", ["x", "x" * 100, "विधि"])
def test_remarks_that_may_be(bench, remark):
    irn = bench.register().irn

    assert cancel(bench.client, irn, remark=remark).irn == irn


def test_the_last_moment_to_cancel(bench):
    irn = bench.register().irn
    bench.control("POST", "clock", {"advance_seconds": 24 * 3600})

    assert cancel(bench.client, irn).cancel_date == datetime(
        2026, 10, 16, 12, 0, tzinfo=IST
    )


def test_suspended_taxpayers_may_cancel(bench):
    irn = bench.register().irn
    bench.control("POST", "taxpayers", {"gstin": SELLER, "status": "SUS"})

    assert cancel(bench.client, irn).irn == irn


def test_lost_answer_of_a_cancellation_is_settled_by_getting(bench, refused):
    irn = bench.register().irn
    bench.faults.add("drop_after", "cancel_irn")
    with pytest.raises(IrpOutcomeUnknown):
        cancel(bench.client, irn)

    refused("cancel_irn", "9999", IrpAlreadyCancelled, cancel, bench.client, irn)
    assert bench.client.get_irn(irn).status == "CNL"


# --- get -----------------------------------------------------------------------------


def old(bench):
    irn = bench.register().irn
    bench.control("POST", "clock", {"advance_seconds": 48 * 3600 + 1})
    return bench.client, irn


GET = [
    ("2148", IrpNotFound, unknown),
    ("2148", IrpNotFound, at_the_other_portal),
    ("2226", IrpRejected, somebody_elses),
    ("2283", IrpTooLate, old),
]


@pytest.mark.parametrize(("code", "kind", "provoke"), GET)
def test_refused_get_by_irn(bench, refused, code, kind, provoke):
    client, irn = provoke(bench)

    refused("get_irn", code, kind, client.get_irn, irn)


@pytest.mark.parametrize("days", [2, 3])
def test_window_of_retrieval(bench, refused, days):
    bench.set(retrieval_days=days)
    irn = bench.register().irn
    bench.control("POST", "clock", {"advance_seconds": days * 24 * 3600})
    assert bench.client.get_irn(irn).irn == irn

    bench.control("POST", "clock", {"advance_seconds": 1})
    for call, given in (("get_irn", [irn]), ("get_irn_by_document", BY_DOCUMENT)):
        error = refused(call, "2283", IrpTooLate, getattr(bench.client, call), *given)
        assert f"more than {days} days" in error.message


NO_DOCUMENT = [
    ("2154", IrpNotFound, ("INV", "BLR/26-27/0043", DAY)),
    ("2154", IrpNotFound, ("CRN", NUMBER, DAY)),
    ("2154", IrpNotFound, ("INV", NUMBER, date(2026, 10, 11))),
    ("2154", IrpNotFound, ("INV", NUMBER, date(2025, 10, 10))),
    ("2280", IrpRejected, ("BIL", NUMBER, DAY)),
    ("2281", IrpRejected, ("INV", "", DAY)),
]


@pytest.mark.parametrize(("code", "kind", "document"), NO_DOCUMENT)
def test_refused_get_by_document(bench, refused, code, kind, document):
    bench.register()
    call = bench.client.get_irn_by_document

    refused("get_irn_by_document", code, kind, call, *document)


def test_document_at_the_other_portal(bench, refused):
    client, _irn = at_the_other_portal(bench)

    call = client.get_irn_by_document
    refused("get_irn_by_document", "2154", IrpNotFound, call, *BY_DOCUMENT)


def test_document_of_another_supplier(bench, refused):
    bench.register()
    bench.stranger()
    stranger = {"gstin": BUYER, "user_name": "other_user"}
    stranger |= {"client_id": "other_client", "client_secret": "other_secret"}
    client = bench.connect(headers={"sup_gstin": SELLER}, **stranger)

    call = client.get_irn_by_document
    refused("get_irn_by_document", "2226", IrpRejected, call, *BY_DOCUMENT)


@pytest.mark.parametrize(
    ("service", "route", "code", "kind"),
    [
        ("cancel_irn", "cancel_irn", "2302", IrpAlreadyCancelled),
        ("cancel_irn", "cancel_irn", "2255", IrpRejected),
        ("get_irn", "get_irn", "2306", IrpRejected),
        ("get_irn_by_document", "get_irn_by_document", "2306", IrpRejected),
        ("get_irn_by_document", "get_irn_by_document", "2293", IrpRejected),
        ("get_rejected_irns", "rejected_irns", "2293", IrpRejected),
    ],
)
def test_scripted_refusal(bench, refused, service, route, code, kind):
    call = bench.doing(service)
    bench.faults.add("refuse", route, code=code, message="text")

    assert refused(service, code, kind, call, bench.client).message == "text"
    assert call(bench.client)


# --- rejected ------------------------------------------------------------------------


def test_nothing_was_rejected_that_day(bench):
    irn = bench.register().irn
    bench.portal.reject(irn, date(2026, 10, 14))

    assert bench.client.get_rejected_irns(TODAY) == ()
    assert bench.client.get_rejected_irns(date(2026, 10, 14)) == (irn,)


def test_rejected_irns_of_others_are_not_returned(bench):
    bench.portal.reject(bench.register().irn, TODAY)

    assert bench.stranger().get_rejected_irns(TODAY) == ()


def test_rejected_irns_of_the_future(bench, refused):
    call = bench.client.get_rejected_irns

    refused("get_rejected_irns", "2307", IrpRejected, call, date(2026, 10, 16))


def test_the_day_is_indias(bench):
    bench.clock.advance(hours=13)

    assert bench.client.get_rejected_irns(date(2026, 10, 16)) == ()
