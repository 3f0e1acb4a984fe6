"""Links of the documents lead somewhere, and their examples use what is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDON = ROOT / "l10n_in_einvoice_irp"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted(ROOT.glob("docs/**/*.md")),
]
GENERATED = ("portals", "errors")
LINK = re.compile(r"\]\(([^)\s]+)\)|<img[^>]*\bsrc=\"([^\"]+)\"")
HOOKS = (ROOT / "docs/consultants/hooks.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", HOOKS, re.DOTALL)
CODE = "\n".join(
    path.read_text(encoding="utf-8") for path in (ADDON / "models").rglob("*.py")
)


def anchors(path):
    """Return the anchors of a page's headings, as GitHub names them."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", title.lower()) for title in titles]
    return {title.strip().replace(" ", "-") for title in plain}


def broken(page, target):
    """Return whether a link of a page leads to no file or no heading."""
    place, _, anchor = target.partition("#")
    path = (page.parent / place).resolve() if place else page
    if not path.exists():
        return True
    return bool(anchor) and path.suffix == ".md" and anchor not in anchors(path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    found = LINK.findall(page.read_text(encoding="utf-8"))
    targets = [link or picture for link, picture in found]
    inside = [one for one in targets if not re.match(r"[a-z]+:", one)]
    assert [one for one in inside if broken(page, one)] == []


@pytest.mark.parametrize("target", ["no.md", "users.md#no-heading", "#nowhere"])
def test_broken_link_is_noticed(target):
    assert broken(ROOT / "docs" / "README.md", target)


def test_every_page_is_in_the_index():
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    pages = [
        path for path in (ROOT / "docs").glob("**/*.md") if path.name != "README.md"
    ]
    hand_written = [
        path.relative_to(ROOT / "docs").as_posix()
        for path in pages
        if path.parent.name not in ("portals", "errors")
    ]
    assert [name for name in hand_written if f"({name})" not in index] == []


def test_examples_extend_what_is_there():
    methods = set()
    for example in EXAMPLES:
        for node in ast.walk(ast.parse(example)):
            if isinstance(node, ast.ClassDef) and node.bases:
                methods |= {
                    one.name for one in node.body if isinstance(one, ast.FunctionDef)
                }
    assert len(methods) >= 6
    assert [name for name in methods if f"    def {name}(self" not in CODE] == []


def test_examples_import_what_is_there():
    places = re.findall(r"from odoo\.addons\.l10n_in_einvoice_irp\.([\w.]+)", HOOKS)
    assert len(places) >= 2
    for place in places:
        path = ADDON / place.replace(".", "/")
        assert path.with_suffix(".py").exists() or path.is_dir()


def test_blocks_that_the_page_names_are_there():
    blocks = re.findall(r"`(_prepare_\w+)`", HOOKS)
    assert len(blocks) > 10
    assert [name for name in blocks if f"    def {name}(" not in CODE] == []
