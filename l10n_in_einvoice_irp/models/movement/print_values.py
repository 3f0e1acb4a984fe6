from odoo import models

from ...irp.operations import states
from ..clock import printed_time
from .requests import PART_B


class L10nInIrpEwaybill(models.Model):
    """The vehicles on the print: an officer who stops the lorry has to find the
    present one."""

    _inherit = "l10n_in.irp.ewaybill"

    def _print_values(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        values = super()._print_values()
        return {**values, "vehicles": self._printed_vehicles(values["transport"])}

    def _printed_vehicles(self, sent):
        """Return the entries of Part B, newest first; none if there was no change
        since the generation.

        :param sent: the transport details that generated it.
        """
        steps = self.step_ids.filtered(
            lambda step: step.kind == PART_B and step.state == states.REGISTERED
        )
        rows = [step._printed_entry() for step in steps]
        first = sent.get("VehNo") or sent.get("TransDocNo")
        if rows and first and not self.fetched_at:
            # what the portal shows after a look-up includes the first one
            rows.append(self._first_entry(sent))
        return rows

    def _first_entry(self, sent):
        modes = dict(self._fields["trans_mode"]._description_selection(self.env))
        return {
            "mode": modes.get(sent.get("TransMode"), ""),
            "vehicle": sent.get("VehNo") or sent.get("TransDocNo"),
            "place": "",
            "entered": printed_time(self.ewb_date),
            "by": self._sent_as(),
            "trip_sheet": "",
        }


class L10nInIrpEwaybillStep(models.Model):
    _inherit = "l10n_in.irp.ewaybill.step"

    def _printed_entry(self):
        """Return an entry of Part B as it is printed."""
        modes = dict(self._fields["trans_mode"]._description_selection(self.env))
        place = ", ".join(filter(None, (self.place, self.state_id.name)))
        vehicle = "".join(filter(str.isalnum, self.vehicle_number or "")).upper()
        return {
            "mode": modes.get(self.trans_mode, ""),
            "vehicle": vehicle or self.trans_doc_number or "",
            "place": place,
            "entered": printed_time(self.done_at),
            "by": self.entered_by or "",
            "trip_sheet": self.trip_sheet or "",
        }
