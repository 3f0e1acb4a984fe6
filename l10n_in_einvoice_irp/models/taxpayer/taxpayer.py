from odoo import api, fields, models
from odoo.exceptions import UserError

from ...irp.rules import standing_on
from ..guarded import GuardedModel
from ..res_company import IRP_ENVIRONMENTS

STANDINGS = [
    ("active", "Active"),
    ("not_yet", "Not Registered Yet"),
    ("cancelled", "Cancelled"),
    ("inactive", "Inactive"),
    ("suspended", "Suspended"),
    ("unknown", "Not Found"),
    ("unclear", "Unclear"),
]
SOURCES = [("get", "e-Invoice Portal"), ("sync", "GST Common Portal")]
# field of a record -> member of `irp.protocol.records.Taxpayer` of the same name
FACTS = (
    "legal_name",
    "trade_name",
    "building_name",
    "building_number",
    "floor",
    "street",
    "location",
    "state_code",
    "pin",
    "taxpayer_type",
    "status",
    "block_status",
    "registered_on",
    "deregistered_on",
)


class L10nInIrpTaxpayer(GuardedModel, models.Model):
    """The portal's answer about a GSTIN; a row per answer, only ever added.

    The newest row of a company, environment and GSTIN is its cached record.
    """

    _name = "l10n_in.irp.taxpayer"
    _description = "GSTIN Record"
    _is_filled_by_code = True
    _order = "id desc"
    _rec_name = "gstin"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        help="Only users of this company can see the record.",
    )
    environment = fields.Selection(
        selection=IRP_ENVIRONMENTS, required=True, readonly=True
    )
    base_url = fields.Char(string="Portal", readonly=True)
    gstin = fields.Char(string="GSTIN", required=True, readonly=True)
    asked_at = fields.Datetime(string="Checked On", required=True, readonly=True)
    source = fields.Selection(
        selection=SOURCES,
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", readonly=True)
    is_found = fields.Boolean(string="Found", readonly=True)
    legal_name = fields.Char(readonly=True)
    trade_name = fields.Char(readonly=True)
    building_name = fields.Char(readonly=True)
    building_number = fields.Char(readonly=True)
    floor = fields.Char(readonly=True)
    street = fields.Char(readonly=True)
    location = fields.Char(readonly=True)
    state_code = fields.Char(readonly=True)
    pin = fields.Char(string="PIN Code", readonly=True)
    taxpayer_type = fields.Char(readonly=True, help="REG, SEZ, SED, COM, CAS, …")
    status = fields.Char(
        string="Status Code", readonly=True, help="ACT, CNL, INA, PRO or SUS"
    )
    block_status = fields.Char(string="e-Way Bill Block", readonly=True)
    registered_on = fields.Date(readonly=True)
    deregistered_on = fields.Date(string="Cancelled From", readonly=True)
    standing = fields.Selection(
        selection=STANDINGS,
        string="Status",
        readonly=True,
        help="On the day of the check.",
    )
    is_blocked = fields.Boolean(string="e-Way Bills Blocked", readonly=True)
    previous_id = fields.Many2one(
        "l10n_in.irp.taxpayer", string="Previous Record", readonly=True
    )
    previous_standing = fields.Selection(
        related="previous_id.standing", string="Previous Status"
    )
    is_change = fields.Boolean(
        string="Changed",
        readonly=True,
        help="The status or the e-way bill block has changed.",
    )
    address = fields.Char(compute="_compute_address")

    _newest = models.Index("(company_id, environment, gstin, id DESC)")
    _changes = models.Index("(company_id, id) WHERE is_change")

    @api.depends(*FACTS)
    def _compute_address(self):
        for record in self:
            parts = (*record._street_lines(), record.location, record.pin)
            record.address = ", ".join(filter(None, parts))

    def _street_lines(self):
        """Return both lines of the street, as in an Odoo address."""
        self.ensure_one()
        building = (self.building_number, self.building_name, self.floor)
        return ", ".join(filter(None, building)), self.street or ""

    # ------------------------------------------------------------------
    # Added once, never changed
    # ------------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("GST portal records cannot be deleted."))

    def write(self, vals):
        if vals:
            raise UserError(
                self.env._(
                    "GST portal records cannot be changed. Look up the GSTIN again "
                    "instead."
                )
            )
        return super().write(vals)

    @api.model
    def _newest_of(self, company, environment, gstins):
        """Return the cached records of GSTINs: GSTIN -> record."""
        groups = self.sudo()._read_group(
            [
                ("company_id", "=", company.id),
                ("environment", "=", environment),
                ("gstin", "in", list(gstins)),
            ],
            ["gstin"],
            ["id:max"],
        )
        return {gstin: self.sudo().browse(newest) for gstin, newest in groups}

    @api.model
    def _cached(self, company, gstin):
        """Return the last answer of the portal in a company's environment about a
        GSTIN."""
        gstin = (gstin or "").upper()
        newest = self._newest_of(company, company.l10n_in_irp_environment, [gstin])
        return newest.get(gstin, self)

    # ------------------------------------------------------------------
    # Standing
    # ------------------------------------------------------------------

    def _standing_on(self, day):
        """Return the `irp.rules.taxpayer_status.Standing` of this record on a day."""
        self.ensure_one()
        return standing_on(self if self.is_found else None, day)

    @api.model
    def _standing_text(self, standing):
        """Return an `irp.rules.taxpayer_status.Standing` in words."""
        text = self._standing_labels()[standing.state]
        if standing.since and standing.state == "not_yet":
            text = self.env._("Registered only from %s", standing.since)
        elif standing.since:
            text = self.env._("Cancelled with effect from %s", standing.since)
        if standing.blocked:
            text = self.env._("%s; e-way bills are blocked", text)
        return text

    def _portal_label(self):
        """Return the source of the record; the data of a trial portal may be made
        up."""
        self.ensure_one()
        if self.environment == "production":
            return self.env._("GST Portal")
        labels = dict(self._fields["environment"]._description_selection(self.env))
        return self.env._("GST Portal, %s", labels[self.environment])

    @api.model
    def _standing_labels(self):
        return dict(self._fields["standing"]._description_selection(self.env))
