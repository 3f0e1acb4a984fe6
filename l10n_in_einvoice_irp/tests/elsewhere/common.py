from ..consignment.common import ConsignmentCommon

SUPPLIER = "29AWGPV7107B1Z1"


class ElsewhereCommon(ConsignmentCommon):
    """E-way bills that were made elsewhere."""

    def challan(self, number="SUP/77", **changes):
        """Have a supplier make an e-way bill with our GSTIN at the website."""
        company = self.default_company
        state = int(company.state_id.l10n_in_tin)
        request = {
            "supplyType": "O",
            "subSupplyType": "1",
            "docType": "INV",
            "docNo": number,
            "docDate": "15/01/2026",
            "fromGstin": SUPPLIER,
            "fromTrdName": "Sthuthya Traders",
            "fromAddr1": "Dasarahosahalli",
            "fromPlace": "Beml Nagar",
            "fromPincode": 562160,
            "fromStateCode": 29,
            "actFromStateCode": 29,
            "toGstin": company.vat,
            "toTrdName": company.name,
            "toAddr1": company.street,
            "toPlace": company.city,
            "toPincode": int(company.zip),
            "toStateCode": state,
            "actToStateCode": state,
            "transactionType": 1,
            "totalValue": 60000,
            "cgstValue": 0,
            "sgstValue": 0,
            "igstValue": 10800,
            "cessValue": 0,
            "cessNonAdvolValue": 0,
            "totInvValue": 70800,
            "transMode": "1",
            "transDistance": "0",
            "vehicleNo": "KA01AB1234",
            "vehicleType": "R",
            "itemList": [
                {
                    "productName": "Drill bits",
                    "hsnCode": 820750,
                    "quantity": 4,
                    "qtyUnit": "NOS",
                    "igstRate": 18,
                    "taxableAmount": 60000,
                }
            ],
            **changes,
        }
        return str(
            self.on_web(request["fromGstin"], "GENEWAYBILL", **request)["ewayBillNo"]
        )

    def part_a(self, number="SUP/77", **changes):
        """Have a supplier enter Part A alone at the website."""
        self.portal().set_taxpayer(SUPPLIER)
        no_vehicle = {"vehicleNo": "", "vehicleType": "", "transMode": ""}
        return self.challan(number, transporterId=SUPPLIER, **no_vehicle, **changes)

    def hand_to_us(self, generator, number):
        """Have its generator assign an e-way bill to us as transporter."""
        own = self.default_company.vat
        self.portal().set_taxpayer(own)
        self.on_web(
            generator, "UPDATETRANSPORTER", ewbNo=int(number), transporterId=own
        )

    def supplier_enters_part_b(self, number):
        """Have the supplier enter the vehicle at the website."""
        self.on_web(
            SUPPLIER,
            "VEHEWB",
            ewbNo=int(number),
            vehicleNo="KA01AB1234",
            fromPlace="Bengaluru",
            fromState=29,
            reasonCode="4",
            reasonRem="First",
            transMode="1",
        )

    def fetch(self, transport=None, **values):
        """Return the e-way bills that the dialog has found."""
        dialog = self.env["l10n_in.irp.ewaybill.fetch"].create(
            {"date_from": "2026-01-14", "date_to": "2026-01-15", **values}
        )
        dialog = dialog.with_context(l10n_in_irp_wrap_transport=transport)
        action = dialog.action_fetch()
        self.message = ""
        if action.get("tag") == "display_notification":
            self.message = action["params"]["message"]
            action = action["params"]["next"]
        bills = self.env["l10n_in.irp.ewaybill"]
        if action.get("res_id"):
            return bills.browse(action["res_id"])
        return bills.search(action["domain"]) if action.get("domain") else bills

    def supplier(self):
        partner = self.unregistered("Sthuthya Traders")
        partner.write({"vat": SUPPLIER, "l10n_in_gst_treatment": "regular"})
        return partner
