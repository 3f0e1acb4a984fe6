"""The list of codes for people: complete, translated where it matters, documented."""

import re
from pathlib import Path

import pytest
from irp.reference import GATEWAY, PROFILES, entries, listed_codes, listed_texts
from irp.reference.pages import anchor, code_pages

ROOT = Path(__file__).parents[4]
FOLDER = ROOT / "docs" / "errors"
HINDI = ROOT / "l10n_in_einvoice_irp" / "i18n" / "hi.po"
PAGES = code_pages(listed_codes())
COMMON = [one.entry for one in listed_codes() if one.reason]


def words(text):
    """Return the text without what a formatter may change."""
    return " ".join(re.sub(r"-{3,}", "---", text).split())


def test_the_portals_codes_come_first():
    count = len(entries())
    assert [one.entry for one in listed_codes()[:count]] == list(entries())
    assert not any(one.gsp for one in listed_codes()[:count])


def test_every_code_of_a_gsp_is_listed_with_its_name():
    published = {
        (code, profile.title)
        for profile in PROFILES.values()
        for refusal in profile.wire.refusals
        for code in refusal.members.get("error.error_cd", ())
    }
    assert len(published) > 20
    of_gsps = [one for one in listed_codes() if one.entry.group == GATEWAY]
    assert {(one.entry.code, one.gsp) for one in of_gsps} == published
    assert all(one.entry.cause and one.entry.advice for one in of_gsps)


def test_an_answer_that_is_missing_is_no_refusal():
    """After GSP032, a timeout, the IRP may have the invoice."""
    [lost] = [one.entry for one in listed_codes() if one.entry.code == "GSP032"]
    assert lost.remedy == "look_up"
    assert "may have processed" in lost.cause


def test_a_hundred_codes_are_common_each_for_a_reason():
    assert len(COMMON) == 100
    assert {"1005", "2150", "2176", "3028", "3039", "4011"} <= {c.code for c in COMMON}
    assert all(len(one.reason) > 20 for one in listed_codes() if one.reason)


def test_texts_to_translate_are_all_that_is_shown():
    texts = listed_texts()
    assert list(texts) == sorted(set(texts))
    shown = {text for one in listed_codes() for text in one.entry.texts} - {""}
    assert shown <= set(texts)
    # that of a code which is in no list
    assert len(set(texts) - shown) == 2


def test_texts_have_nothing_that_a_translation_would_fill_in():
    """They are rendered without parameters: a placeholder would be shown as it is."""
    assert [text for text in listed_texts() if re.search(r"%[(sd]|\{\d", text)] == []


def translated():
    """Return English text -> Hindi text of the addon's file; None without the file."""
    polib = pytest.importorskip("polib")
    return {one.msgid: one.msgstr for one in polib.pofile(str(HINDI))}


@pytest.mark.skipif(not HINDI.exists(), reason="no Hindi file in this tree")
def test_every_text_is_in_hindi():
    found = translated()
    assert sorted(text for text in listed_texts() if not found.get(text)) == []


def test_there_is_a_page_for_each_system():
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(PAGES)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_is_up_to_date(name):
    """If not: ``python -m irp.reference.pages ../docs``, in the addon."""
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert words(written) == words(PAGES[name])


def test_every_code_has_an_anchor_with_cause_and_remedy():
    text = words("\n".join(PAGES.values()))
    for one in listed_codes():
        known = one.entry
        assert f"## {known.code.lstrip('_')} - **" in text
        assert words(f"**Cause**: {known.cause} - **Remedy**: {known.advice}") in text
        assert words(f"**Portal**: `{known.message}`") in text or not known.message
        differs = words(f"**Lists Differ**: {known.disagreement}")
        assert differs in text or not known.disagreement


def test_links_of_the_index_lead_to_a_code():
    links = re.findall(r"\]\(([a-z-]+\.md)#(\w+)\)", PAGES["README.md"])
    assert len(links) == len(COMMON)
    for page, code in links:
        headings = {anchor(found) for found in re.findall(r"## (\w+)", PAGES[page])}
        assert code in headings
