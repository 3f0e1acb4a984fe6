from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...irp.operations import states
from ...irp.rules.ewaybill import cancel_until, extension_window, reject_until
from ..clock import aware, now_utc, utc
from .requests import EXTENSION, PART_B, REJECTION, TRANSPORTER

MINUTE = timedelta(minutes=1)


class L10nInIrpEwaybill(models.Model):
    """Who may change an e-way bill at the portal, and until when."""

    _inherit = "l10n_in.irp.ewaybill"

    can_part_b = fields.Boolean(
        string="Part B Can Be Updated", compute="_compute_next_steps"
    )
    can_change_transporter = fields.Boolean(
        string="Transporter Can Be Changed", compute="_compute_next_steps"
    )
    can_extend = fields.Boolean(
        string="Validity Can Be Extended", compute="_compute_next_steps"
    )
    can_reject = fields.Boolean(string="Can Be Rejected", compute="_compute_next_steps")
    is_to_reject = fields.Boolean(
        string="May Still Be Rejected",
        compute="_compute_next_steps",
        search="_search_is_to_reject",
        help="Another party has made it, and the 72 hours are not over.",
    )
    next_steps = fields.Text(
        string="What Can Be Done",
        compute="_compute_next_steps",
        help="Who may do what with the e-way bill, and until when (IST).",
    )

    @api.depends(
        *("state", "number", "valid_until", "ewb_date", "is_rejected", "has_groups"),
        *("transporter_gstin", "generator_gstin", "recipient_gstin", "part_b_by"),
    )
    def _compute_next_steps(self):
        now = now_utc()
        for bill in self:
            may = bill._allowed_kinds(now) if bill._is_active_bill() else set()
            bill.can_part_b = PART_B in may
            bill.can_change_transporter = TRANSPORTER in may
            bill.can_extend = EXTENSION in may
            bill.can_reject = bill.is_to_reject = REJECTION in may
            notes = bill._next_notes(now) if bill._is_active_bill() else []
            bill.next_steps = "\n".join(filter(None, notes))

    def _allowed_kinds(self, now):
        """Return the kinds of change that this company may make now.

        :param now: aware.
        """
        bill, own, may = self._standing(), self._sent_as(), set()
        if bill.is_keeper(own):
            is_running = not bill.is_expired(now)
            if is_running and not bill.has_groups:
                may.add(PART_B)
            is_fixed = bill.part_b_by and bill.part_b_by == bill.transporter
            if is_running and not is_fixed:
                may.add(TRANSPORTER)
            if bill.valid_until and now <= extension_window(bill.valid_until)[1]:
                may.add(EXTENSION)
        if self._may_reject(bill, own, now):
            may.add(REJECTION)
        return may

    @staticmethod
    def _may_reject(bill, own, now):
        is_other = own != bill.generator and own in (bill.supplier, bill.recipient)
        is_open = not (bill.is_rejected or bill.is_expired(now)) and bill.generated_at
        return bool(is_other and is_open and now <= reject_until(bill.generated_at))

    def _search_is_to_reject(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = now_utc()
        open_since = utc(now - (reject_until(now) - now))
        candidates = Domain("state", "=", states.REGISTERED)
        candidates &= Domain("is_rejected", "=", False)
        candidates &= Domain("ewb_date", ">=", open_since)
        candidates &= Domain("generator_gstin", "!=", False)
        found = self.search(candidates).filtered("is_to_reject")
        return Domain("id", "in", found.ids)

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _next_notes(self, now):
        bill, own = self._standing(), self._sent_as()
        return [
            self._part_b_note(bill, own, now),
            self._extension_note(bill, own, now),
            self._cancel_until_note(bill, own, now),
            self._reject_note(bill, own, now),
        ]

    def _keeper_name(self, bill, own):
        """Return who acts for the transport: this company, or another by its ID."""
        keeper = bill.transporter or bill.generator
        is_own = not keeper or keeper == own
        return self.company_id.sudo().name if is_own else keeper

    def _part_b_note(self, bill, own, now):
        if bill.is_expired(now):
            return ""
        keeper = self._keeper_name(bill, own)
        if not bill.valid_until:
            return self.env._(
                "Part B is not entered: the goods must not move yet. %(keeper)s enters "
                "it.",
                keeper=keeper,
            )
        return self.env._(
            "Part B (vehicle): %(keeper)s may update it until %(end)s.",
            keeper=keeper,
            end=self._shown_time(utc(bill.valid_until)),
        )

    def _extension_note(self, bill, own, now):
        if not bill.valid_until:
            return ""
        first, last = extension_window(bill.valid_until)
        if now > last:
            return self.env._(
                "The e-way bill expired on %s and can no longer be extended.",
                self._shown_time(utc(bill.valid_until)),
            )
        return self.env._(
            "Validity: %(keeper)s may extend it from %(first)s to %(last)s. An "
            "extension entered earlier is sent when that time begins.",
            keeper=self._keeper_name(bill, own),
            first=self._shown_time(utc(first)),
            last=self._shown_time(utc(last)),
        )

    def _cancel_until_note(self, bill, own, now):
        is_open = bill.generated_at and now <= cancel_until(bill.generated_at)
        if bill.generator != own or not is_open:
            return ""
        return self.env._(
            "It can be cancelled until %s, unless an officer has checked it.",
            self._shown_time(utc(cancel_until(bill.generated_at))),
        )

    def _reject_note(self, bill, own, now):
        if bill.is_rejected:
            return self.env._("It was rejected by the other party.")
        if not self._may_reject(bill, own, now):
            return ""
        return self.env._(
            "If the goods are not for you, reject it until %s. After that it counts "
            "as accepted.",
            self._shown_time(utc(reject_until(bill.generated_at))),
        )

    def _expiry_note(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        first, last = extension_window(aware(self.valid_until))
        return self.env._(
            "Are the goods still on the way? Ask the driver for the place, its PIN "
            "Code and the kilometres left, then click 'Extend Validity' and enter the "
            "reason. The portal takes it from %(first)s to %(last)s; entered earlier, "
            "it is sent when that time begins.",
            first=self._shown_time(utc(first)),
            last=self._shown_time(utc(last)),
        )
