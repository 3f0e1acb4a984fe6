"""Batches and the buyer's orders from Odoo's Inventory and Sales."""

import pytest
from processes.database import cloned_database
from processes.odoo_process import install, running_worker


@pytest.fixture(scope="module")
def stock_worker():
    """A worker on a separate database with Inventory and Sales."""
    with cloned_database("stock") as database:
        install(database, "sale_stock", "product_expiry")
        with running_worker(database) as worker:
            yield worker


@pytest.fixture(scope="module")
def ids(stock_worker):
    return stock_worker.ask("set_up")


@pytest.fixture
def document(stock_worker, ids):
    """Return a function that sells lots and gives the accountant's INV-01 document."""

    def build(**lots):
        move = stock_worker.ask("sell_lots", ids=ids, lots=lots)
        # an accountant has no rights in Inventory
        found = stock_worker.ask("payload", move=move, user=ids["accountant"])
        assert len(found["ItemList"]) == 1
        return found

    return build


@pytest.mark.parametrize(
    ("expires_at", "batch"),
    [
        (None, {"Nm": "LOT-A1"}),
        # 18:30 UTC is midnight in India
        ("2027-03-30 18:29:00", {"Nm": "LOT-A1", "ExpDt": "30/03/2027"}),
        ("2027-03-30 18:30:00", {"Nm": "LOT-A1", "ExpDt": "31/03/2027"}),
    ],
)
def test_one_lot_is_the_batch(document, expires_at, batch):
    item = document(**{"LOT-A1": expires_at})["ItemList"][0]

    assert (item["Qty"], item["BchDtls"]) == (1, batch)


def test_several_lots_give_no_batch(document):
    item = document(**{"LOT-B1": None, "LOT-B2": None})["ItemList"][0]

    assert item["Qty"] == 2
    assert "BchDtls" not in item


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        (["PO-77"], [{"PORefr": "PO-77"}]),
        ([None], None),
        (["PO-77", None, "PO-78", "PO-77"], [{"PORefr": "PO-77"}, {"PORefr": "PO-78"}]),
        (["PO/2025-26/WEST/42"], [{"ExtRefr": "PO/2025-26/WEST/42"}]),
        (["PO/2025-26/WEST/00042"], None),
    ],
)
def test_buyers_order_numbers(stock_worker, ids, references, expected):
    """Odoo's own number replaces a missing one and must not appear; the accountant has
    no rights in Sales."""
    move = stock_worker.ask("bill_orders", ids=ids, references=references)
    found = stock_worker.ask("payload", move=move, user=ids["accountant"])

    assert found.get("RefDtls", {}).get("ContrDtls") == expected


def test_reference_typed_by_the_accountant_replaces_them(stock_worker, ids):
    move = stock_worker.ask("bill_orders", ids=ids, references=["PO-77"], typed="PO-99")
    found = stock_worker.ask("payload", move=move, user=ids["accountant"])

    assert found["RefDtls"]["ContrDtls"] == [{"PORefr": "PO-99"}]
