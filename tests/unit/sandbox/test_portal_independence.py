"""The portal is independent: it imports nothing from the client."""

import ast
import sys
from pathlib import Path

import pytest
import sandbox
from sandbox.wire import jsontext
from sandbox.wire.jsontext import PostedNumber

FOLDER = Path(sandbox.__file__).parent
ALLOWED = {*sys.stdlib_module_names, "cryptography", "werkzeug", "_typeshed"}
MODULES = sorted(FOLDER.rglob("*.py"))


def imported(path):
    """Return the top-level names that a module imports from outside its package."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            depth = len(path.relative_to(FOLDER).parts)
            assert node.level <= depth, f"{path.name} leaves its package"
            if not node.level:
                yield node.module.partition(".")[0]


@pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: str(path.relative_to(FOLDER))
)
def test_imports(path):
    extra = {"irp", "sandbox"} if path.name == "__main__.py" else set()

    assert set(imported(path)) <= ALLOWED | extra


def test_no_module_hides_one_of_python():
    names = {path.stem for path in FOLDER.iterdir() if not path.stem.startswith("__")}

    assert not names & set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1.10,"b":[1,2.0,-0.50,1e5,1E-2],"c":{"d":null,"e":true},"f":"ä\\n"}',
        "[]",
        "{}",
        '"@1.0@"',
        "123456789012345678901234567890",
        "0.1000000000000000055511151231257827",
    ],
)
def test_json_is_written_as_it_was_read(text):
    assert jsontext.dumps(jsontext.loads(text, preserve_digits=True)) == text


def test_a_posted_number_is_a_number():
    number = jsontext.loads("100.00", preserve_digits=True)

    assert isinstance(number, PostedNumber)
    assert number == 100
    assert number + 1 == 101
    assert jsontext.loads("100.00") == 100.0


@pytest.mark.parametrize(
    "text", ["NaN", "[Infinity]", "{'a':1}", "", b"\xff", "[" * 99999]
)
def test_invalid_json(text):
    with pytest.raises(ValueError, match=r".*"):
        jsontext.loads(text)


def test_json_with_a_byte_order_mark():
    assert jsontext.loads(b'\xef\xbb\xbf{"a":1}') == {"a": 1}
