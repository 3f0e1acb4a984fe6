from odoo import api, fields, models

from ...irp.operations import states
from .ewaybill import GENERATE, LOOK_UP


class L10nInIrpEwaybill(models.Model):
    """The services for an e-way bill that the portal of its invoice offers.

    Without e-way bills by IRN, one that was not generated with the IRN is generated on
    the website of the e-way bill system, and a manager records its number.
    """

    _inherit = "l10n_in.irp.ewaybill"

    can_generate = fields.Boolean(
        string="Can Be Generated from Odoo", compute="_compute_missing"
    )
    can_look_up = fields.Boolean(
        string="Can Be Looked Up from Odoo", compute="_compute_missing"
    )
    missing = fields.Char(
        string="Not Offered by the Portal",
        compute="_compute_missing",
        help="What the portal of the invoice does not offer to programs, and what to "
        "do instead.",
    )

    @api.depends("state", "environment", "irn")
    def _compute_missing(self):
        by_portal = self.grouped(
            lambda bill: (bill.company_id, bill.environment, bill._portal_address())
        )
        for (company, environment, address), ewaybills in by_portal.items():
            missing = [
                # without an invoice there is no company yet
                company and company._l10n_in_irp_missing(service, environment, address)
                for service in (GENERATE, LOOK_UP)
            ]
            for ewaybill in ewaybills:
                ewaybill._set_missing(*missing)

    def _set_missing(self, generate, look_up):
        """Show the reason for the button that a person would look for."""
        self.can_generate, self.can_look_up = not generate, not look_up
        is_prepared = states.is_prepared(self.state) and self.irn
        self.missing = generate if is_prepared else self._is_sent() and look_up

    def _is_sent(self):
        return not self._is_unsent() and self.state != states.CANCELLED

    @api.depends("can_generate", "irn")
    def _compute_can_be_settled(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        result = super()._compute_can_be_settled()
        for ewaybill in self:
            is_prepared = states.is_prepared(ewaybill.state) and ewaybill.irn
            if is_prepared and not ewaybill.can_generate:
                ewaybill.can_be_settled = True
        return result
