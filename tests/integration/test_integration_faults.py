"""What goes wrong at the portal and on the way, and how the queue gets over it."""

import pytest
from processes.odoo_process import OdooError
from processes.portal import closed_port_url


def assert_settled(desk, portal, move, *, adopted):
    """Registered in Odoo under the one IRN that the portal gave out."""
    document = desk.document(move)
    assert document["state"] == "registered"
    assert document["adopted"] is adopted
    assert portal.irns == [document["irn"]]
    assert not document["error"]


class TestLostAnswer:
    """Nobody knows whether the portal registered: it is looked up, never resent."""

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
    def test_processed_is_adopted(self, desk, portal, fault):
        portal.fault(endpoint="generate_irn", **fault)
        move = desk.posted()
        desk.run_queue()
        assert desk.state(move) == "unknown"
        desk.run_queue_later()
        assert_settled(desk, portal, move, adopted=True)
        assert portal.calls("generate_irn") == 1
        assert portal.calls("get_irn_by_document") == 1

    @pytest.mark.parametrize(
        "fault",
        [{"kind": "drop_before"}, {"kind": "error", "status": 503}],
        ids=lambda fault: fault["kind"],
    )
    def test_unprocessed_is_sent_again(self, desk, portal, fault):
        portal.fault(endpoint="generate_irn", **fault)
        move = desk.posted()
        desk.run_queue()
        assert desk.state(move) == "unknown"
        desk.run_queue_later()
        assert desk.state(move) == "to_register"
        desk.run_queue_later()
        assert_settled(desk, portal, move, adopted=False)

    def test_slow_answer(self, desk, portal):
        portal.fault("delay", "generate_irn", seconds=3)
        move = desk.posted()
        desk.run_queue(transport="short_timeout")
        assert desk.state(move) == "unknown"
        desk.run_queue_later()
        assert_settled(desk, portal, move, adopted=True)

    def test_person_is_told_not_to_issue_it_again(self, desk, portal):
        portal.fault("drop_after", "generate_irn")
        move = desk.posted()
        desk.run_queue()
        banner = desk.banner(move)
        assert "Do not issue this invoice again" in banner
        assert desk.document(move)["advice"] in banner

    def test_person_may_refresh_at_once(self, desk, portal):
        portal.fault("drop_after", "generate_irn")
        move = desk.posted()
        desk.run_queue()
        desk.refresh(move)
        assert_settled(desk, portal, move, adopted=True)

    def test_it_is_not_looked_up_before_the_pause_is_over(self, desk, portal):
        portal.fault("drop_after", "generate_irn")
        desk.posted()
        desk.run_queue()
        desk.run_queue()
        assert portal.calls("get_irn_by_document") == 0

    def test_look_up_that_fails_leaves_it_unknown(self, desk, portal):
        portal.fault("drop_after", "generate_irn")
        portal.fault("error", "get_irn_by_document")
        move = desk.posted()
        desk.run_queue()
        desk.run_queue_later()
        assert desk.state(move) == "unknown"
        desk.run_queue_later()
        assert_settled(desk, portal, move, adopted=True)

    def test_one_lost_answer_does_not_hold_up_the_others(self, desk, portal):
        portal.fault("drop_after", "generate_irn")
        moves = [desk.posted() for _ in range(3)]
        desk.run_queue()
        states = sorted(desk.state(move) for move in moves)
        assert states == ["registered", "registered", "unknown"]
        assert len(portal.irns) == 3


class TestUnreachable:
    """Nothing left this machine."""

    @pytest.fixture
    def move(self, odoo, portal):
        odoo.connect(portal, base_url=closed_port_url())
        move = odoo.posted()
        odoo.run_queue()
        return move

    def test_it_waits_with_a_message(self, odoo, move):
        document = odoo.document(move)
        assert document["state"] == "to_register"
        assert "could not be reached" in document["error"]
        assert document["advice"]
        assert document["next_attempt_at"]

    def test_it_is_registered_when_the_portal_is_there(self, odoo, portal, move):
        odoo.connect(portal)
        odoo.run_queue_later()
        assert_settled(odoo, portal, move, adopted=False)


class TestWrongPassword:
    """The portal locks an account after several wrong passwords."""

    @pytest.fixture
    def credential(self, odoo, portal):
        return odoo.connect(portal, password="Wr0ng-Password")

    @pytest.fixture
    def move(self, odoo, credential):
        move = odoo.posted()
        odoo.run_queue()
        return move

    @staticmethod
    def write(odoo, credential, **values):
        odoo.worker.call("l10n_in.irp.credential", "write", [credential], args=[values])

    def test_message_names_the_next_step(self, odoo, move):
        document = odoo.document(move)
        assert document["state"] == "to_register"
        assert document["error_code"] == "1019"
        assert document["advice"]

    def test_credential_is_blocked(self, odoo, move, credential):
        row = odoo.worker.read("l10n_in.irp.credential", credential, "blocked_message")
        assert "1019" in row["blocked_message"]

    def test_nothing_is_repeated(self, odoo, portal, move):
        odoo.run_queue_later()
        other = odoo.posted()
        odoo.run_queue()
        assert portal.calls("authenticate") == 1
        assert portal.irns == []
        assert odoo.state(other) == "to_register"

    def test_many_invoices_make_one_attempt(self, odoo, portal, credential):
        moves = odoo.posted_batch(60)
        for _turn in range(2):
            odoo.run_queue()
        assert portal.calls("authenticate") == 1
        assert odoo.states(moves) == {"to_register"}
        waiting = [odoo.document(move) for move in (moves[0], moves[-1])]
        assert all("1019" in document["error"] for document in waiting)
        assert not any(document["next_attempt_at"] for document in waiting)

    def test_connection_is_tested_again_and_again(self, odoo, portal, credential):
        model, button = "l10n_in.irp.credential", "action_test_connection"
        with pytest.raises(OdooError, match="1019"):
            odoo.worker.call(model, button, [credential])
        rows = odoo.database.rows(
            "SELECT code FROM l10n_in_irp_log WHERE endpoint = 'authenticate'"
            " ORDER BY id DESC LIMIT 1"
        )
        assert rows == [("1019",)]
        self.write(odoo, credential, password=portal.facts["password"])
        # the second time there is a token to be forgotten
        for _turn in range(2):
            notice = odoo.worker.call(model, button, [credential])
            assert notice["params"]["type"] == "success"

    def test_corrected_password_starts_it_again(self, odoo, portal, move, credential):
        self.write(odoo, credential, password=portal.facts["password"])
        odoo.run_queue()
        assert_settled(odoo, portal, move, adopted=False)

    def test_corrected_password_and_a_press_of_the_button(
        self, odoo, portal, move, credential
    ):
        self.write(odoo, credential, password=portal.facts["password"])
        odoo.register(move)
        assert_settled(odoo, portal, move, adopted=False)


class TestMissingCredential:
    def test_message_says_what_to_do(self, odoo):
        move = odoo.posted()
        odoo.run_queue()
        document = odoo.document(move)
        assert document["state"] == "to_register"
        assert "no IRP credential" in document["error"]

    def test_new_credential_starts_it(self, odoo, portal):
        move = odoo.posted()
        odoo.run_queue()
        odoo.connect(portal)
        odoo.run_queue()
        assert_settled(odoo, portal, move, adopted=False)


class TestToken:
    def test_expired_token_is_renewed_once(self, desk, portal):
        desk.posted()
        desk.run_queue()
        # the portal's clock alone: Odoo still believes in its token
        portal.advance(3700)
        move = desk.posted()
        desk.run_queue()
        assert desk.state(move) == "registered"
        assert portal.calls("authenticate") == 2

    def test_refused_token_is_renewed_once(self, desk, portal):
        portal.fault("refuse", "generate_irn", code="1005")
        move = desk.posted()
        desk.run_queue()
        assert_settled(desk, portal, move, adopted=False)
        assert portal.calls("authenticate") == 2
        assert portal.calls("generate_irn") == 2

    def test_token_refused_twice_is_not_asked_for_again(self, desk, portal):
        portal.fault("refuse", "generate_irn", code="1005", times=0)
        move = desk.posted()
        desk.run_queue()
        desk.run_queue_later()
        assert desk.state(move) == "to_register"
        assert portal.calls("authenticate") == 2
        assert portal.irns == []


class TestUnknownSigningKey:
    @pytest.fixture
    def credential(self, odoo, portal):
        return odoo.connect(portal, signing_key=False)

    @pytest.fixture
    def move(self, odoo, credential):
        move = odoo.posted()
        odoo.run_queue()
        return move

    def test_answer_is_kept_and_marked(self, odoo, portal, move):
        document = odoo.document(move)
        assert document["state"] == "registered"
        assert document["signature_state"] == "unchecked"
        kid = portal.signing_keys.verify(document["signed_qr"]).kid
        assert document["signature_note"] == (
            f"signature not checked: key {kid} missing"
        )

    def test_it_is_checked_when_the_key_comes(self, odoo, portal, move, credential):
        odoo.add_signing_key(credential, portal.certificate)
        document = odoo.document(move)
        assert document["signature_state"] == "verified"
        assert not document["signature_note"]

    def test_another_portals_key_does_not_help(
        self, odoo, portal, other_portal, move, credential
    ):
        odoo.add_signing_key(credential, other_portal.certificate)
        assert odoo.document(move)["signature_state"] == "unchecked"


class TestPortalsRefusal:
    def test_it_waits_for_a_person(self, desk, portal):
        portal.fault("refuse", "generate_irn", code="2172", message="Tax is wrong")
        move = desk.posted()
        desk.run_queue()
        document = desk.document(move)
        assert document["state"] == "rejected"
        assert "2172" in document["error"]
        calls = portal.all_calls
        desk.run_queue_later()
        assert portal.all_calls == calls

    def test_button_sends_it_again(self, desk, portal):
        portal.fault("refuse", "generate_irn", code="2172")
        move = desk.posted()
        desk.run_queue()
        desk.register(move)
        assert_settled(desk, portal, move, adopted=False)
