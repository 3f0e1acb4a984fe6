"""Our e-way bills beside Odoo's E-waybill, in overlapping transactions."""

import psycopg2
import pytest
from processes.database import cloned_database
from processes.odoo_client import OdooClient
from processes.odoo_process import OdooError, install, running_worker

OURS, ODOOS = "l10n_in.irp.ewaybill", "l10n.in.ewaybill"
LOCK = "SELECT id FROM {} WHERE id = %s FOR UPDATE SKIP LOCKED"


@pytest.fixture(scope="module")
def ewaybill_database():
    """A database with E-waybill but without E-Invoicing."""
    with cloned_database("ewaybill") as database:
        install(database, "l10n_in_ewaybill")
        yield database


@pytest.fixture(scope="module")
def ewaybill_worker(ewaybill_database):
    with running_worker(ewaybill_database) as worker:
        yield worker


@pytest.fixture(scope="module")
def odoo(ewaybill_worker, ewaybill_database):
    return OdooClient(ewaybill_worker, ewaybill_database, ewaybill_worker.ask("set_up"))


@pytest.fixture
def invoice(odoo, portal):
    """A registered invoice, and a prepared e-way bill of ours and of Odoo's."""
    odoo.connect(portal)
    move = odoo.posted(buyer="distant")
    odoo.register(move)
    assert odoo.state(move) == "registered"
    made = act(odoo, "account.move", "action_l10n_in_irp_ewaybill", move)
    ours = made["res_id"]
    act(odoo, OURS, "write", ours, {"vehicle_number": "MH12AB1234"})
    [odoos] = odoo.worker.call(ODOOS, "create", args=[[{"account_move_id": move}]])
    yield move, ours, odoos
    odoo.clear()


def act(odoo, model, method, record, *args):
    """Call a method of a record as the accountant."""
    accountant = odoo.seller["accountant"]
    return odoo.worker.call(model, method, [record], args=args, user=accountant)


def test_bridge_is_auto_installed_without_e_invoicing(ewaybill_database):
    states = dict(ewaybill_database.rows("SELECT name, state FROM ir_module_module"))
    assert states["l10n_in_einvoice_irp_ewaybill"] == "installed"
    assert states["l10n_in_einvoice_irp_edi"] != "installed"
    assert states["l10n_in_edi"] != "installed"


def test_ours_waits_while_odoo_generates(odoo, ewaybill_database, invoice):
    _move, ours, odoos = invoice
    with ewaybill_database.transaction() as cursor:
        # Odoo takes this lock before it calls
        cursor.execute(LOCK.format("l10n_in_ewaybill"), [odoos])
        act(odoo, OURS, "action_generate", ours)
        bill = odoo.worker.read(OURS, ours, "state", "error")
        assert bill["state"] == "rejected"
        assert "Try again in a minute" in bill["error"]
    act(odoo, OURS, "action_generate", ours)
    bill = odoo.worker.read(OURS, ours, "state", "error")
    assert bill["state"] == "registered", bill["error"]


def test_odoo_retries_if_ours_was_sent_meanwhile(odoo, ewaybill_database, invoice):
    _move, ours, odoos = invoice
    with ewaybill_database.transaction() as cursor:
        cursor.execute("SELECT state FROM l10n_in_irp_ewaybill WHERE id = %s", [ours])
        assert cursor.fetchall() == [("draft",)]
        act(odoo, OURS, "action_generate", ours)
        # Odoo retries after this error
        with pytest.raises(psycopg2.errors.SerializationFailure):
            cursor.execute(LOCK.format("l10n_in_ewaybill"), [odoos])


def test_odoo_refuses_while_ours_is_active(odoo, invoice):
    _move, ours, odoos = invoice
    act(odoo, OURS, "action_generate", ours)
    bill = odoo.worker.read(OURS, ours, "state", "number")
    assert bill["state"] == "registered"
    for method in ("action_generate_ewaybill", "_generate_ewaybill"):
        with pytest.raises(OdooError, match=bill["number"]):
            odoo.worker.call(ODOOS, method, [odoos])
