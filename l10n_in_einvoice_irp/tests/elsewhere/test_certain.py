from odoo.tests import tagged

from ...irp import IrpRateLimited
from ...models import locks
from ..ewaybill.test_ewaybill_system import OwnSystemCommon
from .common import ElsewhereCommon

DAILY = "odoo.addons.l10n_in_einvoice_irp.models.elsewhere.daily"
PORTAL_BILL = "odoo.addons.l10n_in_einvoice_irp.models.movement.portal_bill"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCertain(ElsewhereCommon):
    """Answers of the portal are stored once, whole, and never over newer data."""

    def test_fetches_of_one_company_adopt_one_after_the_other(self):
        company = self.default_company
        self.challan()
        task = f"ewaybills {company.id} {company.l10n_in_irp_environment}"
        is_held = """
            SELECT count(*) FROM pg_locks
             WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND classid = %s
               AND objid::bigint = hashtext(%s)::bigint & 4294967295
        """

        def held():
            self.env.cr.execute(is_held, [locks.TASKS, task])
            return self.env.cr.fetchone()[0]

        self.assertFalse(held())
        self.fetch()
        self.assertTrue(held())


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOwnUserAlone(OwnSystemCommon):
    """The e-way bill system is asked with its own user, also if the user for e-invoices
    is blocked."""

    def test_refused_login_to_the_irp_stops_no_look_up(self):
        self.give_user()
        bill, company = self.ewaybill(), self.default_company
        company = company.with_context(l10n_in_irp_wrap_transport=self.transport())
        self.credential.blocked_message = "1019: wrong password"
        for _turn in range(2):
            found = company._l10n_in_irp_fetch_ewb(bill.number)
            self.assertEqual(found, bill)
        self.assertEqual(len(self.sessions()), 1)

    def test_logins_beyond_the_allowed_ones_are_not_made(self):
        self.give_user()
        bill, company = self.ewaybill(), self.default_company
        company = company.with_context(l10n_in_irp_wrap_transport=self.transport())
        company._l10n_in_irp_fetch_ewb(bill.number)
        session = self.sessions()
        session.log_ins = session.log_ins * 5
        session._forget()
        transport = self.transport()
        company = company.with_context(l10n_in_irp_wrap_transport=transport)
        answered = company._l10n_in_irp_ask_ewb("get_ewaybill", number=bill.number)
        self.assertIsInstance(answered.error, IrpRateLimited)
        self.assertFalse(transport.urls)
