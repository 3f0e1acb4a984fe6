import json

from odoo import fields, models

from ...irp.protocol import portal_entry
from ..rights import MANAGER, READERS


class AccountMove(models.Model):
    """A signed e-Invoice whose signing key is missing: evidence that waits for it.

    It proves nothing yet, so nothing of it is shown as registered.
    """

    _inherit = "account.move"

    l10n_in_irp_pending_id = fields.Many2one(
        "ir.attachment",
        string="Signed e-Invoice Waiting for Signing Key",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        prefetch=False,
        groups=READERS,
    )

    def _l10n_in_irp_await_key(self, registration, kid, irp):
        """Attach an entry of the portal's file until its signing key is known.

        :param irp: the portal of NIC that registered it, if not the one called.
        """
        self.ensure_one()
        values = self._l10n_in_irp_pending_values(registration, kid, irp)
        if self.sudo().l10n_in_irp_pending_id._l10n_in_irp_content() == values["raw"]:
            return
        attachment = self.env["ir.attachment"].sudo().create(values)
        self.sudo().l10n_in_irp_pending_id = attachment
        self.message_post(
            body=self._l10n_in_irp_pending_note(),
            attachment_ids=attachment.ids,
            subtype_xmlid="mail.mt_note",
        )

    def _l10n_in_irp_pending_values(self, registration, kid, irp):
        entry = portal_entry(registration)
        if irp:
            entry["RegisteredWith"] = irp
        return {
            "name": f"{self.name.replace('/', '_')}_einvoice_not_checked.json",
            "raw": json.dumps(entry, indent=2).encode(),
            "mimetype": "application/json",
            "description": kid,
            "res_model": self._name,
            "res_id": self.id,
            "company_id": self.company_id.id,
        }

    def _l10n_in_irp_pending_note(self):
        """Return what the file waits for, and what to do; "" without a file."""
        pending = self.sudo().l10n_in_irp_pending_id
        if not pending:
            return ""
        if self._l10n_in_irp_has_key(pending.description):
            return self.env._(
                "The signed JSON of this invoice can be imported now: its signing key "
                "%s has been added. An e-Invoice manager clicks 'Import Again' on the "
                "invoice.",
                pending.description,
            )
        return self.env._(
            "The signed JSON of this invoice was not imported: signing key %s of the "
            "IRP is missing, so the IRN is not proven. A system administrator adds the "
            "key to the IRP credential; an e-Invoice manager then clicks 'Import "
            "Again' on the invoice.",
            pending.description or self.env._("(no key ID in the file)"),
        )

    def _l10n_in_irp_has_key(self, kid):
        company = self.company_id
        keys = company._l10n_in_irp_signing_keys(company.l10n_in_irp_environment)
        return bool(kid) and any(key.kid.upper() == kid.upper() for key in keys)

    def _l10n_in_irp_note_key(self):
        """Note on the invoices that the key for which their file waits has come."""
        here = self.filtered(
            lambda move: move._l10n_in_irp_has_key(
                move.sudo().l10n_in_irp_pending_id.description
            )
        )
        here._message_log_batch(
            {move.id: move._l10n_in_irp_pending_note() for move in here}
        )

    def _get_alerts(self):
        # EXTENDS 'account'
        alerts = super()._get_alerts()
        if note := self._l10n_in_irp_pending_note():
            alert = {"level": "warning", "message": note}
            alerts["l10n_in_irp_pending"] = alert | self._l10n_in_irp_pending_button()
        return alerts

    def _l10n_in_irp_pending_button(self):
        if not self.env.user.has_group(MANAGER):
            return {}
        xmlid = "l10n_in_einvoice_irp.action_l10n_in_irp_move_import_again"
        return {
            "action_text": self.env._("Import Again"),
            "action": {
                "type": "ir.actions.server",
                "id": self.env["ir.model.data"]._xmlid_to_res_id(xmlid),
                "context": {
                    "active_model": self._name,
                    "active_id": self.id,
                    "active_ids": self.ids,
                },
            },
        }

    def _l10n_in_irp_forget_pending(self):
        """End the waiting of a file that could be judged; it stays attached."""
        self.sudo().filtered("l10n_in_irp_pending_id").l10n_in_irp_pending_id = False
