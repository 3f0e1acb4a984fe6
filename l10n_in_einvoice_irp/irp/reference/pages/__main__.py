"""Write the pages: ``python -m irp.reference.pages ../docs``, in the addon."""

import sys
from pathlib import Path

from ..code_list import listed_codes
from ..profiles import PROFILES
from .codes import code_pages
from .ewaybill_system import EWAYBILL_PAGE, ewaybill_page
from .pages import portal_pages


def main(folder: str) -> None:
    """Write every page into ``portals`` and ``errors`` of ``folder``."""
    written = {
        "portals": {
            **portal_pages(PROFILES.values()),
            EWAYBILL_PAGE: ewaybill_page(PROFILES.values()),
        },
        "errors": code_pages(listed_codes()),
    }
    for room, pages in written.items():
        Path(folder, room).mkdir(exist_ok=True)
        for name, text in pages.items():
            Path(folder, room, name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m irp.reference.pages FOLDER")
    main(sys.argv[1])
