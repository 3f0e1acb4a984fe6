from dataclasses import replace

from odoo import models

from ...irp.document import Movement, dispatch_from, state_text
from ...irp.operations import states
from ..clock import aware, indian_time, printed_date
from .requests import CONSOLIDATION, PART_B_KINDS, TRANSPORTER

# the fields of Part B -> the names in the request
CARRIED_BY = {
    "trans_mode": "TransMode",
    "vehicle_number": "VehNo",
    "vehicle_type": "VehType",
    "trans_doc_number": "TransDocNo",
    "trans_doc_date": "TransDocDt",
}


class L10nInIrpEwaybill(models.Model):
    """The vehicles on the print: an officer who stops the lorry has to find the
    present one."""

    _inherit = "l10n_in.irp.ewaybill"

    def _part_b_history(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        steps = self.step_ids.filtered(
            lambda step: step.kind in PART_B_KINDS and _is_done(step)
        )
        if not steps:
            return super()._part_b_history()
        rows = [step._printed_entry() for step in steps]
        if self.trip_sheet and not rows[0].trip_sheet:
            # the portal has written it into the entry in force
            rows[0] = replace(rows[0], trip_sheet=self.trip_sheet)
        sent = self._content().transport
        if (sent.get("VehNo") or sent.get("TransDocNo")) and not self.fetched_at:
            # what the portal shows after a look-up includes the first one
            rows.append(self._first_entry(sent))
        return tuple(rows)

    def _transport_now(self, transport):
        # EXTENDS 'l10n_in.irp.ewaybill'
        kinds = set(self.step_ids.filtered(_is_done).mapped("kind"))
        now = dict(super()._transport_now(transport))
        if TRANSPORTER in kinds:
            name = self.transporter_id.sudo().name
            now |= {"TransId": self.transporter_gstin or "", "TransName": name or ""}
        if kinds & {*PART_B_KINDS, CONSOLIDATION} or self.trip_sheet:
            day = self.trans_doc_date
            values = {name: self[field] for field, name in CARRIED_BY.items()}
            now |= {**values, "TransDocDt": day and printed_date(day)}
        return {name: value for name, value in now.items() if value}

    def _first_place(self, sent):
        """Return where the goods were loaded, as the entry of Part B has it."""
        start, body = (
            dispatch_from(self._registered_invoice() or {}, sent),
            self._sent(),
        )
        # without an IRN, the request names it
        code = start.get("Stcd") or body.get("actFromStateCode") or ""
        town = start.get("Loc") or body.get("fromPlace")
        return ", ".join(filter(None, (town, state_text(str(code)))))

    def _first_entry(self, sent):
        modes = dict(self._fields["trans_mode"]._description_selection(self.env))
        return Movement(
            mode=modes.get(sent.get("TransMode"), ""),
            vehicle=sent.get("VehNo") or "",
            document=sent.get("TransDocNo") or "",
            document_date=sent.get("TransDocDt") or "",
            place=self._first_place(sent),
            entered_at=self.ewb_date and indian_time(self.ewb_date) or None,
            entered_by=self._sent_as() or "",
        )


def _is_done(step):
    return step.state == states.REGISTERED


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
