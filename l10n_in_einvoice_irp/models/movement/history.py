from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...irp.operations import states
from ..clock import aware, utc
from .requests import PART_B, PART_B_KINDS
from .step import OPEN

# the portal writes whole minutes
SAME = timedelta(minutes=2)


class L10nInIrpEwaybill(models.Model):
    """The history of its vehicles: what was entered here, and what the portal shows
    besides."""

    _inherit = "l10n_in.irp.ewaybill"

    step_ids = fields.One2many(
        "l10n_in.irp.ewaybill.step",
        "ewaybill_id",
        string="Changes",
        readonly=True,
        copy=False,
    )

    # a caller's context may claim that the addon is being uninstalled
    @api.ondelete(at_uninstall=True)
    def _unlink_except_changed(self):
        """Refuse to delete an e-way bill with changes: the database would delete them
        past their guards."""
        for bill in self.sudo().filtered("step_ids"):
            raise UserError(
                self.env._(
                    "You cannot delete %s: it has changes at the portal.",
                    bill.display_name,
                )
            )

    def _first_part_b(self):
        """Return when its first Part B was entered, aware; None if it is not known, as
        of one that was sent with Part A and not fetched since."""
        entries = self.sudo().step_ids.filtered(
            lambda step: (
                step.kind in PART_B_KINDS
                and step.state == states.REGISTERED
                and step.done_at
            )
        )
        first = entries.sorted(lambda step: (step.done_at, step.id))[:1]
        started_it = first.acted_at and not first.valid_until_before
        is_first = self.fetched_at or started_it
        return aware(first.done_at) if first and is_first else None

    def _take_history(self, bill):
        """Add the entries of Part B that the portal shows and Odoo has not.

        Left out is what an open change may have made: its outcome says whose it is.
        """
        steps = self.step_ids.filtered(lambda step: step.kind in PART_B_KINDS)
        known = steps.filtered(lambda step: step.state == states.REGISTERED)
        pending = steps.filtered(lambda step: step.state in OPEN)
        missing = []
        for entry in bill.vehicles:
            match = known.filtered(lambda step, entry=entry: _is_same(step, entry))[:1]
            known -= match
            if not match:
                if not any(may_have_made(step, entry) for step in pending):
                    missing.append(self._entry_values(entry))
            elif match.trip_sheet != (entry.trip_sheet or False):
                match.trip_sheet = entry.trip_sheet
        self.env["l10n_in.irp.ewaybill.step"].sudo().create(missing)

    def _entry_values(self, entry):
        """Return the field values of an entry that was made elsewhere."""
        return {
            "ewaybill_id": self.id,
            "environment": self.environment,
            "base_url": self.base_url,
            "kind": PART_B,
            "state": states.REGISTERED,
            "done_at": utc(entry.entered_at),
            "entered_by": entry.entered_by,
            "trans_mode": self._known("trans_mode", entry.mode),
            "vehicle_number": entry.vehicle,
            "vehicle_type": self._known("vehicle_type", entry.vehicle_type),
            "trans_doc_number": entry.document,
            "trans_doc_date": entry.document_date,
            "place": entry.from_place,
            "state_id": self._indian_state(entry.from_state).id,
            "trip_sheet": entry.trip_sheet,
            "multi_vehicle_group": entry.group,
        }


def _is_same(step, entry):
    """Return whether a step is an entry of Part B at the portal."""
    moment = utc(entry.entered_at)
    is_then = not moment or not step.done_at or abs(step.done_at - moment) < SAME
    return is_then and _has_carrier(step, entry)


def may_have_made(step, entry):
    """Return whether an entry of Part B at the portal may come from a step that was
    sent, and whose answer is missing."""
    moment = utc(entry.entered_at)
    is_since = not moment or not step.acted_at or moment > step.acted_at - SAME
    return is_since and _has_carrier(step, entry)


def made_at(step, bill):
    """Return when a bill at the portal shows the entry of Part B that a step without an
    answer has made, as Odoo stores it; False if it shows none.

    :param bill: `irp.protocol.ewaybill.Bill`, or None.
    """
    entries = bill.vehicles if bill and step.kind in PART_B_KINDS else ()
    moments = [utc(one.entered_at) for one in entries if may_have_made(step, one)]
    return min(filter(None, moments), default=False)


def _has_carrier(step, entry):
    """Return whether a step has group and vehicle, or document, of an entry."""
    if (step.multi_vehicle_group or "") != entry.group:
        return False
    carrier = step.vehicle_number or ""
    by_vehicle = "".join(filter(str.isalnum, carrier)).upper() == entry.vehicle
    by_document = (step.trans_doc_number or "") == entry.document
    return by_vehicle if entry.vehicle else by_document
