"""Screens that are open while the queue works."""

import re

from playwright.sync_api import expect
from processes.odoo_client import wait_for_state

DONE = re.compile("^Registered")
LISTED = ".o_field_widget[name=l10n_in_irp_status]"


def test_open_screens_follow_the_outcome(accountant, open_client, odoo, portal):
    odoo.register_on("manual")
    move = odoo.posted()
    accountant.open_invoice(move)
    accountant.tab("l10n_in_irp_tab")
    shown = accountant.page.locator(
        ".o_notebook .o_field_widget[name=l10n_in_irp_status]"
    )
    expect(shown).to_have_text("Not Registered")
    page = open_client("accountant")
    page.open("account.action_move_out_invoice_type")
    number = odoo.invoice(move, "name")["name"]
    row = page.page.locator(".o_data_row", has_text=number).locator(LISTED)
    expect(row).to_have_text("Not Registered")
    odoo.register(move)
    wait_for_state(odoo, move, "registered")
    expect(shown).to_have_text(DONE)
    expect(row).to_have_text(DONE)
