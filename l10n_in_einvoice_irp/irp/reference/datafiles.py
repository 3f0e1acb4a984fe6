"""Reads the published facts that lie beside the code as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"


def load_json(name: str) -> Any:
    """Return the parsed JSON file ``name`` of the client's ``data`` folder."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))
