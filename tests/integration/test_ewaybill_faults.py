"""Each action at the e-way bill system under faults: done once, and known in Odoo.

Each runs with one lost answer, one lost request and a kill, ``bin/test --long`` with
every fault and many kills; ``IRP_ROAD_KILLS`` sets another number of kills.
``IRP_SEED`` repeats the run whose seed a failure names.
"""

import random
import signal
import sys
from collections import Counter

import pytest
from processes.odoo_client import OdooClient
from processes.odoo_process import OdooError
from processes.portal import served_portal
from processes.road import ENDPOINTS, Road
from processes.seller import GSTIN
from processes.sizes import SEED, size
from processes.waiting import wait_for

ACTIONS = tuple(ENDPOINTS)
# the portal has done it, and nobody knows
LOST_ANSWERS = (
    {"kind": "drop_after"},
    {"kind": "garbage"},
    {"kind": "undecryptable"},
    {"kind": "error_after", "status": 502},
)
# the portal has not done it, and nobody knows
LOST_REQUESTS = ({"kind": "drop_before"}, {"kind": "error", "status": 503})
# a lost cancellation is not sent again unasked
REQUESTED_AGAIN = ("cancel",)
# the same request again makes no other group
REPEATABLE = ("group_start",)
EACH = size("IRP_ROAD_FAULTS", 1, len(LOST_ANSWERS))
KILLS = size("IRP_ROAD_KILLS", 7, 165)
STEPS = ("before_commit", "after_commit", "before_call", "in_call", "after_call")
# long enough to kill a process during its call
CALL_SECONDS = 0.05
AMOUNT = size("IRP_ROAD_BILLS", 26, 50)
CHANCE = random.Random(SEED)


@pytest.fixture(scope="module")
def portal():
    with served_portal(GSTIN, "seller_api", "Right-Passw0rd") as place:
        yield place


@pytest.fixture(scope="module")
def road(worker, database, seller, portal):
    """The seller's Odoo, connected to one portal for all tests of this module."""
    odoo = OdooClient(worker, database, seller)
    odoo.connect(portal)
    yield Road(odoo, portal, AMOUNT)
    odoo.clear()


@pytest.fixture
def case(road, portal, request):
    """A case of the action that the test is about; the portal has no faults after."""
    yield road.case(request.param)
    portal.clear_faults()


def sampled(faults):
    """Return some of the faults for each action, by the seed."""
    return [
        pytest.param(action, fault, id=f"{action}-{fault['kind']}")
        for action in ACTIONS
        for fault in CHANCE.sample(faults, min(EACH, len(faults)))
    ]


def test_no_action_is_left_out(road):
    assert set(ACTIONS) == set(road.kinds())


@pytest.mark.parametrize(("case", "fault"), sampled(LOST_ANSWERS), indirect=["case"])
def test_lost_answer_is_settled(road, portal, case, fault):
    portal.fault(endpoint=case.endpoint, **fault)
    road.press(case)
    assert case.done() == 1, [r["steps"] for r in road.rows(case)]
    assert not all(case.known(row) for row in road.rows(case)), "nobody has told Odoo"
    road.settle(case)
    road.assert_done_once(case, SEED)
    calls = 2 if case.name in REPEATABLE else 1
    assert road.calls(case) == calls, "it is looked up, not repeated"


@pytest.mark.parametrize(("case", "fault"), sampled(LOST_REQUESTS), indirect=["case"])
def test_lost_request_is_sent_again(road, portal, case, fault):
    portal.fault(endpoint=case.endpoint, **fault)
    road.press(case)
    assert case.done() == 0, road.rows(case)
    road.settle(case)
    if case.name in REQUESTED_AGAIN and not case.done():
        # a lost cancellation is not repeated unasked
        road.press(case)
    road.assert_done_once(case, SEED)
    assert road.calls(case) == 2


@pytest.mark.parametrize("case", ACTIONS, indirect=True)
def test_many_at_once_send_one(road, portal, case):
    portal.fault("delay", case.endpoint, times=0, seconds=CALL_SECONDS)
    children = road.press_in_child(case, *[None] * 3)
    assert [child["status"] for child in children] == [0] * 3
    road.settle(case)
    road.assert_done_once(case, SEED)
    assert road.calls(case) == 1


@pytest.mark.parametrize("others", ["part_b", "transporter", "consolidation"])
def test_two_persons_at_once_make_one_change(road, portal, others):
    portal.fault("delay", "ewb_part_b", times=0, seconds=CALL_SECONDS)
    theirs = road.case(others)
    mine = road.case("part_b", theirs.bills[:1])
    refusals = road.press_together(mine, theirs)
    assert sorted(map(bool, refusals)) == [False, True], refusals
    [text] = filter(None, refusals)
    assert "after you opened this window" in text
    road.settle(mine)
    road.settle(theirs)
    assert (mine.done(), theirs.done()) in [(0, 1), (1, 0)]
    assert [bool(refusals[0]), bool(refusals[1])] == [
        not mine.done(),
        bool(mine.done()),
    ]
    portal.clear_faults()


def test_fetches_at_once_make_one_record(road, portal):
    portal.fault("delay", "ewb_get", times=0, seconds=CALL_SECONDS)
    for _turn in range(3):
        bills = road.fetch_together(4)
        assert len(set(bills)) == 1, bills
    portal.clear_faults()


def planned_kill(turn):
    """Return where to kill: each step in turn, alternating with a random moment."""
    if turn % 2:
        return {"step": "moment", "seconds": CHANCE.uniform(0, 0.6)}
    step = STEPS[turn // 2 % len(STEPS)]
    numbers = 6 if step.endswith("commit") else 2
    return {
        "step": step,
        "number": CHANCE.randint(1, numbers),
        "seconds": CHANCE.uniform(0, CALL_SECONDS),
    }


def test_kills_lose_and_repeat_nothing(road, portal):
    portal.clear_faults()
    road.slow_down(CALL_SECONDS)
    ended = Counter()
    kinds = list(ACTIONS)
    CHANCE.shuffle(kinds)
    for turn in range(KILLS):
        kill = planned_kill(turn)
        case = road.case(kinds[turn % len(kinds)])
        [child] = road.press_in_child(case, kill)
        ended[kill["step"], child["status"]] += 1
        why = f"seed {SEED}, turn {turn}: {case.name}, {kill}"
        assert child["status"] in (0, -signal.SIGKILL), why
        wait_for("the portal is done", lambda c=case: c.done() == road.calls(c))
        settle_as_a_person(road, case)
        road.assert_done_once(case, why)
        assert road.calls(case) == 1 or case.name in REPEATABLE, why
    portal.clear_faults()
    sys.stdout.write(f"seed {SEED}: {dict(ended)}\n")
    killed = sum(times for (_step, status), times in ended.items() if status)
    assert killed >= KILLS // 3, f"seed {SEED}: {ended}"


def settle_as_a_person(road, case):
    """Let the queue work, then press the button again, as somebody does whose browser
    lost the connection."""
    road.settle(case)
    try:
        road.press(case)
    except OdooError:
        # it says that it is done already
        assert all(case.known(row) for row in road.rows(case))
    road.settle(case)
