from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.tests import Form, new_test_user

from ...models.queue import queue
from ..common import FaultyTransport, IrpCommon

AFTER_THE_WINDOW = "2026-01-20 06:30:00"
ASKED = datetime(2026, 1, 15, 6, 30)


class SettleCommon(IrpCommon):
    """An accountant whose records the portal no longer answers for, and a manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_a.sudo().l10n_in_hsn_code = "820750"
        cls.manager = new_test_user(
            cls.env(su=True),
            "irp_manager",
            groups="base.group_user,account.group_account_manager",
            company_id=cls.default_company.id,
            company_ids=[Command.set(cls.default_company.ids)],
        )

    def registered(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered", move.l10n_in_irp_error)
        return move

    def lose_cancellation(self, record, fault="lost"):
        """Ask to cancel an invoice's IRN or an e-way bill; the answer is lost."""
        if record._name == "account.move":
            action = record.button_request_cancel()
        else:
            action = record.action_cancel()
        wizard = record.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"reason": "3", "remark": "Order Cancelled"})
        transport = FaultyTransport(fault)
        wizard.with_context(l10n_in_irp_wrap_transport=transport).action_cancel()
        return wizard

    def run_queue(self, transport=None):
        queue.free_orphans(self.env)
        for name in ("l10n_in.irp.document", "l10n_in.irp.ewaybill"):
            self.due(name, transport)._process_now()
        self.look_after()

    def unclear_cancellation(self):
        """Return an invoice whose cancellation the portal carried out but no longer
        reports."""
        move = self.registered()
        self.lose_cancellation(move)
        with freeze_time(AFTER_THE_WINDOW):
            self.run_queue()
        return move

    def settle(self, record, word, user=None, **values):
        """Press 'Settle by Hand' as the manager, and fill in the dialog."""
        record = record.with_user(user or self.manager)
        method = "action_settle"
        if record._name == "account.move":
            method = "action_l10n_in_irp_settle"
        action = getattr(record, method)()
        wizard = record.env[action["res_model"]].browse(action["res_id"])
        with Form(wizard) as form:
            names = ("known_word", "irn_word", "ewb_word")
            for name in names:
                if not form._get_modifier(name, "invisible"):
                    setattr(form, name, word)
            form.remark = values.pop("remark", "Seen on the portal's page")
            for name, value in values.items():
                setattr(form, name, value)
        wizard.action_settle()
        return wizard

    def alert(self, move, user=None, name="l10n_in_irp"):
        return move.with_user(user or self.accountant)._get_alerts().get(name, {})

    def prepared(self, move, **values):
        """Return an e-way bill of an invoice, filled in by the accountant."""
        action = move.action_l10n_in_irp_ewaybill()
        ewaybill = self.env[action["res_model"]].browse(action["res_id"])
        ewaybill.write({"vehicle_number": "MH12AB1234", "distance": 0, **values})
        return ewaybill

    def generated(self, **values):
        ewaybill = self.prepared(self.registered(), **values)
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        return ewaybill

    def press(self, alert, user=None):
        """Press the button of a banner; return what opens, and the action that opens
        it."""
        action = alert["action"]
        actions = self.env["ir.actions.server"].with_user(user or self.accountant)
        run = actions.browse(action["id"]).with_context(**action["context"]).run()
        env = self.env(user=user or self.accountant)
        return env[run["res_model"]].browse(run.get("res_id")), run
