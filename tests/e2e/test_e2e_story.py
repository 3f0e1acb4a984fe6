"""A day's work of an accountant, from twenty invoices to the month-end check."""

import re

import pytest
from playwright.sync_api import expect
from processes.browser import INVOICES, read_qr
from processes.odoo_client import OdooClient, wait_for_state
from processes.pdf import pdf_pages
from processes.waiting import wait_for

MONTH_END = "l10n_in_einvoice_irp.action_l10n_in_irp_month_end"
STATUS = ".o_field_widget[name=l10n_in_irp_status]"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1500, "height": 1100}
REGISTERED = re.compile("^Registered")
HSN = "732690"
LINE = {
    "l10n_in_hsn_code": "820750",
    "name": "Carbide drill bit 10 mm",
    "price_unit": "450",
}


@pytest.fixture
def store(odoo, worker, database, seller):
    """The seller's Odoo, with a product without HSN that no other test uses."""
    bracket = worker.call("product.product", "copy", [seller["without_hsn"]])
    odoo.register_on("manual")
    return OdooClient(worker, database, {**seller, "bracket": bracket[0]})


@pytest.fixture
def invoices(store):
    """Fifteen invoices without fault, and five that lack an HSN code."""
    good = store.posted_batch(15)
    return good, [store.posted("bracket") for _ in range(5)]


def select(client, store, moves):
    """Select invoices in the list."""
    for move in moves:
        number = store.invoice(move, "name")["name"]
        row = client.page.locator(".o_data_row", has_text=number)
        row.locator(".o_list_record_selector input").check()


def choose_action(client, name):
    """Choose an entry of the list's Actions menu."""
    client.page.locator(".o_cp_action_menus").get_by_text("Actions").click()
    client.page.get_by_role("menuitem", name=name, exact=True).click()


def correct_hsn(client):
    """Correct what the banner names, on the product as well, and register."""
    banner = client.page.locator(".o_form_view .alert", has_text="HSN")
    expect(banner).to_have_count(1)
    banner.locator("a", has_text="Correct Now").click()
    row = client.dialog.locator(".o_data_row")
    row.locator("[name=text_value]").click()
    row.locator("[name=text_value] input").fill(HSN)
    client.press_in_dialog("action_apply")
    expect(client.dialog).to_be_hidden()


def fits(client):
    wide = "document.documentElement.scrollWidth > window.innerWidth"
    return not client.page.evaluate(wide)


def test_a_day_of_work(accountant, store, portal, invoices, tmp_path):
    good, faulty = invoices
    # all at once: the others go through, five need a repair
    accountant.open(INVOICES)
    select(accountant, store, [*good, *faulty])
    choose_action(accountant, "Generate IRN")
    done = accountant.page.locator("[name=action_open_done]")
    expect(done).to_contain_text("15")
    wrong = accountant.page.locator(".o_data_row", has_text="HSN")
    expect(wrong).to_have_count(1)
    assert store.states(good) == {"registered"}
    # one repair for the five
    accountant.open_invoice(faulty[0])
    correct_hsn(accountant)
    wait_for("five", lambda: store.states(faulty) == {"registered"})
    accountant.tab("l10n_in_irp_tab")
    expect(accountant.page.locator(f".o_notebook {STATUS}")).to_have_text(REGISTERED)
    # one is cancelled
    accountant.open_invoice(good[0])
    accountant.press("button_request_cancel")
    accountant.choose("reason", "Duplicate")
    accountant.press_in_dialog("action_cancel")
    expect(accountant.dialog).to_be_hidden()
    wait_for_state(store, good[0], "cancelled")
    # one is printed
    report = f"/report/pdf/account.report_invoice/{faulty[0]}"
    pdf = accountant.fetch(report, tmp_path / "invoice.pdf")
    [text] = read_qr(pdf_pages(pdf)[0])
    irn = store.document(faulty[0])["irn"]
    assert portal.signing_keys.verify(text).data["Irn"] == irn
    # on the phone, the cards say the same
    accountant.page.set_viewport_size(PHONE)
    accountant.open(INVOICES)
    number = store.invoice(faulty[0], "name")["name"]
    card = accountant.page.locator(".o_kanban_record", has_text=number)
    expect(card.locator(STATUS)).to_have_text(REGISTERED)
    assert fits(accountant)
    # and the month-end check shows what is still missing
    accountant.page.set_viewport_size(DESKTOP)
    late = store.posted()
    accountant.page.goto(f"{accountant.url}/odoo/action-{MONTH_END}")
    accountant.press_in_dialog("action_check")
    expect(listed(accountant, store, late)).to_contain_text("Generate IRN")
    # for the month, an IRN of the sandbox is none
    expect(listed(accountant, store, faulty[0])).to_contain_text("test portal")


def listed(client, store, move):
    """Return the line of the month-end check for an invoice."""
    number = store.invoice(move, "name")["name"]
    return client.dialog.locator(".o_data_row").filter(has_text=number)


def test_main_path_by_keyboard(accountant, odoo, portal):
    page = accountant.page
    accountant.open(INVOICES)
    page.keyboard.press("Alt+c")
    expect(accountant.field("partner_id").first).to_be_visible()
    focus(page, "[name=partner_id] input")
    look_up(page, "Deccan Auto")
    focus(page, ".o_field_x2many_list_row_add a")
    page.keyboard.press("Enter")
    expect(page.locator(".o_selected_row :focus")).to_have_count(1)
    for name, text in LINE.items():
        focus(page, f".o_selected_row [name={name}] :is(input, textarea)")
        page.keyboard.type(text)
    focus(page, ".o_selected_row [name=tax_ids] input")
    look_up(page, "18% GST")
    expect(page.locator(".o_selected_row [name=tax_ids] .o_tag")).to_have_count(1)
    page.keyboard.press("Alt+q")
    status = page.locator(f".o_form_view {STATUS}").first
    expect(status).to_have_text(REGISTERED)


def look_up(page, text):
    """Take the first match of a field that looks records up."""
    page.keyboard.type(text)
    # before that, the list shows what was found for less of the text
    found = page.locator(".o-autocomplete--dropdown-item .ui-state-active")
    expect(found).to_contain_text(text)
    page.keyboard.press("Enter")


def focus(page, selector):
    """Press Tab until an element has the focus."""
    has_focus = f"document.activeElement.matches('.o_form_view {selector}')"
    for _ in range(40):
        if page.evaluate(has_focus):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")
