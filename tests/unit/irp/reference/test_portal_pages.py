"""The page of each portal is written from its profile, and is up to date."""

import re
import runpy
import sys
from pathlib import Path

import pytest
from irp.reference import PROFILES, listed_codes
from irp.reference.pages import (
    EWAYBILL_PAGE,
    code_pages,
    ewaybill_page,
    portal_pages,
)
from irp.reference.profiles import read_profile

ROOT = Path(__file__).parents[4]
FOLDER = ROOT / "docs" / "portals"
MODELS = ROOT / "l10n_in_einvoice_irp" / "models" / "portal" / "credential"
PAGES = portal_pages(PROFILES.values())
EWAYBILL = {EWAYBILL_PAGE: ewaybill_page(PROFILES.values())}


def words(text):
    """Return the text without what a formatter may change."""
    return " ".join(re.sub(r"-{3,}", "---", text).split())


def part(text, title):
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def cells(text):
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if set("".join(row)) - set("- ")]


def page_of(**changes):
    """Return the page of a copy of IRIS's profile."""
    copy = PROFILES["iris"].override(changes)
    [text] = portal_pages([copy]).values()
    return text


def test_every_portal_has_a_page():
    assert sorted(PAGES) == [
        "alankit.md",
        "clear-gsp.md",
        "clear-irp.md",
        "cygnet-irp.md",
        "ey.md",
        "iris.md",
        "nic.md",
        "taxpro.md",
        "whitebooks.md",
    ]
    found = sorted(path.name for path in FOLDER.iterdir())
    assert found == sorted({**PAGES, **EWAYBILL})


@pytest.mark.parametrize("name", sorted({**PAGES, **EWAYBILL}))
def test_page_is_up_to_date(name):
    """If not: ``python -m irp.reference.pages ../docs``, in the addon."""
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert words(written) == words({**PAGES, **EWAYBILL}[name])


def test_the_page_of_the_e_way_bill_system():
    [text] = EWAYBILL.values()
    head, *services = cells(part(text, "Services"))
    assert (head[:2], len(services)) == (["Service", "Name there"], 24)
    of = head.index("`nic1`"), head.index("`clear_gsp`")
    assert {(row[of[0]], row[of[1]]) for row in services} == {("own login", "no")}
    _head, *lost = cells(part(text, "A Lost Answer"))
    assert len(lost) == 11
    assert ["`GENEWAYBILL`", "`GetEwayBillGeneratedByConsigner`"] in lost
    _head, *portals = cells(part(text, "Its Two Portals"))
    assert ["`CANEWB`", "yes", "445", "444"] in portals
    assert ["`REJEWB`", "no (117)", "", ""] in portals
    assert ["`VEHEWB`", "yes", "", ""] in portals
    _head, *movements = cells(part(text, "Which Document"))
    assert len(movements) == 28
    assert "Longest distance: 3999 km" in text


def test_the_command_writes_them(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["pages", str(tmp_path)])
    runpy.run_module("irp.reference.pages", run_name="__main__")
    portals = (tmp_path / "portals").iterdir()
    assert {path.name: path.read_text() for path in portals} == {**PAGES, **EWAYBILL}
    errors = (tmp_path / "errors").iterdir()
    assert {path.name: path.read_text() for path in errors} == code_pages(
        listed_codes()
    )


def test_the_command_needs_a_folder(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["pages"])
    with pytest.raises(SystemExit, match="usage"):
        runpy.run_module("irp.reference.pages", run_name="__main__")


@pytest.mark.parametrize("code", sorted(PROFILES))
def test_page_says_all_that_a_person_needs(code):
    profile = PROFILES[code]
    text = words(PAGES[f"{profile.page}.md"])
    hosts = [
        host.base_url
        for name in ("sandbox", "production")
        for host in (
            *profile.environments[name].base_urls,
            *profile.environments[name].ewb_hosts,
        )
    ]
    needed = [profile.title, *profile.admission.values(), *profile.sources]
    needed += [*profile.doubts, *(key.how for key in profile.keys), *hosts]
    needed += [key.url for key in profile.keys if key.url]
    needed += [one.what for one in profile.gaps]
    needed += [profile.known_as] if profile.wire.known else []
    assert [one for one in needed if words(one) not in text] == []


@pytest.mark.parametrize("code", sorted(PROFILES))
def test_every_portal_has_something_open(code):
    """None was tried."""
    assert PROFILES[code].doubts


def test_page_names_what_the_portal_gives_and_nothing_else():
    def labels(name):
        return [row[0] for row in cells(part(PAGES[name], "What to Enter in Odoo"))][1:]

    user = ["Portal", "API User", "API Password"]
    keys = ["Portal's Public Key", "Signing Keys"]
    pair = ["Client ID", "Client Secret"]
    ewb = ["e-Way Bill API User", "e-Way Bill API Password"]
    assert labels("nic.md") == labels("iris.md") == [*user, *pair, *keys, *ewb]
    assert labels("ey.md") == [*user, *pair, *keys]
    assert labels("clear-gsp.md") == [*user, "Clear Auth Token", *keys]
    assert labels("alankit.md") == [*user, "Subscription Key", *keys, *ewb]
    assert labels("taxpro.md") == [*user, "ASP ID", "ASP Password", *keys]
    own = ["Account Email", "Server Address"]
    assert labels("whitebooks.md") == [*user, *pair, *own, "Signing Keys"]


def test_labels_are_those_of_the_form():
    code = "\n".join(path.read_text(encoding="utf-8") for path in MODELS.glob("*.py"))
    rows = cells(part(PAGES["nic.md"], "What to Enter in Odoo"))[1:]
    for label, _text in rows:
        named = f'"{label}"' in code or f"{label.lower().replace(' ', '_')}" in code
        assert named or label == "Signing Keys"


def test_every_service_that_is_missing_says_what_remains():
    works = cells(part(PAGES["ey.md"], "What Works in Odoo"))
    remains = {title: text for title, text in works if text.startswith("No. ")}
    assert len(remains) == 8
    assert all(len(text) > len("No. ") + 20 for text in remains.values())


def test_cancelling_an_ewaybill_needs_what_the_page_says():
    def said(name):
        return dict(cells(part(PAGES[name], "What Works in Odoo")))["Cancel e-Way Bill"]

    assert said("clear-gsp.md") == "Yes."
    assert said("iris.md").startswith("If the credential has an e-Way Bill API User.")
    assert said("taxpro.md").startswith("In the sandbox only.")
    assert said("whitebooks.md").startswith("No. Cancel it on ewaybillgst.gov.in.")


def test_portal_without_a_wire_is_not_described_as_working():
    text = PAGES["clear-irp.md"]
    assert "Odoo cannot call this portal yet" in text
    assert "What Works in Odoo" not in text
    assert "`environments.production.hosts`" in part(text, "What Has to Be Filled In")


def test_page_follows_the_profile():
    text = page_of(
        services={"get_irn_by_document": None},
        client_pair="id_only",
        fields=[
            {
                "name": "site",
                "title": "Site",
                "help": "Number of the site.",
                "secret": False,
                "required": False,
            }
        ],
    )
    entered = dict(cells(part(text, "What to Enter in Odoo")))
    assert "Client Secret" not in entered
    assert entered["Site"] == "Number of the site. May stay empty."
    works = dict(cells(part(text, "What Works in Odoo")))
    assert works["Get e-Invoice by document details"].startswith("No. After a lost")


def test_profiles_share_a_page_if_they_say_so():
    data = {**PROFILES["iris"].data, "code": "iris2", "title": "Second", "page": "iris"}
    [text] = portal_pages([PROFILES["iris"], read_profile(data, "copy")]).values()
    assert text.startswith("# IRIS IRP (IRP 6) and Second\n")
    assert text.count("1 to 4 fixed Indian IP addresses.") == 1


def test_tables_and_lines_are_those_of_the_formatter():
    for text in PAGES.values():
        for line in text.splitlines():
            assert len(line) <= 88 or line.startswith(("|", "#"))
        for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            assert len({len(line) for line in block.splitlines()}) == 1
