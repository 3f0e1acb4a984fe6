"""Submissions that a person uploads in a file on the portal's website."""

from .results import ExportedResults
from .submission import EXPORTED, ExportedSubmission

__all__ = ["EXPORTED", "ExportedResults", "ExportedSubmission"]
