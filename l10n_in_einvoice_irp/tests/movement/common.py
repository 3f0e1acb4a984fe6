from datetime import datetime

from freezegun import freeze_time

from ...sandbox.services.ewaybill.web import act_on_web
from ..common import FaultyTransport
from ..ewaybill.common import EwaybillCommon

CARRIER = "05AAACG0904A1ZL"
OTHER_CARRIER = "27AABCZ1234F1ZB"
LOOK_UP = "/GetEwayBill?"
MADE = datetime(2026, 1, 15, 6, 30)


class MovementCommon(EwaybillCommon):
    """E-way bills on the road, changed by a plain accountant."""

    def made(self, **transport):
        """Return the e-way bill of an invoice, made by its IRN."""
        bill = self.prepare(self.registered_invoice(), **transport)
        bill.action_generate()
        self.assertEqual(bill.state, "registered", bill.error)
        return bill

    def slip(self, transporter=""):
        """Return an e-way bill of which only Part A is entered."""
        if not transporter:
            # the portal knows the company, whatever its check digit
            self.portal().set_taxpayer(self.default_company.vat)
        bill = self.made(
            trans_mode=False,
            vehicle_number=False,
            vehicle_type=False,
            transporter_gstin=transporter or self.default_company.vat,
        )
        self.assertFalse(bill.valid_until)
        return bill

    def dialog(self, action, transport=None, **values):
        """Return an opened dialog, filled in."""
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write(values)
        return wizard.with_context(l10n_in_irp_wrap_transport=transport)

    def change(self, bill, kind, dialog):
        """Make a change with what a dialog of another kind has; return the step."""
        seen = max(bill.step_ids.ids, default=0)
        step = bill._enter_once(kind, dialog, f"{dialog},{seen}", seen)
        step._send_entered()
        return step

    def part_b(self, bill, vehicle, transport=None, **values):
        """Enter a vehicle and return the step."""
        entered = {
            "vehicle_number": vehicle,
            "place": "Nagpur",
            "state_id": self.env.ref("base.state_in_mh").id,
            "vehicle_reason": "1",
            "remark": "Engine failure",
            **values,
        }
        self.dialog(bill.action_part_b(), transport, **entered).action_send()
        return bill.step_ids.sorted("id")[-1]

    def extend(self, bill, transport=None, **values):
        """Extend the validity from a place on the way, and return the step."""
        entered = {
            "place": "Nagpur",
            "state_id": self.env.ref("base.state_in_mh").id,
            "pin": "440001",
            "extension_reason": "5",
            "remark": "Accident at Butibori",
            "remaining_km": 20,
            **values,
        }
        self.dialog(bill.action_extend(), transport, **entered).action_send()
        return bill.step_ids.sorted("id")[-1]

    def lost(self):
        """Return a transport whose next action at the e-way bill system is carried
        out, and its answer lost."""
        return FaultyTransport("lost", 1, "/auth", LOOK_UP)

    def dropped(self):
        """Return a transport whose next action is not carried out; nobody knows."""
        return FaultyTransport("dropped", 1, "/auth", LOOK_UP)

    def at(self, moment):
        """Return a context in which it is another time."""
        return freeze_time(moment)

    def on_web(self, gstin, action, **request):
        """Act at the portal's website as another taxpayer."""
        return act_on_web(self.portal(), gstin, action, request)

    def at_portal(self, bill):
        """Return the e-way bill as the portal holds it."""
        return self.portal().movements.of_number(int(bill.number))

    def entries(self, bill):
        """Return the vehicles that the portal holds, the first entry first."""
        entries = self.portal().movements.entries(int(bill.number))
        return [one.details["vehicleNo"] for one in reversed(entries)]
