"""Goods in lots: received, sold, delivered and invoiced; needs `sale_stock`."""

from collections.abc import Mapping, Sequence
from typing import Any


def sell_lots(env, ids: Mapping[str, int], lots: Mapping[str, Any]) -> int:
    """Sell one piece of each lot of one product, and post the invoice.

    :param ids: the result of `seller.set_up`.
    :param lots: name -> expiry (UTC), or None.
    :return: the id of the invoice.
    """
    env = env(context={**env.context, "allowed_company_ids": [ids["company"]]})
    product = _tracked_product(env, ids)
    for name, expires_at in lots.items():
        _receive(env, product, name, expires_at)
    order = _confirmed_order(env, ids, product, len(lots))
    order.picking_ids.button_validate()
    invoice = order._create_invoices()
    invoice.invoice_date = "2026-01-15"
    invoice.action_post()
    return invoice.id


def _tracked_product(env, ids: Mapping[str, int]):
    product = env["product.product"].browse(ids["drill"]).copy()
    product.write(
        {
            "is_storable": True,
            "tracking": "lot",
            "use_expiration_date": True,
            "invoice_policy": "delivery",
        }
    )
    return product


def _receive(env, product, name: str, expires_at: str | None) -> None:
    lot = env["stock.lot"].create(
        {"name": name, "product_id": product.id, "expiration_date": expires_at}
    )
    place = _warehouse(env).lot_stock_id
    env["stock.quant"]._update_available_quantity(product, place, 1, lot_id=lot)


def _warehouse(env):
    """Return the company's warehouse; create it if there is none."""
    warehouses = env["stock.warehouse"]
    found = warehouses.search([("company_id", "=", env.company.id)], limit=1)
    return found or warehouses.create({"name": "Bhosari", "code": "BHO"})


def _confirmed_order(env, ids: Mapping[str, int], product, quantity: int):
    line = {"product_id": product.id, "product_uom_qty": quantity, "price_unit": 450}
    order = env["sale.order"].create(
        {"partner_id": ids["regular"], "order_line": [(0, 0, line)]}
    )
    order.action_confirm()
    return order


def bill_orders(
    env, ids: Mapping[str, int], references: Sequence[str | None], typed: str = ""
) -> int:
    """Invoice several orders together and return the id of the draft invoice.

    :param references: the buyer's order numbers, empty where the buyer gave none.
    :param typed: replaces the invoice's customer reference.
    """
    env = env(context={**env.context, "allowed_company_ids": [ids["company"]]})
    product = env["product.product"].browse(ids["drill"])
    product.invoice_policy = "order"
    orders = env["sale.order"]
    for reference in references:
        orders += _confirmed_order(env, ids, product, 1)
        orders[-1].client_order_ref = reference
    invoice = orders._create_invoices()
    invoice.ref = typed or invoice.ref
    return invoice.id
