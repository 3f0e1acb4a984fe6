"""An administrator connects a company to a portal."""

import pytest
from playwright.sync_api import expect

ACTION = "l10n_in_einvoice_irp.action_l10n_in_irp_credential"
NAMES = ("base_url", "username", "password", "client_id", "client_secret")


def fill_in(client, portal, **other):
    """Fill in a new credential, upload both keys, and save."""
    client.open(ACTION, "new")
    for name in NAMES:
        client.fill(name, other.get(name, portal.facts[name]))
    upload = client.field("auth_key").locator("input[type=file]")
    upload.set_input_files(portal.facts["auth_public_key"])
    add_signing_key(client, portal)
    client.page.locator(".o_form_button_save").click()
    expect(client.page.locator("button[name=action_test_connection]")).to_be_visible()


def add_signing_key(client, portal):
    keys = client.field("signing_key_ids")
    keys.get_by_text("Add a line").click()
    upload = keys.locator("[name=file] input[type=file]")
    upload.set_input_files(portal.facts["signing_certificate"])
    shown = keys.locator("[name=file] input[type=text]")
    expect(shown).to_have_value("signing_certificate.pem")


@pytest.fixture
def saved(unconnected_odoo, worker):
    """Return a function giving fields of the only stored credential."""

    def read():
        [credential] = worker.call("l10n_in.irp.credential", "search", args=[[]])
        names = ("gstin", "base_url", "signing_key_ids", "blocked_message")
        return worker.read("l10n_in.irp.credential", credential, *names)

    return read


def test_connection_is_tested(admin, saved, portal):
    fill_in(admin, portal)
    admin.press("action_test_connection")
    note = admin.page.locator(".o_notification")
    expect(note).to_contain_text(f"{portal.base_url}: connection successful")
    expect(note).to_contain_text(f"Login successful for GSTIN {portal.facts['gstin']}")
    credential = saved()
    assert credential["gstin"] == portal.facts["gstin"]
    assert len(credential["signing_key_ids"]) == 1


def test_signing_key_is_recognised(admin, saved, worker, portal):
    fill_in(admin, portal)
    [key] = saved()["signing_key_ids"]
    row = worker.read("l10n_in.irp.signing.key", key, "kid", "valid_to")
    [known] = portal.signing_keys
    assert row["kid"] == known.kid
    assert row["valid_to"]


@pytest.mark.parametrize(
    ("name", "code"), [("password", "1019"), ("client_secret", "1010")]
)
def test_refusal_is_shown_without_traceback(admin, saved, portal, name, code):
    fill_in(admin, portal, **{name: "not-the-right-one"})
    admin.press("action_test_connection")
    dialog = admin.page.locator(".modal").last
    expect(dialog).to_contain_text("The portal rejected the login")
    expect(dialog).to_contain_text(code)
    expect(dialog).not_to_contain_text("Traceback")
    expect(dialog).not_to_contain_text("not-the-right-one")


def test_address_in_clear_text_is_refused(admin, unconnected_odoo, portal):
    admin.open(ACTION, "new")
    for name in NAMES:
        admin.fill(name, portal.facts[name])
    admin.fill("base_url", "http://portal.example.com")
    upload = admin.field("auth_key").locator("input[type=file]")
    upload.set_input_files(portal.facts["auth_public_key"])
    admin.page.locator(".o_form_button_save").click()
    dialog = admin.page.locator(".modal")
    expect(dialog).to_contain_text("the address must begin with https://")
    assert (
        unconnected_odoo.worker.call("l10n_in.irp.credential", "search", args=[[]])
        == []
    )


def test_accountant_has_no_access(accountant):
    accountant.page.goto(f"{accountant.url}/odoo/action-{ACTION}")
    expect(accountant.page.locator(".modal")).to_contain_text("Access Error")
    expect(accountant.page.locator(".o_list_view")).to_have_count(0)


def test_gsp_headers_are_checked_while_editing(admin, unconnected_odoo):
    gsp = {"name": "A GSP of ours", "base_url": "https://gsp.example"}
    unconnected_odoo.worker.call("l10n_in.irp.portal", "create", args=[gsp])
    admin.open(ACTION, "new")
    expect(admin.field("extra_headers")).to_have_count(0)
    admin.fill("portal_id", gsp["name"])
    admin.page.locator(".o-autocomplete--dropdown-item", has_text=gsp["name"]).click()
    headers = admin.field("extra_headers").locator("textarea").first
    headers.fill("X-Key: secret")
    shown = "field => getComputedStyle(field).webkitTextSecurity"
    assert headers.evaluate(shown) == "none"
    headers.blur()
    assert headers.evaluate(shown) == "disc"
    admin.page.locator(".o_form_button_cancel").click()
