from odoo import models

from ....irp.operations import states
from ....irp.protocol.ewaybill import TripSheet, TripSheetBill
from ....irp.reference import read_portal_datetime
from ...clock import aware


class L10nInIrpEwaybill(models.Model):
    """Consolidated e-way bills, as far as their e-way bills are in Odoo."""

    _inherit = "l10n_in.irp.ewaybill"

    def _trip_sheets(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        chosen = self.filtered("trip_sheet").grouped(_sheet_of)
        parts = self.search(
            [
                ("trip_sheet", "in", self.mapped("trip_sheet")),
                ("company_id", "in", self.company_id.ids),
            ],
            order="id",
        ).grouped(_sheet_of)
        return tuple(parts[sheet]._trip_sheet(sheet[-1]) for sheet in chosen)

    def _trip_sheet(self, number):
        """Return the consolidated e-way bill under which these e-way bills travel."""
        steps = self.step_ids.filtered(
            lambda step: step.trip_sheet == number and step.state == states.REGISTERED
        )
        made = steps.sorted("done_at")[:1]
        return TripSheet(
            number=number,
            from_place=made.place or "",
            from_state=made.state_id.l10n_in_tin or "",
            vehicle=made.vehicle_number or "",
            mode=made.trans_mode or "",
            document=made.trans_doc_number or "",
            document_date=made.trans_doc_date or None,
            generator=made.entered_by or "",
            entered_at=made.done_at and aware(made.done_at) or None,
            status="ACT",
            bills=tuple(one._trip_sheet_bill() for one in self),
        )

    def _trip_sheet_bill(self):
        slip = self._slip()
        content, moment = slip.content, read_portal_datetime(slip.content.document_date)
        return TripSheetBill(
            number=slip.number,
            generated_at=slip.generated_at,
            generator=slip.generator,
            doc_number=content.document_number,
            doc_date=moment.date() if moment else None,
            from_gstin=content.supplier_gstin,
            from_name=content.supplier,
            to_gstin=content.recipient_gstin,
            to_name=content.recipient,
            invoice_value=slip.totals.invoice,
            status="CNL" if self._marks()["cancelled"] else "ACT",
            valid_until=slip.valid_until,
            to_place=(content.delivery.lines or ("",))[-1],
            to_pin="",
            to_state="",
        )


def _sheet_of(bill):
    """Return what names a consolidated e-way bill, its number last: a trial may have
    the same number."""
    return bill.company_id, bill.environment, bill.trip_sheet
