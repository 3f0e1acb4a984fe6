"""Log-ins and lists within their quarter of an hour."""

from datetime import timedelta

import pytest
from irp.client import EwaybillApi
from irp.operations.ewaybill_system import Query, next_list, next_log_in
from irp.reference import SERVICES

MINUTE = timedelta(minutes=1)


@pytest.fixture
def start(ist):
    return ist("05/10/2022 10:00")


def test_the_sixth_log_in_waits_for_the_end_of_the_quarter(start):
    made = [start + MINUTE * number for number in range(5)]
    assert next_log_in(made[:4], start + MINUTE * 4) == start + MINUTE * 4
    assert next_log_in(made, start + MINUTE * 5) == start + MINUTE * 15
    later = start + MINUTE * 15
    assert next_log_in(made, later) == later


def test_the_quarter_begins_with_its_first_call(start):
    """Not the last 15 minutes: a new one begins with the first call after it."""
    made = [start, *(start + MINUTE * (14 + number) for number in range(5))]
    now = start + MINUTE * 19
    # 10:00 and 10:14 are of the first quarter, 10:15 to 10:18 of the second
    assert next_log_in(made, now) == now
    assert next_log_in([*made, now], now) == start + MINUTE * 30


@pytest.mark.parametrize(
    ("method", "services"),
    [
        ("get_ewaybill", {"get_ewaybill"}),
        ("transporter", {"gstin_details", "transporter_details"}),
    ],
)
def test_a_look_up_names_the_services_that_it_needs(method, services):
    assert hasattr(EwaybillApi, method)
    assert set(Query(method).services) == services
    assert services <= set(SERVICES)


def test_lists_with_a_published_number(start):
    made = [start] * 50
    service = "transporter_bills_by_state"
    assert next_list(service, made, start) == start + MINUTE * 15
    assert next_list(service, made[1:], start) == start
    assert next_list("other_party_bills", made, start) == start
