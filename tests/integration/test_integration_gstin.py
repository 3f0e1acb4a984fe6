"""Refreshing the GSTINs of partners: within the rate, and past a killed process.

`bin/bench gstin` does the same with 1 000 partners, and measures it.
"""

import signal

import pytest
from processes.odoo_process import WorkerExited

CUSTOMERS = 50
RATE = 40
# a run takes so many of 40 calls: one GSTIN may take two, so that the last is spared
PER_RUN = 39


@pytest.fixture
def customers(odoo):
    """The GSTINs of partners that were invoiced today."""
    odoo.register_on("manual")
    # the buyers of other tests were invoiced lately too
    odoo.database.rows("UPDATE account_move SET invoice_date = invoice_date - 365")
    yield odoo.customers(CUSTOMERS)
    odoo.database.rows("UPDATE res_partner SET active = false WHERE vat LIKE '%%Q1Z_'")


def test_rate_is_kept_and_the_rest_taken_up_later(odoo, portal, customers):
    odoo.limit_look_ups(per_minute=RATE)
    odoo.refresh_gstins()
    assert portal.calls("get_gstin") == PER_RUN
    odoo.refresh_gstins()
    assert portal.calls("get_gstin") == PER_RUN
    odoo.pass_a_minute()
    odoo.refresh_gstins()
    assert sorted(odoo.gstin_records()) == sorted(customers)
    assert portal.calls("get_gstin") == CUSTOMERS
    assert portal.calls("authenticate") == 1


def test_next_run_goes_on_where_a_killed_process_stopped(
    odoo, portal, customers, second_worker
):
    odoo.limit_look_ups(per_minute=1000)
    with pytest.raises(WorkerExited) as exited:
        odoo.refresh_gstins(second_worker, transport="killed_during_refresh")
    assert exited.value.status == -signal.SIGKILL
    kept = odoo.gstin_records()
    assert len(kept) == 20
    before = portal.calls("get_gstin")
    odoo.refresh_gstins()
    assert sorted(odoo.gstin_records()) == sorted(customers)
    assert portal.calls("get_gstin") == before + CUSTOMERS - len(kept)


def test_portal_that_does_not_answer_is_left_until_later(odoo, portal, customers):
    odoo.limit_look_ups(per_minute=1000)
    portal.fault("drop_before", "get_gstin", times=20)
    odoo.refresh_gstins()
    assert not odoo.gstin_records()
    assert portal.calls("get_gstin") <= 20
    odoo.refresh_gstins()
    assert sorted(odoo.gstin_records()) == sorted(customers)
