"""The parts of a run: parties, documents, services, faults."""

from datetime import date

import pytest
from irp.onboarding import asked, calls_asked_for, check_documents, parties, services_of
from irp.onboarding.documents import KINDS, build, kinds_for
from irp.onboarding.faults import faults_of, pick
from irp.reference import PROFILES, entry, gstin_fault
from irp.reference.codes import pin_in_state, states
from irp.rules import preflight

DAY = date(2026, 11, 29)
STATES = sorted(asked()["places"])
# abroad, and other territory
NO_PLACE = {"96", "97"}
SERVICES = ("generate_irn", "generate_ewb", "cancel_irn", "authenticate")
GROUPS = {"generate_ewb": "EWB", "authenticate": "VITAL"}


def test_nic_asks_for_fifty():
    assert calls_asked_for() == 50
    facts = asked()["asked"]["facts"]
    assert all(row["source"] and row["confidence"] in "HML" for row in facts)


@pytest.mark.parametrize("code", STATES)
def test_documents_of_a_seller_in_every_state_are_valid(code):
    chosen = parties(f"{code}ZZZCD9999D1ZE", sez_buyers=["24ZZZCA9998A1ZU"])
    for kind in kinds_for(chosen):
        for variation in range(8):
            document = build(kind, chosen, "T1", DAY, variation)
            assert preflight(document, today=DAY) == []


def test_every_place_is_in_its_state():
    places = asked()["places"]
    assert all(pin_in_state(pin, code) for code, (_name, pin) in places.items())
    assert (
        set(places)
        >= {code for code in states() if states()[code].place_of_supply} - NO_PLACE
    )


@pytest.mark.parametrize("gstin", ["27", "99ZZZCD9999D1ZE", "ABCDEFGHIJKLMNO"])
def test_a_buyer_is_a_gstin_of_a_state(gstin):
    with pytest.raises(ValueError, match="not a GSTIN of a state"):
        parties("27ZZZCD9999D1ZE", [gstin])


def test_a_buyer_is_not_the_seller():
    with pytest.raises(ValueError, match="cannot be the buyer"):
        parties("27ZZZCD9999D1ZE", ["27ZZZCD9999D1ZE"])
    assert len(parties("37ARZPT4384Q1MT").buyers) == 1


def test_buyers_are_checked_as_odoo_checks_an_invoice():
    check_documents(
        parties("27ZZZCD9999D1ZE", ["27ZZZCA9998A1ZO"]), "T2611291200-", DAY
    )
    for year in (2016, 2017):
        with pytest.raises(ValueError, match="."):
            check_documents(parties("27ZZZCD9999D1ZE"), "T", date(year, 1, 1))


@pytest.mark.parametrize("prefix", ["0", "TEST REPORT ", "TOO-LONG-FOR-16"])
def test_a_prefix_makes_numbers_that_the_portal_takes(prefix):
    with pytest.raises(ValueError, match="Inter-state goods"):
        check_documents(parties("27ZZZCD9999D1ZE"), prefix, DAY)


@pytest.mark.parametrize("service", SERVICES)
def test_every_expected_code_is_published(service):
    wire = PROFILES["nic1"].environments["sandbox"].wire
    for fault in faults_of(service, wire, can_cancel_ewb=True):
        for code in fault.codes:
            assert entry(code, GROUPS.get(service, "IRN")).group, (fault.title, code)


def test_the_first_fifty_bad_documents_have_different_errors():
    wire = PROFILES["nic1"].environments["sandbox"].wire
    faults = faults_of("generate_irn", wire, can_cancel_ewb=True)
    codes = [pick(faults, index).codes[0] for index in range(50)]
    assert len(set(codes)) == 50
    assert {fault.target for fault in faults} <= {*KINDS, "registered"}


def test_what_is_not_sent_is_not_made_wrong():
    wire = PROFILES["taxpro"].environments["sandbox"].wire
    assert wire.client_pair == "not_sent"
    titles = {f.title for f in faults_of("authenticate", wire, can_cancel_ewb=False)}
    assert titles & {"Wrong client ID", "Without a client secret"} == set()


def test_services_are_those_of_the_profile():
    iris = PROFILES["iris"].environments["sandbox"]
    assert "cancel_ewb" not in services_of(iris, has_ewb_user=False)
    assert "cancel_ewb" in services_of(iris, has_ewb_user=True)
    ey = PROFILES["ey"].environments["sandbox"]
    assert set(services_of(ey, has_ewb_user=False)) == {
        "authenticate",
        "generate_irn",
        "get_irn",
        "cancel_irn",
    }
    wire = ey.wire
    targets = {f.target for f in faults_of("cancel_irn", wire, can_cancel_ewb=False)}
    assert "ewaybill" not in targets


def test_published_buyers_have_the_form_of_a_gstin():
    for row in asked()["buyers"]:
        assert gstin_fault(row["gstin"]) in ("", "check_digit")
