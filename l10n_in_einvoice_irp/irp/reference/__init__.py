"""Published facts, read from data: code lists, error codes, hosts, paths, dates."""

from .addresses import (
    Address,
    check_headers,
    check_path_prefixes,
    normalise_host,
    parse_address,
    read_pairs,
)
from .catalogue import entries, entry
from .codes import ABROAD, PIN_ABROAD, hsn_digits, is_service_code, units
from .dates import IST, indian_date, written
from .gstin import (
    clean_gstin,
    gstin_fault,
    has_check_digit,
    has_gstin_form,
    is_common_enrolment,
)
from .gstin_list import check_list, decode_list, read_list
from .profiles import (
    CONFIDENCE,
    ENDPOINTS,
    ENVIRONMENTS,
    IRP_CODES,
    IRP_TITLES,
    PROFILES,
    Environment,
    Profile,
    ProfileError,
    check_base_url,
    check_gsp_url,
    irp_holding,
    is_published_address,
)
from .retail_price import (
    is_taxed_on_retail_price,
    rate_of_retail_tax,
    rate_of_tax,
    retail_price_rate,
    tax_in_retail_price,
)
from .retention import calls_until, evidence_until

__all__ = [
    "ABROAD",
    "CONFIDENCE",
    "ENDPOINTS",
    "ENVIRONMENTS",
    "IRP_CODES",
    "IRP_TITLES",
    "IST",
    "PIN_ABROAD",
    "PROFILES",
    "Address",
    "Environment",
    "Profile",
    "ProfileError",
    "calls_until",
    "check_base_url",
    "check_gsp_url",
    "check_headers",
    "check_list",
    "check_path_prefixes",
    "clean_gstin",
    "decode_list",
    "entries",
    "entry",
    "evidence_until",
    "gstin_fault",
    "has_check_digit",
    "has_gstin_form",
    "hsn_digits",
    "indian_date",
    "irp_holding",
    "is_common_enrolment",
    "is_published_address",
    "is_service_code",
    "is_taxed_on_retail_price",
    "normalise_host",
    "parse_address",
    "rate_of_retail_tax",
    "rate_of_tax",
    "read_list",
    "read_pairs",
    "retail_price_rate",
    "tax_in_retail_price",
    "units",
    "written",
]
