"""Write the pages: ``python -m irp.reference.pages ../docs/portals``, in the addon."""

import sys
from pathlib import Path

from ..profiles import PROFILES
from .pages import portal_pages


def main(folder: str) -> None:
    """Write every page into ``folder``, which exists."""
    for name, text in portal_pages(PROFILES.values()).items():
        Path(folder, name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m irp.reference.pages FOLDER")
    main(sys.argv[1])
