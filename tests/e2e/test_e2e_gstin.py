"""Looking up GSTINs at the GST portal from partners, lists and invoices."""

import csv

import pytest
from playwright.sync_api import expect

PARTNERS = "base.action_partner_form"
CHECK = "l10n_in_einvoice_irp.action_l10n_in_irp_gstin_check"
NEW, CANCELLED = "27ZZZCO9987O1ZK", "27ZZZCX9994C1Z1"
PUNE = {"AddrLoc": "PUNE", "AddrPncd": 411026, "AddrBnm": "", "AddrBno": "PLOT 14"}
ENDED = {"DtReg": "2018-04-01", "DtDReg": "2024-03-31"}


@pytest.fixture
def buyer(odoo):
    """The id of a partner with name and address entered by hand."""
    values = {"name": "Nashik Tools", "vat": NEW, "street": "Old Road 1"}
    country = odoo.worker.call("res.country", "search", args=[[("code", "=", "IN")]])[0]
    values |= {"country_id": country, "is_company": True}
    partner = odoo.worker.call("res.partner", "create", args=[values])[0]
    yield partner
    odoo.worker.call("res.partner", "unlink", [partner])


def open_partner(client, partner):
    client.open(PARTNERS, partner)
    expect(client.field("vat").first).to_be_visible()


def row(client, label):
    return client.dialog.locator(".o_data_row", has_text=label)


class TestPartner:
    """'Get from GST portal' on a partner."""

    def test_only_ticked_values_are_written(self, accountant, odoo, portal, buyer):
        portal.enter(NEW, "ACT", LegalName="NASHIK GEARS LIMITED", **PUNE)
        open_partner(accountant, buyer)
        accountant.tab("l10n_in_irp_gstin")
        accountant.press("action_l10n_in_irp_get")
        name = row(accountant, "NASHIK GEARS LIMITED")
        expect(name).to_contain_text("Nashik Tools")
        ticked = accountant.dialog.locator(".o_data_row input:checked")
        # name and address stay as they are; the address is one row
        expect(name.locator("input")).not_to_be_checked()
        address = row(accountant, "PLOT 14")
        expect(address).to_contain_text("411026")
        expect(address.locator("input")).not_to_be_checked()
        count = ticked.count()
        name.locator("[name=is_taken]").click()
        name.locator("input").check()
        expect(ticked).to_have_count(count + 1)
        accountant.press_in_dialog("action_apply")
        expect(accountant.page.locator(".modal")).to_have_count(0)
        expect(accountant.field("l10n_in_irp_legal_name")).to_have_text(
            "NASHIK GEARS LIMITED"
        )
        held = odoo.worker.read("res.partner", buyer, "name", "zip", "street")
        assert held["name"] == "NASHIK GEARS LIMITED"
        assert not held["zip"]
        assert held["street"] == "Old Road 1"

    def test_closing_the_dialog_changes_nothing(self, accountant, odoo, portal, buyer):
        portal.enter(NEW, "ACT", LegalName="NASHIK GEARS LIMITED", **PUNE)
        before = odoo.worker.read("res.partner", buyer, "name", "zip", "street")
        open_partner(accountant, buyer)
        accountant.tab("l10n_in_irp_gstin")
        accountant.press("action_l10n_in_irp_sync")
        expect(row(accountant, "NASHIK GEARS LIMITED")).to_be_visible()
        accountant.dialog.locator("footer").get_by_text("Close").click()
        expect(accountant.page.locator(".modal")).to_have_count(0)
        after = odoo.worker.read("res.partner", buyer, "name", "zip", "street")
        assert after == before
        expect(accountant.field("l10n_in_irp_source")).to_have_text("GST Common Portal")

    def test_new_partner_is_filled_in_before_it_is_saved(
        self, accountant, odoo, portal
    ):
        portal.enter(NEW, "ACT", LegalName="NASHIK GEARS LIMITED", **PUNE)
        accountant.open(PARTNERS, "new")
        vat = accountant.field("vat").locator("input")
        vat.fill(NEW)
        vat.press("Tab")
        accountant.page.locator("button.l10n_in_irp_gstin_offer").click()
        expect(row(accountant, "NASHIK GEARS LIMITED")).to_be_visible()
        accountant.press_in_dialog("action_apply")
        expect(accountant.page.locator(".modal")).to_have_count(0)
        name = accountant.field("name").locator("input, textarea").first
        expect(name).to_have_value("NASHIK GEARS LIMITED")
        expect(accountant.field("zip").locator("input")).to_have_value("411026")
        expect(accountant.field("city").locator("input")).to_have_value("PUNE")
        offer = accountant.page.locator("button.l10n_in_irp_gstin_offer")
        expect(offer).to_be_hidden()
        accountant.page.locator(".o_form_button_save").click()
        expect(accountant.page.locator(".o_form_button_save")).to_be_hidden()

    def test_typed_values_stay(self, accountant, odoo, portal):
        portal.enter(NEW, "ACT", LegalName="NASHIK GEARS LIMITED", **PUNE)
        accountant.open(PARTNERS, "new")
        name = accountant.field("name").locator("input, textarea").first
        name.fill("Gears of Ravi")
        accountant.choose("l10n_in_gst_treatment", "Special Economic Zone")
        vat = accountant.field("vat").locator("input")
        vat.fill(NEW)
        vat.press("Tab")
        accountant.page.locator("button.l10n_in_irp_gstin_offer").click()
        proposed = row(accountant, "NASHIK GEARS LIMITED")
        expect(proposed).to_contain_text("Gears of Ravi")
        expect(proposed.locator("input")).not_to_be_checked()
        treatment = row(accountant, "Special Economic Zone")
        expect(treatment.locator("input")).not_to_be_checked()
        accountant.press_in_dialog("action_apply")
        expect(accountant.page.locator(".modal")).to_have_count(0)
        expect(name).to_have_value("Gears of Ravi")
        expect(accountant.field("zip").locator("input")).to_have_value("411026")
        accountant.page.locator(".o_form_button_cancel").click()


class TestInvoice:
    """The banner above an invoice to a cancelled GSTIN."""

    def test_draft_warns_of_a_cancelled_buyer(self, accountant, odoo, portal, seller):
        vat = odoo.worker.read("res.partner", seller["distant"], "vat")["vat"]
        portal.enter(vat, "CNL", **ENDED)
        open_partner(accountant, seller["distant"])
        accountant.tab("l10n_in_irp_gstin")
        accountant.press("action_l10n_in_irp_get")
        alert = accountant.dialog.locator(".alert-danger:visible")
        expect(alert).to_contain_text("Cancelled with effect from 2024-03-31")
        accountant.dialog.locator("footer").get_by_text("Close").click()
        banner = accountant.page.locator(".alert-warning", has_text="Cancelled")
        expect(banner).to_contain_text(
            "Sandbox (Trial Portal): test data, may not be correct"
        )
        accountant.open_invoice(odoo.draft(buyer="distant"))
        banner = accountant.page.locator(".alert-warning", has_text=vat)
        expect(banner).to_contain_text("Cancelled with effect from 2024-03-31")
        portal.enter(vat, "ACT")


class TestList:
    """'GSTIN Verification' on a pasted list."""

    def test_result_is_shown_and_downloaded(self, accountant, odoo, portal, tmp_path):
        portal.enter(CANCELLED, "CNL", **ENDED)
        accountant.page.goto(f"{accountant.url}/odoo/action-{CHECK}")
        text = f"{NEW}\n{CANCELLED}\n{NEW}\n{NEW[:-1]}X"
        accountant.field("text").locator("textarea").fill(text)
        accountant.press_in_dialog("action_check")
        rows = accountant.dialog.locator(".o_data_row")
        expect(rows).to_have_count(4)
        expect(rows.nth(0)).to_contain_text("Active")
        expect(rows.nth(1)).to_contain_text("Cancelled with effect from 2024-03-31")
        expect(rows.nth(2)).to_contain_text("Duplicate")
        expect(rows.nth(3)).to_contain_text("typo")
        with accountant.page.expect_download() as download:
            accountant.press_in_dialog("action_download")
        path = tmp_path / "result.csv"
        download.value.save_as(path)
        lines = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
        assert [line["GSTIN"] for line in lines][:2] == [NEW, CANCELLED]
        assert lines[1]["Result"] == "Not Active"
