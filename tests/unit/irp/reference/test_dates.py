from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from irp.reference.dates import IST, parse_portal_datetime


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
def test_the_portals_own_notation_comes_back(moment):
    moment = moment.replace(microsecond=0, tzinfo=timezone.utc)
    text = f"{moment.astimezone(IST):%Y-%m-%d %H:%M:%S}"
    assert parse_portal_datetime(text) == moment
