"""The pages of the documentation about each portal, written from the profiles."""

from .entries import entries
from .pages import portal_pages

__all__ = ["entries", "portal_pages"]
