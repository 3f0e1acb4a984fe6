"""A company with the Indian chart of accounts, which takes seconds to load.

``bin/test`` prepares one in its scratch databases, and each class of tests takes it
instead of a new one. Odoo's own runner prepares nothing: there, each class loads it.
"""

NAME = "Prepared Company"


def prepare(env):
    """Create the company as `AccountTestInvoicingCommon` would, unless it is there."""
    if env["res.company"].search_count([("name", "=", NAME)]):
        return
    country = env.ref("base.in")
    values = {"country_id": country.id, "currency_id": country.currency_id.id}
    company = env["res.company"].create({"name": NAME, **values})
    charts = env["account.chart.template"]
    charts.try_loading("in", company=company, install_demo=False)
    company.currency_id = country.currency_id


def take(env, values):
    """Return the prepared company with these values; an empty recordset if there is
    none, or a class has taken it."""
    company = env["res.company"].sudo().search([("name", "=", NAME)])
    company.write(values)
    return company
