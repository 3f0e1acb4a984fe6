"""A store that several processes share, and that one of them opens more than once."""

import subprocess
import sys
from pathlib import Path

import pytest
import sandbox
from sandbox import Store

ADDON = Path(sandbox.__file__).resolve().parents[1]
OTHER = """
import sys
from sandbox import Store

store = Store(sys.argv[1])
print(store.get_or_create(sys.argv[2], lambda: b"absent").decode())
store.close()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "portal.sqlite"


def read_elsewhere(path, name):
    """Return a value as another process reads it; it opens and closes the store."""
    command = [sys.executable, "-c", OTHER, str(path), name]
    return subprocess.check_output(command, cwd=ADDON, text=True).strip()


def test_what_is_written_after_a_second_opening_is_kept(path):
    """Closing any handle of a file drops all locks of the process on it (fcntl), and
    SQLite's with them: the next process to close the store would delete the log that
    this one still writes to."""
    store = Store(path)
    assert store.get_or_create("before", lambda: b"kept") == b"kept"
    again = Store(path)
    assert read_elsewhere(path, "before") == "kept"
    store.get_or_create("after", lambda: b"kept")
    assert read_elsewhere(path, "after") == "kept"
    again.close()
    store.close()
    assert read_elsewhere(path, "after") == "kept"
