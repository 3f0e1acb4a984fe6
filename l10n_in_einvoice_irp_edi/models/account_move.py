import base64
import json

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.l10n_in_einvoice_irp.irp.operations import states

# E-Invoicing has registered these; a cancelled number can never be registered again.
HELD_STATUSES = ("sent", "cancelled")
# The portal does not hold our registration in these, and is not asked to.
FREE_STATES = (False, states.REJECTED, states.CONFLICT)
PORTAL_NAMES = {"GSTIN": "Gstin", "POS": "Pos"}


class AccountMove(models.Model):
    _inherit = "account.move"

    # ------------------------------------------------------------------
    # Choice of service
    # ------------------------------------------------------------------

    def _l10n_in_irp_edi_is_ours(self):
        """Return whether Odoo's own E-Invoicing must not process an invoice.

        This holds for a company that registers direct, and afterwards for invoices
        registered direct in production or on their way there.
        """
        self.ensure_one()
        document = self.l10n_in_irp_document_id.sudo()
        return self.company_id.l10n_in_irp_enabled or (
            document.environment == "production" and document.state not in FREE_STATES
        )

    def _l10n_in_irp_edi_holds(self):
        """Return whether Odoo's own E-Invoicing has registered an invoice."""
        self.ensure_one()
        return self.l10n_in_edi_status in HELD_STATUSES

    def _l10n_in_check_einvoice_eligible(self):
        # EXTENDS 'l10n_in_edi'
        ours = self._l10n_in_irp_edi_is_ours()
        return not ours and super()._l10n_in_check_einvoice_eligible()

    def _l10n_in_edi_send_invoice(self):
        # EXTENDS 'l10n_in_edi': the last check, for callers that did not check before
        if not self._l10n_in_irp_edi_is_ours():
            return super()._l10n_in_edi_send_invoice()
        return {
            "messages": [
                self.env._(
                    "%(invoice)s is registered directly with the IRP (see its "
                    "e-Invoice tab); Odoo's own E-Invoicing does not send it again.",
                    invoice=self.name,
                )
            ]
        }

    @api.depends("l10n_in_edi_status")
    def _compute_l10n_in_irp_can_register(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        result = super()._compute_l10n_in_irp_can_register()
        for move in self:
            if move._l10n_in_irp_edi_holds():
                move.l10n_in_irp_can_register = False
        return result

    @api.depends("l10n_in_edi_status")
    def _compute_l10n_in_irp_status(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        return super()._compute_l10n_in_irp_status()

    def _l10n_in_irp_status_before(self):
        # EXTENDS 'l10n_in_einvoice_irp': E-Invoicing shows its own status
        held = self._l10n_in_irp_edi_holds()
        return False if held else super()._l10n_in_irp_status_before()

    def _l10n_in_irp_before_sql(self, alias, query):
        # EXTENDS 'l10n_in_einvoice_irp'
        status = self._field_to_sql(alias, "l10n_in_edi_status", query)
        before = super()._l10n_in_irp_before_sql(alias, query)
        return SQL(
            "(CASE WHEN %s IN %s THEN NULL ELSE %s END)", status, HELD_STATUSES, before
        )

    def _l10n_in_irp_enqueue(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        free = self.filtered(lambda move: not move._l10n_in_irp_edi_holds())
        return super(AccountMove, free)._l10n_in_irp_enqueue()

    def action_l10n_in_irp_register(self):
        # EXTENDS 'l10n_in_einvoice_irp'
        held = self.filtered(lambda move: move._l10n_in_irp_edi_holds())
        if held and held == self:
            raise UserError(
                self.env._(
                    "Already registered by Odoo's own E-Invoicing: %s. To import the "
                    "IRN, use Actions / Import from E-Invoicing.",
                    ", ".join(held.mapped("name")),
                )
            )
        return super(AccountMove, self - held).action_l10n_in_irp_register()

    # ------------------------------------------------------------------
    # Earlier registrations of E-Invoicing
    # ------------------------------------------------------------------

    def button_request_cancel(self):
        # EXTENDS 'account': an adopted invoice is cancelled where it is registered now.
        # E-Invoicing would call its portal, or cancel in Odoo only.
        if self.l10n_in_irp_state == states.REGISTERED:
            return self.env["l10n_in.irp.cancel"]._open(self)
        return super().button_request_cancel()

    def _l10n_in_irp_edi_response(self):
        """Return E-Invoicing's values for the print of an invoice; none where we print
        ours."""
        return (
            {}
            if self._l10n_in_irp_print_values()
            else self._get_l10n_in_edi_response_json()
        )

    def action_l10n_in_irp_edi_take_over(self):
        """Adopt E-Invoicing's registration, after checking signature and content.

        The portal is not called.
        """
        self.check_access("write")
        held = self.filtered(lambda move: move._l10n_in_irp_edi_holds())
        if not held or len(held.company_id) > 1:
            raise UserError(
                self.env._(
                    "Select invoices of one company that Odoo's own E-Invoicing has "
                    "registered."
                )
            )
        content = json.dumps(held._l10n_in_irp_edi_registrations())
        wizard = self.env["l10n_in.irp.import"].create(
            {
                "company_id": held.company_id.id,
                "file": base64.b64encode(content.encode()),
                "file_name": self.env._("E-Invoicing"),
            }
        )
        return wizard.action_import()

    def _l10n_in_irp_edi_document(self):
        """Return the INV-01 document as E-Invoicing writes it, with the portal's names.

        Its relay renames two members on the way.
        """
        self.ensure_one()
        return {
            section: (
                {PORTAL_NAMES.get(name, name): value for name, value in members.items()}
                if isinstance(members, dict)
                else members
            )
            for section, members in self._l10n_in_edi_generate_invoice_json().items()
        }

    def _l10n_in_irp_edi_registrations(self):
        """Return the signed answers stored by E-Invoicing, in the form of the portal's
        file.

        The attachment in its field may be the answer to a cancellation, which is not
        signed.
        """
        attachments = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("res_field", "=", "l10n_in_edi_attachment_file"),
                ]
            )
        )
        answers = [(one.res_id, json.loads(one.raw)) for one in attachments]
        cancelled = self.filtered(lambda m: m.l10n_in_edi_status == "cancelled").ids
        return [
            {**answer, "Status": "CNL" if move_id in cancelled else "ACT"}
            for move_id, answer in answers
            if "SignedInvoice" in answer
        ]
