# Odoo's runner takes the members of this package that are modules named test_…,
# so the tests of every room are imported here.

from . import test_access
from . import test_report
from . import test_send
from .portal import test_credential
from .portal import test_error_messages
from .portal import test_portals
from .taxpayer import test_taxpayer
from .taxpayer import test_taxpayer_change
from .taxpayer import test_taxpayer_on_invoice
from .taxpayer import test_taxpayer_refresh
from .queue import test_cancellation
from .queue import test_cancellation_again
from .queue import test_queue
from .queue import test_settlement
from .queue import test_settlement_ewaybill
from .retail import test_retail_price
from .invoice import test_payload
from .invoice import test_payload_cases
from .invoice import test_payload_parties
from .invoice import test_payload_property
from .invoice import test_payload_references
from .validation import test_validator
from .validation import test_validator_places
from .validation import test_validator_texts
from .ewaybill import test_ewaybill
from .ewaybill import test_ewaybill_places
from .ewaybill import test_ewaybill_print
from .ewaybill import test_ewaybill_system
from .registration import test_applicability
from .registration import test_registration
from .wizards import test_check
from .wizards import test_compare
from .wizards import test_fetch
from .wizards import test_gstin_check
from .wizards import test_import_json
