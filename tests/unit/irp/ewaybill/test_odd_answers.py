"""No answer, however odd, raises anything but what callers expect."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from irp.protocol import ewaybill
from irp.protocol.errors import IrpError, IrpOutcomeUnknown, IrpProtocolError
from irp.protocol.ewaybill import parse_bill
from irp.protocol.http import Response

from .conftest import EWB
from .test_actions import CASES, call
from .test_look_ups import DAY, LISTS

SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = """
ewayBillDate docDate fromPincode toStateCode totInvValue status actualDist noValidDays
validUpto extendedTimes rejectStatus itemList VehiclListDetails subSupplyType
transporterId
"""
PARSERS = {
    "parse_generated": (),
    "parse_part_b": (EWB,),
    "parse_transporter_updated": (EWB, "x"),
    "parse_extended": (EWB,),
    "parse_rejected": (EWB,),
    "parse_consolidated": (),
    "parse_regenerated": (),
    "parse_group_change": (EWB,),
    "parse_bill": (EWB,),
    "parse_assigned_bills": (),
    "parse_by_document": (),
    "parse_other_party_bills": (),
    "parse_rejected_bills": (),
    "parse_trip_sheet": ("1810000387",),
    "parse_error_list": (),
    "parse_party": ("x",),
    "parse_hsn": ("0402",),
}


def test_every_parser_is_tried():
    assert set(PARSERS) == {name for name in ewaybill.__all__ if name[:6] == "parse_"}


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=25, deadline=None)
@given(data=JSON)
def test_any_json(name, data):
    with suppress(IrpProtocolError):
        getattr(ewaybill, name)(data, *PARSERS[name])


@settings(max_examples=100, deadline=None)
@given(member=st.integers(0, 42), value=JSON)
def test_a_bill_with_an_odd_member(member, value):
    names = NAMES.split()
    data = {"ewbNo": int(EWB), names[member % len(names)]: value}
    with suppress(IrpProtocolError):
        assert parse_bill(data, EWB).number == EWB


# --- what is no answer of the system -------------------------------------------------

NO_ANSWERS = {
    "nothing": (200, b""),
    "text": (200, b"System.NullReferenceException: {}"),
    "page": (200, b"<html><body>Service Unavailable</body></html>"),
    "gateway": (502, b"<html>Bad Gateway</html>"),
    "failure with a list": (500, b'{"status":"0","error":{"errorCodes":"301,"}}'),
    "no status": (200, b'{"data":"x"}'),
    "words alone": (200, b'{"status":"0","error":{"errorCodes":"Try again"}}'),
    "a sentence": (200, b'{"status":"0","error":"Could not process"}'),
    "no error": (200, b'{"status":"0","error":null}'),
    "another's fault": (
        200,
        b'{"status_cd":"0","error":{"error_cd":"AUTH4033","message":"no"}}',
    ),
    "no data": (200, b'{"status":"1","data":null}'),
    "data of another key": (200, b'{"status":"1","data":"QUJDREVGR0hJSktMTU5PUA=="}'),
}


@pytest.mark.parametrize("name", NO_ANSWERS)
@pytest.mark.parametrize("action", CASES)
def test_an_action_without_an_answer_is_unknown(api, ewb, action, name):
    status, body = NO_ANSWERS[name]
    ewb.answers[action] = Response(status, {}, body)
    with pytest.raises(IrpOutcomeUnknown):
        call(api, CASES[action][0])
    assert len(ewb.calls) == 1, "it is not sent a second time"


@pytest.mark.parametrize("name", NO_ANSWERS)
@pytest.mark.parametrize("service", LISTS)
def test_a_list_without_an_answer_is_not_empty(api, ewb, service, name):
    portal_name, values, _query = LISTS[service]
    status, body = NO_ANSWERS[name]
    ewb.answers[portal_name] = Response(status, {}, body)
    with pytest.raises(IrpError):
        getattr(api, service)(DAY, *values)
