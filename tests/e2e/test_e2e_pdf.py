"""The printed invoice: what a buyer, a driver or an officer can check on paper."""

import pytest
from processes.browser import read_qr
from processes.desk import wait_for_state
from processes.pdf import pdf_pages, pdf_text

REPORT = "/report/pdf/account.report_invoice_with_payments"
EWAYBILL = "l10n_in.irp.ewaybill"
EWAYBILL_REPORT = "/report/pdf/l10n_in_einvoice_irp.report_ewaybill"


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
    assert "TESTINVOICE–notregisteredwiththeIRP" in text


def test_unregistered_invoice_is_printed_without(accountant, desk, tmp_path):
    move = desk.posted(buyer="consumer")
    pdf = accountant.fetch(f"{REPORT}/{move}", tmp_path / "invoice.pdf")
    assert "IRN" not in pdf_text(pdf)
    assert not any(read_qr(page) for page in pdf_pages(pdf))


@pytest.fixture
def ewaybill(desk, server_url):
    """An e-way bill that the accountant made by IRN, without another's data."""
    move = desk.posted(buyer="distant")
    wait_for_state(desk, move, "registered")
    accountant = desk.seller["accountant"]

    def call(model, method, ids, **options):
        return desk.worker.call(model, method, ids, user=accountant, **options)

    made = call("account.move", "action_l10n_in_irp_ewaybill", [move])["res_id"]
    transport = {
        "vehicle_number": "MH12AB1234",
        "trans_doc_number": "AWB/2026/000123456",
        "transporter_gstin": "88AAACD8017H1ZX",
    }
    call(EWAYBILL, "write", [made], args=[transport])
    call(EWAYBILL, "action_generate", [made])
    return made


def test_ewaybill_tells_what_the_portal_holds(
    accountant, desk, ewaybill, portal, tmp_path
):
    names = ("number", "state", "error", "move_id")
    bill = desk.worker.read(EWAYBILL, ewaybill, *names)
    assert bill["state"] == "registered", bill["error"]
    pdf = accountant.fetch(f"{EWAYBILL_REPORT}/{ewaybill}", tmp_path / "ewaybill.pdf")
    text = pdf_text(pdf)
    move = desk.invoice(bill["move_id"], "name", "amount_total")
    for told in (
        bill["number"],
        "TESTE-WAYBILL",
        move["name"],
        f"{move['amount_total']:.2f}",
        "HSNCode820750",
        "ReasonforTransportationOutward-Supply",
        "MH12AB1234",
        "/2026/000123456",
        "88AAACD8017H1ZX",
    ):
        assert told in text, f"{told}: {text}"
    [code] = [code for page in pdf_pages(pdf) for code in read_qr(page)]
    assert code.startswith(f"{bill['number']}/{portal.facts['gstin']}/")
