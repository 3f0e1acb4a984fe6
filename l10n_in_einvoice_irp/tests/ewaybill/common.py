from ..common import IrpCommon


class EwaybillCommon(IrpCommon):
    """Invoices of goods and their e-way bills, as a plain accountant makes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_a.sudo().l10n_in_hsn_code = "820750"

    def prepare(self, move, transport=None, **values):
        """Return the e-way bill of an invoice, with the transport filled in."""
        action = move.action_l10n_in_irp_ewaybill()
        ewaybill = self.env[action["res_model"]].browse(action["res_id"])
        ewaybill.write({"vehicle_number": "mh 12 ab 1234", "distance": 0, **values})
        return ewaybill.with_context(l10n_in_irp_wrap_transport=transport)

    def registered_invoice(self, partner=None, taxes=None, **values):
        move = self.make_invoice(
            partner or self.partner_b, taxes or self.igst_sale_18, **values
        )
        self.process()
        return move

    def sent_with_the_irn(self, partner=None, taxes=None, transport=None, **values):
        """Return the e-way bill that went out in the call that registered its invoice.

        :param transport: values of the e-way bill.
        """
        move = self.make_invoice(
            partner or self.partner_b, taxes or self.igst_sale_18, post=False, **values
        )
        ewaybill = self.prepare(move, **(transport or {}))
        move.action_post()
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered", move.l10n_in_irp_error)
        return ewaybill

    def warehouse(self, name="Warehouse", step=1):
        """Return an address in the company's state, with a different PIN code."""
        company = self.default_company.partner_id
        return (
            self.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": name,
                    "street": f"{6 + step} Dock Road",
                    "city": company.city,
                    "zip": str(int(company.zip) + step),
                    "state_id": company.state_id.id,
                    "country_id": company.country_id.id,
                }
            )
        )

    def cancelled(self, ewaybill):
        """Cancel an e-way bill, so that another one can be made by IRN."""
        ewaybill._request_cancel("2", "Order Cancelled")
        self.assertEqual(ewaybill.state, "cancelled", ewaybill.error)
        return ewaybill.move_id
