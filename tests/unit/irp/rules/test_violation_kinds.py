"""Each kind of violation has one template, which its parameters fill in."""

import ast
import re
from pathlib import Path

import irp.rules
import pytest
from irp.rules.invoice.registry import Profile, rule_violations
from irp.rules.invoice.schema import schema_violations

from .test_rules_breaches import BY_PROFILE
from .test_rules_breaches import TABLE as RULES
from .test_rules_breaches_amounts import TABLE as AMOUNTS

TABLE = [*RULES, *AMOUNTS]
FOLDER = Path(irp.rules.__file__).parent
ODOO_SIDE = FOLDER.parents[1] / "models"
ODOO_KINDS = ODOO_SIDE / "validation" / "finding_kinds.py"
KIND = re.compile(r"[a-z][a-z0-9_]*")


@pytest.fixture
def violations(make, today):
    """Return the violations of documents that break the rules."""
    found = [
        rule_violations(make(kind, changes), today=today, profile=Profile())
        for _, _, kind, changes in TABLE
    ]
    found += [
        rule_violations(make("inter", changes), today=today, profile=profile)
        for _, _, changes, profile in BY_PROFILE
    ]
    found.append(schema_violations({}))
    return [one for several in found for one in several]


def test_a_kind_has_one_template(violations):
    templates = {}
    for one in violations:
        assert KIND.fullmatch(one.kind), one
        templates.setdefault(one.kind, set()).add(one.template)

    assert len(templates) > 80
    assert [kind for kind, several in templates.items() if len(several) > 1] == []


def test_parameters_fill_in_the_template(violations):
    for one in violations:
        assert "%(" not in one.message
        assert one.message.endswith("."), one
        assert set(re.findall(r"%\((\w+)\)s", one.template)) <= set(one.params), one


def nodes(path):
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def marked(*folders):
    """Return the templates that Odoo's exporter finds."""
    calls = (
        node
        for folder in folders
        for path in folder.rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_lt"
    )
    return {ast.literal_eval(call.args[0]) for call in calls}


def test_every_template_can_be_translated(violations):
    assert {one.template for one in violations} <= marked(FOLDER)


@pytest.mark.parametrize("template", sorted(marked(FOLDER, ODOO_SIDE)))
def test_a_template_is_a_sentence(template):
    """Only named places, so that a translator may change their order."""
    assert re.match(r"[A-Z0-9“%]", template), template
    assert template.endswith((".", "%(fault)s")), template
    if "%(" in template:
        assert "%" not in re.sub(r"%%|%\(\w+\)s", "", template), template


def test_kinds_of_the_odoo_side_are_used(violations):
    """Those made from a standing of a GSTIN are checked with the invoices."""
    [table] = [
        node.value
        for node in nodes(ODOO_KINDS)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "KINDS"
    ]
    kinds = {ast.literal_eval(key) for key in table.keys}
    named = {
        node.value
        for path in ODOO_SIDE.rglob("*.py")
        if path != ODOO_KINDS
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert {kind for kind in kinds - named if not kind.startswith("gstin_")} == set()
    assert kinds & {one.kind for one in violations} == set()
