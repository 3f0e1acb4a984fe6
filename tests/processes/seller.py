"""The seller of the tests: a company in Maharashtra with buyers and products.

Their GSTINs are well-formed with a correct check digit, and contain PANs (ZZZ…9999)
that nobody holds.
"""

from typing import Any

GSTIN = "27ZZZCD9999D1ZE"
PASSWORD = "accountant-of-the-tests"
# invoices and contacts
ACCOUNTANT = ("account.group_account_invoice", "base.group_partner_manager")
ADDRESS = {"street": "Plot 14, Bhosari", "city": "Pune", "zip": "411026"}
BUYERS = {
    "regular": {
        "name": "Deccan Auto Components",
        "vat": "27ZZZCA9998A1ZO",
        "l10n_in_gst_treatment": "regular",
        "is_company": True,
    },
    "distant": {
        "name": "Vidarbha Forge",
        "vat": "27ZZZCB9997B1ZM",
        "l10n_in_gst_treatment": "regular",
        "is_company": True,
        "street": "Plot 3, Hingna",
        "city": "Nagpur",
        "zip": "440016",
    },
    "consumer": {"name": "Meera Joshi", "l10n_in_gst_treatment": "consumer"},
}
PRODUCTS = {
    "drill": {"name": "Carbide drill bit 8 mm", "l10n_in_hsn_code": "820750"},
    "without_hsn": {"name": "Offcut of steel"},
}


def set_up(env) -> dict[str, Any]:
    """Create the company and return ids by name."""
    _disable_other_crons(env)
    company = _company(env)
    _print_searchable_text(env)
    return {
        "company": company.id,
        "journal": _sale_journal(env, company).id,
        "accountant": _accountant(env, company).id,
        "admin": _admin(env, company).id,
        **_buyers(env, company),
        **_products(env, company),
    }


def _disable_other_crons(env) -> None:
    """Switch off the other scheduled actions; one of them calls Odoo's servers."""
    ours = env.ref("l10n_in_einvoice_irp.ir_cron_irp_queue")
    env["ir.cron"].search([("id", "!=", ours.id)]).active = False


def _print_searchable_text(env) -> None:
    """Print with a system font: wkhtmltopdf draws web fonts as outlines, which contain
    no searchable text."""
    style = env.ref("web.asset_styles_company_report")
    style.raw = b"* { font-family: sans-serif !important; }"


def _place(env) -> dict[str, Any]:
    state, country = env.ref("base.state_in_mh"), env.ref("base.in")
    return {**ADDRESS, "state_id": state.id, "country_id": country.id}


def _company(env):
    partner = env["res.partner"].create(
        {"name": "Sahyadri Tools", "is_company": True, "vat": GSTIN, **_place(env)}
    )
    inr = env.ref("base.INR")
    inr.active = True
    company = env["res.company"].create(
        {"name": partner.name, "partner_id": partner.id, "currency_id": inr.id}
    )
    env.user.company_ids |= company
    env["account.chart.template"].try_loading("in", company, install_demo=False)
    company.write(
        {
            "l10n_in_is_gst_registered": True,
            "l10n_in_hsn_code_digit": "6",
            "l10n_in_irp_enabled": True,
            "l10n_in_irp_environment": "sandbox",
        }
    )
    return company


def _sale_journal(env, company):
    domain = [("type", "=", "sale"), ("company_id", "=", company.id)]
    return env["account.journal"].search(domain, limit=1)


def _accountant(env, company):
    return env["res.users"].create(
        {
            "name": "Anita, accountant",
            "login": "accountant",
            "password": PASSWORD,
            "email": "anita@example.com",
            "company_id": company.id,
            "company_ids": [(6, 0, company.ids)],
            "group_ids": [(6, 0, [env.ref(group).id for group in ACCOUNTANT])],
            "tour_enabled": False,
        }
    )


def _admin(env, company):
    admin = env.ref("base.user_admin")
    admin.write(
        {
            "password": PASSWORD,
            "company_ids": [(4, company.id)],
            "company_id": company.id,
            "tour_enabled": False,
        }
    )
    return admin


def _buyers(env, company) -> dict[str, int]:
    # no mail leaves the tests: sending an invoice downloads it
    common = {"invoice_sending_method": "manual", "company_id": company.id}
    common |= _place(env)
    partners = env["res.partner"].with_company(company)
    return {
        name: partners.create({**common, **values}).id
        for name, values in BUYERS.items()
    }


def _products(env, company) -> dict[str, int]:
    tax = env["account.chart.template"].with_company(company).ref("sgst_sale_18")
    common = {
        "type": "consu",
        "list_price": 450,
        "company_id": company.id,
        "taxes_id": [(6, 0, tax.ids)],
    }
    return {
        name: env["product.product"].create({**values, **common}).id
        for name, values in PRODUCTS.items()
    }
