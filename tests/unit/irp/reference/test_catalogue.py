"""The catalogue of error codes is complete and useful to an accountant."""

import inspect
import re

import pytest
from irp.reference.catalogue import REMEDIES, TARGETS, entries, entry
from irp.reference.ewaybill import ERRORS
from irp.rules.invoice import document as rules_document
from irp.rules.invoice import ewaybill as rules_ewb
from irp.rules.invoice import items as rules_items
from irp.rules.invoice import parties as rules_parties
from irp.rules.invoice import totals as rules_totals


def test_every_published_code_is_there():
    # NIC's three lists for the IRP, one code of EY's, and the e-way bill system's list
    assert len(entries()) == 352 + 1 + 384
    assert len({(one.code, one.group) for one in entries()}) == len(entries())


def test_every_code_of_the_ewaybill_system_is_there():
    """NIC's list with what was published of it in 2021, 2025 and 2026."""
    found = {one.code for one in entries() if one.group == "EWBAPI"}
    assert found > set(ERRORS)
    assert len(found - set(ERRORS)) == 65, "those of the services for tax officers"
    assert not {code for code in found if entry(code).group != "EWBAPI"}


def test_lists_that_disagree_are_named():
    differing = {one.code for one in entries() if one.disagreement}
    assert {"112", "113", "114", "242", "436", "711", "712", "713", "727", "817"} <= (
        differing
    )
    for one in entries():
        assert not one.disagreement or re.search(r"list", one.disagreement), one


def test_every_entry_has_advice():
    for one in entries():
        assert one.remedy in REMEDIES, one
        assert one.target in TARGETS, one
        assert one.cause.endswith("."), one
        assert one.advice.endswith("."), one
        assert one.cause != one.advice, one
        assert len(one.hint) <= 260, one
        assert one.message or one.group == "EWBAPI", one


def test_hint_is_cause_and_advice():
    assert entry("2154").hint == (
        "No IRN is registered for this type, number and date. Click 'Generate IRN'."
    )


def test_no_entry_says_only_that_it_is_in_error():
    """Each of these lists had advice that named neither field nor place."""
    vague = re.compile(r"^(Correct|Check|Remove|Enter) (it|them)\.$|no longer uses")
    assert [one for one in entries() if vague.search(one.advice)] == []
    assert [one for one in entries() if vague.search(one.cause)] == []


def test_entries_to_correct_name_their_record():
    nameless = [one for one in entries() if one.remedy == "fix_data" and not one.target]

    assert nameless == []


@pytest.mark.parametrize(
    ("code", "remedy", "target"),
    [
        ("1005", "reauthenticate", "credential"),
        ("1010", "fix_data", "credential"),
        ("2148", "look_up", "document"),
        ("2150", "look_up", "document"),
        ("2154", "look_up", "document"),
        ("2244", "fix_data", "buyer"),
        ("2258", "fix_data", "seller"),
        ("2273", "fix_data", "dispatch"),
        ("2272", "fix_data", "ship_to"),
        ("2176", "fix_data", "line"),
        ("2270", "stop", "document"),
        ("2278", "fix_data", "document"),
        ("3028", "sync_gstin", "buyer"),
        ("3108", "retry", "transport"),
        ("4011", "fix_data", "transport"),
        ("5002", "fix_data", "document"),
    ],
)
def test_remedy_and_record(code, remedy, target):
    found = entry(code)

    assert (found.remedy, found.target) == (remedy, target)


def test_codes_of_several_lists():
    assert entry("5001").group == "IRN"
    assert entry("5001", "VITAL").group == "VITAL"
    assert entry("1004").group == "VITAL"
    assert entry("1004", "IRN").group == "VITAL"


def test_a_code_is_found_without_the_underscore_of_the_list():
    assert entry("3109") == entry("_3109")
    assert entry("3109").remedy == "retry"


def test_codes_come_as_text_or_number():
    assert entry(2150) == entry(" 2150 ") == entry("2150")


@pytest.mark.parametrize("code", ["", "0", "98765", "gibberish"])
def test_unknown_codes_have_advice(code):
    found = entry(code)

    assert (found.code, found.group, found.remedy) == (code, "", "stop")
    assert found.hint


@pytest.mark.parametrize(
    "rules",
    [rules_document, rules_parties, rules_items, rules_totals, rules_ewb],
    ids=lambda module: module.__name__,
)
def test_rules_only_use_the_portals_codes(rules):
    codes = set(re.findall(r'"([234]\d{3})"', inspect.getsource(rules)))

    assert len(codes) > 8
    assert {code for code in codes if not entry(code).group} == set()
