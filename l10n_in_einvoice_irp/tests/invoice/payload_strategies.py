"""Random invoices for `PayloadCommon.described_invoice`; needs hypothesis."""

from hypothesis import strategies as st

# kind of supply -> buyer, taxes of a line
SUPPLIES = {
    "intra": ("intra", ["sgst_sale_5", "sgst_sale_18", "sgst_sale_40", "intra_incl"]),
    "inter": ("inter", ["igst_sale_5", "igst_sale_18", "igst_sale_40", "inter_incl"]),
    "sez": ("sez", ["igst_sale_5", "igst_sale_18", "inter_incl"]),
    "sez_lut": ("sez", ["igst_sale_5_sez_lut", "igst_sale_18_sez_lut"]),
    "export": (
        "foreign",
        ["igst_sale_5_sez_exp", "igst_sale_18_sez_exp", "export_incl"],
    ),
    "export_lut": ("foreign", ["igst_sale_5_sez_exp_lut", "igst_sale_18_sez_exp_lut"]),
    "reverse_charge": ("inter", ["igst_sale_5_rc", "igst_sale_18_rc"]),
    "deemed_export": ("intra", ["sgst_sale_5", "sgst_sale_18", "intra_incl"]),
    "igst_on_intra": ("intra", ["igst_sale_5_rc", "igst_sale_18_rc"]),
    # refused: the portal requires reverse charge
    "igst_within_state": ("intra", ["igst_sale_5", "igst_sale_18"]),
}
# the same of goods that are taxed on their retail sale price, beside others
RETAIL_SUPPLIES = {
    "intra": ("intra", ["retail_halves", "retail_halves", "sgst_sale_18"]),
    "inter": ("inter", ["retail_igst", "retail_per_unit", "igst_sale_18"]),
    "sez": ("sez", ["retail_igst", "retail_per_unit", "igst_sale_18"]),
    "sez_lut": ("sez", ["retail_lut", "igst_sale_18_sez_lut"]),
    "export": ("foreign", ["retail_export", "igst_sale_18_sez_exp"]),
    "reverse_charge": ("inter", ["retail_rc", "igst_sale_18_rc"]),
}
RETAIL_HSN = "24039910"
# rupees: Odoo charges a fixed amount in whatever currency the invoice has
FIXED_TAX = "retail_per_unit"
TREATMENTS = {"deemed_export": {"l10n_in_gst_treatment": "deemed_export"}}
CESSES = [
    [],
    [],
    ["cess_sale_5"],
    ["cess_sale_1591"],
    ["cess_5_plus_1591_sale"],
    ["state_cess"],
    ["state_cess_per_unit"],
    ["tcs_1_us_206c_1_s"],
    ["tds_sale_2_us_194c"],
    ["market_fee"],
]
UNTAXED = ["nil_rated_sale", "exempt_sale", "non_gst_supplies_sale"]
HSNS = ["61149090", "24022090", "999900"]
UNITS = ["UNT", "KGS", "DOZ"]
CURRENCIES = [None, None, ("USD", 83.1234567), ("EUR", 97.009), ("JPY", 0.5637)]


def decimals(least, most, places):
    return st.decimals(least, most, places=places).map(float)


prices = st.one_of(
    decimals(0, 100_000, 2), decimals(0, 100, 6), st.sampled_from([0.3333, 99.545])
)
quantities = st.one_of(
    st.integers(1, 500).map(float),
    decimals("0.0001", 5000, 4),
    st.sampled_from([0.0, 0.0004, 100000.0]),
)
discounts = st.one_of(st.just(0.0), decimals(0, 100, 2), st.just(100.0))


@st.composite
def lines(draw, supply, taxes):
    """Return a line that charges tax; rarely, one that reduces the others."""
    # no cess or TCS where the buyer or nobody pays the tax: such supplies do not exist
    extra = draw(st.sampled_from(CESSES)) if supply in ("intra", "inter") else []
    price, quantity = draw(prices), draw(quantities)
    sign = draw(st.sampled_from([1, 1, 1, 1, 1, 1, -1]))
    tax = draw(st.sampled_from(taxes))
    hsns = [RETAIL_HSN] if tax.startswith("retail_") else HSNS
    return {
        "price": sign * price,
        "quantity": quantity,
        "discount": draw(discounts),
        "taxes": [tax, *extra],
        "hsn": draw(st.sampled_from(hsns)),
        "unit": draw(st.sampled_from(UNITS)),
    }


@st.composite
def reductions(draw, taxes):
    """Return a discount or reward of the order, or a down payment that is deducted."""
    values = {"l10n_in_hsn_code": False}
    amount, quantity = draw(decimals("0.01", 300, 2)), 1
    if draw(st.booleans()):
        values["extra_tax_data"] = {"computation_key": "down_payment,1"}
        amount, quantity = -amount, -1
    return {
        "price": -amount,
        "quantity": quantity,
        "taxes": [draw(st.sampled_from(taxes))],
        "values": values,
    }


@st.composite
def lines_without_product(draw, taxes):
    """Return a line without unit, or a down payment."""
    values = {"l10n_in_hsn_code": draw(st.sampled_from(HSNS))}
    if draw(st.booleans()):
        values["extra_tax_data"] = {"computation_key": "down_payment,1"}
    return {
        "price": draw(prices),
        "taxes": [draw(st.sampled_from(taxes))],
        "values": values,
    }


untaxed_lines = st.fixed_dictionaries(
    {
        "price": prices,
        "quantity": st.integers(1, 9),
        "taxes": st.sampled_from(UNTAXED).map(lambda tax: [tax]),
    }
)
document_discounts = st.fixed_dictionaries(
    {"price": decimals(-50, "-0.01", 2), "taxes": st.just([])}
)


@st.composite
def invoices(draw, supplies=None):
    """Return the description of an invoice, credit or debit note of 1 to 30 lines.

    :param supplies: kinds of supply to draw from, `SUPPLIES` if not given.
    """
    supplies = supplies or SUPPLIES
    supply = draw(st.sampled_from(sorted(supplies)))
    partner, taxes = supplies[supply]
    others = st.nothing() if supply != "inter" else untaxed_lines
    count = draw(st.one_of(st.integers(1, 6), st.integers(1, 30)))
    line = st.one_of(
        lines(supply, taxes),
        lines(supply, taxes),
        # without a product there is no retail sale price that could be taxed
        lines_without_product([tax for tax in taxes if not tax.startswith("retail_")]),
        # Odoo leaves fixed taxes out of its discounts
        reductions([tax for tax in taxes if tax != FIXED_TAX]),
        others,
    )
    drawn = [draw(lines(supply, taxes)), *(draw(line) for _index in range(count - 1))]
    if draw(st.booleans()):
        drawn = [*drawn[:29], draw(document_discounts)]
    is_fixed = any(FIXED_TAX in line["taxes"] for line in drawn)
    currency = None if is_fixed else draw(st.sampled_from(CURRENCIES))
    return {
        "kind": draw(st.sampled_from(["invoice", "credit_note", "debit_note"])),
        "supply": supply,
        "partner": partner,
        "partner_values": TREATMENTS.get(supply),
        "lines": drawn,
        "round": draw(st.sampled_from([None, "add_invoice_line", "biggest_tax"])),
        "company": {
            "l10n_in_irp_untaxed_lines": draw(
                st.sampled_from(["items", "other_charges"])
            ),
            "tax_calculation_rounding_method": draw(
                st.sampled_from(["round_per_line", "round_globally"])
            ),
        },
        **({"currency": currency[0], "rate": currency[1]} if currency else {}),
    }
