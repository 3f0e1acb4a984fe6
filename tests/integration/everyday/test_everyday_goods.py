"""Goods shipped and returned, and lines entered by an accountant."""

import pytest
from processes.everyday.invoice import amounts, assert_as_booked, assert_sound
from processes.everyday.people import line
from processes.everyday.shop import DRILL


@pytest.fixture
def typed(shop):
    """Return a function that enters an invoice and registers it."""

    def enter(*entries, **values):
        return shop.register(shop.accountant.draft(*entries, **values))

    return enter


# -- shipped ---------------------------------------------------------------------------


@pytest.fixture
def order(shop):
    """A confirmed order of goods invoiced on delivery."""
    order = shop.salesman.quote(line("delivered", 10))
    shop.salesman.confirm(order)
    return order


def test_delivery_in_two_parts(shop, order):
    for quantity in (4, 6):
        shop.storekeeper.deliver(order, quantity)
        registered = shop.register(shop.salesman.invoice(order))
        assert_as_booked(registered)
        assert registered.item(DRILL)["Qty"] == quantity


def test_delivery_in_two_parts_after_a_down_payment(shop, order):
    """Odoo deducts the whole advance from the first invoice."""
    shop.register(shop.salesman.take_advance(order, percent=30))
    shop.storekeeper.deliver(order, 4)
    first = shop.register(shop.salesman.invoice(order))
    assert_as_booked(first)
    assert amounts(first) == ({18: 1000.00}, 90.00, 1180.00)
    assert first.item(DRILL)["TotAmt"] == 4000.00

    shop.storekeeper.deliver(order, 6)
    second = shop.register(shop.salesman.invoice(order))
    assert_as_booked(second)
    assert amounts(second) == ({18: 6000.00}, 540.00, 7080.00)


def test_less_delivered_than_was_paid_in_advance(shop, order):
    """Odoo issues a credit note for the unused advance."""
    shop.register(shop.salesman.take_advance(order, percent=50))
    shop.storekeeper.deliver(order, 2)
    registered = shop.register(shop.salesman.invoice(order))
    assert_as_booked(registered)
    assert registered.sent["DocDtls"]["Typ"] == "CRN"
    assert amounts(registered) == ({18: 3000.00}, 270.00, 3540.00)
    assert registered.item(DRILL)["Qty"] == 1


def test_goods_returned(shop, order):
    """The order's credit note names the invoice, which Odoo leaves out."""
    shop.storekeeper.deliver(order, 10)
    invoice = shop.register(shop.salesman.invoice(order))
    shop.storekeeper.take_back(order, 2)
    registered = shop.register(shop.salesman.invoice(order))
    assert_as_booked(registered)
    assert registered.sent["DocDtls"]["Typ"] == "CRN"
    assert registered.item(DRILL)["Qty"] == 2
    [corrected] = registered.sent["RefDtls"]["PrecDocDtls"]
    assert corrected["InvNo"] == invoice.books["number"]
    assert "OthRefNo" not in corrected


def test_goods_from_another_warehouse(shop):
    """The warehouse's address is the place of dispatch."""
    order = shop.salesman.quote(line("drill", 10))
    values = {"warehouse_id": shop.ids["depot"]}
    shop.worker.call("sale.order", "write", [order], args=[values])
    shop.salesman.confirm(order)
    registered = shop.register(shop.salesman.invoice(order))
    assert registered.sent["DispDtls"]["Loc"] == "Nagpur"
    assert registered.sent["DispDtls"]["Pin"] == 441122


# -- lines without product -------------------------------------------------------------

PIPES = {
    "name": "Steel pipes",
    "quantity": 10,
    "price_unit": 100,
    "taxes": ["sgst_sale_18"],
    "l10n_in_hsn_code": "730690",
}


def assert_pipes(registered):
    assert_as_booked(registered)
    assert amounts(registered) == ({18: 1000.00}, 90.00, 1180.00)
    [item] = registered.items
    assert (item["HsnCd"], item["Qty"], item["Unit"]) == ("730690", 10, "OTH")
    assert "uqc_others_on_line" in {one["kind"] for one in registered.warnings}


@pytest.mark.parametrize("correct", ["credit", "debit"])
def test_line_without_product(shop, accountant, typed, correct):
    """It is registered with a warning, and so is a note on it, with the same HSN."""
    invoice = typed(PIPES)
    assert_pipes(invoice)
    assert_pipes(shop.register(getattr(accountant, correct)(invoice.move)))


@pytest.mark.parametrize(
    ("amount", "round_off", "charges", "discount"),
    [
        (0.40, 0.40, 0, 0),
        (-0.40, -0.40, 0, 0),
        (0.99, 0.99, 0, 0),
        (3.00, 0, 3.00, 0),
        (-5.00, 0, 0, 5.00),
    ],
)
def test_round_off_typed(typed, amount, round_off, charges, discount):
    entry = {"name": "Round Off", "price_unit": amount, "taxes": []}
    registered = typed(line("drill"), entry)
    assert_sound(registered)
    values = registered.values
    assert [item["HsnCd"] for item in registered.items] == [DRILL]
    assert values["RndOffAmt"] == round_off
    assert (values["OthChrg"], values["Discount"]) == (charges, discount)
    assert values["TotInvVal"] == registered.books["total"]


def test_expenses_of_a_pure_agent(typed):
    entry = {"name": "Customs duty paid for you", "price_unit": 5000, "taxes": []}
    registered = typed(line("drill"), entry)
    assert_sound(registered)
    assert registered.values["AssVal"] == 1000.00
    assert registered.values["OthChrg"] == 5000.00
    assert registered.values["TotInvVal"] == 6180.00


def test_nil_rated_goods_beside_taxed_ones(typed):
    """They are a supply, as their tax says."""
    registered = typed(line("drill"), line("fertiliser", 5))
    assert_sound(registered)
    assert registered.taxable() == {18: 1000.00, 0: 1000.00}
    assert registered.values["TotInvVal"] == 2180.00


def test_cash_rounding(shop, typed):
    entry = line("planter")
    registered = typed(entry, invoice_cash_rounding_id=shop.ids["rounding"])
    assert_sound(registered)
    assert registered.values["RndOffAmt"] == 0.01
    assert registered.values["TotInvVal"] == 350.00


def test_tax_collected_at_source(typed):
    """It belongs to the document (NIC's FAQ)."""
    taxes = ["sgst_sale_18", "tcs_1_us_206c_1_s"]
    registered = typed(line("scrap", 1, taxes=taxes))
    assert_sound(registered)
    [item] = registered.items
    assert item["TotItemVal"] == 11800.00
    assert registered.values["OthChrg"] == 118.00
    assert registered.values["TotInvVal"] == registered.books["total"] == 11918.00


# -- references ------------------------------------------------------------------------


def test_number_of_the_buyers_debit_note(shop, accountant, typed):
    """The accountant replaces Odoo's text with it."""
    invoice = typed(line("drill", 10))
    draft = accountant.credit(invoice.move)
    accountant.fill("account.move", {"ref": "DN-778/26"}, record=draft)
    note = shop.register(draft)
    [corrected] = note.sent["RefDtls"]["PrecDocDtls"]
    assert corrected["InvNo"] == invoice.books["number"]
    assert corrected["OthRefNo"] == "DN-778/26"


def test_reason_of_a_credit_note_is_not_a_number(shop, accountant, typed):
    note = shop.register(accountant.credit(typed(line("drill", 10)).move))
    [corrected] = note.sent["RefDtls"]["PrecDocDtls"]
    assert "OthRefNo" not in corrected


def test_order_number_typed_by_the_accountant(typed):
    registered = typed(line("drill", 10), ref="PO-88")
    [contract] = registered.sent["RefDtls"]["ContrDtls"]
    assert contract["PORefr"] == "PO-88"


# -- corrected by the accountant -------------------------------------------------------


def test_short_name_is_reported_as_short(shop, accountant):
    """The portal takes names of 3 to 100 characters."""
    move = accountant.draft(line("drill", 10), buyer="short")
    accountant.post(move)
    [refusal] = accountant.refusals(move)
    assert refusal["kind"] == "too_short_lgl_nm", refusal
    expected = {"value": "3M", "length": "2", "least": "3", "most": "100"}
    assert expected.items() <= refusal["params"].items(), refusal


def test_refusals_name_a_record_that_the_accountant_may_change(accountant):
    """Without an HSN, the finding names the line; products are read-only here."""
    forgotten = {"name": "Oddments", "price_unit": 100, "taxes": ["sgst_sale_18"]}
    move = accountant.draft(forgotten)
    accountant.post(move)
    for finding in accountant.findings(move):
        if finding["blocking"]:
            model = finding["model"]
            may = accountant.worker.call(
                model,
                "has_access",
                [finding["record"]],
                user=accountant.user,
                args=["write"],
            )
            assert may, finding


def test_hsn_forgotten_on_the_product(shop, salesman, accountant):
    """An accountant may not edit products and enters the HSN on the line."""
    move = salesman.sell(line("without_hsn", 2))
    accountant.post(move)
    with pytest.raises(AssertionError, match="HSN"):
        shop.register(move)
    accountant.reset_to_draft(move)
    accountant.change(move, 0, l10n_in_hsn_code="720449")
    registered = shop.register(move)
    assert_as_booked(registered)
    assert registered.item("720449")["Qty"] == 2


def test_unit_without_uqc(shop, salesman, accountant):
    """An accountant may not edit units and chooses the UQC on the line."""
    move = salesman.sell(line("crate", 2))
    accountant.post(move)
    with pytest.raises(AssertionError, match="UQC"):
        shop.register(move)
    accountant.reset_to_draft(move)
    accountant.change(move, 0, l10n_in_irp_uqc="BOX")
    registered = shop.register(move)
    assert_as_booked(registered)
    assert registered.item(DRILL)["Unit"] == "BOX"
