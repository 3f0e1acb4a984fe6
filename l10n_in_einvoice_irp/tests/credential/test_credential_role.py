from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCredentialRole(IrpCommon):
    """One of several portals registers; the others take over, or only look up."""

    def make(self, code="nic1", **values):
        portal = self.env.ref(f"l10n_in_einvoice_irp.portal_{code}")
        return (
            self.env["l10n_in.irp.credential"]
            .sudo()
            .create(
                {
                    "company_id": self.default_company.id,
                    "portal_id": portal.id,
                    "username": "user",
                    "password": "password",
                    "client_id": "client",
                    "client_secret": "client-secret",
                    "auth_key": self.auth_key(),
                    **values,
                }
            )
        )

    def find(self, company=None, environment="sandbox"):
        credentials = self.env["l10n_in.irp.credential"]
        return credentials._find(company or self.default_company, environment)

    def find_at(self, url, company=None):
        credentials = self.env["l10n_in.irp.credential"]
        return credentials._find_at(company or self.default_company, "sandbox", url)

    def branch(self):
        values = {
            "name": "Branch",
            "parent_id": self.default_company.id,
            "vat": self.default_company.vat,
            "l10n_in_irp_enabled": True,
            "l10n_in_irp_takeover_minutes": 10,
        }
        return self.env["res.company"].sudo().create(values)

    def test_the_second_one_stands_by(self):
        nic, iris = self.make(), self.make("iris")
        self.assertEqual((nic.role, iris.role), ("main", "standby"))
        self.assertEqual(self.find(), nic)
        self.assertEqual(self.make("ey", environment="production").role, "main")

    def test_make_main_swaps_the_roles(self):
        nic, iris = self.make(), self.make("iris")
        iris.action_make_main()
        self.assertEqual((nic.role, iris.role), ("former", "main"))
        self.assertEqual(self.find(), iris)
        self.assertEqual(self.find_at(nic.base_url), nic)
        nic.action_make_main()
        self.assertEqual((nic.role, iris.role), ("main", "former"))

    def test_an_address_finds_its_credential_first(self):
        nic, iris = self.make(), self.make("iris")
        self.assertEqual(self.find_at(iris.base_url), iris)
        self.assertEqual(self.find_at(f"{iris.base_url}/"), iris)
        self.assertEqual(self.find_at(""), nic)
        self.assertEqual(self.find_at("https://elsewhere.example"), nic)

    def test_branches_share_every_portal_of_their_gstin(self):
        nic, iris = self.make(), self.make("iris")
        branch = self.branch()
        self.assertEqual(self.find(branch), nic)
        self.assertEqual(self.find_at(iris.base_url, branch), iris)
        addresses = branch._l10n_in_irp_standby_addresses("sandbox")
        self.assertEqual(addresses, [iris.base_url])
        branch.vat = "27DJMPM8965E1ZE"
        self.assertFalse(branch._l10n_in_irp_standby_addresses("sandbox"))

    @mute_logger("odoo.sql_db")
    def test_one_main_and_one_per_address(self):
        self.make()
        for values in (
            {"code": "iris", "role": "main"},
            {"code": "nic1"},
        ):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.make(**values)

    def test_keys_of_all_portals_verify_files(self):
        for code in ("nic1", "iris"):
            key = {"file": self.auth_key(), "kid": code.upper()}
            self.make(code, signing_key_ids=[(0, 0, key)])
        keys = self.default_company._l10n_in_irp_signing_keys("sandbox")
        self.assertEqual({key.kid for key in keys}, {"NIC1", "IRIS"})
