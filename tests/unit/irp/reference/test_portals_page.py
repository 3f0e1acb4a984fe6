"""The page about portals holds the tables of the profiles, and names every member."""

import json
import re
from pathlib import Path

from irp.reference import PROFILES
from irp.reference.profiles import offers_table, portals_table

PAGE = (Path(__file__).parents[4] / "docs" / "portals.md").read_text(encoding="utf-8")


def rows(text):
    """Return the cells of a Markdown table, however it is aligned."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if set("".join(row)) - set("-: ")]


def test_page_holds_the_tables():
    found = rows(PAGE)
    for table in (portals_table, offers_table):
        for row in rows(table(PROFILES.values())):
            assert row in found


def test_page_explains_what_a_profile_can_say():
    named = set(re.findall(r"`([a-z_]+)`", PAGE))
    wire = {
        "client_pair",
        "codes",
        "criss_cross",
        "environments",
        "extra_headers",
        "fields",
        "headers",
        "refusals",
        "sealing",
        "services",
    }
    assert wire <= named
    assert wire <= set(PROFILES["nic1"].data)


def test_example_of_a_copy_works():
    example = PAGE.split("```json\n")[1].split("```")[0]
    copy = PROFILES["iris"].override(json.loads(example))
    assert copy.wire.headers["call"]["token"] == "authtoken"
    assert copy.wire.offers("sync_gstin")
    assert not PROFILES["iris"].wire.offers("sync_gstin")


def test_a_cancelled_ewaybill_needs_what_the_table_says():
    table = rows(offers_table(PROFILES.values()))
    head, line = table[0], next(row for row in table if row[0] == "Cancel e-Way Bill")
    offer = dict(zip(head, line, strict=True))
    assert offer["`iris`"] == offer["`alankit`"] == "own login"
    assert offer["`clear_gsp`"] == "yes"
    assert offer["`taxpro`"] == "sandbox only"
    assert offer["`ey`"] == offer["`whitebooks`"] == "no"
