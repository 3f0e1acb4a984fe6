"""Translations are complete, and have the placeholders, tags and labels of the English
text."""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(ROOT.glob("l10n_in_einvoice_irp*/i18n/*.pot"))
TRANSLATIONS = sorted(ROOT.glob("l10n_in_einvoice_irp*/i18n/*.po"))
MARKS = re.compile(
    r"%\(\w+\)[a-z]|%[a-z%](?![a-z])|\{[^}]*\}|</?[a-z][^>]*>|https?://[\w@.:/-]*",
)
# A button, menu or field that a text sends its reader to.
QUOTED = re.compile(r"(?<!\w)'([A-Z][^']{1,60})'|“([A-Z][^”]{1,60})”")


def read(path: Path) -> polib.POFile:
    """Return the entries of a .po or .pot file."""
    return polib.pofile(str(path))


def path_id(path: Path) -> str:
    """Return the name of a file within the repository."""
    return str(path.relative_to(ROOT))


def marks(text: str) -> Counter[str]:
    """Return the placeholders, tags and addresses of a text."""
    return Counter(found.rstrip(".:") for found in MARKS.findall(text))


def plain(text: str) -> str:
    """Return a text or label without the line breaks of its source, and its dots."""
    return " ".join(text.split()).rstrip("…")


def faults(entry: polib.POEntry) -> list[str]:
    """Return what a translation has lost of, or added to, the English text."""
    english, translated = marks(entry.msgid), marks(entry.msgstr)
    found = [f"lacks {mark}" for mark in english - translated]
    found += [f"adds {mark}" for mark in translated - english]
    is_code = any(place.startswith("code:") for place, _line in entry.occurrences)
    if is_code and entry.msgid.count("\n") != entry.msgstr.count("\n"):
        found.append("has other line breaks")
    for edge in (str.lstrip, str.rstrip):
        if (edge(entry.msgid) == entry.msgid) != (edge(entry.msgstr) == entry.msgstr):
            found.append("begins or ends with other spaces")
    return found


def lost_labels(entry: polib.POEntry, labels: dict[str, str]) -> list[str]:
    """Return the labels that the English text quotes, and the translation does not."""
    translated = plain(entry.msgstr)
    quoted = (plain(one or other) for one, other in QUOTED.findall(entry.msgid))
    return [name for name in quoted if labels.get(name, "") not in translated]


@pytest.mark.parametrize("path", TRANSLATIONS, ids=path_id)
def test_placeholders_and_tags(path):
    found = {
        entry.msgid: wrong
        for entry in read(path)
        if entry.msgstr and (wrong := faults(entry))
    }
    assert not found


@pytest.mark.parametrize("path", TRANSLATIONS, ids=path_id)
def test_nothing_is_fuzzy_or_obsolete(path):
    assert not [entry.msgid for entry in read(path) if entry.fuzzy or entry.obsolete]


@pytest.mark.parametrize("path", TRANSLATIONS, ids=path_id)
def test_quoted_labels_are_those_of_the_screen(path):
    labels = {
        plain(entry.msgid): plain(entry.msgstr)
        for name in TRANSLATIONS
        if name.name == path.name
        for entry in read(name)
    }
    found = {
        entry.msgid: lost
        for entry in read(path)
        if entry.msgstr and (lost := lost_labels(entry, labels))
    }
    assert not found


@pytest.mark.parametrize("template", TEMPLATES, ids=path_id)
def test_hindi_is_complete(template):
    english = {entry.msgid for entry in read(template)}
    hindi = {entry.msgid: entry.msgstr for entry in read(template.with_name("hi.po"))}
    assert not hindi.keys() - english
    assert not [msgid for msgid in english if not hindi.get(msgid)]


def test_the_same_label_is_translated_alike():
    found: dict[tuple[str, str], set[str]] = {}
    for path in TRANSLATIONS:
        for entry in read(path):
            found.setdefault((path.name, entry.msgid), set()).add(entry.msgstr)
    assert not {key: texts for key, texts in found.items() if len(texts) > 1}


@pytest.mark.parametrize(
    ("english", "translated", "wrong"),
    [
        ("%(days)s days", "%(days)s दिन", []),
        ("%(days)s days", "%(दिन)s दिन", ["lacks %(days)s"]),
        ("%s days", "दिन", ["lacks %s"]),
        ("5 %% of %s", "%s का 5 %%", []),
        ("5 %% of %s", "%s का 5 %", ["lacks %%"]),
        ("Days", "%s दिन", ["adds %s"]),
        ('<b class="a">to</b>', '<b class="a">तक</b>', []),
        ('<b class="a">to</b>', "<b>तक</b>", ['lacks <b class="a">', "adds <b>"]),
        ("See https://a.example.", "https://a.example देखें।", []),
        ("See https://a.example.", "देखें।", ["lacks https://a.example"]),
        ("Line\n%s", "लाइन %s", ["has other line breaks"]),
        ("Findings: ", "समस्याएं:", ["begins or ends with other spaces"]),
    ],
)
def test_faults(english, translated, wrong):
    entry = polib.POEntry(
        msgid=english, msgstr=translated, occurrences=[("code:addons/a.py", "0")]
    )
    assert faults(entry) == wrong


def test_lost_labels():
    entry = polib.POEntry(msgid="Click 'Check\nNow'.", msgstr="'अभी जांच करें' दबाएं।")
    assert not lost_labels(entry, {"Check Now": "अभी जांच करें"})
    assert lost_labels(entry, {"Check Now": "अब जांचें"}) == ["Check Now"]
    assert not lost_labels(entry, {})
