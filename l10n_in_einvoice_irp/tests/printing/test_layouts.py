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
                self.assertEqual(irn.text_content(), move.l10n_in_irp_irn)
                [number] = block.xpath(".//span[@name='l10n_in_irp_ack_number']")
                self.assertEqual(number.text, move.l10n_in_irp_ack_number)

    def test_nothing_beside_the_address_without_an_irn(self):
        page = self.page(self.make_invoice())
        self.assertFalse(page.xpath("//div[@name='l10n_in_irp']"))
        self.assertFalse(page.xpath("//div[@name='information_block']"))

    def test_irn_breaks_only_into_equal_lines(self):
        move = self.make_invoice()
        self.process()
        [irn] = self.page(move).xpath("//span[@name='l10n_in_irp_irn']")
        self.assertNotIn("break-all", irn.get("style") or "")
        self.assertEqual([len(part) for part in irn.itertext()], [16] * 4)

    def godown(self, **values):
        address = {"name": "Godown 7", "parent_id": self.partner_a.id}
        return self.partner_a.sudo().copy({**address, "type": "delivery", **values})

    def test_delivery_address_for_every_user(self):
        godown = self.godown(street="Survey 41", city="Nadiad", zip="387001")
        group = self.env.ref("account.group_delivery_invoice_address")
        for groups in (self.env["res.groups"], group):
            self.accountant.sudo().group_ids += groups
            move = self.make_invoice(partner_shipping_id=godown.id)
            self.assertEqual(self.page(move).text_content().count("Survey 41"), 1)
            self.process()
            [block] = self.page(move).xpath("//div[@name='l10n_in_irp']")
            text = block.text_content()
            self.assertIn("Delivery Address", text)
            self.assertIn(move.l10n_in_irp_irn, text)
            self.assertIn("Survey 41", text)
            self.assertIn("State: 24-Gujarat", " ".join(text.split()))
            self.assertEqual(self.page(move).text_content().count("Survey 41"), 1)

    def test_same_address_is_printed_once(self):
        """It counts where the goods go, not to which contact."""
        self.accountant.sudo().group_ids += self.env.ref(
            "account.group_delivery_invoice_address"
        )
        self.partner_a.sudo().street = "7 Relief Road"
        same = self.godown(street="7  RELIEF road ")
        move = self.make_invoice(partner_shipping_id=same.id)
        page = self.page(move).text_content()
        self.assertNotIn("Delivery Address", page)
        self.assertEqual(page.casefold().count("relief road"), 1)

    def test_other_countries_print_as_before(self):
        move = self.make_invoice(post=False)
        company = self.default_company.sudo()
        company.account_fiscal_country_id = self.env.ref("base.us")
        page = self.page(move)
        self.assertFalse(page.xpath("//div[@name='l10n_in_irp_reverse_charge']"))
        self.assertFalse(page.xpath("//div[@name='l10n_in_irp_signature']"))
