"""Get IRN by IRN and by document, Get rejected IRNs."""

from datetime import date

import pytest

DOCUMENT = ("INV", "INV/25-26/0007", "15/11/2025")


@pytest.fixture
def registered(client, invoice):
    return client.plain(client.generate(invoice))


def test_by_irn_returns_the_registration(client, clock, registered):
    clock.advance(minutes=30)

    assert client.plain(client.by_irn(registered["Irn"])) == registered
    assert client.plain(client.by_irn(registered["Irn"].upper())) == registered


def test_by_document_returns_the_registration(client, registered):
    assert client.plain(client.by_document(*DOCUMENT)) == registered


def test_numbers_are_looked_up_without_letter_case(client, registered):
    answer = client.by_document("inv", "inv/25-26/0007", "15/11/2025")

    assert client.plain(answer) == registered


@pytest.mark.parametrize(
    "query",
    [
        "doctype=INV&docnum=INV%2F25-26%2F0007&docdate=15%2F11%2F2025",
        "doctype=INV&docnum=INV/25-26/0007&docdate=15/11/2025",
        "DocType=INV&DOCNUM=INV%2f25-26%2f0007&docDate=15%2f11%2f2025",
    ],
)
def test_query_in_any_encoding(client, registered, query):
    path = f"/eicore/v1.03/Invoice/irnbydocdetails?{query}"

    assert client.plain(client.get(path)) == registered


def test_cancelled_documents_are_shown_as_such(client, registered):
    client.cancel(registered["Irn"])
    data = client.plain(client.by_irn(registered["Irn"]))

    assert data == {**registered, "Status": "CNL"}


@pytest.mark.parametrize("irn", ["a" * 64, "short", "%20"])
def test_unknown_irn_is_2148(client, wire, irn):
    assert wire.codes(client.by_irn(irn)) == ["2148"]


@pytest.mark.parametrize(
    "document",
    [
        ("CRN", "INV/25-26/0007", "15/11/2025"),
        ("INV", "INV/25-26/0008", "15/11/2025"),
        ("INV", "INV/25-26/0007", "14/11/2025"),
        ("INV", "INV/25-26/0007", "15/11/2024"),
    ],
)
def test_unknown_document_is_2154(client, wire, registered, document):
    assert wire.codes(client.by_document(*document)) == ["2154"]


@pytest.mark.parametrize(
    ("document", "codes"),
    [
        (("BIL", "A", "15/11/2025"), ["2280"]),
        (("INV", "", "15/11/2025"), ["2281"]),
        (("INV", "A", "2025-11-15"), ["2293"]),
        (("", "", ""), ["2280", "2281", "2293"]),
    ],
)
def test_unusable_query(client, wire, document, codes):
    assert wire.codes(client.by_document(*document)) == codes


def test_irn_of_another_taxpayer_is_2226(stranger, registered, wire):
    assert wire.codes(stranger.by_irn(registered["Irn"])) == ["2226"]


def test_document_of_another_taxpayer(stranger, registered, wire):
    # none among its own documents, and no right to the supplier's
    assert wire.codes(stranger.by_document(*DOCUMENT)) == ["2154"]
    answer = stranger.by_document(*DOCUMENT, sup_gstin=wire.SELLER)
    assert wire.codes(answer) == ["2226"]


def test_operator_asks_for_the_supplier(client, stranger, invoice, wire):
    invoice["TranDtls"]["EcmGstin"] = stranger.gstin
    data = stranger.plain(stranger.generate(invoice))

    answer = stranger.by_document(*DOCUMENT, sup_gstin=wire.SELLER)
    assert stranger.plain(answer) == data


@pytest.mark.parametrize(("days", "message_days"), [(2, "2"), (3, "3")])
def test_beyond_the_window_is_2283(
    new_portal, new_client, clock, invoice, days, message_days
):
    client = new_client(new_portal(retrieval_days=days))
    client.authenticate()
    irn = client.plain(client.generate(invoice))["Irn"]
    clock.advance(days=days)
    client.authenticate()
    assert client.by_irn(irn)["Status"] == 1
    clock.advance(seconds=1)

    assert client.by_irn(irn)["ErrorDetails"] == [
        {
            "ErrorCode": "2283",
            "ErrorMessage": "IRN details cannot be provided as it is generated more"
            f" than {message_days} days prior",
        }
    ]


REJECTED = "/eicore/v1.03/Invoice/rejectedirns"


def test_rejected_irns_of_a_day(client, stranger, portal, registered, wire):
    portal.reject(registered["Irn"], date(2025, 11, 15))

    answer = client.get(REJECTED, date="15/11/2025")
    assert client.plain(answer) == [registered["Irn"]]
    assert wire.codes(client.get(REJECTED, date="14/11/2025")) == ["2296"]
    assert wire.codes(stranger.get(REJECTED, date="15/11/2025")) == ["2296"]


@pytest.mark.parametrize(
    ("day", "code"),
    [("15/11/2025", "2296"), ("16/11/2025", "2307"), ("", "2293"), ("1/1/25", "2293")],
)
def test_no_rejected_irns(client, wire, day, code):
    assert wire.codes(client.get(REJECTED, date=day)) == [code]
