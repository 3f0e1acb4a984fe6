"""Cancel IRN."""

import pytest


@pytest.fixture
def irn(client, invoice):
    return client.plain(client.generate(invoice))["Irn"]


def test_cancelling(client, clock, irn, portal):
    clock.advance(minutes=12)
    answer = client.cancel(irn)

    assert answer["InfoDtls"] is None
    data = client.plain(answer)
    assert data == {"Irn": irn, "CancelDate": "2025-11-15 10:42:17"}
    (registration,) = portal.registrations()
    assert (registration.status, registration.cancel_reason) == ("CNL", "2")
    assert registration.cancel_remark == "wrong quantity"


def test_cancelled_twice_is_9999(client, irn, wire):
    client.cancel(irn)
    answer = client.cancel(irn)

    assert answer["ErrorDetails"] == [
        {"ErrorCode": "9999", "ErrorMessage": "Invoice is not active"}
    ]


@pytest.mark.parametrize(("hours", "late"), [(24, False), (24.001, True)])
def test_window_of_24_hours(client, clock, irn, wire, hours, late):
    clock.advance(hours=hours)
    client.authenticate()
    answer = client.cancel(irn)

    assert (answer["Status"] == 0) is late
    if late:
        assert wire.codes(answer) == ["2270"]


def test_window_is_a_setting(new_portal, new_client, clock, invoice, wire):
    client = new_client(new_portal(cancel_hours=1))
    client.authenticate()
    irn = client.plain(client.generate(invoice))["Irn"]
    clock.advance(minutes=60, seconds=1)
    client.authenticate()

    assert wire.codes(client.cancel(irn)) == ["2270"]


def test_active_eway_bill_is_2230(client, portal, irn, wire):
    portal.attach_eway_bill(irn, 391009149369, "2025-11-29 23:59:00")

    assert wire.codes(client.cancel(irn)) == ["2230"]
    data = client.plain(client.by_irn(irn))
    assert data["EwbNo"] == 391009149369
    assert data["EwbDt"] == "2025-11-15 10:30:17"
    assert data["EwbValidTill"] == "2025-11-29 23:59:00"


def test_unknown_irn_is_2148(client, wire):
    assert wire.codes(client.cancel("a" * 64)) == ["2148"]


def test_irn_of_another_taxpayer_is_2143(stranger, irn, wire):
    assert wire.codes(stranger.cancel(irn)) == ["2143"]


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"Irn": "short"}, ["The Irn field is invalid."]),
        ({"CnlRsn": "5"}, ["The CnlRsn field is invalid."]),
        ({"CnlRsn": 2}, ["The CnlRsn field is invalid."]),
        ({"CnlRem": "x" * 101}, ["The CnlRem field is invalid."]),
        ({"CnlRem": 'a "word"'}, ["The CnlRem field is invalid."]),
        (
            {"CnlRsn": None, "CnlRem": ""},
            ["The CnlRsn field is required.", "The CnlRem field is required."],
        ),
    ],
)
def test_schema_of_the_request(client, irn, changes, messages):
    details = client.cancel(irn, **changes)["ErrorDetails"]

    assert [one["ErrorMessage"] for one in details] == messages
    assert {one["ErrorCode"] for one in details} == {"5002"}


@pytest.mark.parametrize("reason", ["1", "2", "3", "4"])
def test_reasons(client, irn, reason):
    assert client.cancel(irn, CnlRsn=reason)["Status"] == 1


def test_path_does_not_hide_the_invoice_service(client, irn):
    # "/Invoice/Cancel" and "/Invoice" are two services
    answer = client.post(
        "/eicore/v1.03/INVOICE/cancel/",
        {"Irn": irn.upper(), "CnlRsn": "1", "CnlRem": "x"},
    )

    assert client.plain(answer)["Irn"] == irn
