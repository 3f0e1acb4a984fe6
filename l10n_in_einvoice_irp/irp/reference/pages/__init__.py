"""Pages of the documentation, written from data: about each portal, and its codes."""

from .codes import anchor, code_pages
from .entries import entries
from .pages import portal_pages

__all__ = ["anchor", "code_pages", "entries", "portal_pages"]
