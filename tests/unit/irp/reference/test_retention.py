"""How long records have to be preserved."""

import json
from datetime import date
from pathlib import Path

import irp.reference
import pytest
from irp.reference import calls_until, evidence_until

DATA = Path(irp.reference.__file__).parent / "data"


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2026, 1, 15), date(2034, 1, 15)),
        (date(2025, 4, 1), date(2033, 4, 1)),
        (date(2028, 2, 29), date(2036, 2, 29)),
        # 2100 is no leap year
        (date(2092, 2, 29), date(2100, 3, 1)),
    ],
)
def test_evidence(day, until):
    assert evidence_until(day) == until


@pytest.mark.parametrize("year", range(2017, 2040))
def test_evidence_outlasts_section_36(year):
    """The annual return of a year that begins in April is due on 31 December after it
    has ended; 72 months later is the end of the period, even for its last day."""
    for day in (date(year, 4, 1), date(year + 1, 3, 31)):
        assert evidence_until(day) > date(year + 1 + 6, 12, 31)


def test_other_calls():
    assert (calls_until(date(2026, 1, 15)) - date(2026, 1, 15)).days == 180


def test_each_period_names_its_source():
    retention = json.loads((DATA / "retention.json").read_text(encoding="utf-8"))
    assert {"evidence", "calls"} == set(retention)
    assert all(period["source"] for period in retention.values())
