"""The pages of the documentation about each portal, written from the profiles."""

from .pages import portal_pages

__all__ = ["portal_pages"]
