"""The prints of e-way bills, from the e-way bill system's records and from ours."""

from dataclasses import replace
from io import BytesIO

from lxml import html

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...irp.document import Issue
from ...irp.protocol.ewaybill import parse_bill, parse_trip_sheet
from ...models.evidence import permits
from ...models.printing.ewaybill_slips.barcode import code128_png
from ...models.printing.ewaybill_slips.page_values import (
    slip_short_values,
    slip_values,
    trip_sheet_values,
)
from ...models.printing.ewaybill_slips.portal_slips import (
    slip_of_bill,
    slip_of_request,
)
from ..ewaybill.common import EwaybillCommon

ADDON = "l10n_in_einvoice_irp"
EWB, SHEET = "321003228100", "1810000387"
OWN, BUYER, CARRIER = "29AAACK0000A1ZK", "05AAACG2140A1ZL", "88AAACD8017H1ZX"
TEST = "TEST E-WAY BILL – not valid for transport"
# as recorded, with two vehicles and a consolidated e-way bill
ANSWER = {
    "ewbNo": int(EWB),
    "ewayBillDate": "05/10/2022 12:42:00 PM",
    "genMode": "API",
    "userGstin": OWN,
    "supplyType": "O",
    "subSupplyType": "4  ",
    "docType": "CHL",
    "docNo": "JW/22/7",
    "docDate": "04/10/2022",
    "fromGstin": OWN,
    "fromTrdName": "Kaveri Steel",
    "fromAddr1": "14 Peenya",
    "fromAddr2": "Phase 2",
    "fromPlace": "BENGALURU",
    "fromPincode": 560058,
    "fromStateCode": 29,
    "toGstin": BUYER,
    "toTrdName": "Ganga Forgings",
    "toAddr1": "3 Selaqui",
    "toPlace": "Dehradun",
    "toPincode": 248011,
    "toStateCode": 5,
    "totalValue": 1200000.5,
    "totInvValue": 1416000.59,
    "cgstValue": 0,
    "sgstValue": 0,
    "igstValue": 216000.09,
    "cessValue": 0,
    "cessNonAdvolValue": 0,
    "otherValue": 0,
    "transporterId": CARRIER,
    "transporterName": "Deccan Roadways",
    "status": "ACT",
    "actualDist": 2400,
    "noValidDays": 12,
    "validUpto": "17/10/2022 11:59:00 PM",
    "extendedTimes": 0,
    "rejectStatus": "N",
    "actFromStateCode": 29,
    "actToStateCode": 5,
    "vehicleType": "R",
    "transactionType": 1,
    "itemList": [
        {
            "itemNo": 1,
            "productName": "Rods",
            "productDesc": "Steel rods 12 mm",
            "hsnCode": 721420,
            "quantity": 12.5,
            "qtyUnit": "MTS",
            "cgstRate": 0,
            "sgstRate": 0,
            "igstRate": 18,
            "cessRate": 0,
            "cessNonAdvol": 0,
            "taxableAmount": 1200000.5,
        }
    ],
    "VehiclListDetails": [
        {
            "vehicleNo": "MH12AB1234",
            "fromPlace": "Nagpur",
            "fromState": 27,
            "tripshtNo": int(SHEET),
            "userGSTINTransin": CARRIER,
            "enteredDate": "08/10/2022 09:10:00 AM",
            "transMode": "1",
            "transDocNo": "LR 77",
            "transDocDate": "08/10/2022",
            "groupNo": "1",
        },
        {
            "vehicleNo": "KA01AB1234",
            "fromPlace": "BENGALURU",
            "fromState": 29,
            "tripshtNo": 0,
            "userGSTINTransin": OWN,
            "enteredDate": "05/10/2022 12:44:00 PM",
            "transMode": "1",
            "groupNo": "0",
        },
    ],
}
TRIP = {
    "tripSheetNo": int(SHEET),
    "fromPlace": "Nagpur",
    "fromState": "27",
    "vehicleNo": "MH12AB1234",
    "transMode": "1",
    "userGstin": CARRIER,
    "enteredDate": "08/10/2022 09:10:00 AM",
    "status": "ACT",
    "tripSheetEwbBills": [
        {
            "ewbNo": number,
            "ewbDate": "05/10/2022 12:42:00 PM",
            "userGstin": OWN,
            "docNo": f"INV/{number % 10}",
            "docDate": "04/10/2022",
            "fromGstin": OWN,
            "fromTradeName": "Kaveri Steel",
            "toGstin": BUYER,
            "toTradeName": "Ganga Forgings",
            "totInvValue": 150000.25,
            "status": status,
            "validUpto": "17/10/2022 11:59:00 PM",
            "toPlace": "Dehradun",
            "toPincode": 248011,
            "actToStateCode": 5,
        }
        for number, status in ((int(EWB), "ACT"), (int(EWB) + 1, "CNL"))
    ],
}


def barcodes(png):
    """Return the texts that a scanner reads on an image."""
    import zxingcpp
    from PIL import Image

    return [one.text for one in zxingcpp.read_barcodes(Image.open(BytesIO(png)))]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEwaybillSlips(EwaybillCommon):
    """Each print holds what the portal's own print holds."""

    def page(self, template, values):
        """Return a page of plain values as an element."""
        content = self.env["ir.qweb"]._render(
            f"{ADDON}.{template}", {"values": values, "report_type": "pdf"}
        )
        return html.fromstring(f"<div>{content}</div>")

    def printed(self, report, records):
        """Return the pages of a report's print as one element."""
        reports = self.env["ir.actions.report"].sudo()
        return html.fromstring(
            reports._render_qweb_html(f"{ADDON}.{report}", records.ids)[0]
        )

    def text(self, element):
        return " ".join(element.text_content().split())

    def rows(self, page, name):
        """Return the cells of the rows in the body of a table."""
        rows = page.xpath(f"//table[@name='{name}']//tr[td]")
        return [[self.text(cell) for cell in row.xpath("td")] for row in rows]

    def bill(self, **changes):
        return parse_bill({**ANSWER, **changes})

    # ------------------------------------------------------------------
    # From the portal's record
    # ------------------------------------------------------------------

    def values_of(self, values, bill, irn="", test_note=""):
        """Return the values of a print of a bill as the portal holds it."""
        found = values(self.env, slip_of_bill(bill, irn))
        return {**found, "marks": {**found["marks"], "test": test_note}}

    def test_detailed_print_has_all_of_part_a(self):
        values = self.values_of(slip_values, self.bill(), irn="f" * 64, test_note=TEST)
        page = self.page("report_ewaybill_detailed_page", values)
        text = self.text(page)
        for part in (
            "3210 0322 8100",
            "Generated Date: 05/10/2022 12:42",
            f"Generated By: {OWN} Kaveri Steel",
            "Valid From: 05/10/2022 12:44",
            "Valid Upto: 17/10/2022 23:59",
            "Approx. Distance: 2400 km",
            "Mode: Road (Regular)",
            "Type: Outward - Job Work",
            "Transaction Type: Regular",
            "Delivery Challan – JW/22/7 – 04/10/2022",
            f"GSTIN: {BUYER} Ganga Forgings 05-Uttarakhand",
            "14 Peenya",
            "Phase 2",
            "BENGALURU, 29-Karnataka - 560058",
            f"{CARRIER} Deccan Roadways",
            "LR 77 08/10/2022",
            TEST,
        ):
            self.assertIn(part, text)
        self.assertEqual(
            self.rows(page, "l10n_in_irp_goods"),
            [
                [
                    "721420",
                    "Rods Steel rods 12 mm",
                    "12.5 MTS",
                    "12,00,000.50",
                    "0 + 0 + 18 + 0 + 0",
                ]
            ],
        )
        [totals] = self.rows(page, "l10n_in_irp_totals")
        self.assertEqual(totals[0], "Taxable Value 12,00,000.50")
        self.assertEqual(totals[3], "IGST 2,16,000.09")
        self.assertEqual(totals[-1], "Total Invoice Value 14,16,000.59")

    def test_both_prints_have_the_history_of_part_b(self):
        values = self.values_of(slip_short_values, self.bill())
        for template in ("report_ewaybill_page", "report_ewaybill_detailed_page"):
            page = self.page(template, values)
            self.assertEqual(
                self.rows(page, "l10n_in_irp_movements"),
                [
                    [
                        "Road",
                        "MH12AB1234 / LR 77 08/10/2022",
                        "Nagpur, 27-Maharashtra",
                        "08/10/2022 09:10",
                        CARRIER,
                        SHEET,
                        "Group 1",
                    ],
                    [
                        "Road",
                        "KA01AB1234",
                        "BENGALURU, 29-Karnataka",
                        "05/10/2022 12:44",
                        OWN,
                        "–",
                        "–",
                    ],
                ],
            )

    def test_short_print_has_the_portals_values(self):
        values = self.values_of(slip_short_values, self.bill(), test_note=TEST)
        text = self.text(self.page("report_ewaybill_page", values))
        for part in (
            f"e-Way Bill No. {EWB}",
            "Valid From 05/10/2022 12:44",
            "14,16,000.59",
            "721420 – Steel rods 12 mm",
            "Outward - Job Work",
            "BENGALURU, 29-Karnataka - 560058",
            TEST,
        ):
            self.assertIn(part, text)
        self.assertNotIn("IRN", text)

    def test_part_a_alone_and_what_ended_are_marked(self):
        cases = (
            ({"VehiclListDetails": [], "validUpto": ""}, "Part A only"),
            ({"status": "CNL"}, "CANCELLED – not valid for transport"),
            ({"rejectStatus": "Y"}, "REJECTED by the other party"),
        )
        for changes, mark in cases:
            values = self.values_of(slip_short_values, self.bill(**changes))
            for template in ("report_ewaybill_page", "report_ewaybill_detailed_page"):
                self.assertIn(mark, self.text(self.page(template, values)))
        values = self.values_of(slip_short_values, self.bill())
        text = self.text(self.page("report_ewaybill_page", values))
        self.assertFalse([mark for _changes, mark in cases if mark in text])

    def test_request_without_an_irn_is_printed_as_generated(self):
        members = {name for name in ANSWER if not name.startswith("ewb")}
        members -= {"ewayBillDate", "VehiclListDetails", "validUpto", "userGstin"}
        body = {name: ANSWER[name] for name in members}
        body |= {"subSupplyType": "8", "subSupplyDesc": "Samples"}
        body |= {"transMode": "1", "vehicleNo": "KA01AB1234"}
        issue = Issue(
            number=EWB,
            irn="",
            generated_at=self.bill().generated_at,
            generator=OWN,
            valid_until=self.bill().valid_until,
            distance="2400",
        )
        slip = slip_of_request(body, issue)
        page = self.page("report_ewaybill_detailed_page", slip_values(self.env, slip))
        text = self.text(page)
        for part in (
            "3210 0322 8100",
            "Valid Upto: 17/10/2022 23:59",
            "Type: Outward - Others - Samples",
            "Approx. Distance: 2400 km",
            "Delivery Challan – JW/22/7 – 04/10/2022",
        ):
            self.assertIn(part, text)
        [entry] = self.rows(page, "l10n_in_irp_movements")
        self.assertEqual(entry[1], "KA01AB1234")
        self.assertEqual(entry[3:5], ["05/10/2022 12:42", OWN])
        del body["vehicleNo"]
        slip = slip_of_request(body, replace(issue, number="", valid_until=None))
        self.assertFalse(slip.movements)
        text = self.text(
            self.page("report_ewaybill_detailed_page", slip_values(self.env, slip))
        )
        self.assertIn("NOT GENERATED", text)
        self.assertIn("Part A only", text)
        self.assertNotIn("0000 0000", text)

    def test_consolidated_print_lists_its_bills(self):
        values = trip_sheet_values(self.env, parse_trip_sheet(TRIP, SHEET), TEST)
        page = self.page("report_ewaybill_trip_sheet_page", values)
        text = self.text(page)
        for part in (
            f"Consolidated e-Way Bill No.: {SHEET}",
            "Generated Date: 08/10/2022 09:10",
            "Vehicle No.: MH12AB1234",
            "From: Nagpur, 27-Maharashtra",
            "Total of 1 not cancelled 1,50,000.25",
            TEST,
        ):
            self.assertIn(part, text)
        first, second = self.rows(page, "l10n_in_irp_bills")[:2]
        self.assertEqual(
            first,
            [
                "1",
                f"{EWB} 05/10/2022 12:42",
                "INV/0 04/10/2022",
                f"{OWN} Kaveri Steel",
                f"{BUYER} Ganga Forgings",
                "Dehradun, 05-Uttarakhand - 248011",
                "1,50,000.25",
                "17/10/2022 23:59",
            ],
        )
        self.assertIn("CANCELLED", second[1])

    def test_barcode_is_the_number(self):
        self.assertEqual(barcodes(code128_png(EWB)), [EWB])
        self.assertEqual(barcodes(code128_png(SHEET)), [SHEET])
        for wrong in ("", "ई-वे"):
            with self.assertRaises(ValueError):
                code128_png(wrong)

    # ------------------------------------------------------------------
    # From what the IRP registered
    # ------------------------------------------------------------------

    def test_bill_by_irn_is_printed_in_detail_without_the_portals_record(self):
        ewaybill = self.sent_with_the_irn()
        page = self.printed("report_ewaybill_detailed", ewaybill)
        text, slip = self.text(page), ewaybill._slip()
        for part in (
            slip.grouped_number,
            slip.generator,
            "Outward - Supply",
            "Tax Invoice",
            ewaybill.move_id.name,
            ewaybill.test_note,
        ):
            self.assertIn(part, text)
        [goods] = self.rows(page, "l10n_in_irp_goods")
        self.assertEqual(goods[0], "820750")
        self.assertEqual(goods[3:], ["1,000.00", "0 + 0 + 18 + 0 + 0"])
        [totals] = self.rows(page, "l10n_in_irp_totals")
        self.assertEqual(totals[-1], "Total Invoice Value 1,180.00")
        self.assertEqual(totals[-2], "Other 0.00")
        [entry] = self.rows(page, "l10n_in_irp_movements")
        self.assertEqual(entry[1], "MH12AB1234")

    def test_many_are_printed_in_one_file(self):
        ewaybills = self.sent_with_the_irn() | self.sent_with_the_irn()
        page = self.printed("report_ewaybill_detailed", ewaybills)
        articles = page.xpath("//div[contains(@class, 'article')]")
        self.assertEqual(len(articles), 2)
        for ewaybill, article in zip(ewaybills, articles, strict=True):
            self.assertIn(ewaybill._slip().grouped_number, self.text(article))
        self.assertEqual(len(page.xpath("//img[@alt='Barcode']")), 2)

    def test_one_that_cannot_be_printed_stops_no_other(self):
        ewaybill, company = self.sent_with_the_irn(), self.default_company
        values = {
            "basis": "elsewhere",
            "company_id": company.id,
            "state": "registered",
            "with_irn": False,
            "number": EWB,
        }
        bills = self.env["l10n_in.irp.ewaybill"].sudo()
        with permits.permitted(bills.browse(), values):
            other = bills.create(values).sudo(False)
        why = f"{other.display_name} was made elsewhere"
        for report in ("report_ewaybill", "report_ewaybill_detailed"):
            page = self.printed(report, other | ewaybill)
            first, second = page.xpath("//div[contains(@class, 'article')]")
            self.assertIn(why, self.text(first))
            self.assertIn(ewaybill.move_id.name, self.text(second))
            self.assertNotIn("made elsewhere", self.text(second))
            with self.assertRaisesRegex(UserError, why):
                self.printed(report, other)
        text = self.text(self.printed("report_ewaybill_consolidated", other | ewaybill))
        self.assertIn(why, text)
        self.assertIn("None of these e-Way Bills", text)

    def test_bill_without_a_consolidated_one_says_so(self):
        ewaybill = self.sent_with_the_irn()
        page = self.printed("report_ewaybill_consolidated", ewaybill)
        self.assertIn("None of these e-Way Bills", self.text(page))
