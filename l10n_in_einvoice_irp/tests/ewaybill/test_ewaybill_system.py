import base64
from dataclasses import replace
from datetime import datetime

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...irp import ENVIRONMENTS
from ...models.portal.secrets.vault import Vault
from ..common import FaultyTransport, IrpCommon

USER = {"ewb_username": "ewb_user", "ewb_password": "Ewb@1"}


class PortalTransport(FaultyTransport):
    """A transport that sends every request to the test's portal."""

    def __init__(self, transport, fault=""):
        super().__init__(fault)
        self._portal = transport

    def __call__(self, inner):
        return super().__call__(self._portal)


class OwnSystemCommon(IrpCommon):
    """E-way bills in production, where the e-way bill system has its own users."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_a.sudo().l10n_in_hsn_code = "820750"
        cls.default_company.sudo().l10n_in_irp_environment = "production"

    def setUp(self):
        super().setUp()
        portal = self.portal()
        # production takes tokens of the e-way bill system alone
        portal.settings = replace(portal.settings, ewb_shares_session=False)
        self.served = portal
        gstin = self.default_company.vat
        portal.add_user(gstin, "user", "secret", "client", "client-secret")
        portal.add_ewb_user(gstin, "ewb_user", "Ewb@1", "client", "client-secret")
        self.credential = self.make_credential()

    def make_credential(self, **values):
        portal = self.served
        certificate = base64.b64encode(portal.signing_certificate)
        return (
            self.env["l10n_in.irp.credential"]
            .sudo()
            .create(
                {
                    "company_id": self.default_company.id,
                    "environment": "production",
                    "username": "user",
                    "password": "secret",
                    "client_id": "client",
                    "client_secret": "client-secret",
                    "auth_key": self.auth_key(),
                    "signing_key_ids": [(0, 0, {"file": certificate})],
                    **values,
                }
            )
        )

    def transport(self, fault=""):
        transport = self.demo_transport(self.served)
        return PortalTransport(transport, fault)

    def give_user(self, **values):
        key = base64.b64encode(self.served.ewb_auth_public_key)
        self.credential.write({**USER, "ewb_auth_key": key, **values})

    def ewaybill(self, fault="", state="registered"):
        """Return an e-way bill that the portal has made.

        :param fault: of the call that makes it, see `FaultyTransport`.
        :param state: of the e-way bill after that.
        """
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        self.process(self.transport())
        self.assertEqual(move.l10n_in_irp_state, "registered", move.l10n_in_irp_error)
        action = move.action_l10n_in_irp_ewaybill()
        ewaybill = self.env[action["res_model"]].browse(action["res_id"])
        ewaybill.write({"vehicle_number": "MH12AB1234", "distance": 0})
        ewaybill.with_context(
            l10n_in_irp_wrap_transport=self.transport(fault)
        ).action_generate()
        self.assertEqual(ewaybill.state, state, ewaybill.error)
        return ewaybill

    def wizard(self, ewaybill, transport):
        action = ewaybill.action_cancel()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        return wizard.with_context(l10n_in_irp_wrap_transport=transport)

    def sessions(self):
        return (
            self.env["l10n_in.irp.session"]
            .sudo()
            .search([("username", "=", "ewb_user")])
        )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEwaybillSystem(OwnSystemCommon):
    """E-way bills in production, where only the e-way bill system cancels them."""

    def test_check_digit_of_the_transporter_is_reported_before(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        action = move.action_l10n_in_irp_ewaybill()
        ewaybill = self.env[action["res_model"]].browse(action["res_id"])
        ewaybill.write({"transporter_gstin": "29AAAAA0000A1ZX", "with_irn": True})
        move.action_post()
        self.process(self.transport())
        self.assertEqual(move.l10n_in_irp_state, "registered", move.l10n_in_irp_error)
        self.assertEqual(ewaybill.state, "rejected")
        self.assertIn("4018", ewaybill.error)
        self.assertNotIn("EwbDtls", move.l10n_in_irp_document_id.request)

    def test_cancelled_from_odoo(self):
        self.give_user()
        ewaybill, transport = self.ewaybill(), self.transport()
        wizard = self.wizard(ewaybill, transport)
        self.assertFalse(wizard.is_by_hand)
        wizard.action_cancel()
        self.assertEqual(ewaybill.state, "cancelled", ewaybill.error)
        self.assertTrue(ewaybill.cancel_date)
        host = ENVIRONMENTS["production"].ewb_hosts[0].base_url
        own = [url for url in transport.urls if url.startswith(host)]
        self.assertEqual(own, [f"{host}/v1.03/auth", f"{host}/v1.03/ewayapi"])
        logged = self.env["l10n_in.irp.log"].search([("endpoint", "like", "ewb")])
        self.assertIn("ewb_authenticate", logged.mapped("endpoint"))

    def test_token_is_stored_for_the_next_one(self):
        self.give_user()
        first, second = self.ewaybill(), self.ewaybill()
        self.wizard(first, self.transport()).action_cancel()
        self.assertTrue(self.sessions()._session())
        transport = self.transport()
        self.wizard(second, transport).action_cancel()
        self.assertEqual(second.state, "cancelled", second.error)
        self.assertEqual(transport.count("ewaybillgst.gov.in/v1.03/auth"), 0)

    def test_without_a_user_it_is_done_on_the_web_page(self):
        ewaybill, transport = self.ewaybill(), self.transport()
        wizard = self.wizard(ewaybill, transport)
        self.assertTrue(wizard.is_by_hand)
        self.become_manager()
        with self.assertRaisesRegex(UserError, "is still active"):
            wizard.action_record()
        # as a user does there
        self.served.eway_bills.cancel(
            self.served.eway_bills.of_number(int(ewaybill.number)),
            "2026-01-15 12:10:00",
            "3",
            "by hand",
        )
        wizard.cancelled_at = "2026-01-15 07:30:00"
        with self.assertRaisesRegex(UserError, "not in the future"):
            wizard.action_record()
        wizard.write({"cancelled_at": "2026-01-15 06:30:00", "reason": "3"})
        wizard.action_record()
        self.assertEqual(ewaybill.state, "cancelled")
        self.assertEqual(ewaybill.cancel_date, datetime(2026, 1, 15, 6, 30))
        self.assertEqual(ewaybill.cancel_reason, "3")
        wizard.reason = "1"
        with self.assertRaisesRegex(UserError, "nothing to record"):
            wizard.action_record()
        self.assertEqual(ewaybill.cancel_reason, "3")
        self.assertEqual(transport.count("ewayapi"), 0)

    def test_button_without_a_user_shows_the_way(self):
        ewaybill, transport = self.ewaybill(), self.transport()
        self.wizard(ewaybill, transport).action_cancel()
        self.assertEqual(ewaybill.state, "registered")
        self.assertIn("ewaybillgst.gov.in", ewaybill.advice)
        self.assertEqual(transport.count("ewayapi"), 0)

    def test_wrong_password_stops_the_user_at_once(self):
        self.give_user(ewb_password="wrong")
        ewaybill, transport = self.ewaybill(), self.transport()
        self.wizard(ewaybill, transport).action_cancel()
        self.assertEqual(ewaybill.state, "registered", "nothing was asked")
        self.assertIn("108", ewaybill.error)
        self.assertIn("Test Connection", ewaybill.advice)
        self.assertIn("108", self.credential.ewb_blocked_message)
        self.assertFalse(self.credential.blocked_message, "the portal's user is fine")
        again = self.transport()
        wizard = self.wizard(ewaybill, again)
        self.assertTrue(wizard.is_by_hand)
        self.assertIn("108", wizard.blocked_message)
        wizard.action_cancel()
        self.assertEqual(again.count("ewaybillgst.gov.in"), 0)
        self.give_user()
        self.assertFalse(self.credential.ewb_blocked_message)
        self.wizard(ewaybill, self.transport()).action_cancel()
        self.assertEqual(ewaybill.state, "cancelled", ewaybill.error)

    def test_token_that_the_system_forgot_is_renewed_once(self):
        self.give_user()
        first, second = self.ewaybill(), self.ewaybill()
        self.wizard(first, self.transport()).action_cancel()
        Vault(self.sessions()).put(
            token="stale", sek=base64.b64encode(bytes(32)).decode()
        )
        transport = self.transport()
        self.wizard(second, transport).action_cancel()
        self.assertEqual(second.state, "cancelled", second.error)
        self.assertEqual(transport.count("ewaybillgst.gov.in/v1.03/auth"), 1)
        self.assertNotEqual(self.sessions()._session().token, "stale")

    def test_lost_answer_is_looked_up(self):
        self.give_user()
        ewaybill = self.ewaybill()
        self.wizard(ewaybill, self.transport("lost")).action_cancel()
        self.assertEqual(ewaybill.state, "cancelling")
        ewaybill.with_context(
            l10n_in_irp_wrap_transport=self.transport()
        ).action_refresh()
        self.assertEqual(ewaybill.state, "cancelled", ewaybill.error)

    def test_connection_test_covers_both(self):
        self.give_user()
        credential = self.credential.with_context(
            l10n_in_irp_wrap_transport=self.transport()
        )
        note = credential.action_test_connection()["params"]["message"]
        self.assertIn("e-way bill system was successful", note)
        self.assertTrue(self.sessions()._session())
        self.give_user(ewb_password="wrong")
        with self.assertRaisesRegex(UserError, "was successful.*(?s:.)*108"):
            credential.action_test_connection()

    def test_key_of_the_portal_serves_if_there_is_no_other(self):
        self.credential.write(USER)
        own, shared = (
            self.credential._load_ewb_auth_key(),
            self.credential._load_auth_key(),
        )
        self.assertEqual(own.public_numbers(), shared.public_numbers())
        with self.assertRaisesRegex(ValidationError, "e-way bill system"):
            self.credential.ewb_auth_key = base64.b64encode(b"no key")

    def test_what_cannot_work_is_refused_at_once(self):
        for values, words in (
            ({"ewb_username": "ewb_user"}, "both API user and password"),
            ({**USER, "ewb_password": "x" * 80}, "too long"),
            ({**USER, "ewb_base_url": "http://ewb.example"}, "https://"),
            (
                {**USER, "ewb_base_url": "https://ewb1api.gstsandbox.nic.in"},
                "belongs to the environment",
            ),
        ):
            with (
                self.subTest(words),
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                self.credential.write(values)

    def test_logins_stay_within_what_the_system_allows(self):
        self.give_user()
        transport = self.transport()
        company = self.default_company.with_context(
            l10n_in_irp_wrap_transport=transport
        )
        query = {"number": "391000000001"}
        company._l10n_in_irp_ask_ewb("get_ewaybill", **query)
        called = len(transport.urls)
        self.assertGreater(called, 1)
        company._l10n_in_irp_ask_ewb("get_ewaybill", **query)
        self.assertEqual(len(transport.urls), called + 1, "no login was needed")
        sessions = self.env["l10n_in.irp.session"].sudo()
        own = sessions.search([("username", "=", "ewb_user")])
        earlier = ["2026-01-15T06:20:00+00:00"] * 4
        own.write(
            {"expires_at": "2026-01-15 06:00:00", "log_ins": earlier + own.log_ins}
        )
        answered = company._l10n_in_irp_ask_ewb("get_ewaybill", **query)
        self.assertIn("before 12:05 IST", str(answered.error))
        self.assertEqual(len(transport.urls), called + 1, "it would be the sixth")
