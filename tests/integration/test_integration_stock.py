"""Batch details of goods that Odoo's own stock and sales delivered in lots."""

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
