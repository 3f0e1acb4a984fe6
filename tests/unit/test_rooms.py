"""The rooms of the Odoo side use one another in one direction, and a hook holds it."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = runpy.run_path(str(ROOT / "bin/tools/rooms.py"))
ADDON = "l10n_in_einvoice_irp"
LAYERS = """
[importlinter:contract:models-layers]
layers =
    account_move
    upper
    left | right
    clock : locks
"""
MODEL = """
class Thing(models.Model):
    _name = "l10n_in.irp.{name}"
"""


def faults(root):
    sources = ROOMS["read_sources"](root / ADDON)
    return ROOMS["find_faults"](sources, ROOMS["read_floors"](root))


@pytest.fixture
def write(tmp_path):
    def write(path, text):
        file = tmp_path / ADDON / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as opened:
            opened.write(text)

    (tmp_path / ".importlinter").write_text(LAYERS, encoding="utf-8")
    for room in ("upper", "left", "right"):
        write(f"models/{room}/thing.py", MODEL.format(name=room))
    write("wizards/dialog.py", MODEL.format(name="dialog"))
    return write


def test_what_points_down_is_sound(write, tmp_path):
    write("models/upper/thing.py", "from ..left.thing import X\nfrom .. import clock\n")
    write("models/upper/other.py", 'y = env["l10n_in.irp.right"]\n')
    write("models/upper/other.py", "from ...irp import errors\nfrom . import thing\n")
    write("models/account_move.py", 'y = env["l10n_in.irp.upper"]\n')
    write("wizards/dialog.py", "from ..models.upper.thing import X\n")
    assert faults(tmp_path) == []


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        (
            "models/left/x.py",
            'env["l10n_in.irp.upper"]',
            "upper, which is above it",
        ),
        ("models/left/x.py", '_inherit = ["l10n_in.irp.upper"]', "left uses upper"),
        ("models/left/x.py", 'fields.Many2one("l10n_in.irp.upper")', "left uses upper"),
        ("models/left/x.py", "from ..upper.thing import X", "left uses upper"),
        ("models/left/x.py", "from ..upper import thing", "left uses upper"),
        ("models/left/x.py", "from .. import upper", "left uses upper"),
        ("models/left/x.py", 'env["l10n_in.irp.right"]', "right, which is beside it"),
        ("models/clock.py", "from .left import thing", "clock uses left"),
        ("models/account_move.py", 'env["l10n_in.irp.dialog"]', "uses wizards"),
        ("models/upper/x.py", "from ...wizards.dialog import X", "upper uses wizards"),
        ("models/elsewhere.py", "x = 1", "elsewhere: on no floor"),
    ],
)
def test_what_points_elsewhere_is_named(write, tmp_path, path, code, words):
    write(path, f"{code}\n")
    (fault,) = faults(tmp_path)
    assert words in fault


def test_circle_of_two_rooms(write, tmp_path):
    """One of the two directions is always wrong."""
    write("models/upper/thing.py", 'x = env["l10n_in.irp.left"]\n')
    write("models/left/thing.py", 'x = env["l10n_in.irp.upper"]\n')
    (fault,) = faults(tmp_path)
    assert fault.startswith("models/left/thing.py:")


def test_circle_on_a_shared_floor(write, tmp_path):
    write("models/clock.py", "from .locks import exclusive\n")
    assert faults(tmp_path) == []
    write("models/locks.py", "from .clock import now_utc\n")
    (fault,) = faults(tmp_path)
    assert fault.startswith("circle: ")


def test_no_fault_in_the_addon():
    assert faults(ROOT) == []
