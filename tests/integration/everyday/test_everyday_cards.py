"""Gift cards and eWallets: a payment, not a discount; selling one is no supply."""

import pytest
from processes.everyday.invoice import amounts, assert_sound
from processes.everyday.people import line
from processes.everyday.shop import BOTH


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
    """The card's product has a tax, so Odoo books less tax; the supply and its tax stay
    the same."""
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
