import base64
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....irp import compute_irn, operations, qr_png
from ....irp.operations import states
from ....irp.reference import IRP_TITLES
from ....irp.rules import IRN_CANCEL_REASONS
from ...queue.evidence import compact
from ...rights import READERS

STATES = [
    ("to_register", "Pending"),
    ("sending", "Awaiting IRP Response"),
    ("unknown", "Awaiting IRP Response"),
    # `status` says which of the two
    ("rejected", "Failed Validation or Rejected by IRP"),
    ("unclear", "Registration Unclear"),
    ("conflict", "Mismatch with IRP"),
    ("registered", "Registered"),
    ("cancelling", "Cancelling"),
    ("cancel_unclear", "Cancellation Unclear"),
    ("cancelled", "Cancelled"),
]


class DocumentKey(NamedTuple):
    """The key by which the portal distinguishes documents; fields of the
    registration."""

    number_key: str
    environment: str
    gstin: str
    fiscal_year: str
    doc_type: str


class L10nInIrpDocument(models.Model):
    """The registration of one invoice, credit note or debit note.

    One row per environment, GSTIN, financial year, type and number (ignoring letter
    case), as the portal counts them. Users only read it; the queue moves it through its
    life:

    to_register -> sending -> registered | rejected | unknown,
    unknown -> (look-up) -> registered | to_register | conflict,
    registered -> cancelling -> cancelled | registered (the portal refused)

    When no look-up can answer any more, it ends as unclear or cancel_unclear; a
    manager's statement (`l10n_in.irp.settle`) or the portal's file settles it.
    """

    _name = "l10n_in.irp.document"
    _description = "e-Invoice Registration"
    _inherit = "l10n_in.irp.submission.mixin"
    _is_filled_by_code = True
    _order = "id desc"
    _rec_name = "number"
    _cancel_kind = "irn"
    _gstin_field = "gstin"

    # always the invoice's company: only `_make` writes it
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(related="move_id.partner_id", string="Buyer")
    gstin = fields.Char(string="Seller GSTIN", required=True, readonly=True)
    fiscal_year = fields.Char(string="Financial Year", required=True, readonly=True)
    doc_type = fields.Selection(
        selection=[
            ("INV", "Invoice"),
            ("CRN", "Credit Note"),
            ("DBN", "Debit Note"),
        ],
        string="Type",
        required=True,
        readonly=True,
    )
    number = fields.Char(required=True, readonly=True, index="trigram")
    number_key = fields.Char(
        string="Number as Compared by IRP", required=True, readonly=True
    )
    state = fields.Selection(
        selection=STATES,
        string="Processing Status",
        required=True,
        default=states.TO_REGISTER,
        readonly=True,
    )
    request = fields.Text(string="INV-01 JSON as Sent", groups=READERS)
    irn = fields.Char(string="IRN", readonly=True, help="64 characters")
    ack_number = fields.Char(string="Ack. No.", readonly=True)
    ack_date = fields.Datetime(string="Ack. Date", readonly=True)
    cancel_reason = fields.Selection(
        selection=list(IRN_CANCEL_REASONS.items()),
        readonly=True,
    )
    cancel_move = fields.Boolean(string="Also Cancel Invoice in Odoo", readonly=True)
    qr_image = fields.Binary(string="QR Code", compute="_compute_qr_image")
    adopted = fields.Boolean(
        string="Found with IRP",
        readonly=True,
        help="The response to the registration was lost; the IRN was found with the "
        "IRP and matches the data sent.",
    )
    irp = fields.Selection(
        selection=list(IRP_TITLES.items()),
        string="Registered With",
        readonly=True,
        help="IRP with the IRN, if not the one that it was sent to.",
    )
    log_ids = fields.One2many("l10n_in.irp.log", "document_id", string="API Calls")

    _unique_document = models.UniqueIndex(
        "(number_key, environment, gstin, fiscal_year, doc_type)",
        "This document number is already used in the same financial year.",
    )
    _acked = models.Index("(ack_date)")
    # a person pastes the beginning or all of it
    _irn = models.Index("(irn varchar_pattern_ops) WHERE irn IS NOT NULL")
    _ack = models.Index("(ack_number varchar_pattern_ops) WHERE ack_number IS NOT NULL")
    _tests = models.Index("(company_id) WHERE environment != 'production'")
    _unchecked = models.Index("(company_id) WHERE signature_state = 'unchecked'")
    _claims = models.Index("(id) WHERE cancel_claim IS NOT NULL")

    @api.depends("signed_attachment_id")
    def _compute_qr_image(self):
        for document in self:
            document.qr_image = (
                document._qr_base64(document.signed_qr) if document.signed_qr else False
            )

    @staticmethod
    def _qr_base64(text):
        return base64.b64encode(qr_png(text))

    # a caller's context may claim that the addon is being uninstalled
    @api.ondelete(at_uninstall=True)
    def _unlink_except_sent(self):
        for document in self:
            if not document._is_discardable():
                raise UserError(
                    self.env._(
                        "You cannot delete e-Invoice %(number)s with status "
                        "'%(state)s': the IRP may have issued its IRN.",
                        number=document.number,
                        state=document._status_label(),
                    )
                )

    @api.model
    def _enqueue(self, moves):
        """Queue the registrations of posted moves, making missing ones; return them.

        :raises UserError: another invoice has a number in that financial year.
        """
        existing = self._existing(moves)
        now = fields.Datetime.now()
        made = self._make(moves - existing.move_id, next_attempt_at=now)
        documents = existing | made
        documents._requeue()
        return documents

    @api.model
    def _existing(self, moves):
        """Return the existing registrations of posted moves.

        :raises UserError: another invoice has a number in that financial year.
        """
        keys = {move: move._l10n_in_irp_document_key() for move in moves}
        documents = self._by_key(keys.values())
        holders = {key: document.move_id for key, document in documents.items()}
        for move, key in keys.items():
            holder = holders.setdefault(key, move)
            if holder != move:
                raise self._taken_error(move, holder, key)
        return self.sudo().union(*documents.values())

    @api.model
    def _by_key(self, keys):
        """Return key -> its registration, for superuser.

        :param keys: `DocumentKey` of documents.
        """
        wanted = set(keys)
        if not wanted:
            return {}
        numbers = [key.number_key for key in wanted]
        # the other columns exclude few more rows, and their conditions take time
        alike = self.sudo().search([("number_key", "in", numbers)])
        found = {document._own_key(): document for document in alike}
        return {key: found[key] for key in wanted & found.keys()}

    def _own_key(self):
        return DocumentKey(*(self[name] for name in DocumentKey._fields))

    def _taken_error(self, move, holder, key):
        return UserError(
            self.env._(
                "%(number)s: invoice %(other)s already uses this number with the IRP "
                "(GSTIN %(gstin)s, year %(year)s; the IRP ignores upper and lower "
                "case). Change the number of one of the two.",
                number=move.name,
                other=holder.name,
                gstin=key.gstin,
                year=key.fiscal_year,
            )
        )

    @api.model
    def _make(self, moves, next_attempt_at=False):
        """Make registrations of posted moves, queued if given a next attempt; return
        them.

        :raises UserError: a move is registered already, under another key.
        """
        for move in moves:
            move._l10n_in_irp_check_only_registration()
        return self.sudo().create(
            [
                {
                    **move._l10n_in_irp_document_key()._asdict(),
                    "company_id": move.company_id.id,
                    "move_id": move.id,
                    "number": move.name,
                    "next_attempt_at": next_attempt_at,
                }
                for move in moves
            ]
        )

    def _link(self):
        """Make these the registrations that their invoices show.

        Bypasses `account.move.write`, whose checks of amounts, periods and taxes take
        longer than everything else here, and do not concern the link.
        """
        for document in self:
            move = document.move_id.sudo()
            if move.l10n_in_irp_document_id != document:
                field = move._fields["l10n_in_irp_document_id"]
                with self.env.protecting([field], move):
                    move.l10n_in_irp_document_id = document
                move.modified([field.name])

    def _expected_irn(self):
        return self._possible_irns()[0]

    def _possible_irns(self):
        """Return the IRN by today's rule, and by the rule before 01-06-2025.

        Until then portals distinguished capital from small letters in a number.
        """
        self.ensure_one()
        day = self.move_id.invoice_date
        return [
            compute_irn(self.gstin, day, self.doc_type, self.number, fold_case=fold)
            for fold in (True, False)
        ]

    def _request_cancel(self, reason, remark, cancel_move):
        """Cancel a registered document at the portal now; see `_queue_cancel`."""
        self._queue_cancel(reason, remark, cancel_move)
        self._process_now()

    def _queue_cancel(self, reason, remark, cancel_move):
        """Mark a registered document for cancellation, which the queue sends.

        :param reason: "1" to "4".
        :param remark: 1 to 100 characters.
        :param cancel_move: cancel the Odoo invoice once the portal has cancelled.
        :raises UserError: the portal does not offer it; the text says what remains.
        """
        self._check_portal_offers("cancel_irn")
        self._mark_to_cancel(
            {
                "cancel_reason": reason,
                "cancel_remark": remark,
                "cancel_move": cancel_move,
            }
        )

    # ------------------------------------------------------------------
    # Sent by the queue
    # ------------------------------------------------------------------

    def _prepare_calls(self):
        context = self.env["l10n_in.irp.validator"]._validation_context(self.move_id)
        return {document.id: document._prepare_call(context) for document in self}

    def _prepare_call(self, context):
        if outdated := self._outdated_values():
            return outdated, False
        validator = self.env["l10n_in.irp.validator"]
        move = self.move_id
        invoice, findings = validator._validate(move, context)
        ewaybill = move._l10n_in_irp_ewaybill_to_send()
        faults = ewaybill and ewaybill._violations(
            invoice, self._expected_irn(), lock=True
        )
        if faults:
            # the IRN is issued without it
            invoice, findings = validator._validate(move, context, ewaybill.browse())
        findings = [finding for finding in findings if finding.blocking]
        if findings:
            return {"state": states.REJECTED, **validator._values(findings)}, False
        if faults:
            ewaybill.write({**ewaybill._refusal(faults), "sent_at": False})
        return {"request": compact(invoice)}, True

    def _outdated_values(self):
        """Return the field values of a registration whose invoice has changed to
        another document since it was queued; none if it has not."""
        move = self.move_id
        key = move._l10n_in_irp_document_key()
        key = key._replace(environment=self.environment)
        if move.state == "posted" and key == self._own_key():
            return {}
        return {
            "state": states.REJECTED,
            "error_code": False,
            "error": self.env._(
                "The invoice has changed since it was queued as %s: its number, date, "
                "type, GSTIN or status is different.",
                self.number,
            ),
            "advice": self.env._(
                "Click 'Generate IRN' to register the invoice as it is now."
            ),
            "error_model": move._name,
            "error_res_id": move.id,
        }

    def _operation(self):
        request = operations.RegistrationRequest(
            self._sent_request(),
            self._expected_irn(),
            self.attempt + 1,
            self.cancel_reason or "",
            self.cancel_remark or "",
            in_flight=self._in_flight(),
            registered_elsewhere=self.adopted,
            irp=self.irp or "",
            ack_number=self.ack_number or "",
            age=self._age(),
            held=self._is_sought_elsewhere(),
            window=self._look_up_window(),
        )
        portal = operations.registration
        if self.state == states.CANCELLING:
            sent = self.cancel_sent
            return (portal.settle_cancel if sent else portal.cancel), request
        is_new = self.state == states.TO_REGISTER
        return (portal.register if is_new else portal.look_up), request

    def _registration(self):
        return self

    # ------------------------------------------------------------------
    # Settled by hand
    # ------------------------------------------------------------------

    def _thread(self):
        return self.move_id

    def _portal_name(self):
        return self.env._("IRN of %s", self.number)

    def _cancel_since(self):
        return self.ack_date

    def _is_replaced(self):
        credits = self.move_id.sudo().reversal_move_ids
        return any(credit.state == "posted" for credit in credits)

    def _too_late_advice(self):
        if self.doc_type == "INV":
            return self.env._("Create a credit note instead.")
        return self.env._("Correct it with another invoice or note instead.")

    def _unclear_advice(self, state):
        if state == states.CANCEL_UNCLEAR:
            return self.env._(
                "Check on %s whether the IRN is active or cancelled. An e-Invoice "
                "manager then opens the invoice and records the status with 'Settle by "
                "Hand'. Do not replace the invoice until then.",
                self._portal_website(),
            )
        return self.env._(
            "Search for the invoice on %s. If it is registered, download its signed "
            "JSON and import it under e-Invoicing (India) / Import e-Invoice JSON. If "
            "it is not, an e-Invoice manager opens the invoice and clicks 'Settle by "
            "Hand'. Do not issue the invoice again until then.",
            self._portal_website(),
        )

    def _unmade_values(self):
        return {"state": states.TO_REGISTER, "next_attempt_at": fields.Datetime.now()}
