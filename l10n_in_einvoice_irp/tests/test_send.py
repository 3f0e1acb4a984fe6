from odoo.tests import tagged

from .common import FaultyTransport, IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSend(IrpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.default_company.sudo().l10n_in_irp_register_on = "send"

    def send(self, move, **context):
        wizard = (
            self.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=move.ids, **context)
            .create({"sending_methods": ["manual"]})
        )
        self.assertIn("l10n_in_irp", wizard.extra_edis or {})
        wizard.action_send_and_print()

    def test_registers_before_the_pdf_is_made(self):
        move = self.make_invoice()
        self.assertFalse(move.l10n_in_irp_state, "nothing is queued on posting")
        self.send(move)
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertTrue(move.invoice_pdf_report_id)

    def test_registered_invoice_is_not_offered_again(self):
        move = self.make_invoice()
        move.action_l10n_in_irp_register()
        send = self.env["account.move.send"]
        self.assertNotIn("l10n_in_irp", send._get_default_extra_edis(move))
        attachments = send._get_invoice_extra_attachments(move)
        self.assertIn(move.l10n_in_irp_document_id.signed_attachment_id, attachments)

    def test_offered_but_not_ticked_for_who_registers_by_hand(self):
        self.default_company.sudo().l10n_in_irp_register_on = "manual"
        move = self.make_invoice()
        send = self.env["account.move.send"]
        self.assertTrue(send._is_l10n_in_irp_applicable(move))
        self.assertNotIn("l10n_in_irp", send._get_default_extra_edis(move))

    def test_refused_invoice_is_not_sent(self):
        self.partner_a.sudo().zip = False
        move = self.make_invoice()
        moves_data = {
            move: {"extra_edis": {"l10n_in_irp"}, "sending_methods": {"manual"}}
        }
        self.env["account.move.send"]._call_web_service_before_invoice_pdf_render(
            moves_data
        )
        error = moves_data[move]["error"]
        self.assertIn("Zip", error["errors"][0])
        self.assertFalse(error["retry"])

    def test_lost_answer_stops_the_sending(self):
        move = self.make_invoice().with_context(
            l10n_in_irp_wrap_transport=FaultyTransport("lost")
        )
        moves_data = {move: {"extra_edis": {"l10n_in_irp"}}}
        self.env["account.move.send"].with_context(
            **move.env.context
        )._call_web_service_before_invoice_pdf_render(moves_data)
        self.assertEqual(move.l10n_in_irp_state, "unknown")
        self.assertIn("error", moves_data[move])

    def test_earlier_pdf_is_put_aside(self):
        move = self.make_invoice()
        self.env["ir.attachment"].sudo().create(
            {
                "name": "early.pdf",
                "raw": b"%PDF-1.4",
                "res_model": "account.move",
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        move.invalidate_recordset()
        self.assertTrue(move.invoice_pdf_report_id)
        move.action_l10n_in_irp_register()
        move.invalidate_recordset()
        self.assertFalse(move.invoice_pdf_report_id)
        names = move.attachment_ids.sudo().mapped("name")
        self.assertTrue([name for name in names if name.startswith("early")])

    def test_till_does_not_wait_for_the_portal(self):
        """The point of sale sends like this, within the order's transaction."""
        for moment in ("send", "posting"):
            self.default_company.sudo().l10n_in_irp_register_on = moment
            transport = FaultyTransport()
            move = self.make_invoice().with_context(
                l10n_in_irp_wrap_transport=transport, skip_invoice_sync=True
            )
            move._generate_and_send(sending_methods=["manual"])
            self.assertEqual(transport.urls, [])
            self.assertEqual(move.l10n_in_irp_state, "to_register")
            self.assertTrue(move.l10n_in_irp_document_id.sudo().next_attempt_at)
            self.process()
            self.assertEqual(move.l10n_in_irp_state, "registered")
