from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...irp import IrpNotSent
from ...models.queue.calling.worker import run_worker
from .test_ewaybill_system import OwnSystemCommon, PortalTransport

EWAYBILL = "l10n_in.irp.ewaybill"
STEP = "l10n_in.irp.ewaybill.step"
GSP = "https://gsp.example"
NOW = datetime(2026, 1, 15, 6, 30)


class OneIsDown(PortalTransport):
    """A transport of which one of the two systems cannot be reached.

    :param down: a part of its address.
    """

    def __init__(self, transport, down):
        super().__init__(transport)
        self._down = down

    def send(self, request):
        if self._down in request.url:
            self.urls.append(request.url)
            raise IrpNotSent("connection refused", reason="connect")
        return super().send(request)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEwaybillSession(OwnSystemCommon):
    """Changes in a session of the e-way bill system need no e-Invoice portal."""

    def without_the_irp(self):
        return OneIsDown(self.demo_transport(self.served), "einvoice")

    def entered(self, ewaybill, vehicle, transport):
        """Enter a vehicle, and return the step."""
        action = ewaybill.action_part_b()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write(
            {
                "vehicle_number": vehicle,
                "place": "Nagpur",
                "state_id": self.env.ref("base.state_in_mh").id,
                "vehicle_reason": "1",
                "remark": "Engine failure",
            }
        )
        wizard.with_context(l10n_in_irp_wrap_transport=transport).action_send()
        return ewaybill.step_ids.sorted("id")[-1]

    def assert_done_alone(self, step, transport):
        self.assertEqual((step.state, step.error), ("registered", False))
        self.assertEqual(transport.count("einvoice"), 0, "the IRP is not called")

    def test_irp_that_is_down_stops_no_vehicle(self):
        self.give_user()
        ewaybill, transport = self.ewaybill(), self.without_the_irp()
        step = self.entered(ewaybill, "MH31AA0001", transport)
        self.assert_done_alone(step, transport)
        self.assertEqual(step.base_url, self.credential.base_url)
        ewaybill.with_context(l10n_in_irp_wrap_transport=transport).action_fetch()
        self.assertTrue(ewaybill.fetched_at)
        self.assertEqual(transport.count("einvoice"), 0)
        self.assertEqual(transport.count("v1.03/auth"), 1, "one session for all")

    def test_pause_of_the_irp_stops_no_planned_extension(self):
        self.give_user()
        ewaybill, transport = self.ewaybill(), self.without_the_irp()
        self.env["l10n_in.irp.circuit.breaker"]._change(
            ("production", self.default_company.vat, self.credential.base_url),
            open_until=NOW + timedelta(hours=1),
        )
        step = self.entered(ewaybill, "MH31AA0001", self.transport("not_sent"))
        self.assertEqual(step.state, "to_register")
        with freeze_time(NOW + timedelta(minutes=5)):
            steps = self.due(STEP, transport)
            self.assertEqual(steps, step)
            run_worker(steps.browse(), self.default_company, "production")
        self.assert_done_alone(step, transport)

    def test_one_that_is_down_pauses_itself_alone(self):
        self.give_user()
        ewaybill = self.ewaybill()
        down = OneIsDown(self.demo_transport(self.served), "ewaybillgst")
        step = self.entered(ewaybill, "MH31AA0001", down)
        self.assertEqual(step.state, "to_register")
        paused = self.env["l10n_in.irp.circuit.breaker"]._paused_breakers()
        self.assertEqual(paused.mapped("base_url"), [self.credential.ewb_base_url])
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        self.process(self.transport())
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_refused_login_to_the_irp_stops_no_vehicle(self):
        self.give_user()
        ewaybill, transport = self.ewaybill(), self.without_the_irp()
        self.credential.blocked_message = "1019: wrong password"
        step = self.entered(ewaybill, "MH31AA0001", transport)
        self.assert_done_alone(step, transport)

    def test_company_without_access_to_the_irp(self):
        self.give_user()
        ewaybill, transport = self.ewaybill(), self.without_the_irp()
        self.credential.write({"has_api": False, "username": False})
        with (
            self.assertRaisesRegex(ValidationError, "System's Public Key"),
            self.env.cr.savepoint(),
        ):
            self.credential.write({"auth_key": False, "ewb_auth_key": False})
        self.credential.auth_key = False
        step = self.entered(ewaybill, "MH31AA0001", transport)
        self.assert_done_alone(step, transport)

    def test_refused_login_is_not_repeated(self):
        self.give_user(ewb_password="wrong")
        ewaybill, transport = self.ewaybill(), self.without_the_irp()
        step = self.entered(ewaybill, "MH31AA0001", transport)
        self.assertEqual(step.state, "to_register")
        self.assertIn("108", step.error)
        self.assertFalse(self.credential.blocked_message)
        with self.assertRaisesRegex(UserError, "108"):
            ewaybill.action_part_b()
        step._requeue()
        step.with_context(l10n_in_irp_wrap_transport=transport)._process_now()
        self.assertEqual(transport.count("v1.03/auth"), 1)
        self.give_user()
        step.with_context(l10n_in_irp_wrap_transport=transport)._process_now()
        self.assert_done_alone(step, transport)

    def test_corrected_user_resumes_what_waited(self):
        self.give_user(ewb_password="wrong")
        ewaybill, transport = self.ewaybill(), self.without_the_irp()
        step = self.entered(ewaybill, "MH31AA0001", transport)
        self.assertFalse(step.next_attempt_at, "a user has to act")
        breakers = self.env["l10n_in.irp.circuit.breaker"]
        where = (
            "production",
            self.default_company.vat,
            self.credential.ewb_base_url,
        )
        breakers._change(where, open_until=NOW + timedelta(hours=1), trips=1)
        self.sessions().write({"refusals": 3, "refused_since": NOW})
        self.give_user()
        self.assertEqual(step.next_attempt_at, NOW)
        self.assertFalse(breakers._find(*where)._is_paused())
        self.assertEqual(self.sessions().mapped("refusals"), [0])
        self.env.flush_all()
        steps = self.due(STEP, transport)
        run_worker(steps.browse(), self.default_company, "production")
        self.assert_done_alone(step, transport)

    def test_no_more_logins_than_the_system_allows(self):
        self.give_user()
        ewaybill, transport = self.ewaybill(), self.without_the_irp()
        for number in range(5):
            self.credential._forget_sessions()
            step = self.entered(ewaybill, f"MH31AA000{number}", transport)
            self.assert_done_alone(step, transport)
        self.credential._forget_sessions()
        step = self.entered(ewaybill, "MH31AA0009", transport)
        self.assertEqual(transport.count("v1.03/auth"), 5)
        self.assertEqual(step.state, "to_register")
        self.assertIn("before 12:15 IST", step.error)
        self.assertGreaterEqual(step.next_attempt_at, NOW + timedelta(minutes=15))
        self.assertFalse(self.credential.ewb_blocked_message)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEwaybillOneAddress(OwnSystemCommon):
    """A GSP with one address, and one name of the user, for both systems."""

    def make_credential(self, **values):
        portals = self.env["l10n_in.irp.portal"].sudo()
        gsp = portals.create({"name": "GSP", "base_url": GSP})
        return super().make_credential(portal_id=gsp.id, **values)

    def setUp(self):
        super().setUp()
        gstin = self.default_company.vat
        self.served.add_ewb_user(gstin, "user", "Ewb@1", "client", "client-secret")
        self.give_user(ewb_username="user")
        self.assertEqual(self.credential.ewb_base_url, self.credential.base_url)

    def test_one_run_calls_both_systems(self):
        wanted, dropped = self.ewaybill("not_sent", "to_register"), self.ewaybill()
        wanted._requeue()
        dropped.sudo()._mark_to_cancel(
            {"cancel_reason": "2", "cancel_remark": "Order Cancelled"}
        )
        self.env.flush_all()
        bills = self.due(EWAYBILL, self.transport())
        self.assertEqual(bills, wanted | dropped)
        left = iter(range(50, 0, -1))
        run_worker(
            bills.browse(),
            self.default_company,
            "production",
            progress=lambda _stored: next(left, 0),
        )
        self.assertEqual((wanted.state, wanted.error), ("registered", False))
        self.assertEqual((dropped.state, dropped.error), ("cancelled", False))
        sessions = self.env["l10n_in.irp.session"].sudo()
        own = sessions.search([("username", "=", "user")])
        self.assertEqual(set(own.mapped("base_url")), {GSP, f"{GSP}/~e-way-bill"})
        self.credential._forget_sessions()
        self.assertFalse(any(own.exists().mapped("expires_at")))

    def test_pause_of_one_system_is_not_the_others(self):
        ewaybill = self.ewaybill()
        down = OneIsDown(self.demo_transport(self.served), f"{GSP}/v1.03")
        self.wizard(ewaybill, down).action_cancel()
        self.assertEqual(ewaybill.state, "cancelling")
        breakers = self.env["l10n_in.irp.circuit.breaker"]
        paused = breakers._paused_breakers()
        self.assertEqual(paused.mapped("base_url"), [f"{GSP}/~e-way-bill"])
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        self.process(self.transport())
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertTrue(breakers._paused_breakers(), "that was another system")
        self.give_user()
        self.assertFalse(breakers._paused_breakers())
