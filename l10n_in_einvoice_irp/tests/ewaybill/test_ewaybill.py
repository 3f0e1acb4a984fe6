import json
from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import FaultyTransport
from .common import EwaybillCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEwaybill(EwaybillCommon):
    def test_made_by_irn(self):
        move = self.registered_invoice()
        ewaybill = self.prepare(move)
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error or "")
        self.assertEqual(len(ewaybill.number), 12)
        self.assertEqual(ewaybill.ewb_date, datetime(2026, 1, 15, 6, 30))
        self.assertGreater(ewaybill.valid_until, ewaybill.ewb_date)
        self.assertGreater(ewaybill.portal_distance, 0)
        printed = move._l10n_in_irp_print_values()["ewaybill"]
        self.assertEqual(printed["number"], ewaybill.number)

    @mute_logger("odoo.addons.l10n_in_einvoice_irp.models.queue.results")
    def test_follow_up_that_fails_in_odoo_loses_nothing(self):
        ewaybill = self.prepare(self.registered_invoice())
        moves = self.registry["account.move"]
        with patch.object(moves, "_message_log", side_effect=ValueError("no chatter")):
            ewaybill.action_generate()
        self.assertEqual((ewaybill.state, ewaybill.worker), ("registered", 0))
        self.assertTrue(ewaybill.number)
        self.assertIn("next step in Odoo failed: no chatter", ewaybill.error)
        self.assertIn("refresh it from the portal", ewaybill.advice)
        ewaybill.action_refresh()
        self.assertFalse(ewaybill.error)
        self.assertIn(ewaybill.number, ewaybill.move_id.message_ids[0].body)

    def test_sent_with_the_irn(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        ewaybill = self.prepare(move)
        move.action_post()
        transport = FaultyTransport()
        self.process(transport)
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertEqual(ewaybill.state, "registered", ewaybill.error or "")
        self.assertEqual(transport.count("ewaybill"), 0, "one call for both")

    def test_stays_where_it_was_made(self):
        """An invoice that is registered again elsewhere gets an e-way bill there."""
        move = self.registered_invoice()
        trial = self.prepare(move)
        trial.action_generate()
        first = move.l10n_in_irp_document_id
        self.default_company.sudo().l10n_in_irp_environment = "production"
        move._l10n_in_irp_enqueue()
        self.assertEqual((trial.environment, trial.document_id), ("demo", first))
        self.assertFalse(move.l10n_in_irp_ewaybill_id)
        real = self.prepare(move)
        self.assertEqual(real.environment, "production")
        self.assertEqual(real.document_id, move.l10n_in_irp_document_id)
        self.assertEqual(move.l10n_in_irp_ewaybill_id, real)
        self.assertEqual(move.l10n_in_irp_ewaybill_ids, real | trial)

    def test_queued_one_stays_with_its_registration(self):
        """Its portal gets no call with the IRN of another registration."""
        move = self.registered_invoice()
        first = move.l10n_in_irp_document_id
        queued = self.prepare(move)
        queued.sudo().state = "to_register"
        queued.flush_recordset()
        self.default_company.sudo().l10n_in_irp_environment = "production"
        move._l10n_in_irp_enqueue()
        self.assertNotEqual(move.l10n_in_irp_document_id, first)
        self.assertEqual((queued.environment, queued.document_id), ("demo", first))
        self.assertEqual(queued._prepare_request()["Irn"], first.irn)

    def test_prepared_one_goes_where_the_invoice_goes(self):
        self.default_company.sudo().l10n_in_irp_environment = "production"
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        ewaybill = self.prepare(move)
        self.default_company.sudo().l10n_in_irp_environment = "demo"
        move.action_post()
        self.process()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error or "")
        self.assertEqual(ewaybill.environment, "demo")

    def test_prepared_later_is_no_part_of_the_registration(self):
        move = self.registered_invoice()
        ewaybill = self.prepare(move)
        self.portal().attach_eway_bill(
            move.l10n_in_irp_irn, 391009149369, "2026-01-17 23:59:00"
        )
        move.l10n_in_irp_document_id.sudo()._request_cancel("2", "Mistake", False)
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertIn("2230", move.l10n_in_irp_error)
        self.assertEqual(ewaybill.state, "draft")

    def test_refused_part_keeps_the_irn(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        ewaybill = self.prepare(move, vehicle_number=False, trans_mode=False)
        move.action_post()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertEqual(ewaybill.state, "rejected")
        self.assertIn("4019", ewaybill.error)
        self.assertEqual(ewaybill.error_code, "4019")
        self.assertTrue(ewaybill.advice)
        self.assertNotIn("EwbDtls", move.l10n_in_irp_document_id.request)
        ewaybill.write({"vehicle_number": "MH12AB1234", "trans_mode": "1"})
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error or "")
        self.assertFalse(ewaybill.error_code or ewaybill.advice)

    def test_refused_by_the_portal_keeps_the_irn(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        ewaybill = self.prepare(move, distance=3999)
        move.action_post()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertIn("EwbDtls", move.l10n_in_irp_document_id.request)
        self.assertEqual(ewaybill.state, "rejected")
        self.assertEqual(ewaybill.error_code, "4013")
        self.assertTrue(ewaybill.advice)

    def test_invoice_that_waits_keeps_its_prepared_one(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        ewaybill = self.prepare(move, vehicle_number=False, trans_mode=False)
        self.partner_b.sudo().zip = False
        move.action_post()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "rejected")
        self.assertEqual(ewaybill.state, "draft")

    def test_other_place_of_dispatch_goes_with_the_irn(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        warehouse = self.warehouse()
        ewaybill = self.prepare(move, dispatch_partner_id=warehouse.id)
        move.action_post()
        self.process()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        sent = json.loads(move.l10n_in_irp_document_id.request)
        self.assertEqual(sent["DispDtls"]["Pin"], int(warehouse.zip))
        self.assertTrue(ewaybill.route.startswith(warehouse.zip))

    def test_port_of_export_goes_with_the_irn(self):
        move = self.make_invoice(self.partner_foreign, self.igst_sale_18, post=False)
        port = self.warehouse()
        self.prepare(move, port_partner_id=port.id)
        sent = self.env["l10n_in.irp.payload"]._build(move)
        self.assertEqual(sent["ShipDtls"]["Pin"], int(port.zip))
        self.assertEqual(sent["ShipDtls"]["Gstin"], "URP")

    def test_distance_that_the_portal_reported_before(self):
        first = self.prepare(self.registered_invoice())
        first.action_generate()
        known = first.portal_distance
        later = self.registered_invoice()
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        transport = FaultyTransport()
        by_irn = self.prepare(later, transport, distance=known * 2)
        by_irn.action_generate()
        self.assertFalse(transport.urls)
        together = self.prepare(move, distance=known * 2)
        move.action_post()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        for ewaybill in (by_irn, together):
            self.assertEqual(ewaybill.state, "rejected")
            self.assertEqual(ewaybill.error_code, "4013")
            self.assertIn(f"{known} km", ewaybill.error)

    def test_refused_one_can_be_fetched(self):
        move = self.registered_invoice()
        ewaybill = self.prepare(move)
        ewaybill.sudo().write({"state": "rejected", "error_code": "4026"})
        with self.assertRaisesRegex(UserError, "4005"):
            ewaybill.action_refresh()
        self.assertEqual(ewaybill.state, "rejected")
        self.portal().attach_eway_bill(
            move.l10n_in_irp_irn, 391009149369, "2026-01-17 23:59:00"
        )
        ewaybill.action_refresh()
        self.assertEqual(ewaybill.state, "registered")
        self.assertEqual(ewaybill.number, "391009149369")
        self.assertFalse(ewaybill.error_code)

    def test_wrong_data_is_reported_before_the_call(self):
        move = self.registered_invoice()
        transport = FaultyTransport()
        ewaybill = self.prepare(move, transport, vehicle_number="12345")
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "rejected")
        self.assertIn("4014", ewaybill.error)
        self.assertFalse(transport.urls)

    def test_lost_answer_is_looked_up(self):
        ewaybill = self.prepare(self.registered_invoice(), FaultyTransport("lost"))
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "unknown")
        ewaybill = ewaybill.with_context(l10n_in_irp_wrap_transport=None)
        ewaybill.action_refresh()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error or "")
        self.assertTrue(ewaybill.number)

    def test_cancelled_within_a_day(self):
        move = self.registered_invoice()
        ewaybill = self.prepare(move)
        ewaybill.action_generate()
        action = ewaybill.action_cancel()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"reason": "3", "remark": "Wrong vehicle"})
        wizard.action_cancel()
        self.assertEqual(ewaybill.state, "cancelled", ewaybill.error)
        self.assertTrue(ewaybill.cancel_date)
        self.assertFalse(move.l10n_in_irp_ewaybill_id)
        another = self.prepare(move)
        self.assertNotEqual(another, ewaybill, "a cancelled one can be replaced")

    def test_too_late_to_cancel(self):
        ewaybill = self.prepare(self.registered_invoice())
        ewaybill.action_generate()
        with freeze_time("2026-01-17 06:30:00"):
            action = ewaybill.action_cancel()
            wizard = self.env[action["res_model"]].browse(action["res_id"])
            with self.assertRaisesRegex(UserError, "24 hours"):
                wizard.action_cancel()

    def test_hours_do_not_count_without_part_b(self):
        ewaybill = self.prepare(
            self.registered_invoice(),
            vehicle_number=False,
            trans_mode=False,
            transporter_gstin="29AAAAA0000A1ZY",
        )
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        self.assertFalse(ewaybill.valid_until)
        with freeze_time("2026-01-17 06:30:00"):
            action = ewaybill.action_cancel()
            wizard = self.env[action["res_model"]].browse(action["res_id"])
            self.assertFalse(wizard.is_too_late)
            self.assertFalse(wizard.deadline)
            wizard.action_cancel()
        self.assertEqual(ewaybill.state, "cancelled", ewaybill.error)

    def test_second_one_is_not_the_cancelled_first(self):
        move = self.registered_invoice()
        first = self.prepare(move)
        first.action_generate()
        first._request_cancel("2", "Order Cancelled")
        second = self.prepare(move)
        second.sudo().state = "unknown"
        second.action_refresh()
        self.assertEqual(second.state, "to_register", second.error)
        second.action_generate()
        self.assertEqual(second.state, "registered", second.error)
        self.assertNotEqual(second.number, first.number)

    def test_what_the_system_would_refuse_of_a_cancellation(self):
        ewaybill = self.prepare(self.registered_invoice())
        ewaybill.action_generate()
        action = ewaybill.action_cancel()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.seconds_left, 24 * 3600)
        for remark, code in (("", "4060"), ("a\\b", "5002")):
            wizard.remark = remark
            with self.subTest(remark), self.assertRaisesRegex(UserError, code):
                wizard.action_cancel()
        self.assertEqual(ewaybill.state, "registered")

    def test_validity_in_indian_time(self):
        ewaybill = self.prepare(self.registered_invoice())
        ewaybill.action_generate()
        abroad = ewaybill.with_context(tz="Europe/Brussels")
        self.assertIn("11:59", abroad.valid_until_india)
        self.assertFalse(ewaybill.with_context(tz="Asia/Kolkata").valid_until_india)

    def test_web_page_cancellation_is_checked(self):
        ewaybill = self.prepare(self.registered_invoice())
        ewaybill.action_generate()
        action = ewaybill.action_cancel()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        with self.assertRaisesRegex(AccessError, "Manager"):
            wizard.action_record()
        self.become_manager()
        with self.assertRaisesRegex(UserError, "is still active"):
            wizard.action_record()

    def test_irn_with_an_active_bill_is_not_cancelled(self):
        move = self.registered_invoice()
        ewaybill = self.prepare(move)
        ewaybill.action_generate()
        action = move.button_request_cancel()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        with self.assertRaisesRegex(UserError, ewaybill.number):
            wizard.action_cancel()

    def test_irn_with_an_open_bill_is_not_cancelled(self):
        move = self.registered_invoice()
        ewaybill = self.prepare(move)
        transport = FaultyTransport()
        for state in ("sending", "unknown", "cancelling"):
            ewaybill.sudo().state = state
            action = move.button_request_cancel()
            wizard = self.env[action["res_model"]].browse(action["res_id"])
            wizard = wizard.with_context(l10n_in_irp_wrap_transport=transport)
            with self.subTest(state), self.assertRaisesRegex(UserError, "2230"):
                wizard.action_cancel()
        self.assertFalse(transport.urls)
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_what_was_sent_cannot_be_changed(self):
        ewaybill = self.prepare(self.registered_invoice())
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            ewaybill.number = "123456789012"
        ewaybill.action_generate()
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            ewaybill.vehicle_number = "MH12AB9999"
        with self.assertRaisesRegex(UserError, "cannot delete"):
            ewaybill.unlink()

    def test_nobody_makes_one_past_the_portal(self):
        move = self.registered_invoice()
        forged = {"state": "registered", "number": "391009149369"}
        ewaybills = self.env["l10n_in.irp.ewaybill"]
        with self.assertRaises(AccessError):
            ewaybills.create({"move_id": move.id, **forged})
        defaults = {f"default_{name}": value for name, value in forged.items()}
        action = move.with_context(**defaults).action_l10n_in_irp_ewaybill()
        ewaybill = ewaybills.browse(action["res_id"])
        self.assertEqual(ewaybill.state, "draft")
        self.assertFalse(ewaybill.number)

    def test_invoice_without_irn(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        with self.assertRaisesRegex(UserError, "no IRN yet"):
            self.prepare(move).action_generate()

    def test_reminder_before_it_expires(self):
        ewaybill = self.prepare(self.registered_invoice())
        ewaybill.action_generate()
        ewaybills = self.env["l10n_in.irp.ewaybill"].sudo()
        ewaybills._cron_remind()
        self.assertFalse(ewaybill.activity_ids)
        with freeze_time(ewaybill.valid_until.replace(hour=0)):
            ewaybills._cron_remind()
            ewaybills._cron_remind()
        self.assertEqual(len(ewaybill.activity_ids), 1)

    def test_print(self):
        ewaybill = self.prepare(self.registered_invoice())
        ewaybill.action_generate()
        report = self.env["ir.actions.report"].sudo()
        html = report._render_qweb_html(
            "l10n_in_einvoice_irp.report_ewaybill", ewaybill.ids
        )[0].decode()
        self.assertIn(ewaybill.number, html)
        self.assertIn("TEST E-WAY BILL – not valid for transport", html)
        self.assertEqual(ewaybill.status_tone, "muted")
        self.forge(ewaybill.sudo(), environment="production")
        self.assertEqual((ewaybill.status_tone, ewaybill.test_note), ("success", ""))
        self.assertIn("data:image/png;base64", html)
