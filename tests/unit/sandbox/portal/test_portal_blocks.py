"""Senders of many faulty requests are blocked if the setting is on."""

from datetime import timedelta

import pytest


@pytest.fixture
def strict(new_portal):
    return new_portal(block_after=3, block_for=timedelta(minutes=20))


@pytest.fixture
def client(strict, new_client):
    client = new_client(strict)
    client.authenticate()
    return client


def fail(client, times):
    return [client.by_irn("a" * 64) for _ in range(times)]


def test_off_by_default(portal, new_client, wire):
    client = new_client(portal)
    client.authenticate()

    assert {code for one in fail(client, 50) for code in wire.codes(one)} == {"2148"}


def test_client_is_blocked(client, invoice, wire):
    fail(client, 3)
    answer = client.generate(invoice)

    assert wire.codes(answer) == ["3095"]
    assert answer["ErrorDetails"][0]["ErrorMessage"].startswith(
        "e-Invoice operations are temporarily disabled for the CLIENT - client-1 as"
    )
    assert wire.codes(client.authenticate()) == ["3095"]


def test_gstin_is_blocked_over_several_clients(strict, new_client, wire):
    for number in range(3):
        secrets = (f"user{number}", "p", f"client-{number}0", "s")
        strict.add_user(wire.SELLER, *secrets)
        client = new_client(strict, secrets=secrets)
        client.authenticate()
        fail(client, 1)
    client = new_client(strict)

    answer = client.authenticate()
    assert wire.codes(answer) == ["3096"]
    assert wire.SELLER in answer["ErrorDetails"][0]["ErrorMessage"]


def test_block_ends(client, clock, invoice):
    fail(client, 3)
    clock.advance(minutes=20)

    assert client.generate(invoice)["Status"] == 1


def test_refusals_while_blocked_do_not_prolong(client, clock, invoice):
    fail(client, 3)
    clock.advance(minutes=10)
    fail(client, 3)
    clock.advance(minutes=10)

    assert client.generate(invoice)["Status"] == 1


def test_count_restarts_after_a_quiet_period(client, clock, invoice, wire):
    fail(client, 2)
    clock.advance(minutes=20)
    fail(client, 2)

    assert client.generate(invoice)["Status"] == 1
    fail(client, 1)
    assert wire.codes(client.by_irn("a" * 64)) == ["3095"]


def test_good_calls_do_not_count(client, invoice):
    for number in range(6):
        invoice["DocDtls"]["No"] = f"A{number}"
        assert client.generate(invoice)["Status"] == 1
