import json

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.l10n_in_einvoice_irp.tests.common import FaultyTransport

from .common import NUMBER, BesideCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOneEwaybill(BesideCommon):
    """An invoice has one e-way bill, whichever addon makes it."""

    # ------------------------------------------------------------------
    # Odoo's blocks ours
    # ------------------------------------------------------------------

    def test_none_is_prepared_beside_odoos(self):
        move = self.registered_invoice()
        self.generated_by_odoo(move)
        with self.assertRaisesRegex(UserError, f"{NUMBER}.*e-Waybill") as raised:
            move.action_l10n_in_irp_ewaybill()
        self.assertIn(move.name, str(raised.exception))
        self.assertFalse(move.l10n_in_irp_ewaybill_ids)
        self.assertTrue(move.l10n_in_irp_has_other_ewaybill)

    def test_prepared_one_is_not_generated_beside_odoos(self):
        move = self.registered_invoice()
        transport = FaultyTransport()
        ewaybill = self.prepare(move, transport)
        self.generated_by_odoo(move)
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "rejected")
        self.assertIn(str(NUMBER), ewaybill.error)
        self.assertIn(str(NUMBER), ewaybill.portal_notes)
        self.assertFalse(transport.urls)
        with self.assertRaisesRegex(UserError, str(NUMBER)):
            ewaybill.action_refresh()

    def test_prepared_one_does_not_go_out_with_the_irn(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        ewaybill = self.prepare(move)
        move.action_post()
        self.generated_by_odoo(move)
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered", move.l10n_in_irp_error)
        request = json.loads(move.l10n_in_irp_document_id.request)
        self.assertNotIn("EwbDtls", request)
        self.assertEqual(ewaybill.state, "rejected")
        self.assertIn(str(NUMBER), ewaybill.error)

    def test_check_says_so_before(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        ewaybill = self.prepare(move)
        move.action_post()
        self.generated_by_odoo(move)
        findings = self.env["l10n_in.irp.validator"]._check(move)
        [finding] = [one for one in findings if one.record == ewaybill]
        self.assertEqual(finding.kind, "other_ewaybill")
        self.assertIn(str(NUMBER), finding.reason)
        self.assertFalse(finding.blocking)

    def test_cancelled_one_of_odoos_is_in_nobodys_way(self):
        move = self.registered_invoice()
        bill = self.generated_by_odoo(move)
        bill.write({"cancel_reason": "1", "cancel_remarks": "twice"})
        bill._ewaybill_cancel()
        self.assertEqual(bill.state, "cancel")
        ewaybill = self.prepare(move)
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)

    def test_pending_one_of_odoos_is_in_nobodys_way(self):
        move = self.registered_invoice()
        self.odoo_ewaybill(move)
        ewaybill = self.prepare(move)
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)

    def test_refused_one_of_odoos_is_in_nobodys_way(self):
        move = self.registered_invoice()
        bill = self.odoo_ewaybill(move)
        self.relay.generate = lambda: {"error": [{"code": "720", "message": "No"}]}
        bill.action_generate_ewaybill()
        self.assertEqual(bill.blocking_level, "error")
        self.prepare(move).action_generate()
        self.assertEqual(move.l10n_in_irp_ewaybill_id.state, "registered")

    def test_unanswered_one_of_odoos_may_exist(self):
        move = self.registered_invoice()
        ewaybill = self.prepare(move)
        bill = self.odoo_ewaybill(move)
        self.relay.failure = AccessError("timed out")
        bill.action_generate_ewaybill()
        self.assertEqual(bill.state, "pending")
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "rejected")
        self.assertIn("got no response", ewaybill.error)
        bill.unlink()
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)

    def test_unanswered_one_by_irn_may_exist(self):
        move = self.registered_invoice()
        self.registered_by_edi(move)
        bill = self.odoo_ewaybill(move)
        self.relay.failure = AccessError("timed out")
        bill.action_generate_ewaybill()
        self.assertEqual(self.relay.services, ["generate_ewaybill_by_irn"])
        with self.assertRaisesRegex(UserError, "got no response"):
            move.action_l10n_in_irp_ewaybill()
        self.relay.failure = None
        bill.action_generate_ewaybill()
        self.assertEqual(bill.state, "generated", bill.error_message)
        with self.assertRaisesRegex(UserError, str(NUMBER)):
            move.action_l10n_in_irp_ewaybill()

    def test_one_that_odoo_is_generating_counts(self):
        move = self.registered_invoice()
        bill = self.odoo_ewaybill(move)
        self.env.flush_all()
        words = move._l10n_in_irp_other_ewaybill
        self.assertEqual(words(lock=True), "")
        # as if another transaction held it
        self.patch(type(bill), "try_lock_for_update", lambda self: self.browse())
        self.assertIn("Try again in a minute", words(lock=True))
        self.assertEqual(words(), "", "to read is not to lock")

    def test_odoos_own_is_not_recorded_twice(self):
        move = self.registered_invoice()
        bill = self.generated_by_odoo(move)
        self.portal().attach_eway_bill(
            move.l10n_in_irp_irn, NUMBER, "2026-01-16 23:59:00"
        )
        self.assertEqual(bill.name, str(NUMBER))
        document = move.l10n_in_irp_document_id.sudo()
        found = self.other_client().get_irn(document.irn)
        self.assertEqual(found.ewb_number, str(NUMBER))
        document._adopt_ewaybill(found)
        self.assertFalse(move.l10n_in_irp_ewaybill_ids)

    # ------------------------------------------------------------------
    # Ours blocks Odoo's
    # ------------------------------------------------------------------

    def ours(self, state="registered"):
        """Return an invoice and Odoo's prepared e-way bill, with ours in a given
        state."""
        move = self.registered_invoice()
        bill = self.odoo_ewaybill(move)
        ewaybill = self.prepare(move)
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        self.forge(ewaybill, state=state)
        return move, bill, ewaybill

    def assert_not_made(self, bill, words):
        for generate in (bill.action_generate_ewaybill, bill._generate_ewaybill):
            with self.assertRaisesRegex(UserError, words):
                generate()
        self.assertEqual(bill.state, "pending")
        self.assertEqual(self.relay.services, [])

    def test_none_of_odoos_beside_ours(self):
        move, bill, ewaybill = self.ours()
        self.assert_not_made(bill, f"{move.name}.*{ewaybill.number}.*Demo")
        self.assertTrue(move.l10n_in_irp_has_own_ewaybill)

    def test_none_of_odoos_by_irn_beside_ours(self):
        move, bill, ewaybill = self.ours()
        self.registered_by_edi(move)
        self.assertTrue(bill.is_process_through_irn)
        self.assert_not_made(bill, ewaybill.number)
        with self.assertRaisesRegex(UserError, ewaybill.number):
            bill._generate_ewaybill_by_irn()
        self.assertEqual(self.relay.services, [])

    def test_by_irn_without_ours(self):
        move = self.registered_invoice()
        self.registered_by_edi(move)
        bill = self.odoo_ewaybill(move)
        bill.action_generate_ewaybill()
        self.assertEqual(bill.state, "generated", bill.error_message)
        self.assertTrue(bill.is_sent_through_irn)
        with self.assertRaisesRegex(UserError, str(NUMBER)):
            move.action_l10n_in_irp_ewaybill()

    def test_one_of_ours_that_may_exist(self):
        for state in ("to_register", "sending", "unknown", "unclear", "cancelling"):
            with self.subTest(state):
                move, bill, ewaybill = self.ours(state)
                self.assert_not_made(bill, "may exist on the portal")
                self.assertIn(
                    ewaybill._status_label(), move._l10n_in_irp_own_ewaybill()
                )

    def test_one_of_ours_that_does_not_exist(self):
        for state in ("draft", "rejected", "cancelled"):
            with self.subTest(state):
                _move, bill, _ewaybill = self.ours(state)
                bill.action_generate_ewaybill()
                self.assertEqual(bill.state, "generated", bill.error_message)

    def test_registration_with_transport_that_may_exist(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        self.prepare(move)
        move.action_post()
        bill = self.odoo_ewaybill(move)
        self.process(FaultyTransport("lost"))
        self.assertEqual(move.l10n_in_irp_state, "unknown")
        self.assert_not_made(bill, "being registered with the IRP together")
        move.l10n_in_irp_document_id.sudo().state = "unclear"
        self.assert_not_made(bill, "being registered with the IRP together")

    def test_registration_without_transport_is_in_nobodys_way(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        bill = self.odoo_ewaybill(move)
        self.process(FaultyTransport("lost"))
        self.assertEqual(move.l10n_in_irp_state, "unknown")
        bill.action_generate_ewaybill()
        self.assertEqual(bill.state, "generated", bill.error_message)

    def test_none_of_odoos_is_created_beside_ours(self):
        move = self.registered_invoice()
        self.prepare(move).action_generate()
        with self.assertRaisesRegex(UserError, move.l10n_in_irp_ewaybill_id.number):
            move.action_l10n_in_ewaybill_create()

    def test_trial_that_the_company_has_left(self):
        _move, bill, ewaybill = self.ours()
        self.company.l10n_in_irp_environment = "production"
        bill.action_generate_ewaybill()
        self.assertEqual(bill.state, "generated", bill.error_message)
        self.assertEqual(ewaybill.state, "registered")

    def test_production_counts_for_good(self):
        move, bill, ewaybill = self.ours()
        ewaybill.sudo().environment = "production"
        self.company.l10n_in_irp_enabled = False
        self.assert_not_made(bill, ewaybill.number)
        self.assertTrue(move.l10n_in_irp_has_own_ewaybill)

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def test_whoever_may_not_see_odoos(self):
        move = self.registered_invoice()
        self.generated_by_odoo(move)
        self.env["ir.model.access"].sudo().search(
            [("model_id.model", "=", "l10n.in.ewaybill")]
        ).unlink()
        with self.assertRaises(AccessError):
            self.env["l10n.in.ewaybill"].search([])
        with self.assertRaisesRegex(UserError, str(NUMBER)):
            move.action_l10n_in_irp_ewaybill()
        self.assertTrue(move.l10n_in_irp_has_other_ewaybill)

    def test_whoever_may_not_see_invoices(self):
        move, bill, ewaybill = self.ours()
        clerk = new_test_user(
            self.env(su=True),
            "ewaybill_clerk",
            groups="base.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        access = self.env["ir.model.access"].sudo()
        access.create(
            {
                "name": "clerk",
                "model_id": self.env["ir.model"]._get_id("l10n.in.ewaybill"),
                "group_id": self.env.ref("base.group_user").id,
                "perm_read": True,
                "perm_write": True,
            }
        )
        with self.assertRaises(AccessError):
            move.with_user(clerk).check_access("read")
        with self.assertRaisesRegex(UserError, ewaybill.number):
            bill.with_user(clerk)._lock_ewaybill()

    # ------------------------------------------------------------------
    # Screens and paper
    # ------------------------------------------------------------------

    def html(self, move):
        report = self.env["ir.actions.report"].sudo()
        content = report._render_qweb_html("account.report_invoice", move.ids)[0]
        return content.decode()

    def test_one_ewaybill_is_printed(self):
        move, bill, ewaybill = self.ours()
        self.assertEqual(bill.state, "pending")
        html = self.html(move)
        self.assertIn(ewaybill.number, html)
        self.assertNotIn("E-waybill:", html)
        other = self.registered_invoice()
        self.generated_by_odoo(other)
        html = self.html(other)
        self.assertIn(str(NUMBER), html)
        self.assertIn("E-waybill:", html)

    def test_buttons(self):
        form = self.env["account.move"].get_view(view_type="form")["arch"]
        buttons = {
            button.get("name"): button.get("invisible", "")
            for button in etree.fromstring(form).iter("button")
        }
        other, own = "l10n_in_irp_has_other_ewaybill", "l10n_in_irp_has_own_ewaybill"
        for name in ("action_l10n_in_irp_ewaybill", "action_l10n_in_irp_movement"):
            self.assertIn(other, buttons[name])
        self.assertIn(own, buttons["action_l10n_in_ewaybill_create"])
