import json
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...irp import Response
from ...irp.operations import circuit_breaker
from ...models import locks
from ...models.evidence import permits
from ...models.queue.submission_mixin import submission_models
from ..common import FaultyTransport, IrpCommon

MODELS = "odoo.addons.l10n_in_einvoice_irp.models"
NOW = datetime(2026, 1, 15, 6, 30)


class Envious:
    """Another program that renews the portal's token after each log-in of ours."""

    def __init__(self, times):
        self.times = times
        self.log_ins = 0

    def __call__(self, inner):
        self._inner = inner
        return self

    def send(self, request):
        if "/auth" in request.url:
            self.log_ins += 1
        elif self.times:
            self.times -= 1
            error = {"ErrorCode": "1005", "ErrorMessage": "Invalid Token"}
            body = {"Status": 0, "Data": None, "ErrorDetails": [error]}
            return Response(200, {}, json.dumps(body).encode())
        return self._inner.send(request)


class Crash:
    """A transport with an unforeseen failure, once."""

    def __init__(self):
        self.times = 1

    def __call__(self, inner):
        self._inner = inner
        return self

    def send(self, request):
        if "/Invoice" in request.url and self.times:
            self.times -= 1
            raise ZeroDivisionError
        return self._inner.send(request)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQueue(IrpCommon):
    """The queue, as far as it can be tested without commits."""

    def invoices(self, count):
        return sum((self.make_invoice() for _ in range(count)), self.make_invoice())

    def line(self):
        return self.default_company._l10n_in_irp_breaker("demo")

    def test_registrations_are_processed_before_their_eway_bills(self):
        names = [model._name for model in submission_models(self.env)]
        kinds = ("document", "ewaybill", "ewaybill.step")
        self.assertEqual(names, [f"l10n_in.irp.{kind}" for kind in kinds])

    # -- a portal that does not answer

    def test_portal_that_is_down_is_left_alone(self):
        moves = self.invoices(11)
        transport = FaultyTransport("not_sent", times=99)
        self.process(transport)
        line = self.line()
        self.assertEqual(line.open_until, NOW + timedelta(minutes=1))
        self.assertEqual(line.trips, 1)
        self.assertIn("could not be reached", line.reason)
        documents = moves.l10n_in_irp_document_id
        self.assertEqual(set(documents.mapped("state")), {"to_register"})
        self.assertFalse(any(documents.mapped("worker")))
        asked = sum(document.attempt for document in documents)
        self.assertEqual(asked, transport.count("/Invoice"), "no attempt is eaten")
        self.assertGreaterEqual(asked, circuit_breaker.THRESHOLD)
        self.assertFalse(self.default_company._l10n_in_irp_may_ask("demo"))

    def test_people_read_how_long_the_portal_is_left_alone(self):
        moves = self.invoices(11)
        self.process(FaultyTransport("not_sent", times=99))
        self.assertIn(
            "API calls are on hold", moves[0]._get_alerts()["l10n_in_irp"]["message"]
        )

    def test_health_check_half_opens(self):
        moves = self.invoices(11)
        self.process(FaultyTransport("not_sent", times=99))
        down = FaultyTransport("not_sent", times=99, spare="nothing")
        with freeze_time(NOW + timedelta(minutes=2)):
            company = self.default_company.with_context(l10n_in_irp_wrap_transport=down)
            self.assertFalse(company._l10n_in_irp_may_ask("demo"))
            self.assertEqual(self.line().trips, 2)
            self.assertGreater(self.line().open_until, NOW + timedelta(minutes=3))
        with freeze_time(NOW + timedelta(minutes=10)):
            self.assertTrue(self.default_company._l10n_in_irp_may_ask("demo"))
            transport = FaultyTransport()
            self.process(transport)
        self.assertEqual(set(moves.mapped("l10n_in_irp_state")), {"registered"})
        self.assertFalse(self.line().open_until)
        self.assertFalse(self.line().trips)

    def test_after_a_pause_one_failure_pauses_again(self):
        self.invoices(11)
        self.process(FaultyTransport("not_sent", times=99))
        transport = FaultyTransport("not_sent", times=99)
        with freeze_time(NOW + timedelta(minutes=2)):
            self.process(transport)
        self.assertEqual(transport.count("/Invoice"), 1)
        self.assertEqual(self.line().trips, 2)

    def test_refusals_do_not_pause_the_others(self):
        self.partner_b.sudo().street = False
        for _index in range(circuit_breaker.THRESHOLD + 1):
            self.make_invoice(partner=self.partner_b, taxes=self.igst_sale_18)
        sound = self.make_invoice()
        self.process()
        self.assertEqual(sound.l10n_in_irp_state, "registered")
        self.assertFalse(self.line().open_until)

    def test_cron_of_the_health_check_resumes(self):
        self.invoices(11)
        self.process(FaultyTransport("not_sent", times=99))
        health = self.env["l10n_in.irp.health"].sudo()
        address = self.default_company._l10n_in_irp_address("demo")
        health._half_open(self.default_company, "demo", address)
        self.assertEqual(self.line().open_until, NOW)

    def test_person_resumes(self):
        self.invoices(11)
        self.process(FaultyTransport("not_sent", times=99))
        self.line().with_user(self.accountant).action_resume()
        self.assertFalse(self.line().open_until)

    # -- the token

    def session(self):
        return self.env["l10n_in.irp.session"].sudo().search([])

    def test_refused_token_is_renewed_once_and_asked_again(self):
        moves = self.invoices(3)
        transport = Envious(times=1)
        self.process(transport)
        self.assertEqual(set(moves.mapped("l10n_in_irp_state")), {"registered"})
        self.assertEqual(transport.log_ins, 2)
        self.assertEqual(self.session().refusals, 1)

    def test_shared_user_is_named_instead_of_fought_for(self):
        self.invoices(1)
        self.process()
        self.session().write({"refusals": 2, "refused_since": NOW})
        move = self.make_invoice()
        transport = Envious(times=99)
        self.process(transport)
        self.assertEqual(transport.log_ins, 0, "no second one")
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "to_register")
        self.assertIn("Another program", document.error)
        self.assertIn("separate API user for Odoo", document.advice)
        self.assertGreaterEqual(document.next_attempt_at, NOW + timedelta(minutes=15))
        self.assertEqual(self.line().open_until, NOW + timedelta(minutes=15))

    def test_token_that_is_refused_when_fresh_is_not_asked_for_again(self):
        move = self.make_invoice()
        transport = Envious(times=99)
        self.process(transport)
        self.assertEqual(transport.log_ins, 2)
        self.assertEqual(move.l10n_in_irp_state, "to_register")
        self.assertIn("1005", move.l10n_in_irp_error)

    # -- unforeseen failures

    def test_call_that_breaks_off_is_looked_up(self):
        moves = self.invoices(2)
        with mute_logger(f"{MODELS}.portal.gateway"):
            self.process(Crash())
        states = sorted(moves.mapped("l10n_in_irp_state"))
        self.assertEqual(states, ["registered", "registered", "unknown"])
        lost = moves.filtered(lambda move: move.l10n_in_irp_state == "unknown")
        self.assertTrue(lost.l10n_in_irp_document_id.next_attempt_at)
        for minutes in (2, 4):
            with freeze_time(NOW + timedelta(minutes=minutes)):
                self.process()
        self.assertEqual(lost.l10n_in_irp_state, "registered")

    def test_row_of_a_living_worker_is_left_alone(self):
        move = self.make_invoice()
        document = move.l10n_in_irp_document_id.sudo()
        with locks.worker_number(self.env) as number:
            document.write({"state": "sending", "worker": number})
            transport = FaultyTransport()
            self.process(transport)
            self.assertFalse(transport.urls)
            self.assertEqual(document.state, "sending")
            with self.assertRaisesRegex(UserError, "being processed right now"):
                move._l10n_in_irp_fetch()

    def test_what_a_dead_worker_had_not_followed_up_is_made_up_for(self):
        move = self.make_invoice()
        self.process()
        document = move.l10n_in_irp_document_id.sudo()
        notes = move.message_ids.filtered(lambda m: "Registered" in m.body)
        # as if it had died between the answer's commit and what follows
        document.worker = 1
        with permits.permitted(notes.sudo()):
            notes.sudo().unlink()
        transport = FaultyTransport()
        self.process(transport)
        self.assertFalse(transport.urls)
        self.assertEqual((document.state, document.worker), ("registered", 0))
        self.assertTrue(document.signed_attachment_id)
        notes = move.message_ids.filtered(lambda m: "Registered" in m.body)
        self.assertEqual(len(notes), 1)

    def test_follow_up_that_another_transaction_disturbs_is_done_again(self):
        """It is not reported as a failure: the caller retries it."""
        move = self.make_invoice()
        self.process()
        document = move.l10n_in_irp_document_id.sudo()
        document.worker = 1
        with (
            patch.object(self.registry["account.move"], "_message_log_batch") as note,
            self.assertRaises(SerializationFailure),
        ):
            note.side_effect = SerializationFailure
            document._follow_up()
        self.assertEqual(document.worker, 1)
        self.assertFalse(document.error)

    # -- limits

    def test_calls_per_minute_are_shared_by_all_workers(self):
        lines = self.env["l10n_in.irp.circuit.breaker"]
        portal = ("demo", self.default_company.vat, "https://first.example")
        slots = [lines._reserve(portal, calls=5, per_minute=62) for _ in range(3)]
        waits = [slot.wait for slot in slots]
        self.assertEqual(waits, [0, 5, 10])
        with freeze_time(NOW + timedelta(minutes=5)):
            slot = lines._reserve(portal, calls=5, per_minute=62)
            self.assertEqual(slot.wait, 0)

    def test_single_calls_do_not_exceed_many_calls_per_minute(self):
        """Those of clicks, each of which takes less than a second."""
        lines = self.env["l10n_in.irp.circuit.breaker"]
        portal = ("demo", self.default_company.vat, "https://first.example")
        slots = [lines._reserve(portal, calls=1, per_minute=310) for _ in range(20)]
        waits = [slot.wait for slot in slots]
        for wait, number in zip(waits, range(20), strict=True):
            self.assertAlmostEqual(wait, number / 5, 3)

    def test_calls_per_minute_are_counted_for_each_portal(self):
        lines = self.env["l10n_in.irp.circuit.breaker"]
        here = ("demo", self.default_company.vat)
        for address in ("https://first.example", "https://second.example"):
            wait = lines._reserve((*here, address), calls=5, per_minute=60).wait
            self.assertEqual(wait, 0, address)

    # -- evidence

    def test_request_is_stored_with_its_call(self):
        move = self.make_invoice()
        self.process()
        document = move.l10n_in_irp_document_id
        call = document.log_ids.filtered(lambda row: row.endpoint == "generate_irn")
        attachment = call.request_attachment_id
        self.assertEqual(json.loads(attachment.raw), json.loads(document.request))
        for evidence in (attachment, document.signed_attachment_id):
            with self.assertRaisesRegex(UserError, "preserved by law"):
                evidence.sudo().unlink()
        self.assertTrue(attachment.with_user(self.accountant).raw)

    def test_same_request_is_stored_once(self):
        move = self.make_invoice()
        self.process(FaultyTransport("not_sent"))
        move.action_l10n_in_irp_register()
        calls = move.l10n_in_irp_document_id.log_ids.filtered("request_attachment_id")
        self.assertEqual(len(calls), 2)
        self.assertEqual(len(calls.request_attachment_id), 1)

    def test_look_ups_and_log_ins_ask_for_nothing_worth_keeping(self):
        self.make_invoice()
        self.process(FaultyTransport("lost"))
        self.process()
        logs = self.env["l10n_in.irp.log"].search(
            [("request_attachment_id", "!=", False)]
        )
        self.assertEqual(set(logs.mapped("endpoint")), {"generate_irn"})
