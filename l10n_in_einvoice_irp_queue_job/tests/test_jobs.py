from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.l10n_in_einvoice_irp.models import locks
from odoo.addons.l10n_in_einvoice_irp.models.queue.lanes.turns import due_turns
from odoo.addons.queue_job.exception import RetryableJobError

from ..hooks import uninstall_hook
from ..models import engine, slices
from ..models.watch import SECONDS
from .common import OTHER_GSTIN, JobsCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestJobs(JobsCommon):
    """A job is one slice of one GSTIN and environment."""

    def test_invoices_of_a_gstin_have_one_job(self):
        moves = self.invoices(10)
        self.wake()
        self.wake()
        job = self.jobs()
        self.assertEqual(len(job), 1)
        self.assertEqual(job.channel, "root.irp")
        self.assertEqual(job.max_retries, 0, "endless")
        self.assertTrue(job.job_function_id.allow_commit)
        self.assertEqual(job.company_id, self.default_company)
        self.assertEqual(job.identity_key, f"l10n_in_irp {self.name}")
        self.assertIn(self.default_company.vat, job.name)
        self.assertEqual(job.open_related_action()["res_model"], "l10n_in.irp.document")
        self.perform(job)
        self.assertEqual(self.states(moves), {"registered"})
        self.assertEqual(self.jobs(), job, "nothing is left")

    def test_each_gstin_has_a_job(self):
        self.at_other_gstin(self.make_invoice())
        self.make_invoice()
        self.wake()
        keys = self.jobs().mapped("identity_key")
        gstins = (OTHER_GSTIN, self.default_company.vat)
        self.assertCountEqual(keys, [f"l10n_in_irp demo {gstin}" for gstin in gstins])

    def test_job_leaves_the_rest_to_the_next_one(self):
        moves = self.invoices(2)
        self.wake()
        first = self.jobs()
        self.be_ending()
        self.perform(first)
        self.assertEqual(self.states(moves), {"to_register"})
        self.assertEqual(first.state, "done")
        [waiting] = self.jobs("pending")
        self.assertEqual(waiting.identity_key, first.identity_key)

    def test_job_whose_turn_is_held_leaves_it_to_the_holder(self):
        moves = self.invoices(1)
        self.wake()
        job = self.jobs()
        with self.other_process() as other, locks.first_free(other, [self.name]):
            self.perform(job)
            self.wake()
        self.assertEqual(self.states(moves), {"to_register"})
        self.assertEqual(self.jobs(), job, "the holder looks again")
        self.wake()
        self.assertEqual(len(self.jobs("pending")), 1)

    def test_what_is_posted_during_a_slice_is_new(self):
        self.make_invoice()
        began = fields.Datetime.now() + timedelta(seconds=1)
        with freeze_time(began):
            [turn] = due_turns(self.root)
            self.assertFalse(slices._has_come(turn, began), "it waits for a portal")
            self.make_invoice()
            [turn] = due_turns(self.root)
            self.assertTrue(slices._has_come(turn, began))

    def test_job_waits_for_the_calls_per_minute(self):
        self.make_invoice()
        address = self.default_company._l10n_in_irp_address("demo")
        portal = ("demo", self.default_company.vat, address)
        self.root["l10n_in.irp.circuit.breaker"]._reserve(portal, 10, per_minute=60)
        self.wake()
        [turn] = due_turns(self.root)
        self.assertEqual(self.jobs().eta, turn.since)
        self.assertGreater(turn.since, fields.Datetime.now() + timedelta(seconds=9))

    def test_job_of_a_paused_portal_waits_for_the_end_of_the_pause(self):
        self.make_invoice()
        self.wake()
        until = fields.Datetime.now() + timedelta(minutes=5)
        address = self.default_company._l10n_in_irp_address("demo")
        portal = ("demo", self.default_company.vat, address)
        breakers = self.root["l10n_in.irp.circuit.breaker"]
        breakers._change(portal, open_until=until, reason="down")
        with freeze_time(fields.Datetime.now() + timedelta(seconds=1)):
            self.perform(self.jobs())
        self.assertEqual(len(self.jobs()), 1)
        self.assertIn(until, self.triggers())

    def test_failure_is_retried_for_ever(self):
        self.make_invoice()
        self.wake()
        job = self.jobs()
        with self.assertRaises(RetryableJobError):
            self.documents_that_fail()._job_take_turn(self.name)
        pattern = job.job_function_id._parse_retry_pattern()
        self.assertLessEqual(max(pattern.values()), 60)

    def documents_that_fail(self):
        """Return the model in a transaction that PostgreSQL has broken off."""
        other = self.enterContext(self.other_process())
        other.cr.execute("SET LOCAL statement_timeout = 1")
        return other["l10n_in.irp.document"]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEngine(JobsCommon):
    """The scheduled actions stand aside while jobs are begun, and only then."""

    def setUp(self):
        super().setUp()
        # Odoo's commits
        crons = self.registry["ir.cron"]
        self.patch(crons, "_commit_progress", lambda *_args, **_kwargs: 60)

    def run_lane(self):
        self.root["l10n_in.irp.document"]._cron_process_queue()

    def assert_lanes_work(self, moves):
        self.assertFalse(engine.works(self.root))
        self.run_lane()
        self.assertEqual(self.states(moves), {"registered"})

    def assert_lanes_stand_aside(self, moves):
        self.assertTrue(engine.works(self.root))
        self.run_lane()
        self.assertEqual(self.states(moves), {"to_register"})

    def pass_time(self, seconds):
        """Return a context in which some seconds have passed."""
        return freeze_time(fields.Datetime.now() + timedelta(seconds=seconds))

    def test_lanes_stand_aside_while_a_runner_lives(self):
        moves = self.invoices(1)
        self.assert_lanes_stand_aside(moves)
        self.assertEqual(len(self.jobs("pending")), 1, "they see to a job")
        soon = fields.Datetime.now() + SECONDS
        self.assertEqual(self.triggers(), [soon], "they look again")
        self.assertLess(SECONDS + engine.PATIENCE, timedelta(minutes=1))

    def test_other_lanes_do_nothing(self):
        self.invoices(1)
        documents = self.root["l10n_in.irp.document"].with_context(cron_id=0)
        documents._cron_process_queue()
        self.assertFalse(self.jobs())

    def test_lanes_rest_when_nothing_is_due(self):
        self.run_lane()
        self.wake()
        self.assertFalse(self.triggers())
        self.assertFalse(self.jobs())

    def test_no_job_is_created_without_a_runner(self):
        self.stop_runner()
        moves = self.invoices(1)
        self.wake()
        self.assertFalse(self.jobs())
        self.assertEqual(self.triggers(), [fields.Datetime.now()])
        self.assert_lanes_work(moves)

    def test_lanes_take_over_from_a_dead_runner(self):
        moves = self.invoices(1)
        self.wake()
        self.stop_runner()
        self.assert_lanes_work(moves)
        self.start_runner()
        self.perform(self.jobs())
        self.assertTrue(engine.works(self.root))
        self.assertFalse(self.jobs("pending"))

    def test_lanes_take_over_from_a_runner_that_begins_nothing(self):
        moves = self.invoices(1)
        self.wake()
        with self.pass_time(29):
            self.assert_lanes_stand_aside(moves)
        with self.pass_time(31):
            self.assert_lanes_work(moves)
            self.perform(self.jobs())
            self.assertTrue(engine.works(self.root), "it has begun to work again")

    def test_lanes_stand_aside_while_other_jobs_of_ours_are_begun(self):
        self.at_other_gstin(self.make_invoice())
        moves = self.invoices(1)
        self.wake()
        first, _second = self.jobs()
        with self.pass_time(31):
            self.change(first, state="started", date_started=fields.Datetime.now())
            self.assertTrue(engine.works(self.root))
            self.change(first, state="done", date_done=fields.Datetime.now())
            self.assert_lanes_stand_aside(moves)
        with self.pass_time(62):
            self.assertFalse(engine.works(self.root))

    def test_job_that_waits_for_its_time_is_not_overdue(self):
        self.make_invoice()
        self.wake()
        in_a_minute = fields.Datetime.now() + timedelta(minutes=1)
        self.change(self.jobs(), eta=in_a_minute)
        with self.pass_time(59):
            self.assertTrue(engine.works(self.root))
        with self.pass_time(91):
            self.assertFalse(engine.works(self.root))

    def test_lanes_take_over_from_jobs_that_fail(self):
        moves = self.invoices(1)
        for seconds in (0, 10):
            self.assertTrue(engine.works(self.root), "one lost connection is no fault")
            with self.pass_time(seconds):
                self.wake()
                job = self.jobs("pending")
                self.change(job, state="failed", date_started=fields.Datetime.now())
        with self.pass_time(engine.TRIAL.seconds + 11):
            self.assertTrue(engine.works(self.root), "it is tried again")
        self.assert_lanes_work(moves)

    def test_lanes_take_over_from_a_job_that_is_retried_in_vain(self):
        moves = self.invoices(1)
        self.wake()
        self.change(self.jobs(), retry=2)
        self.assert_lanes_stand_aside(moves)
        self.change(self.jobs(), retry=3)
        self.assert_lanes_work(moves)

    def test_later_work_waits_for_the_scheduler(self):
        moment = fields.Datetime.now() + timedelta(hours=1)
        self.root["ir.cron"]._l10n_in_irp_schedule(moment)
        self.assertEqual(self.triggers(), [moment])
        self.assertFalse(self.jobs())

    def test_uninstalling_leaves_the_work_to_the_lanes(self):
        self.make_invoice()
        self.wake()
        uninstall_hook(self.root)
        self.assertEqual(self.jobs().state, "cancelled")
        self.assertIn(fields.Datetime.now(), self.triggers())
