"""The checks before a call and the local portal agree, though written separately."""

from dataclasses import replace
from datetime import datetime

import pytest
from irp.reference.dates import IST
from irp.rules.ewaybill import Caller, generation_violations
from sandbox.portal.portal import Portal
from sandbox.services.ewaybill.web import act_on_web
from sandbox.store.store import Store
from sandbox.wire.settings import Settings

from .conftest import OWN
from .test_generation import RULES, SALE

NOW = datetime(2025, 10, 5, 20, tzinfo=IST)
# what one side alone can see, or says besides
ONLY_HERE = {
    # a typo in a GSTIN; the local portal takes those of NIC's samples
    "208": {"from_gstin": "29AAACK0000A1ZX"},
    # who generates, also where no party can
    "359": {"from_gstin": "URP"},
    # the PIN code of other countries, for a place in India
    "214": {"to_pin": "999999"},
}
ONLY_THERE = {
    # a negative total is also below its parts
    "620": {"invoice_value": -1},
    # its own distance between two PIN codes
    "702": {"distance_km": 3999},
}


@pytest.fixture(scope="module")
def portal():
    settings = Settings(ewb_irn_required=False)
    return Portal(Store(), clock=lambda: NOW, settings=settings)


def refused_there(portal, request):
    try:
        made = act_on_web(portal, OWN, "GENEWAYBILL", request.body())
    except ValueError as error:
        return set(str(error).split(","))
    # free the number of the document for the next one
    end = {"ewbNo": made["ewayBillNo"], "cancelRsnCode": 2, "cancelRmrk": "test"}
    act_on_web(portal, OWN, "CANEWB", end)
    return set()


def expected_alone(known, changes):
    """Return the codes that one side alone has for a request."""
    return {code for code, of in known.items() if of.items() <= changes.items()}


@pytest.mark.parametrize("changes", [changes for changes, _expected in RULES])
def test_both_sides_refuse_by_the_same_codes(portal, changes):
    request = replace(SALE, **changes)
    here = {one.code for one in generation_violations(request, Caller(OWN), NOW)}
    # what the schema refuses has no published code; the local portal has one for all
    here = {code or portal.settings.ewb_schema_code for code in here}
    there = refused_there(portal, request)
    assert here - there == expected_alone(ONLY_HERE, changes) & here
    assert there - here == expected_alone(ONLY_THERE, changes) & there
