import json

from odoo import api, fields, models

from ..irp.document import clean_text
from ..irp.rules import ewaybill_violations


class L10nInIrpConsignment(models.AbstractModel):
    """What an e-way bill tells of the transport, and what is wrong with it."""

    _name = "l10n_in.irp.consignment"
    _description = "Consignment of an e-way bill"

    trans_mode = fields.Selection(
        selection=[("1", "Road"), ("2", "Rail"), ("3", "Air"), ("4", "Ship")],
        string="Mode",
        default="1",
        help="Empty: the transporter enters mode and vehicle (Part B) later.",
    )
    vehicle_number = fields.Char(
        string="Vehicle number", help="For example MH12AB1234."
    )
    vehicle_type = fields.Selection(
        selection=[("R", "Regular"), ("O", "Over-dimensional cargo")],
        string="Vehicle type",
        default="R",
    )
    transporter_id = fields.Many2one("res.partner")
    transporter_gstin = fields.Char(
        string="Transporter's GSTIN or TRANSIN",
        compute="_compute_transporter_gstin",
        store=True,
        readonly=False,
    )
    trans_doc_number = fields.Char(string="Transport document number")
    trans_doc_date = fields.Date(string="Transport document date")
    distance = fields.Integer(
        string="Distance (km)",
        help="0: the portal computes it from the PIN codes. Another figure may differ "
        "from the portal's by up to 10 %.",
    )
    dispatch_partner_id = fields.Many2one(
        "res.partner",
        string="Dispatched from",
        help="If the goods leave from another place than the company's address and the "
        "invoice does not name it.",
    )
    port_partner_id = fields.Many2one(
        "res.partner",
        string="Port of export",
        help="For exports of goods: the Indian port that they go to.",
    )
    route = fields.Char(
        string="PIN codes",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="From where to where, as the portal measures the distance.",
    )
    portal_distance = fields.Integer(
        string="Distance by the portal (km)", readonly=True, copy=False
    )

    @api.depends("transporter_id")
    def _compute_transporter_gstin(self):
        for ewaybill in self:
            ewaybill.transporter_gstin = ewaybill.transporter_id.vat

    def _prepare_ewb_dtls(self):
        """EwbDtls of the INV-01 document; members without a value are left out."""
        self.ensure_one()
        payload = self.env["l10n_in.irp.payload"]
        by_vehicle = bool(self.vehicle_number)
        return payload._without_blanks(
            {
                "TransId": (self.transporter_gstin or "").strip().upper(),
                "TransName": clean_text(
                    self.transporter_id.name, longest=100, shortest=3
                ),
                "TransMode": self.trans_mode,
                "Distance": self.distance,
                "TransDocNo": clean_text(self.trans_doc_number, longest=15),
                "TransDocDt": payload._date(self.trans_doc_date),
                "VehNo": self._vehicle_number(),
                "VehType": self.vehicle_type if by_vehicle else None,
            }
        )

    def _vehicle_number(self):
        """Letters and digits alone, as the portal wants them: MH12AB1234."""
        return "".join(filter(str.isalnum, self.vehicle_number or "")).upper()

    def _prepare_request(self, irn=None):
        """The body of "E-way bill by IRN" v1.03.

        :param irn: of a registration that has not been made yet.
        """
        payload = self.env["l10n_in.irp.payload"]
        return payload._without_blanks(
            {
                "Irn": irn or self.document_id.sudo().irn,
                **self._prepare_ewb_dtls(),
                "DispDtls": self._address(self.dispatch_partner_id, named=True),
                "ExpShipDtls": self._address(self.port_partner_id),
            }
        )

    def _address(self, partner, named=False):
        if not partner:
            return None
        address = self.env["l10n_in.irp.payload"]._prepare_address(partner)
        name = clean_text(partner.name, longest=100, shortest=3)
        return {"Nm": name, **address} if named else address

    # ------------------------------------------------------------------
    # What the portal would refuse
    # ------------------------------------------------------------------

    def _registered_invoice(self):
        """The INV-01 document of the registration; None if it is not at hand."""
        document = self.document_id.sudo()
        return json.loads(document.request) if document.request else None

    def _violations(self, invoice, irn):
        """What the portal would refuse, as of the published rules.

        :param invoice: the INV-01 document, registered or to be registered.
        """
        return ewaybill_violations(
            self._prepare_request(irn),
            invoice,
            self.env["l10n_in.irp.preflight"]._today(),
            portal_km=self._known_distance(self._route(invoice)),
            check_digits=self._home() == "production",
        )

    def _route(self, invoice):
        """The PIN codes that the portal measures between; False if one is missing."""
        request, invoice = self._prepare_request(), invoice or {}
        start = invoice.get("DispDtls") or request.get("DispDtls")
        end = request.get("ExpShipDtls") or invoice.get("ShipDtls")
        ends = (
            start or invoice.get("SellerDtls"),
            end or invoice.get("BuyerDtls"),
        )
        pins = [str(end["Pin"]) for end in ends if end and end.get("Pin")]
        return "-".join(pins) if len(pins) == len(ends) else False

    def _known_distance(self, route):
        """What the portal computed for the same PIN codes before; None if nothing."""
        known = self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("environment", "=", self._home()),
                ("route", "=", route),
                ("portal_distance", ">", 0),
            ],
            limit=1,
        )
        return known.portal_distance or None if route else None
