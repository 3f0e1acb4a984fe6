from odoo import models

from ...irp.document import Movement, state_text
from ...irp.operations import states
from ..clock import aware, indian_time, printed_date
from .requests import PART_B_KINDS


class L10nInIrpEwaybill(models.Model):
    """The vehicles on the print: an officer who stops the lorry has to find the
    present one."""

    _inherit = "l10n_in.irp.ewaybill"

    def _part_b_history(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        steps = self.step_ids.filtered(
            lambda step: step.kind in PART_B_KINDS and step.state == states.REGISTERED
        )
        if not steps:
            return super()._part_b_history()
        rows = [step._printed_entry() for step in steps]
        sent = self._content().transport
        if (sent.get("VehNo") or sent.get("TransDocNo")) and not self.fetched_at:
            # what the portal shows after a look-up includes the first one
            rows.append(self._first_entry(sent))
        return tuple(rows)

    def _first_entry(self, sent):
        modes = dict(self._fields["trans_mode"]._description_selection(self.env))
        return Movement(
            mode=modes.get(sent.get("TransMode"), ""),
            vehicle=sent.get("VehNo") or "",
            document=sent.get("TransDocNo") or "",
            document_date=sent.get("TransDocDt") or "",
            place="",
            entered_at=self.ewb_date and indian_time(self.ewb_date) or None,
            entered_by=self._sent_as() or "",
        )


class L10nInIrpEwaybillStep(models.Model):
    _inherit = "l10n_in.irp.ewaybill.step"

    def _printed_entry(self):
        """Return an entry of Part B as it is printed."""
        modes = dict(self._fields["trans_mode"]._description_selection(self.env))
        state = state_text(self.state_id.l10n_in_tin or "")
        day = self.trans_doc_date
        return Movement(
            mode=modes.get(self.trans_mode, ""),
            vehicle="".join(filter(str.isalnum, self.vehicle_number or "")).upper(),
            document=self.trans_doc_number or "",
            document_date=printed_date(day) if day else "",
            place=", ".join(filter(None, (self.place, state))),
            entered_at=self.done_at and aware(self.done_at) or None,
            entered_by=self.entered_by or "",
            trip_sheet=self.trip_sheet or "",
            group=self.multi_vehicle_group or "",
        )
