"""Faults of the portal and the network, and how the queue recovers."""

import pytest
from processes.odoo_process import OdooError
from processes.portal import closed_port_url


def assert_settled(odoo, portal, move, *, adopted):
    """Assert that it is registered under the only IRN that the portal issued."""
    document = odoo.document(move)
    assert document["state"] == "registered"
    assert document["adopted"] is adopted
    assert portal.irns == [document["irn"]]
    assert not document["error"]


class TestLostAnswer:
    """The portal may have registered the invoice: look it up before resending."""

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "drop_after"},
            {"kind": "garbage"},
            {"kind": "undecryptable"},
            {"kind": "error_after", "status": 502},
        ],
        ids=lambda fault: fault["kind"],
    )
    def test_processed_is_adopted(self, odoo, portal, fault):
        portal.fault(endpoint="generate_irn", **fault)
        move = odoo.posted()
        odoo.run_queue()
        assert odoo.state(move) == "unknown"
        odoo.run_queue_later()
        assert_settled(odoo, portal, move, adopted=True)
        assert portal.calls("generate_irn") == 1
        assert portal.calls("get_irn_by_document") == 1

    @pytest.mark.parametrize(
        "fault",
        [{"kind": "drop_before"}, {"kind": "error", "status": 503}],
        ids=lambda fault: fault["kind"],
    )
    def test_unprocessed_is_sent_again(self, odoo, portal, fault):
        portal.fault(endpoint="generate_irn", **fault)
        move = odoo.posted()
        odoo.run_queue()
        assert odoo.state(move) == "unknown"
        odoo.run_queue_later()
        assert odoo.state(move) == "to_register"
        odoo.run_queue_later()
        assert_settled(odoo, portal, move, adopted=False)

    def test_slow_answer(self, odoo, portal):
        portal.fault("delay", "generate_irn", seconds=3)
        move = odoo.posted()
        odoo.run_queue(transport="short_timeout")
        assert odoo.state(move) == "unknown"
        odoo.run_queue_later()
        assert_settled(odoo, portal, move, adopted=True)

    def test_user_is_warned_not_to_reissue_it(self, odoo, portal):
        portal.fault("drop_after", "generate_irn")
        move = odoo.posted()
        odoo.run_queue()
        banner = odoo.banner(move)
        assert "Do not issue this invoice again" in banner
        assert odoo.document(move)["advice"] in banner

    def test_user_may_refresh_at_once(self, odoo, portal):
        portal.fault("drop_after", "generate_irn")
        move = odoo.posted()
        odoo.run_queue()
        odoo.refresh(move)
        assert_settled(odoo, portal, move, adopted=True)

    def test_look_up_waits_for_the_pause_to_end(self, odoo, portal):
        portal.fault("drop_after", "generate_irn")
        odoo.posted()
        odoo.run_queue()
        odoo.run_queue()
        assert portal.calls("get_irn_by_document") == 0

    def test_failed_look_up_leaves_it_unknown(self, odoo, portal):
        portal.fault("drop_after", "generate_irn")
        portal.fault("error", "get_irn_by_document")
        move = odoo.posted()
        odoo.run_queue()
        odoo.run_queue_later()
        assert odoo.state(move) == "unknown"
        odoo.run_queue_later()
        assert_settled(odoo, portal, move, adopted=True)

    def test_one_lost_answer_does_not_hold_up_the_others(self, odoo, portal):
        portal.fault("drop_after", "generate_irn")
        moves = [odoo.posted() for _ in range(3)]
        odoo.run_queue()
        states = sorted(odoo.state(move) for move in moves)
        assert states == ["registered", "registered", "unknown"]
        assert len(portal.irns) == 3


class TestUnreachable:
    """The request never left this machine."""

    @pytest.fixture
    def move(self, unconnected_odoo, portal):
        unconnected_odoo.connect(portal, base_url=closed_port_url())
        move = unconnected_odoo.posted()
        unconnected_odoo.run_queue()
        return move

    def test_it_waits_with_a_message(self, unconnected_odoo, move):
        document = unconnected_odoo.document(move)
        assert document["state"] == "to_register"
        assert "could not be reached" in document["error"]
        assert document["advice"]
        assert document["next_attempt_at"]

    def test_it_is_registered_once_the_portal_is_up(
        self, unconnected_odoo, portal, move
    ):
        unconnected_odoo.connect(portal)
        unconnected_odoo.run_queue_later()
        assert_settled(unconnected_odoo, portal, move, adopted=False)


class TestWrongPassword:
    """The portal locks an account after several wrong passwords."""

    @pytest.fixture
    def credential(self, unconnected_odoo, portal):
        return unconnected_odoo.connect(portal, password="Wr0ng-Password")

    @pytest.fixture
    def move(self, unconnected_odoo, credential):
        move = unconnected_odoo.posted()
        unconnected_odoo.run_queue()
        return move

    @staticmethod
    def write(unconnected_odoo, credential, **values):
        unconnected_odoo.worker.call(
            "l10n_in.irp.credential", "write", [credential], args=[values]
        )

    def test_message_names_the_next_step(self, unconnected_odoo, move):
        document = unconnected_odoo.document(move)
        assert document["state"] == "to_register"
        assert document["error_code"] == "1019"
        assert document["advice"]

    def test_credential_is_blocked(self, unconnected_odoo, move, credential):
        row = unconnected_odoo.worker.read(
            "l10n_in.irp.credential", credential, "blocked_message"
        )
        assert "1019" in row["blocked_message"]

    def test_nothing_is_repeated(self, unconnected_odoo, portal, move):
        unconnected_odoo.run_queue_later()
        other = unconnected_odoo.posted()
        unconnected_odoo.run_queue()
        assert portal.calls("authenticate") == 1
        assert portal.irns == []
        assert unconnected_odoo.state(other) == "to_register"

    def test_many_invoices_make_one_attempt(self, unconnected_odoo, portal, credential):
        moves = unconnected_odoo.posted_batch(60)
        for _turn in range(2):
            unconnected_odoo.run_queue()
        assert portal.calls("authenticate") == 1
        assert unconnected_odoo.states(moves) == {"to_register"}
        waiting = [unconnected_odoo.document(move) for move in (moves[0], moves[-1])]
        assert all("1019" in document["error"] for document in waiting)
        assert not any(document["next_attempt_at"] for document in waiting)

    def test_connection_can_be_tested_repeatedly(
        self, unconnected_odoo, portal, credential
    ):
        model, button = "l10n_in.irp.credential", "action_test_connection"
        with pytest.raises(OdooError, match="1019"):
            unconnected_odoo.worker.call(model, button, [credential])
        rows = unconnected_odoo.database.rows(
            "SELECT code FROM l10n_in_irp_log WHERE endpoint = 'authenticate'"
            " ORDER BY id DESC LIMIT 1"
        )
        assert rows == [("1019",)]
        self.write(unconnected_odoo, credential, password=portal.facts["password"])
        # the second test has to drop a token
        for _turn in range(2):
            notice = unconnected_odoo.worker.call(model, button, [credential])
            assert notice["params"]["type"] == "success"

    def test_corrected_password_resumes_the_queue(
        self, unconnected_odoo, portal, move, credential
    ):
        self.write(unconnected_odoo, credential, password=portal.facts["password"])
        unconnected_odoo.run_queue()
        assert_settled(unconnected_odoo, portal, move, adopted=False)

    def test_corrected_password_and_register_button(
        self, unconnected_odoo, portal, move, credential
    ):
        self.write(unconnected_odoo, credential, password=portal.facts["password"])
        unconnected_odoo.register(move)
        assert_settled(unconnected_odoo, portal, move, adopted=False)


class TestMissingCredential:
    def test_message_says_what_to_do(self, unconnected_odoo):
        move = unconnected_odoo.posted()
        unconnected_odoo.run_queue()
        document = unconnected_odoo.document(move)
        assert document["state"] == "to_register"
        assert "no IRP credential" in document["error"]

    def test_new_credential_resumes_the_queue(self, unconnected_odoo, portal):
        move = unconnected_odoo.posted()
        unconnected_odoo.run_queue()
        unconnected_odoo.connect(portal)
        unconnected_odoo.run_queue()
        assert_settled(unconnected_odoo, portal, move, adopted=False)


class TestToken:
    def test_expired_token_is_renewed_once(self, odoo, portal):
        odoo.posted()
        odoo.run_queue()
        # only the portal's clock: for Odoo the token is still valid
        portal.advance(3700)
        move = odoo.posted()
        odoo.run_queue()
        assert odoo.state(move) == "registered"
        assert portal.calls("authenticate") == 2

    def test_refused_token_is_renewed_once(self, odoo, portal):
        portal.fault("refuse", "generate_irn", code="1005")
        move = odoo.posted()
        odoo.run_queue()
        assert_settled(odoo, portal, move, adopted=False)
        assert portal.calls("authenticate") == 2
        assert portal.calls("generate_irn") == 2

    def test_token_refused_twice_is_not_renewed_again(self, odoo, portal):
        portal.fault("refuse", "generate_irn", code="1005", times=0)
        move = odoo.posted()
        odoo.run_queue()
        odoo.run_queue_later()
        assert odoo.state(move) == "to_register"
        assert portal.calls("authenticate") == 2
        assert portal.irns == []


class TestUnknownSigningKey:
    @pytest.fixture
    def credential(self, unconnected_odoo, portal):
        return unconnected_odoo.connect(portal, signing_key=False)

    @pytest.fixture
    def move(self, unconnected_odoo, credential):
        move = unconnected_odoo.posted()
        unconnected_odoo.run_queue()
        return move

    def test_answer_is_stored_as_unchecked(self, unconnected_odoo, portal, move):
        document = unconnected_odoo.document(move)
        assert document["state"] == "registered"
        assert document["signature_state"] == "unchecked"
        kid = portal.signing_keys.verify(document["signed_qr"]).kid
        assert document["signature_note"] == (
            f"signature not checked: key {kid} missing"
        )

    def test_it_is_checked_once_the_key_is_added(
        self, unconnected_odoo, portal, move, credential
    ):
        unconnected_odoo.add_signing_key(credential, portal.certificate)
        document = unconnected_odoo.document(move)
        assert document["signature_state"] == "verified"
        assert not document["signature_note"]

    def test_another_portals_key_does_not_help(
        self, unconnected_odoo, portal, other_portal, move, credential
    ):
        unconnected_odoo.add_signing_key(credential, other_portal.certificate)
        assert unconnected_odoo.document(move)["signature_state"] == "unchecked"


class TestPortalsRefusal:
    def test_it_waits_for_a_user(self, odoo, portal):
        portal.fault("refuse", "generate_irn", code="2172", message="Tax is wrong")
        move = odoo.posted()
        odoo.run_queue()
        document = odoo.document(move)
        assert document["state"] == "rejected"
        assert "2172" in document["error"]
        calls = portal.all_calls
        odoo.run_queue_later()
        assert portal.all_calls == calls

    def test_button_sends_it_again(self, odoo, portal):
        portal.fault("refuse", "generate_irn", code="2172")
        move = odoo.posted()
        odoo.run_queue()
        odoo.register(move)
        assert_settled(odoo, portal, move, adopted=False)
