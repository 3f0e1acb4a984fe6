import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..common import FaultyTransport, IrpCommon

PORTAL = "https://api.einvoice1.gst.gov.in"
EWB = "https://api.ewaybillgst.gov.in"
# address -> a word of the message
REFUSED = {
    # other hosts, however much like a portal's
    "https://gsp.example": "only to its addresses",
    "https://api.einvoice3.gst.gov.in": "only to its addresses",
    "https://einvoice1.gst.gov.in": "only to its addresses",
    f"{PORTAL}.example": "only to its addresses",
    f"{PORTAL}:8443": "only to its addresses",
    "https://api-einvoice1.gst.gov.in": "only to its addresses",
    "https://xapi.einvoice1.gst.gov.in": "only to its addresses",
    "https://api.einvoice1.gst.g\u043ev.in": "only to its addresses",
    "https://api.einvoice1.gst.gov.\u0456n": "only to its addresses",
    "https://api.e\u00efnvoice1.gst.gov.in": "only to its addresses",
    "https://xn--api-einvoice1.gst.gov.in": "only to its addresses",
    "https://gsp.example/api.einvoice1.gst.gov.in": "only to its addresses",
    "https://8.8.8.8": "only to its addresses",
    "https://134744072": "only to its addresses",
    "https://[2606:4700::1111]": "only to its addresses",
    # another environment's
    "https://einv1api.gstsandbox.nic.in": "belongs to the environment",
    "https://EINV2API.gstsandbox.nic.in.": "belongs to the environment",
    "https://einv-apisandbox\uff0enic.in": "belongs to the environment",
    # no TLS, no address
    "http://api.einvoice1.gst.gov.in": "https://",
    "ftp://api.einvoice1.gst.gov.in": "https://",
    "//api.einvoice1.gst.gov.in": "https://",
    "api.einvoice1.gst.gov.in": "names no host",
    "https://": "names no host",
    "javascript:alert(1)": "names no host",
    # read in two ways
    f"{PORTAL}@gsp.example": "user",
    "https://user:word@api.einvoice1.gst.gov.in": "user",
    f"{PORTAL}\uff20gsp.example": "user",
    "https://gsp.example#@api.einvoice1.gst.gov.in": "user",
    "https://gsp.example\\@api.einvoice1.gst.gov.in": "backslash",
    "https://gsp.example\\.api.einvoice1.gst.gov.in": "backslash",
    f"{PORTAL}%2egsp.example": "%",
    f"{PORTAL}?x=.gsp.example": "end with the host",
    f"{PORTAL}#.gsp.example": "end with the host",
    f"{PORTAL}/..//x": "path",
    f"{PORTAL}\t.gsp.example": "blank",
    f"{PORTAL}\r\nHost: gsp.example": "blank",
    f"{PORTAL}\u200b.gsp.example": "control",
    f"{PORTAL}\0": "malformed",
    "https://api..einvoice1.gst.gov.in": "malformed",
    # this machine
    "https://localhost": "this machine",
    "http://127.0.0.1:8800": "this machine",
    "https://127.1": "this machine",
    "https://0x7f000001": "this machine",
    "https://2130706433": "this machine",
    "https://0177.0.0.1": "this machine",
    "https://[::1]": "this machine",
    "https://[::ffff:127.0.0.1]": "this machine",
    "https://0.0.0.0": "this machine",
    "https://irp.localhost": "this machine",
    # private networks
    "https://10.0.0.1": "no host on the internet",
    "https://172.16.0.1": "no host on the internet",
    "https://192.168.1.1": "no host on the internet",
    "https://169.254.169.254": "no host on the internet",
    "https://100.64.0.1": "no host on the internet",
    "https://[fd00::1]": "no host on the internet",
    "https://[fe80::1]": "no host on the internet",
    "https://irp.internal": "no host on the internet",
    "https://irp": "no host on the internet",
}
SECRETS = {"password": "password", "client_secret": "secret"}
ACCEPTED = (
    f"{PORTAL}.",
    f" {PORTAL.upper()}:443/ ",
    "https://api.einvoice2.gst\uff0egov.in",
)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAddresses(IrpCommon):
    def setUp(self):
        super().setUp()
        self.administrator = self.make_user("irp_system", "base.group_system")

    def make_user(self, login, groups):
        return new_test_user(
            self.env(su=True),
            login,
            groups=groups,
            company_id=self.default_company.id,
            company_ids=[(6, 0, self.default_company.ids)],
        )

    def make(self, **values):
        values = {
            "company_id": self.default_company.id,
            "environment": "production",
            "username": "user",
            "client_id": "client",
            **SECRETS,
            "auth_key": base64.b64encode(self.portal().auth_public_key),
            **values,
        }
        credentials = self.env["l10n_in.irp.credential"]
        return credentials.with_user(self.administrator).create(values)

    def gsp(self, **values):
        values = {"name": "Test GSP", "base_url": "https://gsp.example/irp", **values}
        portals = self.env["l10n_in.irp.portal"].with_user(self.administrator)
        return portals.create(values)

    def published(self, code):
        return self.env.ref(f"l10n_in_einvoice_irp.portal_{code}").sudo()

    def assert_refused(self, write, words):
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            write()
        self.assertIn(words, str(caught.exception))

    def test_production_takes_published_addresses_alone(self):
        credential = self.make()
        self.assertGreater(len(REFUSED), 50)
        for url, words in REFUSED.items():
            with self.subTest(url):
                self.assert_refused(
                    lambda u=url: credential.write({"base_url": u}), words
                )
        for url in REFUSED:
            with (
                self.subTest(url),
                self.assertRaises(ValidationError),
                self.env.cr.savepoint(),
            ):
                self.make(gstin="27DJMPM8965E1ZE", base_url=url)
        for url in ACCEPTED:
            with self.subTest(url):
                credential.base_url = url
                self.assertIn(
                    credential.base_url, (PORTAL, "https://api.einvoice2.gst.gov.in")
                )

    def test_the_ewaybill_system_too(self):
        credential = self.make(ewb_username="ewb_user", ewb_password="ewb_password")
        self.assertEqual(credential.ewb_base_url, EWB)
        for url, words in REFUSED.items():
            with self.subTest(url):
                self.assert_refused(
                    lambda u=url: credential.write({"ewb_base_url": u}), words
                )

    def test_a_message_names_field_host_and_way_out(self):
        with self.assertRaises(ValidationError) as caught:
            self.make(base_url="https://gsp.example/irp")
        for words in ("Portal Address", "gsp.example", "IRP Portals", "einvoice1"):
            self.assertIn(words, str(caught.exception))

    def test_a_gsp_of_an_administrator_opens_the_way(self):
        gsp = self.gsp(base_url=" HTTPS://GSP.Example./irp/ ")
        self.assertEqual(gsp.base_url, "https://gsp.example/irp")
        self.assertEqual(gsp.host, "gsp.example")
        credential = self.make(portal_id=gsp.id)
        self.assertEqual(credential.base_url, "https://gsp.example/irp")
        self.assertEqual(credential.host, "gsp.example (GSP Test GSP)")
        for url in (
            "https://gsp.example",
            "https://gsp.example/other",
            f"{PORTAL}:8443",
        ):
            with self.subTest(url):
                self.assert_refused(
                    lambda u=url: credential.write({"base_url": u}),
                    "only to its addresses",
                )
        # a published portal issues other secrets
        credential.write({"portal_id": self.published("nic1").id, **SECRETS})
        self.assertEqual(credential.base_url, PORTAL)
        self.assertIn("NIC IRP 1", credential.host)

    def test_no_gsp_on_this_machine_or_in_a_private_network(self):
        for url, words in REFUSED.items():
            if words == "no host on the internet":
                with self.subTest(url):
                    self.assert_refused(lambda u=url: self.gsp(base_url=u), words)
        # for trials with the local portal; production refuses it
        local = self.gsp(base_url="http://127.0.0.1:8800")
        self.make(environment="sandbox", portal_id=local.id)
        self.assert_refused(lambda: self.make(portal_id=local.id), "this machine")

    def test_a_gsp_is_no_portal_and_has_plain_prefixes(self):
        self.assert_refused(lambda: self.gsp(base_url=PORTAL), "portal's own host")
        for prefixes, words in (
            ("/eivital/ = @gsp.example/", "beginning of a path"),
            ("/eivital/ = //gsp.example/", "beginning of a path"),
            ("/eivital/ = /../", "beginning of a path"),
            ("/eivital/", "line 1 "),
        ):
            with self.subTest(prefixes):
                self.assert_refused(lambda p=prefixes: self.gsp(path_prefixes=p), words)

    def test_headers_that_choose_a_host_are_refused(self):
        for name in ("Host", "Transfer-Encoding", "X-Forwarded-Host", "Gstin", "a b"):
            with self.subTest(name):
                self.assert_refused(
                    lambda n=name: self.make(extra_headers=f"{n}: gsp.example"),
                    "header",
                )

    def test_granted_rights_make_no_gsp(self):
        gsp = self.gsp()
        user = self.make_user(
            "irp_rights", "base.group_erp_manager,account.group_account_manager"
        )
        self.env["ir.model.access"].sudo().create(
            {
                "name": "everything",
                "model_id": self.env["ir.model"]._get_id("l10n_in.irp.portal"),
                "group_id": self.env.ref("base.group_user").id,
                **{
                    f"perm_{way}": True for way in ("read", "write", "create", "unlink")
                },
            }
        )
        theirs = gsp.with_user(user)
        self.assertEqual(theirs.name, "Test GSP")
        for way in (
            lambda: theirs.create({"name": "x", "base_url": "https://evil.example"}),
            lambda: theirs.name_create("x"),
            lambda: theirs.write({"base_url": "https://evil.example"}),
            lambda: theirs.copy({"base_url": "https://evil.example"}),
            lambda: theirs.unlink(),
        ):
            with self.assertRaisesRegex(AccessError, "system administrator"):
                way()

    def test_accountants_do_not_see_gsps(self):
        with self.assertRaises(AccessError):
            self.gsp().with_user(self.accountant).read(["base_url"])

    def test_a_gsp_in_use_stays_where_it_is(self):
        """Its credentials' secrets were entered for that host."""
        gsp = self.gsp()
        credential = self.make(portal_id=gsp.id)
        for archived in (False, True):
            credential.active = not archived
            for name in ("base_url", "ewb_base_url"):
                with self.subTest(name, archived=archived):
                    self.assert_refused(
                        lambda n=name: gsp.write({n: "https://new.example/irp"}),
                        "in use by",
                    )
        self.assertEqual(credential.base_url, "https://gsp.example/irp")
        credential.active = True
        self.assert_refused(lambda: gsp.write({"active": False}), "in use by")
        credential.sudo().blocked_message = "The portal rejected the login"
        gsp.path_prefixes = "/eivital/ = /vital/"
        self.assertFalse(credential.blocked_message)

    def test_what_the_database_holds_is_checked_at_each_connection(self):
        """As after SQL, or where a registration names an address of old."""
        credential = self.make()
        connect = self.default_company._l10n_in_irp_connect
        for url in ("https://evil.example", "http://127.0.0.1:1", "https://10.0.0.1"):
            with (
                self.subTest(url),
                self.assertRaisesRegex(UserError, "nothing was sent"),
            ):
                connect("production", credential, base_url=url)
        self.env.cr.execute(
            "UPDATE l10n_in_irp_credential SET base_url = 'https://evil.example'"
            " WHERE id = %s",
            [credential.id],
        )
        credential.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "evil.example"):
            connect("production", credential)

    def test_each_address_gets_its_own_prefixes_and_headers(self):
        gsp = self.gsp(path_prefixes="/eivital/v1.04 = /vital")
        credential = self.make(portal_id=gsp.id, extra_headers="X-Key: for the GSP")
        own = credential._environment()
        self.assertEqual(own.path("/eivital/v1.04/auth"), "/vital/auth")
        self.assertEqual(own.headers, {"X-Key": "for the GSP"})
        with self.assertRaisesRegex(UserError, "nothing was sent"):
            credential._environment(PORTAL)

    def test_no_other_gsp_gets_the_secrets(self):
        """Not even one that the credential used, and registered something at."""
        gsp = self.gsp()
        credential = self.make()
        connect = self.default_company._l10n_in_irp_connect
        for is_active in (True, False):
            gsp.active = is_active
            with self.assertRaisesRegex(UserError, "nothing was sent"):
                connect("production", credential, base_url=gsp.base_url)
        gsp.active = True
        credential.write({"portal_id": gsp.id, **SECRETS})
        connection = connect("production", credential, base_url=gsp.base_url)
        self.assertEqual(connection.base_url, gsp.base_url)

    def test_the_tested_host_is_named(self):
        credential = self.make().with_context(
            l10n_in_irp_wrap_transport=lambda _inner: self.demo_transport(self.served())
        )
        message = credential.action_test_connection()["params"]["message"]
        self.assertIn("Calls go to api.einvoice1.gst.gov.in (NIC IRP 1)", message)

    def test_settings_name_the_host(self):
        self.make(portal_id=self.gsp().id)
        settings = self.env["res.config.settings"].sudo().new({})
        settings.company_id = self.default_company
        self.assertIn("built-in portal", settings.l10n_in_irp_host)
        self.default_company.sudo().l10n_in_irp_environment = "production"
        settings.invalidate_recordset()
        self.assertEqual(settings.l10n_in_irp_host, "gsp.example (GSP Test GSP)")

    def served(self):
        portal = self.portal()
        gstin = self.default_company.vat
        portal.add_user(gstin, "user", "password", "client", "secret")
        return portal

    def test_an_administrator_chooses_a_gsp_in_the_form(self):
        gsp = self.gsp()
        credential = self.make()
        with Form(credential) as form:
            form.portal_id = gsp
            form.username = "user"
            form.client_id = "client"
            form.auth_key = base64.b64encode(self.portal().auth_public_key)
            for name, value in SECRETS.items():
                form[name] = value
            self.assertEqual(form.base_url, gsp.base_url)
            self.assertIn("gsp.example", form.host)
        self.assertEqual(credential.base_url, gsp.base_url)

    def test_the_client_is_not_reached(self):
        """No transport is asked for an address that is refused."""
        transport = FaultyTransport()
        credential = self.make().with_context(l10n_in_irp_wrap_transport=transport)
        company = self.default_company.with_context(
            l10n_in_irp_wrap_transport=transport
        )
        with self.assertRaises(UserError):
            company._l10n_in_irp_connect(
                "production", credential, base_url="https://evil.example"
            )
        self.assertFalse(transport.urls)
