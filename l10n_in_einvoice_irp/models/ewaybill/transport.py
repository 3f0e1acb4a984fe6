from dataclasses import replace

from odoo import api, fields, models

from ...irp import IrpSignatureError
from ...irp.document import clean_text, deliver_to, dispatch_from, last_characters
from ...irp.protocol import peek
from ...irp.reference import clean_gstin, transporter_fault
from ...irp.rules import NO_CODE, Violation, _lt, ewaybill_violations, place_text
from ..clock import indian_today
from ..taxpayer.gstin_entry import entered_gstin

# NIC "E-way bill by IRN" v1.03: TransDocNo
LONGEST_DOCUMENT_NUMBER = 15
# rail and air carry by document, never by vehicle (rule 6 of the e-way bill part)
WITHOUT_VEHICLE = ("2", "3")
TRANSPORT_MODES = [("1", "Road"), ("2", "Rail"), ("3", "Air"), ("4", "Ship")]
VEHICLE_TYPES = [("R", "Regular"), ("O", "Over Dimensional Cargo (ODC)")]
GOODS_AS_CHARGES = _lt(
    "The e-Invoice has no goods among its items, because it reports these as other "
    "charges: %(lines)s. Before the invoice is registered, choose Item under Report As "
    "on the line. If it is already registered, generate the e-Way Bill on "
    "ewaybillgst.gov.in."
)
GOODS_LEFT_OUT = _lt(
    "The e-Invoice has no goods among its items: it leaves out these, which have no "
    "taxable value: %(lines)s. Generate the e-Way Bill on ewaybillgst.gov.in."
)


class L10nInIrpEwaybill(models.Model):
    """The transport details of an e-way bill, and their validation."""

    _inherit = "l10n_in.irp.ewaybill"

    trans_mode = fields.Selection(
        selection=TRANSPORT_MODES,
        string="Mode",
        default="1",
        help="Leave empty if the transporter enters mode and vehicle (Part B) later.",
    )
    vehicle_number = fields.Char(string="Vehicle No.", help="For example MH12AB1234.")
    vehicle_type = fields.Selection(
        selection=VEHICLE_TYPES,
        default="R",
    )
    # of no other company: their names and addresses would be shown and sent
    transporter_id = fields.Many2one("res.partner", check_company=True)
    transporter_gstin = fields.Char(
        string="Transporter ID",
        compute="_compute_transporter_gstin",
        store=True,
        readonly=False,
        help="GSTIN, TRANSIN of an enrolled transporter, or common enrolment number "
        "(88…).",
    )
    trans_doc_number = fields.Char(
        string="Transporter Doc. No.",
        help="LR, RR or airway bill number. The portal accepts 15 characters: of a "
        "longer number, the last 15 are sent.",
    )
    trans_doc_date = fields.Date(string="Transporter Doc. Date")
    distance = fields.Integer(
        string="Approx. Distance (km)",
        help="Enter 0 to let the portal calculate it from the PIN codes. Any other "
        "value may differ from the portal's by up to 10 %.",
    )
    dispatch_partner_id = fields.Many2one(
        "res.partner",
        string="Dispatch From",
        check_company=True,
        help="If the goods are dispatched from a place other than the company's "
        "address or the one on the invoice.",
    )
    port_partner_id = fields.Many2one(
        "res.partner",
        string="Port of Export",
        check_company=True,
        help="For exports of goods: port of exit in India.",
    )
    route = fields.Char(
        string="PIN Codes",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="From and to, as the portal measures the distance.",
    )
    portal_distance = fields.Integer(
        string="Distance per Portal (km)", readonly=True, copy=False
    )
    portal_notes = fields.Text(
        compute="_compute_portal_notes",
        help="Where the e-way bill differs from the details entered here.",
    )

    @api.onchange("vehicle_number")
    def _onchange_vehicle_number(self):
        self.vehicle_number = self._clean_vehicle_number(self.vehicle_number)

    @api.onchange("transporter_gstin")
    def _onchange_transporter_gstin(self):
        number, warning = entered_gstin(self.env, self.transporter_gstin)
        if number != self.transporter_gstin:
            self.transporter_gstin = number
        is_typo = warning and transporter_fault(number) == "check_digit"
        return {"warning": warning} if is_typo else None

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_clean_vehicle(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_clean_vehicle(vals))

    def _with_clean_vehicle(self, vals):
        if not vals.get("vehicle_number"):
            return vals
        number = self._clean_vehicle_number(vals["vehicle_number"])
        return {**vals, "vehicle_number": number}

    @staticmethod
    def _clean_vehicle_number(number):
        """Return a number in the portal's form, letters and digits only, as MH12AB1234
        for "mh-12 ab 1234"."""
        return "".join(filter(str.isalnum, number or "")).upper()

    @api.depends("transporter_id")
    def _compute_transporter_gstin(self):
        for ewaybill in self:
            vat = ewaybill.transporter_id.vat
            # Odoo's mark for a partner without one
            ewaybill.transporter_gstin = vat if vat != "/" else False

    @api.depends("state", "trans_doc_number", "with_irn", "document_id")
    def _compute_portal_notes(self):
        for ewaybill in self:
            ewaybill.portal_notes = "\n".join(ewaybill._notes())

    def _notes(self):
        """Return notes for the user to read before sending. For extensions."""
        self.ensure_one()
        notes = [self._document_number_note()]
        if self._is_unsent() and self.move_id:
            other = self.move_id._l10n_in_irp_other_ewaybill()
            notes += [other, self._dispatch_note(), self._charges_note()]
        return [note for note in notes if note]

    def _document_number_note(self):
        sent = self._document_number()
        if not sent or len(self.trans_doc_number.strip()) <= LONGEST_DOCUMENT_NUMBER:
            return ""
        return self.env._(
            "Transporter Doc. No.: the portal accepts only %(length)s characters, so "
            "the last ones are sent: %(number)s",
            length=LONGEST_DOCUMENT_NUMBER,
            number=sent,
        )

    def _dispatch_note(self):
        """Return a note on the place of dispatch that the IRN fixes; no e-way bill can
        change it."""
        registered = (self._registered_invoice() or {}).get("DispDtls")
        if not registered:
            return ""
        return self.env._(
            "Dispatch From: the IRN was generated with %s, so the e-way bill has the "
            "same place.",
            place_text(registered),
        )

    def _charges_note(self):
        lines = self._goods_as_charges()
        if not lines:
            return ""
        return self.env._(
            "Not on the e-way bill, because the e-Invoice reports them as other "
            "charges: %s",
            self._line_names(lines),
        )

    def _goods_as_charges(self):
        """Return the goods that the e-invoice reports as other charges, not as
        items."""
        lines = self.env["l10n_in.irp.payload"]._new_build_cache().lines(self.move_id)
        return lines.charges.filtered(self._is_goods)

    @staticmethod
    def _is_goods(line):
        """Return whether a line is for goods, not for a charge with the same HSN."""
        hsn = line.l10n_in_hsn_code
        if not hsn or line.price_subtotal <= 0:
            return False
        is_of_order = line._l10n_in_irp_has_orders() and line._l10n_in_irp_orders()
        return not is_of_order and not line.move_id._l10n_in_is_service_hsn(hsn)

    @staticmethod
    def _line_names(lines):
        return ", ".join(line.name or line.product_id.display_name for line in lines)

    def _prepare_ewb_dtls(self):
        """Return EwbDtls of the INV-01 document; members without a value are left
        out."""
        self.ensure_one()
        payload = self.env["l10n_in.irp.payload"]
        vehicle = self._vehicle_number()
        return payload._without_blanks(
            {
                "TransId": clean_gstin(self.transporter_gstin or ""),
                "TransName": clean_text(
                    self.transporter_id.name, longest=100, shortest=3
                ),
                "TransMode": self.trans_mode,
                "Distance": self.distance,
                "TransDocNo": self._document_number(),
                "TransDocDt": payload._date(self.trans_doc_date),
                "VehNo": vehicle,
                "VehType": self.vehicle_type if vehicle else None,
            }
        )

    def _document_number(self):
        """Return the number of the LR, RR or airway bill, as far as the portal accepts
        it."""
        return last_characters(self.trans_doc_number, longest=LONGEST_DOCUMENT_NUMBER)

    def _vehicle_number(self):
        """Return letters and digits only, as the portal requires: MH12AB1234. A number
        typed before the mode became rail or air, whose form shows no vehicle, is left
        out."""
        if self.trans_mode in WITHOUT_VEHICLE:
            return ""
        return self._clean_vehicle_number(self.vehicle_number)

    def _prepare_request(self, irn=None):
        """Return the body of "E-way bill by IRN" v1.03.

        :param irn: of a registration that does not exist yet.
        """
        payload = self.env["l10n_in.irp.payload"]
        return payload._without_blanks(
            {
                "Irn": irn or self.document_id.sudo().irn,
                **self._prepare_ewb_dtls(),
                "DispDtls": self._dispatch_address(),
                "ExpShipDtls": self._address(self.port_partner_id),
            }
        )

    def _dispatch_partner(self):
        """Return the place that the goods start from."""
        parties = self.move_id and self.move_id._get_l10n_in_seller_buyer_party()
        start = parties and parties["dispatch_details"]
        return self.dispatch_partner_id or start or self.company_id.partner_id

    def _dispatch_address(self):
        """Return DispDtls; empty when goods leave from the supplier's address, which is
        the portal's default."""
        dispatch = self.dispatch_partner_id
        seller = self.move_id._get_l10n_in_seller_buyer_party()["seller_details"]
        if dispatch == seller and "DispDtls" not in (self._registered_invoice() or {}):
            return None
        return self._address(dispatch, named=True)

    def _address(self, partner, named=False):
        if not partner:
            return None
        payload = self.env["l10n_in.irp.payload"]
        address = payload._prepare_address(partner)
        name = clean_text(payload._own_name(partner), longest=100)
        return {"Nm": name, **address} if named else address

    # ------------------------------------------------------------------
    # Validation
    # ------------------------------------------------------------------

    def _registered_invoice(self):
        """Return the INV-01 document as the portal signed it, else as it was sent; None
        if neither is available."""
        document = self.document_id.sudo()
        if not document.irn:
            return None
        try:
            return peek(document.signed_invoice or "").data
        except IrpSignatureError:
            return document._sent_request() or None

    def _violations(self, invoice, irn, lock=False):
        """Return what the portal would refuse under the published rules, or ignore.

        :param invoice: the INV-01 document, registered or to be registered.
        :param lock: it is about to be sent, see `_l10n_in_irp_other_ewaybill`.
        """
        if other := self.move_id._l10n_in_irp_other_ewaybill(lock=lock):
            return [Violation(NO_CODE, "", None, "other_ewaybill", other)]
        faults = ewaybill_violations(
            self._prepare_request(irn),
            invoice,
            indian_today(),
            portal_km=self._known_distance(self._route(invoice)),
            check_digits=self._target_environment() == "production",
        )
        return [self._in_own_words(fault) for fault in faults]

    def _in_own_words(self, fault):
        """Return a fault, with its cause if Odoo knows more than the document shows."""
        if fault.code != "4009":
            return fault
        kind, template = "goods_as_charges", GOODS_AS_CHARGES
        lines = self._goods_as_charges()
        if not lines:
            kind, template = "goods_left_out", GOODS_LEFT_OUT
            lines = self._goods_left_out()
        if not lines:
            return fault
        params = {"lines": self._line_names(lines)}
        return replace(fault, kind=kind, template=template, params=params)

    def _goods_left_out(self):
        """Return the goods that are no items, because they are free or deducted."""
        move = self.move_id
        return move.invoice_line_ids.filtered(
            lambda line: (
                line.display_type == "product"
                and line.l10n_in_hsn_code
                and not move._l10n_in_is_service_hsn(line.l10n_in_hsn_code)
            )
        )

    def _route(self, invoice):
        """Return the PIN codes that the portal measures between; False if one is
        missing."""
        request, invoice = self._prepare_request(), invoice or {}
        ends = (dispatch_from(invoice, request), deliver_to(invoice, request))
        pins = [str(end["Pin"]) for end in ends if end.get("Pin")]
        return "-".join(pins) if len(pins) == len(ends) else False

    def _known_distance(self, route):
        """Return the portal's earlier distance for the same PIN codes; None if
        unknown."""
        known = self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("environment", "=", self._target_environment()),
                ("route", "=", route),
                ("portal_distance", ">", 0),
            ],
            limit=1,
        )
        return known.portal_distance or None if route else None
