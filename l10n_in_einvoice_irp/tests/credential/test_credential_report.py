import base64
import tempfile
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.portal.credential.credential_report import Pace
from ..common import IrpCommon

OPTIONS = {
    "calls": 2,
    "services": [],
    "buyers": [],
    "sez_buyers": [],
    "per_minute": 60,
    "prefix": "",
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCredentialReport(IrpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.credentials = cls.env["l10n_in.irp.credential"].sudo()
        cls.credentials.search([]).active = False

    def make(self, **values):
        return self.credentials.create(
            {
                "company_id": self.default_company.id,
                "username": "user",
                "password": "secret",
                "client_id": "client",
                "client_secret": "client-secret",
                "auth_key": base64.b64encode(self.portal().auth_public_key),
                **values,
            }
        )

    def make_report(self, credential, said, **options):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "report.xlsx"
            return credential._make_test_report(path, OPTIONS | options, said.append)

    def test_only_a_credential_for_the_sandbox(self):
        with self.assertRaisesRegex(UserError, "no IRP credential for the Sandbox"):
            self.credentials._for_test_report()
        production = self.make(environment="production")
        for choice in ({}, {"credential_id": production.id}):
            with self.assertRaisesRegex(UserError, "is for Production"):
                self.credentials._for_test_report(**choice)
        sandbox = self.make()
        self.assertEqual(self.credentials._for_test_report(), sandbox)
        with self.assertRaisesRegex(UserError, "is for Production"):
            self.credentials._for_test_report(credential_id=production.id)

    def test_one_of_several_is_chosen(self):
        first, second = self.make(), self.make(gstin="29AAGCC7144L6ZC")
        text = f"{second.id}: {self.default_company.name}, {second.display_name}"
        with self.assertRaises(UserError) as refused:
            self.credentials._for_test_report()
        self.assertIn(text, str(refused.exception))
        chosen = self.credentials._for_test_report(credential_id=first.id)
        self.assertEqual(chosen, first)
        first.active = False
        name = self.default_company.name.upper()
        self.assertEqual(self.credentials._for_test_report(name), second)
        with self.assertRaisesRegex(UserError, "no IRP credential"):
            self.credentials._for_test_report("Nobody")

    def test_a_refused_login_is_not_tried_again(self):
        credential = self.make()
        credential.blocked_message = "Incorrect Password"
        said = []
        with self.assertRaisesRegex(UserError, "Incorrect Password"):
            self.make_report(credential, said)
        self.assertEqual(said, [])

    def test_what_the_portal_does_not_offer(self):
        credential = self.make()
        with self.assertRaisesRegex(UserError, "does not offer: fly"):
            self.make_report(credential, [], services=["get_irn", "fly"])

    def test_the_slower_limit_holds(self):
        credential = self.make(calls_per_minute=20)
        self.assertEqual(credential._test_pace(60), 20)
        self.assertEqual(credential._test_pace(10), 10)
        credential.calls_per_minute = 0
        self.assertEqual(credential._test_pace(60), 60)
        self.assertEqual(credential._test_pace(None), 30)

    def test_pace(self):
        now, slept = [100.0], []

        def sleep(seconds):
            slept.append(seconds)
            now[0] += seconds

        pace = Pace(30, clock=lambda: now[0], sleep=sleep)
        pace()
        pace()
        now[0] += 1.5
        pace()
        now[0] += 60
        pace()
        pace()
        self.assertEqual(slept, [2.0, 0.5, 2.0])
