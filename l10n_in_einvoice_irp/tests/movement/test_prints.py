from lxml import html

from odoo.tests import tagged

from .common import MovementCommon

ADDON = "l10n_in_einvoice_irp"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPrints(MovementCommon):
    """The prints show what became of an e-way bill after it was generated."""

    def printed(self, report, records):
        reports = self.env["ir.actions.report"].sudo()
        content = reports._render_qweb_html(f"{ADDON}.{report}", records.ids)[0]
        return html.fromstring(content)

    def vehicles(self, page):
        rows = page.xpath("//table[@name='l10n_in_irp_movements']//tr[td]")
        return [row.xpath("td")[1].text_content().strip() for row in rows]

    def test_history_before_and_after_a_look_up(self):
        bill = self.made()
        self.part_b(bill, "mh 31 aa 0001")
        for report in ("report_ewaybill", "report_ewaybill_detailed"):
            found = self.vehicles(self.printed(report, bill))
            self.assertEqual(found[0], "MH31AA0001")
            self.assertEqual(len(found), 2)
        bill.action_fetch()
        self.assertTrue(bill._portal_bill())
        page = self.printed("report_ewaybill_detailed", bill)
        self.assertEqual(self.vehicles(page)[0], "MH31AA0001")
        self.assertIn(bill.number, page.text_content())

    def test_consolidated_lists_the_bills_of_the_lorry(self):
        bills = self.made() | self.made()
        values = {
            "vehicle_number": "MH31AA0001",
            "place": "Nagpur",
            "state_id": self.env.ref("base.state_in_mh").id,
            "vehicle_reason": "2",
            "remark": "Loaded together",
        }
        self.dialog(bills.action_lorry(), **values).action_send()
        page = self.printed("report_ewaybill_consolidated", bills[0])
        text = " ".join(page.text_content().split())
        for part in (
            bills[0].trip_sheet,
            "MH31AA0001",
            "Nagpur, 27-",
            *bills.mapped("number"),
        ):
            self.assertIn(part, text)
        self.assertEqual(len(page.xpath("//img[@alt='Barcode']")), 1)
