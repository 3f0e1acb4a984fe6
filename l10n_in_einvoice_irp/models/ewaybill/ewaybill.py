from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import clean_context

from ...irp import IrpAuthenticationError, operations
from ...irp.operations import states
from ...irp.rules import EWB_CANCEL_REASONS
from ..clock import utc
from ..evidence import permits
from ..queue.evidence import compact
from ..rights import check_user

# the portal's services
GENERATE, LOOK_UP, CANCEL = "generate_ewb", "get_ewb", "cancel_ewb"
STATES = [
    ("draft", "Draft"),
    ("to_register", "Pending"),
    ("sending", "Awaiting IRP Response"),
    ("unknown", "Awaiting IRP Response"),
    ("unclear", "Generation Unclear"),
    # `status` says which of the two
    ("rejected", "Failed Validation or Rejected by IRP"),
    ("registered", "Generated"),
    ("cancelling", "Cancelling"),
    ("cancel_unclear", "Cancellation Unclear"),
    ("cancelled", "Cancelled"),
]


class L10nInIrpEwaybill(models.Model):
    """An e-way bill: made from the IRN of an invoice or together with it, without an
    IRN, or elsewhere.

    Users fill in the transport while it is a draft; code writes everything else.
    """

    _name = "l10n_in.irp.ewaybill"
    _description = "e-Way Bill"
    _inherit = [
        "l10n_in.irp.submission.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _cancel_kind = "ewb"
    _gstin_field = "company_id.vat"
    _request_endpoint = "generate_ewb"
    _evidence_fields = frozenset(
        {"number", "ewb_date", "request_attachment_id", "base_url"}
    )

    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        required=True,
        readonly=True,
        index=True,
    )
    environment = fields.Selection(
        compute="_compute_environment", store=True, required=False, readonly=True
    )
    partner_id = fields.Many2one(related="move_id.partner_id", string="Buyer")
    document_id = fields.Many2one(
        "l10n_in.irp.document",
        string="e-Invoice Registration",
        compute="_compute_document_id",
    )
    irn = fields.Char(string="IRN", compute="_compute_document_id")
    is_export = fields.Boolean(string="Export", compute="_compute_is_export")
    state = fields.Selection(
        selection=STATES,
        string="Processing Status",
        required=True,
        default=states.DRAFT,
        readonly=True,
        copy=False,
    )
    with_irn = fields.Boolean(
        string="Generate with IRN",
        default=lambda self: self.env.company.l10n_in_irp_ewb_with_irn,
        help="Generate the e-way bill in the same call as the IRN.",
    )
    number = fields.Char(string="e-Way Bill No.", readonly=True, copy=False)
    ewb_date = fields.Datetime(string="Generated On", readonly=True, copy=False)
    remarks = fields.Char(readonly=True, copy=False)
    cancel_reason = fields.Selection(
        selection=list(EWB_CANCEL_REASONS.items()),
        readonly=True,
        copy=False,
    )

    _unique_active = models.UniqueIndex(
        "(move_id, environment) WHERE state NOT IN ('cancelled')",
        "The invoice already has an e-way bill.",
    )
    _expiry = models.Index("(valid_until)")
    _by_number = models.Index(
        "(company_id, environment, number) WHERE number IS NOT NULL"
    )

    @api.depends("move_id.company_id")
    def _compute_company_id(self):
        for ewaybill in self:
            known = ewaybill.move_id.company_id or ewaybill.company_id
            ewaybill.company_id = known or self.env.company

    @api.depends("number", "move_id.name")
    def _compute_display_name(self):
        for ewaybill in self:
            name = ewaybill.number or self.env._("e-Way Bill")
            document = ewaybill._document_name()
            ewaybill.display_name = f"{name} ({document})" if document else name

    def _document_name(self):
        """Return the name of the document that the goods go with; "" if unknown."""
        return self.move_id.name or ""

    @api.depends("state")
    def _compute_environment(self):
        for ewaybill in self:
            ewaybill.environment = ewaybill._target_environment()

    def _target_environment(self):
        """Return the environment that it was sent to, or would be sent to now."""
        if self.environment and not self._is_unsent():
            return self.environment
        document = self.move_id.l10n_in_irp_document_id.sudo()
        return document.environment or self.company_id.l10n_in_irp_environment

    @api.depends(
        "state",
        "environment",
        "move_id.l10n_in_irp_document_id",
        "move_id.l10n_in_irp_document_ids.environment",
        "move_id.l10n_in_irp_document_ids.irn",
    )
    def _compute_document_id(self):
        """Find the registration in the same environment: the invoice may have a later
        one elsewhere."""
        for ewaybill in self:
            move = ewaybill.move_id.sudo()
            document = move.l10n_in_irp_document_id
            if not states.is_prepared(ewaybill.state):
                here = ewaybill.environment
                document = move.l10n_in_irp_document_ids.filtered(
                    lambda document, here=here: document.environment == here
                )[:1]
            ewaybill.document_id = document
            ewaybill.irn = document.irn

    def _is_of(self, document):
        """Return whether it belongs to a registration of its document, or still can.

        Without a registration it is that of the company's environment: one of a trial
        leaves room for the real one.
        """
        here = document.environment or self.company_id.l10n_in_irp_environment
        return self.environment == here or self._is_unsent()

    @api.depends("move_id.l10n_in_gst_treatment")
    def _compute_is_export(self):
        for ewaybill in self:
            ewaybill.is_export = ewaybill.move_id.l10n_in_gst_treatment == "overseas"

    # ------------------------------------------------------------------
    # Write access
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # the defaults of a caller's context could fake the portal's answer
        clean = self.with_context(clean_context(self.env.context))
        return super(L10nInIrpEwaybill, clean).create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_editable(vals)
        return super().write(vals)

    def _check_editable(self, vals):
        """Let users edit the transport before sending; only the portal changes the
        rest."""
        forged = [name for name in vals if self._fields[name].readonly]
        for ewaybill in self:
            if forged or not ewaybill._is_unsent():
                raise UserError(
                    self.env._(
                        "%(ewaybill)s (%(state)s) was already sent to the portal and "
                        "cannot be changed. Cancel it and generate a new one.",
                        ewaybill=ewaybill.display_name,
                        state=ewaybill._status_label(),
                    )
                )

    # a caller's context may claim that the addon is being uninstalled
    @api.ondelete(at_uninstall=True)
    def _unlink_except_sent(self):
        for ewaybill in self:
            if not ewaybill._is_unsent():
                raise UserError(
                    self.env._(
                        "You cannot delete %s: it may exist on the portal.",
                        ewaybill.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Sent by the queue
    # ------------------------------------------------------------------

    def _prepare_calls(self):
        return {ewaybill.id: ewaybill._prepare_call() for ewaybill in self}

    def _prepare_call(self):
        invoice, irn = self._registered_invoice(), self.document_id.sudo().irn
        if faults := self._violations(invoice, irn, lock=True):
            return self._refusal(faults), False
        request = compact(self._prepare_request())
        return {"route": self._route(invoice), "request": request}, True

    def _operation(self):
        sent = self._sent() or self._prepare_request()
        request = operations.EwaybillRequest(
            {**sent, "Irn": self.document_id.sudo().irn},
            self.attempt + 1,
            self.number or "",
            self.cancel_reason or "",
            self.cancel_remark or "",
            self._cancelled_numbers(),
            self.document_id.sudo().irp or "",
            self._in_flight(),
            self._age(),
            self.document_id.sudo().ack_number or "",
            self._look_up_window(),
        )
        portal = operations.ewaybill
        if self.state == states.CANCELLING:
            sent = self.cancel_sent
            return (portal.settle_cancel if sent else portal.cancel), request
        is_new = self.state == states.TO_REGISTER
        return (portal.generate if is_new else portal.look_up), request

    def _cancelled_numbers(self):
        """Return the numbers of the invoice's cancelled e-way bills."""
        others = self.move_id.l10n_in_irp_ewaybill_ids.sudo() - self
        return frozenset(filter(None, others.mapped("number")))

    def _answer_values(self, result):
        found = result.ewaybill
        values = self._portal_values(found) if found else {}
        # one that existed before our first call was made by another program
        is_foreign = result.existed and not self.in_flight_until
        if is_foreign or result.state == states.REJECTED:
            values["request_attachment_id"] = False
        return values

    @api.model
    def _portal_values(self, found):
        """Return the field values of an e-way bill in the portal's answer."""
        values = {"number": found.number, "valid_until": utc(found.valid_till)}
        if found.date:
            values["ewb_date"] = utc(found.date)
        if found.distance_km is not None:
            values["portal_distance"] = found.distance_km
        if found.remarks:
            values["remarks"] = found.remarks
        return values

    def _act_on_state(self):
        for ewaybill in self:
            if states.is_followed_up(ewaybill.state):
                ewaybill._notify()
            if ewaybill.state == states.CANCELLED:
                ewaybill.activity_ids.unlink()
        return super()._act_on_state()

    def _undone_advice(self):
        return self.env._("Correct the cause, then refresh it from the portal.")

    def _notify(self):
        """Post the state on the invoice's chatter; its PDF is out of date."""
        move = self.move_id.sudo()
        if move:
            move._detach_attachments()
        with permits.recorded_messages():
            (move or self)._message_log(
                body=f"{self.display_name}: {self._status_label()}"
            )

    def _registration(self):
        return self.document_id.sudo()

    def _sent_as(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        return super()._sent_as() or self.company_id.sudo().vat

    def _document_number_sent(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        return super()._document_number_sent() or self.number

    def _check_may_write(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        (self.move_id or self).check_access("write")

    def _record_at_fault(self, error, base_url):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        if self._registration():
            return super()._record_at_fault(error, base_url)
        is_log_in = isinstance(error, IrpAuthenticationError)
        return self._credential_at(base_url) if is_log_in else self.env["account.move"]

    # ------------------------------------------------------------------
    # Placed with its IRN
    # ------------------------------------------------------------------

    def _is_unplaced(self):
        # it is made from an IRN, which one portal holds
        return False

    def _portal_address(self):
        """Return the portal that was asked for it, else the one that holds the IRN."""
        is_asked = self._is_unanswered() or self._is_cancellation_open()
        asked = is_asked and self.base_url
        return asked or self.document_id.sudo()._portal_address()

    @api.model
    def _unplaced_domain(self):
        return Domain.FALSE

    @api.model
    def _address_domain(self, addresses):
        # what is not sent yet is where its IRN is
        here = Domain("base_url", "in", addresses)
        unsent = Domain("base_url", "=", False)
        return here | (unsent & Domain("move_id.l10n_in_irp_document_ids", "any", here))

    # ------------------------------------------------------------------
    # Settled by hand
    # ------------------------------------------------------------------

    def _thread(self):
        return self

    def _portal_name(self):
        return self.env._("e-Way Bill %s", self.number or "")

    def _is_part_b_sent(self):
        """Return whether its Part B went out with the request that generated it."""
        return bool(self._sent().get("TransMode"))

    def _too_late_advice(self):
        return self.env._(
            "Ask the transporter or the recipient to reject it, or let it expire "
            "unused."
        )

    def _unclear_advice(self, state):
        if state == states.CANCEL_UNCLEAR:
            return self.env._(
                "Check on ewaybillgst.gov.in whether e-way bill %s is active or "
                "cancelled. An e-Invoice manager then opens the e-way bill and records "
                "the status with 'Settle by Hand'.",
                self.number,
            )
        return self.env._(
            "Check on ewaybillgst.gov.in whether the invoice has an e-way bill. An "
            "e-Invoice manager then opens the e-way bill in Odoo and records its "
            "number, or that there is none, with 'Settle by Hand'. Do not move "
            "the goods until then."
        )

    def _unmade_values(self):
        return {"state": states.DRAFT, "number": False, "with_irn": False}

    def _take_over(self, document, registration):
        """Store what the call that registered the invoice returned about its e-way
        bill.

        :param document: the registration, whatever the invoice shows meanwhile.
        """
        self.ensure_one()
        sent, attachment = document._sent_request(), document.request_attachment_id
        values = {
            "environment": document.environment,
            "attempt": self.attempt + 1,
            "sent_at": fields.Datetime.now(),
            "route": self._route(sent),
            "request_attachment_id": "EwbDtls" in sent and attachment.id,
            "error_code": False,
            "error": False,
            "advice": False,
        }
        if registration.ewb_number:
            values |= {
                "state": states.REGISTERED,
                "number": registration.ewb_number,
                "ewb_date": utc(registration.ewb_date),
                "valid_until": utc(registration.ewb_valid_till),
                "portal_distance": registration.ewb_distance_km or 0,
            }
        elif registration.ewb_errors:
            values |= self._refusal(registration.ewb_errors)
        else:
            # the answer to a look-up may leave out the e-way bill: ask for it
            now = fields.Datetime.now()
            values |= {"state": states.UNKNOWN, "next_attempt_at": now}
        with permits.permitted(self, values):
            self.write(values)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_generate(self):
        """Make the e-way bill at the portal now."""
        self.ensure_one()
        check_user(self.env)
        self._check_may_write()
        if self.document_id.sudo().state != states.REGISTERED:
            raise UserError(
                self.env._(
                    "%s has no IRN yet. Generate the IRN first, or tick 'Generate "
                    "with IRN' on the e-way bill.",
                    self.move_id.display_name,
                )
            )
        self._check_portal_offers(GENERATE)
        if self.state == states.DRAFT:
            self.sudo().state = states.TO_REGISTER
        return self.action_process()

    def action_refresh(self):
        """Ask the portal now which e-way bill it holds."""
        self.ensure_one()
        check_user(self.env)
        self._check_may_write()
        is_open = self.move_id and self._is_unsent()
        if is_open and (other := self.move_id._l10n_in_irp_other_ewaybill()):
            raise UserError(other)
        if self.state != states.CANCELLING:
            self._check_portal_offers(LOOK_UP)
        if self._is_open_at_portal():
            return self.action_process()
        self.sudo()._look_up_now()
        return True

    def _request_cancel(self, reason, remark):
        self._check_portal_offers(CANCEL)
        self.sudo()._begin_cancel({"cancel_reason": reason, "cancel_remark": remark})
