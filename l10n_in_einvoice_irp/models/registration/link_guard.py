from odoo import api, models
from odoo.exceptions import ValidationError

from ..guarded import refuse

LINK = "l10n_in_irp_document_id"
PENDING = "l10n_in_irp_pending_id"
OURS = (LINK, PENDING)


class AccountMove(models.Model):
    """An invoice shows its own registration: nobody chooses another one for it, nor
    the file that waits for a signing key.

    `l10n_in.irp.document._link` sets the registration past `write`, so nobody else
    passes it here; code sets the file as superuser.
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
