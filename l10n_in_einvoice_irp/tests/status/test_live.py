import json
from unittest.mock import patch

from odoo.tests import new_test_user, tagged

from odoo.addons.bus.models import ir_websocket

from ...models.status.live import CHANNEL
from ..common import IrpCommon


class Session:
    """A session of a user who is logged in."""

    uid = 1


class Request:
    session = Session()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLive(IrpCommon):
    """Screens learn which invoices changed, after the outcome is stored."""

    def messages(self):
        """Return what the commit of this transaction sends, by channel."""
        bus = self.env["bus.bus"].sudo()
        before = bus.search([])
        with self.enter_registry_test_mode():
            self.env.cr.postcommit.run()
        return [
            (json.loads(one.channel), json.loads(one.message)["payload"])
            for one in bus.search([]) - before
            if CHANNEL in one.channel
        ]

    def test_one_message_names_all_that_changed(self):
        moves = self.make_invoice() + self.make_invoice()
        self.messages()
        self.assertFalse(self.messages(), "sent once")
        self.process()
        documents = moves.l10n_in_irp_document_id
        [(channel, ids)] = self.messages()
        self.assertEqual(channel[1:], ["res.company", self.default_company.id, CHANNEL])
        self.assertEqual(
            ids, {"account.move": moves.ids, "l10n_in.irp.document": documents.ids}
        )

    def test_nothing_is_sent_without_a_change_of_status(self):
        move = self.make_invoice()
        self.messages()
        move.l10n_in_irp_document_id.sudo().attempt = 3
        self.assertFalse(self.messages())

    def test_rollback_sends_nothing(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.make_invoice()
            raise ZeroDivisionError
        self.env.cr.postcommit.clear()
        self.assertFalse(self.messages())

    def test_a_failure_does_not_reach_the_outcome(self):
        self.make_invoice()
        bus = self.registry["bus.bus"]
        with (
            patch.object(bus, "_sendone", side_effect=ValueError("the bus is full")),
            self.assertLogs("odoo.addons.l10n_in_einvoice_irp", "WARNING") as logged,
        ):
            self.messages()
        self.assertIn("screens were not updated", logged.output[0])

    def test_only_who_reads_the_registrations_listens(self):
        users = {
            "accountant": self.accountant,
            "employee": self.new_user("irp_employee", "base.group_user"),
            "customer": self.new_user("irp_customer", "base.group_portal"),
            "auditor": self.new_user(
                "irp_auditor", "base.group_user,account.group_account_readonly"
            ),
        }
        listening = {
            name: {
                channel[0].id for channel in self.channels(user) if CHANNEL in channel
            }
            for name, user in users.items()
        }
        ours = set(self.default_company.ids)
        self.assertEqual(
            listening,
            {"accountant": ours, "auditor": ours, "employee": set(), "customer": set()},
        )

    def new_user(self, login, groups):
        return new_test_user(
            self.env(su=True), login, groups, company_id=self.default_company.id
        )

    def channels(self, user):
        with patch.object(ir_websocket, "wsrequest", Request):
            found = self.env["ir.websocket"].with_user(user)._build_bus_channel_list([])
        return [channel for channel in found if isinstance(channel, tuple)]
