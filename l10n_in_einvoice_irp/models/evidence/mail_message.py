from odoo import api, fields, models
from odoo.exceptions import UserError

from . import permits

MARK = "l10n_in_irp_is_evidence"
# what a message says, of what, by whom and when
PROTECTED_FIELDS = {
    *("body", "subject", "attachment_ids", "tracking_value_ids", "message_type"),
    *("model", "res_id", "author_id", "email_from", "date", "record_name"),
    *("create_uid", "create_date", MARK),
}


class MailMessage(models.Model):
    """Notes of an IRN, of its cancellation and of a manager's word: nobody edits or
    deletes them."""

    _inherit = "mail.message"

    l10n_in_irp_is_evidence = fields.Boolean(
        string="Records an e-Invoice Event", readonly=True, copy=False
    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'mail': also past the defaults of a caller's context
        mark = permits.is_recording()
        return super().create([{**vals, MARK: mark} for vals in vals_list])

    def write(self, vals):
        # EXTENDS 'mail'
        if PROTECTED_FIELDS & vals.keys():
            self._l10n_in_irp_check_change(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_except_l10n_in_irp_evidence(self):
        self._l10n_in_irp_check_change(None)

    def _l10n_in_irp_check_change(self, vals):
        """Refuse values that change evidence; None: refuse to delete it.

        :raises UserError: one of these is evidence, and our code does not do it.
        """
        for message in self.filtered("id").sudo():
            is_change = vals is None or message._l10n_in_irp_differs(vals)
            is_evidence = message[MARK] or (vals or {}).get(MARK)
            if is_evidence and is_change and not permits.is_permitted(message, vals):
                raise UserError(
                    self.env._(
                        "This message in the chatter of %s records an e-Invoice event "
                        "and cannot be edited or deleted. Log a new note instead.",
                        message.record_name or message.model,
                    )
                )

    def _l10n_in_irp_differs(self, vals):
        """Return whether values would replace others, or make evidence of it.

        Odoo itself fills in an empty subject when it sends the message by e-mail.
        """
        for name in PROTECTED_FIELDS & vals.keys():
            field = self._fields[name]
            now = field.convert_to_cache(self[name], self)
            wanted = field.convert_to_cache(vals[name], self)
            if (now or name == MARK) and (wanted or None) != (now or None):
                return True
        return False
