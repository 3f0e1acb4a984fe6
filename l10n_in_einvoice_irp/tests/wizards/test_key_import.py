import base64

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509 import load_pem_x509_certificate
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...irp import IrpNotSent, Response
from ..credential.common import KeysCommon, zipped

URL = "https://einvoice1.gst.gov.in/Documents/einv1publickeyApr2027.zip"


class Website:
    """Answers instead of the portal's website, or fails."""

    def __init__(self, body=b"", status=200, error=None):
        self.body, self.status, self.error, self.requests = body, status, error, []

    def __call__(self, inner):
        return self

    def send(self, request):
        self.requests.append(request)
        if self.error:
            raise self.error
        return Response(self.status, {}, self.body)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestKeyImport(KeysCommon):
    def open(self, credential=None):
        action = (credential or self.credential).action_add_keys()
        return self.dialog_of(action)

    def dialog_of(self, action):
        dialogs = self.env[action["res_model"]].with_user(self.admin)
        return dialogs.browse(action["res_id"])

    def read_files(self, credential=None, **files):
        """Return the dialog after it has read files."""
        dialog = self.open(credential)
        attachments = self.env["ir.attachment"].with_user(self.admin)
        dialog.attachment_ids = attachments.create(
            [
                {"name": name, "raw": content, "res_model": dialog._name}
                for name, content in files.items()
            ]
        )
        dialog.action_read()
        return dialog

    def add(self, dialog):
        dialog.is_compared = True
        return dialog.action_add()

    # ------------------------------------------------------------------
    # From files
    # ------------------------------------------------------------------

    def test_keys_are_shown_first_and_added_on_confirmation(self):
        text = self.certificate() + self.other
        dialog = self.read_files(chain=text, archive=zipped(again=self.other))
        self.assertTrue(dialog.has_new)
        self.assertFalse(self.credential.signing_key_ids)
        certificate = load_pem_x509_certificate(self.other)
        for shown in (self.portal().kid, certificate.subject.rfc4514_string()):
            self.assertIn(shown, dialog.report)
        with self.assertRaisesRegex(UserError, "Compare the SHA-256"):
            dialog.action_add()
        self.assertFalse(self.credential.signing_key_ids)
        self.add(dialog)
        keys = self.credential.signing_key_ids
        self.assertEqual(len(keys), 2)
        self.assertIn(self.portal().kid, keys.mapped("kid"))
        for key in keys:
            self.assertIn(key.fingerprint, dialog.report)

    def test_other_administrators_are_informed(self):
        other = self.administrator("irp_other", self.default_company)
        mails = self.env["mail.mail"].sudo()
        before = mails.search([])
        self.add(self.read_files(key=self.certificate()))
        mail = mails.search([]) - before
        self.assertIn(other.partner_id, mail.recipient_ids)
        self.assertIn(self.credential.signing_key_ids.fingerprint, mail.body_html)

    def test_each_fault_names_its_file(self):
        private = rsa.generate_private_key(65537, 2048)
        curve = ec.generate_private_key(ec.SECP256R1()).public_key()
        short = rsa.generate_private_key(65537, 1024).public_key()
        spki = PublicFormat.SubjectPublicKeyInfo
        dialog = self.read_files(
            archive=zipped(
                mine=private.private_bytes(
                    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
                ),
                curve=curve.public_bytes(Encoding.PEM, spki),
                short=short.public_bytes(Encoding.PEM, spki),
                text=b"no key <script>",
            )
        )
        self.assertFalse(dialog.has_new)
        for name, words in (
            ("mine", "private key"),
            ("curve", "not an RSA key"),
            ("short", "1024 bits"),
            ("text", "neither PEM"),
        ):
            line = dialog.report.partition(f"archive/keys/{name}.pem")[2]
            self.assertIn(words, line.partition("</li>")[0])
        with self.assertRaisesRegex(UserError, "None of these keys"):
            self.add(dialog)

    def test_files_are_gone_once_they_are_read(self):
        attachments = self.env["ir.attachment"].sudo()
        domain = [("res_model", "=", "l10n_in.irp.key.import")]
        self.read_files(key=self.certificate())
        self.assertFalse(attachments.search(domain))

    def test_names_of_files_are_text(self):
        dialog = self.read_files(**{"<img src=x>": self.certificate(), "<b>": b"x"})
        self.assertNotIn("<img", dialog.report)
        self.assertIn("&lt;img", dialog.report)

    def test_no_file(self):
        with self.assertRaisesRegex(UserError, "Choose the key files"):
            self.open().action_read()

    def test_known_keys_are_not_added_again(self):
        self.add(self.read_files(key=self.certificate()))
        dialog = self.read_files(key=self.certificate(), other=self.other)
        self.assertIn("Already there", dialog.report)
        self.add(dialog)
        self.assertEqual(len(self.credential.signing_key_ids), 2)

    def test_key_id_of_another_key(self):
        self.env["l10n_in.irp.signing.key"].with_user(self.admin).create(
            {
                "credential_id": self.credential.id,
                "file": base64.b64encode(self.public(self.certificate())),
                "kid": load_pem_x509_certificate(self.other).fingerprint(SHA1()).hex(),
            }
        )
        dialog = self.read_files(key=self.other)
        self.assertFalse(dialog.has_new)
        self.assertIn("belongs to another key", dialog.report)

    def test_key_of_another_environment(self):
        production = self.make(environment="production")
        self.add(self.read_files(key=self.certificate()))
        dialog = self.read_files(production, key=self.certificate())
        self.assertFalse(dialog.has_new)
        self.assertIn("already in use as a key of the Sandbox", dialog.report)

    def test_key_of_another_portal(self):
        iris = self.make("iris", gstin="27DJMPM8965E1ZE")
        self.add(self.read_files(iris, key=self.certificate()))
        dialog = self.read_files(key=self.certificate())
        self.assertFalse(dialog.has_new)
        self.assertIn("key of IRIS IRP", dialog.report)

    def test_portals_that_share_their_keys(self):
        self.add(self.read_files(key=self.certificate()))
        for portal in ("nic2", "alankit"):
            with self.subTest(portal):
                fields = self.env.ref(f"l10n_in_einvoice_irp.portal_{portal}")
                names = fields.sudo()._profile().wire.fields
                other = self.make(
                    portal,
                    gstin="27DJMPM8965E1ZE",
                    portal_fields={one.name: "x" for one in names},
                )
                self.assertTrue(self.read_files(other, key=self.certificate()).has_new)
                other.unlink()

    def test_key_that_encrypts_the_login(self):
        dialog = self.read_files(key=base64.b64decode(self.auth_key()))
        self.assertFalse(dialog.has_new)
        self.assertIn("encrypts the login", dialog.report)

    def test_expired_keys_serve_older_invoices(self):
        end = load_pem_x509_certificate(self.certificate()).not_valid_after_utc
        with freeze_time(end.replace(tzinfo=None, year=end.year + 1)):
            dialog = self.read_files(key=self.certificate())
            self.assertIn("expired: for older invoices only", dialog.report)
            self.assertTrue(dialog.has_new)

    def test_only_administrators(self):
        manager = new_test_user(
            self.env(su=True),
            "irp_boss",
            groups="account.group_account_manager",
            company_id=self.default_company.id,
            company_ids=[(6, 0, self.default_company.ids)],
        )
        for user in (self.accountant, manager):
            for name in ("action_add_keys", "action_fetch_keys"):
                with (
                    self.subTest(user.login, name=name),
                    self.assertRaises(AccessError),
                ):
                    getattr(self.credential.with_user(user), name)()
        stranger = self.administrator("irp_stranger", self.outside_in_company)
        with self.assertRaises(AccessError):
            self.credential.with_user(stranger).action_add_keys()
        dialog = self.read_files(key=self.certificate())
        with self.assertRaises(AccessError):
            dialog.with_user(stranger).is_compared = True

    # ------------------------------------------------------------------
    # As the portal publishes them
    # ------------------------------------------------------------------

    def fetch(self, website, credential=None):
        credential = credential or self.make(environment="production")
        credential = credential.with_context(l10n_in_irp_wrap_transport=website)
        return self.dialog_of(credential.action_fetch_keys())

    def test_published_keys_are_downloaded_and_shown(self):
        website = Website(zipped(einv1=self.other))
        dialog = self.fetch(website)
        (request,) = website.requests
        self.assertEqual((request.method, request.url), ("GET", URL))
        self.assertTrue(request.public_only)
        self.assertFalse(request.headers)
        self.assertFalse(dialog.credential_id.signing_key_ids)
        self.assertEqual(dialog.source, URL)
        self.assertTrue(dialog.has_new)
        with self.assertRaisesRegex(UserError, "Compare the SHA-256"):
            dialog.action_add()
        self.add(dialog)
        (key,) = dialog.credential_id.signing_key_ids
        self.assertIn(key.fingerprint, dialog.report)

    def test_failures_say_where_to_look(self):
        page = "einvoice1.gst.gov.in/Others/Publickeys"
        credential = self.make(environment="production")
        for website, words in (
            (Website(b"<html>", 404), "changes when the key does"),
            (Website(b"", 302), "changes when the key does"),
            (Website(b"<!DOCTYPE html>"), "changes when the key does"),
            (Website(b"", 403), "HTTP 403"),
            (Website(error=IrpNotSent("x", reason="dns")), "could not be resolved"),
            (
                Website(error=IrpNotSent("x", reason="proxy", proxy="p:1")),
                "proxy p:1 could not be reached",
            ),
        ):
            with self.subTest(words), self.assertRaises(UserError) as caught:
                self.fetch(website, credential)
            self.assertIn(words, str(caught.exception))
            self.assertIn(page, str(caught.exception))
            self.assertEqual(len(website.requests), 1)

    def test_a_file_without_keys_adds_none(self):
        dialog = self.fetch(Website(b"%PDF"))
        self.assertFalse(dialog.has_new)
        self.assertIn("einv1publickeyApr2027.zip", dialog.report)

    def test_without_a_published_address_nothing_is_called(self):
        iris = self.make("iris", environment="production")
        for credential in (self.credential, iris):
            website = Website()
            self.assertFalse(credential.can_fetch_keys)
            with self.assertRaisesRegex(UserError, "at a fixed address"):
                self.fetch(website, credential)
            self.assertFalse(website.requests)

    def test_the_download_goes_through_the_proxy(self):
        credential = self.make(
            environment="production", proxy_url="http://proxy.example:3128"
        )
        proxy = credential._transport(max_answer_bytes=9)._proxy
        self.assertEqual(proxy.place, "proxy.example:3128")
