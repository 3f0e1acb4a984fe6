import base64
import json

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ...irp.reference import PROFILES
from ...irp.reference.pages import entries
from ...models.portal.secrets.vault import Vault
from ..common import IrpCommon

IRIS = "https://api.sandbox.core.irisirp.com"
WHITEBOOKS = {"email": "books@example.com", "ip_address": "203.0.113.7"}
HOST = {"code": "CLEAR", "title": "Clear", "base_url": "https://a.example"}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPortalChoice(IrpCommon):
    def portal_record(self, code):
        return self.env.ref(f"l10n_in_einvoice_irp.portal_{code}").sudo()

    def make(self, code="nic1", **values):
        values = {
            "company_id": self.default_company.id,
            "portal_id": self.portal_record(code).id,
            "username": "user",
            "password": "password",
            "client_id": "client",
            "client_secret": "client-secret",
            "auth_key": base64.b64encode(self.portal().auth_public_key),
            **values,
        }
        return self.env["l10n_in.irp.credential"].sudo().create(values)

    def copy_of(self, code, **changes):
        copy = self.portal_record(code).copy()
        copy.changes = json.dumps(changes)
        return copy

    def assert_refused(self, write, words):
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            write()
        self.assertIn(words, str(caught.exception))

    def test_every_published_profile_can_be_chosen(self):
        portals = self.env["l10n_in.irp.portal"].sudo().search([])
        published = portals.filtered("is_published")
        self.assertEqual(sorted(published.mapped("profile")), sorted(PROFILES))
        for portal in published:
            self.assertEqual(portal.name, PROFILES[portal.profile].title)
            self.assertTrue(portal.admission)
            self.assertTrue(portal.confidence)

    def test_the_choice_decides_address_and_wire(self):
        credential = self.make("iris")
        self.assertEqual(credential.base_url, IRIS)
        self.assertEqual(credential.host, f"{IRIS[8:]} (IRIS IRP, sandbox)")
        connection = self.default_company._l10n_in_irp_connect("sandbox", credential)
        self.assertEqual(connection.client.irp, "IRIS")
        self.assertFalse(connection.client.offers("sync_gstin"))
        profile = self.default_company._l10n_in_irp_profile("sandbox")
        self.assertEqual(profile.code, "iris")
        self.assertEqual(self.default_company._l10n_in_irp_profile("demo").code, "nic1")

    def test_an_address_of_another_portal_is_refused(self):
        for environment in ("sandbox", "production"):
            for code, other in (("iris", "nic1"), ("nic1", "iris"), ("ey", "iris")):
                url = self.portal_record(other)._default_address(environment)
                with self.subTest(code, environment=environment):
                    self.assert_refused(
                        lambda c=code, e=environment, u=url: self.make(
                            c, environment=e, base_url=u, gstin="27DJMPM8965E1ZE"
                        ),
                        PROFILES[other].title,
                    )

    def test_a_record_made_at_another_portal_is_not_called_with_this_log_in(self):
        credential = self.make("iris")
        nic = self.portal_record("nic1")._default_address("sandbox")
        with self.assertRaisesRegex(UserError, "nothing was sent"):
            self.default_company._l10n_in_irp_connect(
                "sandbox", credential, base_url=nic
            )

    def test_plain_json_needs_no_key_but_its_fields(self):
        self.assert_refused(lambda: self.make("whitebooks"), "Account Email")
        credential = self.make("whitebooks", auth_key=False, portal_fields=WHITEBOOKS)
        self.assertFalse(credential.asks_auth_key)
        self.assertFalse(credential.asks_ewb_user)
        connection = self.default_company._l10n_in_irp_connect("sandbox", credential)
        self.assertEqual(dict(connection.account.fields), WHITEBOOKS)
        self.assertIsNone(connection.account.auth_key)

    def test_a_secret_of_the_portal_is_in_the_vault_alone(self):
        credential = self.make(
            "taxpro",
            client_id=False,
            client_secret=False,
            portal_fields={"asp_id": "asp-4711", "asp_password": "asp-s3cret"},
        )
        self.assertFalse(credential.asks_client_id)
        credential.invalidate_recordset()
        self.assertEqual(credential.portal_fields, {"asp_id": "asp-4711"})
        info = {row["name"]: row for row in credential.portal_field_info}
        self.assertTrue(info["asp_password"]["is_set"])
        self.assertNotIn("asp-s3cret", repr(credential.read()))
        # what a form sends back without a new secret leaves the old one
        credential.portal_fields = {"asp_id": "asp-4712", "asp_password": ""}
        values = credential._field_values()
        self.assertEqual(values, {"asp_id": "asp-4712", "asp_password": "asp-s3cret"})

    def test_unknown_fields_and_line_breaks_are_refused(self):
        for given, words in (
            ({"asp_id": "a", "asp_password": "b", "x": "c"}, "no fields other than"),
            ({"asp_id": "a\r\nHost: x", "asp_password": "b"}, "ASP ID"),
            ({"asp_id": "a"}, "ASP Password"),
            (["asp_id"], "no fields other than"),
        ):
            with self.subTest(given):
                self.assert_refused(
                    lambda g=given: self.make("taxpro", portal_fields=g), words
                )

    def test_another_portal_issues_other_secrets(self):
        credential = self.make("whitebooks", portal_fields=WHITEBOOKS)
        self.assert_refused(
            lambda: credential.write({"portal_id": self.portal_record("iris").id}),
            "API Password",
        )
        credential.write(
            {
                "portal_id": self.portal_record("iris").id,
                "password": "other",
                "client_secret": "other",
            }
        )
        self.assertEqual(Vault(credential).names(), {"password", "client_secret"})
        self.assertFalse(credential.portal_fields)

    def test_a_portal_that_is_not_known_says_what_is_missing(self):
        for code in ("clear_irp", "cygnet_irp"):
            with self.subTest(code):
                self.assert_refused(
                    lambda c=code: self.make(c, base_url="https://irp.example"),
                    "environments.production.hosts",
                )

    def test_a_copy_fills_in_what_is_missing(self):
        copy = self.copy_of(
            "clear_irp",
            wire=True,
            environments={"sandbox": {"hosts": [HOST]}},
            to_fill=[],
        )
        credential = self.make(portal_id=copy.id)
        self.assertEqual(credential.base_url, "https://a.example")

    def test_a_copy_changes_a_datum_of_the_wire(self):
        copy = self.copy_of("iris", services={"get_gstin": None})
        self.assertIn("copy", copy.name)
        self.assertFalse(copy.is_published)
        credential = self.make(portal_id=copy.id)
        connection = self.default_company._l10n_in_irp_connect("sandbox", credential)
        self.assertFalse(connection.client.offers("get_gstin"))
        self.assertTrue(connection.client.offers("generate_irn"))

    def test_faults_in_changed_data_name_the_member(self):
        copy = self.portal_record("iris").copy()
        for changes, words in (
            ("{", "Expecting"),
            ("[]", "JSON object"),
            ('{"services": {"generate_irn": null}}', "services.generate_irn"),
            ('{"services": {"shout": {}}}', "services"),
            ('{"environments": {"production": {"hosts": [{}]}}}', "hosts[0]"),
            ('{"headers": {"call": {"gstin": null}}}', "headers.call.gstin"),
            ('{"sealing": {"log_in": "rot13"}}', "sealing.log_in"),
            ("[" * 100_000, "not JSON"),
        ):
            with self.subTest(changes[:60]):
                self.assert_refused(lambda c=changes: copy.write({"changes": c}), words)
                self.assert_refused(
                    lambda c=changes: copy.write({"changes": c}),
                    f"Portal {copy.name}, Changed Data",
                )

    def test_the_form_of_a_copy_shows_its_own_data(self):
        copy = self.copy_of("clear_irp")
        with Form(copy) as form:
            self.assertEqual(form.confidence, "To be filled in")
            self.assertIn("- environments.production.hosts: Host", form.gaps)
            form.changes = '{"wire": '
            self.assertEqual(form.confidence, "To be filled in")
            form.changes = json.dumps(
                {
                    "wire": True,
                    "environments": {"production": {"hosts": [HOST]}},
                    "admission": {"who": "Our group."},
                }
            )
            self.assertEqual(form.confidence, "Untried")
            self.assertIn("Our group.", form.admission)
            self.assertFalse(form.gaps)
            self.assertEqual(form.host, "a.example")

    def test_a_gsp_that_is_not_in_the_list_claims_nothing(self):
        values = {"name": "Our GSP", "base_url": "https://gsp.example"}
        gsp = self.env["l10n_in.irp.portal"].sudo().create(values)
        self.assertEqual(gsp.confidence, "Untried")
        self.assertIn("Customers of this GSP", gsp.admission)

    def test_a_changed_host_does_not_take_secrets_along(self):
        hosts = [{"code": "IRIS", "title": "Other", "base_url": "https://b.example"}]
        copy = self.copy_of("iris")
        self.make(portal_id=copy.id, environment="production")
        changes = json.dumps({"environments": {"production": {"hosts": hosts}}})
        self.assert_refused(
            lambda: copy.write({"changes": changes}), "only to its addresses"
        )

    def test_published_portals_are_not_edited(self):
        iris = self.portal_record("iris").with_user(self.system_user())
        for values in ({"changes": "{}"}, {"base_url": "https://x.example"}):
            with self.assertRaisesRegex(UserError, "Duplicate it"):
                iris.write(values)
        with self.assertRaisesRegex(UserError, "Duplicate it"):
            iris.unlink()
        iris.active = False

    def system_user(self):
        user = self.accountant.copy(
            {"login": f"portal_admin_{len(self.env['res.users'].search([]))}"}
        )
        user.sudo().group_ids += self.env.ref("base.group_system")
        return user

    def test_the_form_asks_for_what_the_portal_needs(self):
        credential = self.make()
        with Form(credential) as form:
            self.assertTrue(form.asks_auth_key)
            form.portal_id = self.portal_record("whitebooks")
            self.assertFalse(form.asks_auth_key)
            self.assertEqual(form.base_url, "https://apisandbox.whitebooks.in")
            names = [row["name"] for row in form.portal_field_info]
            self.assertEqual(names, ["email", "ip_address"])
            self.assertFalse(form.has_password)
            # nothing of NIC's is left
            self.assertFalse(form.username or form.client_id)
            form.username = "user"
            form.password = "password"
            form.client_id = "client"
            form.client_secret = "secret"
            form.portal_fields = WHITEBOOKS
        self.assertEqual(credential._field_values(), WHITEBOOKS)

    def test_user_and_keys_serve_a_copy_of_the_portal_too(self):
        key = {"file": self.auth_key(), "kid": "K1"}
        credential = self.make(signing_key_ids=[Command.create(key)])
        with Form(credential) as form:
            form.portal_id = self.copy_of("nic1", services={"ping": None})
            self.assertEqual((form.username, form.client_id), ("user", "client"))
            self.assertFalse(form.has_password or form.has_client_secret)
            form.password = "password"
            form.client_secret = "secret"
        self.assertEqual(credential.signing_key_ids.kid, "K1")
        self.assertFalse(credential._profile().wire.offers("ping"))

    def test_a_copy_in_use_asks_for_another_secret(self):
        copy = self.copy_of("nic1")
        credential = self.make(portal_id=copy.id)
        copy.changes = json.dumps(
            {
                "extra_headers": {"X-Key": "{key}"},
                "fields": [
                    {
                        "name": "key",
                        "title": "Gateway Key",
                        "help": "From the contract.",
                        "secret": True,
                        "required": True,
                    }
                ],
            }
        )
        with self.assertRaisesRegex(UserError, "needs: Gateway Key"):
            self.default_company._l10n_in_irp_connect("sandbox", credential)
        credential.portal_fields = {"key": "s3cret"}
        connection = self.default_company._l10n_in_irp_connect("sandbox", credential)
        self.assertEqual(dict(connection.account.fields), {"key": "s3cret"})

    def test_the_form_shows_what_each_portal_needs(self):
        """Fill in what the page of each portal lists, and nothing else."""
        user = self.system_user()
        for code, profile in PROFILES.items():
            with self.subTest(code):
                if profile.wire.known:
                    self.fill_in(profile, user)
                else:
                    self.assert_refused(
                        lambda p=profile: self.fill_in(p, user), "cannot be called"
                    )

    def fill_in(self, profile, user):
        values = {
            "API User": ("username", "user"),
            "API Password": ("password", "password"),
            "Client ID": ("client_id", "client"),
            "Client Secret": ("client_secret", "secret"),
            "Portal's Public Key": ("auth_key", self.auth_key()),
        }
        form = Form(self.env["l10n_in.irp.credential"].with_user(user))
        form.portal_id = self.portal_record(profile.code)
        asked = dict(entries(profile))
        given = {one.title: (one.name, "given") for one in profile.wire.fields}
        self.assertEqual(given.keys() - asked.keys(), set())
        for label, (name, value) in values.items():
            is_shown = not form._get_modifier(name, "invisible")
            self.assertEqual(is_shown, label in asked, label)
            if is_shown:
                self.assertTrue(form._get_modifier(name, "required"), label)
                form[name] = value
        if given:
            form.portal_fields = dict(given.values())
        self.assertEqual(bool(form.portal_gaps), not profile.wire.known)
        has_ewb = "e-Way Bill API User" in asked
        self.assertEqual(form.asks_ewb_user, has_ewb)
        for kind in ("auth", "signing"):
            is_named = any(key.kind == kind for key in profile.keys)
            self.assertEqual(bool(form[f"{kind}_key_source"]), is_named, kind)
        # a sandbox credential does not pass production's key off as its own
        if source := form.signing_key_source:
            self.assertIn("For Production:", source)
        self.assertIn(profile.admission["who"], form.portal_admission)
        form.save().active = False
