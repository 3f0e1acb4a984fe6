from markupsafe import Markup

from odoo.tests import tagged

from .common import PrintCommon

TEXT = Markup("<p>Dear customer</p>")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMail(PrintCommon):
    """The registration in messages to the customer."""

    def body(self, move, text=TEXT):
        """Return the body of the message that Send & Print sends."""
        data = {
            "mail_attachments_widget": [],
            "author_partner_id": False,
            "mail_body": text,
            "mail_subject": "Invoice",
            "mail_partner_ids": [],
            "mail_lang": "en_US",
        }
        return self.env["account.move.send"]._get_mail_params(move, data)["body"]

    def registered(self, **forged):
        move = self.make_invoice()
        self.process()
        self.forge(move.l10n_in_irp_document_id, **forged)
        return move

    def test_message_names_the_registration(self):
        move = self.registered(environment="production")
        body = self.body(move)
        self.assertIn("Dear customer", body)
        self.assertIn(f"IRN {move.l10n_in_irp_irn}", body)
        self.assertIn(f"{move.l10n_in_irp_ack_number} dated 15/01/2026", body)

    def test_not_twice(self):
        move = self.registered(environment="production")
        text = TEXT + Markup("<p>%s</p>") % move.l10n_in_irp_irn
        self.assertEqual(self.body(move, text).count(move.l10n_in_irp_irn), 1)

    def test_only_what_is_registered_and_proven(self):
        test = self.body(self.registered())
        self.assertIn("TEST INVOICE", test)
        self.assertNotIn("IRN ", test)
        for forged in (
            {"environment": "production", "signature_state": "unchecked"},
            {"environment": "production", "state": "cancelled"},
        ):
            self.assertEqual(self.body(self.registered(**forged)), TEXT)
        self.assertEqual(self.body(self.make_invoice()), TEXT)

    def test_template_can_name_it(self):
        """The placeholders of docs/users.md."""
        move = self.registered()
        template = self.env["mail.template"].sudo()
        template = template.create(
            {
                "name": "Invoice with IRN",
                "model_id": self.env["ir.model"].sudo()._get_id("account.move"),
                "subject": "{{ object.name }} IRN {{ object.l10n_in_irp_irn }}",
                "body_html": """<p>IRN <t t-out="object.l10n_in_irp_irn"/>,
                    Ack. No. <t t-out="object.l10n_in_irp_ack_number"/> of
                    <t t-out="format_datetime(object.l10n_in_irp_ack_date,
                    tz='Asia/Kolkata', dt_format='dd/MM/yyyy HH:mm')"/></p>""",
            }
        )
        template = template.with_user(self.accountant)
        fields = ("subject", "body_html")
        made = template._generate_template(move.ids, fields)[move.id]
        irn = move.l10n_in_irp_irn
        self.assertEqual(made["subject"], f"{move.name} IRN {irn}")
        words = " ".join(made["body_html"].split())
        self.assertIn(f"IRN {irn}, Ack. No. {move.l10n_in_irp_ack_number} of", words)
        self.assertIn("15/01/2026 12:00", words)
