from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context

from ..irp.operations import states
from .queue.settlement import WORDS
from .rights import READERS, check_user

# An object of this process, so that no outside caller can put it into a context.
PORTAL_HAS_CANCELLED = object()
# a customer reads his invoice, but not what goes on inside the company
STAFF = "base.group_user"
# fields of the registration that an invoice shows to staff; computed, because a related
# field is found and grouped by those as well who may not read it
INTERNAL = (
    "settled_as",
    "settled_by_id",
    "settled_at",
    "settle_remark",
    "can_be_settled",
    "signature_note",
    "error",
    "advice",
)


class AccountMove(models.Model):
    _inherit = "account.move"

    l10n_in_irp_document_id = fields.Many2one(
        "l10n_in.irp.document",
        string="e-Invoice Registration",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    l10n_in_irp_document_ids = fields.One2many(
        "l10n_in.irp.document",
        "move_id",
        string="e-Invoice Registrations",
        groups=READERS,
    )
    # Not stored: the portal's answer is written to the registration only, so
    # that a user who saves the invoice at that moment cannot lose it.
    l10n_in_irp_state = fields.Selection(
        string="e-Invoice Processing Status",
        related="l10n_in_irp_document_id.state",
    )
    l10n_in_irp_environment = fields.Selection(
        string="e-Invoice Environment",
        related="l10n_in_irp_document_id.environment",
    )
    l10n_in_irp_irn = fields.Char(string="IRN", related="l10n_in_irp_document_id.irn")
    l10n_in_irp_ack_number = fields.Char(
        string="Ack. No.", related="l10n_in_irp_document_id.ack_number"
    )
    l10n_in_irp_ack_date = fields.Datetime(
        string="Ack. Date", related="l10n_in_irp_document_id.ack_date"
    )
    l10n_in_irp_cancel_date = fields.Datetime(
        string="IRN Cancelled On", related="l10n_in_irp_document_id.cancel_date"
    )
    l10n_in_irp_settled_as = fields.Selection(
        selection=WORDS,
        string="Settled by Hand As",
        compute="_compute_l10n_in_irp_internals",
        compute_sudo=True,
        groups=STAFF,
    )
    l10n_in_irp_settled_by_id = fields.Many2one(
        "res.users",
        string="Settled By",
        compute="_compute_l10n_in_irp_internals",
        compute_sudo=True,
        groups=STAFF,
    )
    l10n_in_irp_settled_at = fields.Datetime(
        string="Settled On",
        compute="_compute_l10n_in_irp_internals",
        compute_sudo=True,
        groups=STAFF,
    )
    l10n_in_irp_settle_remark = fields.Char(
        string="Settlement Remark",
        compute="_compute_l10n_in_irp_internals",
        compute_sudo=True,
        groups=STAFF,
    )
    l10n_in_irp_can_be_settled = fields.Boolean(
        string="Can Be Settled by Hand",
        compute="_compute_l10n_in_irp_internals",
        compute_sudo=True,
        groups=STAFF,
    )
    l10n_in_irp_signed_invoice = fields.Text(
        string="Signed e-Invoice", related="l10n_in_irp_document_id.signed_invoice"
    )
    l10n_in_irp_signed_qr = fields.Text(
        string="Signed QR Code", related="l10n_in_irp_document_id.signed_qr"
    )
    l10n_in_irp_qr_image = fields.Binary(
        string="e-Invoice QR Code", related="l10n_in_irp_document_id.qr_image"
    )
    l10n_in_irp_signature_state = fields.Selection(
        string="IRP Signature",
        related="l10n_in_irp_document_id.signature_state",
    )
    l10n_in_irp_signature_note = fields.Char(
        string="Signature Note",
        compute="_compute_l10n_in_irp_internals",
        compute_sudo=True,
        groups=STAFF,
    )
    l10n_in_irp_error = fields.Char(
        string="e-Invoice Error",
        compute="_compute_l10n_in_irp_internals",
        compute_sudo=True,
        groups=STAFF,
    )
    l10n_in_irp_advice = fields.Char(
        string="e-Invoice Remedy",
        compute="_compute_l10n_in_irp_internals",
        compute_sudo=True,
        groups=STAFF,
    )
    l10n_in_irp_can_register = fields.Boolean(
        string="e-Invoice Can Be Registered",
        compute="_compute_l10n_in_irp_can_register",
        help="The invoice needs an IRN and has none yet in the company's current "
        "environment.",
    )

    l10n_in_irp_lacks_uqc = fields.Boolean(
        string="UQC Missing",
        compute="_compute_l10n_in_irp_lacks_uqc",
        help="A line has no unit of measure with a UQC.",
    )

    @api.depends(*(f"l10n_in_irp_document_id.{name}" for name in INTERNAL))
    def _compute_l10n_in_irp_internals(self):
        for move in self:
            for name in INTERNAL:
                move[f"l10n_in_irp_{name}"] = move.l10n_in_irp_document_id[name]

    @api.constrains("name")
    def _check_l10n_in_irp_number(self):
        """Refuse another number: the registration could no longer be found under it."""
        for move in self:
            for document in move._l10n_in_irp_binding():
                if move.name != document.number:
                    raise ValidationError(
                        self.env._(
                            "The invoice is registered with the IRP as %(number)s: you "
                            "cannot renumber it to %(name)s.",
                            number=document.number,
                            name=move.name,
                        )
                    )

    @api.depends("invoice_line_ids.product_uom_id", "invoice_line_ids.l10n_in_irp_uqc")
    def _compute_l10n_in_irp_lacks_uqc(self):
        for move in self:
            move.l10n_in_irp_lacks_uqc = (
                move.country_code == "IN"
                and move.is_sale_document()
                and any(
                    line.l10n_in_irp_uqc or not line.product_uom_id.l10n_in_code
                    for line in move.invoice_line_ids
                    if line.display_type == "product"
                )
            )

    @api.depends(
        "state", "l10n_in_irp_document_id.state", "company_id.l10n_in_irp_environment"
    )
    def _compute_l10n_in_irp_can_register(self):
        for move in self:
            document = move.l10n_in_irp_document_id.sudo()
            open_here = not document or document._is_unsent()
            move.l10n_in_irp_can_register = (
                move.state == "posted"
                and move.l10n_in_irp_applicable
                and (open_here or not move._l10n_in_irp_is_current())
            )

    def _l10n_in_irp_doc_type(self):
        """Return INV, CRN or DBN."""
        self.ensure_one()
        if self.move_type == "out_refund":
            return "CRN"
        return "DBN" if self.debit_origin_id else "INV"

    # ------------------------------------------------------------------
    # Life of the invoice
    # ------------------------------------------------------------------

    def _post(self, soft=True):
        # EXTENDS 'account': the portal is never called in the posting transaction
        posted = super()._post(soft)
        posted.filtered(
            lambda move: (
                move.company_id.l10n_in_irp_register_on == "posting"
                and move.l10n_in_irp_applicable
                and move._l10n_in_irp_is_automatic()
            )
        )._l10n_in_irp_enqueue()
        return posted

    def _l10n_in_irp_enqueue(self):
        """Queue the moves; the scheduled action processes them after the commit."""
        if self:
            # a caller's defaults could fake the portal's answer
            env = self.env(context=clean_context(self.env.context))
            env["l10n_in.irp.document"]._enqueue(self)._link()

    def _l10n_in_irp_register(self):
        """Register now; the result is in the registration's fields."""
        self._l10n_in_irp_enqueue()
        self.l10n_in_irp_document_id._process_now()

    def _l10n_in_irp_is_at_portal(self):
        """Return whether a portal holds, or may hold, the registration shown."""
        self.ensure_one()
        return self.l10n_in_irp_document_id.sudo() in self._l10n_in_irp_binding()

    def _l10n_in_irp_binding(self):
        """Return the registrations that a portal holds, or may hold, in any
        environment.

        Demo registrations do not count once the company has left the demo, nor do
        conflicts, which are another party's registrations.
        """
        self.ensure_one()
        is_demo = self.company_id.l10n_in_irp_environment == "demo"
        return self.sudo().l10n_in_irp_document_ids.filtered(
            lambda document: (
                not document._is_discardable()
                and (is_demo or document.environment != "demo")
            )
        )

    def _l10n_in_irp_is_current(self):
        """Return whether the registration is in the company's current environment."""
        environment = self.company_id.l10n_in_irp_environment
        return self.l10n_in_irp_document_id.sudo().environment == environment

    def _l10n_in_irp_cancel_with_portal(self):
        """Cancel an invoice whose registration was cancelled at the portal.

        The invoice stays posted while another environment holds a registration of it.
        """
        if any(one.state != states.CANCELLED for one in self._l10n_in_irp_binding()):
            return
        context = {"l10n_in_irp_cancelled": PORTAL_HAS_CANCELLED}
        self.with_context(**context).sudo().button_cancel()

    def _need_cancel_request(self):
        # EXTENDS 'account'
        return super()._need_cancel_request() or (
            self.state == "posted"
            and self.l10n_in_irp_state == states.REGISTERED
            and self._l10n_in_irp_is_at_portal()
        )

    @api.depends(
        "state", "l10n_in_irp_document_id.state", "company_id.l10n_in_irp_environment"
    )
    def _compute_need_cancel_request(self):
        # EXTENDS 'account'
        return super()._compute_need_cancel_request()

    def action_l10n_in_irp_credit_note(self):
        """Open Odoo's credit note wizard for the invoice."""
        self.ensure_one()
        # `account`'s wizard takes its invoices from what is active
        context = {
            "active_model": self._name,
            "active_id": self.id,
            "active_ids": self.ids,
        }
        return {**self.action_reverse(), "context": context}

    def action_l10n_in_irp_settle(self):
        """Open the dialog in which a manager settles the e-invoice."""
        self.ensure_one()
        return self.l10n_in_irp_document_id.action_settle()

    def action_l10n_in_irp_cancel_move(self):
        """Cancel an invoice that stayed posted when its IRN was cancelled."""
        self.ensure_one()
        check_user(self.env)
        self.check_access("write")
        if self.l10n_in_irp_state != states.CANCELLED:
            raise UserError(
                self.env._("The IRN of %s is not cancelled.", self.display_name)
            )
        self._l10n_in_irp_cancel_with_portal()
        if self.state == "posted":
            raise UserError(
                self.env._(
                    "%s was not cancelled: it is also registered in another "
                    "environment.",
                    self.display_name,
                )
            )
        return True

    def action_l10n_in_irp_duplicate(self):
        """Duplicate the invoice for a new number; a cancelled number cannot be
        reused."""
        self.ensure_one()
        copy = self.copy()
        return copy._get_records_action(name=self.env._("New Invoice"))

    def button_draft(self):
        # EXTENDS 'account'
        context = self.env.context
        if not self or context.get("l10n_in_irp_cancelled") is PORTAL_HAS_CANCELLED:
            return super().button_draft()
        for move in self:
            move._l10n_in_irp_check_free()
        self._l10n_in_irp_check_no_ewaybill()
        documents = self.sudo().l10n_in_irp_document_ids
        result = super().button_draft()
        documents.filtered(lambda document: document._is_discardable()).unlink()
        return result

    def _l10n_in_irp_check_free(self):
        """Refuse while a portal holds the invoice, or may hold it."""
        for document in self._l10n_in_irp_binding()[:1]:
            raise UserError(
                self.env._(
                    "You cannot reset %(invoice)s to draft: its e-Invoice "
                    "(%(environment)s) has the status '%(state)s'. A registered "
                    "invoice cannot be changed; create a credit note instead.",
                    invoice=self.name,
                    environment=document._environment_label(),
                    state=document._status_label(),
                )
            )

    @api.depends(
        *("l10n_in_irp_document_ids.state", "l10n_in_irp_ewaybill_ids.state"),
        "company_id.l10n_in_irp_environment",
    )
    def _compute_show_reset_to_draft_button(self):
        # EXTENDS 'account'
        result = super()._compute_show_reset_to_draft_button()
        for move in self:
            if move._l10n_in_irp_binding() or move._l10n_in_irp_binding_ewaybills():
                move.show_reset_to_draft_button = False
        return result

    def _l10n_in_irp_state_label(self):
        self.ensure_one()
        document = self._l10n_in_irp_present()
        return document._status_label() if document else ""

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_l10n_in_irp_register(self):
        """Register the selected invoices that can be registered, now."""
        check_user(self.env)
        self.check_access("write")
        reasons = {move: move._l10n_in_irp_why_not_now() for move in self}
        ready = self.filtered(lambda move: not reasons[move])
        if not ready:
            raise UserError(
                "\n".join(
                    f"{move.display_name}: {why}" for move, why in reasons.items()
                )
            )
        ready._l10n_in_irp_register()
        return True

    def _l10n_in_irp_why_not_now(self):
        if self.state != "posted":
            return self.env._("Confirm the invoice first.")
        return self.l10n_in_irp_reason

    def action_l10n_in_irp_refresh(self):
        """Ask the portal for the missing answer about an invoice now."""
        self.check_access("write")
        return self.l10n_in_irp_document_id.action_process()

    def action_l10n_in_irp_download(self):
        """Download the signed e-invoice as JSON."""
        self.ensure_one()
        attachment = self.l10n_in_irp_document_id.signed_attachment_id
        if not attachment:
            raise UserError(
                self.env._("%s has no signed e-Invoice yet.", self.display_name)
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    def action_l10n_in_irp_open(self):
        """Open the registration with all its calls."""
        self.ensure_one()
        return self.l10n_in_irp_document_id._get_records_action(
            name=self.env._("e-Invoice Registration")
        )
