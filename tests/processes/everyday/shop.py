"""A company with Odoo's sales, stock and tills, and its people."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..odoo_client import OdooClient
from ..odoo_process import Worker
from ..portal import Portal
from .invoice import Registered
from .people import Accountant, Cashier, Salesman, Storekeeper, line

MODULES = (
    "sale_management",
    "sale_stock",
    "sale_loyalty",
    "delivery",
    "point_of_sale",
    "pos_sale",
    "pos_loyalty",
    "pos_discount",
    "account_debit_note",
    "l10n_in_ewaybill",
)
# 10 × 1000.00 at 18 % and 5 × 333.33 at 5 %: 13549.99
BOTH = (line("drill", 10), line("planter", 5))
# HSN of the goods
DRILL, PLANTER, PIPE, BOLT = "820750", "843230", "730690", "731815"


class Shop:
    """The company's people, and what its administrator sets up for a test."""

    def __init__(
        self, worker: Worker, ids: dict[str, int], odoo: OdooClient, portal: Portal
    ) -> None:
        self.worker = worker
        self.ids = ids
        self.salesman = Salesman(worker, ids)
        self.cashier = Cashier(worker, ids)
        self.storekeeper = Storekeeper(worker, ids)
        self.accountant = Accountant(worker, ids, odoo, portal)

    def register(self, move: int) -> Registered:
        return self.accountant.register(move)

    # -- set up by an administrator ---------------------------------------------------

    def give_card(self, program: str, holder: str | None, points: float) -> str:
        """Create a card of a program with points on it and return its code."""
        values = {
            "program_id": self.ids[f"{program}_program"],
            "partner_id": self.ids[holder] if holder else False,
            "points": points,
        }
        [card] = self.worker.call("loyalty.card", "create", args=[values])
        return self.worker.read("loyalty.card", card, "code")["code"]

    @contextmanager
    def choice(self, **values: Any) -> Iterator[None]:
        """Change settings of the company for a while."""
        with self._changed("res.company", self.ids["company"], values):
            yield

    @contextmanager
    def carrier(self, **values: Any) -> Iterator[None]:
        """Change settings of the carrier for a while."""
        with self._changed("delivery.carrier", self.ids["carrier"], values):
            yield

    @contextmanager
    def _changed(self, model: str, record: int, values: dict[str, Any]) -> Iterator:
        before = self.worker.read(model, record, *values)
        self.worker.call(model, "write", [record], args=[values])
        try:
            yield
        finally:
            before = {name: before[name] for name in values}
            self.worker.call(model, "write", [record], args=[before])

    @contextmanager
    def taxed_card(self, program: str, tax: str) -> Iterator[None]:
        """Put a tax on the product that redeems a card, for a while."""
        reward = self.ids[f"{program}_reward"]
        name = "discount_line_product_id"
        product = self.worker.read("loyalty.reward", reward, name)[name]
        self._tax(product, [self.ids[tax]])
        try:
            yield
        finally:
            self._tax(product, [])

    def _tax(self, product: int, taxes: Sequence[int]) -> None:
        values = {"taxes_id": [(6, 0, taxes)]}
        self.worker.call("product.product", "write", [product], args=[values])
