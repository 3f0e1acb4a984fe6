from lxml import etree

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ..queue.common import SettleCommon

MOST_BUTTONS = 6


class FieldsOf(dict):
    """The values of a record, as a view's expressions read them."""

    def __init__(self, record):
        super().__init__(context={}, parent=None)
        self._record = record

    def __contains__(self, name):
        return name in self._record._fields or super().__contains__(name)

    def __missing__(self, name):
        field, value = self._record._fields[name], self._record[name]
        if field.type == "many2one":
            return value.id
        return value.ids if field.relational else value


@tagged("post_install_l10n", "post_install", "-at_install")
class TestHeader(SettleCommon):
    """The buttons above an invoice, as a plain accountant sees them."""

    def buttons(self, move):
        view = self.env.ref("account.view_move_form").sudo(False)
        arch = self.env["account.move"].get_view(view.id, "form")["arch"]
        header = etree.fromstring(arch).find(".//header")
        return [
            button
            for button in header.iter("button")
            if not self.is_hidden(button.get("invisible"), move)
        ]

    @staticmethod
    def is_hidden(expression, move):
        names = [name for name in move._fields if name in (expression or "")]
        values = FieldsOf(move)
        return safe_eval(expression or "False", {name: values[name] for name in names})

    def assert_buttons(self, move, *wanted, without=()):
        # as a new request reads it: some of Odoo's fields do not name all they read
        move.invalidate_recordset()
        names = [button.get("name") for button in self.buttons(move)]
        self.assertLessEqual(len(names), MOST_BUTTONS, names)
        for name in wanted:
            self.assertIn(name, names)
        for name in without:
            self.assertNotIn(name, names)

    def test_at_most_six_in_every_state(self):
        self.default_company.sudo().l10n_in_irp_register_on = "manual"
        draft = self.make_invoice(self.partner_b, self.igst_sale_18, post=False)
        self.assert_buttons(draft, "action_post", "action_l10n_in_irp_ewaybill")
        draft.action_post()
        self.assert_buttons(
            draft,
            "action_l10n_in_irp_register",
            without=("action_l10n_in_irp_ewaybill", "action_l10n_in_irp_download"),
        )
        draft.action_l10n_in_irp_register()
        self.assert_buttons(
            draft, "button_request_cancel", "action_l10n_in_irp_ewaybill"
        )
        self.lose_cancellation(draft)
        self.assert_buttons(draft, "action_l10n_in_irp_refresh")
        self.forge(draft.l10n_in_irp_document_id, state="cancelled")
        self.assert_buttons(draft, "action_l10n_in_irp_duplicate")

    def test_hotkeys_are_given_once(self):
        for move in (self.make_invoice(post=False), self.registered()):
            keys = [button.get("data-hotkey") for button in self.buttons(move)]
            keys = [key for key in keys if key]
            self.assertEqual(len(keys), len(set(keys)))

    def test_services_are_offered_no_ewaybill(self):
        line = {"l10n_in_hsn_code": "998314"}
        service = self.make_invoice(self.partner_b, self.igst_sale_18, line=line)
        self.process()
        self.assert_buttons(service, without=("action_l10n_in_irp_ewaybill",))
        with self.assertRaisesRegex(UserError, "services"):
            service.action_l10n_in_irp_ewaybill()

    def test_technical_ones_are_in_the_gear_menu(self):
        bound = self.env["ir.actions.actions"].get_bindings("account.move")["action"]
        names = {
            action["name"]
            for action in bound
            if "form" in (action.get("binding_view_types") or "")
        }
        self.assertLessEqual(
            {"Check e-Invoice", "Preview INV-01 JSON", "Download Signed JSON"}, names
        )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEntry(SettleCommon):
    """Values that are corrected as they are typed, and the cancel dialog."""

    def test_check_digit_of_a_gstin(self):
        partners = self.env["res.partner"].sudo()
        country = {"country_id": self.env.ref("base.in").id}
        spec = {"vat": {}, "country_id": {}}

        def typed(vat):
            values = {"vat": vat, **country}
            return partners.onchange(values, ["vat"], spec)

        sound = typed("27aaacs 0000-b1ze")
        self.assertEqual(sound["value"]["vat"], "27AAACS0000B1ZE")
        self.assertNotIn("warning", sound)
        wrong = typed("27AAACS0000B1ZX")
        self.assertIn("27AAACS0000B1ZX", wrong["warning"]["message"])
        country["country_id"] = self.env.ref("base.us").id
        self.assertNotIn("warning", typed("27AAACS0000B1ZX"))

    def test_vehicle_number_is_in_the_portals_form(self):
        ewaybill = self.prepared(self.registered(), vehicle_number="mh-12 ab 1234")
        self.assertEqual(ewaybill.vehicle_number, "MH12AB1234")
        with Form(ewaybill) as form:
            form.vehicle_number = "ka 01 x 9"
            self.assertEqual(form.vehicle_number, "KA01X9")

    def test_cancel_dialog_leads_to_the_active_ewaybill(self):
        ewaybill = self.generated()
        action = ewaybill.move_id.button_request_cancel()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn(ewaybill.number, wizard.ewaybill_note)
        first = wizard.action_ewaybill()
        self.assertEqual(first["res_model"], "l10n_in.irp.ewaybill.cancel")
        self.env[first["res_model"]].browse(first["res_id"]).action_cancel()
        wizard.invalidate_recordset()
        self.assertFalse(wizard.ewaybill_note)
        wizard.action_cancel()
        self.assertEqual(ewaybill.move_id.l10n_in_irp_state, "cancelled")

    def test_goods_without_tax_are_not_called_services(self):
        """They are reported as other charges, and the other line is a service."""
        move = self.make_invoice(
            self.partner_b,
            self.igst_sale_18,
            line={"l10n_in_hsn_code": "998314"},
            post=False,
        )
        free = {"product_id": self.product_a.id, "price_unit": 0, "tax_ids": []}
        move.invoice_line_ids = [Command.create(free)]
        move.action_post()
        self.process()
        ewaybill = self.prepared(move)
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "rejected")
        self.assertNotIn("All lines are services", ewaybill.error)
