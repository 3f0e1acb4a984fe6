import logging
from dataclasses import replace

from odoo import models
from odoo.exceptions import UserError

from ....irp.document import Issue, slip_of_invoice
from ....irp.operations import states
from ...clock import indian_time
from ..irn import grouped_irn
from .page_values import (
    barcode_image,
    marks,
    moment_text,
    movement_values,
    rupees,
    slip_short_values,
    slip_values,
    trip_sheet_values,
)
from .portal_slips import slip_of_bill, slip_of_request

_logger = logging.getLogger(__name__)


class L10nInIrpEwaybill(models.Model):
    """The prints of an e-way bill: short, in detail, and consolidated.

    They show the e-way bill system's record where Odoo has it; otherwise what the IRP
    registered, with the transport details as sent.
    """

    _inherit = "l10n_in.irp.ewaybill"

    def _pages(self, values_of):
        """Return (e-way bill, values, fault) of each, in their order: what cannot be
        printed is named on its page, and stops no other.

        :param values_of: name of the method that returns the values of a page.
        :raises UserError: the only one cannot be printed.
        """
        is_only = len(self) == 1
        return [(bill, *bill._page(values_of, is_only)) for bill in self]

    def _page(self, values_of, is_only):
        try:
            self._check_printable()
            return getattr(self, values_of)(), ""
        except UserError as error:
            if is_only:
                raise
            return {}, str(error)
        except Exception:
            _logger.exception("%s: cannot be printed", self.display_name)
        return {}, self.env._(
            "%s cannot be printed: its data in Odoo cannot be read. Open it, click "
            "'Refresh from Portal', and print it again.",
            self.display_name,
        )

    def _print_values(self):
        # EXTENDS 'ewaybill': in the form of Indian papers, with the portal's record
        values = super()._print_values()
        if self._last_portal_bill():
            values |= slip_short_values(self.env, self._slip())
        else:
            values |= self._registered_values(values["content"].value)
            transport = self._transport_now(values["transport"])
            content = replace(values["content"], transport=transport)
            values |= {"transport": transport, "content": content}
        return {**values, "marks": self._marks()}

    def _registered_values(self, amount):
        movements = self._part_b_history() or ()
        return {
            "irn": grouped_irn(self.irn),
            "value": amount and rupees(self.env, amount),
            "movements": movement_values(movements),
            "valid_from": moment_text(movements[-1].entered_at) if movements else "",
            "barcode": barcode_image(self.number),
        }

    def _detailed_values(self):
        """Return the values of the detailed print."""
        return {**slip_values(self.env, self._slip()), "marks": self._marks()}

    def _slip(self):
        """Return the e-way bill as `irp.document.Slip`."""
        self.ensure_one()
        if bill := self._portal_bill():
            return slip_of_bill(bill, self.irn or "")
        last = self._last_portal_bill()
        slip = slip_of_bill(last, self.irn or "") if last else self._registered_slip()
        return self._changed_slip(slip)

    def _changed_slip(self, slip):
        """Return a slip with the changes that were made since."""
        movements = self._part_b_history()
        transport = self._transport_now(slip.content.transport)
        end = self.valid_until and indian_time(self.valid_until) or None
        return replace(
            slip,
            movements=slip.movements if movements is None else movements,
            valid_until=end,
            content=replace(slip.content, transport=transport),
        )

    def _registered_slip(self):
        """Return the slip of what the IRP registered and what was sent with it."""
        sent = self._sent()
        distance = sent.get("Distance") or sent.get("transDistance")
        distance = int(distance or 0) or self.portal_distance
        issue = Issue(
            number=self.number or "",
            irn=self.irn or "",
            generated_at=self.ewb_date and indian_time(self.ewb_date) or None,
            generator=self._generator(),
            valid_until=self.valid_until and indian_time(self.valid_until) or None,
            distance=str(distance or ""),
        )
        if "itemList" in sent:
            # generated without an IRN
            slip = slip_of_request(sent, issue)
        else:
            slip = slip_of_invoice(self._registered_invoice() or {}, sent, issue)
        return slip

    def _marks(self):
        """Return what is wrong with the e-way bill, for the top of its prints."""
        bill = self._portal_bill()
        return marks(
            test=self.test_note or "",
            by_hand=self._settlement_print_note(),
            missing="" if self.number else self.display_name,
            cancelled=self.state == states.CANCELLED
            or bool(bill and bill.is_cancelled),
            cancelling=self._is_cancellation_open(),
            rejected=bool(bill and bill.is_rejected) or self.is_rejected,
        )

    def _trip_sheet_faults(self):
        """Return the texts on those whose consolidated e-way bill is not known."""
        faults = []
        for bill in self.filtered(lambda one: not one.trip_sheet):
            try:
                bill._check_printable()
            except UserError as error:
                faults.append(str(error))
        return faults

    def _trip_sheet_values(self):
        """Return the values of each consolidated e-way bill of these e-way bills."""
        note = next((one.test_note for one in self if one.test_note), "")
        return [trip_sheet_values(self.env, one, note) for one in self._trip_sheets()]
