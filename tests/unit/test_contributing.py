"""CONTRIBUTING names models and functions that exist, where it says they are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDON = ROOT / "l10n_in_einvoice_irp"
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MODEL = re.compile(
    r"^class \w+\(([\w., ]+)\):(?:(?!^class ).)*?"
    r'^    _name = "l10n_in\.irp\.([\w.]+)"',
    re.MULTILINE | re.DOTALL,
)


def section(title):
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text):
    """Return the cells of all tables' rows without their headers."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [line.strip("|").split("|") for line in lines]


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


def steps():
    return [
        (name.rpartition(".")[2], tuple(quoted(row[1])))
        for row in rows(section("Follow one invoice"))
        for name in quoted(row[0])
    ]


def sources(places):
    """Return the text of files and folders; a bare name is beside the one before."""
    folder, texts = ADDON, []
    for place in places:
        path = (ADDON if "/" in place else folder) / place
        folder = path.parent
        files = path.rglob("*.py") if path.is_dir() else [path]
        texts += [file.read_text(encoding="utf-8") for file in files]
    return "\n".join(texts)


@pytest.mark.parametrize(("name", "places"), steps())
def test_followed_function_is_where_the_page_says(name, places):
    assert re.search(rf"\bdef {name}\(", sources(places))


def test_invoice_is_followed_from_posting_to_irn():
    names = [name for name, _places in steps()]
    assert names[0] == "_post"
    assert {"commit", "register", "verify_registration"} <= set(names)


def test_every_model_has_a_row():
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for room in ("models", "wizards")
        for path in (ADDON / room).rglob("*.py")
    )
    found = {name for bases, name in MODEL.findall(code) if "Transient" not in bases}
    named = {
        name
        for row in rows(section("Layout"))
        for name in quoted(row[0])
        if not name.endswith(".py")
    }
    assert named == found
