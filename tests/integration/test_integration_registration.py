"""From a posted invoice to its IRN, with real commits and a portal behind HTTP."""

import json
from datetime import date, datetime, timezone

import pytest
from irp import Registration, compute_irn
from processes.odoo_client import today
from processes.odoo_process import running_cron
from processes.seller import GSTIN
from processes.waiting import wait_for


def expected_irn(number: str) -> str:
    return compute_irn(GSTIN, date.fromisoformat(today()), "INV", number)


def test_posting_itself_makes_no_call(odoo, portal):
    move = odoo.posted()
    assert odoo.state(move) == "to_register"
    assert portal.all_calls == 0


def test_scheduled_action_of_another_process_registers(odoo, portal, database):
    with running_cron(database) as cron:
        move = odoo.posted()

        def is_registered():
            cron.check()
            return odoo.state(move) == "registered"

        wait_for("the invoice is registered", is_registered)
    document = odoo.document(move)
    assert document["irn"] == expected_irn(document["number"])
    assert portal.irns == [document["irn"]]
    assert document["signature_state"] == "verified"


def test_stored_answer_is_signed_by_the_portal(odoo, portal):
    move = odoo.posted()
    odoo.run_queue()
    document = odoo.document(move)
    invoice = portal.signing_keys.verify(document["signed_invoice"])
    qr = portal.signing_keys.verify(document["signed_qr"])
    assert invoice.data["Irn"] == qr.data["Irn"] == document["irn"]
    assert str(invoice.data["AckNo"]) == document["ack_number"]
    assert qr.data["DocNo"] == document["number"]


def test_every_call_leaves_a_row_in_the_log(odoo):
    move = odoo.posted()
    odoo.run_queue()
    [call] = odoo.log(move)
    assert (call["endpoint"], call["outcome"]) == ("generate_irn", "ok")
    assert call["http_status"] == 200
    assert len(call["request_hash"]) == 64


def test_invoice_shows_the_registration(odoo):
    move = odoo.posted()
    odoo.run_queue()
    document = odoo.document(move)
    shown = odoo.invoice(
        move, "l10n_in_irp_irn", "l10n_in_irp_ack_number", "l10n_in_irp_qr_image"
    )
    assert shown["l10n_in_irp_irn"] == document["irn"]
    assert shown["l10n_in_irp_ack_number"] == document["ack_number"]
    assert shown["l10n_in_irp_qr_image"]


def test_signed_answer_is_attached(odoo, worker):
    move = odoo.posted()
    odoo.run_queue()
    document = odoo.document(move)
    attachment = document["signed_attachment_id"]
    content = json.loads(worker.ask("attachment_text", attachment=attachment))
    assert content["Irn"] == document["irn"]
    assert content["SignedInvoice"] == document["signed_invoice"]


def test_rolled_back_posting_never_reaches_the_portal(odoo, portal, worker):
    move = odoo.draft()
    accountant = odoo.seller["accountant"]
    worker.ask(
        "roll_back_after",
        model="account.move",
        method="action_post",
        ids=[move],
        user=accountant,
    )
    odoo.run_queue()
    assert portal.all_calls == 0
    shown = odoo.invoice(move, "state", "l10n_in_irp_document_id")
    assert shown["state"] == "draft"
    assert not shown["l10n_in_irp_document_id"]


def test_next_run_skips_a_registered_invoice(odoo, portal):
    odoo.posted()
    odoo.run_queue()
    calls = portal.all_calls
    odoo.run_queue_later()
    assert portal.all_calls == calls


def test_runs_share_the_token(odoo, portal):
    odoo.posted()
    odoo.run_queue()
    odoo.posted()
    odoo.run_queue()
    assert len(portal.irns) == 2
    assert portal.calls("authenticate") == 1


def test_consumer_invoice_is_not_sent(odoo, portal):
    move = odoo.posted(buyer="consumer")
    odoo.run_queue()
    assert portal.all_calls == 0
    reason = odoo.invoice(move, "l10n_in_irp_reason")["l10n_in_irp_reason"]
    assert reason == "Not applicable: the buyer is unregistered"


def test_faulty_invoice_is_refused_before_the_call(odoo, portal):
    move = odoo.posted(product="without_hsn")
    odoo.run_queue()
    document = odoo.document(move)
    assert document["state"] == "rejected"
    assert "HSN" in document["error"]
    assert portal.all_calls == 0


class TestDuplicate:
    """Another client has registered the document already."""

    @pytest.fixture
    def move(self, odoo):
        odoo.register_on("manual")
        return odoo.posted()

    @staticmethod
    def register_elsewhere(portal, invoice) -> Registration:
        client = portal.other_client(lambda: datetime.now(timezone.utc))
        return client.generate_irn(invoice)

    def test_same_content_is_adopted(self, odoo, portal, move):
        other = self.register_elsewhere(portal, odoo.payload(move))
        odoo.register(move)
        document = odoo.document(move)
        assert (document["state"], document["adopted"]) == ("registered", True)
        assert document["irn"] == other.irn
        assert document["ack_number"] == other.ack_number
        assert portal.irns == [other.irn]

    def test_other_content_is_a_conflict(self, odoo, portal, move):
        invoice = odoo.payload(move)
        invoice["BuyerDtls"]["LglNm"] = "Somebody Else"
        self.register_elsewhere(portal, invoice)
        odoo.register(move)
        document = odoo.document(move)
        assert document["state"] == "conflict"
        assert "BuyerDtls.LglNm" in document["error"]
        assert "Somebody Else" in document["error"]
        assert document["advice"]

    def test_conflict_is_not_sent_again(self, odoo, portal, move):
        invoice = odoo.payload(move)
        invoice["BuyerDtls"]["LglNm"] = "Somebody Else"
        self.register_elsewhere(portal, invoice)
        odoo.register(move)
        calls = portal.all_calls
        odoo.run_queue_later()
        assert portal.all_calls == calls
