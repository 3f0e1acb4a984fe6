"""How far the portal's clock is from ours, as its answers show it."""

from datetime import datetime, timedelta, timezone

import pytest
from irp.protocol.call import clock_difference
from irp.protocol.http import Response
from irp.reference.dates import read_http_date
from irp.reference.profiles import ENVIRONMENTS

SENT = datetime(2025, 11, 15, 9, 0, 10, 500_000, tzinfo=timezone.utc)
RECEIVED = SENT + timedelta(seconds=2)


def test_an_http_date():
    moment = datetime(1994, 11, 6, 8, 49, 37, tzinfo=timezone.utc)
    assert read_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == moment
    assert read_http_date("Sun, 06 Nov 1994 08:49:37 -0000") == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "Sun, 06 Nov 1066 08:49:37 GMT",
        "Sun, 06 Nov 99999 08:49:37 GMT",
        "Sun, 31 Feb 2025 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 +9999999999",
        "Sun, 06 Nov 1994 99:49:37 GMT",
        "," * 10_000,
    ],
)
def test_what_is_no_http_date(text):
    assert read_http_date(text) is None
    assert clock_difference(text, SENT, RECEIVED) is None


@pytest.mark.parametrize(
    ("time", "seconds"),
    [
        # within the call, as whole seconds have it
        ("09:00:10", 0),
        ("09:00:11", 0),
        ("09:00:12", 0),
        # ahead of the answer's arrival; behind the call's start
        ("09:00:13", 0.5),
        ("09:01:12", 59.5),
        ("09:00:09", -0.5),
        ("08:59:09", -60.5),
    ],
)
def test_only_what_is_sure_counts(time, seconds):
    date = f"Sat, 15 Nov 2025 {time} GMT"
    assert clock_difference(date, SENT, RECEIVED) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("date", "difference"),
    [
        ("Sat, 15 Nov 2025 09:02:00 GMT", timedelta(seconds=120)),
        ("Sat, 15 Nov 2025 14:30:00 +0530", timedelta(0)),
        ("yesterday", None),
    ],
)
def test_ping_measures_it(client, portal, make, date, difference):
    portal.script(make.answer(Response(200, {"date": date}, b"")))
    health = client.ping()
    assert health.ok
    assert health.clock_difference == difference


def test_a_portal_that_is_down_shows_no_time(client, portal, make):
    headers = {"Date": "Sat, 15 Nov 2025 09:02:00 GMT"}
    portal.script(make.answer(Response(503, headers, b"")))
    assert client.ping().clock_difference is None


def test_the_limit_is_data():
    tolerances = {one.clock_tolerance for one in ENVIRONMENTS.values()}
    assert tolerances == {timedelta(seconds=60)}
