"""Each member that a rule names has its record and field in Odoo in the data."""

import json
import re
from pathlib import Path

import irp
import pytest

from .test_rules_breaches import BY_PROFILE
from .test_rules_breaches import TABLE as RULES
from .test_rules_breaches_amounts import TABLE as AMOUNTS

CASES = Path(irp.__file__).parent.parent / "tests" / "cases"
PLACES = json.loads((CASES / "places.json").read_text(encoding="utf-8"))
# nobody enters it: the builder supports one version only
CONSTANTS = {"Version"}
TABLE = [*RULES, *BY_PROFILE, *AMOUNTS]
PATHS = {re.sub(r"\[\d+\]", "[0]", path) for _, path, _, _ in TABLE}


@pytest.mark.parametrize("path", sorted(PATHS - CONSTANTS))
def test_member_has_its_place(path):
    assert path in PLACES
