from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...wizards.bulk.bulk_line import merged_text
from ..common import FaultyTransport
from .test_check import CheckCommon

LATER = "2026-01-16 07:00:00"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBulk(CheckCommon):
    def bulk(self, work, moves):
        """Return the operation that an entry of the Actions menu begins."""
        names = {
            "register": "action_l10n_in_irp_register",
            "cancel": "action_l10n_in_irp_bulk_cancel",
            "fetch": "action_l10n_in_irp_bulk_fetch",
        }
        return self.open(self.run_action(names[work], moves))

    def lines(self, bulk, outcome):
        """Return the reason and the number of invoices of the lines of an outcome."""
        bulk.action_refresh()
        lines = bulk.line_ids.filtered(lambda line: line.outcome == outcome)
        return {line.text: line.move_count for line in lines}

    def counts(self, bulk):
        bulk.action_refresh()
        bulk.invalidate_recordset()
        return (bulk.total, bulk.done_count, bulk.waiting_count, bulk.failed_count)

    def fetch_all(self, transport=None):
        """Run the scheduled action of the look-ups."""
        context = {"l10n_in_irp_wrap_transport": transport}
        bulks = self.env["l10n_in.irp.bulk"].with_context(**context)
        bulks._fetch_waiting(lambda *_done, **_remaining: float("inf"))

    # ------------------------------------------------------------------
    # Generate IRN
    # ------------------------------------------------------------------

    def test_selection_runs_in_the_queue_and_ends_grouped_by_fault(self):
        sound, faulty = self.make_invoice(), self.make_faulty() + self.make_faulty()
        draft, done = self.make_invoice(post=False), self.make_registered()
        bulk = self.bulk("register", sound + faulty + draft + done)
        self.assertEqual(self.counts(bulk), (5, 0, 3, 0))
        self.assertEqual(sound.l10n_in_irp_state, "to_register")
        self.assertTrue(bulk.is_running)
        self.assertEqual(
            self.lines(bulk, "left_out"),
            {
                "Confirm the invoice first.": 1,
                "Already with the IRP: status 'Registered'": 1,
            },
        )
        self.process()
        self.assertEqual(self.counts(bulk), (5, 1, 0, 2))
        self.assertFalse(bulk.is_running)
        self.assertEqual(bulk.progress, 100)
        [(text, count)] = self.lines(bulk, "failed").items()
        self.assertIn("PIN", text)
        self.assertEqual(count, 2)
        line = bulk.line_ids.filtered(lambda one: one.outcome == "failed")
        self.assertEqual((line.code, line.move_ids), ("5002", faulty))
        self.assertEqual(line.action_open_record()["res_id"], self.partner_b.id)
        [(_id, _in, ids)] = line.action_open_moves()["domain"]
        self.assertEqual(set(ids), set(faulty.ids))
        self.assertEqual(bulk.test_note, sound.l10n_in_irp_test_note)

    def test_failures_are_tried_again_once_corrected(self):
        moves = self.make_faulty() + self.make_faulty()
        bulk = self.bulk("register", moves)
        self.process()
        self.assertTrue(bulk.action_refresh(fresh=True) is False)
        self.partner_b.sudo().zip = "400001"
        bulk.action_refresh(fresh=True)
        self.assertEqual(
            self.lines(bulk, "failed"), {"Corrected since it was checked": 2}
        )
        bulk.action_retry()
        self.assertEqual(self.counts(bulk), (2, 0, 2, 0))
        self.process()
        self.assertEqual(self.counts(bulk), (2, 2, 0, 0))
        self.assertFalse(bulk.line_ids)
        with self.assertRaisesRegex(UserError, "No invoice is left"):
            bulk.action_retry()

    def test_texts_of_one_fault_show_what_they_share(self):
        texts = ("PIN 12 is not of Goa", "PIN 345 is not of West Bengal")
        self.assertEqual(merged_text(texts), "PIN … is not of …")
        self.assertEqual(merged_text(texts[:1] * 2), texts[0])
        self.assertEqual(
            merged_text((*texts, "PIN 6 is not of Goa")), "PIN … is not of …"
        )

    def test_refusals_of_the_portal_share_a_line(self):
        moves = self.make_invoice() + self.make_invoice()
        bulk = self.bulk("register", moves)
        self.process(FaultyTransport("2172", times=9, spare="/auth"))
        self.assertEqual(self.counts(bulk), (2, 0, 0, 2))
        line = bulk.line_ids
        self.assertEqual((line.code, line.move_count), ("2172", 2))

    def test_waiting_invoices_say_what_they_wait_for(self):
        moves = self.make_invoice() + self.make_invoice()
        bulk = self.bulk("register", moves)
        self.process(FaultyTransport("not_sent", times=99, spare="none"))
        self.assertEqual(self.counts(bulk), (2, 0, 2, 0))
        [(text, count)] = self.lines(bulk, "waiting").items()
        self.assertIn("could not be reached", text)
        self.assertEqual(count, 2)
        self.assertTrue(bulk.is_running)

    def test_one_number_taken_stops_no_other(self):
        taken = self.make_invoice()
        self.make_registered().l10n_in_irp_document_id.sudo().flush_recordset()
        other = self.make_registered()
        number = taken.name.upper()
        self.env.cr.execute(
            "UPDATE l10n_in_irp_document SET number_key = %s WHERE id = %s",
            [number, other.l10n_in_irp_document_id.id],
        )
        self.env.invalidate_all()
        sound = self.make_invoice()
        bulk = self.bulk("register", taken + sound)
        self.assertEqual(bulk.move_ids, sound)
        [(text, count)] = self.lines(bulk, "left_out").items()
        self.assertIn("already uses this number", text)
        self.assertEqual((count, sound.l10n_in_irp_state), (1, "to_register"))

    def test_nothing_to_do_is_refused_with_the_reasons(self):
        with self.assertRaisesRegex(UserError, "buyer is unregistered"):
            self.bulk("register", self.make_inapplicable())

    def test_ready_invoices_of_a_check_are_started_from_it(self):
        sound, faulty = self.make_invoice(), self.make_faulty()
        action = self.run_action("action_l10n_in_irp_check", sound + faulty)
        lines = self.env[action["res_model"]].with_context(**action["context"])
        bulk = self.open(lines.browse().action_register_ready())
        self.assertEqual(bulk.move_ids, sound)
        self.assertFalse(faulty.l10n_in_irp_document_id)
        with self.assertRaises(AccessError):
            lines.with_user(self.reader).action_register_ready()

    def test_results_are_those_of_their_user(self):
        bulk = self.bulk("register", self.make_invoice())
        other = new_test_user(
            self.env(su=True), "irp_other", groups="account.group_account_invoice"
        )
        with self.assertRaises(AccessError):
            bulk.with_user(other).action_refresh()

    def test_progress_reads_no_row_by_itself(self):
        moves = self.env["account.move"].union(*[self.make_invoice() for _ in "1234"])
        few, many = self.bulk("register", moves[:1]), self.bulk("register", moves)

        def queries(bulk):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            bulk.action_refresh()
            return self.env.cr.sql_log_count - start

        queries(few)
        self.assertEqual(queries(many), queries(few))

    # ------------------------------------------------------------------
    # Cancel, fetch and print
    # ------------------------------------------------------------------

    def test_cancellation_queues_what_can_be_cancelled(self):
        moves = self.make_registered() + self.make_registered()
        without = self.make_invoice()
        bulk = self.bulk("cancel", moves + without)
        self.assertFalse(bulk.started_at)
        self.assertEqual(self.lines(bulk, "left_out"), {"No IRN to cancel": 1})
        self.assertIn("16/01/2026 12:00", bulk.deadline_note)
        bulk.remark = 'a "quoted" remark'
        with self.assertRaises(UserError):
            bulk.action_cancel()
        bulk.write({"reason": "1", "remark": "Duplicate of another"})
        bulk.action_cancel()
        self.assertEqual(set(moves.mapped("l10n_in_irp_state")), {"cancelling"})
        document = moves[0].l10n_in_irp_document_id.sudo()
        self.assertEqual(document.cancel_user_id, self.accountant)
        self.assertEqual(document.cancel_reason, "1")
        self.assertEqual(self.counts(bulk), (3, 0, 2, 0))
        self.process()
        self.assertEqual(self.counts(bulk), (3, 2, 0, 0))
        self.assertEqual(set(moves.mapped("state")), {"cancel"})

    def test_cancellation_leaves_out_what_is_too_late_meanwhile(self):
        moves = self.make_registered() + self.make_registered()
        bulk = self.bulk("cancel", moves)
        with (
            freeze_time(LATER),
            self.assertRaisesRegex(UserError, "24 hours"),
        ):
            bulk.action_cancel()
        self.assertEqual(set(moves.mapped("l10n_in_irp_state")), {"registered"})
        with freeze_time(LATER):
            late = self.bulk("cancel", moves)
            self.assertFalse(late.move_ids)
            self.assertEqual(late.line_ids.move_count, 2)

    def test_cancellation_names_the_active_eway_bill(self):
        move = self.make_registered()
        ewaybill = self.env["l10n_in.irp.ewaybill"].sudo().create({"move_id": move.id})
        self.forge(ewaybill, state="registered", number="123456789012")
        bulk = self.bulk("cancel", move)
        self.assertIn("active e-way bill 123456789012", bulk.line_ids.text)

    def test_refused_cancellation_is_listed_with_its_fault(self):
        move = self.make_registered()
        bulk = self.bulk("cancel", move)
        bulk.action_cancel()
        self.process(FaultyTransport("2173"))
        self.assertEqual(self.counts(bulk), (1, 0, 0, 1))
        self.assertEqual(bulk.line_ids.code, "2173")
        self.assertEqual(bulk.action_retry()["target"], "new")

    def test_fetching_goes_on_in_the_background(self):
        found, missing = self.make_invoice(), self.make_invoice()
        irn = self.register_elsewhere(found).irn
        bulk = self.bulk("fetch", found + missing + self.make_registered())
        self.assertEqual(self.counts(bulk), (3, 0, 2, 0))
        self.assertFalse(found.l10n_in_irp_irn)
        transport = FaultyTransport()
        self.fetch_all(transport)
        self.assertEqual(found.l10n_in_irp_irn, irn)
        self.assertFalse(missing.l10n_in_irp_document_id)
        self.assertEqual(self.counts(bulk), (3, 1, 0, 1))
        [text] = self.lines(bulk, "failed")
        self.assertIn("The IRP has no e-Invoice", text)
        calls = transport.count("irnbydocdetails")
        self.fetch_all(transport)
        self.assertEqual(transport.count("irnbydocdetails"), calls, "asked again")
        bulk.action_retry()
        self.fetch_all(transport)
        self.assertEqual(transport.count("irnbydocdetails"), calls + 1)

    def test_fetching_stops_where_the_portal_is_silent(self):
        moves = self.env["account.move"].union(*[self.make_invoice() for _ in "12345"])
        bulk = self.bulk("fetch", moves)
        transport = FaultyTransport("dropped", times=99)
        self.fetch_all(transport)
        self.assertEqual(self.counts(bulk), (5, 0, 0, 5))
        self.assertFalse(moves.l10n_in_irp_document_id)
        self.assertIn(2, self.lines(bulk, "failed").values())
        others = [text for text in self.lines(bulk, "failed") if "Not looked" in text]
        self.assertEqual(len(others), 1)

    def test_print_names_those_without_irn_first(self):
        done, without = self.make_registered(), self.make_invoice()
        action = self.run_action("action_l10n_in_irp_bulk_print", done)
        self.assertEqual(action["type"], "ir.actions.report")
        bulk = self.open(
            self.run_action("action_l10n_in_irp_bulk_print", done + without)
        )
        self.assertEqual(
            bulk.line_ids.text, "No IRN: status 'Not Registered'", bulk.line_ids
        )
        printed = bulk.action_print_ready()
        self.assertEqual(printed["context"]["active_ids"], done.ids)
        self.assertEqual(
            set(bulk.action_print_all()["context"]["active_ids"]),
            {done.id, without.id},
        )
