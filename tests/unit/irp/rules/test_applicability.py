"""Who has to register since when: each threshold on its day and the day before."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from irp.rules.applicability import THRESHOLDS, is_liable, reporting_class, threshold_on

# Notifications 13, 61, 70 and 88/2020, 05/2021, 01 and 17/2022, 10/2023-Central Tax
FIRST_DAYS = [
    (date(2020, 10, 1), 500),
    (date(2021, 1, 1), 100),
    (date(2021, 4, 1), 50),
    (date(2022, 4, 1), 20),
    (date(2022, 10, 1), 10),
    (date(2023, 8, 1), 5),
]
CLASSES = [500, 100, 50, 20, 10, 5, 0]
DAY = timedelta(days=1)


def test_thresholds_are_complete():
    assert [(row.since, row.above_crore) for row in THRESHOLDS] == FIRST_DAYS
    assert all("Notification" in row.source for row in THRESHOLDS)


@pytest.mark.parametrize(("since", "crore"), FIRST_DAYS)
def test_threshold_on_its_first_day(since, crore):
    assert threshold_on(since).above_crore == crore
    assert threshold_on(since).since == since


@pytest.mark.parametrize(
    ("since", "before"),
    [(row[0], earlier[1]) for earlier, row in pairwise(FIRST_DAYS)],
)
def test_threshold_on_the_day_before(since, before):
    assert threshold_on(since - DAY).above_crore == before


def test_before_e_invoicing_began():
    assert threshold_on(date(2020, 9, 30)) is None
    assert not is_liable(500, date(2020, 9, 30))


@pytest.mark.parametrize(("since", "crore"), FIRST_DAYS)
def test_class_is_liable_from_its_day_on(since, crore):
    assert not is_liable(crore, since - DAY)
    assert is_liable(crore, since)
    assert is_liable(crore, date(2026, 1, 15))


def test_small_suppliers_are_never_liable():
    assert not is_liable(0, date(2023, 8, 1))
    assert not is_liable(0, date(2099, 12, 31))


@pytest.mark.parametrize(
    ("crore", "name"),
    [
        (500, "from_100_cr"),
        (100, "from_100_cr"),
        (50, "from_10_cr"),
        (20, "from_10_cr"),
        (10, "from_10_cr"),
        (5, "below_10_cr"),
        (0, "below_10_cr"),
    ],
)
def test_class_for_the_thirty_days(crore, name):
    assert reporting_class(crore) == name


days = st.dates(date(2017, 7, 1), date(2040, 1, 1))


@given(days, st.sampled_from(CLASSES))
def test_who_was_liable_stays_so(day, crore):
    assert not is_liable(crore, day) or is_liable(crore, day + DAY)


@given(days)
def test_the_larger_are_liable_first(day):
    answers = [is_liable(crore, day) for crore in CLASSES]
    assert answers == sorted(answers, reverse=True)
