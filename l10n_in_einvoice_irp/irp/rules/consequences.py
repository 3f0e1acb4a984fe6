"""Leave out faults that only follow from another fault of the same document.

A portal reports them together: without a vehicle number it misses the vehicle type too,
and with IGST inside a state no amount of CGST is right. A person who corrects the first
has corrected the others, and would search for a second fault in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..reference import codes
from .invoice.violation import Violation

_AMOUNTS = frozenset({"tax_amount", "tax_amount_short_hsn"})
_WRONG_TAX = frozenset(
    {
        "igst_within_state",
        "cgst_on_inter_state_type",
        "cgst_on_igst_on_intra",
        "cgst_between_states",
        "cgst_sgst_differ",
    }
)
_PLACE_OF_TAX = frozenset({"BuyerDtls.Pos", "SellerDtls.Stcd"})
_SUMS = frozenset({"document_total", "invoice_value"})
_ABROAD = frozenset({"pin_abroad", "buyer_unregistered", "delivery_pin_abroad"})
_STATE_ABROAD = frozenset(
    {"buyer_state_abroad", "delivery_state_abroad", "dispatch_state_abroad"}
)


def without_consequences(
    found: Iterable[Violation], invoice: Mapping[str, Any]
) -> list[Violation]:
    """Return the faults without those that another of them explains.

    :param found: every violation of a document.
    :param invoice: the document.
    """
    faults = list(found)
    known = _Known(invoice)
    for fault in faults:
        known.add(fault)
    return [
        fault
        for fault in known.first_of_each_member(faults)
        if not any(explained(fault, known) for explained in _EXPLANATIONS)
    ]


@dataclass
class _Known:
    """The faults of a document, by member and kind.

    :ivar kinds: section or item -> the kinds of its faults.
    """

    invoice: Mapping[str, Any]
    paths: set[str] = field(default_factory=set)
    kinds: dict[str, set[str]] = field(default_factory=dict)

    def add(self, fault: Violation) -> None:
        self.paths.add(fault.path)
        self.kinds.setdefault(_section(fault), set()).add(fault.kind)

    def of(self, fault: Violation) -> set[str]:
        """Return the kinds of fault in the same section or item."""
        return self.kinds[_section(fault)]

    def has(self, fault: Violation, member: str) -> bool:
        """Return whether another member of the same section is at fault."""
        section = _section(fault)
        return (f"{section}.{member}" if section else member) in self.paths

    @staticmethod
    def first_of_each_member(faults: Iterable[Violation]) -> list[Violation]:
        """Return one fault for each member: it has one value, which is wrong once."""
        first: dict[tuple[str, str], Violation] = {}
        for fault in faults:
            # a section as a whole can be wrong in several ways
            is_member = "." in fault.path
            key = (fault.path, "" if is_member else fault.kind)
            first.setdefault(key, fault)
        return list(first.values())


def _section(fault: Violation) -> str:
    return fault.path.rpartition(".")[0] or fault.path.partition(".")[0]


# --- explanations --------------------------------------------------------------------


def _type_of_no_vehicle(fault: Violation, known: _Known) -> bool:
    """Without a vehicle there is no type of vehicle."""
    is_type = fault.kind == "vehicle_type_missing"
    return is_type and "vehicle_missing" in known.of(fault)


def _state_of_wrong_gstin(fault: Violation, known: _Known) -> bool:
    """A state is compared with the GSTIN, which is missing or wrong itself."""
    return fault.kind == "state_not_of_gstin" and known.has(fault, "Gstin")


def _pin_of_wrong_state(fault: Violation, known: _Known) -> bool:
    """A PIN code is not in a state that is wrong itself, but in that of the GSTIN."""
    if fault.kind != "pin_not_in_state" or not known.has(fault, "Stcd"):
        return False
    section = known.invoice.get(_section(fault)) or {}
    gstin = str(section.get("Gstin") or "")
    return codes.pin_in_state(int(section.get("Pin") or 0), gstin[:2])


def _marks_of_abroad(fault: Violation, known: _Known) -> bool:
    """An address abroad where none may be has no Indian PIN code and no GSTIN."""
    if fault.kind in _ABROAD:
        return bool(known.of(fault) & _STATE_ABROAD)
    is_place = fault.kind.startswith("place_of_supply_abroad")
    return is_place and "buyer_state_abroad" in known.of(fault)


def _tax_of_unknown_place(fault: Violation, known: _Known) -> bool:
    """IGST or CGST and SGST: the two states decide, and one of them is wrong."""
    depends = fault.kind in _WRONG_TAX | _AMOUNTS | {"igst_on_intra_state"}
    is_amount = fault.path.endswith(("IgstAmt", "CgstAmt", "SgstAmt", "IgstOnIntra"))
    return depends and is_amount and bool(_PLACE_OF_TAX & known.paths)


def _amount_of_wrong_tax(fault: Violation, known: _Known) -> bool:
    """The amount of a tax that should be another one, or has no valid rate."""
    if fault.kind not in _AMOUNTS:
        return False
    return bool(known.of(fault) & _WRONG_TAX) or known.has(fault, "GstRt")


def _total_of_wrong_line(fault: Violation, known: _Known) -> bool:
    """The total of a line with a wrong amount."""
    amounts = ("TotAmt", "Discount", "AssAmt", "OthChrg", "CesAmt", "StateCesAmt")
    if fault.kind != "line_total":
        return False
    has_wrong_tax = bool(known.of(fault) & (_WRONG_TAX | _AMOUNTS))
    return has_wrong_tax or any(known.has(fault, name) for name in amounts)


def _sum_of_wrong_lines(fault: Violation, known: _Known) -> bool:
    """A total of the document whose lines have wrong amounts."""
    if fault.kind not in _SUMS:
        return False
    return any(
        path.startswith("ItemList[") and path.endswith(("Amt", "OthChrg", "ItemVal"))
        for path in known.paths
    )


def _facts_of_wrong_date(fault: Violation, known: _Known) -> bool:
    """The rates in force on a date that is wrong itself."""
    wrong = {"document_date_unreal", "document_date_before_portal"}
    is_dated = fault.kind in ("gst_rate_unknown", "transport_date_before_invoice")
    return is_dated and bool(known.kinds.get("DocDtls", set()) & wrong)


def _part_of_no_ewaybill(fault: Violation, known: _Known) -> bool:
    """Transport details of a document that gets no e-Way Bill at all."""
    never = {"ewaybill_of_note", "services_only", "services_and_charges"}
    reasons = {kind for kinds in known.kinds.values() for kind in kinds} & never
    if not fault.ewaybill or not reasons:
        return False
    return fault.kind not in never or (
        fault.kind != "ewaybill_of_note" and "ewaybill_of_note" in reasons
    )


_EXPLANATIONS: tuple[Callable[[Violation, _Known], bool], ...] = (
    _type_of_no_vehicle,
    _state_of_wrong_gstin,
    _pin_of_wrong_state,
    _marks_of_abroad,
    _tax_of_unknown_place,
    _amount_of_wrong_tax,
    _total_of_wrong_line,
    _sum_of_wrong_lines,
    _facts_of_wrong_date,
    _part_of_no_ewaybill,
)
