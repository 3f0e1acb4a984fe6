"""The test report that portals ask for before they open production.

Makes good and bad calls of every service in a portal's sandbox, and the sheet of them.
"""

from .answers import masked
from .cases import Site
from .documents import check_documents
from .journal import Journal
from .plan import Parties, asked, calls_asked_for, parties, services_of, title_of
from .report import Report, make_report
from .runner import Hooks, Runner, Stopped
from .sheets import write_report

__all__ = [
    "Hooks",
    "Journal",
    "Parties",
    "Report",
    "Runner",
    "Site",
    "Stopped",
    "asked",
    "calls_asked_for",
    "check_documents",
    "make_report",
    "masked",
    "parties",
    "services_of",
    "title_of",
    "write_report",
]
