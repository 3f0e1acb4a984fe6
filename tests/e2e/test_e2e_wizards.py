"""The dialogs that an accountant opens from an invoice."""

import json
import re
from datetime import datetime, timezone

import pytest
from playwright.sync_api import expect
from processes.browser import INVOICES
from processes.odoo_client import wait_for_state

BANNER = ".o_form_view .alert"
DAY_OVER = (
    "UPDATE l10n_in_irp_document SET ack_date = ack_date - interval '25 hours'"
    " WHERE move_id = %s"
)


@pytest.fixture
def unregistered(odoo):
    """A posted invoice that Odoo has not sent to the portal."""
    odoo.register_on("manual")
    return odoo.posted()


@pytest.fixture
def registered(odoo, server_url, unregistered):
    """An invoice that the portal has registered."""
    return register(odoo, unregistered)


def register(odoo, move):
    odoo.register(move)
    wait_for_state(odoo, move, "registered")
    return move


def register_elsewhere(portal, invoice):
    """Register an invoice bypassing Odoo, as another program does."""
    client = portal.other_client(lambda: datetime.now(timezone.utc))
    return client.generate_irn(invoice)


def choose_reason(client, label):
    """Choose a reason and expect it as the remark as well."""
    client.choose("reason", label)
    expect(client.field("remark").locator("input")).to_have_value(label)


def expect_form_state(client, label):
    """Wait until the form's status bar shows a state."""
    current = client.page.locator(".o_form_view .o_arrow_button_current:visible")
    expect(current).to_have_text(label)


class TestCancel:
    """'Request Cancel' on an invoice."""

    @staticmethod
    def cancel(client, move):
        client.open_invoice(move)
        client.press("button_request_cancel")
        client.press_in_dialog("action_cancel")
        expect(client.dialog).to_be_hidden()

    def test_wizard_shows_time_reason_and_remark(self, accountant, odoo, registered):
        accountant.open_invoice(registered)
        accountant.press("button_request_cancel")
        dialog = accountant.dialog
        expect(dialog).to_contain_text(re.compile(r"2[34] h \d+ min \d+ s left"))
        expect(dialog).to_contain_text(odoo.document(registered)["irn"])
        expect(accountant.field("deadline")).not_to_be_empty()
        choose_reason(accountant, "Duplicate")
        expect(dialog.get_by_label("Also Cancel Invoice in Odoo")).to_be_checked()

    def test_time_left_counts_down(self, accountant, database, registered):
        clock = accountant.page.clock
        clock.install()
        accountant.open_invoice(registered)
        accountant.press("button_request_cancel")
        timer = accountant.dialog.locator("[name=seconds_left] [role=timer]")
        expect(timer).to_have_text(re.compile(r"^23 h 59 min \d+ s left$"))
        clock.fast_forward("01:00:00")
        expect(timer).to_have_text(re.compile(r"^22 h 59 min \d+ s left$"))
        # a browser clock that is ahead closes nothing: the server decides
        clock.fast_forward("23:00:00")
        expect(timer).to_have_text(re.compile(r"^23 h 59 min \d+ s left$"))
        database.rows(DAY_OVER, registered)
        clock.fast_forward("24:00:00")
        expect(accountant.dialog).to_contain_text("only within 24 hours")
        expect(accountant.dialog.locator("button[name=action_cancel]")).to_be_hidden()
        expect(
            accountant.dialog.locator("button[name=action_credit_note]:visible")
        ).to_have_count(1)

    def test_cancelled_invoice_still_shows_its_irn(
        self, accountant, odoo, portal, registered
    ):
        accountant.open_invoice(registered)
        accountant.press("button_request_cancel")
        choose_reason(accountant, "Data Entry Mistake")
        accountant.fill("remark", "Wrong price agreed")
        accountant.press_in_dialog("action_cancel")
        expect(accountant.dialog).to_be_hidden()
        expect_form_state(accountant, "Cancelled")
        accountant.tab("l10n_in_irp_tab")
        page = accountant.page.locator(".o_notebook")
        expect(page).to_contain_text("Cancelled")
        document = odoo.document(registered)
        expect(accountant.field("l10n_in_irp_irn")).to_have_text(document["irn"])
        expect(accountant.field("l10n_in_irp_cancel_date")).not_to_be_empty()
        held = {one["irn"]: one["status"] for one in portal.registrations}
        assert held[document["irn"]] == "CNL"

    def test_empty_remark_is_refused(self, accountant, portal, registered):
        accountant.open_invoice(registered)
        accountant.press("button_request_cancel")
        calls = portal.all_calls
        accountant.fill("remark", "")
        accountant.press_in_dialog("action_cancel")
        expect(accountant.field("remark")).to_contain_class("o_field_invalid")
        assert portal.all_calls == calls

    def test_cancelled_invoice_is_reissued(self, accountant, odoo, registered):
        self.cancel(accountant, registered)
        banner = accountant.page.locator(BANNER, has_text="IRN cancelled")
        expect(banner).to_contain_text("Create Replacement")
        accountant.press("action_l10n_in_irp_duplicate")
        expect_form_state(accountant, "Draft")
        expect(accountant.field("invoice_line_ids")).to_contain_text("Carbide drill")
        expect(banner).to_be_hidden()
        assert odoo.state(registered) == "cancelled"

    def test_after_a_day_only_a_credit_note_is_offered(
        self, accountant, database, odoo, registered
    ):
        database.rows(DAY_OVER, registered)
        accountant.open_invoice(registered)
        accountant.press("button_request_cancel")
        dialog = accountant.dialog
        expect(dialog).to_contain_text("only within 24 hours")
        expect(dialog.locator("button[name=action_cancel]")).to_be_hidden()
        expect(accountant.field("reason")).to_be_hidden()
        accountant.press_in_dialog("action_credit_note")
        accountant.press_in_dialog("refund_moves")
        expect_form_state(accountant, "Draft")
        expect(accountant.field("invoice_line_ids")).to_contain_text("Carbide drill")
        assert odoo.invoice(registered, "reversal_move_ids")["reversal_move_ids"]


class TestEwaybill:
    """'e-Way bill' on a registered invoice of goods."""

    @pytest.fixture
    def form(self, accountant, odoo):
        """The accountant's web client with the e-way bill of a registered invoice."""
        return self.open_ewaybill(accountant, odoo)

    @pytest.fixture
    def managers_form(self, admin, odoo):
        """The same for an e-Invoice manager."""
        return self.open_ewaybill(admin, odoo)

    @staticmethod
    def open_ewaybill(client, odoo):
        odoo.register_on("manual")
        # to another town, because the portal has no distance within one PIN code
        client.open_invoice(register(odoo, odoo.posted(buyer="distant")))
        client.press("action_l10n_in_irp_ewaybill")
        expect(client.field("vehicle_number")).to_be_visible()
        return client

    @staticmethod
    def generate(client, vehicle):
        client.fill("vehicle_number", vehicle)
        client.fill("distance", "0")
        entered = client.field("vehicle_number").locator("input")
        expect(entered).to_have_value(vehicle)
        client.press("action_generate")

    def test_number_and_validity_appear(self, form):
        self.generate(form, "MH12AB1234")
        expect(form.field("number")).to_have_text(re.compile(r"^\d{12}$"))
        expect(form.field("valid_until")).not_to_be_empty()
        expect(form.field("ewb_date")).not_to_be_empty()
        expect_form_state(form, "Generated")

    def test_wrong_vehicle_number_is_refused_before_the_call(self, form, portal):
        calls = portal.all_calls
        self.generate(form, "MH12AB12345")
        alert = form.page.locator(f"{BANNER}:visible")
        expect(alert).to_contain_text("4014: ")
        expect(alert).to_contain_text("MH12AB12345 is not a vehicle number")
        assert portal.all_calls == calls
        # the open form follows the outcome; opened again, it has nothing to follow
        form.page.reload()
        expect_form_state(form, "Failed Validation")
        self.generate(form, "MH12AB1234")
        expect_form_state(form, "Generated")
        expect(alert).to_be_hidden()

    def test_cancelling(self, form, portal):
        self.generate(form, "MH12AB1234")
        expect_form_state(form, "Generated")
        number = form.field("number").inner_text()
        form.press("action_cancel")
        expect(form.dialog).to_contain_text(f"Cancel e-Way Bill {number}")
        choose_reason(form, "Data Entry Mistake")
        form.fill("remark", "Another vehicle came")
        form.press_in_dialog("action_cancel")
        expect(form.dialog).to_be_hidden()
        expect_form_state(form, "Cancelled")
        expect(form.field("cancel_date")).not_to_be_empty()
        expect(form.field("cancel_reason")).to_have_text("Data Entry Mistake")
        expect(form.field("cancel_remark")).to_have_text("Another vehicle came")
        expect(form.field("number")).to_have_text(number)
        held = {str(one["eway_bill"]): one for one in portal.registrations}
        assert held[number]["eway_bill_status"] == "CNL"

    def test_cancelled_on_the_web_page_by_hand(self, managers_form, database, portal):
        client = managers_form
        self.generate(client, "MH12AB1234")
        expect_form_state(client, "Generated")
        number = client.field("number").inner_text()
        # the local portal stands in for production, whose dialog is tested
        environment = "UPDATE l10n_in_irp_ewaybill SET environment = %s"
        database.rows(environment, "production")
        client.press("action_cancel")
        expect(client.dialog).to_contain_text("Odoo has no API user for it")
        expect(client.dialog.locator("button[name=action_cancel]")).to_be_hidden()
        expect(client.field("cancelled_at")).to_be_visible()
        client.choose("reason", "Data Entry Mistake")
        database.rows(environment, "sandbox")
        portal.other_client(lambda: datetime.now(timezone.utc)).cancel_ewb(
            number, "3", "By hand"
        )
        client.dialog.locator("button[name=action_record]:visible").click()
        expect(client.dialog).to_be_hidden()
        expect_form_state(client, "Cancelled")
        expect(client.field("cancel_date")).not_to_be_empty()
        expect(client.field("cancel_reason")).to_have_text("Data Entry Mistake")


class TestCheck:
    """'Check e-Invoice' and 'Preview INV-01 JSON' on one invoice."""

    def test_missing_hsn_is_listed_and_corrected(self, accountant, odoo):
        move = odoo.draft(product="without_hsn")
        accountant.open_invoice(move)
        accountant.page.get_by_role("button", name="Check e-Invoice").click()
        findings = accountant.dialog.locator(".o_data_row")
        finding = findings.filter(has_text="HSN").first
        expect(finding).to_contain_text("Blocking")
        expect(finding.locator("[name=code]")).to_have_text(re.compile(r"^\d{4}$"))
        finding.locator("button[name=action_open]").click()
        rows = accountant.page.locator(".o_list_view.o_action .o_data_row")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("Offcut of steel")
        rows.locator("[name=l10n_in_hsn_code]").click()
        rows.locator("[name=l10n_in_hsn_code] input").fill("720449")
        accountant.page.locator(".o_list_button_save:visible").click()
        expect(accountant.page.locator(".o_selected_row")).to_have_count(0)
        assert odoo.payload(move)["ItemList"][0]["HsnCd"] == "720449"

    def test_faultless_invoice_is_shown_and_downloaded(
        self, accountant, odoo, unregistered, tmp_path
    ):
        accountant.open_invoice(unregistered)
        accountant.choose_action("Preview INV-01 JSON")
        invoice = odoo.payload(unregistered)
        expect(accountant.dialog).to_contain_text("Nothing to correct")
        content = accountant.dialog.locator("[name=content]").inner_text()
        assert json.loads(content) == invoice
        with accountant.page.expect_download() as download:
            accountant.press_in_dialog("action_download")
        assert download.value.suggested_filename.endswith("_INV-01.json")
        path = tmp_path / "preview.json"
        download.value.save_as(path)
        assert json.loads(path.read_text()) == invoice


class TestFetch:
    """'Fetch from IRP' for what another client registered."""

    @staticmethod
    def ask(client, move):
        client.open_invoice(move)
        client.tab("l10n_in_irp_tab")
        client.page.get_by_role("button", name="Fetch from IRP").click()
        client.press_in_dialog("action_fetch")

    def test_same_content_is_adopted(self, accountant, odoo, portal, unregistered):
        other = register_elsewhere(portal, odoo.payload(unregistered))
        self.ask(accountant, unregistered)
        # green is for production alone
        note = accountant.dialog.locator("[role=status]", has_text="Imported")
        expect(note).to_contain_text(other.irn)
        expect(note).to_contain_text(other.ack_number)
        accountant.dialog.locator("footer").get_by_text("Close").click()
        expect(accountant.dialog).to_be_hidden()
        accountant.tab("l10n_in_irp_tab")
        expect(accountant.field("l10n_in_irp_irn")).to_have_text(other.irn)
        assert odoo.document(unregistered)["adopted"]

    def test_differences_are_listed(self, accountant, odoo, portal, unregistered):
        invoice = odoo.payload(unregistered)
        invoice["BuyerDtls"]["LglNm"] = "Somebody Else"
        register_elsewhere(portal, invoice)
        self.ask(accountant, unregistered)
        expect(accountant.dialog.locator(".alert-danger")).to_be_visible()
        rows = accountant.dialog.locator(".o_data_row")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("Deccan Auto Components")
        expect(rows).to_contain_text("Somebody Else")
        assert odoo.state(unregistered) == "conflict"

    def test_invoice_unknown_to_the_portal_stays(self, accountant, odoo, unregistered):
        self.ask(accountant, unregistered)
        note = accountant.dialog.locator(".alert-warning")
        expect(note).to_contain_text("Nothing was sent or changed")
        assert not odoo.state(unregistered)


def open_menu(client, name):
    """Choose a menu entry that opens a dialog, by its name."""
    client.open(INVOICES)
    client.page.keyboard.press("Control+k")
    client.page.locator(".o_command_palette_search input").fill(f"/{name}")
    client.page.locator(".o_command", has_text=name).first.click()
    expect(client.dialog.locator("footer button").first).to_be_visible()


class TestImport:
    """'Import e-Invoice JSON'."""

    def test_file_of_the_portal_is_imported(
        self, admin, odoo, portal, unregistered, tmp_path
    ):
        other = register_elsewhere(portal, odoo.payload(unregistered))
        path = tmp_path / "portal.json"
        entry = {
            "Irn": other.irn,
            "AckNo": int(other.ack_number),
            "AckDt": f"{other.ack_date:%Y-%m-%d %H:%M:%S}",
            "SignedInvoice": other.signed_invoice,
            "SignedQRCode": other.signed_qr,
            "Status": "ACT",
        }
        path.write_text(json.dumps([entry]))
        open_menu(admin, "Import e-Invoice JSON")
        chooser = admin.field("file").locator("input[type=file]")
        chooser.set_input_files(path)
        admin.press_in_dialog("action_import")
        row = admin.dialog.locator(".o_data_row")
        expect(row).to_contain_text("Imported")
        assert odoo.state(unregistered) == "registered"


class TestCompare:
    """'Reconcile with IRP' over a period."""

    def test_registration_missing_in_odoo_is_listed(
        self, accountant, odoo, portal, unregistered
    ):
        register_elsewhere(portal, odoo.payload(unregistered))
        number = odoo.invoice(unregistered, "name")["name"]
        open_menu(accountant, "Reconcile with IRP")
        accountant.press_in_dialog("action_compare")
        row = accountant.dialog.locator(".o_data_row").filter(has_text=number)
        expect(row).to_be_visible()
        assert not odoo.state(unregistered)
