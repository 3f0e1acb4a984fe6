import base64
import glob
import json
import os
import shutil
import stat
import tempfile
from unittest.mock import patch

from odoo import Command, modules
from odoo.tests import tagged
from odoo.tools import config

from ...models.portal import demo
from ..common import IrpCommon

MARK = "TEST INVOICE – not registered with the IRP"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDemoPortal(IrpCommon):
    """The demo portal belongs to one database, and nothing of it looks real."""

    def own_path(self):
        return demo.own_path(self.env, self.data_dir)

    def setUp(self):
        super().setUp()
        self.data_dir = self.enterContext(tempfile.TemporaryDirectory())

    def mode(self, path):
        return stat.S_IMODE(os.stat(path).st_mode)

    def test_files_are_for_their_owner_alone(self):
        os.mkdir(os.path.join(self.data_dir, "l10n_in_irp"), mode=0o755)
        path = self.own_path()
        folder = os.path.dirname(path)
        self.assertEqual(self.mode(folder), 0o700)
        with open(path, "wb"):
            os.chmod(path, 0o644)
        demo.DemoPortal(path, lambda: None).admit("27DJMPM8965E1ZE")
        names = os.listdir(folder)
        self.assertGreater(len(names), 1, "the log of SQLite counts as well")
        for name in names:
            self.assertEqual(self.mode(os.path.join(folder, name)), 0o600, name)

    def test_a_link_in_its_place_is_not_followed(self):
        path = self.own_path()
        os.symlink(os.path.join(self.data_dir, "elsewhere"), path)
        with self.assertRaises(OSError):
            demo.DemoPortal(path, lambda: None)
        self.assertFalse(os.path.exists(os.path.join(self.data_dir, "elsewhere")))

    def test_another_database_never_meets_these_registrations(self):
        """As a new one with the old name: its uuid differs."""
        mine = self.own_path()
        self.assertEqual(self.own_path(), mine)
        self.env["ir.config_parameter"].sudo().set_param("database.uuid", "another")
        self.assertNotEqual(self.own_path(), mine)

    def test_the_portal_of_a_new_uuid_is_empty(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("l10n_in_einvoice_irp.demo_portal", False)
        self.place_portal()
        self.make_invoice().action_l10n_in_irp_register()
        self.assertEqual(len(self.registrations()), 1)
        parameters.set_param("database.uuid", "another")
        self.place_portal()
        self.assertEqual(self.registrations(), [])

    def test_outside_of_tests_no_setting_names_another_file(self):
        """Not even an administrator's: it might be another database's, or anything."""
        self.place_portal()
        with patch.object(modules.module, "current_test", False):
            portal = self.default_company._l10n_in_irp_demo_portal()
        own = demo.own_path(self.env, config["data_dir"])
        self.assertEqual(portal.portal.store.path, own)

    def place_portal(self):
        """Put a portal with keys, and nothing else, where the database has its own."""
        path = demo.own_path(self.env, config["data_dir"])
        shutil.copy(self.fresh_portal, path)
        for name in glob.glob(f"{path}*"):
            self.addCleanup(os.remove, name)

    def registrations(self):
        return (
            self.default_company._l10n_in_irp_demo_portal().portal.store.registrations()
        )

    def test_the_signed_json_says_that_it_is_a_test(self):
        move = self.make_invoice()
        move.action_l10n_in_irp_register()
        document = move.l10n_in_irp_document_id
        attachment = document.signed_attachment_id
        self.assertTrue(attachment.name.startswith("TEST-"), attachment.name)
        content = json.loads(attachment.raw)
        self.assertEqual(next(iter(content.items())), ("Note", MARK))
        keys = self.default_company._l10n_in_irp_signing_keys("demo")
        self.assertTrue(keys.verify(content["SignedInvoice"]))
        self.assertTrue(keys.verify(content["SignedQRCode"]))

    def test_what_is_mailed_and_logged_has_the_name_of_a_test(self):
        move = self.make_invoice()
        move.action_l10n_in_irp_register()
        sender = self.env["account.move.send"]
        names = sender._get_invoice_extra_attachments(move).mapped("name")
        self.assertTrue([name for name in names if name.startswith("TEST-")], names)
        requests = move.l10n_in_irp_document_id.log_ids.request_attachment_id
        self.assertTrue(requests)
        for request in requests:
            self.assertTrue(request.name.startswith("TEST-"), request.name)

    def test_production_has_no_mark(self):
        portal = self.portal()
        self.connect_production(portal)
        move = self.make_invoice()
        self.process(lambda _inner: self.demo_transport(portal))
        self.assertEqual(move.l10n_in_irp_state, "registered", move.l10n_in_irp_error)
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.environment, "production")
        files = document.signed_attachment_id | document.log_ids.request_attachment_id
        self.assertGreater(len(files), 1)
        for file in files:
            self.assertFalse(file.name.startswith("TEST"), file.name)
            self.assertNotIn(b"TEST INVOICE", file.raw)

    def connect_production(self, portal):
        company = self.default_company.sudo()
        portal.add_user(company.vat, "user", "password", "client", "secret")
        key = base64.b64encode(portal.signing_certificate)
        self.env["l10n_in.irp.credential"].sudo().create(
            {
                "company_id": company.id,
                "environment": "production",
                "username": "user",
                "password": "password",
                "client_id": "client",
                "client_secret": "secret",
                "auth_key": self.auth_key(),
                "signing_key_ids": [Command.create({"file": key})],
            }
        )
        company.l10n_in_irp_environment = "production"
