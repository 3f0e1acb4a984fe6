"""The page for developers lists the services of the data."""

from pathlib import Path

from irp.reference.profiles import ENDPOINTS, services_table

PAGE = Path(__file__).parents[4] / "docs" / "developers.md"


def rows(text):
    """Return the cells of a Markdown table, however it is aligned."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if set("".join(row)) - set("-: ")]


def test_page_holds_the_table_of_services():
    found = rows(PAGE.read_text(encoding="utf-8"))
    for row in rows(services_table(ENDPOINTS.values())):
        assert row in found


def test_page_names_every_service_that_is_called():
    found = {tuple(row) for row in rows(PAGE.read_text(encoding="utf-8"))}
    for one in ENDPOINTS.values():
        title, call = one.service.title, one.service.call
        assert (title, f"`{one.method} {one.path}`", f"`{call}`") in found
