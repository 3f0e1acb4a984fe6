from odoo import api, fields, models

from ..irp.reference import gstin_fault, has_gstin_form, is_common_enrolment
from .clock import indian_today
from .res_company import IRP_ENVIRONMENTS
from .rights import READERS
from .taxpayer.lookup import GET, SYNC
from .taxpayer.taxpayer import SOURCES

# field of the partner -> field of the portal's record
FACTS = {
    "l10n_in_irp_gst_environment": "environment",
    **{
        f"l10n_in_irp_{name}": name
        for name in (
            "legal_name",
            "trade_name",
            "address",
            "taxpayer_type",
            "registered_on",
            "deregistered_on",
            "is_blocked",
            "asked_at",
            "source",
        )
    },
}
# the form's fields in a look-up of its GSTIN
OFFERED = (
    "vat",
    "name",
    "company_type",
    "street",
    "street2",
    "city",
    "zip",
    "state_id",
    "country_id",
    "l10n_in_gst_treatment",
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    l10n_in_irp_taxpayer_id = fields.Many2one(
        "l10n_in.irp.taxpayer",
        string="GST Portal Record",
        compute="_compute_l10n_in_irp_taxpayer_id",
        groups=READERS,
        help="Last GST portal record of the GSTIN for this company.",
    )
    l10n_in_irp_standing = fields.Char(
        string="GSTIN Status",
        compute="_compute_l10n_in_irp_standing",
        groups=READERS,
        help="Status of the GSTIN today, from the last GST portal record.",
    )
    l10n_in_irp_is_doubtful = fields.Boolean(
        string="GSTIN Not Active",
        compute="_compute_l10n_in_irp_standing",
        groups=READERS,
    )
    l10n_in_irp_has_gstin = fields.Boolean(
        string="Has GSTIN", compute="_compute_l10n_in_irp_has_gstin", groups=READERS
    )
    l10n_in_irp_offer = fields.Boolean(
        string="GST Portal Offer",
        compute="_compute_l10n_in_irp_offer",
        groups=READERS,
        help="The GSTIN is valid and belongs to the contact, whose address is still "
        "empty.",
    )
    l10n_in_irp_can_get = fields.Boolean(
        string="GSTIN Look-up Offered",
        compute="_compute_l10n_in_irp_missing",
        groups=READERS,
    )
    l10n_in_irp_can_sync = fields.Boolean(
        string="GSTIN Sync Offered",
        compute="_compute_l10n_in_irp_missing",
        groups=READERS,
    )
    l10n_in_irp_missing = fields.Char(
        string="Not Offered by the Portal",
        compute="_compute_l10n_in_irp_missing",
        groups=READERS,
        help="What the portal of the company does not offer to programs, and what to "
        "do instead.",
    )
    # the record's values, for the form; computed, because a related field would have
    # to be searchable
    l10n_in_irp_legal_name = fields.Char(
        string="Legal Name", compute="_compute_l10n_in_irp_facts", groups=READERS
    )
    l10n_in_irp_trade_name = fields.Char(
        string="Trade Name", compute="_compute_l10n_in_irp_facts", groups=READERS
    )
    l10n_in_irp_address = fields.Char(
        string="Address on GST Portal",
        compute="_compute_l10n_in_irp_facts",
        groups=READERS,
    )
    l10n_in_irp_taxpayer_type = fields.Char(
        string="Taxpayer Type", compute="_compute_l10n_in_irp_facts", groups=READERS
    )
    l10n_in_irp_registered_on = fields.Date(
        string="Registered On", compute="_compute_l10n_in_irp_facts", groups=READERS
    )
    l10n_in_irp_deregistered_on = fields.Date(
        string="Cancelled From", compute="_compute_l10n_in_irp_facts", groups=READERS
    )
    l10n_in_irp_is_blocked = fields.Boolean(
        string="e-Way Bills Blocked",
        compute="_compute_l10n_in_irp_facts",
        groups=READERS,
    )
    l10n_in_irp_asked_at = fields.Datetime(
        string="Checked On", compute="_compute_l10n_in_irp_facts", groups=READERS
    )
    l10n_in_irp_source = fields.Selection(
        selection=SOURCES,
        string="Source",
        compute="_compute_l10n_in_irp_facts",
        groups=READERS,
    )
    l10n_in_irp_gst_environment = fields.Selection(
        selection=IRP_ENVIRONMENTS,
        string="Environment",
        compute="_compute_l10n_in_irp_facts",
        groups=READERS,
    )

    @api.depends("vat")
    @api.depends_context("company")
    def _compute_l10n_in_irp_taxpayer_id(self):
        company = self.env.company
        gstins = {(partner.vat or "").upper() for partner in self} - {""}
        newest = self.env["l10n_in.irp.taxpayer"]._newest_of(
            company, company.l10n_in_irp_environment, gstins
        )
        for partner in self:
            record = newest.get((partner.vat or "").upper())
            partner.l10n_in_irp_taxpayer_id = record

    @api.depends("l10n_in_irp_taxpayer_id")
    @api.depends_context("company")
    def _compute_l10n_in_irp_facts(self):
        for partner in self:
            record = partner.l10n_in_irp_taxpayer_id
            for field_name, name in FACTS.items():
                partner[field_name] = record[name]

    @api.depends("l10n_in_irp_taxpayer_id")
    @api.depends_context("company")
    def _compute_l10n_in_irp_standing(self):
        today = indian_today()
        for partner in self:
            record = partner.l10n_in_irp_taxpayer_id
            standing = record._standing_on(today) if record else None
            text = record._standing_text(standing) if record else False
            partner.l10n_in_irp_standing = text
            partner.l10n_in_irp_is_doubtful = bool(standing and standing.doubtful)

    @api.depends("vat", "country_id")
    @api.depends_context("company")
    def _compute_l10n_in_irp_has_gstin(self):
        is_indian = self.env.company.account_fiscal_country_id.code == "IN"
        for partner in self:
            number = (partner.vat or "").upper()
            partner.l10n_in_irp_has_gstin = (
                is_indian
                and partner.country_id.code in ("IN", False)
                and has_gstin_form(number)
                and not is_common_enrolment(number)
            )

    @api.depends("l10n_in_irp_has_gstin", "street", "zip", "parent_id", "is_company")
    @api.depends_context("company")
    def _compute_l10n_in_irp_offer(self):
        can_ask = self.env["l10n_in.irp.taxpayer"]._can_look_up(self.env.company)
        for partner in self:
            partner.l10n_in_irp_offer = (
                can_ask
                and partner.l10n_in_irp_has_gstin
                and not gstin_fault(partner.vat.upper())
                and not (partner.street or partner.zip)
                # a contact has its firm's GSTIN, but not its name and address
                and (partner.is_company or not partner.parent_id)
            )

    @api.depends_context("company")
    def _compute_l10n_in_irp_missing(self):
        company = self.env.company
        can_get, can_sync = map(company._l10n_in_irp_offers, (GET, SYNC))
        # without look-ups, nobody misses the sync
        self.l10n_in_irp_can_get = can_get
        self.l10n_in_irp_can_sync = can_sync
        self.l10n_in_irp_missing = company._l10n_in_irp_missing(
            SYNC if can_get else GET
        )

    # ------------------------------------------------------------------
    # Look-up
    # ------------------------------------------------------------------

    def action_l10n_in_irp_get(self):
        """Look up the GSTIN at the e-invoice portal and review the answer."""
        return self._l10n_in_irp_review(sync=False)

    def action_l10n_in_irp_sync(self):
        """Have the portal refresh the GSTIN from the GST common portal, and review
        it."""
        return self._l10n_in_irp_review(sync=True)

    def _l10n_in_irp_review(self, *, sync):
        self.ensure_one()
        self.check_access("read")
        record = self.env["l10n_in.irp.taxpayer"]._look_up_one(
            self.env.company, self.vat, sync=sync
        )
        # a contact has a separate name and address; the GSTIN's are its firm's
        firm = self.commercial_partner_id
        return record._review(firm)

    def l10n_in_irp_look_up(self, held):
        """Return the review of the GSTIN in an open form, which receives the accepted
        values.

        :param held: the form's values, saved or not: field -> value, relations as ids.
            Missing ones are the partner's, if it is saved.
        """
        self.check_access("read")
        values = {name: held[name] for name in OFFERED if name in held}
        gstin = values.get("vat", self.vat)
        record = self.env["l10n_in.irp.taxpayer"]._look_up_one(self.env.company, gstin)
        # after the look-up, whose commit drops the values of unsaved records
        partner = self.new(values, origin=self)
        return record._review(partner)

    def action_l10n_in_irp_records(self):
        """Open all answers of the portal to this company about the GSTIN."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "l10n_in_einvoice_irp.action_l10n_in_irp_taxpayer"
        )
        action["domain"] = [("gstin", "=", (self.vat or "").upper())]
        return action

    def action_l10n_in_verify_gstin_status(self):
        # EXTENDS 'l10n_in': ours is free; without our portal, theirs answers
        self.ensure_one()
        company = self.env.company
        taxpayers = self.env["l10n_in.irp.taxpayer"]
        gstin = (self.vat or "").upper()
        is_ours = taxpayers._is_lookup_allowed() and taxpayers._can_look_up(company)
        if not is_ours or not has_gstin_form(gstin):
            return super().action_l10n_in_verify_gstin_status()
        self.check_access("write")
        record = taxpayers._look_up_one(company, gstin)
        record._write_verified_status(self.sudo())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if self.l10n_in_irp_is_doubtful else "info",
                "message": record.sudo()._change_text(),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
