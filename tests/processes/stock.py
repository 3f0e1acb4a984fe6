"""Goods in lots, received, sold, delivered and invoiced (needs `sale_stock`); and goods
that go to another warehouse (needs `stock`)."""

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


def transfer(env, ids: Mapping[str, int], place: str, pin: str) -> dict[str, Any]:
    """Confirm a transfer of goods to another warehouse of the company, which its
    accountant may open.

    :param ids: the result of `seller.set_up`.
    :return: id and name of the transfer.
    """
    env = env(context={**env.context, "allowed_company_ids": [ids["company"]]})
    env["res.users"].browse(ids["accountant"]).group_ids += env.ref(
        "stock.group_stock_user"
    )
    start = _warehouse(env)
    branch = start.partner_id.copy(
        {"name": place, "city": place, "zip": pin, "street": "12 MIDC Road"}
    )
    end = env["stock.warehouse"].create(
        {"name": place, "code": place[:3].upper(), "partner_id": branch.id}
    )
    product = env["product.product"].browse(ids["drill"])
    product.standard_price = 60000
    places = {
        "location_id": start.lot_stock_id.id,
        "location_dest_id": end.lot_stock_id.id,
    }
    goods = {"product_id": product.id, "product_uom_qty": 2, **places}
    picking = env["stock.picking"].create(
        {
            "picking_type_id": start.int_type_id.id,
            "move_ids": [(0, 0, goods)],
            **places,
        }
    )
    picking.action_confirm()
    return {"id": picking.id, "name": picking.name}
