"""An invoice in the accountant's web client."""

import json

from playwright.sync_api import expect
from processes.browser import read_qr
from processes.odoo_client import wait_for_state
from processes.pdf import pdf_text
from processes.waiting import wait_for

BANNER = ".o_form_view .alert"


def confirm(client, move):
    """Open a draft and press Confirm."""
    client.open_invoice(move)
    client.press("action_post")
    expect(
        client.page.locator("button[name=button_draft], .o_arrow_button_current").first
    ).to_be_visible()


def test_confirmed_invoice_shows_irn_and_qr(accountant, odoo, portal):
    move = odoo.draft()
    confirm(accountant, move)
    wait_for_state(odoo, move, "registered")
    accountant.page.reload()
    accountant.tab("l10n_in_irp_tab")
    document = odoo.document(move)
    expect(accountant.field("l10n_in_irp_irn")).to_have_text(document["irn"])
    expect(accountant.field("l10n_in_irp_ack_number")).to_have_text(
        document["ack_number"]
    )
    expect(accountant.field("l10n_in_irp_ack_date")).not_to_be_empty()
    [text] = read_qr(qr_picture(accountant))
    assert portal.signing_keys.verify(text).data["Irn"] == document["irn"]


def qr_picture(client):
    image = client.field("l10n_in_irp_qr_image").locator("img")
    wait_for("the QR is drawn", lambda: image.evaluate("img => img.naturalWidth > 100"))
    return image.screenshot()


def test_consumer_invoice_explains_why_it_is_not_registered(accountant, odoo):
    move = odoo.draft(buyer="consumer")
    confirm(accountant, move)
    accountant.tab("l10n_in_irp_tab")
    expect(accountant.field("l10n_in_irp_reason")).to_have_text(
        "Not applicable: the buyer is unregistered"
    )


def test_missing_hsn_is_corrected_from_the_banner(accountant, odoo):
    """The banner is there before anything is sent; the dialog needs no mouse."""
    move = odoo.draft(product="without_hsn")
    accountant.open_invoice(move)
    banner = accountant.page.locator(BANNER, has_text="HSN")
    expect(banner).to_have_count(1)
    expect(banner).to_contain_text("Offcut of steel")
    accountant.press("action_post")
    wait_for_state(odoo, move, "rejected")
    accountant.page.reload()
    banner = accountant.page.locator(BANNER, has_text="Not registered with the IRP")
    banner.locator("a", has_text="Correct Now").press("Enter")
    row = accountant.dialog.locator(".o_data_row")
    row.locator("td[name=text_value]").click()
    entry = row.locator("[name=text_value] input")
    entry.fill("12")
    entry.press("Tab")
    expect(row.locator("td[name=problem]")).to_contain_text("HSN")
    row.locator("td[name=text_value]").click()
    entry.fill("720449")
    entry.press("Tab")
    expect(row.locator("td[name=problem]")).to_have_text("")
    accountant.page.keyboard.press("Alt+q")
    expect(accountant.page.locator(".modal")).to_have_count(0)
    wait_for_state(odoo, move, "registered")
    accountant.page.reload()
    expect(accountant.page.locator(BANNER, has_text="Not registered")).to_have_count(0)
    assert accountant.page.locator(".o_statusbar_buttons button:visible").count() <= 6


def test_send_and_print_registers_before_the_pdf(accountant, odoo, tmp_path):
    odoo.register_on("send")
    move = odoo.posted()
    accountant.open_invoice(move)
    accountant.press("action_invoice_sent")
    dialog = accountant.page.locator(".modal")
    expect(dialog.get_by_label("e-Invoice (IRP)")).to_be_checked()
    dialog.locator("button[name=action_send_and_print]").click()
    expect(dialog).to_be_hidden()
    document = odoo.document(move)
    assert document["state"] == "registered"
    pdf = odoo.invoice(move, "invoice_pdf_report_id")["invoice_pdf_report_id"]
    path = accountant.fetch(f"/web/content/{pdf}", tmp_path / "invoice.pdf")
    assert document["irn"] in pdf_text(path, by_column=True)


def test_signed_json_is_downloaded(accountant, odoo, tmp_path):
    move = odoo.posted()
    wait_for_state(odoo, move, "registered")
    accountant.open_invoice(move)
    with accountant.page.expect_download() as download:
        accountant.choose_action("Download Signed JSON")
    path = tmp_path / "signed.json"
    download.value.save_as(path)
    content = json.loads(path.read_text())
    document = odoo.document(move)
    assert content["Irn"] == document["irn"]
    assert content["SignedInvoice"] == document["signed_invoice"]
