"""The till, as its JavaScript in the browser talks to Odoo.

The JavaScript computes lines with a copy of Odoo's tax engine and sends the paid order
with ``sync_from_ui``; here, the engine computes them.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from odoo import fields

Line = dict[str, Any]


def ring_up(
    env,
    ids: Mapping[str, int],
    lines: Sequence[Mapping[str, Any]],
    buyer: str = "regular",
    till: str = "counter",
    discount: float = 0,
    advance: float = 0,
    paid: float = 0,
    is_refund: bool = False,
    to_invoice: bool = True,
) -> dict[str, int]:
    """Sell at the till and return the ids of order and invoice.

    :param lines: ``product`` (an id), ``qty``, and other fields of an order line; price
        and taxes default to the product's.
    :param discount: percent off the order, with the Discount button.
    :param advance: percent of the lines taken as a down payment instead.
    :param paid: the amount paid, if not the total.
    :param to_invoice: whether the buyer wants an invoice.
    """
    cashier = env(user=ids["cashier"])
    partner = cashier["res.partner"].browse(ids[buyer])
    config = cashier["pos.config"].browse(ids[till])
    lines = [_line(cashier, line) for line in lines]
    # the browser maps the taxes of each line by it, and so does Odoo
    config = config.with_context(fiscal_position=partner.fiscal_position_id)
    if advance:
        product = config.down_payment_product_id
        origins = {"sale_order_origin_id": lines[0]["sale_order_origin_id"]}
        lines = [line | origins for line in _advance(config, lines, product, advance)]
    if discount:
        lines += _discount(config, lines, config.discount_product_id, discount)
    order = _order(config, partner, lines, paid)
    order |= {"is_refund": is_refund, "to_invoice": to_invoice}
    # printing the invoice takes seconds
    orders = cashier["pos.order"].with_context(generate_pdf=False)
    orders.sync_from_ui([order])
    sold = orders.search([("uuid", "=", order["uuid"])])
    return {
        "order": sold.id,
        "invoice": sold.sudo().account_move.id,
        "lines": sold.lines.ids,
    }


def take_back(
    env, ids: Mapping[str, int], order: int, discount: float = 0, till: str = "counter"
) -> dict[str, int]:
    """Refund the goods of an order as the till's order screen does, with the Discount
    button pressed again for the returned goods.

    :param discount: percent that the order's Discount button gave.
    """
    sold = env(user=ids["cashier"])["pos.order"].browse(order)
    reduction = sold.config_id.discount_product_id
    lines = [
        {
            "product": line.product_id.id,
            "qty": -line.qty,
            "price_unit": line.price_unit,
            "taxes": line.tax_ids.ids,
            "refunded_orderline_id": line.id,
        }
        for line in sold.lines
        if line.product_id != reduction
    ]
    return ring_up(env, ids, lines, till=till, discount=discount, is_refund=True)


def _line(env, values: Mapping[str, Any]) -> Line:
    values = dict(values)
    product = env["product.product"].browse(values.pop("product"))
    taxes = values.pop("taxes", None)
    found = product.taxes_id._filter_taxes_by_company(env.company)
    taxes = found if taxes is None else env["account.tax"].browse(taxes)
    return {
        "product_id": product.id,
        "price_unit": product.lst_price,
        "tax_ids": [(6, 0, taxes.ids)],
        "full_product_name": product.display_name,
        **values,
    }


def _base_lines(config, lines: Sequence[Line]) -> list[dict[str, Any]]:
    engine, company = config.env["account.tax"], config.company_id
    position = config.env.context["fiscal_position"]
    base_lines = [
        engine._prepare_base_line_for_taxes_computation(
            None,
            product_id=config.env["product.product"].browse(line["product_id"]),
            tax_ids=position.map_tax(engine.browse(line["tax_ids"][0][2])),
            price_unit=line["price_unit"],
            quantity=line["qty"],
            discount=line.get("discount", 0),
            currency_id=company.currency_id,
            rate=1.0,
            **_manual(engine, line),
        )
        for line in lines
    ]
    engine._add_tax_details_in_base_lines(base_lines, company)
    engine._round_base_lines_tax_details(base_lines, company)
    return base_lines


def _manual(engine, line: Line) -> dict[str, Any]:
    """Return the amounts that the engine fixed when it split a line off."""
    names = ("computation_key", "manual_total_excluded", "manual_tax_amounts")
    names += ("manual_total_excluded_currency",)
    extra = line.get("extra_tax_data") or {}
    return {name: extra[name] for name in names if name in extra}


def _discount(config, lines, product, percent: float) -> list[Line]:
    prepare = config.env["account.tax"]._prepare_global_discount_lines
    return _split_off(config, lines, product, percent, prepare, "global_discount")


def _advance(config, lines, product, percent: float) -> list[Line]:
    prepare = config.env["account.tax"]._prepare_down_payment_lines
    return _split_off(config, lines, product, percent, prepare, "down_payment")


def _split_off(config, lines, product, percent, prepare, key: str) -> list[Line]:
    """Return a product's lines for a share of other lines, one line per tax."""
    engine = config.env["account.tax"]
    base_lines = prepare(
        _base_lines(config, lines),
        config.company_id,
        "percent",
        percent,
        computation_key=key,
        grouping_function=lambda base_line: {"product_id": product},
    )
    return [
        {
            "product_id": product.id,
            "qty": base_line["quantity"],
            "price_unit": base_line["price_unit"],
            "tax_ids": [(6, 0, base_line["tax_ids"].ids)],
            "full_product_name": product.display_name,
            "extra_tax_data": engine._export_base_line_extra_tax_data(base_line),
        }
        for base_line in base_lines
    ]


def _order(config, partner, lines, paid: float) -> dict[str, Any]:
    details = [each["tax_details"] for each in _base_lines(config, lines)]
    untaxed = [
        each["total_excluded"] + each["delta_total_excluded"] for each in details
    ]
    totals = [
        net + sum(tax["tax_amount"] for tax in each["taxes_data"])
        for net, each in zip(untaxed, details, strict=True)
    ]
    total = round(sum(totals), 2)
    paid = paid or total
    now = fields.Datetime.to_string(fields.Datetime.now())
    payment = {"amount": paid, "payment_method_id": config.payment_method_ids.id}
    return {
        "uuid": str(uuid.uuid4()),
        "session_id": config.current_session_id.id,
        "company_id": config.company_id.id,
        "user_id": config.env.uid,
        "partner_id": partner.id,
        "fiscal_position_id": partner.fiscal_position_id.id,
        "date_order": now,
        "state": "paid",
        "lines": [
            (0, 0, {"discount": 0, **line, **_amounts(net, gross)})
            for line, net, gross in zip(lines, untaxed, totals, strict=True)
        ],
        "amount_total": total,
        "amount_tax": round(total - sum(untaxed), 2),
        "amount_paid": paid,
        "amount_return": 0,
        "payment_ids": [(0, 0, {"name": now, **payment})],
        "sequence_number": 1,
        "last_order_preparation_change": "{}",
    }


def _amounts(net: float, gross: float) -> dict[str, float]:
    return {
        "price_subtotal": round(net, 2),
        "price_subtotal_incl": round(gross, 2),
        "uuid": str(uuid.uuid4()),
    }
