import signal
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect

from odoo.addons.l10n_in_einvoice_irp.models import wakeup
from odoo.addons.l10n_in_einvoice_irp.models.queue.lanes.turns import turn_name
from odoo.addons.l10n_in_einvoice_irp.tests.common import IrpCommon
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID

from ..models import engine

OTHER_GSTIN = "27AAACT1234A1ZH"


class EndingProcess:
    """An Odoo process that is to end, with the attribute that Odoo's own have."""

    alive = False

    def handle(self, _signal, _frame):
        """Do nothing: the attribute is what counts."""


class JobsCommon(IrpCommon):
    """The demo company's queue, while a runner lives unless a test says otherwise."""

    def setUp(self):
        super().setUp()
        self.root = self.env(su=True)
        self.first_lane = self.root.ref(wakeup.CRON)
        self.name = turn_name(self.default_company, "demo")
        self.root["ir.cron.trigger"].search([]).unlink()
        self.start_runner()

    @contextmanager
    def other_process(self):
        """Yield an environment on another connection to the database."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def start_runner(self):
        """Hold the lock of the database's runner until `stop_runner`."""
        self.root.cr.execute("SELECT pg_advisory_lock(%s)", [PG_ADVISORY_LOCK_ID])
        self.addCleanup(self.stop_runner)

    def stop_runner(self):
        """Release the lock, as the end of the runner's process does."""
        self.root.cr.execute("SELECT pg_advisory_unlock_all()")

    def be_ending(self):
        """Have this process end, from now to the end of the test."""
        previous = signal.signal(signal.SIGINT, EndingProcess().handle)
        self.addCleanup(signal.signal, signal.SIGINT, previous)

    def wake(self):
        """Wake the queue, as posting does after its commit."""
        wakeup.schedule(self.root)

    def jobs(self, *states):
        """Return our jobs, those of some states if any are named."""
        domain = [("channel_method_name", "=", engine.FUNCTION)]
        if states:
            domain.append(("state", "in", states))
        return self.root["queue.job"].search(domain, order="id")

    def triggers(self):
        """Return when the first lane is to run."""
        triggers = self.root["ir.cron.trigger"]
        return triggers.search([("cron_id", "=", self.first_lane.id)]).mapped("call_at")

    def invoices(self, count):
        moves = self.env["account.move"].union(
            *(self.make_invoice(post=False) for _ in range(count))
        )
        moves.action_post()
        return moves

    def at_other_gstin(self, move):
        """Have an invoice registered under another GSTIN."""
        company = self.root["res.company"].create({"name": "Other", "vat": OTHER_GSTIN})
        self.root.flush_all()
        self.root.cr.execute(
            "UPDATE l10n_in_irp_document SET company_id = %s WHERE move_id = %s",
            [company.id, move.id],
        )
        self.root.invalidate_all()

    def change(self, job, **values):
        """Write fields of a job, as the runner and the controller do."""
        sentinel = self.root["queue.job"].EDIT_SENTINEL
        job.with_context(_job_edit_sentinel=sentinel).write(values)
        self.root.flush_all()

    def perform(self, record):
        """Run a job as the controller does, but in the transaction of the test."""
        job = Job.load(self.root, record.uuid)
        job.set_started()
        job.store()
        job.func(*job.args)
        job.set_done()
        job.store()

    def states(self, moves):
        moves.invalidate_recordset()
        return set(moves.mapped("l10n_in_irp_state"))
