from odoo.tests import tagged

from ...models import locks
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
