from odoo import api, fields, models
from odoo.exceptions import UserError

from ...irp.operations import states
from ..rights import check_user
from .entered import EnteredMovement
from .requests import (
    CONSOLIDATION,
    EXTENSION,
    GROUP_CHANGE,
    GROUP_START,
    GROUP_VEHICLE,
    KINDS,
    PART_B,
    REJECTION,
    TRANSPORTER,
    TRIP_SHEET,
)

STATES = [
    ("to_register", "Not Sent Yet"),
    ("sending", "Awaiting Portal Response"),
    ("unknown", "Awaiting Portal Response"),
    ("unclear", "Outcome Unclear"),
    ("rejected", "Refused"),
    ("registered", "Done"),
]
OPEN = (states.SENDING, states.UNKNOWN, states.UNCLEAR)
"""A change in these states may have been made at the portal."""


class L10nInIrpEwaybillStep(EnteredMovement, models.Model):
    """A change of an e-way bill: requested here, or made elsewhere and seen at the
    portal.

    Those of Part B are the history of its vehicles. Its states are those of a
    registration: "registered" is one that the portal has carried out.
    """

    _name = "l10n_in.irp.ewaybill.step"
    _description = "e-Way Bill Change"
    _inherit = ["l10n_in.irp.submission.mixin"]
    _is_filled_by_code = True
    _order = "done_at desc, id desc"
    _gstin_field = "company_id.vat"
    _is_part = True
    _evidence_fields = frozenset({"done_at", "valid_until", "request_attachment_id"})

    ewaybill_id = fields.Many2one(
        "l10n_in.irp.ewaybill",
        string="e-Way Bill",
        required=True,
        index=True,
        ondelete="cascade",
    )
    move_id = fields.Many2one(related="ewaybill_id.move_id")
    company_id = fields.Many2one(
        related="ewaybill_id.company_id", store=True, index=True
    )
    kind = fields.Selection(
        selection=[
            (PART_B, "Part B"),
            (TRANSPORTER, "Transporter"),
            (EXTENSION, "Extension"),
            (REJECTION, "Rejection"),
            (CONSOLIDATION, "Consolidated e-Way Bill"),
            (GROUP_START, "Several Vehicles"),
            (GROUP_VEHICLE, "Vehicle Added"),
            (GROUP_CHANGE, "Vehicle Changed"),
            (TRIP_SHEET, "New Consolidated e-Way Bill"),
        ],
        string="Change",
        required=True,
    )
    state = fields.Selection(
        selection=STATES, string="Processing Status", required=True
    )
    asked_at = fields.Datetime(
        string="Entered On", default=lambda self: fields.Datetime.now(), copy=False
    )
    acted_at = fields.Datetime(
        string="Sent On", copy=False, help="Empty if it was made elsewhere."
    )
    done_at = fields.Datetime(string="Done On", copy=False)
    entered_by = fields.Char(copy=False)
    valid_until = fields.Datetime(copy=False)
    valid_until_before = fields.Datetime(copy=False)
    trip_sheet = fields.Char(string="Consolidated e-Way Bill No.", copy=False)
    request_key = fields.Char(
        copy=False,
        help="Names the request of the person who entered it: one that is repeated, as "
        "by a second click, has the same.",
    )

    _one_open = models.UniqueIndex(
        "(ewaybill_id) WHERE state IN ('sending', 'unknown', 'unclear')",
        "Another change of the e-way bill still awaits the portal's response.",
    )
    _one_of_request = models.UniqueIndex(
        "(ewaybill_id, kind, request_key)"
        " WHERE request_key IS NOT NULL AND state != 'rejected'",
        "The change was already entered.",
    )

    @api.depends("kind", "ewaybill_id.number")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for step in self:
            number = step.ewaybill_id.number or ""
            step.display_name = f"{kinds.get(step.kind, '')} {number}".strip()

    @property
    def _request_endpoint(self):
        return KINDS[self.kind].service

    @api.model
    def _selection_status(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        labels = dict(super()._selection_status())
        labels[states.REJECTED] = self.env._("Refused by Portal")
        return list(labels.items())

    def _is_planned(self):
        """Return whether it is an extension that waits for its window to open.

        What could not be sent yet is not planned: it is due, and another change beside
        it would be sent as well.
        """
        if self.kind != EXTENSION or self.attempt or self.error:
            return False
        due = self._waits_to_be_sent() and self.next_attempt_at
        return bool(due) and due > fields.Datetime.now()

    def _waits_to_be_sent(self):
        """Return whether it was entered, and no call about it is under way."""
        return self.state == states.TO_REGISTER

    def _requeue(self):
        # EXTENDS 'l10n_in.irp.submission.mixin': before its time it would be refused;
        # and what was refused is entered again, with the checks of an entry
        left = self.filtered(
            lambda step: step._is_planned() or step.state == states.REJECTED
        )
        return super(L10nInIrpEwaybillStep, self - left)._requeue()

    def action_process(self):
        # EXTENDS 'l10n_in.irp.submission.mixin': nothing is sent before its time
        planned = self.filtered(lambda step: step._is_planned())
        return super(L10nInIrpEwaybillStep, self - planned).action_process()

    # ------------------------------------------------------------------
    # Of its e-way bill
    # ------------------------------------------------------------------

    def _registration(self):
        return self.ewaybill_id._registration()

    def _sent_as(self):
        return self.ewaybill_id._sent_as()

    def _document_number_sent(self):
        return self.ewaybill_id._document_number_sent()

    def _check_may_write(self):
        self.ewaybill_id._check_may_write()

    def _record_at_fault(self, error, base_url):
        return self.ewaybill_id._record_at_fault(error, base_url)

    def _thread(self):
        return self.ewaybill_id

    def _portal_name(self):
        return self.ewaybill_id._portal_name()

    # ------------------------------------------------------------------
    # At the portal of its e-way bill
    # ------------------------------------------------------------------

    def _is_unplaced(self):
        return False

    def _is_of_ewaybill_system(self):
        return True

    @api.model
    def _unplaced_domain(self):
        return fields.Domain.FALSE

    def _cancel_since(self):
        # it is undone by another change, not cancelled
        return False

    def _follow_up_cancellation(self):
        """Do nothing: the activities on the e-way bill are about itself."""

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_discard(self):
        """Delete a change that is planned for later.

        :raises UserError: it may have been sent.
        """
        self.ensure_one()
        check_user(self.env)
        self._check_may_write()
        if self.state != states.TO_REGISTER or self.worker:
            raise UserError(
                self.env._(
                    "%s was already sent, so it cannot be discarded.",
                    self.display_name,
                )
            )
        self.sudo().unlink()
        return True

    def action_settle_done(self):
        """Record a manager's word that the portal has carried it out."""
        return self._settle_as("active")

    def action_settle_undone(self):
        """Record a manager's word that the portal has not carried it out."""
        return self._settle_as("absent")

    def _settle_as(self, word):
        remark = self.env._("As shown on ewaybillgst.gov.in")
        self._settle(word, remark, {})
        return True

    @api.ondelete(at_uninstall=True)
    def _unlink_except_sent(self):
        for step in self:
            if step.state in (*OPEN, states.REGISTERED):
                raise UserError(
                    self.env._(
                        "You cannot delete %s: it may exist on the portal.",
                        step.display_name,
                    )
                )
