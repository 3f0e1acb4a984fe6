"""Read the data files in the folder ``data``."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"


def load_json(name: str) -> Any:
    """Return the parsed JSON file ``name`` of the folder ``data``."""
    return read_json_file(DATA / name)


def load_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of the CSV file ``name`` of the folder ``data``, by column."""
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def read_json_file(path: Path) -> Any:
    """Return the parsed JSON of a file of ours; ValueError if it is none."""
    return json.loads(path.read_text(encoding="utf-8"))
