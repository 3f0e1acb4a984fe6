"""The records inside the e-way bill system's answers (NIC E-way bill API v1.03).

Names may have any letter case, codes blanks around them, numbers the form of texts; a
member that is missing is empty. What an answer must have to be believed is its number.
"""

from .answers import (
    Consolidated,
    Extended,
    Generated,
    GroupChange,
    PartBUpdated,
    Regenerated,
    Rejected,
    TransporterUpdated,
    parse_consolidated,
    parse_extended,
    parse_generated,
    parse_group_change,
    parse_part_b,
    parse_regenerated,
    parse_rejected,
    parse_transporter_updated,
)
from .bill import Bill, BillItem, PartB, parse_bill
from .lists import (
    AssignedBill,
    OtherPartyBill,
    RejectedBill,
    TripSheet,
    TripSheetBill,
    parse_assigned_bills,
    parse_by_document,
    parse_other_party_bills,
    parse_rejected_bills,
    parse_trip_sheet,
)
from .masters import (
    ErrorText,
    HsnCode,
    Party,
    parse_error_list,
    parse_hsn,
    parse_party,
)
from .members import Members, portal_distance
from .stored import dump_bill, load_bill

__all__ = [
    "AssignedBill",
    "Bill",
    "BillItem",
    "Consolidated",
    "ErrorText",
    "Extended",
    "Generated",
    "GroupChange",
    "HsnCode",
    "Members",
    "OtherPartyBill",
    "PartB",
    "PartBUpdated",
    "Party",
    "Regenerated",
    "Rejected",
    "RejectedBill",
    "TransporterUpdated",
    "TripSheet",
    "TripSheetBill",
    "dump_bill",
    "load_bill",
    "parse_assigned_bills",
    "parse_bill",
    "parse_by_document",
    "parse_consolidated",
    "parse_error_list",
    "parse_extended",
    "parse_generated",
    "parse_group_change",
    "parse_hsn",
    "parse_other_party_bills",
    "parse_part_b",
    "parse_party",
    "parse_regenerated",
    "parse_rejected",
    "parse_rejected_bills",
    "parse_transporter_updated",
    "parse_trip_sheet",
    "portal_distance",
]
