"""The e-way bill of a stock transfer, in an Odoo with Inventory."""

import re

import pytest
from playwright.sync_api import expect
from processes.browser import WebClient
from processes.database import cloned_database
from processes.odoo_client import OdooClient
from processes.odoo_process import install, running_server, running_worker
from processes.seller import GSTIN, PASSWORD

TRANSFERS = "stock.action_picking_tree_all"
VEHICLE = "MH12AB1234"
CHALLAN = {"place": "Nashik", "pin": "422001"}


@pytest.fixture(scope="module")
def stock_database():
    with cloned_database("e2e_stock") as clone:
        install(clone, "stock")
        yield clone


@pytest.fixture(scope="module")
def stock_worker(stock_database):
    with running_worker(stock_database) as process:
        yield process


@pytest.fixture(scope="module")
def office(stock_worker, stock_database, portal):
    """The seller's Odoo, whose accountant may use Inventory."""
    client = OdooClient(stock_worker, stock_database, stock_worker.ask("set_up"))
    client.connect(portal)
    portal.enter(GSTIN, "ACT")
    return client


@pytest.fixture
def storekeeper(office, stock_database, browser):
    with running_server(stock_database) as (_server, url):
        context = browser.new_context(viewport={"width": 1500, "height": 1100})
        client = WebClient(context.new_page(), url)
        client.log_in("accountant", PASSWORD)
        yield client
        context.close()


def test_goods_to_another_warehouse(storekeeper, office, portal):
    transfer = office.worker.ask("transfer", ids=office.seller, **CHALLAN)
    storekeeper.open(TRANSFERS, transfer["id"])
    storekeeper.press("action_l10n_in_irp_ewaybill")
    # own use, from and to the own GSTIN; the number is that of the transfer
    expect(storekeeper.field("doc_number").locator("input")).to_have_value(
        transfer["name"]
    )
    expect(storekeeper.field("need_note")).to_contain_text(
        re.compile("Within Maharashtra .*worth .*120,000")
    )
    storekeeper.fill("vehicle_number", VEHICLE)
    storekeeper.fill("distance", "210")
    storekeeper.press("action_generate")
    expect(storekeeper.field("number").first).to_have_text(re.compile(r"^\d{12}$"))
    held = portal.eway_bills[storekeeper.field("number").first.inner_text()]
    assert (held["from_gstin"], held["to_gstin"]) == (GSTIN, GSTIN)
    assert held["doc_no"] == transfer["name"]
    assert held["part_b"][0]["details"]["vehicleNo"] == VEHICLE
