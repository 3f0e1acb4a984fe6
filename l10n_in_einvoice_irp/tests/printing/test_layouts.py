from odoo.tests import tagged

from .common import PrintCommon

LAYOUTS = ("striped", "boxed", "bold", "standard", "folder", "wave", "bubble")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLayouts(PrintCommon):
    """The IRN's block in each of Odoo's layouts."""

    def test_every_layout(self):
        move = self.make_invoice()
        self.process()
        for layout in LAYOUTS:
            with self.subTest(layout=layout):
                self.default_company.sudo().external_report_layout_id = self.env.ref(
                    f"web.external_layout_{layout}"
                )
                page = self.page(move)
                [block] = page.xpath("//div[@name='l10n_in_irp']")
                # beside the address, which is printed once: not in what pages repeat
                around = {one.get("name") for one in block.iterancestors()}
                self.assertIn("information_block", around)
                classes = [one.get("class") or "" for one in block.iterancestors()]
                self.assertNotIn("header", " ".join(classes).split())
                [code] = block.xpath(".//img[starts-with(@src, 'data:image/png')]")
                self.assertTrue(code.get("alt"))
                [irn] = block.xpath(".//span[@name='l10n_in_irp_irn']")
                self.assertEqual(irn.text, move.l10n_in_irp_irn)
                [number] = block.xpath(".//span[@name='l10n_in_irp_ack_number']")
                self.assertEqual(number.text, move.l10n_in_irp_ack_number)

    def test_nothing_beside_the_address_without_an_irn(self):
        page = self.page(self.make_invoice())
        self.assertFalse(page.xpath("//div[@name='l10n_in_irp']"))
        self.assertFalse(page.xpath("//div[@name='information_block']"))

    def test_delivery_address_stays(self):
        self.accountant.sudo().group_ids += self.env.ref(
            "account.group_delivery_invoice_address"
        )
        address = {"name": "Godown 7", "parent_id": self.partner_a.id}
        godown = self.partner_a.sudo().copy({**address, "type": "delivery"})
        move = self.make_invoice(partner_shipping_id=godown.id)
        self.process()
        [block] = self.page(move).xpath("//div[@name='l10n_in_irp']")
        self.assertIn("Godown 7", block.text_content())
        self.assertIn(move.l10n_in_irp_irn, block.text_content())

    def test_other_countries_print_as_before(self):
        move = self.make_invoice(post=False)
        company = self.default_company.sudo()
        company.account_fiscal_country_id = self.env.ref("base.us")
        page = self.page(move)
        self.assertFalse(page.xpath("//div[@name='l10n_in_irp_reverse_charge']"))
        self.assertFalse(page.xpath("//div[@name='l10n_in_irp_signature']"))
