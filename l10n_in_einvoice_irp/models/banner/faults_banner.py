from odoo import models
from odoo.exceptions import UserError

from ..opening import open_to_correct
from ..queue.banner import server_action_button
from ..rights import USER
from ..validation.finding_kinds import GSTIN_STANDING, KINDS
from .repairable import repair_of

# more would push the invoice out of sight
MOST_LINES = 6


class L10nInIrpValidator(models.AbstractModel):
    """The banner of an invoice that would not be registered as it is now."""

    _inherit = "l10n_in.irp.validator"

    def _faults(self, move):
        """Return the blocking findings of an invoice, except doubts about a GSTIN,
        which have a banner already (`_party_alert`)."""
        return [
            finding
            for finding in self._check(move)
            if finding.blocking and not self._is_doubt(finding)
        ]

    @staticmethod
    def _is_doubt(finding):
        kind = KINDS.get(finding.kind)
        return bool(kind) and kind.rule == GSTIN_STANDING

    def _faults_alert(self, move):
        """Return the banner of an invoice with faults, in the form of `account`'s
        alerts; None if it has none."""
        try:
            faults = self._faults(move)
        except UserError as error:
            return {"level": self._level(move), "message": str(error)}
        if not faults:
            return None
        parts = [self._headline(move), *self._fault_lines(faults)]
        parts += [*self._advices(faults), self._next_step(move)]
        return {
            "level": self._level(move),
            "message": "\n".join(filter(None, parts)),
            **self._faults_button(move, faults),
        }

    @staticmethod
    def _level(move):
        return "warning" if move.state == "draft" else "danger"

    def _headline(self, move):
        if move.state == "draft":
            return self.env._("Before this invoice can be registered with the IRP:")
        return self.env._("Not registered with the IRP. Correct first:")

    def _fault_lines(self, faults):
        lines = [f"• {fault.text}" for fault in faults[:MOST_LINES]]
        if (more := len(faults) - MOST_LINES) > 0:
            lines.append(self.env._("… and %s more.", more))
        return lines

    def _advices(self, faults):
        """Return what to do about the faults for which there is no button, and whom to
        ask."""
        shown = faults[:MOST_LINES]
        advices = [fault.advice for fault in shown if not repair_of(fault)]
        asked = [self._whom_to_ask(fault.record.sudo(False)) for fault in shown]
        return list(dict.fromkeys(filter(None, [*advices, *asked])))

    def _next_step(self, move):
        """Return what happens next, and by when."""
        if move.state == "draft":
            return self.env._(
                "You can confirm the invoice, but it gets its IRN only after that."
            )
        step = self.env._("Nothing has been sent to the IRP.")
        return f"{step} {move.l10n_in_irp_countdown or ''}".strip()

    def _faults_button(self, move, faults):
        """Return the button: the dialog that corrects the faults, or the record."""
        can_write = self.env.user.has_group(USER) and move.has_access("write")
        if can_write and any(map(self._can_repair, faults)):
            text = self.env._("Correct Now")
            return server_action_button(move, text, "move_repair")
        record = next(
            (one.record for one in faults if one.record.has_access("read")), None
        )
        if not record or record == move:
            return {}
        return {
            "action_text": self.env._("Open %s", record.display_name),
            "action": open_to_correct(record),
        }

    @staticmethod
    def _can_repair(fault):
        """Return whether the dialog can correct a fault, with the user's rights."""
        return bool(repair_of(fault)) and fault.record.has_access("write")

    def _corrected_alert(self, move):
        """Return the banner of an invoice that failed the checks and passes them now;
        None if it still waits for a GSTIN's standing (`_party_alert`)."""
        if any(finding.blocking for finding in self._check(move)):
            return None
        ready = self.env._("Corrected: ready to be registered with the IRP.")
        alert = {
            "level": "info",
            "message": f"{ready} {move.l10n_in_irp_countdown or ''}".strip(),
        }
        if self.env.user.has_group(USER) and move.has_access("write"):
            text = self.env._("Generate IRN")
            alert |= server_action_button(move, text, "move_register")
        return alert
