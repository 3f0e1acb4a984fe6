"""Docstrings say what a function does ("Return …"), in plain words.

CONTRIBUTING's glossary has the words. To have more code checked, add its folder.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("benchmarks", "bin", "tests")
OPENINGS = ("What ", "Returns ")
WORDS = re.compile(r"\b(told|anew|whoever)\b", re.IGNORECASE)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def faults(source):
    """Return the first line of each docstring with a wrong opening or word."""
    docstrings = [
        ast.get_docstring(node) or ""
        for node in ast.walk(ast.parse(source))
        if isinstance(node, DOCUMENTED)
    ]
    return [
        text.splitlines()[0]
        for text in docstrings
        if text.startswith(OPENINGS) or WORDS.search(text)
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_docstrings_are_plain(folder):
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
        "Returns the portal's answer.",
        "Ask the portal.\n\n    It is sent anew.",
        "Answer as it was told.",
    ],
)
def test_faults_are_found(docstring):
    source = f'class Portal:\n    def answer(self):\n        """{docstring}"""\n'
    assert faults(source) == [docstring.splitlines()[0]]


def test_plain_docstring_is_no_fault():
    assert faults('def answer():\n    """Return what the portal holds."""\n') == []
