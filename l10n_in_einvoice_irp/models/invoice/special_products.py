"""The products that Odoo's own addons put on lines that are not goods."""

from typing import NamedTuple

PAYING = ("gift_card", "ewallet")


class SpecialProducts(NamedTuple):
    """Ids of products, by the role of their lines.

    :ivar cards: a negative line pays: a gift card or eWallet redeemed.
    :ivar sold_cards: a gift card sold or an eWallet topped up, which is no supply.
    :ivar reductions: a discount or reward of the order or of the till.
    :ivar advances: a down payment taken at the till.
    """

    cards: frozenset
    sold_cards: frozenset
    reductions: frozenset
    advances: frozenset


def special_products(env) -> SpecialProducts:
    """Return the special products of all companies, from the installed addons."""
    pays = [("program_id.program_type", "in", PAYING)]
    discounts = [("program_id.program_type", "not in", PAYING)]
    reward = "discount_line_product_id"
    return SpecialProducts(
        cards=_ids(env, "loyalty.reward", reward, pays),
        sold_cards=_ids(env, "loyalty.rule", "product_ids", pays),
        reductions=_ids(env, "loyalty.reward", reward, discounts)
        | _ids(env, "res.company", "sale_discount_product_id")
        | _ids(env, "pos.config", "discount_product_id"),
        advances=_ids(env, "pos.config", "down_payment_product_id"),
    )


def _ids(env, model, field, domain=()):
    if model not in env or field not in env[model]._fields:
        return frozenset()
    # users who write invoices may have no access to programs and tills, which may
    # also be archived
    records = env[model].sudo().with_context(active_test=False)
    return frozenset(records.search(list(domain))[field].ids)
