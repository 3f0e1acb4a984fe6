"""Public methods of models return a value: XML-RPC cannot marshal None, and fails after
the work is done and committed."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for addon in ROOT.glob("l10n_in_einvoice_irp*")
    for folder in ("models", "wizards")
    for path in (addon / folder).rglob("*.py")
)
MODEL_NAMES = {"_name", "_inherit"}


def is_model(node):
    """Return whether a class declares or extends a model of Odoo."""
    return isinstance(node, ast.ClassDef) and any(
        isinstance(one, ast.Assign)
        and MODEL_NAMES & {getattr(target, "id", "") for target in one.targets}
        for one in node.body
    )


def is_private(method):
    """Return whether RPC does not reach a method."""
    marks = {ast.unparse(one) for one in method.decorator_list}
    return method.name.startswith("_") or "api.private" in marks


def has_value(node):
    """Return whether a return statement has a value that is not None."""
    none = isinstance(node.value, ast.Constant) and node.value.value is None
    return node.value is not None and not none


def always_returns(body):
    """Return whether a body ends in a return or an error on every way."""
    last = body[-1]
    if isinstance(last, ast.If):
        branches = (last.body, last.orelse)
        return all(branch and always_returns(branch) for branch in branches)
    if isinstance(last, ast.With):
        return always_returns(last.body)
    if isinstance(last, ast.Try):
        ways = [last.orelse or last.body, *(one.body for one in last.handlers)]
        return all(map(always_returns, ways))
    return isinstance(last, ast.Return | ast.Raise)


def silent_methods(source):
    """Return the public methods of models in a module that may return None."""
    return [
        f"{model.name}.{method.name}"
        for model in ast.walk(ast.parse(source))
        if is_model(model)
        for method in model.body
        if isinstance(method, ast.FunctionDef) and not is_private(method)
        if not always_returns(method.body)
        or not all(
            has_value(one) for one in ast.walk(method) if isinstance(one, ast.Return)
        )
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_public_methods_return_a_value(path):
    assert not silent_methods(path.read_text(encoding="utf-8"))


MODEL = "class X:\n    _name = 'x'\n    def act(self):\n"


@pytest.mark.parametrize(
    "body",
    [
        "self.write({})",
        "return None",
        "return",
        "if self:\n            return 1",
        "if self:\n            return\n        return 1",
    ],
)
def test_silent_methods_are_found(body):
    assert silent_methods(f"{MODEL}        {body}\n") == ["X.act"]


@pytest.mark.parametrize(
    "body", ["return True", "if self:\n            return 1\n        raise ValueError"]
)
def test_others_are_not(body):
    assert not silent_methods(f"{MODEL}        {body}\n")
