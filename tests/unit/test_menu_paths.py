"""Menus that texts name exist where the texts say."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
ADDON = ROOT / "l10n_in_einvoice_irp"
HEADING = "e-Invoicing (India)"
# Odoo's own menus that texts name
ODOO = ("Settings", "Taxes", "Journals")
# A path goes on in the next line, in Markdown with emphasis, in a view indented.
GAP = r"[\s_*]*"
OLD_PLACES = re.compile(rf"\b(?:Customers|(?<!\) / )Configuration){GAP}/{GAP}(.{{40}})")


def menu_paths(files: Iterable[Path]) -> set[str]:
    """Return the path of each menu of the files, from their uppermost menu on."""
    items = {
        item.get("id"): item
        for file in files
        for item in ElementTree.parse(file).iter("menuitem")
    }

    def full(item: ElementTree.Element) -> str:
        parent = items.get(item.get("parent"))
        name = item.get("name") or ""
        return name if parent is None else f"{full(parent)} / {name}"

    return {full(item) for item in items.values()}


def faults(text: str, paths: set[str]) -> list[str]:
    """Return the paths in a text that lead to no menu."""
    flat = " ".join(re.sub(r"[_*]", "", text).split())
    below = [one.removeprefix(HEADING) for one in paths if one != HEADING]
    wrong = [
        flat[found.start() : found.end() + 60]
        for found in re.finditer(re.escape(HEADING) + r"(?= ?/)", flat)
        if not flat.startswith(tuple(below), found.end())
    ]
    wrong += [
        found[0] for found in OLD_PLACES.finditer(flat) if not found[1].startswith(ODOO)
    ]
    names = {one.rpartition(" / ")[2]: one for one in paths}
    wrong += [
        flat[max(0, found.start() - 60) : found.end()]
        for name, whole in names.items()
        for found in re.finditer(rf"\w\)? / {re.escape(name)}", flat)
        if name != "Configuration"
        and not flat[: found.end()].endswith(whole)
        # 'Actions / …' is in the gear menu of a list
        and not flat[: found.end()].endswith(f"Actions / {name}")
    ]
    return wrong


def strings(path: Path) -> Iterator[str]:
    """Yield the texts of a module, each whole, or of another file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield text
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def sources() -> Iterator[Path]:
    """Yield the files of the addons that have texts for users, without tests."""
    for pattern in ("*.py", "*.xml", "*.js", "*.csv", "*.json"):
        for path in sorted(ROOT.glob(f"l10n_in_einvoice_irp*/**/{pattern}")):
            if "/tests/" not in str(path.relative_to(ROOT)):
                yield path


PATHS = menu_paths(sorted(ADDON.rglob("*.xml")))


def test_texts():
    texts = [(path, text) for path in sources() for text in strings(path)]
    assert sum(HEADING in text for _path, text in texts) > 10
    found = [
        f"{path.relative_to(ROOT)}: {fault}"
        for path, text in texts
        for fault in faults(text, PATHS)
    ]
    assert found == []


def test_one_heading():
    """Every menu of ours is below one heading."""
    assert HEADING in PATHS
    assert [one for one in PATHS if not one.startswith(HEADING)] == []


@pytest.mark.parametrize(
    "text",
    [
        "import it under Customers / Import e-Invoice JSON.",
        "under Configuration / IRP Credentials",
        "under _Invoicing / Configuration / IRP\nPortals_",
        f"under {HEADING} / IRP Credentials",
        f"under {HEADING} / Nowhere",
    ],
)
def test_a_wrong_path_is_found(text):
    assert faults(f"{text}, then go on until the end of what is read", PATHS)


@pytest.mark.parametrize(
    "text",
    [
        f"under {HEADING} / Import e-Invoice JSON.",
        f"Invoicing or Accounting, {HEADING} / Configuration / IRP Credentials",
        f"_Invoicing / {HEADING} /\n    Configuration / IRP Portals_",
        "set the tax: Invoicing / Configuration / Taxes.",
    ],
)
def test_a_right_path_passes(text):
    assert faults(f"{text}, then go on until the end of what is read", PATHS) == []
