"""From a posted invoice to its IRN, with real commits and a portal behind HTTP."""

import json
from datetime import date, datetime, timezone

import pytest
from irp import Registration, compute_irn
from processes.desk import today
from processes.odoo_process import running_cron
from processes.seller import GSTIN
from processes.waiting import wait_for


def expected_irn(number: str) -> str:
    return compute_irn(GSTIN, date.fromisoformat(today()), "INV", number)


def test_posting_itself_makes_no_call(desk, portal):
    move = desk.posted()
    assert desk.state(move) == "to_register"
    assert portal.all_calls == 0


def test_scheduled_action_of_another_process_registers(desk, portal, database):
    with running_cron(database) as cron:
        move = desk.posted()

        def is_registered():
            cron.check()
            return desk.state(move) == "registered"

        wait_for("the invoice is registered", is_registered)
    document = desk.document(move)
    assert document["irn"] == expected_irn(document["number"])
    assert portal.irns == [document["irn"]]
    assert document["signature_state"] == "verified"


def test_portal_signed_what_is_kept(desk, portal):
    move = desk.posted()
    desk.run_queue()
    document = desk.document(move)
    invoice = portal.signing_keys.verify(document["signed_invoice"])
    qr = portal.signing_keys.verify(document["signed_qr"])
    assert invoice.data["Irn"] == qr.data["Irn"] == document["irn"]
    assert str(invoice.data["AckNo"]) == document["ack_number"]
    assert qr.data["DocNo"] == document["number"]


def test_every_call_leaves_a_row_in_the_log(desk):
    move = desk.posted()
    desk.run_queue()
    [call] = desk.log(move)
    assert (call["endpoint"], call["outcome"]) == ("generate_irn", "ok")
    assert call["http_status"] == 200
    assert len(call["request_hash"]) == 64


def test_invoice_shows_the_registration(desk):
    move = desk.posted()
    desk.run_queue()
    document = desk.document(move)
    shown = desk.invoice(
        move, "l10n_in_irp_irn", "l10n_in_irp_ack_number", "l10n_in_irp_qr_image"
    )
    assert shown["l10n_in_irp_irn"] == document["irn"]
    assert shown["l10n_in_irp_ack_number"] == document["ack_number"]
    assert shown["l10n_in_irp_qr_image"]


def test_signed_answer_is_attached(desk, worker):
    move = desk.posted()
    desk.run_queue()
    document = desk.document(move)
    attachment = document["signed_attachment_id"]
    content = json.loads(worker.ask("attachment_text", attachment=attachment))
    assert content["Irn"] == document["irn"]
    assert content["SignedInvoice"] == document["signed_invoice"]


def test_rolled_back_posting_never_reaches_the_portal(desk, portal, worker):
    move = desk.draft()
    accountant = desk.seller["accountant"]
    worker.ask(
        "roll_back_after",
        model="account.move",
        method="action_post",
        ids=[move],
        user=accountant,
    )
    desk.run_queue()
    assert portal.all_calls == 0
    shown = desk.invoice(move, "state", "l10n_in_irp_document_id")
    assert shown["state"] == "draft"
    assert not shown["l10n_in_irp_document_id"]


def test_settled_invoice_is_left_alone_by_the_next_run(desk, portal):
    desk.posted()
    desk.run_queue()
    calls = portal.all_calls
    desk.run_queue_later()
    assert portal.all_calls == calls


def test_token_is_shared_by_the_runs(desk, portal):
    desk.posted()
    desk.run_queue()
    desk.posted()
    desk.run_queue()
    assert len(portal.irns) == 2
    assert portal.calls("authenticate") == 1


def test_consumer_invoice_is_not_sent(desk, portal):
    move = desk.posted(buyer="consumer")
    desk.run_queue()
    assert portal.all_calls == 0
    reason = desk.invoice(move, "l10n_in_irp_reason")["l10n_in_irp_reason"]
    assert reason == "Not applicable: the buyer is unregistered"


def test_faulty_invoice_is_refused_before_the_portal_sees_it(desk, portal):
    move = desk.posted(product="without_hsn")
    desk.run_queue()
    document = desk.document(move)
    assert document["state"] == "rejected"
    assert "HSN" in document["error"]
    assert portal.all_calls == 0


class TestDuplicate:
    """The portal holds the document already: another client registered it."""

    @pytest.fixture
    def move(self, desk):
        desk.register_on("manual")
        return desk.posted()

    @staticmethod
    def register_elsewhere(portal, invoice) -> Registration:
        client = portal.other_client(lambda: datetime.now(timezone.utc))
        return client.generate_irn(invoice)

    def test_same_content_is_adopted(self, desk, portal, move):
        other = self.register_elsewhere(portal, desk.payload(move))
        desk.register(move)
        document = desk.document(move)
        assert (document["state"], document["adopted"]) == ("registered", True)
        assert document["irn"] == other.irn
        assert document["ack_number"] == other.ack_number
        assert portal.irns == [other.irn]

    def test_other_content_is_a_conflict(self, desk, portal, move):
        invoice = desk.payload(move)
        invoice["BuyerDtls"]["LglNm"] = "Somebody Else"
        self.register_elsewhere(portal, invoice)
        desk.register(move)
        document = desk.document(move)
        assert document["state"] == "conflict"
        assert "BuyerDtls.LglNm" in document["error"]
        assert "Somebody Else" in document["error"]
        assert document["advice"]

    def test_conflict_is_not_sent_again(self, desk, portal, move):
        invoice = desk.payload(move)
        invoice["BuyerDtls"]["LglNm"] = "Somebody Else"
        self.register_elsewhere(portal, invoice)
        desk.register(move)
        calls = portal.all_calls
        desk.run_queue_later()
        assert portal.all_calls == calls
