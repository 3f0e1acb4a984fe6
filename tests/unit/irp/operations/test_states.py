"""The states and their groups, which search domains and Odoo's selections rely on."""

import inspect

import pytest
from irp.operations import states

ALL = {
    value
    for name, value in vars(states).items()
    if name.isupper() and isinstance(value, str)
}
GROUPS = {
    states.is_unsent: states.UNSENT,
    states.is_prepared: states.PREPARED,
    states.is_discardable: states.DISCARDABLE,
    states.is_queued: states.QUEUED,
    states.is_unanswered: states.UNANSWERED,
    states.is_at_portal: states.AT_PORTAL,
    states.is_cancellation_open: states.CANCELLATION_OPEN,
    states.needs_settlement: states.NEEDS_SETTLEMENT,
    states.is_open_at_portal: states.OPEN_AT_PORTAL,
    states.is_followed_up: states.FOLLOWED_UP,
}


def test_every_predicate_is_known():
    predicates = {
        found
        for _name, found in inspect.getmembers(states, inspect.isfunction)
        if found.__module__ == states.__name__
    }
    assert set(GROUPS) == predicates
    assert len(ALL) == 11


@pytest.mark.parametrize(("predicate", "group"), GROUPS.items())
def test_predicates_agree_with_their_groups(predicate, group):
    assert {state for state in ALL if predicate(state)} == set(group)
    assert len(group) == len(set(group))


def test_every_state_is_either_unsent_or_known_to_the_portal_or_open():
    for state in ALL - {states.CONFLICT}:
        places = states.UNSENT, states.UNANSWERED, states.AT_PORTAL
        assert sum(state in place for place in places) == 1, state


def test_resumed_states_are_queued():
    assert set(states.RESUMED.values()) == set(states.QUEUED)
    assert not set(states.RESUMED) & set(states.QUEUED)
