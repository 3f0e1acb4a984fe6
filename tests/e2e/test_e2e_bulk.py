"""Operations on a selection of the invoice list."""

import re

import pytest
from playwright.sync_api import expect
from processes.browser import INVOICES


@pytest.fixture
def selection(odoo, server_url):
    """Two sound invoices and one without HSN, not sent to the portal."""
    odoo.register_on("manual")
    return [*odoo.posted_batch(2), odoo.posted("without_hsn")]


def choose(client, odoo, moves, entry):
    """Select invoices in the list, and choose an entry of the Actions menu."""
    client.open(INVOICES)
    for move in moves:
        name = odoo.invoice(move, "name")["name"]
        row = client.page.locator(".o_data_row", has_text=name)
        row.locator(".o_list_record_selector input").check()
    client.page.get_by_role("button", name="Actions").click()
    client.page.get_by_role("menuitem", name=entry, exact=True).click()


def expect_count(client, name, count):
    """Wait until a counter of the results shows a number, without reloading."""
    expect(client.field(name).locator(".o_stat_value")).to_have_text(str(count))


def test_generate_irn_for_a_selection(accountant, odoo, selection):
    choose(accountant, odoo, selection, "Generate IRN")
    page = accountant.page
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuenow", "100")
    expect_count(accountant, "done_count", 2)
    expect_count(accountant, "failed_count", 1)
    row = page.locator(".o_field_widget[name=line_ids] .o_data_row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(re.compile("HSN", re.IGNORECASE))
    expect(row.get_by_role("button", name="Open Invoices")).to_be_visible()
    # green is for production alone
    expect(page.locator(".progress-bar.bg-success")).to_have_count(0)

    choose(accountant, odoo, selection, "Cancel IRN")
    dialog = accountant.dialog
    expect(dialog).to_contain_text("2 IRNs can be cancelled")
    expect(dialog).to_contain_text("No IRN to cancel")
    accountant.press_in_dialog("action_cancel")
    expect_count(accountant, "done_count", 2)
    states = {odoo.state(move) for move in selection[:2]}
    assert states == {"cancelled"}
