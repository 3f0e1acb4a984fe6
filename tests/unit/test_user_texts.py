"""Texts that users read have plain words, and labels in Title Case."""

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
ADDONS = sorted(ROOT.glob("l10n_in_einvoice_irp*"))
DOCUMENTS = [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.rst")]
PAGES = sorted(ROOT.glob("*/static/description/index.html"))
# Plainer words exist for all of these.
UNWANTED = re.compile(
    r"\b(tells?|told|keeps?|kept|anew|by (itself|themselves)|of (its|their) own"
    r"|slip of the pen|web page)\b",
    re.IGNORECASE,
)
# Spelled as the portals, the GST law and Odoo's screens spell them.
MISSPELT = re.compile(
    r"\be-invoic|\bE-[Ii]nvoice|\bE-?[Ww]ay|\b[Ee]way\b|\b[Pp]incode"
    r"|\b[Ll]og-in|\bclient id\b|\bIRP pauses\b"
)
# Odoo's own modules are called so.
FOREIGN = re.compile(r"E-Invoicing|E-invoicing|E-waybill|e-Waybill")
SMALL = frozenset(
    """
    a after an and as at before by for from in of on or per since than the to with
    within without
    """.split()  # noqa: SIM905 - a list of words, one breath long
)
# The rest of a sentence around a field, and the one label that is fixed otherwise.
SENTENCES = {"Update selected fields"}
LABELS = {"button": "string", "filter": "string", "page": "string", "group": "string"}
DATA = ROOT / "l10n_in_einvoice_irp/irp/reference/data"
CATALOGUES = (DATA / "error-codes.csv", DATA / "ewaybill" / "error-codes.csv")
COLUMNS = ("cause", "advice", "disagreement")
NAMED = {"ir.actions.act_window", "ir.actions.server", "mail.activity.type"}


PAIR = 2


class Text(NamedTuple):
    """A text and the place that it is from."""

    place: str
    text: str
    is_label: bool = False


def faults(text: Text) -> list[str]:
    """Return what is wrong with a text."""
    checked = FOREIGN.sub("", text.text)
    words = [found[0] for found in UNWANTED.finditer(checked)]
    words += [found[0] for found in MISSPELT.finditer(checked)]
    if text.is_label and text.text not in SENTENCES:
        words += untitled(text.text)
    return [f"{text.place}: {text.text!r}: {word!r}" for word in words]


def untitled(label: str) -> list[str]:
    """Return the words of a label that should begin with a capital letter."""
    words = label.split()
    last = len(words) - 1
    return [
        word
        for at, word in enumerate(words)
        if word[0].islower()
        and not word.startswith("e-")
        and (word not in SMALL or at in (0, last))
    ]


def texts_of_view(path: Path) -> Iterator[Text]:
    """Yield the texts of a file of views, data or reports."""
    root = ElementTree.fromstring(path.read_bytes())
    for record in root.iter("record"):
        if record.get("model") in NAMED:
            name = record.find("field[@name='name']")
            assert name is not None
            yield Text(path.name, name.text or "", is_label=True)
    for item in root.iter("menuitem"):
        yield Text(path.name, item.get("name") or "", is_label=True)
    for arch in (*root.iter("field"), *root.iter("template")):
        if arch.get("name") in ("arch", "help") or arch.tag == "template":
            yield from texts_of_arch(path.name, arch)


def texts_of_arch(place: str, arch: ElementTree.Element) -> Iterator[Text]:
    """Yield the texts inside a view."""
    for node in arch.iter():
        if label := node.get(LABELS.get(node.tag, "")):
            yield Text(place, label, is_label=True)
        for name in ("string", "title", "help", "placeholder", "alt", "tooltip"):
            yield Text(place, node.get(name) or "")
        for text in (node.text, node.tail):
            yield Text(place, " ".join((text or "").split()))


def texts_of_code(path: Path) -> Iterator[Text]:
    """Yield labels, helps and translated texts of a module."""
    place = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
            yield from choices(place, node.value)
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called.endswith("._") or called == "_":
            yield from strings(place, node.args[:1])
        elif called.startswith("fields."):
            named = {word.arg: word.value for word in node.keywords}
            first = [] if called.endswith(("2one", "2many", "Reference")) else node.args
            yield from strings(place, [*first, named.get("string")], is_label=True)
            yield from strings(place, [named.get("help")])
            yield from choices(place, named.get("selection"))


def strings(place: str, nodes: list, *, is_label: bool = False) -> Iterator[Text]:
    """Yield the constant strings among nodes."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield Text(place, node.value, is_label)


def choices(place: str, node: ast.expr | None) -> Iterator[Text]:
    """Yield the labels of a selection that is written out."""
    for choice in getattr(node, "elts", []):
        if isinstance(choice, ast.Tuple) and len(choice.elts) == PAIR:
            yield from strings(place, choice.elts[1:], is_label=True)


def unlabelled(code: str) -> list[str]:
    """Return the fields on others' models for which Odoo would make up a label."""
    return [
        ast.unparse(node.targets[0])
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Assign)
        and ast.unparse(node).startswith("l10n_in_irp_")
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func).startswith("fields.")
        and not {"string", "related"} & {word.arg for word in node.value.keywords}
    ]


def sources(pattern: str) -> Iterator[Path]:
    """Yield the addons' files of a pattern, without client, local portal and tests."""
    for addon in ADDONS:
        for path in sorted(addon.rglob(pattern)):
            place = str(path.relative_to(addon))
            if not place.startswith(("irp/", "sandbox/", "tests/")):
                yield path


def test_views():
    texts = [text for path in sources("*.xml") for text in texts_of_view(path)]
    assert len(texts) > 1000
    assert [fault for text in texts for fault in faults(text)] == []


def test_scripts():
    pattern = re.compile(r'\b_t\(\s*"([^"]+)"')
    found = [
        (path.name, text)
        for path in sources("*.js")
        for text in pattern.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(found) > 3
    assert [fault for place in found for fault in faults(Text(*place))] == []


def test_code():
    texts = [text for path in sources("*.py") for text in texts_of_code(path)]
    assert len(texts) > 500
    assert [fault for text in texts for fault in faults(text)] == []


@pytest.mark.parametrize("path", [*DOCUMENTS, *PAGES], ids=str)
def test_documents(path):
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|<[^>]*>", "", path.read_text(encoding="utf-8"))
    lines = [Text(str(at), line) for at, line in enumerate(text.split("\n"), 1)]
    assert [fault for line in lines for fault in faults(line)] == []


def test_remedies():
    texts = []
    for path in CATALOGUES:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [(one["code"], one) for one in csv.DictReader(file)]
        texts += [
            Text(code, one.get(name, "")) for code, one in rows for name in COLUMNS
        ]
    assert len(texts) > 2000
    assert [fault for text in texts for fault in faults(text)] == []


def test_fields_on_others_models_have_a_label():
    """Odoo would make "L10N In Irp …" of their names."""
    code = {path: path.read_text(encoding="utf-8") for path in sources("*.py")}
    assert [name for text in code.values() for name in unlabelled(text)] == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (Text("", "The portal is asked by itself."), "by itself"),
        (Text("", "The portal tells no date."), "tells"),
        (Text("", "Choose it anew."), "anew"),
        (Text("", "Register the e-invoice"), "e-invoic"),
        (Text("", "Open the E-way bill"), "E-way"),
        (Text("", "Send it", is_label=True), "it"),
        (Text("", "Settled by", is_label=True), "by"),
        (Text("", "Registered in Odoo, not with IRP", is_label=True), "not"),
    ],
)
def test_fault_is_found(text, word):
    assert faults(text) == [f": {text.text!r}: {word!r}"]


@pytest.mark.parametrize(
    "label",
    [
        "Registered in Odoo, Not with IRP",
        "Settled by Hand As",
        "Odoo's own E-Invoicing",
        "Time (ms)",
        "Generate e-Way Bill with IRN",
        "Update selected fields",
    ],
)
def test_good_label_passes(label):
    text = Text("", label, is_label=label != "Odoo's own E-Invoicing")
    assert faults(text) == []


def test_texts_of_a_module_are_found(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        "class Some(Model):\n"
        "    a = fields.Char(string='Told on', help='Kept here')\n"
        "    b = fields.Selection(selection=[('x', 'Not yet')])\n"
        "    c = fields.Char('Last error')\n"
        "    l10n_in_irp_d = fields.Char(compute='_d')\n"
        "    def method(self):\n"
        "        raise UserError(self.env._('Tell %s', 'x'))\n"
    )
    found = [fault for text in texts_of_code(path) for fault in faults(text)]
    words = [fault.rpartition(": ")[2].strip("'") for fault in found]
    assert sorted(words) == ["Kept", "Tell", "Told", "error", "on", "yet"]
    assert unlabelled(path.read_text(encoding="utf-8")) == ["l10n_in_irp_d"]


def test_texts_of_a_view_are_found(tmp_path):
    path = tmp_path / "view.xml"
    path.write_text(
        "<odoo><record model='ir.ui.view' id='a'><field name='arch' type='xml'>"
        "<form string='Keep it'><button string='Send now'/>What was told</form>"
        "</field></record><menuitem id='b' name='Calls to the IRP of old'/>"
        "<record model='ir.actions.server' id='c'><field name='name'>Look up</field>"
        "</record></odoo>"
    )
    found = [fault for text in texts_of_view(path) for fault in faults(text)]
    words = [fault.rpartition(": ")[2].strip("'") for fault in found]
    assert sorted(words) == ["Keep", "now", "old", "told", "up"]
