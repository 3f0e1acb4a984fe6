"""The rooms of the Odoo side use one another in one direction, and a hook holds it."""

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
ADDON = "l10n_in_einvoice_irp"
CONTRACTS = f"""
[importlinter]
root_package = {ADDON}
contract_types =
    model_layers: bin.tools.rooms.ModelLayersContract

[importlinter:contract:odoo-side]
name = wizards, then models
type = model_layers
containers = {ADDON}
layers =
    wizards
    models

[importlinter:contract:models]
name = models
type = model_layers
containers = {ADDON}.models
layers =
    account_move
    upper
    left | right
    clock : locks
exhaustive = True

[importlinter:contract:acyclic]
name = no circles
type = acyclic_siblings
ancestors = {ADDON}.models
"""
MODEL = """
class Thing(models.Model):
    _name = "l10n_in.irp.{name}"
"""
FILES = ("account_move.py", "clock.py", "locks.py", "upper/x.py", "left/x.py")


@pytest.fixture
def write(tmp_path, monkeypatch):
    def write(path, text):
        file = tmp_path / ADDON / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as opened:
            opened.write(text)
        for folder in file.relative_to(tmp_path).parents[:-1]:
            (tmp_path / folder / "__init__.py").touch()

    (tmp_path / ".importlinter").write_text(CONTRACTS, encoding="utf-8")
    for path in FILES:
        write(f"models/{path}", "")
    for room in ("upper", "left", "right"):
        write(f"models/{room}/thing.py", MODEL.format(name=room))
    write("wizards/dialog.py", MODEL.format(name="dialog"))
    write("irp/errors.py", "")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return write


@pytest.fixture
def lint(capsys):
    def lint():
        """Return whether all contracts hold, and what is printed."""
        status = lint_imports(no_cache=True)
        return status == 0, capsys.readouterr().out

    return lint


def test_what_points_down_is_sound(write, lint):
    write("models/upper/thing.py", "from ..left.thing import X\nfrom .. import clock\n")
    write("models/upper/other.py", 'y = env["l10n_in.irp.right"]\n')
    write("models/upper/other.py", "from ...irp import errors\nfrom . import thing\n")
    write("models/account_move.py", 'y = env["l10n_in.irp.upper"]\n')
    write("wizards/dialog.py", "from ..models.upper.thing import X\n")
    is_sound, _report = lint()
    assert is_sound


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("models/left/x.py", 'env["l10n_in.irp.upper"]', "left.x -> {}.upper.thing"),
        (
            "models/left/x.py",
            '_inherit = ["l10n_in.irp.upper"]',
            "left.x -> {}.upper.thing",
        ),
        (
            "models/left/x.py",
            'fields.Many2one("l10n_in.irp.upper")',
            "left.x -> {}.upper.thing",
        ),
        ("models/left/x.py", "from ..upper.thing import X", "left.x -> {}.upper.thing"),
        ("models/left/x.py", "from ..upper import thing", "left.x -> {}.upper.thing"),
        ("models/left/x.py", "from .. import upper", "left.x -> {}.upper"),
        ("models/left/x.py", 'env["l10n_in.irp.right"]', "left.x -> {}.right.thing"),
        ("models/clock.py", "from .left import thing", "clock -> {}.left.thing"),
        ("models/clock.py", 'env["l10n_in.irp.left"]', "clock -> {}.left.thing"),
        ("models/account_move.py", 'env["l10n_in.irp.dialog"]', "wizards.dialog"),
        ("models/upper/x.py", "from ...wizards.dialog import X", "wizards.dialog"),
        ("models/elsewhere.py", "x = 1", "elsewhere"),
    ],
)
def test_what_points_elsewhere_is_named(write, lint, path, code, words):
    write(path, f"{code}\n")
    is_sound, report = lint()
    assert not is_sound
    assert words.format(f"{ADDON}.models") in " ".join(report.split())


def test_circle_on_a_shared_floor(write, lint):
    write("models/clock.py", "from .locks import exclusive\n")
    is_sound, _report = lint()
    assert is_sound
    write("models/locks.py", "from .clock import now_utc\n")
    is_sound, report = lint()
    assert not is_sound
    assert "locks" in report


def test_no_fault_in_the_addon(monkeypatch, lint):
    monkeypatch.chdir(ROOT)
    is_sound, report = lint()
    assert is_sound, report


@pytest.mark.parametrize("tree", ["models", "irp", "sandbox"])
def test_a_room_has_at_most_twelve_files(tree):
    rooms = [path.parent for path in (ROOT / ADDON / tree).rglob("__init__.py")]
    assert rooms
    full = {
        str(room.relative_to(ROOT)): len(files)
        for room in rooms
        if len(files := set(room.glob("*.py")) - {room / "__init__.py"}) > 12
    }
    assert full == {}
