"""Validity and windows, against recorded bills and the law's examples."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from irp.reference.dates import IST
from irp.reference.ewaybill import longest_distance
from irp.rules.ewaybill import (
    Standing,
    cancel_begins,
    cancel_until,
    extended_until,
    extension_window,
    last_extension,
    reject_until,
    valid_until,
    validity_days,
)


@pytest.mark.parametrize(
    ("started", "km", "ends"),
    [
        # recorded: 10 km, 1000 km; a law text: 500 km on the 13th
        ("05/10/2022 12:44", 10, "06/10/2022 23:59"),
        ("01/05/2024 09:00", 1000, "06/05/2024 23:59"),
        ("13/03/2024 00:04", 500, "16/03/2024 23:59"),
        ("01/01/2024 10:00", 200, "02/01/2024 23:59"),
        ("01/01/2024 10:00", 201, "03/01/2024 23:59"),
        ("01/01/2024 10:00", 0, "02/01/2024 23:59"),
        # 100 km a day until 2020
        ("31/12/2020 10:00", 200, "02/01/2021 23:59"),
        # across midnight and the end of a year
        ("31/12/2024 23:59", 1, "01/01/2025 23:59"),
    ],
)
def test_end_of_the_validity(ist, started, km, ends):
    assert valid_until(ist(started), km) == ist(ends)


def test_the_day_is_that_of_india(ist):
    """00:30 in India is the day before in UTC."""
    start = ist("05/10/2022 00:30").astimezone(timezone.utc)
    assert start.day == 4
    assert valid_until(start, 10) == ist("06/10/2022 23:59")


@pytest.mark.parametrize(("km", "days"), [(20, 1), (21, 2), (100, 5), (1, 1)])
def test_over_dimensional_cargo(km, days):
    assert validity_days(km, date(2024, 1, 1), oversize=True) == days


def test_window_of_an_extension(ist):
    first, last = extension_window(ist("05/07/2023 23:59"))
    assert (first, last) == (ist("05/07/2023 15:59"), ist("06/07/2023 07:59"))


def test_an_extension_counts_from_the_moment(ist):
    """Recorded: 5 km left, extended on 04/07/2023 18:13."""
    bill = Standing(valid_until=ist("04/07/2023 23:59"))
    assert extended_until(bill, 5, ist("04/07/2023 18:13")) == ist("05/07/2023 23:59")


def test_an_extension_may_be_counted_from_the_end_before(ist):
    """One recording alone says which of both the portal does."""
    bill = Standing(valid_until=ist("05/07/2023 23:59"))
    early = ist("05/07/2023 16:00")
    late = ist("06/07/2023 07:00")
    assert extended_until(bill, 5, early) == ist("06/07/2023 23:59")
    assert extended_until(bill, 5, late) == ist("07/07/2023 23:59")
    found = extended_until(bill, 5, late, from_expiry=True)
    assert found == ist("06/07/2023 23:59")


def test_no_extension_beyond_360_days(ist):
    """NIC: a bill of 1 January 2025 can be extended up to 27 December."""
    bill = Standing(generated_at=ist("01/01/2025 10:00"))
    last = ist("27/12/2025 23:59")
    assert last_extension(bill, ist("20/12/2025 10:00")) == last
    assert extended_until(bill, 4000, ist("20/12/2025 10:00")) == last
    assert extended_until(bill, 5, ist("28/12/2025 10:00")) is None
    assert last_extension(bill, ist("31/12/2024 10:00")) is None


def test_24_and_72_hours(ist):
    made = ist("05/10/2022 12:42")
    assert cancel_until(made) == ist("06/10/2022 12:42")
    assert reject_until(made) == ist("08/10/2022 12:42")


# --- against a second count of the law, minute by minute -----------------------------

MOMENTS = st.datetimes(datetime(2018, 4, 1), datetime(2030, 12, 31)).map(
    lambda one: one.replace(second=0, microsecond=0, tzinfo=timezone.utc)
)
KM = st.integers(1, 4000)
INDIA = timedelta(hours=5, minutes=30)


def covered(start, kilometres, stretch):
    """Walk the distance a stretch at a time; each costs a day that ends at midnight.

    The first of them ends at the midnight after the day of the start.
    """
    wall = (start + INDIA).replace(tzinfo=None)
    midnight = datetime(wall.year, wall.month, wall.day) + timedelta(days=1)
    left = kilometres
    while True:
        midnight += timedelta(days=1)
        left -= stretch
        if left <= 0:
            return midnight - timedelta(minutes=1)


def stretch_of(start, oversize):
    if oversize:
        return 20
    return 200 if start + INDIA >= datetime(2021, 1, 1, tzinfo=timezone.utc) else 100


@given(start=MOMENTS, km=KM, oversize=st.booleans())
def test_the_end_is_the_one_of_the_law(start, km, oversize):
    end = valid_until(start, km, oversize=oversize)
    assert end.utcoffset() == INDIA
    assert end.replace(tzinfo=None) == covered(start, km, stretch_of(start, oversize))


@given(start=MOMENTS, km=KM, more=st.integers(0, 400), oversize=st.booleans())
def test_a_longer_way_never_ends_earlier(start, km, more, oversize):
    shorter, longer = (
        valid_until(start, one, oversize=oversize) for one in (km, km + more)
    )
    assert shorter <= longer
    # the whole of the first day is given besides, so never less than 24 hours
    assert shorter - start >= timedelta(hours=23, minutes=59)


@given(start=MOMENTS, km=KM, lost=st.integers(0, 24 * 60))
def test_a_bill_in_force_is_not_expired_and_one_over_is(start, km, lost):
    bill = Standing(valid_until=valid_until(start, km))
    last = bill.valid_until + timedelta(seconds=59)
    assert not bill.is_expired(last)
    assert bill.is_expired(last + timedelta(seconds=1, minutes=lost))


@given(
    made=st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),
    after=st.integers(0, 370 * 24 * 60),
    left=st.integers(1, 4000),
    oversize=st.booleans(),
)
def test_an_extension_stays_within_360_days(made, after, left, oversize):
    made = made.replace(second=0, microsecond=0, tzinfo=IST)
    bill = Standing(generated_at=made, is_oversize=oversize)
    now = made + timedelta(minutes=after)
    found = extended_until(bill, left, now)
    last = datetime(made.year, made.month, made.day, 23, 59) + timedelta(days=360)
    if now.replace(tzinfo=None) > last:
        assert found is None
    else:
        counted = covered(now.astimezone(timezone.utc), left, 20 if oversize else 200)
        assert found.replace(tzinfo=None) == min(counted, last)


@pytest.mark.parametrize(
    ("day", "most"),
    [(date(2020, 9, 30), 3000), (date(2020, 10, 1), 3999), (date(2026, 11, 29), 3999)],
)
def test_the_longest_distance(day, most):
    assert longest_distance(day) == most


def test_hours_for_cancelling_count_from_the_first_part_b(ist):
    made, entered = ist("05/10/2022 12:44"), ist("06/10/2022 18:00")
    slip = Standing(generated_at=made, has_part_b=False)
    moving = Standing(generated_at=made, has_part_b=True, part_b_at=entered)
    assert cancel_begins(slip) is None
    assert cancel_begins(moving) == entered
    # made with its Part B, or by somebody else: the moment of that is not known
    assert cancel_begins(Standing(generated_at=made, has_part_b=True)) == made
    for bill in (slip, moving):
        assert cancel_begins(bill, from_part_b=False) == made
