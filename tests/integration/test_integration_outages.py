"""Outages: a portal that is down, forged, minutes off or refuses tokens; a bad invoice.

Each ends in the documented state and recovers automatically where it can.
"""

from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate
from irp import load_signing_key
from processes.odoo_client import today

BREAKER = "l10n_in.irp.circuit.breaker"


def assert_all_registered(odoo, portal, moves):
    """Assert that all are registered in Odoo, and each once at the portal."""
    assert odoo.states(moves) == {"registered"}
    irns = [odoo.document(move)["irn"] for move in moves]
    assert sorted(portal.irns) == sorted(irns)
    assert len(set(irns)) == len(irns)


def breaker_of(odoo):
    """Return the fields of the only circuit breaker."""
    names = ["open_until", "reason", "trips"]
    [breaker] = odoo.worker.call(BREAKER, "search_read", args=[[], names])
    return breaker


class TestBrokenAnswer:
    def test_truncated_answer(self, odoo, portal):
        move = odoo.posted()
        odoo.run_queue(transport="truncated")
        assert odoo.state(move) == "unknown"
        odoo.run_queue_later()
        assert_all_registered(odoo, portal, [move])
        assert odoo.document(move)["adopted"]
        assert portal.calls("generate_irn") == 1


class TestWrongSignature:
    """The portal's key id with another key: an unverified answer is discarded."""

    @staticmethod
    def bare_key(certificate):
        key = load_pem_x509_certificate(certificate).public_key()
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @pytest.fixture
    def credential(self, unconnected_odoo, portal, other_portal):
        credential = unconnected_odoo.connect(portal, signing_key=False)
        kid = load_signing_key(portal.certificate).kid
        forged = self.bare_key(other_portal.certificate)
        unconnected_odoo.add_signing_key(credential, forged, kid=kid)
        return credential

    @pytest.fixture
    def move(self, unconnected_odoo, credential):
        move = unconnected_odoo.posted()
        unconnected_odoo.run_queue()
        return move

    def test_it_is_not_accepted(self, unconnected_odoo, portal, move):
        document = unconnected_odoo.document(move)
        assert document["state"] == "unknown"
        assert not document["irn"]
        assert document["error"]
        unconnected_odoo.run_queue_later()
        assert unconnected_odoo.state(move) == "unknown"
        assert portal.calls("generate_irn") == 1

    def test_it_recovers_with_the_right_key(
        self, unconnected_odoo, portal, move, credential
    ):
        unconnected_odoo.remove_signing_keys(credential)
        unconnected_odoo.add_signing_key(credential, portal.certificate)
        unconnected_odoo.run_queue_later()
        assert_all_registered(unconnected_odoo, portal, [move])
        assert unconnected_odoo.document(move)["signature_state"] == "verified"
        assert portal.calls("generate_irn") == 1


class TestClocks:
    """The portal and this machine are minutes apart."""

    @pytest.mark.parametrize("seconds", [300, -300], ids=["ahead", "behind"])
    def test_portal_is_minutes(self, odoo, portal, seconds):
        portal.advance(seconds)
        yesterday = date.fromisoformat(today()) - timedelta(days=1)
        moves = [odoo.draft() for _turn in range(3)]
        odoo.date(yesterday, *moves)
        odoo.post(*moves)
        portal.fault("drop_after", "generate_irn")
        odoo.run_queue()
        odoo.run_queue_later()
        assert_all_registered(odoo, portal, moves)
        assert portal.calls("generate_irn") == len(moves)


class TestTokenRevoked:
    def test_in_the_middle_of_a_batch(self, odoo, portal):
        portal.fault("delay", "generate_irn", times=3)
        portal.fault("refuse", "generate_irn", code="1005", times=4)
        moves = odoo.posted_batch(12)
        odoo.run_queue()
        assert_all_registered(odoo, portal, moves)
        assert portal.calls("authenticate") == 2
        assert portal.calls("generate_irn") == len(moves) + 4

    def test_repeatedly_by_another_system(self, odoo, portal):
        moves = []
        for _turn in range(3):
            portal.fault("refuse", "generate_irn", code="1005")
            moves.append(odoo.posted())
            odoo.run_queue()
        document = odoo.document(moves[-1])
        assert document["state"] == "to_register"
        assert "Another program" in document["error"]
        assert "API user" in document["advice"]
        assert breaker_of(odoo)["open_until"]
        calls = portal.all_calls
        odoo.run_queue()
        assert portal.all_calls == calls, "Odoo must not log in again"
        odoo.drain(moves)
        assert_all_registered(odoo, portal, moves)


class TestPortalDown:
    """The circuit breaker opens, the health check closes it, and the queue drains."""

    @pytest.fixture
    def moves(self, unconnected_odoo, portal):
        """Invoices in the queue when the portal went down."""
        unconnected_odoo.connect(portal, calls=2)
        unconnected_odoo.posted()
        unconnected_odoo.run_queue()
        portal.fault("error", "*", times=0, status=503)
        # more than the worker hands over before it reads the first answers
        moves = unconnected_odoo.posted_batch(40)
        unconnected_odoo.run_queue()
        return moves

    def test_it_is_not_called(self, unconnected_odoo, portal, moves):
        assert unconnected_odoo.states(moves) == {"to_register", "unknown"}
        assert portal.calls("generate_irn") < len(moves)
        assert breaker_of(unconnected_odoo)["open_until"]
        calls = portal.all_calls
        unconnected_odoo.run_queue()
        assert portal.all_calls == calls

    def test_only_its_health_is_checked(self, unconnected_odoo, portal, moves):
        generated = portal.calls("generate_irn")
        pings = portal.calls("ping")
        unconnected_odoo.run_queue_later()
        assert portal.calls("ping") == pings + 1
        assert portal.calls("generate_irn") == generated
        assert breaker_of(unconnected_odoo)["trips"] == 2

    def test_queue_drains_when_it_is_up(self, unconnected_odoo, portal, moves):
        portal.clear_faults()
        unconnected_odoo.drain(moves)
        assert unconnected_odoo.states(moves) == {"registered"}
        assert len(set(portal.irns)) == len(portal.irns) == len(moves) + 1
        assert not breaker_of(unconnected_odoo)["open_until"]
        assert breaker_of(unconnected_odoo)["trips"] == 0


class TestPoison:
    """An invoice that cannot be processed does not hold up the others."""

    @pytest.fixture
    def poison(self, odoo):
        """Return a function that sets the date; without one, building fails."""
        statement = "UPDATE account_move SET invoice_date = %s WHERE id = %s"

        def set_date(move, day):
            odoo.database.rows(statement, day, move)

        return set_date

    def test_that_cannot_be_built(self, odoo, portal, poison):
        moves = odoo.posted_batch(5)
        poisoned = moves.pop(2)
        poison(poisoned, None)
        odoo.run_queue()
        assert_all_registered(odoo, portal, moves)
        assert odoo.state(poisoned) == "rejected"
        assert odoo.document(poisoned)["error"]
        poison(poisoned, today())
        odoo.register(poisoned)
        assert_all_registered(odoo, portal, [*moves, poisoned])

    def test_that_cannot_be_looked_up(self, odoo, portal, poison):
        portal.fault("drop_after", "generate_irn")
        poisoned = odoo.posted()
        odoo.run_queue()
        poison(poisoned, None)
        moves = odoo.posted_batch(4)
        odoo.run_queue_later()
        assert odoo.states(moves) == {"registered"}
        assert odoo.state(poisoned) == "unknown"
        assert odoo.document(poisoned)["error"]
        poison(poisoned, today())
        odoo.refresh(poisoned)
        assert_all_registered(odoo, portal, [*moves, poisoned])
