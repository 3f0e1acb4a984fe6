import json
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...irp import compute_irn
from ...models.wakeup import CronWakeUp
from ..common import TODAY, FaultyTransport, IrpCommon

NOW = datetime(2026, 1, 15, 6, 30)
OTHER_GSTIN = "24ZZZCA9998A1ZU"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRegistration(IrpCommon):
    def test_posting_queues_and_calls_nothing(self):
        transport = FaultyTransport()
        move = self.make_invoice(post=False).with_context(
            l10n_in_irp_wrap_transport=transport
        )
        self.env.cr.postcommit.clear()
        with patch.object(CronWakeUp, "wake_soon") as wake_soon:
            move.action_post()
            self.assertEqual(move.l10n_in_irp_state, "to_register")
            wake_soon.assert_not_called()
            self.env.cr.postcommit.run()
        wake_soon.assert_called_once_with()
        self.assertFalse(transport.urls)

    def test_bell_wakes_the_scheduled_action(self):
        cron = self.env.ref("l10n_in_einvoice_irp.ir_cron_irp_queue")
        triggers = self.env["ir.cron.trigger"].sudo()
        triggers.search([("cron_id", "=", cron.id)]).unlink()
        with self.enter_registry_test_mode():
            CronWakeUp(self.registry)._wake()
        trigger = triggers.search([("cron_id", "=", cron.id)])
        self.assertLessEqual(trigger.call_at, fields.Datetime.now())

    def test_scheduled_action_registers(self):
        move = self.make_invoice()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        expected = compute_irn(self.default_company.vat, TODAY, "INV", move.name)
        self.assertEqual(move.l10n_in_irp_irn, expected)
        self.assertEqual(len(move.l10n_in_irp_ack_number), 15)
        self.assertEqual(move.l10n_in_irp_ack_date, datetime(2026, 1, 15, 6, 30))
        self.assertEqual(move.l10n_in_irp_signature_state, "verified")
        self.assertTrue(move.l10n_in_irp_qr_image)
        self.assertFalse(move.l10n_in_irp_error)

    def test_ways_to_find_a_registered_invoice(self):
        move = self.make_invoice()
        self.process()
        moves = self.env["account.move"]
        for field in ("l10n_in_irp_irn", "l10n_in_irp_ack_number"):
            self.assertEqual(moves.search([(field, "=", move[field])]), move, field)
        groups = moves._read_group(
            [("id", "=", move.id)], ["l10n_in_irp_state"], ["__count"]
        )
        self.assertEqual(groups, [("registered", 1)])

    def test_every_call_leaves_a_row(self):
        move = self.make_invoice()
        self.process()
        call = move.l10n_in_irp_document_id.log_ids
        self.assertEqual(call.endpoint, "generate_irn")
        self.assertEqual(call.http_status, 200)
        self.assertEqual(call.number, move.name)
        with self.assertRaisesRegex(UserError, "API Log entries cannot be"):
            call.sudo().code = "0"
        with self.assertRaisesRegex(UserError, "API Log entries cannot be"):
            call.sudo().unlink()

    def test_signed_answer_is_attached_and_stored(self):
        move = self.make_invoice()
        self.process()
        attachment = move.l10n_in_irp_document_id.signed_attachment_id
        signed = json.loads(attachment.raw)
        self.assertEqual(signed["Irn"], move.l10n_in_irp_irn)
        self.assertEqual(signed["AckDt"], "2026-01-15 12:00:00", "Indian time")
        self.assertEqual(signed["SignedQRCode"], move.l10n_in_irp_signed_qr)
        with self.assertRaisesRegex(UserError, "preserved by law"):
            attachment.sudo().unlink()
        action = move.action_l10n_in_irp_download()
        self.assertIn(str(attachment.id), action["url"])

    def test_register_button_is_harmless_twice(self):
        self.default_company.sudo().l10n_in_irp_register_on = "manual"
        transport = FaultyTransport()
        move = self.make_invoice().with_context(l10n_in_irp_wrap_transport=transport)
        self.assertFalse(move.l10n_in_irp_state)
        move.action_l10n_in_irp_register()
        move.action_l10n_in_irp_register()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertEqual(transport.count("/Invoice"), 1)

    def test_one_log_in_serves_many_invoices(self):
        moves = self.make_invoice() + self.make_invoice() + self.make_invoice()
        transport = FaultyTransport()
        self.process(transport)
        self.process(transport)
        self.assertEqual(set(moves.mapped("l10n_in_irp_state")), {"registered"})
        self.assertEqual(transport.count("/auth"), 1)

    def test_lost_answer_is_looked_up_and_adopted(self):
        move = self.make_invoice()
        self.process(FaultyTransport("lost"))
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "unknown")
        self.assertIn("did not arrive", document.error)
        self.assertGreater(document.next_attempt_at, datetime(2026, 1, 15, 6, 30))

        transport = FaultyTransport()
        move.with_context(
            l10n_in_irp_wrap_transport=transport
        ).action_l10n_in_irp_refresh()
        self.assertEqual(document.state, "registered")
        self.assertTrue(document.adopted)
        self.assertFalse(document.error)
        self.assertEqual(transport.count("irnbydocdetails"), 1)
        self.assertEqual(len(transport.urls), 1, "no second Generate")

    def test_what_never_left_is_repeated_after_a_pause(self):
        move = self.make_invoice()
        self.process(FaultyTransport("not_sent"))
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "to_register")
        self.assertIn("Nothing was sent", document.error)
        pause = document.next_attempt_at - datetime(2026, 1, 15, 6, 30)
        self.assertTrue(timedelta(seconds=60) <= pause <= timedelta(seconds=72))
        move.action_l10n_in_irp_register()
        self.assertEqual(document.state, "registered")

    def test_unknown_that_the_portal_never_saw_is_sent_again(self):
        move = self.make_invoice()
        document = move.l10n_in_irp_document_id.sudo()
        self.process(FaultyTransport("not_sent"))
        document.write({"state": "unknown", "next_attempt_at": datetime(2026, 1, 15)})
        self.process()
        self.assertEqual(document.state, "to_register")
        self.process()
        self.assertEqual(document.state, "registered")
        self.assertFalse(document.adopted)

    def test_row_left_by_a_dead_process_is_looked_up(self):
        move = self.make_invoice()
        document = move.l10n_in_irp_document_id.sudo()
        self.process(FaultyTransport("lost"))
        document.write({"state": "sending", "worker": 1, "next_attempt_at": False})
        transport = FaultyTransport()
        self.process(transport)
        self.assertEqual(document.state, "registered")
        self.assertEqual(len(transport.urls), 1)

    def test_invoice_that_is_another_one_by_now_is_not_sent(self):
        move = self.make_invoice()
        document = move.l10n_in_irp_document_id.sudo()
        move.sudo().name = "INV/RENAMED/1"
        transport = FaultyTransport()
        self.process(transport)
        self.assertFalse(transport.count("/Invoice"))
        self.assertEqual(document.state, "rejected")
        self.assertIn("has changed", document.error)
        move.action_l10n_in_irp_register()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertEqual(move.l10n_in_irp_document_id.number, "INV/RENAMED/1")

    def test_number_that_the_portal_knows_stays(self):
        move = self.make_invoice()
        self.process()
        with self.assertRaisesRegex(ValidationError, "cannot renumber"):
            move.sudo().name = "INV/RENAMED/1"

    def test_nothing_is_asked_under_another_gstin(self):
        """The portal would not find it, and it would be registered twice."""
        move = self.make_invoice()
        document = move.l10n_in_irp_document_id.sudo()
        self.process(FaultyTransport("lost"))
        self.assertEqual(document.state, "unknown")
        document.next_attempt_at = NOW
        company, gstin = self.default_company.sudo(), document.gstin
        company.partner_id.vat = OTHER_GSTIN
        transport = FaultyTransport()
        self.process(transport)
        self.assertFalse(transport.count("/Invoice"))
        self.assertEqual(document.state, "unknown")
        self.assertIn(gstin, document.error)
        company.partner_id.vat = gstin
        move.action_l10n_in_irp_refresh()
        self.assertEqual((document.state, document.adopted), ("registered", True))

    def test_same_number_with_another_content_is_a_conflict(self):
        move = self.make_invoice()
        payload = self.env["l10n_in.irp.payload"]
        other = payload._build(move)
        other["BuyerDtls"]["LglNm"] = "Somebody Else"
        connection = self.default_company._l10n_in_irp_connect("demo")
        connection.client.generate_irn(other)
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "conflict")
        self.assertIn("BuyerDtls.LglNm", move.l10n_in_irp_error)
        self.assertIn("Somebody Else", move.l10n_in_irp_error)
        self.assertFalse(move._l10n_in_irp_print_values())
        move.button_draft()
        self.assertEqual(move.state, "draft", "it can be given another number")

    def test_registered_by_another_system_with_the_same_content(self):
        move = self.make_invoice()
        connection = self.default_company._l10n_in_irp_connect("demo")
        mine = self.env["l10n_in.irp.payload"]._build(move)
        registration = connection.client.generate_irn(mine)
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertEqual(move.l10n_in_irp_ack_number, registration.ack_number)
        self.assertTrue(move.l10n_in_irp_document_id.adopted)

    def test_missing_data_is_named_and_nothing_is_sent(self):
        self.product_a.sudo().l10n_in_hsn_code = False
        self.partner_a.sudo().zip = False
        move = self.make_invoice()
        transport = FaultyTransport()
        self.process(transport)
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "rejected")
        self.assertFalse(transport.urls)
        self.assertIn("Partner Intra State, Zip", document.error)
        self.assertIn("HSN/SAC Code", document.error)
        self.assertEqual(document.next_attempt_at, False)
        alert = move._get_alerts()["l10n_in_irp"]
        self.assertEqual(alert["level"], "danger")
        self.assertTrue(alert["action"])

    def test_corrected_data_is_registered(self):
        self.partner_a.sudo().zip = False
        move = self.make_invoice()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "rejected")
        self.partner_a.sudo().zip = "360001"
        move.action_l10n_in_irp_register()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertFalse(move.l10n_in_irp_error)

    def test_one_faulty_invoice_does_not_hold_up_the_others(self):
        faulty = self.make_invoice(partner=self.partner_b, taxes=self.igst_sale_18)
        sound = self.make_invoice()
        self.partner_b.sudo().street = False
        self.process()
        self.assertEqual(faulty.l10n_in_irp_state, "rejected")
        self.assertEqual(sound.l10n_in_irp_state, "registered")

    def test_document_that_cannot_be_built_does_not_hold_up_the_others(self):
        broken = self.make_invoice()
        sound = self.make_invoice()
        self.env.cr.execute(
            "UPDATE account_move SET invoice_date = NULL WHERE id = %s", [broken.id]
        )
        broken.invalidate_recordset()
        with mute_logger("odoo.addons.l10n_in_einvoice_irp.models.queue.claiming"):
            self.process()
        self.assertEqual(sound.l10n_in_irp_state, "registered")
        self.assertEqual(broken.l10n_in_irp_state, "rejected")

    def test_registered_invoice_cannot_be_reset(self):
        move = self.make_invoice()
        self.process()
        self.assertFalse(move.show_reset_to_draft_button)
        with self.assertRaisesRegex(UserError, "credit note"):
            move.button_draft()
        with self.assertRaisesRegex(UserError, "credit note"):
            move.button_cancel()

    def test_unsent_invoice_can_be_reset(self):
        move = self.make_invoice()
        document = move.l10n_in_irp_document_id
        move.button_draft()
        self.assertFalse(document.exists())
        self.assertFalse(move.l10n_in_irp_state)
        move.action_post()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_copies_and_credit_notes_start_again(self):
        move = self.make_invoice()
        self.process()
        for other in (move.copy(), move._reverse_moves()):
            self.assertFalse(other.l10n_in_irp_document_id)
            self.assertFalse(other.l10n_in_irp_irn)

    def test_same_number_in_other_letters_is_refused(self):
        first = self.make_invoice(name="Inv/25-26/a1")
        with self.assertRaisesRegex(UserError, "upper and lower"):
            self.make_invoice(name="INV/25-26/A1")
        self.assertEqual(first.l10n_in_irp_state, "to_register")

    def test_same_number_posted_together_is_refused(self):
        moves = self.make_invoice(name="Inv/25-26/b1", post=False)
        moves |= self.make_invoice(name="INV/25-26/B1", post=False)
        with self.assertRaisesRegex(UserError, "upper and lower"):
            moves.action_post()

    def test_invoices_are_queued_together_once_each(self):
        queued = self.make_invoice()
        drafts = self.make_invoice(post=False) | self.make_invoice(post=False)
        drafts.action_post()
        moves = queued | drafts
        documents = moves.l10n_in_irp_document_id
        moves._l10n_in_irp_enqueue()
        self.assertEqual(moves.l10n_in_irp_document_id, documents)
        self.assertEqual(documents.move_id, moves)
        self.assertEqual(set(documents.mapped("state")), {"to_register"})

    def test_another_environment_is_another_registration(self):
        move = self.make_invoice()
        self.process()
        demo = move.l10n_in_irp_document_id
        self.default_company.sudo().l10n_in_irp_environment = "production"
        self.assertTrue(move.l10n_in_irp_can_register)
        self.assertTrue(move.show_reset_to_draft_button, "the demo binds nobody")
        move._l10n_in_irp_enqueue()
        self.assertEqual(move.l10n_in_irp_environment, "production")
        self.assertEqual(demo.state, "registered")

    def test_company_without_credential_is_reported_so(self):
        self.default_company.sudo().l10n_in_irp_environment = "production"
        move = self.make_invoice()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "to_register")
        self.assertIn(self.default_company.vat, move.l10n_in_irp_error)
        self.assertIn("IRP Credentials", move.l10n_in_irp_error)

    def test_unknown_signing_key_keeps_the_answer_unchecked(self):
        move = self.make_invoice()
        self.process()
        document = move.l10n_in_irp_document_id.sudo()
        self.forge(
            document,
            environment="production",
            signature_state="unchecked",
            signature_note="key ABC missing",
        )
        alert = move._get_alerts()["l10n_in_irp"]
        self.assertEqual(alert, {"level": "warning", "message": "key ABC missing"})

    def test_what_another_environment_holds_binds_too(self):
        move = self.make_invoice()
        company = self.default_company.sudo()
        company.l10n_in_irp_environment = "production"
        self.forge(self.document_in("production", move), state="registered")
        company.l10n_in_irp_environment = "sandbox"
        shown = self.document_in("sandbox", move)
        shown.sudo().state = "rejected"
        self.assertEqual(move.l10n_in_irp_document_id, shown)
        self.assertFalse(move.show_reset_to_draft_button)
        with self.assertRaisesRegex(UserError, "Production"):
            move.button_draft()

    def test_reset_drops_what_waits_in_every_environment(self):
        move = self.make_invoice()
        for environment in ("production", "sandbox"):
            self.default_company.sudo().l10n_in_irp_environment = environment
            self.document_in(environment, move)
        self.assertEqual(len(move.l10n_in_irp_document_ids), 3)
        move.button_draft()
        self.assertEqual(move.state, "draft")
        self.assertFalse(move.l10n_in_irp_document_ids)

    def document_in(self, environment, move):
        """Return the queued invoice in an environment without a credential."""
        move.action_l10n_in_irp_register()
        self.assertEqual(move.l10n_in_irp_environment, environment)
        return move.l10n_in_irp_document_id
