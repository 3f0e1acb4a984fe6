from odoo.tests import tagged

from .common import IrpCommon

VIEWS_LOG = "odoo.addons.base.models.ir_ui_view"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestViews(IrpCommon):
    def test_every_view_is_accessible(self):
        """Odoo only warns of a picture without a text or an alert without a role."""
        views = self.views_of_ours()
        self.assertGreater(len(views), 30)
        for view in views:
            with self.subTest(view.xml_id), self.assertNoLogs(VIEWS_LOG, "WARNING"):
                view._check_xml()

    def test_an_inaccessible_view_is_found(self):
        alert = "<div class='alert alert-info'>Not registered</div>"
        arch = f"<form><sheet>{alert}</sheet></form>"
        values = {"name": "alert", "model": "account.move", "arch": arch}
        with self.assertLogs(VIEWS_LOG, "WARNING"):
            self.env["ir.ui.view"].sudo().create(values)

    def views_of_ours(self):
        """Return the addon's views, which Odoo then checks without those of others."""
        names = self.env["ir.model.data"].sudo()
        domain = [
            ("module", "=", "l10n_in_einvoice_irp"),
            ("model", "=", "ir.ui.view"),
        ]
        ids = names.search(domain).mapped("res_id")
        views = self.env["ir.ui.view"].sudo().browse(ids)
        checked = views.filtered(lambda one: one.type != "qweb")
        return checked.with_context(ir_ui_view_partial_validation=True)
