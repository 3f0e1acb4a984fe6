"""Down payments taken with Odoo's dialog, and final invoices."""

from datetime import date, timedelta

import pytest
from processes.everyday.invoice import amounts, assert_as_booked, assert_sound
from processes.everyday.people import line
from processes.everyday.shop import BOTH, DRILL, PIPE, PLANTER
from processes.odoo_client import today


def yesterday() -> str:
    return (date.fromisoformat(today()) - timedelta(days=1)).isoformat()


@pytest.fixture
def advanced(salesman, accountant):
    """Return a function giving an order and its registered down payment."""

    def take(*entries, **values):
        order = salesman.quote(*(entries or BOTH))
        salesman.confirm(order)
        draft = salesman.take_advance(order, **(values or {"percent": 30}))
        return order, accountant.register(draft)

    return take


@pytest.mark.parametrize("dialog", [{"percent": 30}, {"amount": 4065}])
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
    """It is registered under the HSN with the largest share, with a warning."""
    order, advance = advanced(line("drill", 10), line("pipe", 4))
    assert_as_booked(advance)
    assert advance.item(DRILL)["AssAmt"] == 3600.00
    [warning] = [one for one in advance.warnings if one["kind"] == "hsn_of_several"]
    assert PIPE in warning["params"]["codes"], warning

    final = shop.register(salesman.invoice(order))
    assert_as_booked(final)
    assert final.item(DRILL)["AssAmt"] == 7000.00
    assert final.item(PIPE)["AssAmt"] == 1400.00


def test_second_down_payment(shop, salesman, advanced):
    order, _first = advanced()
    second = shop.register(salesman.take_advance(order, percent=20))
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
    advance = accountant.register(salesman.take_advance(order, percent=30))
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
    advance = shop.register(salesman.take_advance(order, percent=30))
    final = shop.register(salesman.invoice(order))
    for registered, taxable in ((advance, 3000.00), (final, 7000.00)):
        assert_sound(registered)
        assert registered.sent["TranDtls"]["RegRev"] == "Y"
        assert registered.taxable() == {18: taxable}
        assert registered.values["TotInvVal"] == registered.books["total"]


def test_down_payment_on_prices_with_tax(shop, salesman):
    order = salesman.quote(line("bolt", 10))
    salesman.confirm(order)
    advance = shop.register(salesman.take_advance(order, amount=354))
    assert_as_booked(advance)
    assert amounts(advance) == ({18: 300.00}, 27.00, 354.00)
    final = shop.register(salesman.invoice(order))
    assert_as_booked(final)
    assert amounts(final) == ({18: 700.00}, 63.00, 826.00)
    assert final.item("731815")["UnitPrice"] == 100.0


def test_company_does_not_register_down_payments(shop, salesman, accountant):
    """The final invoice has the whole value; the advance is a payment."""
    with shop.choice(l10n_in_irp_register_advances=False):
        order = salesman.quote(*BOTH)
        salesman.confirm(order)
        advance = salesman.take_advance(order, percent=30)
        accountant.post(advance)
        assert not accountant.is_applicable(advance)

        final = shop.register(salesman.invoice(order))
        assert_sound(final)
    assert amounts(final) == ({18: 10000.00, 5: 1666.65}, 941.67, 13549.99)
    assert final.payment["PaidAmt"] == 4065.00
    assert final.payment["PaymtDue"] == 9484.99


def test_whole_value_paid_in_advance(shop, salesman, advanced):
    """The final invoice comes to zero and is registered all the same."""
    order, advance = advanced(percent=100)
    assert advance.values["TotInvVal"] == 13549.99
    final = shop.register(salesman.invoice(order))
    assert_sound(final)
    assert [item["Qty"] for item in final.items] == [10, 5]
    assert [item["TotAmt"] for item in final.items] == [10000.00, 1666.65]
    assert final.values["AssVal"] == final.values["TotInvVal"] == 0


def test_down_payment_in_another_currency(shop, salesman):
    """1000 dollars at 80 rupees, a third of it paid in advance."""
    entry = line("drill", 10, price_unit=100)
    order = salesman.quote(entry, pricelist_id=shop.ids["dollars"])
    salesman.confirm(order)
    advance = shop.register(salesman.take_advance(order, amount=393.33))
    assert_as_booked(advance)
    final = shop.register(salesman.invoice(order))
    assert_as_booked(final)
    assert final.item(DRILL)["UnitPrice"] == 8000.0
    total = advance.values["TotInvVal"] + final.values["TotInvVal"]
    assert total == pytest.approx(94400, abs=0.02)


def test_down_payment_at_another_rate_of_exchange(shop, salesman, accountant):
    """The dollar rises from 75 to 80 rupees before the final invoice."""
    entry = line("drill", 10, price_unit=100)
    order = salesman.quote(entry, pricelist_id=shop.ids["dollars"])
    salesman.confirm(order)
    draft = salesman.take_advance(order, amount=354)
    accountant.fill("account.move", {"invoice_date": yesterday()}, record=draft)
    advance = shop.register(draft)
    assert_as_booked(advance)
    assert advance.taxable() == {18: 22500.00}
    final = shop.register(salesman.invoice(order))
    assert_as_booked(final)
    assert final.item(DRILL)["UnitPrice"] == 8000.0
    assert final.values["TotInvValFc"] == 826.00


def test_down_payment_for_nil_rated_goods_too(shop, salesman, advanced):
    order, advance = advanced(line("drill", 10), line("fertiliser", 5))
    assert_sound(advance)
    assert advance.taxable() == {18: 3000.00, 0: 300.00}
    assert [item["HsnCd"] for item in advance.items] == [DRILL, "310100"]
    final = shop.register(salesman.invoice(order))
    assert_sound(final)
    assert final.taxable() == {18: 7000.00, 0: 700.00}
    assert final.values["TotInvVal"] == final.books["total"]


def test_down_payment_on_goods_and_carriage(shop, salesman):
    order = salesman.quote(line("drill", 10))
    salesman.ship_by_lorry(order)
    salesman.confirm(order)
    advance = shop.register(salesman.take_advance(order, percent=30))
    final = shop.register(salesman.invoice(order))
    for registered, taxable in ((advance, 3030.00), (final, 7070.00)):
        assert_as_booked(registered)
        assert registered.taxable() == {18: taxable}


def test_debit_note_on_a_down_payment(shop, advanced, accountant):
    _order, advance = advanced()
    note = shop.register(accountant.debit(advance.move))
    assert_as_booked(note)
    assert note.sent["DocDtls"]["Typ"] == "DBN"
    assert [item["HsnCd"] for item in note.items] == [DRILL, PLANTER]
    assert amounts(note) == amounts(advance)


def test_down_payment_and_a_gift_card(shop, salesman, advanced):
    """The card pays the balance after the advance."""
    order = salesman.quote(*BOTH)
    salesman.enter_code(order, shop.give_card("gift", None, 500), "gift")
    salesman.confirm(order)
    advance = shop.register(salesman.take_advance(order, amount=4065))
    final = shop.register(salesman.invoice(order))
    for registered in (advance, final):
        assert_sound(registered)
    total = advance.values["TotInvVal"] + final.values["TotInvVal"]
    assert total == pytest.approx(13549.99, abs=0.02)
    tax = advance.values["CgstVal"] + final.values["CgstVal"]
    assert tax == pytest.approx(941.67, abs=0.02)


def test_less_delivered_than_was_paid_for_two_goods(shop, salesman, accountant):
    """The unused advance for one of them is credited."""
    order = salesman.quote(line("delivered", 10), line("planter", 5))
    salesman.confirm(order)
    shop.register(salesman.take_advance(order, percent=100))
    shop.storekeeper.deliver(order, 4, 5)
    registered = shop.register(salesman.invoice(order))
    assert_sound(registered)
    assert registered.sent["DocDtls"]["Typ"] == "CRN"
    assert registered.taxable() == {18: 6000.00, 5: 0}
    assert registered.values["TotInvVal"] == registered.books["total"] == 7080.00
