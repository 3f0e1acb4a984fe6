from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ...irp import IrpRejected, PortalError
from ...models.queue.evidence import compact
from ..common import FaultyTransport, IrpCommon


class BannerCommon(IrpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # as Odoo gives it to every new user
        cls.accountant.sudo().group_ids += cls.env.ref("base.group_partner_manager")

    def alerts(self, move, user=None):
        move = move.with_user(user) if user else move
        move.invalidate_recordset(["alerts", "l10n_in_warning"])
        return move._get_alerts()

    def alert(self, move, user=None):
        return self.alerts(move, user).get("l10n_in_irp", {})

    def without_pin(self, **values):
        self.partner_b.sudo().zip = False
        return self.make_invoice(self.partner_b, self.igst_sale_18, **values)

    def repair(self, move, **values):
        """Open the dialog from the banner, and fill in its rows by field."""
        action = self.alert(move)["action"]
        server = self.env["ir.actions.server"].browse(action["id"])
        opened = server.with_context(**action["context"]).run()
        wizard = self.env[opened["res_model"]].browse(opened["res_id"])
        for line in wizard.line_ids:
            value = values.get(line.field_name)
            if value is None:
                continue
            name = {"uqc": "uqc", "state": "state_id"}.get(line.kind, "text_value")
            line[name] = value
        return wizard


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBanner(BannerCommon):
    """The banner follows the data, without a button being pressed."""

    def test_draft_shows_its_faults_at_once(self):
        draft = self.without_pin(post=False)
        alert = self.alert(draft)
        self.assertEqual(alert["level"], "warning")
        self.assertIn(self.partner_b.name, alert["message"])
        self.assertIn("PIN Code", alert["message"])
        self.assertEqual(alert["action_text"], "Correct Now")
        self.partner_b.sudo().zip = "400001"
        self.assertFalse(self.alert(draft))

    def test_posted_one_says_until_when(self):
        company = self.default_company.sudo()
        company.write(
            {"l10n_in_irp_register_on": "manual", "l10n_in_irp_turnover": "10"}
        )
        alert = self.alert(self.without_pin())
        self.assertEqual(alert["level"], "danger")
        self.assertIn("until 13/02/2026", alert["message"])

    def test_corrected_one_offers_to_register(self):
        move = self.without_pin()
        self.process()
        self.assertEqual(move.l10n_in_irp_status, "invalid")
        self.partner_b.sudo().zip = "400001"
        alert = self.alert(move)
        self.assertEqual(alert["level"], "info")
        self.assertEqual(alert["action_text"], "Generate IRN")
        server = self.env["ir.actions.server"].browse(alert["action"]["id"])
        server.with_context(**alert["action"]["context"]).run()
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_fault_of_now_is_shown_not_that_of_the_last_attempt(self):
        move = self.without_pin()
        self.process()
        self.partner_b.sudo().write({"zip": "400001", "street": False})
        message = self.alert(move)["message"]
        self.assertNotIn("PIN Code", message)
        self.assertIn("Street", message)

    def test_hsn_has_one_banner(self):
        self.product_a.sudo().l10n_in_hsn_code = False
        self.default_company.sudo().l10n_in_hsn_code_digit = "6"
        draft = self.make_invoice(post=False)
        self.assertIn("HSN/SAC Code", self.alert(draft)["message"])
        self.assertNotIn("invalid_hsn_code_length", draft.l10n_in_warning or {})
        draft.invoice_line_ids.l10n_in_hsn_code = "8207"
        self.alerts(draft)
        self.assertIn("invalid_hsn_code_length", draft.l10n_in_warning)

    def test_no_banner_where_nothing_is_registered(self):
        self.partner_a.sudo().zip = False
        consumer = self.partner_a.sudo().copy(
            {"vat": False, "l10n_in_gst_treatment": "consumer"}
        )
        self.assertNotIn("l10n_in_irp", self.alerts(self.make_invoice(consumer)))
        draft = self.env["account.move"].create({"move_type": "out_invoice"})
        self.assertNotIn("l10n_in_irp", self.alerts(draft))

    def test_reader_is_offered_no_correction(self):
        reader = new_test_user(
            self.env(su=True),
            "irp_reader",
            groups="base.group_user,account.group_account_readonly",
            company_id=self.default_company.id,
            company_ids=[Command.set(self.default_company.ids)],
        )
        alert = self.alert(self.without_pin(), reader)
        self.assertNotEqual(alert.get("action_text"), "Correct Now")
        self.assertIn("do not have the rights", alert["message"])

    def test_who_may_not_write_contacts_is_told_whom_to_ask(self):
        self.accountant.sudo().group_ids -= self.env.ref("base.group_partner_manager")
        alert = self.alert(self.without_pin())
        self.assertNotEqual(alert["action_text"], "Correct Now")
        self.assertIn("Contact", alert["message"])

    def test_administrator_is_led_to_the_missing_credential(self):
        self.default_company.sudo().l10n_in_irp_environment = "production"
        move = self.make_invoice()
        self.process()
        self.assertIn("Ask an administrator", self.alert(move)["message"])
        self.assertNotIn("action", self.alert(move))
        self.accountant.sudo().group_ids += self.env.ref("base.group_system")
        alert = self.alert(move)
        self.assertEqual(alert["action_text"], "Add IRP Credential")
        self.assertEqual(alert["action"]["res_model"], "l10n_in.irp.credential")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRepair(BannerCommon):
    """The dialog of the banner, as a plain accountant fills it in."""

    def test_pin_code_is_corrected_for_all_that_wait(self):
        moves = [self.without_pin() for _ in range(3)]
        self.process()
        wizard = self.repair(moves[0], zip="4000 01")
        self.assertEqual(wizard.waiting, 2)
        done = wizard.action_apply()
        self.assertEqual(self.partner_b.zip, "400001")
        self.assertIn("2 other invoices", done["params"]["message"])
        transport = FaultyTransport()
        self.process(transport)
        self.assertEqual([move.l10n_in_irp_state for move in moves], ["registered"] * 3)

    def test_wrong_values_are_refused_with_the_reason(self):
        wizard = self.repair(self.without_pin(), zip="110001")
        self.assertIn("not in", wizard.line_ids.problem)
        for wrong in ("12", "0560001", "", "999999"):
            wizard.line_ids.text_value = wrong
            self.assertTrue(wizard.line_ids.problem, wrong)
            with self.assertRaises(UserError):
                wizard.action_apply()
        self.assertFalse(self.partner_b.zip)

    def test_hsn_of_a_posted_line_without_right_to_the_product(self):
        self.product_a.sudo().l10n_in_hsn_code = False
        move, other, third = (self.make_invoice() for _ in range(3))
        self.process()
        wizard = self.repair(move, l10n_in_hsn_code="82075000")
        self.assertIn("may not change", wizard.line_ids.note)
        self.assertEqual(wizard.waiting, 2)
        wizard.line_ids.also_master = False
        wizard.action_apply()
        self.assertEqual(move.invoice_line_ids.l10n_in_hsn_code, "82075000")
        self.assertFalse(other.invoice_line_ids.l10n_in_hsn_code)
        self.repair(other, l10n_in_hsn_code="82075000").action_apply()
        self.assertFalse(self.product_a.l10n_in_hsn_code)
        self.process()
        for one in (move, other, third):
            self.assertEqual(one.invoice_line_ids.l10n_in_hsn_code, "82075000")
            self.assertEqual(one.l10n_in_irp_state, "registered")

    def test_hsn_of_the_product_and_of_what_waits_for_it(self):
        self.accountant.sudo().group_ids += self.env.ref(
            "product.group_product_manager"
        )
        self.product_a.sudo().l10n_in_hsn_code = False
        move, other = self.make_invoice(), self.make_invoice()
        self.process()
        wizard = self.repair(move, l10n_in_hsn_code="8207")
        self.assertTrue(wizard.line_ids.also_master)
        self.assertEqual(wizard.waiting, 1)
        wizard.line_ids.also_master = False
        self.assertEqual(wizard.waiting, 0)
        wizard.line_ids.also_master = True
        wizard.action_apply()
        self.assertEqual(self.product_a.l10n_in_hsn_code, "8207")
        self.process()
        for one in (move, other):
            self.assertEqual(one.invoice_line_ids.l10n_in_hsn_code, "8207")
            self.assertEqual(one.l10n_in_irp_state, "registered")

    def test_uqc_is_written_on_the_line_alone(self):
        self.product_a.sudo().uom_id.l10n_in_code = False
        move = self.make_invoice()
        self.process()
        wizard = self.repair(move)
        with self.assertRaisesRegex(UserError, "Choose the UQC"):
            wizard.action_apply()
        wizard.line_ids.uqc = "NOS"
        wizard.action_apply()
        self.assertEqual(move.invoice_line_ids.l10n_in_irp_uqc, "NOS")
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_several_faults_in_one_dialog(self):
        self.product_a.sudo().l10n_in_hsn_code = False
        self.partner_b.sudo().write({"zip": False, "city": False})
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        self.process()
        wizard = self.repair(move)
        self.assertEqual(
            set(wizard.line_ids.mapped("field_name")),
            {"zip", "city", "l10n_in_hsn_code"},
        )
        with Form(wizard) as form:
            values = {"zip": "400001", "city": "Mumbai", "l10n_in_hsn_code": "8207"}
            for index in range(3):
                with form.line_ids.edit(index) as line:
                    line.text_value = values[line.field_name]
                    self.assertFalse(line.problem)
        wizard.action_apply()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_state_comes_from_the_gstin(self):
        self.partner_b.sudo().state_id = False
        wizard = self.repair(self.make_invoice(self.partner_b, self.igst_sale_18))
        state = wizard.line_ids.filtered(lambda line: line.kind == "state")
        self.assertEqual(state.state_id.l10n_in_tin, self.partner_b.vat[:2])

    def test_registered_invoice_is_not_changed(self):
        wizard = self.repair(move := self.without_pin(), zip="400001")
        self.partner_b.sudo().zip = "400001"
        move.action_l10n_in_irp_register()
        with self.assertRaisesRegex(UserError, "no longer"):
            wizard.action_apply()

    def test_no_other_field_is_written(self):
        wizard = self.repair(self.without_pin(), zip="400001")
        wizard.line_ids.sudo().write({"field_name": "comment"})
        with self.assertRaises(UserError):
            wizard.action_apply()

    def test_reader_cannot_open_it(self):
        move = self.without_pin()
        reader = new_test_user(
            self.env(su=True),
            "irp_reader",
            groups="base.group_user,account.group_account_readonly",
            company_id=self.default_company.id,
            company_ids=[Command.set(self.default_company.ids)],
        )
        with self.assertRaises(AccessError):
            move.with_user(reader).action_l10n_in_irp_repair()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRefused(BannerCommon):
    """Refusals of the portal itself, and their correction."""

    def refused(self, move, code, text, record=None):
        document = move.l10n_in_irp_document_id
        if record:
            self.changed(record, "2026-01-15 06:00:00")
        self.forge(
            document,
            state="rejected",
            sent_at="2026-01-15 06:30:00",
            error_code=code,
            error=f"{code}: {text}",
            error_model=record and record._name,
            error_res_id=record and record.id,
        )
        return move

    def changed(self, record, moment):
        """Let a record have been changed at a moment; the database's clock is real."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = %s WHERE id = %s", [moment, record.id]
        )
        record.invalidate_recordset()

    def test_pin_code_that_the_portal_refused(self):
        text = "Pincode -400001 of buyer does not belong to his/her State - 27"
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        self.refused(move, "3039", text, self.partner_b)
        wizard = self.repair(move, zip="400002")
        self.assertEqual(set(wizard.line_ids.mapped("field_name")), {"zip", "state_id"})
        self.assertIn("400001", wizard.line_ids[0].reason)
        wizard.action_apply()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_hsn_that_the_portal_does_not_have(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        line = move.invoice_line_ids
        line.l10n_in_hsn_code = "82075099"
        self.refused(move, "2176", "HSN code(s)-82075099 is invalid")
        wizard = self.repair(move, l10n_in_hsn_code="82075000")
        wizard.action_apply()
        self.assertEqual(line.l10n_in_hsn_code, "82075000")

    def test_record_changed_since_offers_to_send_again(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        self.refused(move, "3028", "GSTIN -X is invalid.", self.partner_b)
        self.changed(self.partner_b, "2026-01-15 07:00:00")
        self.assertEqual(self.alert(move)["action_text"], "Generate IRN")

    def test_schema_refusal_names_record_and_field(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        document = move.l10n_in_irp_document_id.sudo()
        faults = (
            PortalError("5002", "#/BuyerDtls/Pin: 12 is less than 100000"),
            PortalError("5002", "#/ItemList/0/HsnCd: too short"),
        )
        error = IrpRejected("refused", code="5002", violations=faults)
        invoice = self.env["l10n_in.irp.payload"].sudo()._build(move)
        self.forge(document, request=compact(invoice))
        values = document._error_values(error)
        self.assertIn(f"{self.partner_b.name}, Zip", values["error"])
        self.assertIn("HSN/SAC Code", values["error"])
        self.assertEqual(values["error_model"], "res.partner")
        self.assertEqual(values["error_res_id"], self.partner_b.id)
