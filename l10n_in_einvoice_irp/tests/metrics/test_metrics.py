from datetime import date, datetime, timedelta, timezone

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import SQL

from ...irp import IrpNotSent
from ...irp.operations import Breaker
from ...models import locks
from ...models.metrics.calls import Times
from ...models.metrics.exposition import SECONDS, Exposition
from ...models.metrics.families import FAMILIES
from ...models.metrics.waiting import OPEN, WITHOUT_IRN
from ...models.portal.credential.portal import host_of
from ..common import FaultyTransport
from .common import MetricsCommon, samples

NOW = datetime(2026, 1, 15, 6, 30)
LATER = NOW + timedelta(minutes=20)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMetrics(MetricsCommon):
    """The metrics agree with the records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.whose = {"gstin": cls.default_company.vat, "environment": "demo"}

    def age(self, document, **values):
        """Change when a registration was made, or when it is due."""
        columns = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value)
            for name, value in values.items()
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE l10n_in_irp_document SET %s WHERE id = %s", columns, document.id
            )
        )
        document.invalidate_recordset()

    def age_log(self):
        """Let the log's entries be old enough to be counted."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE l10n_in_irp_log SET create_date = create_date - INTERVAL '1 hour'"
        )

    # ------------------------------------------------------------------
    # What waits
    # ------------------------------------------------------------------

    def waiting(self, **labels):
        return self.value(
            "l10n_in_irp_waiting", record="invoice", **self.whose, **labels
        )

    def test_what_is_due_waits_for_a_lane(self):
        self.assertIsNone(self.waiting())
        moves = self.make_invoice() + self.make_invoice()
        for move, minutes in zip(moves, (5, 15), strict=True):
            since = NOW - timedelta(minutes=minutes)
            self.age(
                move.l10n_in_irp_document_id, create_date=since, next_attempt_at=since
            )
        self.assertEqual(self.waiting(state="to_register", waits_for="lane"), 2)
        self.assertEqual(self.waiting(), 2)
        for name in ("oldest_waiting", "oldest_due"):
            metric = f"l10n_in_irp_{name}_seconds"
            self.assertEqual(self.value(metric, record="invoice", **self.whose), 900)
        self.process()
        self.assertIsNone(self.waiting())
        self.assertIsNone(self.value("l10n_in_irp_oldest_waiting_seconds"))

    def test_a_later_attempt_makes_nothing_younger(self):
        document = self.make_invoice().l10n_in_irp_document_id
        self.age(document, create_date=NOW - timedelta(hours=3))
        self.process(FaultyTransport("not_sent"))
        self.assertGreater(document.sudo().next_attempt_at, NOW)
        self.assertEqual(self.waiting(state="to_register", waits_for="time"), 1)
        self.assertEqual(self.value("l10n_in_irp_oldest_waiting_seconds"), 3 * 3600)
        self.assertIsNone(self.value("l10n_in_irp_oldest_due_seconds"))

    def test_a_lost_answer_ages_from_its_loss(self):
        document = self.make_invoice().l10n_in_irp_document_id
        self.age(document, create_date=NOW - timedelta(days=2))
        self.process(FaultyTransport("dropped"))
        with freeze_time(LATER):
            self.assertEqual(self.waiting(state="unknown"), 1)
            age = self.value("l10n_in_irp_oldest_waiting_seconds", state="unknown")
        self.assertEqual(age, (LATER - NOW).total_seconds())

    def test_what_a_user_has_to_settle_is_not_the_queues(self):
        self.make_invoice()
        self.process(FaultyTransport("3029"))
        self.assertEqual(self.waiting(state="rejected", waits_for="user"), 1)
        self.assertIsNone(self.value("l10n_in_irp_oldest_waiting_seconds"))

    def test_a_record_in_a_call_waits_for_the_portal(self):
        document = self.make_invoice().l10n_in_irp_document_id
        self.age(document, state="sending", worker=7)
        self.assertEqual(self.waiting(state="sending", waits_for="portal"), 1)

    def test_ewaybills_wait_as_well(self):
        move = self.make_invoice()
        self.process()
        ewaybill = self.env["l10n_in.irp.ewaybill"].sudo().create({"move_id": move.id})
        metric = "l10n_in_irp_waiting"
        self.assertIsNone(self.value(metric, record="ewaybill"))
        self.forge(ewaybill, state="to_register", next_attempt_at=NOW)
        self.assertEqual(
            self.value(metric, record="ewaybill", waits_for="lane", **self.whose), 1
        )

    def test_deadlines(self):
        company = self.default_company.sudo()
        company.l10n_in_irp_turnover = "10"
        for day in (date(2026, 1, 15), date(2025, 12, 20)):
            self.make_invoice(invoice_date=day)
        late = self.make_invoice()
        self.age(late.l10n_in_irp_document_id, state="rejected")
        self.env.cr.execute(
            "UPDATE account_move SET invoice_date = '2025-11-01' WHERE id = %s",
            [late.id],
        )
        # 30 days, of which the invoice's is the first; the day ends in India
        end = datetime(2026, 1, 18, 18, 30, tzinfo=timezone.utc).timestamp()
        metric = "l10n_in_irp_next_deadline_timestamp_seconds"
        self.assertEqual(self.value(metric, **self.whose), end)
        self.assertEqual(self.value("l10n_in_irp_past_deadline", **self.whose), 1)
        company.l10n_in_irp_turnover = "5"
        self.assertIsNone(self.value(metric))

    # ------------------------------------------------------------------
    # Calls
    # ------------------------------------------------------------------

    def calls(self, **labels):
        return self.value("l10n_in_irp_calls_total", **self.whose, **labels) or 0

    def test_calls_are_counted_by_outcome(self):
        self.make_invoice()
        self.process(FaultyTransport("dropped"))
        self.make_invoice()
        self.process(FaultyTransport("3029"))
        self.make_invoice()
        self.process()
        found = {
            outcome: self.calls(service="generate_irn", outcome=outcome)
            for outcome in ("ok", "rejected", "unknown")
        }
        self.assertEqual(found, {"ok": 1, "rejected": 1, "unknown": 1})
        self.assertEqual(self.calls(service="authenticate", outcome="ok"), 1)
        refusals = "l10n_in_irp_refusals_total"
        self.assertEqual(self.value(refusals, code="3029", **self.whose), 1)
        logs = self.env["l10n_in.irp.log"].search([])
        self.assertEqual(self.calls(), len(logs))
        answered = logs.filtered(lambda row: row.http_status)
        name = "l10n_in_irp_call_duration_seconds"
        self.assertEqual(self.value(f"{name}_count"), len(answered))
        seconds = sum(answered.mapped("milliseconds")) / 1000
        self.assertAlmostEqual(self.value(f"{name}_sum"), seconds)

    def test_a_code_that_nobody_published_makes_no_label(self):
        self.make_invoice()
        self.process(FaultyTransport("987654"))
        self.assertNotIn(b"987654", self.text())
        self.assertEqual(self.value("l10n_in_irp_refusals_total", code="other"), 1)

    def test_counters_survive_the_log(self):
        self.make_invoice()
        self.process(FaultyTransport("3029"))
        before = samples(self.text())
        counters = [name for name in before if name.startswith("l10n_in_irp_calls")]
        counters += [name for name in before if "_call_duration" in name]
        tally = self.env["l10n_in.irp.tally"].sudo()
        tally._cron_count()
        self.assertFalse(tally.search([("calls", ">", 0)]), "entries may come in late")
        for _twice in range(2):
            self.age_log()
            tally._cron_count()
            after = samples(self.text())
            self.assertEqual(
                [after[name] for name in counters], [before[name] for name in counters]
            )
        self.env.cr.execute("DELETE FROM l10n_in_irp_log")
        after = samples(self.text())
        self.assertEqual(
            [after[name] for name in counters], [before[name] for name in counters]
        )
        sent = self.calls(service="generate_irn")
        self.make_invoice()
        self.process()
        self.assertEqual(self.calls(service="generate_irn"), sent + 1)

    def test_counting_begins_with_the_token(self):
        tally = self.env["l10n_in.irp.tally"].sudo()
        self.make_invoice()
        self.process()
        self.assertTrue(self.calls())
        tally._stop()
        self.assertFalse(self.calls())
        tally._start()
        self.assertFalse(self.calls())

    def test_without_a_token_nothing_is_counted(self):
        tally = self.env["l10n_in.irp.tally"].sudo()
        tally._stop()
        self.make_invoice()
        self.process()
        self.age_log()
        tally._cron_count()
        self.assertFalse(tally.search([]))

    def test_a_bound_belongs_to_its_bucket(self):
        log = self.env["l10n_in.irp.log"].sudo()
        for milliseconds in (0, 100, 101, 60_000, 60_001):
            log.create(
                {
                    "company_id": self.default_company.id,
                    "endpoint": "ping",
                    "http_status": 200,
                    "milliseconds": milliseconds,
                }
            )
        name = "l10n_in_irp_call_duration_seconds_bucket"
        found = {
            bound: self.value(name, service="ping", le=bound)
            for bound in ("0.1", "0.25", "30.0", "60.0", "+Inf")
        }
        self.assertEqual(found, {"0.1": 2, "0.25": 3, "30.0": 3, "60.0": 4, "+Inf": 5})

    # ------------------------------------------------------------------
    # Portals and lanes
    # ------------------------------------------------------------------

    def credential(self, **values):
        return (
            self.env["l10n_in.irp.credential"]
            .sudo()
            .create(
                {
                    "company_id": self.default_company.id,
                    "username": "secret user",
                    "password": "secret password",
                    "client_id": "secret client",
                    "client_secret": "secret",
                    "auth_key": self.auth_key(),
                    **values,
                }
            )
        )

    def where(self, credential):
        host = host_of(credential.base_url)
        return {"gstin": credential.gstin, "environment": "sandbox", "portal": host}

    def test_pauses(self):
        credential = self.credential()
        where = self.where(credential)
        portal = ("sandbox", credential.gstin, credential.base_url)
        breakers = self.env["l10n_in.irp.circuit.breaker"]
        self.assertIsNone(self.value("l10n_in_irp_portal_paused", **where))
        error = IrpNotSent("connection refused", reason="connect")
        breakers._pause(portal, Breaker(failures=5, error=error))
        row = breakers._find(*portal)
        until = row.open_until.replace(tzinfo=timezone.utc).timestamp()
        metric = "l10n_in_irp_portal_paused"
        ends = f"{metric}_until_timestamp_seconds"
        self.assertEqual(self.value(metric, **where), 1)
        self.assertEqual(self.value(ends, **where), until)
        breakers._answered(portal)
        self.assertEqual(self.value(metric, **where), 0)
        self.assertIsNone(self.value(ends, **where))

    def test_access(self):
        credential = self.credential()
        where = self.where(credential)
        refused = "l10n_in_irp_login_refused"
        self.assertEqual(self.value(refused, system="einvoice", **where), 0)
        self.assertIsNone(self.value(refused, system="ewaybill"))
        credential.blocked_message = "wrong password"
        self.assertEqual(self.value(refused, system="einvoice", **where), 1)
        session = self.env["l10n_in.irp.session"].sudo()
        session.create(
            {
                "environment": "sandbox",
                "base_url": credential.base_url,
                "gstin": credential.gstin,
                "username": "secret user",
                "refusals": 2,
                "refused_since": NOW,
            }
        )
        tokens = "l10n_in_irp_refused_tokens"
        self.assertEqual(self.value(tokens, **where), 2)
        with freeze_time(NOW + timedelta(hours=2)):
            self.assertEqual(self.value(tokens, **where), 0)

    def test_a_signing_key_expires(self):
        credential = self.credential()
        key = self.env["l10n_in.irp.signing.key"].sudo()
        key.create({"credential_id": credential.id, "file": self.auth_key()})
        metric = "l10n_in_irp_signing_key_expiry_timestamp_seconds"
        self.assertIsNone(self.value(metric), "a bare key has no end")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE l10n_in_irp_signing_key SET valid_to = %s WHERE credential_id = %s",
            [LATER, credential.id],
        )
        self.env.invalidate_all()
        end = LATER.replace(tzinfo=timezone.utc).timestamp()
        self.assertEqual(self.value(metric, gstin=credential.gstin), end)

    def test_health(self):
        health = self.env["l10n_in.irp.health"].sudo()
        base_url = "https://unknown.example"
        health.create({"environment": "sandbox", "base_url": base_url})
        self.assertEqual(self.value("l10n_in_irp_portal_up", portal="other"), 0)
        health.search([]).is_up = True
        self.assertEqual(self.value("l10n_in_irp_portal_up", portal="other"), 1)

    def test_lanes_at_work(self):
        lanes = "l10n_in_irp_lanes_at_work"
        self.assertEqual(self.value(lanes, **self.whose), 0)
        root = self.env(su=True)
        others = (f"production {self.default_company.vat}", "lane 0 on host 1")
        with locks.first_free(root, [others[1]]), locks.first_free(root, [others[0]]):
            self.assertEqual(self.value(lanes, **self.whose), 0)
            self.assertEqual(self.value(lanes, environment="production"), 1)
            self.assertEqual(self.value(lanes), 1)
        workers = self.value("l10n_in_irp_workers")
        with locks.worker_number(root):
            self.assertEqual(self.value("l10n_in_irp_workers"), workers + 1)

    # ------------------------------------------------------------------
    # All of it
    # ------------------------------------------------------------------

    def test_labels_are_as_declared_and_name_nobody(self):
        credential = self.credential()
        move = self.make_invoice()
        self.process()
        self.make_invoice()
        text = self.text()
        for name, values in samples(text).items():
            base = name.removesuffix("_total")
            for suffix in ("_bucket", "_count", "_sum"):
                base = base.removesuffix(suffix)
            for labels in values:
                declared = set(FAMILIES[base].labels)
                self.assertEqual({key for key, _value in labels} - {"le"}, declared)
        document = move.l10n_in_irp_document_id
        hidden = (move.name, document.irn, document.ack_number, move.partner_id.name)
        for part in (*hidden, move.partner_id.vat, credential.username, "secret"):
            self.assertNotIn(part, text.decode())

    def test_queries_do_not_grow(self):
        self.make_invoice()
        self.text()
        with self.assertQueryCount(25):
            self.text()
        for _more in range(3):
            self.make_invoice()
        self.process(FaultyTransport("3029", times=2))
        self.text()
        with self.assertQueryCount(25):
            self.text()

    def test_another_scraper_costs_no_query(self):
        exposition, env = Exposition(), self.env(su=True)
        text = exposition.text(env)
        with self.assertQueryCount(0), freeze_time(NOW + timedelta(seconds=5)):
            self.assertEqual(exposition.text(env), text)
        with freeze_time(NOW + timedelta(seconds=SECONDS)):
            self.make_invoice()
            self.env.flush_all()
            self.assertNotEqual(exposition.text(env), text)

    def test_queries_are_bound_by_indexes(self):
        tally = self.env["l10n_in.irp.tally"].sudo()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for name, states in (
            ("document", OPEN),
            ("ewaybill", OPEN),
            ("document", WITHOUT_IRN),
        ):
            table = f"l10n_in_irp_{name}"
            plan = self.plan(
                SQL(
                    "SELECT company_id FROM %s WHERE state IN %s",
                    *(SQL.identifier(table), states),
                )
            )
            # an e-way bill's number of rows here makes another index as good
            self.assertRegex(plan, f"{table}_(open|unique_active)")
            self.assertNotIn("Seq Scan", plan)
        plan = self.plan(tally._entries(SQL("id > %s", tally._counted_to())))
        self.assertRegex(plan, r"Index Scan .*l10n_in_irp_log_pkey")
        self.assertNotIn("Seq Scan", plan)

    def plan(self, query):
        rows = self.env.execute_query(SQL("EXPLAIN %s", query))
        return "\n".join(row for (row,) in rows)

    def test_a_histogram_counts_what_is_below(self):
        times = Times()
        times.add(0, 2, 50)
        times.add(2, 1, 450)
        self.assertEqual([count for _bound, count in times.buckets()][:4], [2, 2, 3, 3])
        self.assertEqual(times.seconds, 0.5)
