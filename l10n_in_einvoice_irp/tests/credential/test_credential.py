import base64
import re

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..common import FaultyTransport, IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCredential(IrpCommon):
    def make(self, **values):
        return (
            self.env["l10n_in.irp.credential"]
            .sudo()
            .create(
                {
                    "company_id": self.default_company.id,
                    "username": "user",
                    "password": "secret/with'odd\"signs",
                    "client_id": "client",
                    "client_secret": "client-secret",
                    "auth_key": base64.b64encode(self.portal().auth_public_key),
                    **values,
                }
            )
        )

    def bare(self, pem):
        """Return the text between the marks, as the portal's page shows a key."""
        return re.sub(rb"-----[^-]+-----|\s", b"", pem)

    def test_defaults_come_from_company_and_environment(self):
        credential = self.make()
        self.assertEqual(credential.gstin, self.default_company.vat)
        self.assertIn("sandbox", credential.base_url)
        self.assertTrue(credential.base_url.startswith("https://"))
        production = self.make(environment="production")
        self.assertNotIn("sandbox", production.base_url)

    def test_addresses_that_could_leak_are_refused(self):
        for address in ("http://portal.example.com", "ftp://127.0.0.1", "nonsense"):
            with self.subTest(address), self.assertRaises(ValidationError):
                self.make(base_url=address)
        self.make(base_url="http://127.0.0.1:8800")
        with self.assertRaises(ValidationError):
            self.make(environment="production", base_url="http://127.0.0.1:8800")

    def test_gstin_of_the_wrong_form(self):
        with self.assertRaisesRegex(ValidationError, "15 characters"):
            self.make(gstin="24AAGCC")

    def test_log_in_that_does_not_fit(self):
        with self.assertRaisesRegex(ValidationError, "API user and password"):
            self.make(password="x" * 80)

    def test_public_key_as_the_portal_hands_it_out(self):
        pem = self.portal().auth_public_key
        for name, content in (
            ("PEM", pem),
            ("base64 text", self.bare(pem)),
            ("DER", base64.b64decode(self.bare(pem))),
        ):
            with self.subTest(name):
                credential = self.make(auth_key=base64.b64encode(content))
                self.assertTrue(credential._load_auth_key().key_size)
                credential.active = False
                self.env.flush_all()
        with self.assertRaisesRegex(ValidationError, "Public key of the portal"):
            self.make(auth_key=base64.b64encode(b"no key at all"))

    def test_signing_certificate_as_the_portal_hands_it_out(self):
        portal = self.portal()
        pem = portal.signing_certificate
        credential = self.make()
        for content in (pem, self.bare(pem), base64.b64decode(self.bare(pem))):
            key = (
                self.env["l10n_in.irp.signing.key"]
                .sudo()
                .create(
                    {"credential_id": credential.id, "file": base64.b64encode(content)}
                )
            )
            self.assertEqual(key.kid, portal.kid)
            self.assertTrue(key.valid_to)
        with self.assertRaisesRegex(ValidationError, "notes.txt"):
            self.env["l10n_in.irp.signing.key"].sudo().create(
                {
                    "credential_id": credential.id,
                    "file": base64.b64encode(b"not a key"),
                    "filename": "notes.txt",
                }
            )

    def test_key_that_comes_later_checks_what_waited(self):
        move = self.make_invoice()
        self.process()
        document = move.l10n_in_irp_document_id.sudo()
        self.forge(
            document,
            environment="sandbox",
            signature_state="unchecked",
            signature_note="signature not checked: key missing",
        )
        credential = self.make()
        self.env["l10n_in.irp.signing.key"].sudo().create(
            {
                "credential_id": credential.id,
                "file": base64.b64encode(self.portal().signing_certificate),
            }
        )
        self.assertEqual(document.signature_state, "verified")
        self.assertFalse(document.signature_note)

    def test_branch_uses_the_parents_credential(self):
        credential = self.make()
        branch = (
            self.env["res.company"]
            .sudo()
            .create(
                {
                    "name": "Branch",
                    "parent_id": self.default_company.id,
                    "vat": self.default_company.vat,
                }
            )
        )
        find = self.env["l10n_in.irp.credential"]._find
        self.assertEqual(find(branch, "sandbox"), credential)
        self.assertFalse(find(branch, "production"))
        branch.vat = "27DJMPM8965E1ZE"
        self.assertFalse(find(branch, "sandbox"))

    def test_refused_credential_is_left_alone_until_corrected(self):
        self.default_company.sudo().l10n_in_irp_environment = "sandbox"
        credential = self.make()
        credential.blocked_message = "The portal rejected the login (1019)"
        move = self.make_invoice()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "to_register")
        self.assertIn("1019", move.l10n_in_irp_error)
        credential.password = "better"
        self.assertFalse(credential.blocked_message)

    def test_what_a_refused_log_in_may_be_due_to_unblocks(self):
        credential = self.make()
        for name, value in (
            ("auth_key", base64.b64encode(self.bare(self.portal().auth_public_key))),
            ("extra_headers", "X-Key: abc"),
        ):
            with self.subTest(name):
                credential.blocked_message = "The portal rejected the login"
                credential.ewb_blocked_message = "It refused that as well"
                credential[name] = value
                self.assertFalse(credential.blocked_message)
                self.assertFalse(credential.ewb_blocked_message)

    def test_client_pair_of_a_pass_through_gsp(self):
        """Such a GSP may add client id and secret."""
        portals = self.env["l10n_in.irp.portal"].sudo()
        gsp = portals.create({"name": "GSP", "base_url": "https://gsp.example"})
        credential = self.make(portal_id=gsp.id)
        for values in (
            {"client_id": False},
            {"client_secret": False},
            {"client_secret": False, "extra_headers": "X-Key: abc"},
        ):
            with self.assertRaises(ValidationError):
                credential.write(values)
        # a form, which never shows the secret, can empty the client ID alone
        credential.write({"client_id": False, "extra_headers": "X-Key: abc"})
        connection = self.default_company._l10n_in_irp_connect("sandbox", credential)
        self.assertEqual(connection.account.client_id, "")
        self.assertEqual(connection.account.client_secret, "")

    def test_unreachable_portal_is_reported_in_one_message(self):
        credential = self.make().with_context(
            l10n_in_irp_wrap_transport=FaultyTransport("not_sent", spare="nothing")
        )
        with self.assertRaises(UserError) as caught:
            credential.action_test_connection()
        self.assertIn(credential.gstin, str(caught.exception))
        self.assertIn("Nothing was sent", str(caught.exception))
