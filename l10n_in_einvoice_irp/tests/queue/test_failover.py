from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...models.queue import queue
from ...models.queue.evidence import compact
from .failover import IRIS, NIC, NOW, FailoverCommon

DAY = 24 * 60


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFailover(FailoverCommon):
    """IRIS stands by for NIC, from half an hour of outage."""

    def setUp(self):
        super().setUp()
        self.iris = self.connect(IRIS)

    # -- taking over

    def test_a_short_outage_is_waited_for(self):
        moves = self.invoices(7)
        self.cut_off(NIC)
        self.run_until(25)
        self.assertEqual(set(moves.mapped("l10n_in_irp_state")), {"to_register"})
        self.assertFalse(self.network.count(self.address[IRIS], "/Invoice"))
        self.restore(NIC)
        self.run_until(45, since=40)
        self.assert_registered_once(moves, at=NIC)

    def test_a_long_outage_is_bridged(self):
        moves = self.invoices(7)
        self.cut_off(NIC)
        self.run_until(45)
        self.assert_registered_once(moves, at=IRIS)

    def test_a_single_invoice_need_not_wait_for_others_to_fail(self):
        move = self.invoices(1)
        self.cut_off(NIC)
        self.run_until(60)
        self.assert_registered_once(move, at=IRIS)

    def test_without_leave_of_the_company_nothing_moves(self):
        self.company.sudo().l10n_in_irp_takeover_minutes = 0
        moves = self.invoices(7)
        self.cut_off(NIC)
        self.run_until(120)
        self.assertEqual(set(moves.mapped("l10n_in_irp_state")), {"to_register"})
        self.assertFalse(self.held(IRIS))

    def test_a_user_need_not_wait_for_the_scheduled_action(self):
        self.invoices(7)
        self.cut_off(NIC)
        self.run_until(35)
        move = self.make_invoice()
        with freeze_time(NOW + timedelta(minutes=36)):
            wrap = {"l10n_in_irp_wrap_transport": self.network}
            move.with_context(**wrap).action_l10n_in_irp_register()
        self.assert_registered_once(move, at=IRIS)

    def test_new_invoices_return_to_the_main_portal(self):
        early = self.invoices(7)
        self.cut_off(NIC)
        self.run_until(45)
        self.restore(NIC)
        with freeze_time(NOW + timedelta(minutes=70)):
            late = self.invoices(3)
        self.run_until(85, since=70)
        self.assert_registered_once(early, at=IRIS)
        self.assert_registered_once(late, at=NIC)
        self.assertFalse(self.breaker(NIC).down_since)

    def test_both_are_down(self):
        moves = self.invoices(7)
        self.cut_off(NIC)
        self.cut_off(IRIS)
        self.run_until(60)
        self.assertEqual(set(moves.mapped("l10n_in_irp_state")), {"to_register"})
        self.restore(IRIS)
        self.run_until(100, since=65)
        self.assert_registered_once(moves, at=IRIS)

    def test_a_refused_log_in_is_no_outage(self):
        self.nic.password = "another-password"
        move = self.invoices(1)
        self.run_until(60)
        self.assertEqual(move.l10n_in_irp_state, "to_register")
        self.assertTrue(self.nic.blocked_message)
        self.assertFalse(self.held(IRIS))
        self.assertFalse(self.breaker(NIC).down_since)

    def test_a_stand_by_that_refuses_the_log_in_holds_nothing_up(self):
        self.iris.password = "another-password"
        moves = self.invoices(7)
        self.cut_off(NIC)
        self.run_until(60)
        self.assertTrue(self.iris.blocked_message)
        self.assertFalse(self.nic.blocked_message)
        self.assertEqual(self.network.count(self.address[IRIS], "/auth"), 1)
        self.restore(NIC)
        self.run_until(90, since=75)
        self.assert_registered_once(moves, at=NIC)

    def test_banner_names_the_moment(self):
        moves = self.invoices(7)
        self.cut_off(NIC)
        self.run_until(20)
        with freeze_time(NOW + timedelta(minutes=20)):
            message = moves[0]._get_alerts()["l10n_in_irp"]["message"]
        self.assertIn("the stand-by portal registers it", message)

    def test_the_scheduled_action_wakes_when_the_stand_by_takes_over(self):
        self.invoices(7)
        self.cut_off(NIC)
        self.run_until(25)
        env = self.env(su=True)
        with freeze_time(NOW + timedelta(minutes=26)):
            moments = queue._next_moments(env)
        self.assertTrue(moments)
        self.assertTrue(all(NOW < one for one in moments))
        self.assertLessEqual(min(moments), NOW + timedelta(minutes=30, seconds=1))

    # -- never twice

    def check_bound(self, fault):
        """Lose a registration at NIC, which then stays down for days."""
        lost = self.invoices(1)
        self.cut_off(NIC, fault)
        self.run_queue()
        self.assertEqual(lost.l10n_in_irp_state, "unknown")
        self.cut_off(NIC)
        others = self.invoices(3)
        self.run_until(60, since=5)
        self.assert_registered_once(others, at=IRIS)
        for minutes in range(90, 2 * DAY, 300):
            self.run_queue(minutes)
        self.assertEqual(lost.l10n_in_irp_state, "unknown")
        self.assertEqual(self.document(lost).base_url, self.address[NIC])
        self.restore(NIC)
        self.run_until(2 * DAY + 30, since=2 * DAY)
        self.assert_registered_once(lost, at=NIC)

    def test_what_the_first_portal_has_never_goes_to_the_second(self):
        self.check_bound("lost")

    def test_what_the_first_portal_may_have_never_goes_to_the_second(self):
        self.check_bound("dropped")

    def test_what_the_first_portal_provably_lacks_is_free(self):
        move = self.invoices(1)
        self.cut_off(NIC, "dropped")
        self.run_queue()
        self.restore(NIC)
        self.run_until(10, since=5)
        if move.l10n_in_irp_state == "to_register":
            self.cut_off(NIC)
        self.document(move)
        self.assertIn(move.l10n_in_irp_state, ("to_register", "registered"))
        self.run_until(80, since=15)
        places = [code for code in (NIC, IRIS) if move.name in self.held(code)]
        self.assertEqual(len(places), 1)
        self.assert_registered_once(move, at=places[0])

    def test_killed_between_intent_and_result(self):
        move = self.invoices(1)
        document = self.document(move)
        self.forge(
            document,
            state="sending",
            worker=1,
            base_url=self.address[NIC],
            sent_at=NOW,
            request=compact(self.env["l10n_in.irp.payload"]._build(move)),
        )
        self.cut_off(NIC)
        self.run_until(60)
        self.assertEqual(document.state, "unknown")
        self.assertEqual(document.base_url, self.address[NIC])
        self.assertFalse(self.held(IRIS))

    def test_a_managers_word_binds_it_to_the_portal_that_checks_duplicates(self):
        move = self.invoices(1)
        self.cut_off(NIC, "lost")
        self.run_queue()
        document = self.document(move)
        values = {"settled_as": "absent", "state": "to_register"}
        self.forge(document, **values, next_attempt_at=NOW, in_flight_until=False)
        self.cut_off(NIC)
        self.run_until(60, since=5)
        self.assertFalse(self.held(IRIS))
        self.restore(NIC)
        self.run_until(90, since=80)
        self.assert_registered_once(move, at=NIC)

    # -- independent portals

    def test_a_portal_that_is_down_stops_no_call_to_another(self):
        lost = self.invoices(1)
        self.cut_off(NIC, "lost")
        self.run_queue()
        self.cut_off(NIC)
        self.iris.action_make_main()
        moves = self.invoices(3)
        self.run_queue(2)
        self.assert_registered_once(moves, at=IRIS)
        self.assertEqual(lost.l10n_in_irp_state, "unknown")

    def test_a_refused_log_in_ends_only_the_run_of_its_portal(self):
        lost = self.invoices(1)
        self.cut_off(NIC, "lost")
        self.run_queue()
        self.restore(NIC)
        self.env["l10n_in.irp.session"].sudo().search([]).unlink()
        self.iris.action_make_main()
        self.nic.password = "another-password"
        moves = self.invoices(3)
        self.run_queue(5)
        self.assert_registered_once(moves, at=IRIS)
        self.assertTrue(self.nic.blocked_message)
        self.assertFalse(self.iris.blocked_message)
        self.assertEqual(lost.l10n_in_irp_state, "unknown")

    def test_pauses_end_one_by_one(self):
        self.invoices(7)
        self.cut_off(NIC)
        self.cut_off(IRIS)
        self.run_until(45)
        self.assertTrue(self.breaker(NIC).open_until)
        self.assertTrue(self.breaker(IRIS).open_until)
        self.breaker(IRIS).with_user(self.accountant).action_resume()
        self.assertFalse(self.breaker(IRIS).open_until)
        self.assertTrue(self.breaker(NIC).open_until)
        self.nic.password = "another-password"
        self.assertFalse(self.breaker(NIC).open_until)

    # -- changing the portal for good

    def test_an_open_cancellation_stays_with_its_portal(self):
        self.become_manager()
        move = self.invoices(1)
        self.run_queue()
        self.assert_registered_once(move, at=NIC)
        self.cut_off(NIC)
        wrap = {"l10n_in_irp_wrap_transport": self.network}
        self.document(move).with_context(**wrap)._request_cancel("3", "Wrong", False)
        self.assertEqual(move.l10n_in_irp_state, "cancelling")
        self.iris.action_make_main()
        later = self.invoices(2)
        self.run_queue(5)
        self.assert_registered_once(later, at=IRIS)
        self.restore(NIC)
        self.run_until(20, since=10)
        self.assertEqual(move.l10n_in_irp_state, "cancelled")
        [registration] = self.portals[NIC].registrations()
        self.assertEqual(registration.status, "CNL")
        self.assertFalse(self.network.count(self.address[IRIS], "/Cancel"))

    def test_what_the_former_portal_signed_is_verified_with_its_keys(self):
        move = self.invoices(1)
        self.run_queue()
        document = self.document(move)
        self.iris.action_make_main()
        self.forge(document, signature_state="unchecked")
        document._check_signature()
        self.assertEqual(document.signature_state, "verified")

    def test_a_portal_that_has_registered_is_not_switched(self):
        ey = self.env.ref("l10n_in_einvoice_irp.portal_ey")
        nic2 = self.env.ref("l10n_in_einvoice_irp.portal_nic2")
        values = {"portal_id": ey.id, "username": "u", "password": "p"}
        self.invoices(1)
        self.run_queue()
        for changes in (values, {"portal_id": ey.id}):
            with self.assertRaisesRegex(ValidationError, "1 e-Invoices.*Make Main"):
                self.nic.write(changes)
        form = Form(self.nic)
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as logs:
            form.portal_id = ey
        self.assertIn("Make Main", logs.output[0])
        # it takes NIC 1's log-in, and answers about its documents
        secrets = {"password": "p", "client_secret": "c"}
        self.nic.write({"portal_id": nic2.id, **secrets})
        self.iris.write({"portal_id": ey.id, **secrets})

    def test_a_credential_that_registrations_need_stays(self):
        move = self.invoices(1)
        self.run_queue()
        production = {"environment": "production"}
        log_in = {"username": "u", "password": "p", "client_id": "c"}
        log_in |= {"client_secret": "s", "auth_key": self.auth_key()}
        own = {"company_id": self.company.id, "portal_id": self.nic.portal_id.id}
        credential = self.nic.create(production | log_in | own)
        place = {"base_url": credential.base_url}
        self.forge(self.document(move), **production, **place)
        for take_away in (credential.action_archive, credential.unlink):
            with self.assertRaisesRegex(ValidationError, "1 e-Invoices.*Make Main"):
                take_away()
        # a trial may end, and what was never used may go
        self.nic.action_archive()
        self.forge(self.document(move), state="cancelled")
        credential.unlink()

    def test_a_corrected_copy_of_the_portal_may_be_chosen(self):
        self.cut_off(NIC, "lost")
        self.invoices(1)
        self.run_queue()
        copy = self.nic.portal_id.copy({"changes": '{"services": {"ping": null}}'})
        secrets = {"password": "p", "client_secret": "c"}
        self.nic.write({"portal_id": copy.id, **secrets})
        self.assertEqual(self.nic.base_url, self.address[NIC])
        with self.assertRaisesRegex(ValidationError, "result is open"):
            self.nic.write({"portal_id": self.iris.portal_id.id, **secrets})

    # -- evidence

    @mute_logger("odoo.sql_db")
    def test_nobody_moves_a_registration_out_of_its_state(self):
        registered = self.invoices(1)
        self.run_queue()
        lost = self.invoices(1)
        self.cut_off(NIC, "lost")
        self.run_queue(1)
        for move, state in (
            (registered, "to_register"),
            (registered, "unknown"),
            (registered, "cancelling"),
            (lost, "to_register"),
            (lost, "rejected"),
        ):
            with self.subTest(state), self.assertRaisesRegex(UserError, "preserved"):
                self.document(move).write({"state": state})
        with self.assertRaisesRegex(UserError, "preserved"):
            self.document(lost).base_url = self.address[IRIS]
