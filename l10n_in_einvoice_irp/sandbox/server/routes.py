"""The routes of the portal, one row per service."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..portal.portal import Handler
from ..services.authentication import authenticate, refuse_v103
from ..services.cancel_eway_bill import cancel_eway_bill
from ..services.eway_bill_log_in import log_in
from ..services.eway_bills import generate_eway_bill, get_eway_bill
from ..services.gstin_master import get_gstin, sync_gstin
from ..services.lookup import get_irn, get_irn_by_document, ping, rejected_irns
from ..services.registration import cancel_irn, generate_irn
from ..wire.envelope import ServiceResponse, render, render_ewayapi, render_ewb_log_in
from ..wire.settings import Dialect


@dataclass(frozen=True)
class Route:
    """A service and its path.

    :param name: the name in faults and counters; spellings of the same path share it
    :param template: the path; ``{name}`` matches one segment
    :param render: writes the responses
    """

    name: str
    method: str
    template: str
    handler: Handler
    render: Callable[[ServiceResponse, Dialect], bytes] = render

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = re.split(r"\{(\w+)\}", self.template)
        pattern = "".join(
            f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part)
            for index, part in enumerate(parts)
        )
        # as on IIS, letter case and a trailing slash make no difference
        return re.compile(pattern + "/?", re.IGNORECASE)

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return the variable parts of ``path``, None if it does not match."""
        found = self._pattern.fullmatch(path)
        return found.groupdict() if found else None


ROUTES = (
    Route("authenticate", "POST", "/eivital/v1.04/auth", authenticate),
    Route("authenticate_v103", "POST", "/eivital/v1.03/auth", refuse_v103),
    Route("ping", "GET", "/eivital/v1.04/heartbeat/ping", ping),
    Route("generate_irn", "POST", "/eicore/v1.03/Invoice", generate_irn),
    Route("cancel_irn", "POST", "/eicore/v1.03/Invoice/Cancel", cancel_irn),
    Route("get_irn", "GET", "/eicore/v1.03/Invoice/irn/{irn}", get_irn),
    Route(
        "get_irn_by_document",
        "GET",
        "/eicore/v1.03/Invoice/irnbydocdetails",
        get_irn_by_document,
    ),
    Route("rejected_irns", "GET", "/eicore/v1.03/Invoice/rejectedirns", rejected_irns),
    Route("generate_eway_bill", "POST", "/eiewb/v1.03/ewaybill", generate_eway_bill),
    Route("get_eway_bill", "GET", "/eiewb/v1.03/ewaybill/irn/{irn}", get_eway_bill),
    *(
        route
        # production uses the second path
        for start in ("/ewaybillapi/v1.03", "/v1.03")
        for route in (
            Route("log_in_ewb", "POST", f"{start}/auth", log_in, render_ewb_log_in),
            Route(
                "cancel_eway_bill",
                "POST",
                f"{start}/ewayapi",
                cancel_eway_bill,
                render_ewayapi,
            ),
        )
    ),
    Route("get_gstin", "GET", "/eivital/v1.04/Master/gstin/{gstin}", get_gstin),
    Route("get_gstin", "GET", "/eivital/v1.03/Master/gstin/{gstin}", get_gstin),
    Route("sync_gstin", "GET", "/eivital/v1.04/Master/syncgstin/{gstin}", sync_gstin),
    Route("sync_gstin", "GET", "/eivital/v1.03/Master/syncgstin/{gstin}", sync_gstin),
)
