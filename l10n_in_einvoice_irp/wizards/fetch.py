import re

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..irp.operations import states
from ..irp.protocol import errors
from ..irp.reference import IRP_TITLES
from ..models.portal.error_messages import ErrorMessages
from .targets import CheckedDialog

RESULTS = [
    ("registered", "Imported"),
    ("cancelled", "Cancelled"),
    ("conflict", "Mismatch with IRP"),
    ("not_found", "Not with IRP"),
    ("failed", "No Response"),
]
IRN = re.compile(r"[0-9a-f]{64}")
# their advice is for the user, not about the queue
ADVISING = (errors.IrpRejected, errors.IrpAuthenticationError)


class L10nInIrpFetch(CheckedDialog, models.TransientModel):
    """Looks up an invoice that was registered outside Odoo at the portal."""

    _name = "l10n_in.irp.fetch"
    _description = "Fetch from IRP"
    _rec_name = "move_id"

    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    irn = fields.Char(
        string="IRN",
        help="64 characters. If empty, the IRP is searched by type, number and date.",
    )
    irp = fields.Selection(
        selection=list(IRP_TITLES.items()),
        string="Registered With",
        help="IRP with the IRN, if not the one in the IRP credential.",
    )
    can_choose_irp = fields.Boolean(
        string="Can Ask Other IRPs", compute="_compute_can_choose_irp"
    )
    result = fields.Selection(selection=RESULTS, readonly=True)
    message = fields.Text(readonly=True)
    test_note = fields.Char(related="move_id.l10n_in_irp_test_note")
    advice = fields.Text(readonly=True)
    difference_ids = fields.One2many(
        "l10n_in.irp.difference", "fetch_id", string="Differences", readonly=True
    )

    @api.depends("move_id")
    def _compute_can_choose_irp(self):
        for fetch in self:
            portal = fetch.move_id.company_id._l10n_in_irp_portal()
            fetch.can_choose_irp = bool(portal.wire.criss_cross)

    @api.model
    def _open(self, moves):
        """Return the action that opens the dialog for one invoice.

        :raises UserError: several were selected, or the invoice is not for the portal.
        """
        if len(moves) != 1:
            raise UserError(
                self.env._(
                    "Select one invoice. For several invoices, import the signed JSON "
                    "under e-Invoicing (India) / Import e-Invoice JSON."
                )
            )
        moves.check_access("write")
        self._check_move(moves)
        return self.create({"move_id": moves.id})._dialog()

    def _check_move(self, move):
        if why := move._l10n_in_irp_why_not_now():
            raise UserError(
                self.env._(
                    "%(invoice)s: %(reason)s", invoice=move.display_name, reason=why
                )
            )

    def _check_irp(self):
        """Refuse another IRP that the portal cannot be asked about.

        :raises UserError: it does not answer about documents of others.
        """
        if self.irp and not self.can_choose_irp:
            raise UserError(
                self.env._(
                    "%(portal)s does not answer about e-Invoices of %(irp)s. Leave "
                    "'Registered With' empty, or import the signed JSON of that portal "
                    "under e-Invoicing (India) / Import e-Invoice JSON.",
                    portal=self.move_id.company_id._l10n_in_irp_portal().wire.name,
                    irp=self.irp,
                )
            )

    def _dialog(self):
        return {
            **self._get_records_action(name=self.env._("Fetch from IRP"), target="new"),
            "context": {"dialog_size": "extra-large"},
        }

    def action_fetch(self):
        """Call the portal now and show the outcome."""
        self.ensure_one()
        move = self.move_id.with_company(self.move_id.company_id)
        self._check_move(move)
        self._check_irp()
        outcome, request = move._l10n_in_irp_fetch(self._clean_irn(), self.irp or "")
        self.difference_ids.sudo().unlink()
        rows = move._l10n_in_irp_differences(request, outcome)
        self.write(
            {
                **self._outcome_values(outcome),
                "difference_ids": [Command.create(row) for row in rows],
            }
        )
        return self._dialog()

    def _clean_irn(self):
        irn = "".join((self.irn or "").split()).lower()
        if irn and not IRN.fullmatch(irn):
            raise UserError(
                self.env._("An IRN has 64 characters: digits and the letters a to f.")
            )
        return irn

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _outcome_values(self, outcome):
        """Return result, message and advice for an outcome."""
        if isinstance(outcome.error, errors.IrpNotFound):
            return self._not_found_values()
        if outcome.error:
            return self._failure_values(outcome.error)
        document = self.move_id.l10n_in_irp_document_id
        return {
            "result": outcome.state,
            "message": {
                states.REGISTERED: self._adopted_text,
                states.CANCELLED: self._cancelled_text,
                states.CONFLICT: self._conflict_text,
            }[outcome.state](document),
            "advice": document.advice or document.signature_note,
        }

    def _not_found_values(self):
        return {
            "result": "not_found",
            "message": self.env._(
                "The IRP has no e-Invoice with this type, number and date. Nothing "
                "was sent or changed."
            ),
            "advice": self.env._(
                "If it was registered with another IRP, download the signed JSON "
                "there and import it under e-Invoicing (India) / Import e-Invoice "
                "JSON. Otherwise, click 'Generate IRN'."
            ),
        }

    def _failure_values(self, error):
        message = ErrorMessages(self.env).describe(error)
        advice = message.advice if isinstance(error, ADVISING) else ""
        if isinstance(error, errors.IrpTooLate):
            advice = self.env._(
                "The API no longer returns this e-Invoice. Download the signed JSON "
                "from %s and import it under e-Invoicing (India) / Import e-Invoice "
                "JSON.",
                self.move_id.company_id._l10n_in_irp_website(),
            )
        return {
            "result": "failed",
            "message": self.env._("%s\nNothing was changed.", message.text),
            "advice": advice or self.env._("Try again later."),
        }

    def _adopted_text(self, document):
        return self.env._(
            "Imported: the signed content matches %(number)s. IRN %(irn)s, Ack. No. "
            "%(ack)s.",
            number=document.number,
            irn=document.irn,
            ack=document.ack_number,
        )

    def _cancelled_text(self, document):
        return self.env._(
            "%(number)s was registered and its IRN %(irn)s is cancelled. This number "
            "cannot be registered again.",
            number=document.number,
            irn=document.irn,
        )

    def _conflict_text(self, document):
        return self.env._(
            "Not imported: the IRP has different content under %s.",
            document.number,
        )
