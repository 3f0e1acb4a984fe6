"""Sets up the seller's Odoo: people with the usual rights, goods, programs, tills.

Needs the modules of ``shop.MODULES``.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import seller

PEOPLE = {
    "salesman": ("base.group_user", "sales_team.group_sale_salesman"),
    # to settle sales orders at the till as well
    "cashier": (
        "base.group_user",
        "point_of_sale.group_pos_user",
        "sales_team.group_sale_salesman_all_leads",
    ),
    "storekeeper": ("base.group_user", "stock.group_stock_user"),
    "accountant": ("base.group_user", "account.group_account_invoice"),
}
GOODS = {
    # name: (description, HSN, price, tax)
    "drill": ("Carbide drill bit 8 mm", "820750", 1000.00, "sgst_sale_18"),
    "planter": ("Seed planter", "843230", 333.33, "sgst_sale_5"),
    "pipe": ("Steel pipe 40 mm", "730690", 500.00, "sgst_sale_18"),
    "fertiliser": ("Compost", "310100", 200.00, "nil_rated_sale"),
    "cashew": ("Cashew nuts in shell", "080131", 1000.00, "sgst_sale_18_rc"),
    "mint": ("Peppermint oil", "330125", 333.33, "sgst_sale_5_rc"),
    "scrap": ("Scrap of iron", "720449", 10000.00, "sgst_sale_18"),
}
BUYERS = {
    "bengaluru": {
        "name": "Kaveri Machine Works",
        "vat": "29ZZZCK9996K1ZR",
        "l10n_in_gst_treatment": "regular",
        "street": "12 Peenya Industrial Area",
        "city": "Bengaluru",
        "zip": "560058",
        "state": "base.state_in_ka",
    },
    "zone": {
        "name": "Kandla Zone Exports",
        "vat": "24ZZZCS9995S1ZE",
        "l10n_in_gst_treatment": "special_economic_zone",
        "street": "Plot 7, Kandla SEZ",
        "city": "Gandhidham",
        "zip": "370230",
        "state": "base.state_in_gj",
    },
    "member": {"name": "Maratha Motors", "vat": "27ZZZCM9994M1ZR"},
    "short": {"name": "3M", "vat": "27ZZZCN9991N1ZR"},
    "wallet_holder": {"name": "Warana Works", "vat": "27ZZZCW9993W1ZY"},
}
# percent off the goods before tax; its code is its name in capitals
DISCOUNTS = {
    "order": {"discount": 10, "discount_mode": "percent"},
    "amount": {"discount": 500, "discount_mode": "per_order"},
    "cheapest": {
        "discount": 50,
        "discount_mode": "percent",
        "discount_applicability": "cheapest",
    },
    "specific": {
        "discount": 20,
        "discount_mode": "percent",
        "discount_applicability": "specific",
    },
}
CARD_REWARD = {
    "reward_type": "discount",
    "discount": 1,
    "discount_mode": "per_point",
    "discount_applicability": "order",
    "required_points": 1,
}
CARD_RULE = {"reward_point_amount": 1, "reward_point_mode": "money"}


def set_up_everyday(env) -> dict[str, Any]:
    """Create the company and all that its people work with; return ids by name."""
    ids = seller.set_up(env)
    company = env["res.company"].browse(ids["company"])
    env = env(context={"allowed_company_ids": company.ids})
    ids |= _people(env, company, ids)
    ids |= _taxes(env, company)
    ids |= _goods(env, company, ids)
    ids |= _buyers(env, company, ids)
    ids |= _warehouses(env, company)
    ids |= _discount_product(env, company, ids)
    # a till does not open until a program is set up for it
    ids |= _tills(env, company, ids)
    ids |= _delivery(env, company, ids)
    ids |= _programs(env, company, ids)
    ids["rounding"] = _rounding(env, company).id
    ids["dollars"] = _dollars(env, company)
    return ids


def _people(env, company, ids: dict[str, int]) -> dict[str, int]:
    def user(name: str, groups: tuple[str, ...]) -> int:
        values = {
            "group_ids": [(6, 0, [env.ref(group).id for group in groups])],
            "company_id": company.id,
            "company_ids": [(6, 0, company.ids)],
            # the Indian day begins in the UTC evening
            "tz": "Asia/Kolkata",
        }
        if name in ids:
            env["res.users"].browse(ids[name]).write(values)
            return ids[name]
        return env["res.users"].create({"name": name, "login": name, **values}).id

    return {name: user(name, groups) for name, groups in PEOPLE.items()}


def _chart(env, company):
    return env["account.chart.template"].with_company(company)


def _taxes(env, company) -> dict[str, int]:
    """Return taxes by their names in the chart, and one included in the price."""
    chart = _chart(env, company)
    names = {tax for _name, _hsn, _price, tax in GOODS.values()}
    names |= {"tcs_1_us_206c_1_s", "igst_sale_18_rc", "igst_sale_18_sez_exp_lut"}
    names |= {"igst_sale_18_sez_exp", "cess_5_plus_1591_sale"}
    found = {name: chart.ref(name).id for name in names}
    parts = [
        chart.ref(name).copy({"price_include_override": "tax_included"}).id
        for name in ("sgst_sale_9", "cgst_sale_9")
    ]
    included = chart.ref("sgst_sale_18").copy(
        {"name": "18% GST S incl.", "children_tax_ids": [(6, 0, parts)]}
    )
    return {**found, "included_18": included.id}


def _goods(env, company, ids: dict[str, int]) -> dict[str, int]:
    def product(name: str, hsn: str, price: float, tax: str) -> int:
        values = {
            "name": name,
            "l10n_in_hsn_code": hsn,
            "list_price": price,
            "taxes_id": [(6, 0, [ids[tax]])],
            "type": "consu",
            "is_storable": True,
            "invoice_policy": "order",
            "available_in_pos": True,
            "company_id": company.id,
        }
        return env["product.product"].create(values).id

    goods = {name: product(*each) for name, each in GOODS.items()}
    goods["delivered"] = env["product.product"].browse(goods["drill"]).copy().id
    env["product.product"].browse(goods["delivered"]).invoice_policy = "delivery"
    crate = env["product.product"].browse(goods["drill"]).copy()
    # a unit that was created without a thought for GST
    crate.uom_id = env["uom.uom"].create({"name": "Crate"})
    goods["crate"] = crate.id
    priced = ("Steel bolt M12", "731815", 118.00, "included_18")
    return {**goods, "bolt": product(*priced)}


def _buyers(env, company, ids: dict[str, int]) -> dict[str, int]:
    at_home = env["res.partner"].browse(ids["regular"])
    buyers = {}
    for name, each in BUYERS.items():
        values = {"is_company": True, **each}
        state = values.pop("state", None)
        if state:
            values["state_id"] = env.ref(state).id
        buyers[name] = at_home.copy({"l10n_in_gst_treatment": "regular", **values}).id
    return buyers


def _warehouses(env, company) -> dict[str, int]:
    """Return the company's warehouse and one in another town."""
    place = company.partner_id.copy(
        {
            "name": "Sahyadri Tools, Nagpur depot",
            "vat": False,
            "parent_id": company.partner_id.id,
            "type": "other",
            "street": "Survey 21, Butibori",
            "city": "Nagpur",
            "zip": "441122",
        }
    )
    warehouses = env["stock.warehouse"]
    common = {"company_id": company.id}
    own = warehouses.search([("company_id", "=", company.id)], limit=1)
    own = own or warehouses.create({"name": "Bhosari", "code": "BHO", **common})
    depot = {"name": "Nagpur depot", "code": "NGP", "partner_id": place.id, **common}
    return {"warehouse": own.id, "depot": warehouses.create(depot).id}


def _discount_product(env, company, ids: dict[str, int]) -> dict[str, int]:
    """Create the product of the Discount button as its first use would."""
    order = env["sale.order"].create({"partner_id": ids["regular"]})
    wizard = env["sale.order.discount"].create({"sale_order_id": order.id})
    return {"discount_product": wizard.with_company(company)._get_discount_product().id}


def _tills(env, company, ids: dict[str, int]) -> dict[str, int]:
    bank = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
    )
    advance = env["product.product"].create(
        {"name": "Down Payment (POS)", "type": "service", "taxes_id": None}
    )
    common = {
        "company_id": company.id,
        "module_pos_discount": True,
        "discount_product_id": env.ref("pos_discount.product_product_consumable").id,
        "down_payment_product_id": advance.id,
    }
    tip = env.ref("point_of_sale.product_product_tip")
    return {
        "tip": tip.id,
        "counter": _till(env, ids, bank, {"name": "Main Counter", **common}),
        "rounding_counter": _till(
            env,
            ids,
            bank,
            {
                "name": "Cash Counter",
                "cash_rounding": True,
                "rounding_method": _rounding(env, company).id,
                **common,
            },
        ),
    }


def _till(env, ids: dict[str, int], bank, values: dict[str, Any]) -> int:
    """Return a till that the cashier has opened."""
    method = env["pos.payment.method"].create(
        {"name": "Card", "journal_id": bank.id, "company_id": values["company_id"]}
    )
    values = {**values, "payment_method_ids": [(6, 0, method.ids)]}
    till = env["pos.config"].create(values).with_user(ids["cashier"])
    till.open_ui()
    till.current_session_id.set_opening_control(0, "")
    return till.id


def _rounding(env, company):
    accounts = env["account.account"].with_company(company)
    profit = accounts.search([("account_type", "=", "income_other")], limit=1)
    loss = accounts.search([("account_type", "=", "expense")], limit=1)
    return env["account.cash.rounding"].create(
        {
            "name": "To the rupee",
            "rounding": 1,
            "rounding_method": "HALF-UP",
            "strategy": "add_invoice_line",
            "profit_account_id": (profit or loss).id,
            "loss_account_id": loss.id,
        }
    )


def _dollars(env, company) -> int:
    """Return a pricelist in dollars: 75 rupees until yesterday, 80 from today."""
    usd = env.ref("base.USD")
    usd.active = True
    common = {"currency_id": usd.id, "company_id": company.id}
    now = datetime.now(ZoneInfo("Asia/Kolkata")).date()
    for rupees, day in ((75, now - timedelta(days=30)), (80, now)):
        rate = {"name": day, "inverse_company_rate": rupees, **common}
        env["res.currency.rate"].create(rate)
    return env["product.pricelist"].create({"name": "Dollars", **common}).id


def _delivery(env, company, ids: dict[str, int]) -> dict[str, int]:
    """Return a carrier whose product has no HSN, like those that Odoo creates."""
    product = env["product.product"].create(
        {
            "name": "Carriage by road",
            "type": "service",
            "invoice_policy": "order",
            "taxes_id": [(6, 0, [ids["sgst_sale_18"]])],
            "company_id": company.id,
        }
    )
    values = {"delivery_type": "fixed", "product_id": product.id, "fixed_price": 100}
    carrier = env["delivery.carrier"].create(
        {"name": "Lorry", "company_id": company.id, **values}
    )
    return {"carrier": carrier.id, "carriage": product.id}


def _programs(env, company, ids: dict[str, int]) -> dict[str, int]:
    programs = {
        name: _with_code(env, company, name, {"reward_type": "discount", **reward})
        for name, reward in DISCOUNTS.items()
    }
    programs["specific"].reward_ids.discount_product_ids = [(6, 0, [ids["drill"]])]
    programs["shipping"] = _with_code(
        env, company, "shipping", {"reward_type": "shipping"}
    )
    programs["free"] = _free_planter(env, company, ids)
    programs["points"] = _points(env, company)
    programs["gift"] = _cards(env, company, "gift_card", "gift_card_product_50")
    programs["wallet"] = _cards(env, company, "ewallet", "ewallet_product_50")
    return {
        "gift_card": env.ref("loyalty.gift_card_product_50").id,
        "top_up": env.ref("loyalty.ewallet_product_50").id,
        **{f"{name}_program": each.id for name, each in programs.items()},
        **{f"{name}_reward": each.reward_ids.id for name, each in programs.items()},
    }


def _program(env, company, kind: str, rule: dict, reward: dict, **values):
    return env["loyalty.program"].create(
        {
            "name": kind,
            "program_type": kind,
            "company_id": company.id,
            "trigger": "auto",
            "rule_ids": [(0, 0, rule)],
            "reward_ids": [(0, 0, reward)],
            **values,
        }
    )


def _with_code(env, company, name: str, reward: dict):
    rule = {"mode": "with_code", "code": name.upper(), "reward_point_mode": "order"}
    return _program(env, company, "promo_code", rule, reward, trigger="with_code")


def _free_planter(env, company, ids: dict[str, int]):
    """Two pipes bring a free seed planter."""
    rule = {
        "reward_point_mode": "unit",
        "minimum_qty": 2,
        "product_ids": [(6, 0, [ids["pipe"]])],
    }
    reward = {
        "reward_type": "product",
        "reward_product_id": ids["planter"],
        "required_points": 2,
    }
    return _program(env, company, "buy_x_get_y", rule, reward)


def _points(env, company):
    """A point per rupee spent, a rupee off per point."""
    rule = {"reward_point_mode": "money", "reward_point_amount": 1}
    return _program(env, company, "loyalty", rule, CARD_REWARD, applies_on="both")


def _cards(env, company, kind: str, product: str):
    products = [(6, 0, [env.ref(f"loyalty.{product}").id])]
    rule = {**CARD_RULE, "product_ids": products}
    return _program(env, company, kind, rule, CARD_REWARD, applies_on="future")
