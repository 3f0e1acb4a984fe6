"""Read the data files in the folder ``data``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"


def load_json(name: str) -> Any:
    """Return the parsed JSON file ``name`` of the folder ``data``."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))
