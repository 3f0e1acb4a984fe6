from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models

from ....irp.operations import states
from ....irp.operations.ewaybill_system import standing_of
from ....irp.reference import is_service_code
from ..requests import GROUP_START, PART_B_KINDS, ROAD, clean_vehicle, exact


class Group(NamedTuple):
    """A group of a movement by several vehicles.

    :ivar start: the step that started it; empty if it was started elsewhere.
    :ivar entries: its vehicles or documents, without those that were replaced.
    """

    number: str
    start: models.Model
    entries: models.Model

    @property
    def mode(self):
        """Return the mode of its vehicles: one for all of them."""
        return self.start.trans_mode or self.entries[:1].trans_mode or ROAD

    @property
    def total(self):
        """Return the quantity that it moves; None if it is not known."""
        return exact(self.start.quantity) if self.start else None

    @property
    def most(self):
        """Return the quantity that it moves; infinite if it is not known, so that it
        refuses nothing."""
        return Decimal("Infinity") if self.total is None else self.total

    @property
    def used(self):
        """Return the quantity that is on vehicles, as far as it is known."""
        quantities = map(exact, self.entries.mapped("quantity"))
        return sum(quantities, Decimal(0)).normalize()

    @property
    def is_known(self):
        """Return whether the quantity of each of its vehicles is known."""
        return all(self.entries.mapped("quantity"))

    @property
    def left(self):
        """Return the quantity that is left at most; None if it is not known."""
        return None if self.total is None else (self.total - self.used).normalize()

    @property
    def carriers(self):
        """Return the numbers of its vehicles and documents, as they are sent."""
        vehicles = map(clean_vehicle, self.entries.mapped("vehicle_number"))
        documents = self.entries.mapped(lambda one: one.trans_doc_number or "")
        return frozenset(filter(None, (*vehicles, *map(str.strip, documents))))


class L10nInIrpEwaybill(models.Model):
    """The groups of its movement by several vehicles, as its steps have them."""

    _inherit = "l10n_in.irp.ewaybill"

    vehicle_step_ids = fields.Many2many(
        "l10n_in.irp.ewaybill.step",
        string="Vehicles of the Groups",
        compute="_compute_groups",
    )
    groups_note = fields.Text(
        string="Left to Put on Vehicles", compute="_compute_groups"
    )

    @api.depends(
        *("has_groups", "step_ids.state", "step_ids.quantity"),
        *("step_ids.multi_vehicle_group", "step_ids.replaced_id"),
    )
    def _compute_groups(self):
        for bill in self:
            groups = bill._groups()
            steps = bill.step_ids.browse()
            for group in groups:
                steps |= group.start | group.entries
            bill.vehicle_step_ids = steps
            bill.groups_note = "\n".join(map(bill._group_text, groups))

    def _groups(self):
        """Return the groups of its movement, in the order of their numbers."""
        if not self.has_groups:
            return []
        made = self._group_steps().sorted("id")
        replaced = made.replaced_id
        return [
            Group(
                number,
                steps.filtered(lambda one: one.kind == GROUP_START)[:1],
                steps.filtered(lambda one: one.kind in PART_B_KINDS) - replaced,
            )
            for number, steps in sorted(
                made.grouped("multi_vehicle_group").items(),
                key=lambda pair: (len(pair[0]), pair[0]),
            )
        ]

    def _group(self, number):
        """Return the group of a number; None if it has no such group."""
        return next((one for one in self._groups() if one.number == number), None)

    def _group_text(self, group):
        """Return in words what a group moves, and what is left of it."""
        start = group.start
        if not start:
            return self.env._(
                "Group %(group)s was started elsewhere: %(vehicles)s. What it moves "
                "is not in Odoo.",
                group=group.number,
                vehicles=", ".join(sorted(group.carriers)) or "–",
            )
        text = self.env._(
            "Group %(group)s, %(place)s to %(to_place)s: %(used)s of %(total)s "
            "%(unit)s loaded (vehicles: %(count)s), %(left)s left.",
            group=group.number,
            place=start.place or "",
            to_place=start.to_place or "",
            used=f"{group.used:f}",
            total=f"{group.total:f}",
            unit=start.unit or "",
            count=len(group.entries),
            left=f"{group.left:f}",
        )
        if group.is_known:
            return text
        more = self.env._("Others were entered elsewhere; their quantity is not known.")
        return f"{text} {more}"

    def _standing(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        standing, groups = super()._standing(), self._groups()
        if not groups:
            return standing
        return replace(
            standing,
            groups=tuple((one.number, one.most) for one in groups),
            group_unit=groups[0].start.unit or "",
        )

    def _bill_facts(self, bill):
        # EXTENDS: the portal shows a group from its first vehicle on
        values = super()._bill_facts(bill)
        is_started = bool(self._group_steps())
        return {**values, "has_groups": values["has_groups"] or is_started}

    def _group_steps(self):
        """Return the changes of its groups that the portal has carried out."""
        return self.step_ids.filtered(
            lambda one: one.state == states.REGISTERED and one.multi_vehicle_group
        )

    def _quantities(self):
        """Return the quantity of its goods by UQC; () if it is not known of all."""
        if bill := self._last_portal_bill():
            return standing_of(bill).quantities
        rows = [(unit, Decimal(str(quantity or 0))) for unit, quantity in self._goods()]
        totals = {}
        for unit, quantity in rows:
            totals[unit] = totals.get(unit, Decimal(0)) + quantity
        return tuple(totals.items()) if all(totals) else ()

    def _goods(self):
        """Return UQC and quantity of each line of goods, as they were sent."""
        sent = self._sent()
        if "itemList" in sent:
            items = sent["itemList"]
            return [(one.get("qtyUnit"), one.get("quantity")) for one in items]
        return [
            (one.get("Unit"), one.get("Qty"))
            for one in (self._registered_invoice() or {}).get("ItemList") or ()
            if not is_service_code(one.get("HsnCd") or "")
        ]
