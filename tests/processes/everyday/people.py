"""The people of a company, with a method for each button that they press."""

from collections.abc import Sequence
from typing import Any

from ..odoo_client import DOCUMENT, OdooClient
from ..odoo_process import Worker
from ..portal import Portal
from .invoice import Registered

# a line of an order, an invoice or a till's order
Entry = dict[str, Any]


def line(product: str, quantity: float = 1, **values: Any) -> Entry:
    """Return a line of goods; `values` are its other fields."""
    return {"product": product, "quantity": quantity, **values}


class Person:
    """A person with a user in Odoo.

    :param ids: the result of ``setup.set_up_everyday``.
    """

    role = ""

    def __init__(self, worker: Worker, ids: dict[str, int]) -> None:
        self.worker = worker
        self.ids = ids

    @property
    def user(self) -> int:
        return self.ids[self.role]

    def fill(self, model: str, values: dict[str, Any], **options: Any) -> int:
        """Fill in a form (see ``forms.fill``)."""
        return self.worker.ask(
            "fill", user=self.user, model=model, values=values, **options
        )

    def press(self, model: str, button: str, *ids: int, **options: Any) -> Any:
        """Press a button of a record and return the action that it opens, if any."""
        return self.worker.call(model, button, ids, user=self.user, **options)

    def answer(self, action: Any, values: dict[str, Any], button: str) -> Any:
        """Fill in the dialog that a button opened and press a button of the dialog."""
        context = action.get("context") or {}
        dialog = self.fill(action["res_model"], values, context=context)
        return self.press(action["res_model"], button, dialog, context=context)

    def read(self, model: str, record: int, name: str) -> Any:
        return self.worker.read(model, record, name)[name]


class Salesman(Person):
    role = "salesman"

    def quote(self, *entries: Entry, buyer: str = "regular", **values: Any) -> int:
        """Create a quotation; `values` are other fields of its form."""
        lines = [
            {
                "product_id": self.ids[entry["product"]],
                "product_uom_qty": entry["quantity"],
                **{
                    name: value
                    for name, value in entry.items()
                    if name not in ("product", "quantity")
                },
            }
            for entry in entries
        ]
        order = {"partner_id": self.ids[buyer], **values, "order_line": lines}
        return self.fill("sale.order", order)

    def discount(self, order: int, **values: Any) -> None:
        """Press 'Discount' and fill in its dialog."""
        context = {"active_id": order, "active_ids": [order]}
        wizard = self.fill("sale.order.discount", values, context=context)
        self.press("sale.order.discount", "action_apply_discount", wizard)

    def enter_code(self, order: int, code: str, reward: str) -> None:
        """Press 'Coupon Code' and choose one of the rewards that it unlocks."""
        context = {"active_id": order}
        values = {"coupon_code": code}
        wizard = self.fill("sale.loyalty.coupon.wizard", values, context=context)
        model = "sale.loyalty.coupon.wizard"
        action = self.press(model, "action_apply", wizard, context=context)
        self._choose(order, action, reward)

    def claim(self, order: int, reward: str) -> None:
        """Press 'Promotions' and choose a reward if there are several."""
        action = self.press("sale.order", "action_open_reward_wizard", order)
        if isinstance(action, dict):
            self._choose(order, action, reward)

    def _choose(self, order: int, action: dict[str, Any], reward: str) -> None:
        action = {**action, "context": {"active_id": order}}
        values = {"selected_reward_id": self.ids[f"{reward}_reward"]}
        self.answer(action, values, "action_apply")

    def ship_by_lorry(self, order: int) -> None:
        """Press 'Add shipping' and confirm the carrier."""
        action = self.press("sale.order", "action_open_delivery_wizard", order)
        self.answer(action, {"carrier_id": self.ids["carrier"]}, "button_confirm")

    def confirm(self, order: int) -> None:
        self.press("sale.order", "action_confirm", order)

    def invoice(self, *orders: int, **values: Any) -> int:
        """Press 'Create Invoice'; `values` are fields of its dialog."""
        known = self._invoices(orders)
        context = {
            "active_model": "sale.order",
            "active_id": orders[0],
            "active_ids": list(orders),
        }
        wizard = self.fill("sale.advance.payment.inv", values, context=context)
        model = "sale.advance.payment.inv"
        self.press(model, "create_invoices", wizard, context=context)
        [invoice] = self._invoices(orders) - known
        return invoice

    def take_advance(self, order: int, percent: float = 0, amount: float = 0) -> int:
        """Invoice a down payment as a percentage or an amount; return the draft."""
        if percent:
            values = {"advance_payment_method": "percentage", "amount": percent}
        else:
            values = {"advance_payment_method": "fixed", "fixed_amount": amount}
        return self.invoice(order, **values)

    def _invoices(self, orders: Sequence[int]) -> set[int]:
        found = [self.read("sale.order", order, "invoice_ids") for order in orders]
        return {invoice for each in found for invoice in each}

    def sell(self, *entries: Entry, **values: Any) -> int:
        """Confirm an order, invoice it and return the draft."""
        order = self.quote(*entries, **values)
        self.confirm(order)
        return self.invoice(order)


class Cashier(Person):
    role = "cashier"

    def ring_up(self, *entries: Entry, **options: Any) -> dict[str, Any]:
        """Sell at the till (see ``till.ring_up``)."""
        lines = [
            {
                "qty": entry["quantity"],
                "product": self.ids.get(entry["product"], entry["product"]),
                **{
                    name: value
                    for name, value in entry.items()
                    if name not in ("product", "quantity")
                },
            }
            for entry in entries
        ]
        return self.worker.ask("ring_up", ids=self.ids, lines=lines, **options)

    def take_back(self, sold: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Refund an order of the till (see ``till.take_back``)."""
        order = sold["order"]
        return self.worker.ask("take_back", ids=self.ids, order=order, **options)

    def invoice_together(self, *orders: int) -> int:
        """Select uninvoiced orders of the till and press 'Create Invoice'."""
        context = {"active_model": "pos.order", "active_ids": list(orders)}
        wizard = self.fill("pos.make.invoice", {}, context=context)
        # printing the invoice takes seconds
        context["generate_pdf"] = False
        model = "pos.make.invoice"
        self.press(model, "action_create_invoices", wizard, context=context)
        return self.worker.read("pos.order", orders[0], "account_move")["account_move"]


class Storekeeper(Person):
    role = "storekeeper"

    def deliver(self, order: int, *quantities: float) -> None:
        """Ship a quantity of each line of an order; the rest becomes a back order."""
        picking = self._open_pickings(order)[0]
        moves = self.read("stock.picking", picking, "move_ids")
        for move, quantity in zip(moves, quantities, strict=True):
            self.press("stock.move", "write", move, args=[{"quantity": quantity}])
        action = self.press("stock.picking", "button_validate", picking)
        if isinstance(action, dict):
            self.answer(action, {}, "process")

    def take_back(self, order: int, quantity: float) -> None:
        """Take back a quantity of the only line of a delivered order."""
        pickings = self.read("sale.order", order, "picking_ids")
        context = {"active_model": "stock.picking", "active_id": pickings[0]}
        wizard = self.fill("stock.return.picking", {}, context=context)
        model = "stock.return.picking"
        lines = self.read(model, wizard, "product_return_moves")
        values = {"quantity": quantity}
        self.press("stock.return.picking.line", "write", *lines, args=[values])
        action = self.press(model, "action_create_returns", wizard)
        moves = self.read("stock.picking", action["res_id"], "move_ids")
        self.press("stock.move", "write", *moves, args=[{"quantity": quantity}])
        self.press("stock.picking", "button_validate", action["res_id"])

    def _open_pickings(self, order: int) -> list[int]:
        domain = [("sale_id", "=", order), ("state", "not in", ("done", "cancel"))]
        return self.worker.call("stock.picking", "search", args=[domain])


class Accountant(Person):
    """An accountant with the Invoicing right only."""

    role = "accountant"

    def __init__(
        self, worker: Worker, ids: dict[str, int], odoo: OdooClient, portal: Portal
    ) -> None:
        super().__init__(worker, ids)
        self.odoo = odoo
        self.portal = portal

    def draft(self, *entries: Entry, buyer: str = "regular", **values: Any) -> int:
        """Enter a draft invoice and return its id."""
        lines = []
        for entry in entries:
            entry = dict(entry)
            product = entry.pop("product", "")
            if product:
                entry = {"product_id": self.ids[product], **entry}
            if "taxes" in entry:
                entry["tax_ids"] = [self.ids[tax] for tax in entry.pop("taxes")]
            lines.append(entry)
        return self.fill(
            "account.move",
            {"partner_id": self.ids[buyer], **values, "invoice_line_ids": lines},
            context={"default_move_type": "out_invoice"},
        )

    def post(self, move: int) -> None:
        self.press("account.move", "action_post", move)

    def credit(self, move: int, **values: Any) -> int:
        """Press 'Credit Note' and 'Reverse'; return the draft."""
        values = {"reason": "goods returned", **values}
        return self._correct("account.move.reversal", "refund_moves", move, values)

    def debit(self, move: int) -> int:
        """Press 'Debit Note', copy the invoice's lines; return the draft."""
        values = {"reason": "price too low", "copy_lines": True}
        return self._correct("account.debit.note", "create_debit", move, values)

    def _correct(self, model: str, button: str, move: int, values: Entry) -> int:
        context = {"active_model": "account.move", "active_ids": [move]}
        wizard = self.fill(model, values, context=context)
        return self.press(model, button, wizard, context=context)["res_id"]

    def register(self, move: int) -> Registered:
        """Post an invoice if necessary, and register it.

        :raises AssertionError: it was not registered; the message says why.
        """
        if self.read("account.move", move, "state") == "draft":
            self.post(move)
        self.worker.call(DOCUMENT, "_cron_process_queue")
        document = self.odoo.document(move)
        reason = f"{document['state']}\n{document['error']}\n{document['advice']}"
        assert document["state"] == "registered", reason
        assert document["irn"]
        invoice = self.portal.signing_keys.verify(document["signed_invoice"])
        return Registered(move, invoice.data, self.books(move), self.warnings(move))

    def change(self, move: int, position: int, **values: Any) -> None:
        """Edit a line of a draft in its form."""
        lines = {"invoice_line_ids": {position: values}}
        self.fill("account.move", lines, record=move)

    def reset_to_draft(self, move: int) -> None:
        self.press("account.move", "button_draft", move)

    def is_applicable(self, move: int) -> bool:
        return self.read("account.move", move, "l10n_in_irp_applicable")

    def books(self, move: int) -> dict[str, Any]:
        """Return the journal's figures for a posted invoice, positive and in rupees."""
        return self.worker.ask("books", move=move)

    def findings(self, move: int) -> list[dict[str, Any]]:
        """Return the findings on an invoice as the accountant sees them."""
        return self.worker.ask("findings", move=move, user=self.user)

    def warnings(self, move: int) -> list[dict[str, Any]]:
        return [each for each in self.findings(move) if not each["blocking"]]

    def refusals(self, move: int) -> list[dict[str, Any]]:
        return [each for each in self.findings(move) if each["blocking"]]
