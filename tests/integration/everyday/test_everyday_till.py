"""Invoices made at the till, which Odoo posts immediately."""

import pytest
from processes.everyday.invoice import amounts, assert_as_booked, assert_sound
from processes.everyday.people import line
from processes.everyday.shop import BOTH, DRILL, PIPE, PLANTER


@pytest.fixture
def sold(shop, cashier):
    """Return a function giving the registered invoice of a sale at the till."""

    def sell(*entries, **options):
        return shop.register(cashier.ring_up(*entries, **options)["invoice"])

    return sell


def reward(shop, program, price, tax, quantity=1):
    """Return the line of a reward as the till's JavaScript writes it."""
    found = shop.worker.read(
        "loyalty.reward", shop.ids[f"{program}_reward"], "discount_line_product_id"
    )
    return line(
        found["discount_line_product_id"],
        quantity,
        price_unit=price,
        taxes=[shop.ids[tax]] if tax else [],
        is_reward_line=True,
        reward_id=shop.ids[f"{program}_reward"],
        reward_identifier_code=program,
    )


def test_receipt_number_is_not_the_buyers_order(sold):
    """Odoo puts "Main Counter - 000017" into the field for the buyer's reference."""
    registered = sold(*BOTH)
    assert_as_booked(registered)
    assert registered.books["ref"].startswith("Main Counter - ")
    assert "ContrDtls" not in registered.sent.get("RefDtls", {})
    assert "ref" not in {one["field"] for one in registered.warnings}
    assert registered.payment["PaidAmt"] == 13549.99


def test_discount_of_the_till(sold):
    registered = sold(*BOTH, discount=10)
    assert_as_booked(registered)
    assert registered.values["TotInvVal"] == pytest.approx(12194.98, abs=0.011)
    assert registered.values["CgstVal"] == registered.values["SgstVal"] == 847.50
    assert [item["HsnCd"] for item in registered.items] == [DRILL, PLANTER]


def test_discount_over_several_hsn_of_a_rate(sold):
    registered = sold(line("drill", 10), line("pipe", 4), discount=10)
    assert_as_booked(registered)
    assert registered.item(DRILL)["AssAmt"] == 9000.00
    assert registered.item(PIPE)["AssAmt"] == 1800.00


def test_discount_on_prices_with_tax(sold):
    registered = sold(line("bolt", 10), discount=10)
    assert_as_booked(registered)
    assert amounts(registered) == ({18: 900.00}, 81.00, 1062.00)


def test_discount_of_a_line(sold):
    registered = sold(line("drill", 1, discount=10))
    assert_as_booked(registered)
    assert amounts(registered) == ({18: 900.00}, 81.00, 1062.00)


def test_reward_over_two_rates(shop, sold):
    registered = sold(
        *BOTH,
        reward(shop, "order", -1000, "sgst_sale_18"),
        reward(shop, "order", -166.67, "sgst_sale_5"),
    )
    assert_as_booked(registered)
    assert amounts(registered) == ({18: 9000.00, 5: 1499.98}, 847.50, 12194.98)


def test_free_product_is_a_discount(shop, sold):
    """Unlike Sales, the till charges its price and deducts it again."""
    registered = sold(
        line("pipe", 2), line("planter"), reward(shop, "free", -333.33, "sgst_sale_5")
    )
    assert_sound(registered)
    assert registered.values["TotInvVal"] == registered.books["total"] == 1180.00
    free = registered.item(PLANTER)
    assert (free["Qty"], free["TotAmt"], free["Discount"]) == (1, 333.33, 333.33)


@pytest.mark.parametrize("card", ["gift", "wallet"])
def test_card_pays(shop, sold, card):
    registered = sold(*BOTH, reward(shop, card, -500, ""))
    assert_sound(registered)
    assert amounts(registered) == ({18: 10000.00, 5: 1666.65}, 941.67, 13549.99)
    assert registered.values["Discount"] == 0
    assert registered.payment["PaidAmt"] == 13549.99


def test_refund_of_what_a_card_paid(shop, cashier):
    sale = cashier.ring_up(*BOTH, reward(shop, "gift", -500, ""))
    invoice = shop.register(sale["invoice"])
    refund = shop.register(cashier.take_back(sale)["invoice"])
    assert_sound(refund)
    assert refund.sent["DocDtls"]["Typ"] == "CRN"
    assert amounts(refund) == amounts(invoice)


def test_tip(sold, shop):
    """It is paid without tax, because it is not consideration for a supply."""
    registered = sold(line("drill"), line("tip", 1, price_unit=50))
    assert_sound(registered)
    assert amounts(registered) == ({18: 1000.00}, 90.00, 1230.00)
    assert registered.values["OthChrg"] == 50.00


def test_card_sold_alone_is_no_supply(shop, cashier):
    invoice = cashier.ring_up(line("gift_card", 1, price_unit=5000))["invoice"]
    assert not shop.accountant.is_applicable(invoice)


def test_card_sold_beside_goods(sold):
    registered = sold(*BOTH, line("gift_card", 1, price_unit=5000))
    assert_sound(registered)
    assert amounts(registered) == ({18: 10000.00, 5: 1666.65}, 941.67, 18549.99)
    assert registered.values["OthChrg"] == 5000.00


@pytest.mark.parametrize("discount", [0, 10])
def test_refund(shop, cashier, discount):
    sale = cashier.ring_up(*BOTH, discount=discount)
    invoice = shop.register(sale["invoice"])
    refund = shop.register(cashier.take_back(sale, discount=discount)["invoice"])
    assert_as_booked(refund)
    assert amounts(refund) == amounts(invoice)
    assert refund.sent["DocDtls"]["Typ"] == "CRN"
    [corrected] = refund.sent["RefDtls"]["PrecDocDtls"]
    assert corrected["InvNo"] == invoice.books["number"]
    assert "OthRefNo" not in corrected


def test_goods_exchanged(sold):
    """Returned pipes reduce the purchased ones of the same HSN and rate."""
    registered = sold(line("pipe", 3), line("pipe", -1))
    assert_as_booked(registered)
    assert amounts(registered) == ({18: 1000.00}, 90.00, 1180.00)


def test_cash_rounded_to_the_rupee(sold):
    registered = sold(line("planter"), till="rounding_counter", paid=350)
    assert_sound(registered)
    assert registered.values["RndOffAmt"] == 0.01
    assert registered.values["TotInvVal"] == registered.books["total"] == 350.00


def test_discount_between_states(sold):
    """The till maps the taxes according to the buyer's state."""
    registered = sold(*BOTH, discount=10, buyer="bengaluru")
    assert_as_booked(registered)
    assert registered.values["CgstVal"] == 0
    assert registered.values["IgstVal"] == registered.books["taxes"]["igst"]


def test_sale_credited_in_the_office(shop, cashier, accountant):
    """The accountant reverses an invoice of the till."""
    invoice = shop.register(cashier.ring_up(*BOTH, discount=10)["invoice"])
    note = shop.register(accountant.credit(invoice.move))
    assert_as_booked(note)
    assert amounts(note) == amounts(invoice)


def test_sales_invoiced_together(shop, cashier):
    """A buyer may ask for one invoice for several earlier sales."""
    sales = [
        cashier.ring_up(*entries, discount=10, to_invoice=False)["order"]
        for entries in (BOTH, [line("pipe", 4)])
    ]
    registered = shop.register(cashier.invoice_together(*sales))
    assert_as_booked(registered)
    assert [item["HsnCd"] for item in registered.items] == [DRILL, PLANTER, PIPE]
    assert "ContrDtls" not in registered.sent.get("RefDtls", {})


# -- sales orders ----------------------------------------------------------------------


@pytest.fixture
def order(shop):
    """A confirmed order of both goods."""
    order = shop.salesman.quote(*BOTH)
    shop.salesman.confirm(order)
    return order


def from_order(order, order_line, product, quantity, **values):
    origin = {"sale_order_origin_id": order, "sale_order_line_id": order_line}
    return line(product, quantity, **origin, **values)


def settling_lines(shop, order):
    """Yield the lines that the till's JavaScript creates from a sales order."""
    names = ("is_downpayment", "display_type", "product_id", "product_uom_qty")
    names += ("price_unit", "tax_ids")
    advance = shop.worker.read(
        "pos.config", shop.ids["counter"], "down_payment_product_id"
    )["down_payment_product_id"]
    for each in shop.salesman.read("sale.order", order, "order_line"):
        found = shop.worker.read("sale.order.line", each, *names)
        if not found["display_type"]:
            paid = found["is_downpayment"]
            yield from_order(
                order,
                each,
                advance if paid else found["product_id"],
                -1 if paid else found["product_uom_qty"],
                price_unit=found["price_unit"],
                taxes=found["tax_ids"],
            )


def test_order_settled_at_the_till(shop, sold, order):
    registered = sold(*settling_lines(shop, order))
    assert_as_booked(registered)
    assert amounts(registered) == ({18: 10000.00, 5: 1666.65}, 941.67, 13549.99)


def test_order_with_a_down_payment_settled_at_the_till(shop, sold, order):
    shop.register(shop.salesman.take_advance(order, percent=30))
    registered = sold(*settling_lines(shop, order))
    assert_as_booked(registered)
    assert amounts(registered) == ({18: 7000.00, 5: 1166.65}, 659.17, 9484.99)
    assert [item["Qty"] for item in registered.items] == [10, 5]


def test_down_payment_taken_at_the_till(shop, sold, order):
    entries = [
        from_order(order, False, name, quantity)
        for name, quantity in (("drill", 10), ("planter", 5))
    ]
    registered = sold(*entries, advance=30)
    assert_as_booked(registered)
    assert amounts(registered) == ({18: 3000.00, 5: 500.00}, 282.50, 4065.00)
    assert [item["HsnCd"] for item in registered.items] == [DRILL, PLANTER]
    assert [(item["Qty"], item["Unit"]) for item in registered.items] == [
        (1, "OTH")
    ] * 2
