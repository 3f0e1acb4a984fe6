"""Sample taxpayers of every status, for demonstrations."""

import pytest
from sandbox.portal import taxpayers
from sandbox.portal.samples import SAMPLES, enter_samples


@pytest.mark.parametrize("gstin", SAMPLES)
def test_nobody_holds_them(gstin):
    assert taxpayers.is_valid(gstin)
    assert gstin[2:5] == "ZZZ"


def test_they_are_answered(client, portal):
    enter_samples(portal)

    for gstin, (status, details) in SAMPLES.items():
        data = client.plain(client.gstin_details(gstin))
        assert data["Status"] == status
        assert {name: data[name] for name in details} == details


def test_the_portal_learns_by_a_sync(client, portal):
    enter_samples(portal)
    (stale,) = (gstin for gstin, (status, _more) in SAMPLES.items() if status == "INA")

    assert client.plain(client.gstin_details(stale))["Status"] == "INA"
    assert client.plain(client.gstin_details(stale, "syncgstin"))["Status"] == "ACT"
    enter_samples(portal)
    assert client.plain(client.gstin_details(stale))["Status"] == "ACT"


def test_existing_entries_stay(client, portal):
    gstin = next(iter(SAMPLES))
    portal.set_taxpayer(gstin, "ACT")
    enter_samples(portal)

    assert client.plain(client.gstin_details(gstin))["Status"] == "ACT"
