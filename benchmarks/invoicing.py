"""A seller with buyers, products and posted invoices for the benchmarks.

It uses nothing of the addon, so that a database without it can have the same.
"""

from typing import Any

from odoo import Command, fields

# well-formed GSTINs with a correct check digit and PANs (ZZZ…9999) that nobody holds
GSTIN = "27ZZZCD9999D1ZE"
SELLER = "Sahyadri Tools"
LINES = 5
GST = {"l10n_in_is_gst_registered": True, "l10n_in_hsn_code_digit": "6"}
BUYERS = (
    ("Deccan Auto Components", "27ZZZCA9998A1ZO", "mh", "Nashik", "422007"),
    ("Bengaluru Machine Works", "29ZZZCB9997B1ZI", "ka", "Bengaluru", "560058"),
)
# name, HSN code, price, tax of the Indian chart
PRODUCTS = (
    ("Carbide drill bit 8 mm", "820750", 450, "sgst_sale_18"),
    ("Bench vice 150 mm", "820570", 3200, "sgst_sale_18"),
    ("Tool regrinding service", "998714", 1500, "sgst_sale_18"),
    ("Safety manual, printed", "490199", 120, "sgst_sale_5"),
    ("Cutting oil 5 l", "271019", 1890, "sgst_sale_18"),
)


def set_up(env) -> None:
    """Create the company, its buyers and its products."""
    company = _company(env)
    for buyer in BUYERS:
        _buyer(env, company, *buyer)
    for product in PRODUCTS:
        _product(env, company, *product)


def _place(env, state: str, city: str, code: str) -> dict[str, Any]:
    return {
        "street": "Plot 14, Industrial Area",
        "city": city,
        "zip": code,
        "state_id": env.ref(f"base.state_in_{state}").id,
        "country_id": env.ref("base.in").id,
    }


def _company(env):
    partner = env["res.partner"].create(
        {
            "name": SELLER,
            "is_company": True,
            "vat": GSTIN,
            **_place(env, "mh", "Pune", "411026"),
        }
    )
    inr = env.ref("base.INR")
    inr.active = True
    company = env["res.company"].create(
        {"name": SELLER, "partner_id": partner.id, "currency_id": inr.id}
    )
    env.user.company_ids |= company
    env["account.chart.template"].try_loading("in", company, install_demo=False)
    company.write(GST)
    return company


def branches(env, company, gstins):
    """Create a branch of the company in the same state for each of the GSTINs."""
    values = [
        {"name": f"{SELLER} {number}", "parent_id": company.id, "vat": gstin, **GST}
        for number, gstin in enumerate(gstins, 2)
    ]
    created = env["res.company"].create(values)
    created.partner_id.write(_place(env, "mh", "Pune", "411026"))
    env.user.company_ids |= created
    return created


def _buyer(env, company, name, vat, state, city, code) -> None:
    env["res.partner"].create(
        {
            "name": name,
            "vat": vat,
            "is_company": True,
            "l10n_in_gst_treatment": "regular",
            "company_id": company.id,
            **_place(env, state, city, code),
        }
    )


def _product(env, company, name, hsn, price, tax) -> None:
    taxes = env["account.chart.template"].with_company(company).ref(tax)
    env["product.product"].create(
        {
            "name": name,
            "type": "service" if hsn.startswith("99") else "consu",
            "l10n_in_hsn_code": hsn,
            "list_price": price,
            "company_id": company.id,
            "taxes_id": [Command.set(taxes.ids)],
        }
    )


def company_of(env):
    """Return the company created by `set_up`."""
    return env["res.company"].search([("name", "=", SELLER)])


def drafts(env, count: int):
    """Create draft invoices of `LINES` lines, half of them inter-state."""
    company = company_of(env)
    own = [("company_id", "=", company.id)]
    products = env["product.product"].search(own, order="id")
    buyers = env["res.partner"].search([*own, ("is_company", "=", True)], order="id")
    lines = [
        Command.create({"product_id": product.id, "quantity": 1 + index})
        for index, product in enumerate(products)
    ]
    invoice = {
        "move_type": "out_invoice",
        "company_id": company.id,
        "invoice_date": fields.Date.today(),
        "invoice_line_ids": lines,
    }
    values = [
        {**invoice, "partner_id": buyers[index % len(buyers)].id}
        for index in range(count)
    ]
    return env["account.move"].with_company(company).create(values)
