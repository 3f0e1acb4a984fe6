"""Our e-way bills beside Odoo's E-waybill, in transactions that cross each other."""

import psycopg2
import pytest
from processes.database import cloned_database
from processes.desk import Desk
from processes.odoo_process import OdooError, install, running_worker

OURS, ODOOS = "l10n_in.irp.ewaybill", "l10n.in.ewaybill"
LOCK = "SELECT id FROM {} WHERE id = %s FOR UPDATE SKIP LOCKED"


@pytest.fixture(scope="module")
def beside():
    """A database with E-waybill, but without E-Invoicing."""
    with cloned_database("ewaybill") as database:
        install(database, "l10n_in_ewaybill")
        yield database


@pytest.fixture(scope="module")
def clerk(beside):
    with running_worker(beside) as worker:
        yield worker


@pytest.fixture(scope="module")
def office(clerk, beside):
    return Desk(clerk, beside, clerk.ask("set_up"))


@pytest.fixture
def invoice(office, portal):
    """A registered invoice with a prepared e-way bill of each: (move, ours, Odoo's)."""
    office.connect(portal)
    move = office.posted(buyer="distant")
    office.register(move)
    assert office.state(move) == "registered"
    made = act(office, "account.move", "action_l10n_in_irp_ewaybill", move)
    ours = made["res_id"]
    act(office, OURS, "write", ours, {"vehicle_number": "MH12AB1234"})
    [odoos] = office.worker.call(ODOOS, "create", args=[[{"account_move_id": move}]])
    yield move, ours, odoos
    office.clear()


def act(office, model, method, record, *args):
    """What the accountant does with a record."""
    accountant = office.seller["accountant"]
    return office.worker.call(model, method, [record], args=args, user=accountant)


def test_bridge_came_by_itself_without_e_invoicing(beside):
    states = dict(beside.rows("SELECT name, state FROM ir_module_module"))
    assert states["l10n_in_einvoice_irp_ewaybill"] == "installed"
    assert states["l10n_in_einvoice_irp_edi"] != "installed"
    assert states["l10n_in_edi"] != "installed"


def test_ours_waits_for_one_that_odoo_is_generating(office, beside, invoice):
    _move, ours, odoos = invoice
    with beside.transaction() as cursor:
        # as Odoo does before it calls
        cursor.execute(LOCK.format("l10n_in_ewaybill"), [odoos])
        act(office, OURS, "action_generate", ours)
        bill = office.worker.read(OURS, ours, "state", "error")
        assert bill["state"] == "rejected"
        assert "Try again in a minute" in bill["error"]
    act(office, OURS, "action_generate", ours)
    bill = office.worker.read(OURS, ours, "state", "error")
    assert bill["state"] == "registered", bill["error"]


def test_odoo_that_has_looked_before_ours_was_sent_begins_again(
    office, beside, invoice
):
    _move, ours, odoos = invoice
    with beside.transaction() as cursor:
        cursor.execute("SELECT state FROM l10n_in_irp_ewaybill WHERE id = %s", [ours])
        assert cursor.fetchall() == [("draft",)]
        act(office, OURS, "action_generate", ours)
        # what Odoo tries again by itself
        with pytest.raises(psycopg2.errors.SerializationFailure):
            cursor.execute(LOCK.format("l10n_in_ewaybill"), [odoos])


def test_odoo_refuses_while_ours_is_active(office, invoice):
    _move, ours, odoos = invoice
    act(office, OURS, "action_generate", ours)
    bill = office.worker.read(OURS, ours, "state", "number")
    assert bill["state"] == "registered"
    for method in ("action_generate_ewaybill", "_generate_ewaybill"):
        with pytest.raises(OdooError, match=bill["number"]):
            office.worker.call(ODOOS, method, [odoos])
