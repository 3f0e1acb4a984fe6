import json

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import EdiCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTakeOver(EdiCommon):
    """An invoice registered by E-Invoicing becomes a registration of ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.become_manager()

    def take_over(self, moves):
        action = moves.action_l10n_in_irp_edi_take_over()
        return self.env[action["res_model"]].browse(action["res_id"]).line_ids

    def html(self, move):
        report = self.env["ir.actions.report"]
        content = report._render_qweb_html("account.report_invoice", move.ids)[0]
        return content.decode()

    def stored_answer(self, move):
        """Return the attachment in which E-Invoicing stores the portal's answer."""
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "account.move"),
                    ("res_id", "=", move.id),
                    ("res_field", "=", "l10n_in_edi_attachment_file"),
                ]
            )
        )

    def handed_out(self, move):
        """Return the JSON files that go to the buyer."""
        send = self.env["account.move.send"]
        attachments = send._get_invoice_extra_attachments(move)
        return attachments.filtered(lambda one: one.mimetype == "application/json")

    def test_adopted_after_checking(self):
        moves = self.sent_by_odoo() + self.sent_by_odoo()
        lines = self.take_over(moves)
        self.assertEqual(lines.mapped("result"), ["adopted", "adopted"])
        document = moves[0].l10n_in_irp_document_id
        answer = json.loads(self.stored_answer(moves[0]).raw)
        self.assertEqual(document.irn, answer["Irn"])
        self.assertEqual(document.signature_state, "verified")
        self.assertTrue(document.adopted)
        self.assertEqual(self.relay.services, [])
        self.assertEqual(set(self.take_over(moves).mapped("result")), {"known"})

    def test_difference_is_reported_and_changes_nothing(self):
        move = self.sent_by_odoo()
        self.partner_a.sudo().zip = "360002"
        line = self.take_over(move)
        self.assertEqual(line.result, "conflict")
        self.assertIn("BuyerDtls.Pin", line.message)
        self.assertFalse(move.l10n_in_irp_document_id)

    def test_forged_answer_is_refused(self):
        move, other = self.sent_by_odoo(), self.sent_by_odoo()
        attachment = self.stored_answer(move)
        answer = json.loads(attachment.raw)
        head, body, _signature = answer["SignedInvoice"].split(".")
        theirs = json.loads(self.stored_answer(other).raw)["SignedInvoice"]
        answer["SignedInvoice"] = ".".join((head, body, theirs.split(".")[2]))
        attachment.raw = json.dumps(answer).encode()
        self.assertEqual(self.take_over(move).result, "unproven")
        self.assertFalse(move.l10n_in_irp_document_id)

    def test_cancelled_by_odoo(self):
        move = self.sent_by_odoo()
        self.use_odoo()
        move.write(
            {"l10n_in_edi_cancel_reason": "1", "l10n_in_edi_cancel_remarks": "twice"}
        )
        move.button_request_cancel()
        self.use_direct()
        self.assertEqual(move.l10n_in_edi_status, "cancelled")
        self.assertFalse(move.l10n_in_irp_can_register)
        self.assertEqual(len(self.stored_answer(move)), 2)
        self.assertEqual(len(move._l10n_in_irp_edi_registrations()), 1)

    def test_only_what_odoo_has_registered(self):
        with self.assertRaisesRegex(UserError, "E-Invoicing has registered"):
            self.take_over(self.make_invoice())

    # ------------------------------------------------------------------
    # Afterwards
    # ------------------------------------------------------------------

    def test_one_qr_code_is_printed(self):
        move = self.sent_by_odoo()
        barcode = "/report/barcode/"
        self.assertEqual(self.html(move).count(barcode), 1)
        self.take_over(move)
        html = self.html(move)
        self.assertEqual(html.count(barcode), 0)
        self.assertEqual(html.count(move.l10n_in_irp_irn), 1)
        self.assertNotIn('name="ack_no"', html)

    def test_signed_answer_is_handed_out_once(self):
        move = self.sent_by_odoo()
        self.assertEqual(self.handed_out(move), move.l10n_in_edi_attachment_id)
        self.take_over(move)
        document = move.l10n_in_irp_document_id.sudo()
        self.assertEqual(self.handed_out(move), document.signed_attachment_id)

    def test_cancelled_where_it_is_registered_now(self):
        move = self.sent_by_odoo()
        self.take_over(move)
        action = move.button_request_cancel()
        self.assertEqual(action["res_model"], "l10n_in.irp.cancel")
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"reason": "3", "remark": "Order Cancelled"})
        wizard.action_cancel()
        self.assertEqual(move.l10n_in_irp_state, "cancelled")
        self.assertEqual(move.l10n_in_edi_status, "cancelled")
        self.assertEqual(move.state, "cancel")
        self.assertEqual(self.relay.services, [])

    def test_not_taken_over_is_cancelled_where_it_was_registered(self):
        move = self.sent_by_odoo()
        action = move.button_request_cancel()
        self.assertEqual(action["res_model"], "l10n_in_edi.cancel")
