"""Get GSTIN and Sync GSTIN: each refusal of the portal."""

import pytest
from irp.protocol.errors import (
    IrpAuthenticationError,
    IrpNotFound,
    IrpRateLimited,
    IrpRejected,
)

SELLER, BUYER = "29AAACK0000A1ZK", "27AAACS0000B1ZE"
WRONG_DIGIT = "27AAACS0000B1ZX"
SERVICES = ["get_gstin", "sync_gstin"]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("gstin", [WRONG_DIGIT, "28AAACS0000B1ZE", "00AAACS0000B1Z5"])
def test_gstin_that_does_not_exist(bench, refused, service, gstin):
    refused(service, "3001", IrpNotFound, getattr(bench.client, service), gstin)


@pytest.mark.parametrize("service", SERVICES)
def test_gstin_entered_as_unknown(bench, refused, service):
    bench.control("POST", "taxpayers", {"gstin": BUYER, "status": "UNKNOWN"})

    refused(service, "3001", IrpNotFound, getattr(bench.client, service), BUYER)


def test_gstin_that_the_portal_has_not_read_yet(bench, refused):
    bench.set(open_registry=False)

    refused("get_gstin", "3001", IrpNotFound, bench.client.get_gstin, BUYER)
    assert bench.client.sync_gstin(BUYER).gstin == BUYER
    assert bench.client.get_gstin(BUYER).status == "ACT"


@pytest.mark.parametrize("code", ["3108", "_3109"])
def test_limit_of_syncs(bench, refused, code):
    bench.set(sync_limit=2, sync_limit_code=code)
    for _ in range(2):
        assert bench.client.sync_gstin(BUYER).gstin == BUYER

    call = bench.client.sync_gstin
    error = refused("sync_gstin", code, IrpRateLimited, call, BUYER)
    assert error.retry_after is None
    assert bench.client.get_gstin(BUYER).gstin == BUYER
    bench.clock.advance(days=1, seconds=1)
    assert call(BUYER).gstin == BUYER


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("3000", IrpAuthenticationError),
        ("3002", IrpAuthenticationError),
        ("3005", IrpNotFound),
        ("3011", IrpNotFound),
        ("5001", IrpRejected),
    ],
)
def test_scripted_refusal(bench, refused, service, code, kind):
    bench.faults.add("refuse", service, code=code, message="text")

    refused(service, code, kind, getattr(bench.client, service), BUYER)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("gstin", ["", "URP", "27AAACS0000B1Z", "27AAACS0000B1ZEE"])
def test_malformed_gstin_is_not_sent(bench, service, gstin):
    with pytest.raises(ValueError, match="15 characters"):
        getattr(bench.client, service)(gstin)

    assert bench.count(service) == 0
