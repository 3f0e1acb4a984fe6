"""The printed invoice: what a buyer, a driver or an officer can check on paper."""

import pytest
from processes.browser import read_qr
from processes.desk import wait_for_state
from processes.pdf import pdf_pages, pdf_text

REPORT = "/report/pdf/account.report_invoice_with_payments"


@pytest.fixture
def move(desk, server_url):
    move = desk.posted()
    wait_for_state(desk, move, "registered")
    return move


@pytest.fixture
def pdf(accountant, move, tmp_path):
    return accountant.fetch(f"{REPORT}/{move}", tmp_path / "invoice.pdf")


def test_qr_on_paper_is_the_portals(desk, portal, move, pdf):
    [text] = [text for page in pdf_pages(pdf) for text in read_qr(page)]
    document = desk.document(move)
    assert text == document["signed_qr"]
    assert portal.signing_keys.verify(text).data["Irn"] == document["irn"]


def test_text_names_the_registration(portal, move, pdf):
    # as the portal keeps it, its time in India included; no other test is running
    registration = portal.registrations[-1]
    text = pdf_text(pdf)
    assert registration["irn"] in text
    assert str(registration["ack_number"]) in text
    assert registration["ack_at"].replace(" ", "") in text
    assert "SAMPLE" in text


def test_unregistered_invoice_is_printed_without(accountant, desk, tmp_path):
    move = desk.posted(buyer="consumer")
    pdf = accountant.fetch(f"{REPORT}/{move}", tmp_path / "invoice.pdf")
    assert "IRN" not in pdf_text(pdf)
    assert not any(read_qr(page) for page in pdf_pages(pdf))
