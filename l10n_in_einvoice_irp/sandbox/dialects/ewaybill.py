"""The routes of the e-way bill system's own API (NIC E-way bill API v1.03).

Its actions share one path; the queries of bills and of master data have their names in
the path. Letter case makes no difference.
"""

from ..portal.portal import Handler
from ..services.eway_bill_log_in import log_in
from ..services.ewaybill import bill, lists
from ..services.ewaybill.calls import Run, action, query
from ..services.ewaybill.cancel import cancel_eway_bill
from ..services.ewaybill.web import RUNS
from ..wire.envelope import render_ewayapi, render_ewb_log_in, render_ewb_query
from .route import Route

# the sandbox's path and, without the prefix, that of production
_STARTS = ("/ewaybillapi/v1.03", "/v1.03")
# service and action
ACTIONS = (
    ("ewb_generate", "GENEWAYBILL"),
    ("ewb_part_b", "VEHEWB"),
    ("ewb_transporter", "UPDATETRANSPORTER"),
    ("ewb_extend", "EXTENDVALIDITY"),
    ("ewb_reject", "REJEWB"),
    ("ewb_consolidate", "GENCEWB"),
    ("ewb_regenerate", "REGENTRIPSHEET"),
    ("ewb_multi_initiate", "MULTIVEHMOVINT"),
    ("ewb_multi_add", "MULTIVEHADD"),
    ("ewb_multi_change", "MULTIVEHUPD"),
)
# service, path, and the name under which its calls count
QUERIES: tuple[tuple[str, str, Run, str], ...] = (
    ("ewb_get", "ewayapi/GetEwayBill", bill.get_bill, ""),
    ("ewb_by_date", "ewayapi/GetEwayBillsByDate", lists.by_date, "by_date"),
    (
        "ewb_by_document",
        "ewayapi/GetEwayBillGeneratedByConsigner",
        bill.get_by_document,
        "",
    ),
    (
        "ewb_for_transporter",
        "ewayapi/GetEwayBillsForTransporter",
        lists.for_transporter,
        "for_transporter",
    ),
    (
        "ewb_for_transporter_by_state",
        "ewayapi/GetEwayBillsForTransporterByState",
        lists.for_transporter_by_state,
        "by_state",
    ),
    (
        "ewb_for_transporter_by_gstin",
        "ewayapi/GetEwayBillsForTransporterByGstin",
        lists.for_transporter_by_gstin,
        "by_gstin",
    ),
    (
        "ewb_by_assignment",
        "ewayapi/GetEwayBillReportByTransporterAssignedDate",
        lists.by_assignment,
        "by_assignment",
    ),
    (
        "ewb_of_other_party",
        "ewayapi/GetEwayBillsofOtherParty",
        lists.of_other_party,
        "of_other_party",
    ),
    (
        "ewb_rejected_by_others",
        "ewayapi/GetEwayBillsRejectedByOthers",
        lists.rejected_by_others,
        "rejected",
    ),
    ("ewb_trip", "ewayapi/GetTripSheet", bill.get_trip, ""),
    ("ewb_errors", "Master/GetErrorList", lists.error_list, ""),
    ("ewb_gstin", "Master/GetGSTINDetails", lists.taxpayer, ""),
    (
        "ewb_transporter_details",
        "Master/GetTransporterDetails",
        lists.transporter,
        "",
    ),
    ("ewb_hsn", "Master/GetHsnDetailsByHsnCode", lists.hsn, ""),
)


def _routes(start: str) -> tuple[Route, ...]:
    def posted(name: str, code: str, handler: Handler) -> Route:
        path = f"{start}/ewayapi"
        return Route(name, "POST", path, handler, render_ewayapi, code)

    return (
        Route("log_in_ewb", "POST", f"{start}/auth", log_in, render_ewb_log_in),
        # the first of the path refuses unknown actions
        posted("cancel_eway_bill", "CANEWB", cancel_eway_bill),
        *(posted(name, code, action(code, RUNS[code])) for name, code in ACTIONS),
        *(
            Route(name, "GET", f"{start}/{path}", query(run, count), render_ewb_query)
            for name, path, run, count in QUERIES
        ),
    )


EWB_ROUTES = tuple(route for start in _STARTS for route in _routes(start))
