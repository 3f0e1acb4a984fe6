"""The template for translations has the texts of the list of codes, as code's."""

import polib
from irp.reference import entry, listed_texts

from bin.tools.translations import add_listed_texts

TEXT = entry("2154").advice
MARK = "odoo-python"


def exported(path):
    """Write a template as Odoo exports it: a view has one of the texts as well."""
    template = polib.POFile()
    for text in (TEXT, "Something else"):
        place = [("model_terms:ir.ui.view,arch_db:addon.view", "")]
        template.append(polib.POEntry(msgid=text, occurrences=place))
    template.save(str(path))


def test_texts_are_added_as_texts_of_code(tmp_path):
    path = tmp_path / "addon.pot"
    exported(path)
    add_listed_texts(path)
    found = {one.msgid: one for one in polib.pofile(str(path))}
    assert set(found) == {*listed_texts(), "Something else"}
    for text in listed_texts():
        assert MARK in found[text].comment
        places = [place for place, _line in found[text].occurrences]
        assert [place for place in places if place.startswith("code:")]
    assert len(found[TEXT].occurrences) == 2
    assert MARK not in found["Something else"].comment


def test_texts_are_added_once(tmp_path):
    path = tmp_path / "addon.pot"
    exported(path)
    add_listed_texts(path)
    first = path.read_text(encoding="utf-8")
    add_listed_texts(path)
    assert path.read_text(encoding="utf-8") == first
