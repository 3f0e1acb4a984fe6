"""Network faults at every service, and every published code."""

import pytest
from irp.protocol.errors import (
    IrpError,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpRateLimited,
    IrpTransportError,
)
from irp.reference.catalogue import entries
from irp.reference.datafiles import load_json
from irp.reference.profiles import ENDPOINTS

BUYER = "27AAACS0000B1ZE"
# codes that leave open whether the call was carried out, by service
IN_PROGRESS = {
    (service, code)
    for row in load_json("ewaybill/outcomes.json")
    if row["kind"] == "in_progress"
    for service in row.get("services", ())
    for code in row["codes"]
}
# service -> its name in the sandbox
SERVICES = {
    "generate_irn": "generate_irn",
    "cancel_irn": "cancel_irn",
    "get_irn": "get_irn",
    "get_irn_by_document": "get_irn_by_document",
    "get_rejected_irns": "rejected_irns",
    "generate_ewb": "generate_eway_bill",
    "get_ewb": "get_eway_bill",
    "cancel_ewb": "cancel_eway_bill",
    "get_gstin": "get_gstin",
    "sync_gstin": "sync_gstin",
}
# the first needs a success to break; the others ignore the answer
FAULTS = [
    ({"kind": "undecryptable"}, IrpOutcomeUnknown, "undecryptable"),
    ({"kind": "error", "status": 503}, IrpOutcomeUnknown, "server_error"),
    ({"kind": "error_after", "status": 500}, IrpOutcomeUnknown, "server_error"),
    ({"kind": "error", "status": 404}, IrpProtocolError, None),
    ({"kind": "error", "status": 429}, IrpRateLimited, None),
    ({"kind": "drop_before"}, IrpOutcomeUnknown, "reset"),
    ({"kind": "drop_after"}, IrpOutcomeUnknown, "reset"),
    ({"kind": "garbage"}, IrpOutcomeUnknown, "not_json"),
]


@pytest.mark.parametrize(("service", "route"), SERVICES.items())
def test_faults_on_the_way(bench, service, route):
    call = bench.doing(service)
    for fault, kind, reason in FAULTS:
        bench.faults.add(endpoint=route, **fault)
        asked = bench.app.calls.get(route, 0)
        with pytest.raises(IrpError) as caught:
            call(bench.client)
        error = caught.value
        if kind is IrpProtocolError and ENDPOINTS[service].changes_state:
            kind, reason = IrpOutcomeUnknown, "unexpected_answer"
        assert (type(error), error.endpoint) == (kind, service), fault
        assert getattr(error, "reason", None) == reason
        # called once and never retried
        assert bench.app.calls[route] == asked + 1


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"kind": "error"}, "server_error"),
        ({"kind": "drop_before"}, "reset"),
        ({"kind": "drop_after"}, "reset"),
        ({"kind": "garbage"}, "not_json"),
    ],
)
def test_authentication_that_got_lost_may_be_repeated(bench, fault, reason):
    bench.control("POST", "faults", {**fault, "endpoint": "authenticate"})

    with pytest.raises(IrpTransportError) as caught:
        bench.client.get_gstin(BUYER)

    error = caught.value
    assert (error.outcome, error.reason) == ("not_sent", reason)
    assert error.endpoint == "authenticate"
    assert bench.client.get_gstin(BUYER).gstin == BUYER


@pytest.mark.parametrize(
    ("group", "service"),
    [
        ("VITAL", "get_gstin"),
        ("IRN", "generate_irn"),
        ("EWB", "generate_ewb"),
        ("EWBAPI", "cancel_ewb"),
    ],
)
def test_every_published_code_arrives(bench, group, service):
    call, route = bench.doing(service), SERVICES[service]
    for one in entries():
        if one.group != group:
            continue
        # the renewed token is refused as well
        bench.faults.add("refuse", route, times=2, code=one.code, message="text")
        with pytest.raises(IrpError) as caught:
            call(bench.client)
        bench.faults.clear()
        error = caught.value
        is_unknown = (service, one.code) in IN_PROGRESS
        assert isinstance(error, IrpOutcomeUnknown) == is_unknown, one
        is_answered = not isinstance(error, IrpTransportError | IrpProtocolError)
        assert is_answered or is_unknown, one
        assert (error.code, error.endpoint) == (one.code, service)
        assert error.message
        assert one.hint
