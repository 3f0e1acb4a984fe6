from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ...irp.document import financial_year
from ...irp.operations import states
from ..guarded import refuse

LINK = "l10n_in_irp_document_id"
PENDING = "l10n_in_irp_pending_id"
OURS = (LINK, PENDING)


class AccountMove(models.Model):
    """Guards an invoice's registration, and the file that waits for a signing key:
    nobody chooses another one for it.

    `l10n_in.irp.document._link` sets the registration past `write`, so only others pass
    it here; code sets the file as superuser.
    """

    _inherit = "account.move"

    @api.model
    def default_get(self, fields):
        # EXTENDS 'account'
        return super().default_get([name for name in fields if name not in OURS])

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account'
        defaults = {name: self.env.context.get(f"default_{name}") for name in OURS}
        for vals in (defaults, *vals_list):
            if given := [name for name in OURS if vals.get(name)]:
                refuse(self.env, self, given)
        return super().create(
            [{n: v for n, v in vals.items() if n not in OURS} for vals in vals_list]
        )

    def write(self, vals):
        # EXTENDS 'account'
        if LINK in vals or (PENDING in vals and not self.env.su):
            refuse(self.env, self, [name for name in OURS if name in vals])
        return super().write(vals)

    def _update_cache(self, values, validate=True):
        # a form that is not saved would show what another company registered
        if not (self.id or values.keys().isdisjoint(OURS)):
            values = {n: v for n, v in values.items() if n not in OURS}
        super()._update_cache(values, validate)

    @api.constrains("invoice_date", "move_type", "debit_origin_id")
    def _check_l10n_in_irp_year_and_type(self):
        """Refuse what would make it another document for the portal, as a new number
        would."""
        for move in self:
            for document in move._l10n_in_irp_binding():
                day = move.invoice_date
                year = day and financial_year(day)
                now = (year, move._l10n_in_irp_doc_type())
                if now != (document.fiscal_year, document.doc_type):
                    raise ValidationError(
                        self.env._(
                            "%(invoice)s is registered with the IRP as %(type)s of "
                            "%(year)s: you cannot change its type or financial year. "
                            "Create a credit note instead.",
                            invoice=move.display_name,
                            type=document.doc_type,
                            year=document.fiscal_year,
                        )
                    )

    def _l10n_in_irp_check_only_registration(self):
        """Refuse a second registration, such as under another GSTIN of the company.

        :raises UserError: the portal of the environment holds one, or may hold it.
        """
        environment = self.company_id.l10n_in_irp_environment
        for document in self._l10n_in_irp_binding():
            is_here = document.environment == environment
            if is_here and document.state != states.CANCELLED:
                raise UserError(
                    self.env._(
                        "%(invoice)s is already registered as %(number)s under GSTIN "
                        "%(gstin)s (%(state)s). Cancel that IRN first.",
                        invoice=self.display_name,
                        number=document.number,
                        gstin=document.gstin,
                        state=document._status_label(),
                    )
                )

    @api.constrains(LINK, "company_id", "journal_id")
    def _check_l10n_in_irp_own_registration(self):
        for move in self.filtered(LINK):
            document = move.l10n_in_irp_document_id.sudo()
            if (document.move_id, document.company_id) != (move, move.company_id):
                raise ValidationError(
                    self.env._(
                        "%(invoice)s: e-Invoice %(number)s belongs to another invoice "
                        "or company.",
                        invoice=move.display_name,
                        number=document.number,
                    )
                )
