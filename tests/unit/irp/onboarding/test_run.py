"""A run makes exactly the calls that are asked for, whatever happens in between."""

from collections import Counter
from dataclasses import replace

import pytest
from irp.onboarding import Stopped
from irp.onboarding.documents import KINDS
from irp.onboarding.faults import faults_of
from irp.onboarding.journal import Journal

WANTED = 3
OFFERED = {
    "nic": """authenticate get_gstin sync_gstin generate_irn get_irn
        get_irn_by_document generate_ewb get_ewb cancel_ewb cancel_irn
        get_rejected_irns ping""",
    "iris": """authenticate get_gstin generate_irn get_irn get_irn_by_document
        generate_ewb get_ewb cancel_irn""",
}


TITLE = "Generate IRN, with an e-Way Bill in the same call if asked for"


class Killed(BaseException):
    """The process ends here."""


def made(entries):
    return Counter((e.step.service, e.step.purpose) for e in entries if e.counts)


def expected(bench, wanted=WANTED):
    exact = {(one, how): wanted for one in bench.services for how in ("good", "bad")}
    exact.pop(("ping", "bad"), None)
    return exact


@pytest.mark.parametrize("name", OFFERED)
def test_each_service_gets_exactly_what_is_asked_for(new_bench, name):
    bench = new_bench(name)
    assert list(bench.services) == OFFERED[name].split()
    problems, entries = bench.run(WANTED)
    assert problems == []
    assert made(entries) == expected(bench)
    assert all(entry.as_expected for entry in entries)
    for entry in entries:
        if entry.step.purpose == "bad":
            assert entry.outcome.code in entry.step.codes
            assert entry.outcome.response["Status"] == 0


@pytest.mark.parametrize("name", OFFERED)
def test_every_fault_is_refused_with_its_code(new_bench, name):
    """As many bad calls as there are faults of the service that has the most."""
    bench = new_bench(name)
    services = [one for one in bench.services if one != "ping"]
    faults = {
        one: faults_of(one, bench.environment.wire, can_cancel_ewb=name == "nic")
        for one in services
    }
    problems, entries = bench.run(max(map(len, faults.values())), services)
    assert problems == []
    first = {
        (e.step.service, e.step.case): e.outcome.code
        for e in reversed(entries)
        if e.step.purpose == "bad"
    }
    assert first == {
        (service, fault.title): fault.codes[0]
        for service, known in faults.items()
        for fault in known
    }
    assert len({code for (one, _), code in first.items() if one == "generate_irn"}) > 50


def test_good_documents_are_of_every_kind(bench):
    _problems, entries = bench.run(len(KINDS), ["generate_irn"])
    good = [e.step for e in entries if e.step.purpose == "good"]
    assert [step.facts["kind"] for step in good] == list(KINDS)
    documents = [step.request for step in good]
    types = {one["DocDtls"]["Typ"] for one in documents}
    supplies = {one["TranDtls"]["SupTyp"] for one in documents}
    assert types == {"INV", "CRN", "DBN"}
    assert supplies == {"B2B", "SEZWP", "SEZWOP", "EXPWP", "EXPWOP", "DEXP"}
    assert {one["DocDtls"]["Dt"] for one in documents} == {"29/11/2026"}
    assert len({one["DocDtls"]["No"] for one in documents}) == len(documents)


def test_without_an_sez_unit_there_are_no_sez_documents(bench):
    bench.parties = replace(bench.parties, sez_buyers=())
    _problems, entries = bench.run(len(KINDS), ["generate_irn"])
    kinds = {e.step.facts["kind"] for e in entries}
    assert kinds & {"sez", "sez lut"} == set()


def test_what_a_call_needs_is_registered_before(bench):
    """Cancelling alone: registered for it, and not counted as what was asked for."""
    problems, entries = bench.run(WANTED, ["cancel_irn"])
    assert problems == []
    assert made(entries) == {("cancel_irn", "good"): 3, ("cancel_irn", "bad"): 3}
    prepared = [e.step.service for e in entries if e.step.purpose == "preparation"]
    assert set(prepared) == {"generate_irn"}


def test_good_and_bad_calls_alternate(bench):
    _problems, entries = bench.run(WANTED, ["get_gstin"])
    assert [e.step.purpose for e in entries] == ["good", "bad"] * WANTED


def test_each_call_is_paced(bench):
    _problems, entries = bench.run(WANTED)
    assert bench.paces == len(entries)


def test_a_finished_run_makes_no_further_call(bench):
    _problems, entries = bench.run(WANTED)
    before = dict(bench.app.calls)
    problems, again = bench.run(WANTED)
    assert (problems, again, bench.app.calls) == ([], entries, before)


def test_a_wrong_password_is_tried_once(bench):
    _problems, entries = bench.run(30, ["authenticate"])
    cases = [e.step.case for e in entries]
    assert cases.count("Wrong password") == 1


# -- stopped runs ---------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, 2, 7, 30, 61])
def test_a_killed_run_continues(bench, after):
    calls = iter(range(after))

    def pace():
        if next(calls, None) is None:
            raise Killed

    with pytest.raises(Killed):
        bench.run(WANTED, pace=pace)
    problems, entries = bench.run(WANTED)
    assert problems == []
    assert made(entries) == expected(bench)
    numbers = [e.step.number for e in entries]
    assert numbers == sorted(set(numbers))


class Dying:
    """A transport whose process dies during call number ``at`` of a service."""

    def __init__(self, transport, part, at, *, sent):
        self._transport, self._part, self._at = transport, part, at
        self._sent = sent

    def send(self, request):
        if request.method == "POST" and request.url.endswith(self._part):
            self._at -= 1
            if not self._at:
                if self._sent:
                    self._transport.send(request)
                raise Killed
        return self._transport.send(request)


@pytest.mark.parametrize("sent", [True, False])
@pytest.mark.parametrize(
    ("service", "part"),
    [
        ("generate_irn", "/Invoice"),
        ("cancel_irn", "/Cancel"),
        ("generate_ewb", "/ewaybill"),
        ("cancel_ewb", "/ewayapi"),
    ],
)
def test_a_run_killed_during_a_call_repeats_nothing(bench, service, part, sent):
    before = ["generate_irn", "generate_ewb"] if service == "cancel_ewb" else []
    services = list(dict.fromkeys(["generate_irn", *before, service]))
    real = bench.transport
    bench.transport = Dying(real, part, 1, sent=sent)
    with pytest.raises(Killed):
        bench.run(WANTED, services)
    [lost] = [e for e in bench.entries() if e.outcome is None]
    assert (lost.step.service, lost.step.purpose) == (service, "good")
    bench.transport = real
    problems, entries = bench.run(WANTED, services)
    assert problems == []
    state = next(e.outcome.state for e in entries if e.step.number == lost.step.number)
    assert state == ("found" if sent else "not_processed")
    assert made(entries)[service, "good"] == WANTED
    registered = [
        e
        for e in entries
        if e.step.service == "generate_irn" and e.outcome.state in ("ok", "found")
    ]
    assert len(bench.portal.registrations()) == len(registered)


# -- lost answers ---------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
@pytest.mark.parametrize(
    "service", ["generate_irn", "cancel_irn", "generate_ewb", "cancel_eway_bill"]
)
def test_a_lost_answer_is_looked_up(bench, service, fault):
    bench.faults.add(fault, NAMES.get(service, service))
    problems, entries = bench.run(WANTED)
    assert problems == []
    assert made(entries) == expected(bench)
    states = Counter(e.outcome.state for e in entries)
    if fault == "drop_after":
        assert (states["found"], states["not_processed"], bench.waits) == (1, 0, [])
    else:
        assert (states["found"], states["not_processed"], bench.waits) == (0, 1, [60])
    assert states["unexpected"] == 0


NAMES = {"generate_ewb": "generate_eway_bill"}


@pytest.mark.parametrize("service", ["get_irn", "get_gstin", "rejected_irns", "ping"])
def test_a_lost_answer_to_a_question_is_asked_for_again(bench, service):
    bench.faults.add("drop_after", service)
    problems, entries = bench.run(WANTED)
    assert problems == []
    assert made(entries) == expected(bench)
    assert Counter(e.outcome.state for e in entries)["not_processed"] == 1
    assert bench.waits == []


def test_a_bad_call_whose_answer_is_lost_is_not_taken_for_an_accepted_one(bench):
    bench.run(WANTED, ["generate_irn"])
    bench.faults.add("drop_after", "generate_irn", times=2)
    problems, entries = bench.run(WANTED + 1, ["generate_irn"])
    assert problems == []
    states = [e.outcome.state for e in entries[2 * WANTED :]]
    assert states == ["found", "not_processed", "refused"]


def test_a_portal_that_is_down_stops_the_run_and_it_continues(bench):
    bench.run(1, ["generate_irn"])
    bench.faults.add("drop_before", times=20)
    with pytest.raises(Stopped):
        bench.run(WANTED)
    bench.faults.clear()
    problems, entries = bench.run(WANTED)
    assert problems == []
    assert made(entries) == expected(bench)


def test_a_look_up_without_an_answer_leaves_the_step_open(bench):
    bench.faults.add("drop_after", "generate_irn")
    bench.faults.add("drop_before", "get_irn")
    with pytest.raises(Stopped, match="cannot be looked up"):
        bench.run(WANTED, ["generate_irn"])
    [lost] = [e for e in bench.entries() if e.outcome is None]
    _problems, entries = bench.run(WANTED, ["generate_irn"])
    assert entries[lost.step.number - 1].outcome.state == "found"


# -- refusals that are not meant ------------------------------------------------------


@pytest.mark.parametrize("code", ["3095", "3096"])
def test_a_portal_that_blocks_stops_the_run_at_once(bench, code):
    bench.faults.add("refuse", "get_irn", code=code)
    with pytest.raises(Stopped, match=code):
        bench.run(WANTED)
    assert bench.app.calls["get_irn"] == 1
    problems, entries = bench.run(WANTED)
    assert (problems, made(entries)) == ([], expected(bench))


def test_a_limit_of_one_service_stops_that_service_alone(new_bench):
    bench = new_bench("nic", sync_limit=2)
    problems, entries = bench.run(WANTED)
    assert len(problems) == 2
    assert all("limits this service" in one and "Sync" in one for one in problems)
    count = expected(bench)
    assert made(entries)["sync_gstin", "good"] < WANTED
    for purpose in ("good", "bad"):
        count.pop(("sync_gstin", purpose))
    assert count.items() <= made(entries).items()


def test_good_calls_that_are_refused_are_reported_and_not_counted(bench):
    bench.faults.add("refuse", "generate_irn", times=0, code="2211")
    problems, entries = bench.run(WANTED, ["generate_irn"])
    assert problems == [f"{TITLE}: 0 of 3 good calls; 8 times in a row: 2211"]
    good = [e for e in entries if e.step.purpose == "good"]
    assert [e.counts or e.as_expected for e in good] == [False] * 8
    assert made(entries) == {("generate_irn", "bad"): WANTED}


def test_a_bad_call_that_is_accepted_is_reported_and_not_counted(new_bench):
    bench = new_bench("nic", check=None)
    _problems, entries = bench.run(WANTED, ["generate_irn"])
    bad = [e for e in entries if e.step.purpose == "bad"]
    accepted = [e for e in bad if e.outcome.state == "unexpected"]
    assert accepted
    assert not any(e.counts or e.as_expected for e in accepted)
    assert all(e.outcome.response["Irn"] for e in accepted)


def test_another_code_than_expected_counts_but_is_shown(bench):
    bench.run(1, ["get_irn"])
    bench.faults.add("refuse", "get_irn", code="2226", times=0)
    problems, entries = bench.run(2, ["get_irn"])
    assert len(problems) == 1
    [odd] = [e for e in entries if e.counts and not e.as_expected]
    assert (odd.step.codes[0], odd.outcome.code) == ("2148", "2226")


def test_a_journal_belongs_to_one_run(bench):
    journal = Journal(bench.path)
    journal.start({"gstin": "A", "environment": "sandbox", "base_url": "x"})
    with pytest.raises(BlockingIOError):
        Journal(bench.path)
    with pytest.raises(ValueError, match="another run: gstin"):
        journal.start({"gstin": "B", "environment": "sandbox", "base_url": "x"})
    journal.close()


def test_a_line_that_was_not_finished_was_not_sent(bench):
    bench.run(WANTED, ["get_gstin"])
    whole = bench.path.read_bytes()
    bench.path.write_bytes(whole[:-20])
    [cut] = [e for e in bench.entries() if e.outcome is None]
    assert cut.step.number == 2 * WANTED
    assert bench.path.read_bytes() == whole[: whole[:-1].rindex(b"\n") + 1]


def test_another_file_is_no_journal(bench):
    bench.path.write_text('{"a": 1}\n')
    with pytest.raises(ValueError, match="not the journal of a run"):
        bench.entries()
    assert bench.path.read_text() == '{"a": 1}\n'
