from datetime import date, datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from irp.reference.dates import (
    IST,
    indian_date,
    parse_date,
    parse_portal_datetime,
    read_date,
    read_portal_datetime,
    written,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-09-16 19:29:00", (2022, 9, 16, 19, 29, 0)),
        ("2022-09-16 19:29", (2022, 9, 16, 19, 29, 0)),
        ("2022-09-16T19:29:07", (2022, 9, 16, 19, 29, 7)),
        ("2022-09-16T19:29:07.1234567", (2022, 9, 16, 19, 29, 7)),
        ("2022-09-16T13:59:07Z", (2022, 9, 16, 19, 29, 7)),
        ("2022-09-16T19:29:07+05:30", (2022, 9, 16, 19, 29, 7)),
        ("2022-09-16T05:59:07-0800", (2022, 9, 16, 19, 29, 7)),
        ("2022-09-16", (2022, 9, 16, 0, 0, 0)),
        ("20/09/2022 12:10:00 PM", (2022, 9, 20, 12, 10, 0)),
        ("20/09/2022 12:10:00 AM", (2022, 9, 20, 0, 10, 0)),
        ("20/09/2022 01:10:00 pm", (2022, 9, 20, 13, 10, 0)),
        ("20/09/2022 13:10", (2022, 9, 20, 13, 10, 0)),
        (" 5/9/2022 ", (2022, 9, 5, 0, 0, 0)),
    ],
)
def test_known_notations(text, expected):
    parsed = parse_portal_datetime(text)
    assert parsed == datetime(*expected, tzinfo=IST)
    assert parsed.tzinfo is IST


@pytest.mark.parametrize("text", [None, "", "  ", 0])
def test_no_date(text):
    assert parse_portal_datetime(text) is None


@pytest.mark.parametrize(
    "text", ["soon", "2022-13-01", "31/02/2022", "2022-09-16 25:00:00", 20220916]
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="."):
        parse_portal_datetime(text)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_portals_notation_is_reproduced(moment):
    moment = moment.replace(microsecond=0, tzinfo=timezone.utc)
    text = f"{moment.astimezone(IST):%Y-%m-%d %H:%M:%S}"
    assert parse_portal_datetime(text) == moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("29/02/2024", date(2024, 2, 29)),
        ("29/02/2025", None),
        ("", None),
        ("1/2", None),
        ("aa/bb/cccc", None),
        ("00/01/2026", None),
    ],
)
def test_dates_are_read_as_the_portal_writes_them(text, expected):
    assert read_date(text) == expected


@pytest.mark.parametrize("text", ["", "31/02/2026", "2026-10-15", "15/10"])
def test_a_required_date_is_never_guessed(text):
    with pytest.raises(ValueError, match="."):
        parse_date(text)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_written_date_comes_back(day):
    assert parse_date(written(day)) == read_date(written(day)) == day


ENDS_OF_TIME = [
    "0001-01-01T00:00:00",
    "0001-01-01 00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "9999-12-31 23:59:59",
    "01/01/0001",
    "31/12/9999 11:59:59 PM",
]


@pytest.mark.parametrize("text", [*ENDS_OF_TIME, "1/1/99999999999999999999"])
def test_the_ends_of_time_are_no_dates(text):
    assert read_portal_datetime(text) is None
    assert read_date(text) is None


@pytest.mark.parametrize("text", [None, "soon", "31/02/2022"])
def test_odd_time_does_not_reject_the_answer(text):
    assert read_portal_datetime(text) is None


def test_the_day_begins_in_india():
    before = datetime(2026, 10, 14, 18, 29, 59, tzinfo=timezone.utc)
    after = datetime(2026, 10, 14, 18, 30, tzinfo=timezone.utc)
    assert indian_date(before) == date(2026, 10, 14)
    assert indian_date(after) == date(2026, 10, 15)
