"""The order of turns, and how long a turn lasts."""

import math
from datetime import datetime, timedelta

import pytest
from irp.operations.slices import Limits, Slice, waiting_since

NOW = datetime(2026, 1, 15, 12)
SLICE = timedelta(seconds=5)


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class Lane:
    """The progress of a scheduled action with some seconds left."""

    def __init__(self, clock, seconds):
        self._clock, self._ends = clock, clock() + seconds
        self.stored = []

    def __call__(self, stored):
        self.stored.append(stored)
        return max(0, self._ends - self._clock())


@pytest.fixture
def clock():
    return Clock()


def piece(clock, *, lane=math.inf, stopping=(), **limits):
    progress = Lane(clock, lane)
    return Slice(progress, Limits(**limits), lambda: bool(stopping), clock), progress


# --- whose turn ----------------------------------------------------------------------


def test_waits_since_it_is_due_or_its_last_turn_ended():
    assert waiting_since(NOW, None, None) == NOW
    assert waiting_since(NOW, NOW + SLICE, None) == NOW + SLICE
    assert waiting_since(NOW, NOW - SLICE) == NOW


def test_waits_until_its_calls_per_minute_allow_a_call():
    soon = NOW + timedelta(seconds=30)
    assert waiting_since(NOW, NOW + SLICE, soon) == soon


def turns(backlogs, count):
    """Return who gets each of some turns, one after the other, on one lane.

    :param backlogs: GSTIN -> how many slices of work it has.
    """
    left, ended, order = dict(backlogs), {}, []
    for number in range(count):
        waiting = [gstin for gstin in backlogs if left[gstin]]
        chosen = min(waiting, key=lambda one: waiting_since(NOW, ended.get(one)))
        left[chosen] -= 1
        ended[chosen] = NOW + SLICE * (number + 1)
        order.append(chosen)
    return order


def test_backlog_of_one_delays_the_others_by_one_slice():
    others = [f"other {number}" for number in range(29)]
    order = turns({"backlog": 99, **dict.fromkeys(others, 1)}, 40)
    assert order[:30] == ["backlog", *others]
    assert set(order[30:]) == {"backlog"}


def test_two_backlogs_take_turns():
    assert turns({"a": 9, "b": 9}, 6) == ["a", "b"] * 3


# --- how long ------------------------------------------------------------------------


def test_ends_after_its_seconds_although_nothing_is_stored(clock):
    part, lane = piece(clock, seconds=5)
    assert part(0) == 5
    clock.now += 4
    assert part(0) == 1
    clock.now += 2
    assert part(0) == 0
    assert lane.stored == []


def test_ends_with_the_time_of_the_lane(clock):
    part, lane = piece(clock, seconds=60, lane=10)
    clock.now += 9
    assert part(3) == 1
    clock.now += 1
    assert part(0) == 0
    assert lane.stored == [3]


def test_ends_after_its_number(clock):
    part, _lane = piece(clock, number=50)
    assert part(49) == math.inf
    assert part(1) == 0


def test_ends_when_the_process_is_to_end(clock):
    stopping = []
    part, _lane = piece(clock, seconds=5, stopping=stopping)
    assert part(0) == 5
    stopping.append("SIGTERM")
    assert part(0) == 0


@pytest.mark.parametrize(
    ("limit", "seconds"), [(120, 5), (12, 3), (0, 5), (-1, 5), (20, 5)]
)
def test_ends_well_before_odoo_kills_the_process(limit, seconds):
    assert Limits(5, 300).within(limit) == Limits(seconds, 300)


def test_is_shared_equally():
    assert Limits(6, 300).share(2) == Limits(3, 150)
    assert Limits().share(3) == Limits()
