import base64

from lxml import etree
from werkzeug.test import Client

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ...irp.reference import PROFILES, SERVICES
from ...models.portal.demo import DemoTransport
from ...models.portal.offers.wording import missing
from ...models.registration.comparison import compare
from ...sandbox import DIALECTS, create_app
from ..common import TODAY, FaultyTransport, IrpCommon

USER = ("user", "secret", "client", "client-secret")
# portal -> the dialect that the local portal answers in
SPOKEN = {"ey": "ey", "iris": "iris", "nic1": "nic"}
# service -> the portals that do not offer it
MISSING = {
    "generate_irn": (),
    "get_irn": (),
    "get_irn_by_document": ("ey",),
    "get_rejected_irns": ("ey", "iris"),
    "generate_ewb": ("ey",),
    "get_ewb": ("ey",),
    "cancel_ewb": ("ey",),
    "get_gstin": ("ey",),
    "sync_gstin": ("ey", "iris"),
    "ping": ("ey", "iris"),
}


class SpokenTransport(DemoTransport):
    """A transport to a portal that speaks a dialect; ``urls`` are those called."""

    def __init__(self, portal, dialect):
        self._client = Client(create_app(portal, dialect=DIALECTS[dialect]))
        self.urls = []

    def __call__(self, _inner):
        return self

    def send(self, request):
        self.urls.append(request.url)
        return super().send(request)


class Around(FaultyTransport):
    """A faulty transport around another one than the call's."""

    def __init__(self, fault, spare, inner):
        super().__init__(fault, spare=spare)
        self._around = inner

    def __call__(self, _inner):
        return super().__call__(self._around)


class OffersCommon(IrpCommon):
    """A company that has chosen a portal, as seen by a plain accountant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_a.sudo().l10n_in_hsn_code = "820750"

    def use(self, code, environment="sandbox", transport=None):
        """Register at a portal from now on; return the transport to it."""
        company, portal = self.default_company.sudo(), self.portal()
        portal.add_user(company.vat, *USER)
        company.l10n_in_irp_environment = environment
        certificate = base64.b64encode(portal.signing_certificate)
        credentials = self.env["l10n_in.irp.credential"].sudo()
        credentials.search([("company_id", "=", company.id)]).active = False
        # before another one takes its place
        credentials.flush_model()
        names = ("username", "password", "client_id", "client_secret")
        self.credential = credentials.create(
            {
                "company_id": company.id,
                "environment": environment,
                "portal_id": self.env.ref(f"l10n_in_einvoice_irp.portal_{code}").id,
                **dict(zip(names, USER, strict=True)),
                "auth_key": self.auth_key(),
                "signing_key_ids": [(0, 0, {"file": certificate})],
            }
        )
        transport = transport or SpokenTransport(portal, SPOKEN[code])
        context = {**self.env.context, "l10n_in_irp_wrap_transport": transport}
        self.env = self.env(context=context)
        self.default_company = self.default_company.with_env(self.env)
        return transport

    def shows(self, record, name, view=None):
        """Return whether a form shows the accountant a button, or a field's text."""
        arch = etree.fromstring(record.get_view(view and self.env.ref(view).id)["arch"])
        nodes = arch.xpath(f"//button[@name='{name}'] | //field[@name='{name}']")
        values = self.values(record, {node.get("name") for node in arch.iter("field")})
        return any(
            not safe_eval(node.get("invisible") or "False", values)
            for node in nodes
            if node.get("invisible") != "1"
        )

    @staticmethod
    def values(record, names):
        known = [name for name in names if name in record._fields]
        return {name: record[name] for name in known}

    def prepared(self, move):
        action = move.action_l10n_in_irp_ewaybill()
        ewaybill = self.env[action["res_model"]].browse(action["res_id"])
        ewaybill.write({"vehicle_number": "MH12AB1234", "distance": 0})
        return ewaybill

    def registered(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        self.run_queue()
        self.assertEqual(move.l10n_in_irp_state, "registered", move.l10n_in_irp_error)
        return move.with_env(self.env)

    def run_queue(self):
        for name in ("l10n_in.irp.document", "l10n_in.irp.ewaybill"):
            self.due(
                name, self.env.context["l10n_in_irp_wrap_transport"]
            )._process_now()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOffers(OffersCommon):
    def test_offers_are_those_of_the_chosen_portal(self):
        for code in SPOKEN:
            self.use(code)
            for service, portals in MISSING.items():
                with self.subTest(code, service=service):
                    offered = self.default_company._l10n_in_irp_offers(service)
                    self.assertEqual(offered, code not in portals)
                    text = self.default_company._l10n_in_irp_missing(service)
                    self.assertEqual(bool(text), code in portals)

    def test_text_names_portal_service_and_what_remains(self):
        self.use("iris", "production")
        company = self.default_company
        text = company._l10n_in_irp_missing("get_rejected_irns")
        for words in ("IRIS IRP does not", "rejected IRNs", "einvoice6.gst.gov.in"):
            self.assertIn(words, text)
        self.assertNotIn("NIC", text)
        self.assertIn("einvoice6", company._l10n_in_irp_website())
        self.use("nic1", "production")
        self.assertIn("einvoice1", company._l10n_in_irp_website())

    def test_every_service_has_words_for_what_remains(self):
        wire = PROFILES["ey"].wire
        for service in SERVICES.keys() - {"authenticate", "ewb_authenticate"}:
            text, remains = missing(self.env, wire, service)
            with self.subTest(service):
                self.assertIn("EY IRP does not offer", text)
                self.assertTrue(remains)

    def test_a_record_follows_the_portal_that_holds_it(self):
        self.use("nic1")
        ewaybill = self.prepared(self.registered())
        self.use("ey")
        ewaybill = ewaybill.with_env(self.env)
        self.assertFalse(self.default_company._l10n_in_irp_offers("get_ewb"))
        self.assertFalse(ewaybill._portal_missing("get_ewb"))
        self.assertTrue(ewaybill.can_generate)

    def test_the_demo_has_every_service(self):
        self.use("ey")
        for service in MISSING:
            self.assertTrue(self.default_company._l10n_in_irp_offers(service, "demo"))

    # ------------------------------------------------------------------
    # GSTINs
    # ------------------------------------------------------------------

    def test_buttons_of_a_contact(self):
        get, sync = "action_l10n_in_irp_get", "action_l10n_in_irp_sync"
        for code, shown in (("nic1", (1, 1)), ("iris", (1, 0)), ("ey", (0, 0))):
            transport = self.use(code)
            partner = self.partner_b.with_env(self.env)
            partner.invalidate_recordset()
            with self.subTest(code):
                self.assertEqual(self.shows(partner, get), bool(shown[0]))
                self.assertEqual(self.shows(partner, sync), bool(shown[1]))
                reason = self.shows(partner, "l10n_in_irp_missing")
                self.assertEqual(reason, code != "nic1")
                for name, is_shown in zip((get, sync), shown, strict=True):
                    if not is_shown:
                        with self.assertRaisesRegex(UserError, "does not offer"):
                            getattr(partner, name)()
                self.assertFalse(transport.urls)

    def test_name_is_not_offered_where_nobody_can_ask(self):
        values = {"name": "New", "vat": "27AAPFU0939F1ZV", "is_company": True}
        partner = self.env["res.partner"].sudo().create(values).with_env(self.env)
        for code, offered in (("iris", True), ("ey", False)):
            self.use(code)
            found = partner.with_env(self.env)
            found.invalidate_recordset()
            self.assertEqual(found.l10n_in_irp_offer, offered)
            if not offered:
                with self.assertRaisesRegex(UserError, "Search Taxpayer"):
                    found.l10n_in_irp_look_up({"vat": partner.vat})

    def test_many_contacts_take_no_more_queries(self):
        self.use("iris")
        partners = self.env["res.partner"].search([("vat", "!=", False)], limit=20)
        counts = []
        for some in (partners[:1], partners):
            self.env.invalidate_all()
            some.mapped("name")
            before = self.env.cr.sql_log_count
            some.mapped("l10n_in_irp_missing")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertGreater(len(partners), 1)
        self.assertEqual(*counts)

    def test_verification_checks_the_form_alone(self):
        transport = self.use("ey")
        check = self.env["l10n_in.irp.gstin.check"].create({"text": "27AAPFU0939F1ZV"})
        check.action_check()
        self.assertEqual(check.line_ids.mapped("result"), ["sound"])
        self.assertIn("EY IRP does not offer GSTIN look-ups", check.missing)
        action = self.env["l10n_in.irp.gstin.check"]._open(
            self.partner_b.with_env(self.env)
        )
        opened = self.env[action["res_model"]].browse(action["res_id"])
        self.assertFalse(opened.waiting_count)
        self.assertFalse(transport.urls)

    # ------------------------------------------------------------------
    # Scheduled actions
    # ------------------------------------------------------------------

    def scheduled(self):
        self.env["l10n_in.irp.document"].sudo()._cron_reconcile()
        self.env["l10n_in.irp.health"].sudo()._cron_check()
        taxpayers = self.env["l10n_in.irp.taxpayer"].sudo()
        due = taxpayers._due_gstins(self.default_company)
        # the scheduled action, without its commits
        sum(taxpayers._refresh_in_chunks(self.default_company, due))

    def test_scheduled_actions_skip_silently(self):
        for code, calls in (("ey", ()), ("iris", ("/auth", "/Master/gstin/"))):
            transport = self.use(code)
            self.make_invoice(self.partner_b, self.igst_sale_18)
            activities = self.env["mail.activity"].sudo().search_count([])
            self.scheduled()
            with self.subTest(code):
                for url in transport.urls:
                    self.assertTrue(any(part in url for part in calls), url)
                self.assertEqual(bool(transport.urls), bool(calls))
                health = self.env["l10n_in.irp.health"].sudo()
                domain = [("environment", "=", "sandbox")]
                self.assertFalse(health.search(domain))
                again = self.env["mail.activity"].sudo().search_count([])
                self.assertEqual(again, activities)

    def test_gstin_not_found_is_not_asked_about_again_at_once(self):
        """Where the portal has no sync, another look-up says the same."""
        transport, gstin = self.use("iris"), self.partner_b.vat
        self.portal().set_taxpayer(gstin, "UNKNOWN")
        self.make_invoice(self.partner_b, self.igst_sale_18)
        self.scheduled()
        self.assertEqual(sum(gstin in url for url in transport.urls), 1)
        self.scheduled()
        self.assertEqual(sum(gstin in url for url in transport.urls), 1)

    def test_scheduled_actions_ask_where_it_is_offered(self):
        transport = self.use("nic1")
        self.scheduled()
        for part in ("/heartbeat/ping", "/rejectedirns"):
            self.assertTrue(any(part in url for url in transport.urls), part)

    def test_health_check_by_hand(self):
        transport = self.use("ey")
        self.become_manager()
        with self.assertRaisesRegex(UserError, "EY IRP does not offer a health check"):
            self.env["l10n_in.irp.health"].action_check()
        self.assertFalse(
            self.env["l10n_in.irp.health"]._ask(self.default_company, "sandbox")
        )
        self.assertFalse(transport.urls)
        self.credential.with_env(self.env(su=True)).action_test_connection()
        self.assertFalse(
            self.env["l10n_in.irp.health"]
            .sudo()
            .search([("environment", "=", "sandbox")])
        )

    # ------------------------------------------------------------------
    # Registrations at a portal that looks up by IRN alone
    # ------------------------------------------------------------------

    def test_lost_answer_is_looked_up_by_irn(self):
        spoken = self.use("ey")
        move = self.make_invoice()
        self.process(Around("lost", spare="/apiAuth", inner=spoken))
        self.assertEqual(move.l10n_in_irp_state, "unknown")
        move.with_env(self.env).action_l10n_in_irp_refresh()
        self.assertEqual(move.l10n_in_irp_state, "registered", move.l10n_in_irp_error)
        self.assertTrue(move.l10n_in_irp_document_id.adopted)
        irn = move.l10n_in_irp_irn
        self.assertTrue(spoken.urls[-1].endswith(f"/enSearch/{irn}"))

    def test_registered_elsewhere_is_fetched_by_irn(self):
        self.use("ey")
        self.default_company.sudo().l10n_in_irp_register_on = "manual"
        move = self.make_invoice()
        request = self.env["l10n_in.irp.payload"]._build(move)
        client = self.default_company._l10n_in_irp_connect("sandbox").client
        registered = client.generate_irn(request)
        wizard = self.env["l10n_in.irp.fetch"].create({"move_id": move.id})
        self.assertFalse(wizard.can_choose_irp)
        with self.assertRaisesRegex(UserError, "EY IRP does not answer about"):
            wizard.irp = "NIC1"
            wizard.action_fetch()
        wizard.irp = False
        wizard.action_fetch()
        self.assertEqual(wizard.result, "registered", wizard.message)
        self.assertEqual(move.l10n_in_irp_irn, registered.irn)

    def test_period_is_compared_by_irn(self):
        self.use("ey")
        self.default_company.sudo().l10n_in_irp_register_on = "manual"
        move = self.make_invoice()
        request = self.env["l10n_in.irp.payload"]._build(move)
        self.default_company._l10n_in_irp_connect("sandbox").client.generate_irn(
            request
        )
        other = self.make_invoice()
        found = compare(self.env, self.default_company, TODAY, TODAY)
        kinds = {one.move: one.kind for one in found}
        self.assertEqual(kinds, {move: "not_in_odoo", other: "unregistered"})

    # ------------------------------------------------------------------
    # e-Way bills
    # ------------------------------------------------------------------

    def test_ewaybill_goes_out_with_the_irn(self):
        self.use("ey")
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        ewaybill = self.prepared(move)
        move.action_post()
        self.run_queue()
        self.assertEqual(ewaybill.move_id.l10n_in_irp_state, "registered")
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)

    def test_buttons_of_an_ewaybill(self):
        for code, shown in (("nic1", True), ("iris", True), ("ey", False)):
            self.use(code)
            ewaybill = self.prepared(self.registered())
            with self.subTest(code):
                self.assertEqual(self.shows(ewaybill, "action_generate"), shown)
                self.assertEqual(self.shows(ewaybill, "missing"), not shown)
                self.assertEqual(ewaybill.can_be_settled, not shown)

    def test_ewaybill_made_on_the_website_is_recorded_by_a_manager(self):
        transport = self.use("ey")
        ewaybill = self.prepared(self.registered())
        calls = len(transport.urls)
        for name in ("action_generate", "action_refresh"):
            with self.assertRaisesRegex(UserError, "ewaybillgst.gov.in"):
                getattr(ewaybill, name)()
        self.assertIn("'Settle by Hand'", ewaybill.missing)
        self.become_manager()
        action = ewaybill.action_settle()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write(
            {
                "ewb_word": "active",
                "number": "391009149369",
                "ewb_date": "2026-01-15 06:00:00",
                "remark": "Seen on ewaybillgst.gov.in",
            }
        )
        wizard.action_settle()
        self.assertEqual(
            (ewaybill.state, ewaybill.number), ("registered", "391009149369")
        )
        self.assertIn("not confirmed", ewaybill.notice)
        # and its cancellation the same way
        action = ewaybill.action_cancel()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertTrue(wizard.is_by_hand)
        self.assertTrue(wizard.is_own_session)
        self.assertIn("EY IRP does not offer the cancellation", wizard.missing)
        with self.assertRaisesRegex(UserError, "Mark as Cancelled"):
            wizard.action_cancel()
        self.assertEqual(ewaybill.state, "registered")
        self.assertEqual(len(transport.urls), calls)
        wizard.action_record()
        self.assertEqual(ewaybill.state, "cancel_unclear")
