import base64
import os
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import file_open
from odoo.tools.sql import column_exists

from ...irp import ENVIRONMENTS
from ...models.portal.secrets import installation
from ...models.portal.secrets.vault import (
    COLUMN,
    VARIABLE,
    ForeignSecret,
    LostKey,
    Vault,
)
from ..common import KEY, FaultyTransport, IrpCommon

SECRETS = {
    "password": "Pa55-of-portal",
    "client_secret": "c1ient-secret-of-portal",
    "extra_headers": "X-Subscription: h3ader-of-gsp",
    "ewb_password": "Ewb-pa55",
    "ewb_client_secret": "ewb-c1ient-secret",
}


class SecretsCommon(IrpCommon):
    """A sandbox credential with all secrets, in the hands of an administrator."""

    def setUp(self):
        super().setUp()
        self.admin = new_test_user(
            self.env(su=True),
            "irp_admin",
            groups="base.group_system,account.group_account_manager",
            company_id=self.default_company.id,
            company_ids=[(6, 0, self.default_company.ids)],
        )
        self.credential = self.make().with_user(self.admin)

    def make(self, **values):
        credentials = self.env["l10n_in.irp.credential"].with_user(self.admin)
        return credentials.create(
            {
                "company_id": self.default_company.id,
                "username": "user",
                "client_id": "client",
                "ewb_username": "ewb-user",
                "auth_key": self.auth_key(),
                **SECRETS,
                **values,
            }
        )

    def use_keys(self, *keys):
        """Give the server other keys until the end of the test."""
        keys = patch.dict(os.environ, {VARIABLE: ", ".join(keys)})
        self.enterContext(keys)

    def without_key(self):
        self.use_keys()
        self.credential.unlink()
        self.credential = self.make()

    def column(self, record=None):
        """Return what PostgreSQL stores of the secrets of a record, as text."""
        record = record or self.credential
        self.env.flush_all()
        self.env.cr.execute(
            f"SELECT {COLUMN}::text FROM {record._table} WHERE id = %s", [record.id]
        )
        return self.env.cr.fetchone()[0]

    def become_copy(self):
        """Give the database another uuid, as `odoo db duplicate` does."""
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("database.uuid", "a-copy")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestVault(SecretsCommon):
    def test_code_takes_out_what_was_entered(self):
        for name, value in SECRETS.items():
            self.assertEqual(self.credential._secret(name), value)
        account = self.credential._account()
        self.assertEqual(account.password, SECRETS["password"])
        self.assertEqual(self.credential._ewb_account().password, "Ewb-pa55")
        headers = self.credential._environment().headers
        self.assertEqual(headers["X-Subscription"], "h3ader-of-gsp")

    def test_database_holds_nothing_in_clear(self):
        stored = self.column()
        for value in SECRETS.values():
            self.assertNotIn(value, stored)
            self.assertNotIn(base64.b64encode(value.encode()).decode(), stored)
        self.assertEqual(self.credential.secrets_state, "encrypted")
        self.assertFalse(self.credential.secrets_note)

    def test_token_and_session_key_are_encrypted(self):
        self.make_invoice()
        self.process()
        row = self.env["l10n_in.irp.session"].sudo().search([])
        session = row._session()
        self.assertNotIn(session.token, self.column(row))
        sek = base64.b64encode(session.sek).decode()
        self.assertEqual(Vault(row).take("sek"), sek)
        self.assertNotIn(sek, self.column(row))

    def test_secret_opens_in_its_own_field_alone(self):
        self.env.cr.execute(
            f"UPDATE l10n_in_irp_credential SET {COLUMN} = jsonb_set({COLUMN},"
            f" '{{client_secret}}', {COLUMN}->'password') WHERE id = %s",
            [self.credential.id],
        )
        with self.assertRaisesRegex(UserError, "Client Secret"):
            self.credential._secret("client_secret")

    def test_empty_value_removes(self):
        self.credential.write({"extra_headers": False})
        self.assertFalse(self.credential.has_extra_headers)
        self.credential.write({"ewb_username": False, "ewb_client_id": False})
        self.assertFalse(self.credential.has_ewb_password)
        self.assertFalse(self.credential.has_ewb_client_secret)
        self.assertEqual(Vault(self.credential).names(), {"password", "client_secret"})

    def test_button_removes_headers(self):
        self.credential.action_remove_extra_headers()
        self.assertFalse(self.credential.has_extra_headers)

    def test_password_is_required(self):
        for values in ({"password": False}, {"client_secret": False}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.make(gstin="29AAGCB1286Q1Z0", **values)
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.credential.write(values)

    def test_another_environment_has_other_secrets(self):
        with (
            self.assertRaisesRegex(AssertionError, "password is a required field"),
            Form(self.credential) as form,
        ):
            form.environment = "production"
            form.username = "other"
        with self.assertRaisesRegex(ValidationError, "API Password"):
            self.credential.environment = "production"

    def test_secrets_follow_to_no_other_address(self):
        """Who may change the address would read them there."""
        address = "http://127.0.0.1:8801"
        for name in ("base_url", "ewb_base_url"):
            with (
                self.assertRaisesRegex(ValidationError, "Client Secret.* again"),
                self.env.cr.savepoint(),
            ):
                self.credential.write({name: address})
        self.credential.write({"base_url": address, **SECRETS})
        self.assertEqual(self.credential.base_url, address)
        published = ENVIRONMENTS["sandbox"].base_urls[0].base_url
        self.credential.base_url = published
        self.assertEqual(self.credential._secret("password"), SECRETS["password"])

    def test_secrets_of_an_earlier_release_move(self):
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE l10n_in_irp_credential ADD COLUMN password varchar"
        )
        self.env.cr.execute("UPDATE l10n_in_irp_credential SET password = 'ear1ier'")
        self.env["l10n_in.irp.credential"].init()
        self.assertEqual(self.credential._secret("password"), "ear1ier")
        table = self.credential._table
        self.assertFalse(column_exists(self.env.cr, table, "password"))

    def test_unusable_data_directory_is_named(self):
        path = installation._mark_path(self.env.cr.dbname)
        mark = path.read_text()
        self.addCleanup(path.write_text, mark)
        self.addCleanup(path.rmdir)
        path.unlink()
        path.mkdir()
        with self.assertRaisesRegex(UserError, path.name):
            self.credential._secret("password")

    def test_neutralized_credential_has_none(self):
        with file_open("l10n_in_einvoice_irp/data/neutralize.sql") as script:
            self.env.flush_all()
            self.env.cr.execute(script.read())
        self.assertFalse(self.column())


@tagged("post_install_l10n", "post_install", "-at_install")
class TestWriteOnly(SecretsCommon):
    """Nobody gets a secret back: not an administrator, not even the superuser."""

    def each_user(self):
        """Yield the credential as an administrator, as superuser, and without a key:
        what is stored in clear is not given back either."""
        for key in (KEY, ""):
            self.use_keys(*filter(None, [key]))
            self.credential.write(SECRETS)
            for user in (self.admin, self.env.ref("base.user_root")):
                with self.subTest(user=user.login, key=bool(key)):
                    self.env.invalidate_all()
                    yield self.credential.with_user(user)

    def assert_hidden(self, answer):
        for value in SECRETS.values():
            self.assertNotIn(value, repr(answer))

    def test_reading(self):
        for credential in self.each_user():
            names = list(credential._fields)
            self.assert_hidden(credential.read())
            self.assert_hidden(credential.read(list(SECRETS)))
            self.assert_hidden(credential.search_read([], names))
            self.assert_hidden(credential.web_read({name: {} for name in names}))
            self.assert_hidden(credential.web_search_read([], {n: {} for n in SECRETS}))
            self.assert_hidden(credential.export_data(list(SECRETS)))
            self.assert_hidden(credential.fields_get())
            self.assert_hidden(credential.copy_data())
            self.assert_hidden([credential[name] for name in SECRETS])

    def test_reading_what_was_just_written(self):
        for credential in self.each_user():
            spec = {name: {} for name in SECRETS}
            self.assert_hidden(credential.web_save(dict(SECRETS), spec))
            credential.write(SECRETS)
            self.assert_hidden(credential.read(list(SECRETS)))
            self.assertFalse(credential.filtered("password"))
            other = self.make(active=False).with_user(credential.env.user)
            self.assert_hidden(other.read(list(SECRETS)))

    def test_asking(self):
        for credential in self.each_user():
            model = credential.browse()
            for name, value in SECRETS.items():
                for operator, compared in (
                    *(("=", value), ("!=", value), ("in", [value])),
                    *(("like", value[:3]), ("=like", value[:3] + "%")),
                    *((">", value), ("<", value), ("ilike", value)),
                ):
                    domain = [(name, operator, compared)]
                    with self.assertRaises(ValueError):
                        model.search(domain)
                    if operator in ("=", "in", "like", "=like", "ilike"):
                        self.assertFalse(credential.filtered_domain(domain))

    def test_grouping_and_sorting(self):
        for credential in self.each_user():
            for name in SECRETS:
                with self.assertRaises(ValueError):
                    credential.search([], order=name)
                with self.assertRaises(ValueError):
                    credential.formatted_read_group([], [name], ["__count"])
                with self.assertRaises(ValueError):
                    credential._read_group([], [], [f"{name}:max"])

    def test_column_is_no_field(self):
        for credential in self.each_user():
            self.assertNotIn(COLUMN, credential._fields)
            with self.assertRaises(ValueError):
                credential.search([(COLUMN, "!=", False)])
            with self.assertRaises(ValueError):
                credential.read([COLUMN])

    def test_forms(self):
        for credential in self.each_user():
            spec = {name: {} for name in [*SECRETS, "environment"]}
            answer = credential.onchange(
                {"environment": "production"}, ["environment"], spec
            )
            self.assert_hidden(answer)
            self.assert_hidden(credential.default_get(list(SECRETS)))

    def test_form_shows_what_is_set(self):
        with Form(self.credential) as form:
            self.assertFalse(form.password)
            self.assertTrue(form.has_password)
            form.client_secret = "an0ther"
        self.assertEqual(self.credential._secret("client_secret"), "an0ther")
        self.assertEqual(self.credential._secret("password"), SECRETS["password"])

    def test_log_of_calls_hides_them(self):
        logger = "odoo.service.model"
        credentials = self.env["l10n_in.irp.credential"].with_user(self.admin)
        with self.assertLogs(logger, "DEBUG") as logged:
            call_kw(credentials, "write", [self.credential.ids, SECRETS], {})
            call_kw(credentials, "search_count", [[]], {})
            call_kw(self.partner_a, "read", [self.partner_a.ids, ["vat"]], {})
        self.assert_hidden(logged.output)
        self.assertIn("credential", logged.output[0])
        self.assertIn("'vat'", logged.output[-1])

    def test_copy_takes_no_secret_along(self):
        with self.assertRaisesRegex(ValidationError, "API Password"):
            self.credential.copy({"active": False, "username": "other"})

    def test_only_administrators_write(self):
        with self.assertRaises(AccessError):
            self.credential.with_user(self.accountant).write({"password": "x"})


@tagged("post_install_l10n", "post_install", "-at_install")
class TestKeys(SecretsCommon):
    def test_without_key_trials_go_on_and_say_so(self):
        self.without_key()
        self.assertEqual(self.credential._secret("password"), SECRETS["password"])
        self.assertEqual(self.credential.secrets_state, "unencrypted")
        self.assertIn("irp_secrets new_key", self.credential.secrets_note)
        settings = self.env["res.config.settings"].with_user(self.admin)
        note = settings.create({}).l10n_in_irp_secrets_note
        self.assertIn("Production cannot be chosen", note)
        new = Form(self.env["l10n_in.irp.credential"].with_user(self.admin))
        self.assertEqual(new.secrets_state, "unencrypted")
        move = self.make_invoice()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_without_key_production_cannot_be_chosen(self):
        self.without_key()
        with self.assertRaisesRegex(ValidationError, "irp_secrets new_key"):
            self.default_company.with_user(
                self.admin
            ).l10n_in_irp_environment = "production"
        with self.assertRaisesRegex(ValidationError, "irp_secrets new_key"):
            self.make(environment="production")

    def test_text_that_is_no_key(self):
        self.use_keys("not a key")
        with self.assertRaisesRegex(ValidationError, "not a key"):
            self.make(environment="production")
        with self.assertRaisesRegex(UserError, "not a key"):
            self.credential.password = "x"
        with self.assertRaisesRegex(UserError, "API Password"):
            self.credential._account()
        self.assertEqual(self.credential.secrets_state, "lost")

    def test_plain_values_are_encrypted_on_writing(self):
        self.without_key()
        self.use_keys(KEY)
        self.assertIn(SECRETS["password"], self.column())
        self.assertIn("rotate", self.credential.secrets_note)
        self.credential.calls = 3
        self.assertNotIn(SECRETS["password"], self.column())
        self.assertEqual(self.credential.secrets_state, "encrypted")
        self.assertEqual(self.credential._secret("password"), SECRETS["password"])

    def test_rotation_leaves_only_the_first_key_necessary(self):
        old, new = KEY, Fernet.generate_key().decode()
        self.make_invoice()
        self.process()
        session = self.env["l10n_in.irp.session"].sudo().search([])
        token = session._session().token
        self.use_keys(new, old)
        self.assertEqual(self.credential._secret("password"), SECRETS["password"])
        self.assertEqual(self.credential._rotate_secrets(), [])
        self.use_keys(new)
        self.assertEqual(self.credential._secret("password"), SECRETS["password"])
        self.assertEqual(session._session().token, token)
        self.use_keys(old)
        with self.assertRaises(LostKey):
            self.credential._secret("password")

    def test_rotation_encrypts_plain_values(self):
        self.without_key()
        self.use_keys(KEY)
        self.assertEqual(self.credential._rotate_secrets(), [])
        self.assertNotIn(SECRETS["password"], self.column())

    def test_rotation_names_what_no_key_opens(self):
        self.use_keys(Fernet.generate_key().decode())
        [text] = self.credential._rotate_secrets()
        self.assertIn(self.credential.gstin, text)
        self.assertIn("API Password", text)
        self.use_keys()
        with self.assertRaisesRegex(UserError, "no key"):
            self.credential._rotate_secrets()

    def test_lost_key_is_named_and_secrets_are_entered_again(self):
        self.default_company.sudo().l10n_in_irp_environment = "sandbox"
        move = self.make_invoice()
        for keys in ((), (Fernet.generate_key().decode(),)):
            self.use_keys(*keys)
            move.action_l10n_in_irp_register()
            document = move.l10n_in_irp_document_id
            self.assertEqual(document.state, "to_register")
            self.assertIn(self.credential.display_name, document.error)
            self.assertIn("IRP Credentials", document.error)
            # the key may come back without anybody writing to the credential
            self.assertTrue(document.next_attempt_at)
            self.env.invalidate_all()
            self.assertEqual(self.credential.secrets_state, "lost")
            self.assertIn("API Password", self.credential.secrets_note)
        with Form(self.credential) as form:
            for name, value in SECRETS.items():
                form[name] = value
        self.assertEqual(self.credential.secrets_state, "encrypted")
        self.assertEqual(self.credential._secret("password"), SECRETS["password"])
        self.assertLessEqual(document.next_attempt_at, document.write_date)

    def test_lost_key_of_a_token_costs_a_login(self):
        move = self.make_invoice()
        self.process()
        self.use_keys(Fernet.generate_key().decode())
        move = self.make_invoice()
        transport = FaultyTransport()
        self.process(transport)
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertEqual(transport.count("/auth"), 1)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCopies(SecretsCommon):
    def test_copy_calls_no_portal_and_loses_nothing(self):
        self.default_company.sudo().l10n_in_irp_environment = "sandbox"
        self.become_copy()
        move = self.make_invoice()
        transport = FaultyTransport("not_sent", times=-1, spare="nothing")
        self.process(transport)
        self.assertEqual(transport.urls, [])
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "to_register")
        self.assertIn("This Is the Original", document.error)
        self.env["l10n_in.irp.health"].sudo().with_context(
            l10n_in_irp_wrap_transport=transport
        )._cron_check()
        self.env["l10n_in.irp.document"].sudo().with_context(
            l10n_in_irp_wrap_transport=transport
        )._cron_reconcile()
        taxpayers = (
            self.env["l10n_in.irp.taxpayer"]
            .sudo()
            .with_context(l10n_in_irp_wrap_transport=transport)
        )
        gstins = [self.partner_a.vat]
        self.assertFalse(taxpayers._refresh_chunk(self.default_company, gstins))
        with self.assertRaisesRegex(UserError, "This Is the Original"):
            self.credential.with_context(
                l10n_in_irp_wrap_transport=transport
            ).action_test_connection()
        self.assertEqual(transport.urls, [])

    def test_one_banner(self):
        self.credential.sudo().blocked_message = "Login refused"
        self.become_copy()
        self.assertEqual(self.credential.secrets_state, "foreign")
        self.assertIn("This Is the Original", self.credential.secrets_note)

    def test_secrets_are_bound_without_a_key_too(self):
        self.without_key()
        self.become_copy()
        with self.assertRaises(ForeignSecret):
            self.credential._secret("password")

    def test_uuid_set_back_by_hand_is_not_enough_without_the_mark(self):
        path = installation._mark_path(self.env.cr.dbname)
        mark = path.read_text()
        self.addCleanup(path.write_text, mark)
        path.unlink()
        with self.assertRaises(ForeignSecret):
            self.credential._secret("password")
        path.write_text("another mark")
        with self.assertRaises(ForeignSecret):
            self.credential._secret("password")
        path.write_text(mark)
        self.assertEqual(self.credential._secret("password"), SECRETS["password"])

    def test_token_of_the_original_is_not_used(self):
        self.make_invoice()
        self.process()
        session = self.env["l10n_in.irp.session"].sudo().search([])
        self.assertTrue(session._session())
        self.become_copy()
        self.assertFalse(session._session())

    def test_demo_goes_on_in_a_copy(self):
        self.become_copy()
        move = self.make_invoice()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_web_address_is_not_compared(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("web.base.url", "https://elsewhere.example")
        self.assertEqual(self.credential._secret("password"), SECRETS["password"])

    def test_administrator_confirms_the_original(self):
        self.default_company.sudo().l10n_in_irp_environment = "sandbox"
        self.become_copy()
        move = self.make_invoice()
        self.process()
        document = move.l10n_in_irp_document_id
        with self.assertRaises(AccessError):
            self.credential.with_user(self.accountant).action_confirm_original()
        room = "odoo.addons.l10n_in_einvoice_irp.models.portal.credential"
        with self.assertLogs(f"{room}.credential_secrets", "WARNING") as logged:
            self.credential.action_confirm_original()
        self.assertIn("irp_admin", logged.output[0])
        note = self.default_company.partner_id.sudo().message_ids[0]
        self.assertIn("is the original", note.body)
        self.assertEqual(note.author_id, self.admin.partner_id)
        self.assertEqual(self.credential.secrets_state, "encrypted")
        self.assertEqual(self.credential._secret("password"), SECRETS["password"])
        self.assertTrue(document.next_attempt_at)
        with self.assertRaisesRegex(UserError, "belong to this database"):
            self.credential.action_confirm_original()

    def test_confirming_does_not_open_what_has_no_key(self):
        self.become_copy()
        self.use_keys()
        with self.assertRaises(UserError):
            self.credential.action_confirm_original()
        self.assertEqual(self.credential.secrets_state, "lost")

    def test_secrets_entered_in_the_copy_are_its_own(self):
        self.become_copy()
        self.credential.write({"password": "n3w"})
        self.assertEqual(self.credential._secret("password"), "n3w")
        self.assertEqual(self.credential.secrets_state, "foreign")
        self.credential.write(SECRETS)
        self.assertEqual(self.credential.secrets_state, "encrypted")
