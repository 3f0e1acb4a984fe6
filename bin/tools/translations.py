"""Texts to translate that stand in data, where Odoo's export does not look."""

from pathlib import Path

import polib
from irp.reference import listed_texts

from .base import ADDON, ROOT

TEMPLATE = ROOT / ADDON / "i18n" / f"{ADDON}.pot"
# Odoo reads the translations of its Python code by these marks
MARKS = f"module: {ADDON}\nodoo-python"
PLACE = (f"code:addons/{ADDON}/irp/reference/data/error-codes.csv", "0")


def add_listed_texts(path: Path = TEMPLATE) -> None:
    """Add cause and remedy of the portals' codes to a template, as texts of code."""
    template = polib.pofile(str(path), wrapwidth=78)
    known = {one.msgid: one for one in template}
    for text in listed_texts():
        found = known.get(text)
        if found is None:
            template.append(
                polib.POEntry(msgid=text, comment=MARKS, occurrences=[PLACE])
            )
        elif PLACE not in found.occurrences:
            # the same text stands in code or in a view as well
            found.occurrences.append(PLACE)
            found.comment = MARKS
    template.sort(key=lambda one: one.msgid)
    template.save(str(path))
