"""A cancellation that was not carried out, and one of which nobody knows."""

import re

import pytest
from playwright.sync_api import expect
from processes.desk import wait_for_state

BANNER = ".o_form_view .alert"


@pytest.fixture
def registered(desk, server_url):
    desk.register_on("manual")
    move = desk.posted()
    desk.register(move)
    wait_for_state(desk, move, "registered")
    return move


def cancel(client, move):
    """Ask to cancel, in a call that a fault of the portal breaks off."""
    client.open_invoice(move)
    client.press("button_request_cancel")
    client.press_in_dialog("action_cancel")
    expect(client.dialog).to_be_hidden()


def test_cancel_again_from_the_banner(accountant, desk, database, portal, registered):
    portal.fault("drop_before", "cancel_irn")
    cancel(accountant, registered)
    wait_for_state(desk, registered, "cancelling")
    database.rows("UPDATE l10n_in_irp_document SET in_flight_until = NULL")
    accountant.press("action_l10n_in_irp_refresh")
    banner = accountant.page.locator(BANNER, has_text="still active")
    expect(banner).to_contain_text(re.compile(r"for another 23 h \d+ min"))
    banner.get_by_text("Cancel Again", exact=True).click()
    expect(accountant.dialog).to_contain_text("Cancel IRN of")
    accountant.press_in_dialog("action_cancel")
    expect(accountant.dialog).to_be_hidden()
    wait_for_state(desk, registered, "cancelled")
    expect(banner).to_be_hidden()


def test_manager_settles_what_the_portal_tells_no_more(
    accountant, admin, desk, database, portal, registered
):
    portal.fault("drop_after", "cancel_irn")
    portal.fault("refuse", "get_irn_by_document", code="2283")
    cancel(accountant, registered)
    wait_for_state(desk, registered, "cancelling")
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
    assert desk.state(registered) == "registered"
