"""Docstrings and comments are in plain words; a docstring says what a function does.

CONTRIBUTING's glossary has the words. To have more code checked, add its folder.
"""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "benchmarks",
    "bin",
    "tests",
    "l10n_in_einvoice_irp",
    "l10n_in_einvoice_irp_edi",
    "l10n_in_einvoice_irp_ewaybill",
    "l10n_in_einvoice_irp_queue_job",
    "l10n_in_einvoice_irp_stock",
    "l10n_in_einvoice_irp_ewaybill_stock",
)
OPENINGS = re.compile(r"(What|Whether|Which|Whose|Whom|Returns|Yields|:raises)\b")
WORDS = re.compile(
    r"\b(tells?|told|telling|kept|anew|whoever|by (itself|himself|themselves)"
    r"|of (its|his|their) own)\b",
    re.IGNORECASE,
)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def docstrings(source):
    """Return the docstrings of a module."""
    return [
        ast.get_docstring(node) or ""
        for node in ast.walk(ast.parse(source))
        if isinstance(node, DOCUMENTED)
    ]


def comments(source):
    """Return the comments of a module, those on successive lines as one."""
    found, last = [], None
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        text, place = token.string.lstrip("# "), token.start
        if last == (place[0] - 1, place[1]):
            found[-1] += f" {text}"
        else:
            found.append(text)
        last = place
    return found


def faults(source):
    """Return the first line of each docstring or comment with a wrong word, and of
    each docstring with a wrong opening."""
    texts = docstrings(source)
    return [
        text.splitlines()[0]
        for text in [*texts, *comments(source)]
        if WORDS.search(" ".join(text.split()))
        or (text in texts and OPENINGS.match(text))
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_texts_in_code_are_plain(folder):
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files
    found = {
        str(path.relative_to(ROOT)): lines
        for path in files
        if (lines := faults(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "docstring",
    [
        "What the portal holds.",
        "Whether the portal holds it.",
        "Returns the portal's answer.",
        ":raises ValueError: the portal holds none.",
        "Ask the portal.\n\n    It is sent anew.",
        "Ask the portal, which answers by\n    itself.",
        "Answer as it was told.",
    ],
)
def test_faults_are_found(docstring):
    source = f'class Portal:\n    def answer(self):\n        """{docstring}"""\n'
    assert faults(source) == [docstring.splitlines()[0]]


def test_faults_of_comments_are_found():
    source = "portal = 1  # it has a key of its own\n\n# sent, and then it is\n# kept\n"
    assert faults(source) == ["it has a key of its own", "sent, and then it is kept"]


def test_plain_texts_are_no_fault():
    source = (
        'def answer():\n    """Return what the portal holds."""\n\n\n# What is due.\n'
    )
    assert faults(source) == []
