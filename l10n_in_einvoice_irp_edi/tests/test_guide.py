from odoo.tests import tagged

from .common import EdiCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGuide(EdiCommon):
    """The set-up guide says that E-Invoicing will stop."""

    def test_it_warns_of_the_end_of_e_invoicing(self):
        self.use_odoo()
        guide = self.env["l10n_in.irp.guide"].with_company(self.company).create({})
        self.assertTrue(guide.l10n_in_edi_feature)
        self.assertFalse(guide.is_registering)
        view = guide.get_view(view_type="form")["arch"]
        self.assertIn("stops when you switch registration on", " ".join(view.split()))
