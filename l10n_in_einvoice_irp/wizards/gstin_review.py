from odoo import Command, api, fields, models

from ..irp.rules import kind_of
from ..models.clock import indian_today
from .targets import CheckedDialog

# kind of taxpayer -> treatments that fit it, the proposed one first
TREATMENTS = {
    "regular": ("regular", "deemed_export"),
    "composition": ("composition",),
    "sez": ("special_economic_zone",),
    "uin": ("uin_holders",),
}
LONGEST = 100
ADDRESS = "address"
"""The row of these fields, which are taken together: a street of the one address with
the PIN Code of the other is no address."""
ADDRESS_FIELDS = ("street", "street2", "city", "zip", "state_id", "country_id")
# with a state alone, which follows from the GSTIN, a partner has no address yet
TYPED_FIELDS = ("street", "street2", "city", "zip")


class L10nInIrpGstinReview(CheckedDialog, models.TransientModel):
    """Compares a partner with the GST portal's record; the user chooses values."""

    _name = "l10n_in.irp.gstin.review"
    _description = "GSTIN Record Review"
    _rec_name = "gstin"

    partner_id = fields.Many2one(
        "res.partner",
        readonly=True,
        ondelete="cascade",
        help="Empty if the values go to an open contact form.",
    )
    taxpayer_id = fields.Many2one(
        "l10n_in.irp.taxpayer", required=True, readonly=True, ondelete="cascade"
    )
    gstin = fields.Char(related="taxpayer_id.gstin")
    legal_name = fields.Char(related="taxpayer_id.legal_name")
    trade_name = fields.Char(related="taxpayer_id.trade_name")
    asked_at = fields.Datetime(related="taxpayer_id.asked_at")
    source = fields.Selection(related="taxpayer_id.source")
    environment = fields.Selection(related="taxpayer_id.environment")
    registered_on = fields.Date(related="taxpayer_id.registered_on")
    deregistered_on = fields.Date(related="taxpayer_id.deregistered_on")
    taxpayer_type = fields.Char(related="taxpayer_id.taxpayer_type")
    standing = fields.Char(string="Status", compute="_compute_standing")
    is_doubtful = fields.Boolean(compute="_compute_standing")
    is_found = fields.Boolean(related="taxpayer_id.is_found")
    line_ids = fields.One2many("l10n_in.irp.gstin.review.line", "review_id")

    @api.depends("taxpayer_id")
    def _compute_standing(self):
        today = indian_today()
        for review in self:
            standing = review.taxpayer_id._standing_on(today)
            review.standing = review.taxpayer_id._standing_text(standing)
            review.is_doubtful = standing.doubtful

    @api.model
    def _open(self, record, partner):
        """Return the dialog for a record and a partner (a new one: the values of a
        form)."""
        review = self.create(
            {
                "partner_id": partner.id or False,
                "taxpayer_id": record.id,
                "line_ids": [
                    Command.create(row) for row in self._lines(record, partner)
                ],
            }
        )
        return {
            **review._get_records_action(
                name=self.env._("GST Portal: %s", record.gstin), target="new"
            ),
            "context": {"dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------------
    # Proposals
    # ------------------------------------------------------------------

    def _proposed(self, record, partner):
        """Return field of the partner -> value, where the portal's record differs."""
        values = self._recorded_values(record) if record.is_found else {}
        if values and not partner._origin:
            values["company_type"] = "company"
        return {
            name: value
            for name, value in values.items()
            if value and not self._agrees(record, partner, name, value)
        }

    def _lines(self, record, partner):
        """Return the values of the rows: the address is one."""
        values = self._proposed(record, partner)
        rows = [
            self._line(partner, name, value)
            for name, value in values.items()
            if name not in ADDRESS_FIELDS
        ]
        is_other = any(name in values for name in ADDRESS_FIELDS)
        if is_other and self._has_whole_address(record, partner):
            rows.append(self._address_line(record, partner))
        return rows

    @staticmethod
    def _has_whole_address(record, partner):
        """Return whether the record's address may replace the partner's: a record
        without street would empty it."""
        has_street = any(record._street_lines())
        return has_street or not any(partner[name] for name in TYPED_FIELDS)

    def _address_line(self, record, partner):
        current = {name: partner[name] for name in ADDRESS_FIELDS}
        for name in ("state_id", "country_id"):
            current[name] = current[name].id
        return {
            "field_name": ADDRESS,
            "label": self.env._("Address"),
            "old": self._address_text(partner, current),
            "new": self._address_text(partner, self._address_values(record)),
            "is_taken": not any(partner[name] for name in TYPED_FIELDS),
        }

    def _address_text(self, partner, values):
        shown = [
            self._shown(partner, name, values.get(name)) for name in ADDRESS_FIELDS
        ]
        return ", ".join(filter(None, shown))

    def _address_values(self, record):
        """Return all fields of the record's address; those that it lacks are emptied,
        except state and country."""
        recorded = self._recorded_values(record)
        values = {name: recorded[name] or False for name in ADDRESS_FIELDS}
        return {
            name: value
            for name, value in values.items()
            if value or name in TYPED_FIELDS
        }

    def _recorded_values(self, record):
        """Return the values of a partner according to a record; relations as ids."""
        street, street2 = record._street_lines()
        if not street:
            street, street2 = street2, ""
        return {
            "name": record.legal_name or record.trade_name,
            "street": street[:LONGEST],
            "street2": street2[:LONGEST],
            "city": record.location,
            "zip": record.pin,
            "state_id": self._state(record.state_code).id,
            "country_id": self.env.ref("base.in").id,
            "l10n_in_gst_treatment": self._treatments(record)[0],
        }

    def _state(self, code):
        country = self.env.ref("base.in")
        return self.env["res.country.state"].search(
            [("l10n_in_tin", "=", code), ("country_id", "=", country.id)], limit=1
        )

    @staticmethod
    def _treatments(record):
        """Return the treatments that fit the type; a single False if the type fits
        none."""
        return TREATMENTS.get(kind_of(record.taxpayer_type or ""), (False,))

    def _agrees(self, record, partner, name, value):
        current = partner[name]
        if name == "l10n_in_gst_treatment":
            return current in self._treatments(record)
        if name == "name":
            names = (record.legal_name, record.trade_name)
            return self._normalised(current) in {
                self._normalised(one) for one in names if one
            }
        if isinstance(current, models.BaseModel):
            return current.id == value
        return self._normalised(current) == self._normalised(value)

    @staticmethod
    def _normalised(text):
        """Return a text in a comparable form: the portal writes only capitals."""
        return "".join(filter(str.isalnum, (text or "").casefold()))

    def _line(self, partner, name, value):
        current = partner[name]
        return {
            "field_name": name,
            "label": partner._fields[name].get_description(self.env)["string"],
            "old": self._shown(
                partner, name, current.id if name[-3:] == "_id" else current
            ),
            "new": self._shown(partner, name, value),
            "value": str(value),
            # a present value is a user's work, and replaced only if the user agrees;
            # but that a new partner is a person is Odoo's default
            "is_taken": not current or name == "company_type",
        }

    def _shown(self, partner, name, value):
        field = partner._fields[name]
        if not value:
            return ""
        if field.type == "many2one":
            return self.env[field.comodel_name].browse(value).display_name
        if field.type == "selection":
            return dict(field._description_selection(self.env))[value]
        return value

    # ------------------------------------------------------------------
    # Accepted values
    # ------------------------------------------------------------------

    def action_apply(self):
        """Write the ticked values to the partner, or return them to an open form."""
        self.ensure_one()
        taken = self.line_ids.filtered("is_taken")
        values = {
            line.field_name: line._typed_value()
            for line in taken
            if line.field_name != ADDRESS
        }
        if ADDRESS in taken.mapped("field_name"):
            values |= self._address_values(self.taxpayer_id)
        if self.partner_id and values:
            self.partner_id.write(values)
        return {
            "type": "ir.actions.act_window_close",
            "infos": {"values": self._for_form(values)},
        }

    def _for_form(self, values):
        """Return values as the web client stores them in a form: relations with their
        name."""
        partners = self.env["res.partner"]
        return {
            name: {"id": value, "display_name": self._shown(partners, name, value)}
            if value and partners._fields[name].type == "many2one"
            else value
            for name, value in values.items()
        }
