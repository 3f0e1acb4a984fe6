import base64
import itertools
import json
from datetime import datetime, timedelta

from odoo.tests import tagged

from ...irp import Response
from ...irp.operations import ewaybill_system
from ...models.portal.secrets.vault import Vault
from ...models.queue.calling.worker import run_worker
from .test_ewaybill_session import OneIsDown
from .test_ewaybill_system import OwnSystemCommon, PortalTransport

EWAYBILL = "l10n_in.irp.ewaybill"
NOW = datetime(2026, 1, 15, 6, 30)
LOG_IN = "ewaybillgst.gov.in/v1.03/auth"


class OneTokenRefused(PortalTransport):
    """A transport to an e-way bill system that refuses the token of one call."""

    def __init__(self, transport):
        super().__init__(transport)
        # several threads send
        self._calls = itertools.count()

    def send(self, request):
        if "ewayapi" not in request.url or next(self._calls):
            return super().send(request)
        self.urls.append(request.url)
        codes = base64.b64encode(b'{"errorCodes": "238"}').decode()
        return Response(200, {}, json.dumps({"status": "0", "error": codes}).encode())


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEwaybillLogIns(OwnSystemCommon):
    """Each login to the e-way bill system is counted before it is made, and shared."""

    def setUp(self):
        super().setUp()
        self.give_user()

    def irp_down(self):
        return OneIsDown(self.demo_transport(self.served), "einvoice")

    def cancelled(self, ewaybill, transport):
        self.wizard(ewaybill, transport).action_cancel()
        return ewaybill

    def wait_for_lane(self, ewaybills):
        for ewaybill in ewaybills:
            ewaybill.sudo()._mark_to_cancel(
                {"cancel_reason": "2", "cancel_remark": "Order Cancelled"}
            )

    def run_lane(self, transport):
        # a claim reads what others have committed, and drops what is not
        self.env.flush_all()
        bills = self.due(EWAYBILL, transport)
        run_worker(bills.browse(), self.default_company, "production")

    def counted(self):
        return len(self.sessions().log_ins or ())

    def make_stale(self):
        sek = base64.b64encode(bytes(32)).decode()
        Vault(self.sessions()).put(token="stale", sek=sek)

    def change_password_at_the_portal(self):
        gstin = self.default_company.vat
        self.served.add_ewb_user(gstin, "ewb_user", "0ther", "client", "client-secret")

    def asked(self, transport):
        company = self.default_company.with_context(
            l10n_in_irp_wrap_transport=transport
        )
        return company._l10n_in_irp_ask_ewb("get_ewaybill", number="391000000001")

    def assert_cancelled(self, ewaybills):
        for ewaybill in ewaybills:
            self.assertEqual((ewaybill.state, ewaybill.error), ("cancelled", False))

    def test_cancellations_with_an_expired_session_share_a_login(self):
        first, second, third = (self.ewaybill() for _count in range(3))
        self.cancelled(first, self.transport())
        self.assertEqual(self.counted(), 1)
        self.sessions().expires_at = NOW - timedelta(hours=1)
        self.wait_for_lane(second | third)
        transport = self.irp_down()
        self.run_lane(transport)
        self.assert_cancelled(second | third)
        self.assertEqual(transport.count(LOG_IN), 1)
        self.assertEqual(self.counted(), 2)

    def test_refused_token_leads_to_one_login_for_all(self):
        first, second, third = (self.ewaybill() for _count in range(3))
        self.cancelled(first, self.transport())
        self.make_stale()
        self.wait_for_lane(second | third)
        transport = self.transport()
        self.run_lane(transport)
        self.assert_cancelled(second | third)
        self.assertEqual(transport.count(LOG_IN), 1)
        self.assertEqual(self.counted(), 2)

    def test_refused_token_beyond_the_quota_leads_to_none(self):
        first, second = self.ewaybill(), self.ewaybill()
        self.cancelled(first, self.transport())
        self.make_stale()
        moments = [f"2026-01-15T06:2{minute}:00+00:00" for minute in range(5)]
        self.sessions().log_ins = moments
        transport = self.transport()
        self.cancelled(second, transport)
        self.assertEqual(transport.count(LOG_IN), 0)
        self.assertEqual((second.state, second.cancel_sent), ("cancelling", False))
        self.assertIn("before 12:05 IST", second.error)
        self.assertGreaterEqual(second.next_attempt_at, NOW + timedelta(minutes=5))
        self.assertFalse(self.credential.ewb_blocked_message)

    def test_password_refused_after_a_stale_token(self):
        first, second = self.ewaybill(), self.ewaybill()
        self.cancelled(first, self.transport())
        # an administrator has entered another one, while the session goes on
        self.give_user(ewb_password="wrong")
        self.make_stale()
        transport = self.transport()
        self.cancelled(second, transport)
        self.assertEqual(transport.count(LOG_IN), 1)
        self.assertEqual(second.state, "registered", "the website is left")
        self.assertEqual(second.cancel_notice, "open")
        self.assertIn("108", second.error)
        self.assertIn("108", self.credential.ewb_blocked_message)
        self.assertFalse(self.credential.blocked_message, "the portal's user is fine")

    def test_refused_token_of_a_look_up_is_counted(self):
        self.asked(self.transport())
        self.make_stale()
        transport = self.transport()
        answered = self.asked(transport)
        self.assertEqual(transport.count(LOG_IN), 1)
        self.assertEqual(transport.count("ewayapi"), 2)
        self.assertEqual(self.counted(), 2)
        self.assertEqual(answered.error.outcome, "not_found")
        self.assertNotEqual(self.sessions()._session().token, "stale")

    def test_nothing_to_cancel_needs_no_login(self):
        self.ewaybill()
        self.assertFalse(self.sessions())

    def test_session_made_meanwhile_stays_stored(self):
        connection = self.default_company._l10n_in_irp_connect("production")
        self.cancelled(self.ewaybill(), self.transport())
        self.env["l10n_in.irp.session"]._store(connection)
        self.assertTrue(self.sessions()._session())

    def test_irp_that_is_down_stops_no_cancellation(self):
        ewaybill, transport = self.ewaybill(), self.irp_down()
        self.assert_cancelled(self.cancelled(ewaybill, transport))
        self.assertTrue(ewaybill.cancel_date)
        self.assertEqual(transport.count("einvoice"), 0)

    def test_pause_or_refused_user_of_the_irp_stops_no_cancellation(self):
        ewaybill, transport = self.ewaybill(), self.irp_down()
        self.env["l10n_in.irp.circuit.breaker"]._change(
            ("production", self.default_company.vat, self.credential.base_url),
            open_until=NOW + timedelta(hours=1),
        )
        self.credential.blocked_message = "1019: wrong password"
        self.wait_for_lane(ewaybill)
        self.run_lane(transport)
        self.assert_cancelled(ewaybill)
        self.assertEqual(transport.count("einvoice"), 0)

    def test_pause_of_the_irp_stops_no_later_cancellation(self):
        first, second = self.ewaybill(), self.ewaybill()
        wanted = self.ewaybill("not_sent", "to_register")
        wanted._requeue()
        self.wait_for_lane(first | second)
        vat, breakers = (
            self.default_company.vat,
            self.env["l10n_in.irp.circuit.breaker"],
        )
        breakers._change(
            ("production", vat, self.credential.base_url),
            open_until=NOW + timedelta(hours=1),
            trips=1,
        )
        # one call shows whether it is back, so that the others are claimed later
        breakers._change(("production", vat, self.credential.ewb_base_url), trips=1)
        transport = self.transport()
        self.run_lane(transport)
        self.assert_cancelled(first | second)
        self.assertEqual(wanted.state, "to_register")
        self.assertEqual(transport.count("einvoice"), 0)

    def test_lost_answer_is_looked_up_by_number(self):
        ewaybill = self.ewaybill()
        self.cancelled(ewaybill, self.transport("lost"))
        self.assertEqual(ewaybill.state, "cancelling")
        transport = self.irp_down()
        ewaybill.with_context(l10n_in_irp_wrap_transport=transport).action_refresh()
        self.assert_cancelled(ewaybill)
        self.assertEqual(transport.count("einvoice"), 0)
        self.assertEqual(transport.count("GetEwayBill"), 1)

    def test_lost_answer_is_looked_up_by_irn_without_the_user(self):
        ewaybill = self.ewaybill()
        self.cancelled(ewaybill, self.transport("lost"))
        self.assertEqual((ewaybill.state, ewaybill.cancel_sent), ("cancelling", True))
        self.credential._forget_sessions()
        self.give_user(ewb_password="wrong")
        transport = self.transport()
        context = {"l10n_in_irp_wrap_transport": transport}
        ewaybill.with_context(**context).action_refresh()
        self.assertEqual(ewaybill.state, "cancelling")
        self.assertEqual(transport.count("ewaybillgst"), 1, "its login was refused")
        self.assertEqual(ewaybill.next_attempt_at, NOW, "the IRP is left to ask")
        ewaybill.with_context(**context).action_refresh()
        self.assert_cancelled(ewaybill)
        self.assertEqual(transport.count("ewaybillgst"), 1)

    def test_lost_answer_is_looked_up_by_irn_after_a_stale_token(self):
        ewaybill = self.ewaybill()
        self.cancelled(ewaybill, self.transport("lost"))
        self.assertEqual((ewaybill.state, ewaybill.cancel_sent), ("cancelling", True))
        self.change_password_at_the_portal()
        self.make_stale()
        transport = self.transport()
        context = {"l10n_in_irp_wrap_transport": transport}
        ewaybill.with_context(**context).action_refresh()
        self.assertEqual(transport.count("ewayapi"), 1, "its token was refused")
        self.assertEqual(transport.count(LOG_IN), 1)
        self.assertEqual(ewaybill.state, "cancelling")
        self.assertEqual(ewaybill.next_attempt_at, NOW, "the IRP is left to ask")
        self.run_lane(transport)
        self.assert_cancelled(ewaybill)
        self.assertEqual(transport.count("ewaybillgst"), 2)

    def test_refused_login_discards_no_answer_of_other_look_ups(self):
        number = self.ewaybill().number
        self.asked(self.transport())
        self.change_password_at_the_portal()
        transport = OneTokenRefused(self.demo_transport(self.served))
        company = self.default_company.with_context(
            l10n_in_irp_wrap_transport=transport
        )
        query = ewaybill_system.Query("get_ewaybill", {"number": number})
        answers = company._l10n_in_irp_ask_all_ewb([query] * 3)
        found = [one.found.number for one in answers if one.found]
        self.assertEqual(found, [number] * 2)
        self.assertEqual([one.error.code for one in answers if one.error], ["108"])
        self.assertEqual(transport.count(LOG_IN), 1)
        self.assertIn("108", self.credential.ewb_blocked_message)
