from odoo import api, fields, models
from odoo.fields import Domain

from ...irp.operations import states
from .requests import SHEET_KINDS
from .step import OPEN


class L10nInIrpEwaybill(models.Model):
    """The changes that persons have requested, as long as they are not made; also the
    consolidations with other e-way bills."""

    _inherit = "l10n_in.irp.ewaybill"

    change_notice = fields.Text(
        string="Change Not Made Yet",
        compute="_compute_change_notice",
        help="A change that is planned, was refused, or whose outcome is not known.",
    )
    has_open_change = fields.Boolean(
        string="Change Awaits Response",
        compute="_compute_change_notice",
        search="_search_has_open_change",
    )

    # what a consolidation with others changes on each shows that it is over
    @api.depends(
        *("step_ids.state", "step_ids.next_attempt_at", "step_ids.error"),
        *("trip_sheet", "is_record_outdated"),
    )
    def _compute_change_notice(self):
        shared = self._consolidations_by_bill()
        for bill in self:
            # a consolidation may be of an e-way bill that the user may not read
            requested = bill.step_ids.sudo().filtered(
                lambda step: step.acted_at or step.state != states.REGISTERED
            )
            steps = requested | shared.get(bill._origin, requested)
            shown = steps.filtered(
                lambda step: step._waits_to_be_sent() or step.state in OPEN
            )
            shown |= requested.sorted("id")[-1:]
            texts = [step._notice() for step in shown.sorted("id")]
            bill.change_notice = "\n".join(filter(None, texts))
            bill.has_open_change = any(step.state in OPEN for step in steps)

    def _consolidations_by_bill(self):
        """Return e-way bill -> its consolidations that are not over, also those with
        others, which refuse any other change of it."""
        found = {}
        for step in self._consolidations():
            for bill in step.bill_ids:
                found[bill] = found.get(bill, step.browse()) | step
        return found

    def _search_has_open_change(self, operator, value):
        if operator != "in":
            return NotImplemented
        is_open = Domain("state", "in", OPEN)
        shared = Domain("kind", "in", SHEET_KINDS) & is_open
        sheets = self.env["l10n_in.irp.ewaybill.step"].sudo().search(shared)
        found = Domain("step_ids", "any", is_open)
        found |= Domain("id", "in", sheets.bill_ids.ids)
        return found if True in value else ~found


class L10nInIrpEwaybillStep(models.Model):
    """A change that is not made yet, in words."""

    _inherit = "l10n_in.irp.ewaybill.step"

    def _notice(self):
        """Return what is left to know about a change; "" if it is made."""
        if self.state == states.REGISTERED:
            return ""
        if self._is_planned():
            return self.env._(
                "%(change)s is planned: Odoo sends it on %(moment)s. To change it, "
                "enter it again; to drop it, click 'Discard' in its line.",
                change=self.display_name,
                moment=self._shown_time(self.next_attempt_at),
            )
        parts = [f"{self.display_name}: {self._status_label()}"]
        if self._is_unanswered() and not self.error:
            parts.append(
                self.env._(
                    "The portal's response is missing. Odoo looks up whether the "
                    "change was made; do not enter it a second time."
                )
            )
        parts += [self.error, self.advice]
        if self._waits_to_be_sent() and self.next_attempt_at:
            parts.append(
                self.env._(
                    "Odoo sends it on %(moment)s. Do not enter it a second time; to "
                    "drop it, click 'Discard' in its line.",
                    moment=self._shown_time(self.next_attempt_at),
                )
            )
        return "\n".join(filter(None, parts))

    def _word_texts(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        return {
            "active": self.env._("%s was made.", self.display_name),
            "absent": self.env._("%s was not made.", self.display_name),
        }
