"""A cancellation that failed, and one whose outcome is unclear."""

import re

import pytest
from playwright.sync_api import expect
from processes.odoo_client import wait_for_state

BANNER = ".o_form_view .alert"


@pytest.fixture
def registered(odoo, server_url):
    odoo.register_on("manual")
    move = odoo.posted()
    odoo.register(move)
    wait_for_state(odoo, move, "registered")
    return move


def cancel(client, move):
    """Request cancellation while a fault of the portal drops the call."""
    client.open_invoice(move)
    client.press("button_request_cancel")
    client.press_in_dialog("action_cancel")
    expect(client.dialog).to_be_hidden()


def test_cancel_again_from_the_banner(accountant, odoo, database, portal, registered):
    portal.fault("drop_before", "cancel_irn")
    cancel(accountant, registered)
    wait_for_state(odoo, registered, "cancelling")
    database.rows("UPDATE l10n_in_irp_document SET in_flight_until = NULL")
    accountant.press("action_l10n_in_irp_refresh")
    banner = accountant.page.locator(BANNER, has_text="still active")
    expect(banner).to_contain_text(re.compile(r"for another 23 h \d+ min"))
    banner.get_by_text("Cancel Again", exact=True).click()
    expect(accountant.dialog).to_contain_text("Cancel IRN of")
    accountant.press_in_dialog("action_cancel")
    expect(accountant.dialog).to_be_hidden()
    wait_for_state(odoo, registered, "cancelled")
    expect(banner).to_be_hidden()


def test_manager_settles_an_unclear_cancellation(
    accountant, admin, odoo, database, portal, registered
):
    portal.fault("drop_after", "cancel_irn")
    portal.fault("refuse", "get_irn_by_document", code="2283")
    cancel(accountant, registered)
    wait_for_state(odoo, registered, "cancelling")
    database.rows("UPDATE l10n_in_irp_document SET in_flight_until = NULL")
    accountant.press("action_l10n_in_irp_refresh")
    banner = accountant.page.locator(BANNER, has_text="has stopped checking")
    expect(banner).to_contain_text("2283")
    expect(
        accountant.page.locator("button[name=action_l10n_in_irp_settle]")
    ).to_be_hidden()
    admin.open_invoice(registered)
    admin.page.locator(BANNER).get_by_text("Settle by Hand", exact=True).click()
    expect(admin.dialog).to_contain_text("you recorded it by hand")
    admin.dialog.get_by_label("Still Active").check()
    expect(admin.field("cancelled_at")).to_be_hidden()
    admin.fill("remark", "Active on the portal's page, 20/01/2026")
    admin.press_in_dialog("action_settle")
    expect(admin.dialog).to_be_hidden()
    banner = admin.page.locator(BANNER, has_text="not confirmed by the portal")
    expect(banner).to_contain_text("is still active")
    admin.tab("l10n_in_irp_tab")
    expect(admin.field("l10n_in_irp_settled_as")).to_have_text("Still Active")
    assert odoo.state(registered) == "registered"
