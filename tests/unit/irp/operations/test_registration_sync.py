"""Refused GSTINs are synchronised once, and the invoice is resent (3028, 3029)."""

from collections import Counter

import pytest
from irp.operations.gstin_lookup import GstinLookup, look_up, sync
from irp.operations.registration import RegistrationRequest, register
from irp.protocol.errors import IrpNotFound, IrpOutcomeUnknown, IrpRateLimited

GSTIN = "27AAPFU0939F1ZV"
WRONG_DIGIT = "27AAPFU0939F1ZW"
# each test has its own buyer: the portals of all tests share one store
BUYERS = {
    "stale": "27AAACS1111B1Z8",
    "new": "27AAACS2222B1Z2",
    "cancelled": "27AAACS3333B1ZW",
    "unknown": "27AAACS4444B1ZQ",
    "lost": "27AAACS5555B1ZK",
    "limited": "27AAACS6666B1ZE",
    "ship": "29AAACS7777B1Z4",
}


def counted(transport):
    """Return the calls of each service, without the log-in."""
    names = {"Invoice": "generate", "syncgstin": "sync", "gstin": "get"}
    parts = [path.split("/") for path in transport.paths]
    calls = [names.get(part) for path in parts for part in path if part in names]
    return Counter(calls)


@pytest.mark.parametrize(("name", "held"), [("stale", "INA"), ("new", "UNKNOWN")])
def test_buyer_with_an_outdated_status(
    client, keys, make_request, portal, transport, name, held
):
    gstin = BUYERS[name]
    portal.set_taxpayer(gstin, held)
    portal.announce_taxpayer(gstin, "ACT", LegalName="Back Again")
    result = register(client, keys, make_request(Gstin=gstin))
    assert (result.state, result.adopted) == ("registered", False)
    assert counted(transport) == {"generate": 2, "sync": 1}
    (found,) = result.gstin_lookups
    assert (found.gstin, found.source) == (gstin, "sync")
    assert found.taxpayer.legal_name == "Back Again"


def test_buyer_who_stays_cancelled_is_not_resent(
    client, keys, make_request, portal, transport
):
    gstin = BUYERS["cancelled"]
    portal.set_taxpayer(gstin, "CNL")
    result = register(client, keys, make_request(Gstin=gstin))
    assert (result.state, result.error.code) == ("rejected", "3029")
    assert counted(transport) == {"generate": 1, "sync": 1}
    assert result.gstin_lookups[0].taxpayer.status == "CNL"


def test_buyer_unknown_everywhere(client, keys, make_request, portal, transport):
    gstin = BUYERS["unknown"]
    portal.set_taxpayer(gstin, "UNKNOWN")
    result = register(client, keys, make_request(Gstin=gstin))
    assert (result.state, result.error.code) == ("rejected", "3028")
    assert counted(transport) == {"generate": 1, "sync": 1}
    (found,) = result.gstin_lookups
    assert found.answered
    assert isinstance(found.error, IrpNotFound)


def test_second_refusal_is_the_last(client, keys, make_request, transport, faults):
    faults.add("refuse", "generate_irn", times=9, code="3029", message="is inactive")
    result = register(client, keys, make_request(Gstin=GSTIN))
    assert (result.state, result.wait) == ("rejected", None)
    assert counted(transport) == {"generate": 2, "sync": 1}


def test_lost_answer_of_the_second_call_is_unknown(
    client, keys, make_request, portal, transport, faults
):
    gstin = BUYERS["lost"]
    faults.add("refuse", "generate_irn", code="3028", message=f"GSTIN -{gstin}")
    faults.add("drop_after", "generate_irn")
    result = register(client, keys, make_request(Gstin=gstin))
    assert result.state == "unknown"
    assert isinstance(result.error, IrpOutcomeUnknown)
    assert result.gstin_lookups[0].taxpayer.status == "ACT"


def test_sync_without_an_answer_leaves_the_refusal(
    client, keys, make_request, portal, transport, faults
):
    gstin = BUYERS["limited"]
    portal.set_taxpayer(gstin, "INA")
    faults.add("refuse", "sync_gstin", code="3108", message="limit")
    result = register(client, keys, make_request(Gstin=gstin))
    assert (result.state, result.error.code) == ("rejected", "3029")
    assert counted(transport) == {"generate": 1, "sync": 1}
    (found,) = result.gstin_lookups
    assert not found.answered
    assert isinstance(found.error, IrpRateLimited)


def test_other_faults_beside_it_are_not_sent_again(
    client, keys, make_request, transport, faults
):
    faults.add("refuse", "generate_irn", code="2265", message="state of recipient")
    result = register(client, keys, make_request())
    assert (result.state, result.gstin_lookups) == ("rejected", ())
    assert counted(transport) == {"generate": 1}


def test_the_gstin_that_the_portal_names_is_synchronised(
    client, keys, make_request, portal, transport, faults
):
    wanted = make_request()
    ship = {"LglNm": "Depot", "Gstin": BUYERS["ship"]}
    wanted = RegistrationRequest({**wanted.invoice, "ShipDtls": ship}, wanted.irn)
    message = f"GSTIN -{BUYERS['ship']} is invalid."
    faults.add("refuse", "generate_irn", code="3028", message=message)
    result = register(client, keys, wanted)
    assert [found.gstin for found in result.gstin_lookups] == [BUYERS["ship"]]
    assert result.state == "registered"


def test_parties_of_an_order(make_request):
    wanted = make_request()
    seller, buyer = (
        wanted.invoice[name]["Gstin"] for name in ("SellerDtls", "BuyerDtls")
    )
    assert wanted.gstins == [buyer, seller]
    assert make_request(Gstin="URP").gstins == [seller]
    operator = {**wanted.invoice, "TranDtls": {"EcmGstin": BUYERS["ship"].lower()}}
    assert RegistrationRequest(operator, "").gstins == [buyer, seller, BUYERS["ship"]]


# -- one GSTIN ------------------------------------------------------------------------


def test_known_gstin_takes_one_call(client, keys, transport):
    found = look_up(client, keys, GSTIN)
    assert (found.source, found.answered) == ("get", True)
    assert found.taxpayer.gstin == GSTIN
    assert counted(transport) == {"get": 1}


def test_unknown_gstin_is_synchronised_once(client, keys, transport):
    found = look_up(client, keys, WRONG_DIGIT)
    assert (found.source, found.answered, found.taxpayer) == ("sync", True, None)
    assert counted(transport) == {"get": 1, "sync": 1}


def test_answer_of_get_counts_where_sync_is_limited(client, keys, faults):
    faults.add("refuse", "sync_gstin", code="3108", message="limit")
    found = look_up(client, keys, WRONG_DIGIT)
    assert (found.source, found.answered, found.taxpayer) == ("get", True, None)


def test_missing_answer_gives_no_record(client, keys, faults):
    faults.add("drop_before", "get_gstin")
    found = look_up(client, keys, GSTIN)
    assert (found.source, found.answered) == ("get", False)


def test_sync_asks_for_a_new_reading(client, keys, transport):
    assert sync(client, keys, GSTIN).source == "sync"
    assert counted(transport) == {"sync": 1}


def test_names_are_not_logged(client, keys):
    found = look_up(client, keys, GSTIN)
    assert found.taxpayer.legal_name
    assert found.taxpayer.legal_name not in repr(found)
    assert found.taxpayer.street not in repr(found)
    assert "GstinLookup" in repr(GstinLookup(GSTIN, "get"))
