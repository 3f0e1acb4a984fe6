"""Refreshing the GSTINs of partners: within the rate limit, and after a kill.

`bin/bench gstin` measures the same with 1 000 partners.
"""

import signal

import pytest
from processes.odoo_process import WorkerExited

CUSTOMERS = 50
RATE = 40
# a GSTIN may need two calls, so the last of the 40 is not used
PER_RUN = 39


@pytest.fixture
def customers(odoo):
    """The GSTINs of partners invoiced today."""
    odoo.register_on("manual")
    # exclude the buyers of other tests, who were invoiced recently too
    odoo.database.rows("UPDATE account_move SET invoice_date = invoice_date - 365")
    yield odoo.customers(CUSTOMERS)
    odoo.database.rows("UPDATE res_partner SET active = false WHERE vat LIKE '%%Q1Z_'")


def test_rest_beyond_the_rate_is_refreshed_later(odoo, portal, customers):
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


def test_next_run_continues_after_a_killed_process(
    odoo, portal, customers, second_worker
):
    odoo.limit_look_ups(per_minute=1000)
    with pytest.raises(WorkerExited) as exited:
        odoo.refresh_gstins(second_worker, transport="killed_during_refresh")
    assert exited.value.status == -signal.SIGKILL
    stored = odoo.gstin_records()
    assert len(stored) == 20
    before = portal.calls("get_gstin")
    odoo.refresh_gstins()
    assert sorted(odoo.gstin_records()) == sorted(customers)
    assert portal.calls("get_gstin") == before + CUSTOMERS - len(stored)


def test_unanswered_gstins_are_refreshed_later(odoo, portal, customers):
    odoo.limit_look_ups(per_minute=1000)
    portal.fault("drop_before", "get_gstin", times=20)
    odoo.refresh_gstins()
    assert not odoo.gstin_records()
    assert portal.calls("get_gstin") <= 20
    odoo.refresh_gstins()
    assert sorted(odoo.gstin_records()) == sorted(customers)
