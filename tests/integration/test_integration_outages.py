"""Portals that are down, lie, live in another time or throw us out; a bad invoice.

Each ends in the documented state, and heals by itself where it can.
"""

from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate
from irp import load_signing_key
from processes.desk import today

LINE = "l10n_in.irp.circuit.breaker"


def assert_all_registered(desk, portal, moves):
    """Registered in Odoo, and each once at the portal."""
    assert desk.states(moves) == {"registered"}
    irns = [desk.document(move)["irn"] for move in moves]
    assert sorted(portal.irns) == sorted(irns)
    assert len(set(irns)) == len(irns)


def line_of(desk):
    """What is known of the line to the portal."""
    names = ["open_until", "reason", "trips"]
    [line] = desk.worker.call(LINE, "search_read", args=[[], names])
    return line


class TestAnswerThatIsNone:
    def test_truncated_answer(self, desk, portal):
        move = desk.posted()
        desk.run_queue(transport="truncated")
        assert desk.state(move) == "unknown"
        desk.run_queue_later()
        assert_all_registered(desk, portal, [move])
        assert desk.document(move)["adopted"]
        assert portal.calls("generate_irn") == 1


class TestWrongSignature:
    """The portal's key id, but another key: an answer that does not verify is none."""

    @staticmethod
    def bare_key(certificate):
        key = load_pem_x509_certificate(certificate).public_key()
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @pytest.fixture
    def credential(self, odoo, portal, other_portal):
        credential = odoo.connect(portal, signing_key=False)
        kid = load_signing_key(portal.certificate).kid
        forged = self.bare_key(other_portal.certificate)
        odoo.add_signing_key(credential, forged, kid=kid)
        return credential

    @pytest.fixture
    def move(self, odoo, credential):
        move = odoo.posted()
        odoo.run_queue()
        return move

    def test_it_is_not_believed(self, odoo, portal, move):
        document = odoo.document(move)
        assert document["state"] == "unknown"
        assert not document["irn"]
        assert document["error"]
        odoo.run_queue_later()
        assert odoo.state(move) == "unknown"
        assert portal.calls("generate_irn") == 1

    def test_it_heals_with_the_right_key(self, odoo, portal, move, credential):
        odoo.remove_signing_keys(credential)
        odoo.add_signing_key(credential, portal.certificate)
        odoo.run_queue_later()
        assert_all_registered(odoo, portal, [move])
        assert odoo.document(move)["signature_state"] == "verified"
        assert portal.calls("generate_irn") == 1


class TestClocks:
    """The portal and this machine are minutes apart."""

    @pytest.mark.parametrize("seconds", [300, -300], ids=["ahead", "behind"])
    def test_portal_is_minutes(self, desk, portal, seconds):
        portal.advance(seconds)
        yesterday = date.fromisoformat(today()) - timedelta(days=1)
        moves = [desk.draft() for _turn in range(3)]
        desk.date(yesterday, *moves)
        desk.post(*moves)
        portal.fault("drop_after", "generate_irn")
        desk.run_queue()
        desk.run_queue_later()
        assert_all_registered(desk, portal, moves)
        assert portal.calls("generate_irn") == len(moves)


class TestTokenThrownOut:
    def test_in_the_middle_of_a_batch(self, desk, portal):
        portal.fault("delay", "generate_irn", times=3)
        portal.fault("refuse", "generate_irn", code="1005", times=4)
        moves = desk.posted_batch(12)
        desk.run_queue()
        assert_all_registered(desk, portal, moves)
        assert portal.calls("authenticate") == 2
        assert portal.calls("generate_irn") == len(moves) + 4

    def test_by_another_system_again_and_again(self, desk, portal):
        moves = []
        for _turn in range(3):
            portal.fault("refuse", "generate_irn", code="1005")
            moves.append(desk.posted())
            desk.run_queue()
        document = desk.document(moves[-1])
        assert document["state"] == "to_register"
        assert "Another program" in document["error"]
        assert "API user" in document["advice"]
        assert line_of(desk)["open_until"]
        calls = portal.all_calls
        desk.run_queue()
        assert portal.all_calls == calls, "it does not fight back"
        desk.drain(moves)
        assert_all_registered(desk, portal, moves)


class TestPortalDown:
    """The breaker opens, the health check closes it, and the queue drains."""

    @pytest.fixture
    def moves(self, odoo, portal):
        """A queue that met a portal which is down, in the middle of the day."""
        odoo.connect(portal, calls=2)
        odoo.posted()
        odoo.run_queue()
        portal.fault("error", "*", times=0, status=503)
        # more than are built and handed over before the first answers are looked at
        moves = odoo.posted_batch(40)
        odoo.run_queue()
        return moves

    def test_it_is_left_alone(self, odoo, portal, moves):
        assert odoo.states(moves) == {"to_register", "unknown"}
        assert portal.calls("generate_irn") < len(moves)
        assert line_of(odoo)["open_until"]
        calls = portal.all_calls
        odoo.run_queue()
        assert portal.all_calls == calls

    def test_only_its_health_is_asked_for(self, odoo, portal, moves):
        generated = portal.calls("generate_irn")
        pings = portal.calls("ping")
        odoo.run_queue_later()
        assert portal.calls("ping") == pings + 1
        assert portal.calls("generate_irn") == generated
        assert line_of(odoo)["trips"] == 2

    def test_queue_drains_when_it_is_up(self, odoo, portal, moves):
        portal.clear_faults()
        odoo.drain(moves)
        assert odoo.states(moves) == {"registered"}
        assert len(set(portal.irns)) == len(portal.irns) == len(moves) + 1
        assert not line_of(odoo)["open_until"]
        assert line_of(odoo)["trips"] == 0


class TestPoison:
    """One invoice that nobody can deal with does not hold up the others."""

    @pytest.fixture
    def poison(self, desk):
        """Takes the date off an invoice, so that no document can be made of it."""
        statement = "UPDATE account_move SET invoice_date = %s WHERE id = %s"

        def set_date(move, day):
            desk.database.rows(statement, day, move)

        return set_date

    def test_that_cannot_be_built(self, desk, portal, poison):
        moves = desk.posted_batch(5)
        poisoned = moves.pop(2)
        poison(poisoned, None)
        desk.run_queue()
        assert_all_registered(desk, portal, moves)
        assert desk.state(poisoned) == "rejected"
        assert desk.document(poisoned)["error"]
        poison(poisoned, today())
        desk.register(poisoned)
        assert_all_registered(desk, portal, [*moves, poisoned])

    def test_that_cannot_be_looked_up(self, desk, portal, poison):
        portal.fault("drop_after", "generate_irn")
        poisoned = desk.posted()
        desk.run_queue()
        poison(poisoned, None)
        moves = desk.posted_batch(4)
        desk.run_queue_later()
        assert desk.states(moves) == {"registered"}
        assert desk.state(poisoned) == "unknown"
        assert desk.document(poisoned)["error"]
        poison(poisoned, today())
        desk.refresh(poisoned)
        assert_all_registered(desk, portal, [*moves, poisoned])
