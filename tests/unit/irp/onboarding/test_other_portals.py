"""The same run at every portal whose wire is known, with the services it offers."""

import pytest
from irp.onboarding import Stopped

WANTED = 4
# services of the profile that the local portal does not serve in this dialect
MISSING = {
    "ey": set(),
    "clear-gsp": {"get_rejected_irns", "ping"},
    "alankit": set(),
    "taxpro": {"cancel_ewb"},
    "whitebooks": set(),
}


@pytest.mark.parametrize("name", MISSING)
def test_run(new_bench, name):
    """A service that is not there costs that service alone."""
    bench = new_bench(name)
    problems, entries = bench.run(WANTED)
    counted = {
        (one, how): sum(
            e.counts for e in entries if (e.step.service, e.step.purpose) == (one, how)
        )
        for one in bench.services
        for how in ("good", "bad")
        if (one, how) != ("ping", "bad")
    }
    assert counted == {
        (one, how): 0 if one in MISSING[name] else WANTED for one, how in counted
    }
    missing = [key for key, made in counted.items() if not made]
    assert len(problems) == len(missing)
    assert all("404" in problem for problem in problems)
    assert all(e.as_expected for e in entries if e.counts)


@pytest.mark.parametrize("service", ["get_irn", "authenticate"])
def test_a_portal_that_does_not_admit_us_stops_the_run(new_bench, service):
    """A gateway's refusal is no bad call of the portal."""
    bench = new_bench("alankit")
    bench.fields = {"subscription_key": "another"}
    with pytest.raises(Stopped, match="access refused"):
        bench.run(WANTED, [service])
    assert len(bench.entries()) <= 3
    assert not any(entry.counts for entry in bench.entries())
