"""CONTRIBUTING's glossary has each word once, and names code that exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDON = ROOT / "l10n_in_einvoice_irp"
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
GLOSSARY = PAGE.split("\n## Glossary\n")[1].split("\n## ")[0]
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for room in ("irp", "models", "wizards")
    for path in (ADDON / room).rglob("*.py")
)


def rows():
    """Return the cells of the glossary's rows: word, meaning, words to avoid."""
    lines = [line for line in GLOSSARY.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "word" and set(row[0]) != {"-"}]


def words(cell):
    return [word.strip() for word in re.sub(r"\([^)]*\)", "", cell).split(",")]


def exists(name):
    """Return whether a path of the addon, a model or a class has the name."""
    if name.endswith(("/", ".py")):
        return (ADDON / name).exists() or (ROOT / name).exists()
    defined = rf'^class {name}\b|^    _name = "{re.escape(name)}"'
    return bool(re.search(defined, CODE, re.MULTILINE))


def names():
    return sorted({name for row in rows() for name in re.findall(r"`([^`]+)`", row[1])})


def test_each_word_has_one_row():
    found = [word for row in rows() for word in words(row[0])]
    assert len(found) > 30
    assert sorted(found) == sorted(set(found))


def test_no_row_forbids_its_own_word():
    for word, _meaning, avoided in rows():
        assert not set(words(word)) & set(words(avoided))


@pytest.mark.parametrize("name", names())
def test_code_that_a_meaning_names_exists(name):
    assert exists(name)


@pytest.mark.parametrize("name", ["NoSuchClass", "irp/none.py", "l10n_in.irp.none"])
def test_code_that_does_not_exist_is_noticed(name):
    assert not exists(name)
