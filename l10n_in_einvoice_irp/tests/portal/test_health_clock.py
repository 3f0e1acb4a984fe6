import base64
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

from odoo.tests import tagged

from ...irp import Response
from ..common import IrpCommon

NOW = datetime(2026, 1, 15, 6, 30, tzinfo=timezone.utc)


class DatedTransport:
    """A transport whose answers show a clock that is ahead by some seconds."""

    def __init__(self, seconds):
        self.date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)

    def __call__(self, inner):
        self._inner = inner
        return self

    def send(self, request):
        answer = self._inner.send(request)
        headers = {**answer.headers, "Date": self.date}
        return Response(answer.status, headers, answer.body)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestHealthClock(IrpCommon):
    def ask(self, seconds):
        company = self.default_company.with_context(
            l10n_in_irp_wrap_transport=DatedTransport(seconds)
        )
        return self.env["l10n_in.irp.health"]._ask(company, "demo")

    def test_a_clock_in_step(self):
        for seconds in (-59, 0, 30, 59):
            with self.subTest(seconds):
                row = self.ask(seconds)
                self.assertEqual(row.clock_state, "in_step")
                self.assertFalse(row._clock_warning())

    def test_a_clock_out_of_step_is_stored_and_warned_of(self):
        with self.assertLogs("odoo.addons.l10n_in_einvoice_irp", "WARNING") as logs:
            row = self.ask(95)
        self.assertIn("95 seconds behind", logs.output[0])
        self.assertEqual(row.clock_difference, 95)
        self.assertEqual(row.clock_state, "out_of_step")
        with self.assertLogs("odoo.addons.l10n_in_einvoice_irp", "WARNING"):
            row = self.ask(-95)
        # as whole seconds have it: one less is sure
        self.assertEqual(row.clock_difference, -94)
        self.assertIn("94 seconds ahead of", row._clock_warning())
        self.assertIn("NTP", row._clock_warning())

    def test_without_a_date_nothing_is_claimed(self):
        self.ask(30)
        row = self.env["l10n_in.irp.health"]._ask(self.default_company, "demo")
        self.assertFalse(row.clock_state)
        self.assertFalse(row.clock_difference)

    def test_settings_show_it(self):
        with self.assertLogs("odoo.addons.l10n_in_einvoice_irp", "WARNING"):
            row = self.ask(95)
        settings = self.env["res.config.settings"].sudo().new({})
        settings.company_id = self.default_company
        self.assertEqual(settings.l10n_in_irp_health_state, "clock")
        kind, message = settings._l10n_in_irp_health_message(row)
        self.assertEqual(kind, "warning")
        self.assertIn("95 seconds", message)

    def test_connection_test_warns(self):
        portal = self.portal()
        gstin = self.default_company.vat
        portal.add_user(gstin, "user", "password", "client", "secret")
        credential = (
            self.env["l10n_in.irp.credential"]
            .sudo()
            .create(
                {
                    "company_id": self.default_company.id,
                    "username": "user",
                    "password": "password",
                    "client_id": "client",
                    "client_secret": "secret",
                    "auth_key": base64.b64encode(portal.auth_public_key),
                }
            )
        )
        dated = DatedTransport(95)
        credential = credential.with_context(
            l10n_in_irp_wrap_transport=lambda _inner: dated(self.demo_transport(portal))
        )
        with self.assertLogs("odoo.addons.l10n_in_einvoice_irp", "WARNING"):
            shown = credential.action_test_connection()["params"]
        self.assertEqual(shown["type"], "warning")
        self.assertIn("95 seconds behind", shown["message"])
