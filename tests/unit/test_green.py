"""Nothing that was registered outside production is green on a screen.

Each green mark of a view depends on `test_note`, or is not about a registration.
"""

from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for addon in ROOT.glob("l10n_in_einvoice_irp*")
    for folder in ("views", "wizards", "report", "static/src")
    for path in (addon / folder).rglob("*.xml")
)
GREEN = ("alert-success", "text-bg-success", "bg-success", "text-success")
# file and field, or class, of what is green for another reason
ABOUT_SOMETHING_ELSE = {
    ("health_views.xml", "is_up"): "a portal answers",
    ("health_views.xml", "clock_state"): "the server's clock is right",
    ("res_config_settings_views.xml", "l10n_in_irp_health_state"): "a portal answers",
    ("taxpayer_views.xml", "standing"): "a GSTIN is active",
    ("seal_views.xml", "result"): "evidence is unchanged",
    ("gstin_check_views.xml", "result"): "a GSTIN is active",
    ("gstin_review_views.xml", "alert alert-success"): "a partner agrees",
    ("preview_views.xml", "alert alert-success"): "a document has no fault",
    ("check_views.xml", "alert alert-success"): "an invoice has no fault",
    ("bulk_export_views.xml", "alert alert-success"): "a file was made",
    ("log_views.xml", "outcome"): "a call was answered",
    **{
        ("guide_views.xml", f"{step}_state"): "a step of the set-up is done"
        for step in ("company", "credential", "keys", "test", "finish")
    },
}


def green_marks(source):
    """Return pairs: field or class of each green mark, and its conditions."""
    for node in ElementTree.fromstring(source).iter():
        classes = f"{node.get('class', '')} {node.get('bg_color', '')}".strip()
        if condition := node.get("decoration-success"):
            yield node.get("name") or node.tag, condition
        elif any(word in classes for word in GREEN):
            yield classes, f"{node.get('invisible', '')} {node.get('t-if', '')}"
        elif node.get("name") == "web_ribbon" and not node.get("bg_color"):
            # green unless it says otherwise
            yield "web_ribbon", node.get("invisible", "")


def faults(name, source):
    return [
        mark
        for mark, conditions in green_marks(source)
        if "test_note" not in conditions and (name, mark) not in ABOUT_SOMETHING_ELSE
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_test_is_green(path):
    assert not faults(path.name, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "node",
    [
        '<field name="status" decoration-success="status == 1" />',
        '<div class="alert alert-success" invisible="not done" />',
        '<widget name="web_ribbon" title="Registered" />',
        '<widget name="web_ribbon" title="IRN" bg_color="text-bg-success" />',
    ],
)
def test_green_marks_are_found(node):
    assert faults("x_views.xml", f"<odoo>{node}</odoo>")


def test_a_mark_may_depend_on_it():
    node = '<field name="a" decoration-success="done and not test_note" />'
    assert not faults("x_views.xml", f"<odoo>{node}</odoo>")
