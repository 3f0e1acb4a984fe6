import base64
import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import json_default

from ..common import TODAY, FaultyTransport, IrpCommon

GUIDE = "l10n_in.irp.guide"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGuide(IrpCommon):
    """From the installation to the first IRN, by an administrator."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env(su=True),
            "irp_admin",
            name="Asha Administrator",
            groups="base.group_system,account.group_account_manager",
            company_id=cls.default_company.id,
            company_ids=[Command.set(cls.default_company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.company = self.default_company.with_user(self.admin)
        self.company.sudo().write(
            {"l10n_in_irp_enabled": False, "l10n_in_irp_register_from": False}
        )

    def open(self, user=None, **context):
        """Return the guide as a user sees it who opens it."""
        guides = self.env[GUIDE].with_user(user or self.admin)
        guides = guides.with_company(self.default_company).with_context(**context)
        return guides.browse(guides._open()["res_id"])

    def connected(self):
        """Return a context in which calls reach the test's portal."""
        portal = self.portal()
        portal.add_user(self.company.vat, "user", "right", "client", "secret")
        transport = self.demo_transport(portal)
        return {"l10n_in_irp_wrap_transport": lambda _inner: transport}

    def add_credential(self, **values):
        key = base64.b64encode(self.portal().signing_certificate)
        return (
            self.env["l10n_in.irp.credential"]
            .with_user(self.admin)
            .create(
                {
                    "company_id": self.company.id,
                    "environment": "sandbox",
                    "username": "user",
                    "password": "right",
                    "client_id": "client",
                    "client_secret": "secret",
                    "auth_key": self.auth_key(),
                    "signing_key_ids": [Command.create({"file": key})],
                    **values,
                }
            )
        )

    def refused(self, guide, words):
        with self.assertRaisesRegex(UserError, words):
            guide.action_finish()
        self.assertFalse(self.company.l10n_in_irp_enabled)

    # -- to the first IRN -------------------------------------------------------------

    def test_try_it(self):
        guide = self.open()
        self.assertEqual(guide.target, "demo")
        self.assertEqual(guide.credential_state, "skipped")
        self.assertIn("nothing is sent", guide.finish_report)
        guide.action_finish()
        # the web client reads the guide again
        guide.invalidate_recordset()
        self.assertEqual(guide.finish_state, "done")
        self.assertIn("TEST INVOICE", guide.finish_report)
        move = self.make_invoice()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_sandbox(self):
        guide = self.open(**self.connected())
        guide.target = "sandbox"
        self.refused(guide, "No credential for")
        opened = guide.action_credential()["context"]
        self.assertEqual(opened["default_environment"], "sandbox")
        self.add_credential()
        self.refused(guide, "not been tested")
        guide.action_test()
        self.assertEqual(guide.test_state, "done")
        self.assertIn("Name Resolution", guide.test_report)
        guide.action_finish()
        self.assertEqual(self.company.l10n_in_irp_environment, "sandbox")
        self.assertTrue(self.company.l10n_in_irp_enabled)

    def test_production_needs_the_signing_key(self):
        self.add_credential(environment="production", signing_key_ids=[])
        guide = self.open(**self.connected())
        self.assertEqual(guide.target, "production")
        guide.action_test()
        self.refused(guide, "signing key")

    def test_failed_connection_is_shown_in_the_guide(self):
        self.add_credential()
        fault = FaultyTransport("not_sent", spare="nothing")
        guide = self.open(l10n_in_irp_wrap_transport=fault)
        guide.action_test()
        self.assertEqual(guide.test_state, "todo")
        self.assertIn("getent hosts", guide.test_report)
        self.refused(guide, "not been tested")

    def test_it_is_resumed_where_it_was_left(self):
        self.open().target = "sandbox"
        self.add_credential()
        guide = self.open()
        self.assertEqual(guide.target, "sandbox")
        self.assertEqual(guide.credential_state, "done")
        self.assertEqual(guide.test_state, "todo")

    def test_choosing_changes_what_is_missing(self):
        with Form(self.open()) as form:
            self.assertFalse(form.missing_report)
            form.target = "production"
            self.assertIn("No credential for", form.missing_report)
            form.target = "demo"

    # -- the company ------------------------------------------------------------------

    def test_company_data_are_checked(self):
        guide = self.open()
        self.assertEqual(guide.company_state, "done", guide.company_report)
        for name, wrong, words in (
            ("zip", "38000", "not a PIN Code"),
            ("zip", "411026", "is not in"),
            ("street", False, "Complete the address: Street"),
            ("state_id", False, "Choose the State"),
            ("state_id", self.env.ref("base.state_in_mh").id, "begins with"),
            ("is_gst_registered", False, "Registered Under GST"),
        ):
            with self.subTest(name=name, wrong=wrong):
                right = guide[name]
                guide[name] = wrong
                self.assertEqual(guide.company_state, "todo")
                self.assertIn(words, guide.company_report)
                self.refused(guide, words)
                guide[name] = right
        self.assertEqual(guide.company_state, "done", guide.company_report)

    def test_gstin_is_checked(self):
        gstin = self.company.vat
        for wrong, state, words in (
            (gstin[:-1] + "A", "done", "last character"),
            (gstin[:-1], "todo", "15 characters"),
            ("98" + gstin[2:], "todo", "no GST state code"),
        ):
            with self.subTest(wrong):
                self.company.sudo().partner_id.with_context(
                    no_vat_validation=True
                ).vat = wrong
                guide = self.open()
                self.assertEqual(guide.company_state, state)
                self.assertIn(words, guide.company_report)

    def test_all_gstins_are_listed(self):
        self.assertFalse(self.open().standing_report)
        branch = self.company.sudo().create(
            {
                "name": "Branch of Kerala",
                "parent_id": self.company.id,
                "country_id": self.env.ref("base.in").id,
            }
        )
        self.admin.sudo().company_ids += branch
        self.add_credential()
        report = self.open().standing_report
        for words in (
            branch.name,
            "Registration Off",
            "Sandbox (Trial Portal): NIC",
            "not tested",
        ):
            self.assertIn(words, report)

    # -- earlier invoices -------------------------------------------------------------

    def test_earlier_invoices(self):
        self.make_invoice()
        guide = self.open()
        self.assertEqual(guide.register_from, TODAY)
        self.assertIn("1 confirmed invoices", guide.backlog_report)
        # as it reaches the web client
        action = json.loads(json.dumps(guide.action_backlog(), default=json_default))
        found = self.env["account.move"].search(action["domain"])
        self.assertEqual(len(found), 1)
        guide.action_finish()
        self.assertEqual(self.company.l10n_in_irp_register_from, TODAY)

    def test_a_click_makes_no_tests_of_real_invoices(self):
        guide = self.open()
        production = {"l10n_in_irp_environment": "production"}
        self.company.sudo().write(production | {"l10n_in_irp_enabled": True})
        guide.target = "demo"
        with self.assertRaisesRegex(UserError, "change Environment in the settings"):
            guide.action_finish()
        self.assertEqual(self.company.l10n_in_irp_environment, "production")

    def test_any_date_is_a_choice(self):
        self.make_invoice()
        guide = self.open()
        guide.register_from = False
        guide.action_finish()
        self.assertFalse(self.company.l10n_in_irp_register_from)

    # -- others -----------------------------------------------------------------------

    def test_accountant_sees_whom_to_ask(self):
        self.company.sudo().l10n_in_irp_environment = "sandbox"
        guide = self.open(self.accountant)
        self.assertFalse(guide.is_admin)
        self.assertIn("Asha Administrator", guide.administrators)
        self.assertIn("No credential for", guide.missing_report)
        for name in ("action_finish", "action_test", "action_credential"):
            with self.assertRaisesRegex(AccessError, "Asha Administrator"):
                getattr(guide, name)()
        with self.assertRaises(AccessError):
            guide.street = "Elsewhere 1"
            guide.flush_recordset()

    def test_accountant_sees_no_details_of_the_credential(self):
        credential = self.add_credential()
        self.forge(credential, test_steps=[["log_in", "failed", "User zq refused"]])
        self.assertIn("zq", self.open().test_report)
        self.assertNotIn("zq", self.open(self.accountant).test_report)

    # -- Odoo's list of apps ----------------------------------------------------------

    def test_installation_leads_to_the_guide(self):
        todo = self.env.ref("l10n_in_einvoice_irp.todo_l10n_in_irp_guide").sudo()
        todo.state = "open"
        modules = self.env["ir.module.module"].with_user(self.admin)
        self.assertIn("action_l10n_in_irp_guide", modules.next()["url"])
        # no other installation leads here again
        self.assertNotIn("action_l10n_in_irp_guide", modules.next()["url"])
        todo.state = "open"
        self.open()
        self.assertEqual(todo.state, "done")

    def test_apps_find_it(self):
        apps = self.env.ref("base.open_module_tree").sudo()
        self.assertIn("search_default_app", apps.context)
        for words in ("IRP", "e-invoice", "GST", "einvoice", "e-way bill", "IRN"):
            domain = Domain("application", "=", True) & Domain.OR(
                Domain(name, "ilike", words)
                for name in ("summary", "shortdesc", "name")
            )
            found = self.env["ir.module.module"].sudo().search(domain)
            self.assertIn("l10n_in_einvoice_irp", found.mapped("name"), words)
