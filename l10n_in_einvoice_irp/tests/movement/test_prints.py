from lxml import html

from odoo.tests import tagged

from .common import CARRIER, MovementCommon

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

    def test_changed_transporter_before_and_after_a_look_up(self):
        for fetched in (False, True):
            bill = self.slip()
            if fetched:
                bill.action_fetch()
            dialog = self.dialog(bill.action_transporter(), transporter_gstin=CARRIER)
            dialog.action_send()
            self.assertFalse(bill._portal_bill())
            for report in ("report_ewaybill", "report_ewaybill_detailed"):
                text = self.printed(report, bill).text_content()
                self.assertIn(CARRIER, text)
                self.assertIn(bill.number, text)
            self.assertEqual(bill._slip().content.transport["TransId"], CARRIER)

    def test_vehicle_in_force_is_on_top(self):
        bill = self.made()
        self.part_b(bill, "MH31AA0001", vehicle_type="O")
        slip = bill._slip()
        self.assertEqual(slip.content.transport["VehNo"], "MH31AA0001")
        self.assertEqual(slip.content.vehicle_type, "Over-dimensional Cargo")
        place = slip.movements[-1].place
        self.assertTrue(place.startswith(self.default_company.city), place)

    def test_bill_made_elsewhere_is_printed_after_a_change(self):
        bill = self.made()
        bill.action_fetch()
        self.forge(bill, basis="elsewhere", request=None, move_id=None)
        self.part_b(bill, "MH31AA0001")
        text = self.printed("report_ewaybill_detailed", bill).text_content()
        for part in ("820750", "MH31AA0001", "MH12AB1234", "1,180.00"):
            self.assertIn(part, text)

    def test_one_that_cannot_be_printed_is_named_among_the_others(self):
        first, broken, last = self.made(), self.made(), self.made()
        broken.action_fetch()
        self.forge(broken, portal_record="{}")
        bills = last | broken | first
        for report in ("report_ewaybill", "report_ewaybill_detailed"):
            with self.assertLogs("odoo.addons.l10n_in_einvoice_irp", "ERROR"):
                page = self.printed(report, bills)
            articles = page.xpath("//div[contains(@class, 'article')]")
            texts = [one.text_content() for one in articles]
            self.assertEqual(len(texts), 3)
            for bill, text in zip(bills, texts, strict=True):
                self.assertIn(bill.number, text.replace(" ", ""))
            self.assertIn("cannot be printed", texts[1])
