"""Batches of goods, and the buyer's orders, of Odoo's own stock and sales."""

import pytest
from processes.database import cloned_database
from processes.odoo_process import install, running_worker


@pytest.fixture(scope="module")
def shop():
    """A worker on a database of its own, with stock and sales installed."""
    with cloned_database("stock") as database:
        install(database, "sale_stock", "product_expiry")
        with running_worker(database) as worker:
            yield worker


@pytest.fixture(scope="module")
def ids(shop):
    return shop.ask("set_up")


@pytest.fixture
def document(shop, ids):
    """Returns the INV-01 document of lots sold, as the accountant has it built."""

    def build(**lots):
        move = shop.ask("sell_lots", ids=ids, lots=lots)
        # he keeps books and has no rights in the stock
        found = shop.ask("payload", move=move, user=ids["accountant"])
        assert len(found["ItemList"]) == 1
        return found

    return build


@pytest.mark.parametrize(
    ("expires_at", "batch"),
    [
        (None, {"Nm": "LOT-A1"}),
        # half past six in the evening of UTC is midnight in India
        ("2027-03-30 18:29:00", {"Nm": "LOT-A1", "ExpDt": "30/03/2027"}),
        ("2027-03-30 18:30:00", {"Nm": "LOT-A1", "ExpDt": "31/03/2027"}),
    ],
)
def test_one_lot_is_the_batch(document, expires_at, batch):
    item = document(**{"LOT-A1": expires_at})["ItemList"][0]

    assert (item["Qty"], item["BchDtls"]) == (1, batch)


def test_several_lots_are_no_batch(document):
    item = document(**{"LOT-B1": None, "LOT-B2": None})["ItemList"][0]

    assert item["Qty"] == 2
    assert "BchDtls" not in item


@pytest.mark.parametrize(
    ("references", "told"),
    [
        (["PO-77"], [{"PORefr": "PO-77"}]),
        ([None], None),
        (["PO-77", None, "PO-78", "PO-77"], [{"PORefr": "PO-77"}, {"PORefr": "PO-78"}]),
        (["PO/2025-26/WEST/42"], [{"ExtRefr": "PO/2025-26/WEST/42"}]),
        (["PO/2025-26/WEST/00042"], None),
    ],
)
def test_orders_that_the_buyer_gave(shop, ids, references, told):
    """Odoo writes its own number where the buyer gave none; the accountant has no
    rights in sales."""
    move = shop.ask("bill_orders", ids=ids, references=references)
    found = shop.ask("payload", move=move, user=ids["accountant"])

    assert found.get("RefDtls", {}).get("ContrDtls") == told


def test_what_the_accountant_writes_over_it_is_the_buyers(shop, ids):
    move = shop.ask("bill_orders", ids=ids, references=["PO-77"], typed="PO-99")
    found = shop.ask("payload", move=move, user=ids["accountant"])

    assert found["RefDtls"]["ContrDtls"] == [{"PORefr": "PO-99"}]
