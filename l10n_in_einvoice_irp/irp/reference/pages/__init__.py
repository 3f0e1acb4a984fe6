"""Pages of the documentation, written from data: about each portal, and its codes."""

from .codes import anchor, code_pages
from .entries import entries
from .ewaybill_system import EWAYBILL_PAGE, ewaybill_page
from .pages import portal_pages

__all__ = [
    "EWAYBILL_PAGE",
    "anchor",
    "code_pages",
    "entries",
    "ewaybill_page",
    "portal_pages",
]
