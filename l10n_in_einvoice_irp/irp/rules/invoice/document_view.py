"""Give the rules access to an INV-01 document: sections, lines and derived facts.

The rules run on documents that conform to the schema, so members have the right types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property
from typing import Any, Literal

from ...reference import codes
from ...reference.dates import read_date
from .violation import Violation, owner_of

AatoClass = Literal["unknown", "below_10_cr", "from_10_cr", "from_100_cr"]

EXPORT_TYPES = frozenset({"EXPWP", "EXPWOP"})
SEZ_TYPES = frozenset({"SEZWP", "SEZWOP"})
UNTAXED_TYPES = frozenset({"EXPWOP", "SEZWOP"})
_NOTHING = Decimal(0)
_ONE = Decimal(1)


@dataclass(frozen=True)
class Profile:
    """Facts about the supplier that the rules need and the document lacks.

    :ivar aato_class: class of aggregate annual turnover, for the 30-day limit;
        "unknown" skips that rule.
    :ivar requester: GSTIN of the credential; "" skips the rules on the requester.
    :ivar is_operator: whether the requester is registered as an e-commerce operator
        (TCS).
    """

    aato_class: AatoClass = "unknown"
    requester: str = ""
    is_operator: bool = False


@dataclass(frozen=True)
class Part:
    """A section or line of the document, with its path.

    :param prefix: e.g. "SellerDtls" or "ItemList[2]".
    :param data: the members; empty when the section was left out.
    :param owner: what messages begin with, if it is no party: "Line 3".
    """

    prefix: str
    data: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""
    _amounts: dict[str, Decimal] = field(default_factory=dict, compare=False)

    def __bool__(self) -> bool:
        """Return False if the section is missing or null."""
        return bool(self.data)

    def text(self, name: str) -> str:
        """Return a text member; "" if it is missing or null."""
        return str(self.data.get(name) or "")

    def code(self, name: str) -> str:
        """Return a code in upper case, because the portal ignores its letter case."""
        return self.text(name).upper()

    def amount(self, name: str) -> Decimal:
        """Return a number exactly as written; 0 if it is missing or null."""
        if name not in self._amounts:
            number = self.data.get(name)
            self._amounts[name] = Decimal(str(number)) if number else _NOTHING
        return self._amounts[name]

    def given(self, name: str) -> bool:
        """Return whether a member is present and not null; 0 counts as given."""
        return self.data.get(name) is not None

    def breaks(
        self, code: str, name: str, kind: str, template: str, **params: str | int
    ) -> Violation:
        """Return a violation of rule ``code`` in the member ``name``."""
        path = f"{self.prefix}.{name}" if name else self.prefix
        value = self.data.get(name) if name else None
        owner = self.owner or owner_of(code, path)
        return Violation(code, path, value, kind, template, params, owner)


@dataclass(frozen=True)
class Document:
    """A document, with the date in India and the supplier's profile."""

    invoice: Mapping[str, Any]
    today: date
    profile: Profile

    def part(self, name: str) -> Part:
        """Return a section of the document."""
        return Part(name, self.invoice.get(name) or {})

    @cached_property
    def seller(self) -> Part:
        """Return SellerDtls."""
        return self.part("SellerDtls")

    @cached_property
    def buyer(self) -> Part:
        """Return BuyerDtls."""
        return self.part("BuyerDtls")

    @cached_property
    def ship_to(self) -> Part:
        """Return ShipDtls."""
        return self.part("ShipDtls")

    @cached_property
    def dispatch(self) -> Part:
        """Return DispDtls."""
        return self.part("DispDtls")

    @cached_property
    def transaction(self) -> Part:
        """Return TranDtls."""
        return self.part("TranDtls")

    @cached_property
    def totals(self) -> Part:
        """Return ValDtls."""
        return self.part("ValDtls")

    @cached_property
    def ewaybill(self) -> Part:
        """Return EwbDtls."""
        return self.part("EwbDtls")

    @cached_property
    def lines(self) -> tuple[Part, ...]:
        """Return the lines of ItemList."""
        items = self.invoice.get("ItemList") or ()
        return tuple(line_part(index, data) for index, data in enumerate(items))

    @cached_property
    def supply_type(self) -> str:
        """Return SupTyp in upper case."""
        return self.transaction.code("SupTyp")

    @cached_property
    def document_type(self) -> str:
        """Return INV, CRN or DBN."""
        return self.part("DocDtls").code("Typ")

    @cached_property
    def date(self) -> date | None:
        """Return the document date; None if it is not a valid date."""
        return read_date(self.part("DocDtls").text("Dt"))

    @property
    def is_export(self) -> bool:
        """Return whether the supply type is an export."""
        return self.supply_type in EXPORT_TYPES

    @property
    def is_sez(self) -> bool:
        """Return whether the supply type is for a special economic zone."""
        return self.supply_type in SEZ_TYPES

    @property
    def is_untaxed(self) -> bool:
        """Return whether the supply is without payment of tax (bond or LUT)."""
        return self.supply_type in UNTAXED_TYPES

    @property
    def reverse_charge(self) -> bool:
        """Return whether RegRev is Y."""
        return self.transaction.code("RegRev") == "Y"

    @property
    def igst_on_intra(self) -> bool:
        """Return whether IgstOnIntra is Y."""
        return self.transaction.code("IgstOnIntra") == "Y"

    @cached_property
    def seller_state(self) -> str:
        """Return the supplier's two-digit state code."""
        return codes.state_code(self.seller.text("Stcd"))

    @cached_property
    def place_of_supply(self) -> str:
        """Return the two-digit state code of the place of supply."""
        return codes.state_code(self.buyer.text("Pos"))

    @cached_property
    def same_state(self) -> bool:
        """Return whether the supply is domestic and within the supplier's state."""
        domestic = not (self.is_export or self.is_sez)
        return domestic and self.seller_state == self.place_of_supply

    @cached_property
    def takes_igst(self) -> bool:
        """Return whether IGST applies, not CGST and SGST (rules 29, 31 and 32)."""
        return not self.same_state or self.igst_on_intra


Rule = Callable[[Document], Iterable[Violation]]


def tolerated(value: Decimal, calculated: Decimal) -> bool:
    """Return whether a value is within the portal's tolerance of one rupee.

    NIC API 'Generate IRN' v1.03, calculations: from the calculated value rounded down,
    minus 1, to the calculated value rounded up, plus 1.
    """
    if value == calculated:
        return True
    least = calculated.to_integral_value(ROUND_FLOOR) - _ONE
    most = calculated.to_integral_value(ROUND_CEILING) + _ONE
    return least <= value <= most


def money(value: Decimal) -> str:
    """Return an amount for a message, with two decimals."""
    return f"{value:.2f}"


def line_part(index: int, data: Mapping[str, Any]) -> Part:
    """Return a line, named by the serial number that the user sees."""
    return Part(f"ItemList[{index}]", data, f"Line {data.get('SlNo') or index + 1}")
