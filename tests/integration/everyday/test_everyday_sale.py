"""Orders discounted, promoted and shipped with the buttons of Odoo's Sales.

An accountant with the Invoicing right only posts, corrects and registers the invoices.
"""

import pytest
from processes.everyday.invoice import amounts, assert_as_booked, assert_sound
from processes.everyday.people import line
from processes.everyday.shop import BOTH, DRILL, PIPE, PLANTER


@pytest.fixture
def promoted(salesman):
    """Return a function giving the draft invoice of an order with a promotion."""

    def sell(code, *entries, **values):
        order = salesman.quote(*(entries or BOTH), **values)
        salesman.enter_code(order, code, code.lower())
        salesman.confirm(order)
        return salesman.invoice(order)

    return sell


@pytest.fixture
def discounted(salesman):
    """Return a function giving the draft invoice of an order with a discount."""

    def sell(*entries, **values):
        order = salesman.quote(*(entries or BOTH))
        salesman.discount(order, **values)
        salesman.confirm(order)
        return salesman.invoice(order)

    return sell


# -- discounts -------------------------------------------------------------------------


def test_discount_of_the_order(shop, discounted):
    """Odoo takes 10 % off the total with tax; it chooses where the last paisa goes."""
    move = discounted(discount_type="so_discount", discount_percentage=0.1)
    registered = shop.register(move)
    assert_as_booked(registered)
    assert registered.values["AssVal"] == pytest.approx(10499.98, abs=0.011)
    assert registered.values["TotInvVal"] == pytest.approx(12194.98, abs=0.011)
    assert registered.values["CgstVal"] == registered.values["SgstVal"] == 847.50
    assert [item["HsnCd"] for item in registered.items] == [DRILL, PLANTER]
    assert [item["TotAmt"] for item in registered.items] == [10000.00, 1666.65]


def test_discount_of_an_amount(shop, discounted):
    move = discounted(discount_type="amount", discount_amount=1000)
    registered = shop.register(move)
    assert_as_booked(registered)
    assert registered.values["TotInvVal"] == 12549.99


def test_discount_on_all_lines(shop, discounted):
    move = discounted(discount_type="sol_discount", discount_percentage=0.1)
    registered = shop.register(move)
    assert_as_booked(registered)
    assert registered.item(DRILL)["Discount"] == 1000.00


def test_discount_over_several_hsn_of_a_rate(shop, discounted):
    """Each HSN bears it in proportion to its value (CGST Act s. 15(3)(a))."""
    entries = (line("drill", 10), line("pipe", 4))
    move = discounted(*entries, discount_type="so_discount", discount_percentage=0.1)
    registered = shop.register(move)
    assert_as_booked(registered)
    drill, pipe = registered.item(DRILL), registered.item(PIPE)
    assert (drill["Qty"], drill["UnitPrice"], drill["Discount"]) == (10, 1000, 1000.00)
    assert (pipe["Qty"], pipe["UnitPrice"], pipe["Discount"]) == (4, 500, 200.00)
    assert registered.values["TotInvVal"] == 12744.00


def test_discount_of_the_order_on_discounted_lines(shop, salesman):
    order = salesman.quote(*BOTH)
    salesman.discount(order, discount_type="sol_discount", discount_percentage=0.05)
    salesman.discount(order, discount_type="so_discount", discount_percentage=0.1)
    salesman.confirm(order)
    registered = shop.register(salesman.invoice(order))
    assert_as_booked(registered)
    assert registered.item(DRILL)["TotAmt"] == 10000.00
    assert registered.item(DRILL)["AssAmt"] == pytest.approx(8550, abs=0.011)


def test_discount_beside_nil_rated_goods(shop, discounted):
    """The untaxed part of the discount reduces the nil-rated goods."""
    entries = (line("drill", 10), line("fertiliser", 5))
    move = discounted(*entries, discount_type="so_discount", discount_percentage=0.1)
    registered = shop.register(move)
    assert_sound(registered)
    assert registered.values["CgstVal"] == registered.books["taxes"]["cgst"] == 810.00
    assert registered.values["TotInvVal"] == registered.books["total"]
    assert registered.item("310100")["AssAmt"] == 900.00


# -- promotions ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "taxable", "tax", "total"),
    [
        ("ORDER", {18: 9000.00, 5: 1499.98}, 847.50, 12194.98),
        ("AMOUNT", {18: 9631.00, 5: 1605.15}, 906.92, 13049.99),
        ("CHEAPEST", {18: 10000.00, 5: 1499.98}, 937.50, 13374.98),
        ("SPECIFIC", {18: 8000.00, 5: 1666.65}, 761.67, 11189.99),
    ],
)
def test_promotion_over_two_rates(shop, promoted, code, taxable, tax, total):
    registered = shop.register(promoted(code))
    assert_as_booked(registered)
    assert amounts(registered) == (taxable, tax, total)
    assert [item["Qty"] for item in registered.items] == [10, 5]


def test_promotion_between_states(shop, promoted):
    registered = shop.register(promoted("ORDER", buyer="bengaluru"))
    assert_as_booked(registered)
    assert registered.taxable() == {18: 9000.00, 5: 1499.98}
    assert registered.values["IgstVal"] == registered.books["taxes"]["igst"]
    assert registered.values["CgstVal"] == 0


def test_promotion_under_reverse_charge(shop, promoted):
    """The buyer pays the tax, so the total excludes it."""
    registered = shop.register(promoted("ORDER", line("cashew", 10), line("mint", 5)))
    assert_sound(registered)
    assert registered.sent["TranDtls"]["RegRev"] == "Y"
    assert registered.taxable() == {18: 9000.00, 5: 1499.98}
    assert registered.values["CgstVal"] == registered.values["SgstVal"] == 847.50
    assert registered.values["TotInvVal"] == registered.books["total"] == 10499.98


def test_promotion_on_prices_with_tax(shop, promoted):
    registered = shop.register(promoted("ORDER", line("bolt", 10)))
    assert_as_booked(registered)
    item = registered.item("731815")
    assert (item["Qty"], item["UnitPrice"]) == (10, 100.0)
    assert (item["TotAmt"], item["AssAmt"]) == (1000.00, 900.00)
    assert registered.values["TotInvVal"] == 1062.00


def test_points_redeemed(shop, salesman):
    """Points are a discount, unlike a gift card."""
    shop.give_card("points", "member", 1180)
    order = salesman.quote(line("drill", 5), buyer="member")
    salesman.claim(order, "points")
    salesman.confirm(order)
    registered = shop.register(salesman.invoice(order))
    assert_as_booked(registered)
    assert registered.values["AssVal"] < 5000
    assert registered.payment["PaidAmt"] == 0


def test_free_product(shop, salesman):
    """It is registered with its quantity and a discount of 100 %."""
    order = salesman.quote(line("pipe", 2))
    salesman.claim(order, "free")
    salesman.confirm(order)
    registered = shop.register(salesman.invoice(order))
    assert_as_booked_with_free_goods(registered)
    free = registered.item(PLANTER)
    assert (free["Qty"], free["TotAmt"], free["Discount"]) == (1, 333.33, 333.33)
    assert registered.values["TotInvVal"] == 1180.00


def assert_as_booked_with_free_goods(registered):
    """Assert the booked tax and total; the journal has no rate for free goods."""
    assert_sound(registered)
    assert registered.values["CgstVal"] == registered.books["taxes"]["cgst"]
    assert registered.values["TotInvVal"] == registered.books["total"]


def test_promotion_in_another_currency_under_bond(shop, promoted, accountant):
    """An SEZ buyer pays in dollars at 80 rupees; the figures are in rupees."""
    move = promoted(
        "ORDER",
        line(
            "drill", 10, price_unit=100, tax_ids=[shop.ids["igst_sale_18_sez_exp_lut"]]
        ),
        buyer="zone",
        pricelist_id=shop.ids["dollars"],
    )
    registered = accountant.register(move)
    assert_sound(registered)
    assert registered.sent["TranDtls"]["SupTyp"] == "SEZWOP"
    assert registered.taxable() == {18: 72000.00}
    assert registered.values["TotInvVal"] == registered.books["total"] == 72000.00
    assert registered.values["TotInvValFc"] == 900.00


def test_promotion_for_a_zone_with_payment_of_tax(shop, promoted):
    """The supplier pays the IGST, which the printed invoice leaves out."""
    taxes = [shop.ids["igst_sale_18_sez_exp"]]
    move = promoted("ORDER", line("drill", 10, tax_ids=taxes), buyer="zone")
    registered = shop.register(move)
    assert_sound(registered)
    assert registered.sent["TranDtls"]["SupTyp"] == "SEZWP"
    assert registered.taxable() == {18: 9000.00}
    assert registered.values["IgstVal"] == 1620.00
    assert registered.values["TotInvVal"] == 10620.00


def test_promotion_on_goods_with_cess(shop, promoted):
    """The discount reduces the cess by percentage but not the cess per piece."""
    taxes = [shop.ids["sgst_sale_18"], shop.ids["cess_5_plus_1591_sale"]]
    registered = shop.register(promoted("ORDER", line("drill", 10, tax_ids=taxes)))
    assert_sound(registered)
    [item] = registered.items
    assert (item["AssAmt"], item["CesRt"], item["CesAmt"]) == (9000.00, 5, 450.00)
    assert registered.values["CgstVal"] == registered.books["taxes"]["cgst"]
    assert registered.values["TotInvVal"] == registered.books["total"]


def test_everything_paid_with_points(shop, salesman):
    """The discount equals the whole value, so there is nothing to tax."""
    shop.give_card("points", "member", 50000)
    order = salesman.quote(*BOTH, buyer="member")
    salesman.claim(order, "points")
    salesman.confirm(order)
    registered = shop.register(salesman.invoice(order))
    assert_sound(registered)
    assert registered.values["AssVal"] == registered.values["TotInvVal"] == 0
    assert [item["Discount"] for item in registered.items] == [10000.00, 1666.65]


def test_discounted_orders_invoiced_together(shop, salesman):
    orders = []
    for entries in (BOTH, [line("pipe", 4)]):
        order = salesman.quote(*entries)
        salesman.discount(order, discount_type="so_discount", discount_percentage=0.1)
        salesman.confirm(order)
        orders.append(order)
    registered = shop.register(salesman.invoice(*orders))
    assert_as_booked(registered)
    quantities = {item["HsnCd"]: item["Qty"] for item in registered.items}
    assert quantities == {DRILL: 10, PLANTER: 5, PIPE: 4}
    assert len(registered.items) == 3


# -- notes on discounted invoices ------------------------------------------------------


@pytest.mark.parametrize("correct", ["credit", "debit"])
def test_note_on_a_discounted_invoice(shop, promoted, accountant, correct):
    invoice = shop.register(promoted("ORDER"))
    note = shop.register(getattr(accountant, correct)(invoice.move))
    assert_as_booked(note)
    assert note.sent["DocDtls"]["Typ"] == {"credit": "CRN", "debit": "DBN"}[correct]
    assert amounts(note) == amounts(invoice)
    [corrected] = note.sent["RefDtls"]["PrecDocDtls"]
    assert corrected["InvNo"] == invoice.books["number"]


def test_part_of_a_discounted_invoice_credited(shop, discounted, accountant):
    """Two of ten drills are returned, with their share of the discount."""
    entry = line("drill", 10)
    move = discounted(entry, discount_type="so_discount", discount_percentage=0.1)
    invoice = shop.register(move)
    draft = accountant.credit(invoice.move)
    accountant.change(draft, 0, quantity=2)
    accountant.change(draft, 1, price_unit=-200)
    note = shop.register(draft)
    assert_as_booked(note)
    assert amounts(note) == ({18: 1800.00}, 162.00, 2124.00)
    assert note.item(DRILL)["Qty"] == 2


# -- delivery --------------------------------------------------------------------------


def test_carriage_is_taxed(shop, salesman):
    """The carrier's product has no HSN, like those that Odoo creates."""
    order = salesman.quote(line("drill", 10))
    salesman.ship_by_lorry(order)
    salesman.confirm(order)
    registered = shop.register(salesman.invoice(order))
    assert_as_booked(registered)
    assert amounts(registered) == ({18: 10100.00}, 909.00, 11918.00)


def test_free_shipping(shop, salesman):
    order = salesman.quote(*BOTH)
    salesman.ship_by_lorry(order)
    salesman.enter_code(order, "SHIPPING", "shipping")
    salesman.confirm(order)
    registered = shop.register(salesman.invoice(order))
    assert_as_booked(registered)
    assert amounts(registered) == ({18: 10000.00, 5: 1666.65}, 941.67, 13549.99)


def test_carriage_waived_above_a_value(shop, salesman):
    """Odoo adds a line with an amount of 0."""
    order = salesman.quote(*BOTH)
    with shop.carrier(free_over=True, amount=5000):
        salesman.ship_by_lorry(order)
    salesman.confirm(order)
    registered = shop.register(salesman.invoice(order))
    assert_as_booked(registered)
    assert amounts(registered) == ({18: 10000.00, 5: 1666.65}, 941.67, 13549.99)


# -- references ------------------------------------------------------------------------


def order_reference(registered):
    contracts = registered.sent.get("RefDtls", {}).get("ContrDtls", [{}])
    return contracts[0].get("PORefr")


def test_buyers_order_number(shop, salesman):
    registered = shop.register(
        salesman.sell(line("drill", 10), client_order_ref="PO-4711/26")
    )
    assert order_reference(registered) == "PO-4711/26"


def test_sellers_own_order_number_is_not_the_buyers(shop, salesman):
    assert order_reference(shop.register(salesman.sell(line("drill", 10)))) is None


def test_own_numbers_of_orders_invoiced_together_are_not_the_buyers(shop, salesman):
    orders = [salesman.quote(line("drill", 10)), salesman.quote(line("planter", 5))]
    for order in orders:
        salesman.confirm(order)
    registered = shop.register(salesman.invoice(*orders))
    assert_as_booked(registered)
    assert order_reference(registered) is None
