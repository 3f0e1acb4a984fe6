"""SECURITY.md names tests that exist, and answers what has to be answered."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
TEST = re.compile(r"`([\w…/]+/test_\w+\.py)`")


def named():
    """Return the test files that the page names, from the root on."""
    inside = "l10n_in_einvoice_irp/tests"
    return sorted({path.replace("…", inside) for path in TEST.findall(PAGE)})


@pytest.mark.parametrize("path", named())
def test_a_named_test_exists(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(r"^\s*def test_", text, re.MULTILINE)


def test_every_protection_has_a_test():
    section = PAGE.split("\n## What Is Protected\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    rows = [row for row in rows if not row.startswith(("| protected", "| ---"))]
    assert len(rows) > 15
    for row in rows:
        assert TEST.search(row), row


@pytest.mark.parametrize(
    "words",
    [
        "What Is Not Protected",
        "Report a Fault",
        "incident@cert-in.org.in",
        "180 days",
        "six hours",
        "IT Act 2000",
        "TLS 1.2",
    ],
)
def test_what_has_to_be_answered(words):
    assert words in PAGE


def test_the_page_is_short_enough_to_be_read():
    assert len(PAGE.splitlines()) < 250
