"""Invoices of orders that a salesman made with the buttons of Odoo's own Sales.

He discounts, promotes, takes down payments and cards; an accountant with the Invoicing
right alone posts, corrects and registers what comes of it.
"""

import pytest
from processes.everyday_checks import assert_as_booked, assert_sound
from processes.everyday_shop import line

DRILLS = line("drill", 10)
PLANTERS = line("planter", 5)
# 10 × 1000.00 at 18 % and 5 × 333.33 at 5 %: 13549.99
BOTH = (DRILLS, PLANTERS)
DRILL, PLANTER, PIPE = "820750", "843230", "730690"


@pytest.fixture
def salesman(shop):
    return shop.salesman


@pytest.fixture
def accountant(shop):
    return shop.accountant


@pytest.fixture
def promoted(salesman):
    """Returns the draft invoice of an order with a promotion."""

    def sell(code, *entries, **values):
        order = salesman.quote(*(entries or BOTH), **values)
        salesman.enter_code(order, code, code.lower())
        salesman.confirm(order)
        return salesman.invoice(order)

    return sell


@pytest.fixture
def discounted(salesman):
    """Returns the draft invoice of an order with a discount of the Discount button."""

    def sell(*entries, **values):
        order = salesman.quote(*(entries or BOTH))
        salesman.discount(order, **values)
        salesman.confirm(order)
        return salesman.invoice(order)

    return sell


@pytest.fixture
def advanced(salesman, accountant):
    """Returns an order with a registered down payment, and the latter."""

    def take(*entries, **values):
        order = salesman.quote(*(entries or BOTH))
        salesman.confirm(order)
        values = values or {"advance_payment_method": "percentage", "amount": 30}
        return order, accountant.register(salesman.invoice(order, **values))

    return take


def amounts(registered):
    """Taxable value by rate, each half of the GST, total."""
    values = registered.values
    assert values["CgstVal"] == values["SgstVal"]
    return registered.taxable(), values["CgstVal"], values["TotInvVal"]


# -- discounts ----------------------------------------------------------------------------


def test_discount_of_the_order(shop, discounted):
    """Odoo takes 10 % of the total with tax and books the last paisa where it fits."""
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
    """Each bears it by its share of the value (CGST Act s. 15(3)(a))."""
    entries = (DRILLS, line("pipe", 4))
    move = discounted(*entries, discount_type="so_discount", discount_percentage=0.1)
    registered = shop.register(move)
    assert_as_booked(registered)
    drill, pipe = registered.item(DRILL), registered.item(PIPE)
    assert (drill["Qty"], drill["UnitPrice"], drill["Discount"]) == (10, 1000, 1000.00)
    assert (pipe["Qty"], pipe["UnitPrice"], pipe["Discount"]) == (4, 500, 200.00)
    assert registered.values["TotInvVal"] == 12744.00


def test_discount_beside_nil_rated_goods(shop, discounted):
    """Its part without tax reduces the goods without tax."""
    entries = (DRILLS, line("fertiliser", 5))
    move = discounted(*entries, discount_type="so_discount", discount_percentage=0.1)
    registered = shop.register(move)
    assert_sound(registered)
    assert registered.values["CgstVal"] == registered.books["taxes"]["cgst"] == 810.00
    assert registered.values["TotInvVal"] == registered.books["total"]
    assert registered.item("310100")["AssAmt"] == 900.00


# -- promotions ---------------------------------------------------------------------------


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
    """The buyer pays the tax: it is no part of the total."""
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
    """It is registered with its quantity, and with nothing to pay."""
    order = salesman.quote(line("pipe", 2))
    salesman.claim(order, "free")
    salesman.confirm(order)
    registered = shop.register(salesman.invoice(order))
    assert_as_booked_beside_free(registered)
    free = registered.item(PLANTER)
    assert (free["Qty"], free["TotAmt"], free["Discount"]) == (1, 333.33, 333.33)
    assert registered.values["TotInvVal"] == 1180.00


def assert_as_booked_beside_free(registered):
    """Goods given free have a rate, but nothing of it in the journal."""
    assert_sound(registered)
    assert registered.values["CgstVal"] == registered.books["taxes"]["cgst"]
    assert registered.values["TotInvVal"] == registered.books["total"]


def test_promotion_in_another_currency_under_bond(shop, promoted, accountant):
    """For a zone, in dollars at 80 rupees; figures are in rupees."""
    pricelist = shop.dollars(0.0125)
    move = promoted(
        "ORDER",
        line(
            "drill", 10, price_unit=100, tax_ids=[shop.ids["igst_sale_18_sez_exp_lut"]]
        ),
        buyer="zone",
        pricelist_id=pricelist,
    )
    registered = accountant.register(move)
    assert_sound(registered)
    assert registered.sent["TranDtls"]["SupTyp"] == "SEZWOP"
    assert registered.taxable() == {18: 72000.00}
    assert registered.values["TotInvVal"] == registered.books["total"] == 72000.00
    assert registered.values["TotInvValFc"] == 900.00


# -- notes on discounted invoices -----------------------------------------------------------


@pytest.mark.parametrize("correct", ["credit", "debit"])
def test_note_on_a_discounted_invoice(shop, promoted, accountant, correct):
    invoice = shop.register(promoted("ORDER"))
    note = shop.register(getattr(accountant, correct)(invoice.move))
    assert_as_booked(note)
    assert note.sent["DocDtls"]["Typ"] == {"credit": "CRN", "debit": "DBN"}[correct]
    assert amounts(note) == amounts(invoice)
    [corrected] = note.sent["RefDtls"]["PrecDocDtls"]
    assert corrected["InvNo"] == invoice.books["number"]


# -- down payments --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dialog",
    [
        {"advance_payment_method": "percentage", "amount": 30},
        {"advance_payment_method": "fixed", "fixed_amount": 4065},
    ],
)
def test_down_payment_and_final_invoice(shop, salesman, advanced, dialog):
    order, advance = advanced(**dialog)
    assert_as_booked(advance)
    assert amounts(advance) == ({18: 3000.00, 5: 500.00}, 282.50, 4065.00)
    assert [item["HsnCd"] for item in advance.items] == [DRILL, PLANTER]
    assert [(item["Qty"], item["Unit"]) for item in advance.items] == [(1, "OTH")] * 2

    final = shop.register(salesman.invoice(order))
    assert_as_booked(final)
    assert amounts(final) == ({18: 7000.00, 5: 1166.65}, 659.17, 9484.99)
    drill, planter = final.item(DRILL), final.item(PLANTER)
    assert (drill["Qty"], drill["Unit"], drill["UnitPrice"]) == (10, "UNT", 1000.0)
    assert (drill["TotAmt"], drill["Discount"]) == (10000.00, 3000.00)
    assert (planter["Qty"], planter["UnitPrice"]) == (5, 333.33)
    assert (planter["TotAmt"], planter["Discount"]) == (1666.65, 500.00)


def test_down_payment_for_goods_of_several_hsn(salesman, advanced, shop):
    """It goes out under the HSN with the largest share, and this is said."""
    order, advance = advanced(DRILLS, line("pipe", 4))
    assert_as_booked(advance)
    assert advance.item(DRILL)["AssAmt"] == 3600.00
    assert any(PIPE in warning for warning in advance.warnings), advance.warnings

    final = shop.register(salesman.invoice(order))
    assert_as_booked(final)
    assert final.item(DRILL)["AssAmt"] == 7000.00
    assert final.item(PIPE)["AssAmt"] == 1400.00


def test_second_down_payment(shop, salesman, advanced):
    order, _first = advanced()
    dialog = {"advance_payment_method": "percentage", "amount": 20}
    second = shop.register(salesman.invoice(order, **dialog))
    assert_as_booked(second)
    assert second.values["TotInvVal"] == 2710.00

    final = shop.register(salesman.invoice(order))
    assert_as_booked(final)
    assert [item["Qty"] for item in final.items] == [10, 5]
    assert final.values["TotInvVal"] == 6774.99


def test_down_payment_cancelled_by_credit_note(shop, salesman, advanced, accountant):
    order, advance = advanced()
    credit = shop.register(accountant.credit(advance.move))
    assert_as_booked(credit)
    assert amounts(credit) == amounts(advance)
    assert [item["HsnCd"] for item in credit.items] == [DRILL, PLANTER]
    assert [(item["Qty"], item["Unit"]) for item in credit.items] == [(1, "OTH")] * 2

    final = shop.register(salesman.invoice(order))
    assert_as_booked(final)
    assert final.values["TotInvVal"] == 13549.99


def test_down_payment_on_a_discounted_order(shop, salesman, accountant):
    order = salesman.quote(*BOTH)
    salesman.enter_code(order, "ORDER", "order")
    salesman.confirm(order)
    dialog = {"advance_payment_method": "percentage", "amount": 30}
    advance = accountant.register(salesman.invoice(order, **dialog))
    assert_as_booked(advance)
    assert [item["HsnCd"] for item in advance.items] == [DRILL, PLANTER]

    final = shop.register(salesman.invoice(order))
    assert_as_booked(final)
    assert [item["TotAmt"] for item in final.items] == [10000.00, 1666.65]
    total = advance.values["TotInvVal"] + final.values["TotInvVal"]
    assert round(total, 2) == 12194.98


@pytest.mark.parametrize("correct", ["credit", "debit"])
def test_note_on_a_final_invoice(shop, salesman, advanced, accountant, correct):
    order, _advance = advanced()
    final = shop.register(salesman.invoice(order))
    note = shop.register(getattr(accountant, correct)(final.move))
    assert_as_booked(note)
    assert amounts(note) == amounts(final)


def test_down_payment_between_states_under_reverse_charge(shop, salesman):
    taxes = [shop.ids["igst_sale_18_rc"]]
    order = salesman.quote(line("cashew", 10, tax_ids=taxes), buyer="bengaluru")
    salesman.confirm(order)
    dialog = {"advance_payment_method": "percentage", "amount": 30}
    advance = shop.register(salesman.invoice(order, **dialog))
    final = shop.register(salesman.invoice(order))
    for registered, taxable in ((advance, 3000.00), (final, 7000.00)):
        assert_sound(registered)
        assert registered.sent["TranDtls"]["RegRev"] == "Y"
        assert registered.taxable() == {18: taxable}
        assert registered.values["TotInvVal"] == registered.books["total"]


def test_down_payment_on_prices_with_tax(shop, salesman):
    order = salesman.quote(line("bolt", 10))
    salesman.confirm(order)
    dialog = {"advance_payment_method": "fixed", "fixed_amount": 354}
    advance = shop.register(salesman.invoice(order, **dialog))
    assert_as_booked(advance)
    assert amounts(advance) == ({18: 300.00}, 27.00, 354.00)
    final = shop.register(salesman.invoice(order))
    assert_as_booked(final)
    assert amounts(final) == ({18: 700.00}, 63.00, 826.00)
    assert final.item("731815")["UnitPrice"] == 100.0


def test_down_payments_that_the_company_does_not_register(shop, salesman, accountant):
    """The final invoice is registered with its whole value, the advance a payment."""
    with shop.choice(l10n_in_irp_register_advances=False):
        order = salesman.quote(*BOTH)
        salesman.confirm(order)
        dialog = {"advance_payment_method": "percentage", "amount": 30}
        advance = salesman.invoice(order, **dialog)
        accountant.post(advance)
        assert not accountant.is_applicable(advance)

        final = shop.register(salesman.invoice(order))
        assert_sound(final)
    assert amounts(final) == ({18: 10000.00, 5: 1666.65}, 941.67, 13549.99)
    assert final.payment["PaidAmt"] == 4065.00
    assert final.payment["PaymtDue"] == 9484.99


# -- gift cards and eWallets ------------------------------------------------------------------


def assert_paid_by_card(registered, card, due):
    assert_sound(registered)
    assert amounts(registered) == ({18: 10000.00, 5: 1666.65}, 941.67, 13549.99)
    assert registered.values["Discount"] == 0
    assert registered.payment["PaidAmt"] == card
    assert registered.payment["PaymtDue"] == due


@pytest.mark.parametrize(
    ("worth", "card", "due"), [(500, 500, 13049.99), (50000, 13549.99, 0)]
)
def test_gift_card_pays(shop, salesman, worth, card, due):
    order = salesman.quote(*BOTH)
    salesman.enter_code(order, shop.give_card("gift", None, worth), "gift")
    salesman.confirm(order)
    assert_paid_by_card(shop.register(salesman.invoice(order)), card, due)


def test_gift_card_that_odoo_books_with_tax(shop, salesman):
    """Somebody gave the card's product a tax: Odoo books less tax, but the supply and
    its tax are what they are."""
    with shop.taxed_card("gift", "sgst_sale_18"):
        order = salesman.quote(*BOTH)
        salesman.enter_code(order, shop.give_card("gift", None, 590), "gift")
        salesman.confirm(order)
        registered = shop.register(salesman.invoice(order))
    assert_paid_by_card(registered, 590, 12959.99)


def test_ewallet_pays_and_its_credit_note(shop, salesman, accountant):
    shop.give_card("wallet", "wallet_holder", 700)
    order = salesman.quote(*BOTH, buyer="wallet_holder")
    salesman.claim(order, "wallet")
    salesman.confirm(order)
    invoice = shop.register(salesman.invoice(order))
    assert_paid_by_card(invoice, 700, 12849.99)

    note = shop.register(accountant.credit(invoice.move))
    assert_sound(note)
    assert amounts(note) == amounts(invoice)


def test_gift_card_beside_a_promotion(shop, salesman):
    order = salesman.quote(*BOTH)
    salesman.enter_code(order, "ORDER", "order")
    salesman.enter_code(order, shop.give_card("gift", None, 500), "gift")
    salesman.confirm(order)
    registered = shop.register(salesman.invoice(order))
    assert_sound(registered)
    assert amounts(registered) == ({18: 9000.00, 5: 1499.98}, 847.50, 12194.98)
    assert registered.payment["PaidAmt"] == 500


@pytest.mark.parametrize("card", ["gift_card", "top_up"])
def test_card_sold_alone_is_no_supply(salesman, accountant, card):
    move = salesman.sell(line(card, 1, price_unit=5000))
    accountant.post(move)
    assert not accountant.is_applicable(move)


@pytest.mark.parametrize("card", ["gift_card", "top_up"])
def test_card_sold_beside_goods(shop, salesman, card):
    move = salesman.sell(*BOTH, line(card, 1, price_unit=5000))
    registered = shop.register(move)
    assert_sound(registered)
    assert amounts(registered) == ({18: 10000.00, 5: 1666.65}, 941.67, 18549.99)
    assert registered.values["OthChrg"] == 5000.00


# -- delivery -----------------------------------------------------------------------------------


def test_carriage_is_taxed(shop, salesman):
    """Its product has no HSN, as those that Odoo makes for carriers."""
    order = salesman.quote(DRILLS)
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


# -- references -----------------------------------------------------------------------------------


def order_reference(registered):
    contracts = registered.sent.get("RefDtls", {}).get("ContrDtls", [{}])
    return contracts[0].get("PORefr")


def test_order_number_that_the_buyer_gave(shop, salesman):
    registered = shop.register(salesman.sell(DRILLS, client_order_ref="PO-4711/26"))
    assert order_reference(registered) == "PO-4711/26"


def test_sellers_own_order_number_is_not_the_buyers(shop, salesman):
    assert order_reference(shop.register(salesman.sell(DRILLS))) is None


def test_own_numbers_of_orders_invoiced_together_are_not_the_buyers(shop, salesman):
    orders = [salesman.quote(DRILLS), salesman.quote(PLANTERS)]
    for order in orders:
        salesman.confirm(order)
    registered = shop.register(salesman.invoice(*orders))
    assert_as_booked(registered)
    assert order_reference(registered) is None
