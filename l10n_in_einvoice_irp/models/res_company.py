from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .rights import check_manager

IRP_ENVIRONMENTS = [
    ("demo", "Demo (Built-in Portal)"),
    ("sandbox", "Sandbox (Trial Portal)"),
    ("production", "Production"),
]
# Settings that managers of e-invoicing and administrators of Odoo alone change.
MANAGED = ("l10n_in_irp_environment", "l10n_in_irp_managers_cancel")
# A group of fields to read together, instead of with each invoice that is posted.
SELDOM_READ = "l10n_in_irp"


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_in_irp_enabled = fields.Boolean(
        string="Register e-Invoices with IRP",
        help="Until it is ticked, nothing is registered. Leave it unticked if the "
        "company does not have to issue e-Invoices.",
    )
    l10n_in_irp_environment = fields.Selection(
        selection=IRP_ENVIRONMENTS,
        string="IRP Environment",
        default="demo",
        required=True,
        help="Where this company's invoices are registered. Only Production issues "
        "legally valid e-Invoices; all others are marked as TEST INVOICE.",
    )
    l10n_in_irp_register_on = fields.Selection(
        selection=[
            ("posting", "On Posting"),
            ("send", "On Send & Print"),
            ("manual", "Manually"),
        ],
        string="Generate IRN",
        default="posting",
        required=True,
    )

    l10n_in_irp_managers_cancel = fields.Boolean(
        string="Only Managers Cancel",
        help="Only users with the access right 'e-Invoice (India): Manager' cancel "
        "IRNs and e-way bills of this company.",
        prefetch=SELDOM_READ,
    )

    l10n_in_irp_turnover = fields.Selection(
        selection=[
            ("500", "Above 500 Crore"),
            ("100", "100 to 500 Crore"),
            ("50", "50 to 100 Crore"),
            ("20", "20 to 50 Crore"),
            ("10", "10 to 20 Crore"),
            ("5", "5 to 10 Crore"),
            ("0", "Up to 5 Crore"),
        ],
        string="Highest Annual Turnover (AATO) since 2017-18",
        default="5",
        required=True,
        help="Highest Annual Aggregate Turnover (AATO) of the PAN since 2017-18, in "
        "INR. It decides from which date e-Invoicing applies, and from 10 crore, that "
        "invoices must be reported within 30 days.",
    )
    l10n_in_irp_exemption = fields.Selection(
        selection=[
            ("composition", "Composition Dealer"),
            ("sez_unit", "SEZ Unit"),
            ("financial", "Insurer, Bank, Financial Institution or NBFC"),
            ("gta", "Goods Transport Agency"),
            ("passenger", "Passenger Transport Service"),
            ("cinema", "Admission to Films in Multiplex Screens"),
            ("government", "Government Department or Local Authority"),
        ],
        string="Exempted Category",
        help="Suppliers exempted by Notifications 13/2020 and 23/2021-Central Tax, "
        "irrespective of turnover.",
    )
    l10n_in_irp_untaxed_lines = fields.Selection(
        selection=[
            ("items", "As Items with Rate 0"),
            ("other_charges", "As Other Charges of the Invoice"),
        ],
        string="Nil-Rated / Exempt Lines",
        default="items",
        required=True,
        prefetch=SELDOM_READ,
    )

    l10n_in_irp_register_advances = fields.Boolean(
        string="Register Down Payments",
        default=True,
        help="Down payment invoices are registered, and the final invoice deducts "
        "them. Untick if you issue receipt vouchers for advances (CGST rule 50; no "
        "tax is due on an advance for goods, Notification 66/2017-Central Tax). Down "
        "payments are then not registered, and the final invoice is registered at its "
        "full value with the advance as a payment.",
    )
    l10n_in_irp_ewb_with_irn = fields.Boolean(
        string="Generate e-Way Bill with IRN",
        default=True,
        help="Generate a prepared e-way bill in the same call as the IRN.",
        prefetch=SELDOM_READ,
    )

    l10n_in_irp_takeover_minutes = fields.Integer(
        string="Use the Stand-By Portal After (Minutes)",
        help="How long the main portal has to be down before new invoices go to the "
        "portal whose IRP credential has the role 'Takes Over'. They return to the "
        "main portal when it responds again. An invoice that the main portal may have "
        "received waits for its response. 0: never.",
        prefetch=SELDOM_READ,
    )

    l10n_in_irp_gstin_check = fields.Selection(
        selection=[
            ("warn", "Warn on the Invoice"),
            ("block", "Do Not Register the Invoice"),
        ],
        string="Invoices to Inactive GSTINs",
        default="warn",
        required=True,
        help="What to do with an invoice if the last GST portal record shows the "
        "customer's GSTIN as cancelled, suspended, not found or blocked for e-way "
        "bills on the invoice date.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_gstin_days = fields.Integer(
        string="Refresh GSTINs after Days",
        default=30,
        help="Contacts with an older GST portal record are looked up again "
        "automatically. 0: never.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_gstin_invoiced_days = fields.Integer(
        string="Invoiced within Days",
        default=90,
        help="Only contacts invoiced within this number of days are refreshed.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_gstin_rate = fields.Integer(
        string="GSTIN Look-ups per Minute",
        default=120,
        help="Maximum GSTIN look-ups per minute for scheduled refresh and GSTIN "
        "Verification together. Looking up a single contact counts, but is never "
        "delayed.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_gstin_budget = fields.Integer(
        string="GSTIN Look-ups per Day",
        default=2000,
        help="Maximum GSTIN look-ups per day (IST), counted like those per minute.",
        prefetch=SELDOM_READ,
    )

    @api.constrains(
        "l10n_in_irp_takeover_minutes",
        "l10n_in_irp_gstin_days",
        "l10n_in_irp_gstin_invoiced_days",
        "l10n_in_irp_gstin_rate",
        "l10n_in_irp_gstin_budget",
    )
    def _check_l10n_in_irp_limits(self):
        for company in self:
            lowest = {
                "l10n_in_irp_takeover_minutes": 0,
                "l10n_in_irp_gstin_days": 0,
                "l10n_in_irp_gstin_invoiced_days": 1,
                # a GSTIN may take two calls
                "l10n_in_irp_gstin_rate": 2,
                "l10n_in_irp_gstin_budget": 0,
            }
            for name, least in lowest.items():
                if company[name] < least:
                    label = company._fields[name].get_description(self.env)["string"]
                    raise ValidationError(
                        self.env._(
                            "%(company)s, %(field)s: enter %(least)s or more.",
                            company=company.name,
                            field=label,
                            least=least,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base'
        companies = super().create(vals_list)
        if any(company.l10n_in_irp_environment != "demo" for company in companies):
            companies._l10n_in_irp_check_managed()
        return companies

    def write(self, vals):
        # EXTENDS 'base'
        names = set(MANAGED) & vals.keys()
        if any(company[name] != vals[name] for company in self for name in names):
            self._l10n_in_irp_check_managed()
        return super().write(vals)

    def _l10n_in_irp_check_managed(self):
        """Refuse users who may not change the settings `MANAGED`.

        :raises AccessError: the user may not.
        """
        if not (self.env.su or self.env.user.has_group("base.group_system")):
            check_manager(self.env)

    def _l10n_in_irp_check_selected(self):
        """Refuse a company that the user has not selected.

        :raises UserError: the user does not work with this company now.
        """
        if self not in self.env.companies:
            raise UserError(self.env._("Choose one of your active companies."))

    def _l10n_in_irp_label(self, name):
        """Return the label of a selection field's value."""
        self.ensure_one()
        return dict(self._fields[name]._description_selection(self.env))[self[name]]

    @api.model
    def _l10n_in_irp_registering(self):
        """Return all companies that register their invoices, for superuser."""
        companies = self.sudo().search([("vat", "!=", False)])
        return companies.filtered(
            lambda company: (
                company.l10n_in_irp_enabled
                and company.account_fiscal_country_id.code == "IN"
            )
        )
