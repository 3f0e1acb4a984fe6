from odoo import fields, models

IRP_ENVIRONMENTS = [
    ("demo", "Demo (built-in portal)"),
    ("sandbox", "Sandbox (trial portal)"),
    ("production", "Production"),
]


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

    def _l10n_in_irp_check_waiting_signatures(self):
        """Check the registrations that waited for a signing key which came now."""
        waiting = (
            self.env["l10n_in.irp.document"]
            .sudo()
            .search(
                [
                    ("company_id", "child_of", self.ids),
                    ("signature_state", "=", "unchecked"),
                    ("signed_invoice", "!=", False),
                ]
            )
        )
        waiting._check_signature()
