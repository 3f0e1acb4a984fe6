from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import float_compare

from ..guarded import GuardedModel
from .account_move import BILL_OF_ENTRY

# what a person may state of goods
STATED = frozenset({"taxable_value", "gst_rate", "cess_rate", "cess_amount"})


class L10nInIrpEwaybillLine(GuardedModel, models.Model):
    """Goods on an e-way bill without an IRN, with the value that it declares.

    The document of the goods fills it in until a person states another value, as the
    transporter's papers show one.
    """

    _name = "l10n_in.irp.ewaybill.line"
    _description = "Goods on an e-Way Bill"
    _order = "ewaybill_id, number, id"

    ewaybill_id = fields.Many2one(
        "l10n_in.irp.ewaybill",
        string="e-Way Bill",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="ewaybill_id.company_id", store=True, index=True
    )
    number = fields.Integer(string="No.", readonly=True)
    name = fields.Char(string="Product", readonly=True)
    description = fields.Char(readonly=True)
    hsn = fields.Char(string="HSN Code", readonly=True)
    quantity = fields.Float(digits=(16, 3), readonly=True)
    unit = fields.Char(string="UQC", readonly=True)
    taxable_value = fields.Float(
        string="Taxable Value (₹)",
        digits=(16, 2),
        help="From the document, or from the order price or cost of a transfer. Enter "
        "another value if the transporter's papers show it.",
    )
    gst_rate = fields.Float(
        string="GST Rate (%)", digits=(6, 3), help="IGST, or CGST and SGST together."
    )
    cess_rate = fields.Float(string="Cess Rate (%)", digits=(6, 3))
    cess_amount = fields.Float(
        string="Cess Non-Advol (₹)",
        digits=(16, 2),
        help="Cess by quantity on this line.",
    )
    is_stated = fields.Boolean(
        string="Entered by Hand",
        readonly=True,
        help="The values were entered by hand; 'Reset Values' returns to those of the "
        "document.",
    )
    source_values = fields.Json(
        string="Values of the Document",
        readonly=True,
        help="What the document had for each value that was entered by hand.",
    )

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self._check_unsent()
        names = STATED & vals.keys()
        before = {line: {name: line[name] for name in names} for line in self}
        result = super().write(vals)
        for line, values in before.items() if names else ():
            line.sudo()._freeze(values)
        return result

    def _freeze(self, before):
        """Note what the document had for values that a person has stated; the other
        ones go on following it.

        :param before: field values before a person has stated others.
        """
        known = self.source_values or {}
        self.write({"is_stated": True, "source_values": before | known})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if not self.env.su:
            self._check_unsent()

    def _check_unsent(self):
        """Refuse to change what an e-way bill has declared.

        :raises odoo.exceptions.UserError: it was sent.
        """
        self.ewaybill_id._check_editable({})

    # ------------------------------------------------------------------
    # The goods of the request
    # ------------------------------------------------------------------

    def _key(self):
        """Return what distinguishes these goods from others of the document."""
        texts = (self.name, self.description, self.hsn, self.unit)
        return (*(text or "" for text in texts), f"{self.quantity:.3f}")

    @api.model
    def _key_of(self, item):
        """Return the same of an `irp.rules.ewaybill.Item`."""
        quantity = f"{item.quantity or 0:.3f}"
        return item.product_name, item.description, item.hsn, item.unit, quantity

    @api.model
    def _values_of(self, item):
        """Return the field values of an item as its document has it."""
        return {
            "name": item.product_name,
            "description": item.description,
            "hsn": item.hsn,
            "quantity": float(item.quantity or 0),
            "unit": item.unit,
            "taxable_value": float(item.taxable_amount),
            "gst_rate": float(item.cgst_rate + item.sgst_rate + item.igst_rate),
            "cess_rate": float(item.cess_rate),
            "cess_amount": float(item.cess_non_advol),
            "is_stated": False,
            "source_values": False,
        }

    def _followed_values(self, item):
        """Return the field values of an item that no person has stated."""
        frozen = {"is_stated", "source_values", *self.source_values}
        values = self._values_of(item)
        return {name: values[name] for name in values.keys() - frozen}

    def _is_outdated(self, item):
        """Return whether the document has changed a value since a person stated
        another one in its place."""
        now = self._values_of(item)
        return any(
            float_compare(now[name], value, precision_digits=3)
            for name, value in self.source_values.items()
        )

    def _stated(self, item, is_between):
        """Return an item with the values that a person has stated.

        :param is_between: whether IGST applies if the item has no rate.
        """
        is_between = bool(item.igst_rate) or (is_between and not item.cgst_rate)
        # customs charges what is stated for an import
        is_import = self.ewaybill_id.doc_type == BILL_OF_ENTRY
        stated = self._values_of(item) | {
            name: self[name] for name in self.source_values
        }
        rate = _decimal(stated["gst_rate"], 3)
        half = {"cgst_rate": rate / 2, "sgst_rate": rate / 2, "igst_rate": Decimal(0)}
        whole = {"cgst_rate": Decimal(0), "sgst_rate": Decimal(0), "igst_rate": rate}
        return replace(
            item,
            taxable_amount=_decimal(stated["taxable_value"]),
            cess_rate=_decimal(stated["cess_rate"], 3),
            cess_non_advol=_decimal(stated["cess_amount"]),
            charges_gst=item.charges_gst or is_import,
            charges_cess=item.charges_cess or is_import,
            **(whole if is_between else half),
        )


def _decimal(number, digits=2):
    return Decimal(str(round(number, digits)))
