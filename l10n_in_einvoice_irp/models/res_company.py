from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

IRP_ENVIRONMENTS = [
    ("demo", "Demo (built-in portal)"),
    ("sandbox", "Sandbox (trial portal)"),
    ("production", "Production"),
]
# A group of fields to read together: not with each invoice that is posted.
SELDOM_READ = "l10n_in_irp"


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_in_irp_enabled = fields.Boolean(
        string="Register e-invoices at the IRP",
        default=True,
        help="Untick it for a company whose turnover does not oblige it to issue "
        "e-invoices.",
    )
    l10n_in_irp_environment = fields.Selection(
        selection=IRP_ENVIRONMENTS,
        string="IRP environment",
        default="demo",
        required=True,
        help="Where this company's invoices are registered. Only production makes "
        "legally valid e-invoices; everything else is printed as a SAMPLE.",
    )
    l10n_in_irp_register_on = fields.Selection(
        selection=[
            ("posting", "When an invoice is posted"),
            ("send", "On Send & Print"),
            ("manual", "Manually"),
        ],
        string="Register e-invoices",
        default="posting",
        required=True,
    )

    l10n_in_irp_turnover = fields.Selection(
        selection=[
            ("500", "Above 500 crore"),
            ("100", "100 to 500 crore"),
            ("50", "50 to 100 crore"),
            ("20", "20 to 50 crore"),
            ("10", "10 to 20 crore"),
            ("5", "5 to 10 crore"),
            ("0", "Up to 5 crore"),
        ],
        string="Highest turnover since 2017-18",
        default="5",
        required=True,
        help="Aggregate annual turnover (AATO) of the PAN in rupees, in the best year "
        "since 2017-18. From which date invoices have to be registered follows from "
        "it, and from 10 crore on, that they have to be reported within 30 days.",
    )
    l10n_in_irp_exemption = fields.Selection(
        selection=[
            ("composition", "Composition dealer"),
            ("sez_unit", "SEZ unit"),
            ("financial", "Insurer, bank, financial institution or NBFC"),
            ("gta", "Goods transport agency"),
            ("passenger", "Passenger transport service"),
            ("cinema", "Admission to films in multiplex screens"),
            ("government", "Government department or local authority"),
        ],
        string="Exempt from e-invoicing as",
        help="Suppliers whom Notifications 13/2020 and 23/2021-Central Tax exempt "
        "whatever their turnover.",
    )
    l10n_in_irp_untaxed_lines = fields.Selection(
        selection=[
            ("items", "As items with rate 0"),
            ("other_charges", "As other charges of the document"),
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
        "them. Untick it if you issue receipt vouchers for advances (CGST rule 50; for "
        "goods no tax falls due on an advance, Notification 66/2017-Central Tax): down "
        "payments are not registered then, and the final invoice is registered with "
        "its full value, the advance being a payment.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_ewb_with_irn = fields.Boolean(
        string="Send e-way bills with the IRN",
        default=True,
        help="Ask for a prepared e-way bill in the call that registers the invoice.",
        prefetch=SELDOM_READ,
    )

    l10n_in_irp_gstin_check = fields.Selection(
        selection=[
            ("warn", "Warn on the invoice"),
            ("block", "Do not register the invoice"),
        ],
        string="Customers with a doubtful GSTIN",
        default="warn",
        required=True,
        help="What happens to an invoice if, by the last record of the GST portal, the "
        "customer's GSTIN is cancelled, suspended, unknown or blocked for e-way bills "
        "on its date.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_gstin_days = fields.Integer(
        string="Refresh GSTINs after days",
        default=30,
        help="Partners whose record of the GST portal is older are looked up again by "
        "themselves. 0: never.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_gstin_invoiced_days = fields.Integer(
        string="Invoiced within days",
        default=90,
        help="Only partners are refreshed that were invoiced within so many days.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_gstin_rate = fields.Integer(
        string="Look-ups per minute",
        default=120,
        help="The most calls for GSTINs in a minute, of the refresh, of lists and of "
        "selections together. Looking up one partner by its button counts too, but is "
        "not held back.",
        prefetch=SELDOM_READ,
    )
    l10n_in_irp_gstin_budget = fields.Integer(
        string="Look-ups per day",
        default=2000,
        help="The most calls for GSTINs in a day, Indian time; counted like those per "
        "minute.",
        prefetch=SELDOM_READ,
    )

    @api.constrains(
        "l10n_in_irp_gstin_days",
        "l10n_in_irp_gstin_invoiced_days",
        "l10n_in_irp_gstin_rate",
        "l10n_in_irp_gstin_budget",
    )
    def _check_l10n_in_irp_gstin_limits(self):
        for company in self:
            lowest = {
                "l10n_in_irp_gstin_days": 0,
                "l10n_in_irp_gstin_invoiced_days": 1,
                # one GSTIN may take two calls
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

    def _l10n_in_irp_check_selected(self):
        """:raises UserError: the user does not work with this company now."""
        if self not in self.env.companies:
            raise UserError(
                self.env._("Choose one of the companies that you work with now.")
            )

    def _l10n_in_irp_label(self, name):
        """The label of what is chosen in a selection field."""
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
