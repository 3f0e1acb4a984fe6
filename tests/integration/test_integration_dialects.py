"""Portals that answer in each of the dialects in the published sources."""

from datetime import datetime, timezone

import pytest
from processes.portal import dialect_portal
from processes.seller import GSTIN

DIALECTS = {
    "proxy": {
        "status": "string",
        "error_details": "base64",
        "codes": "number",
        "ack_date": "short",
    },
    "talkative": {
        "error_details": "text",
        "info_before": [{"InfCd": "ALERT", "Desc": "Maintenance on Sunday"}],
        "info_after": [{"InfCd": "EWBERR", "Desc": [{"ErrorCode": "4000"}]}],
        "ack_date": "minute",
    },
    "streaming": {
        "jws_header": ["typ", "x5t", "kid", "alg"],
        "jws_payload": ["iss", "data"],
        "chunk_size": 100,
    },
}


@pytest.fixture(scope="module", params=DIALECTS)
def speaking_portal(request):
    with dialect_portal(GSTIN, DIALECTS[request.param]) as portal:
        yield portal


@pytest.fixture
def dialect_odoo(unconnected_odoo, speaking_portal):
    unconnected_odoo.connect(speaking_portal)
    return unconnected_odoo


def test_registers(dialect_odoo, speaking_portal):
    move = dialect_odoo.posted()
    dialect_odoo.run_queue()
    document = dialect_odoo.document(move)
    assert document["state"] == "registered"
    assert document["signature_state"] == "verified"
    assert document["irn"] in speaking_portal.irns


def test_adopts_a_duplicate(dialect_odoo, speaking_portal):
    dialect_odoo.register_on("manual")
    move = dialect_odoo.posted()
    client = speaking_portal.other_client(lambda: datetime.now(timezone.utc))
    client.generate_irn(dialect_odoo.payload(move))
    dialect_odoo.register(move)
    document = dialect_odoo.document(move)
    assert (document["state"], document["adopted"]) == ("registered", True)


def test_resends_when_not_found(dialect_odoo, speaking_portal):
    speaking_portal.fault("drop_before", "generate_irn")
    move = dialect_odoo.posted()
    dialect_odoo.run_queue()
    dialect_odoo.run_queue_later()
    assert dialect_odoo.state(move) == "to_register"
    dialect_odoo.run_queue_later()
    assert dialect_odoo.state(move) == "registered"


def test_reads_a_refused_log_in(unconnected_odoo, speaking_portal):
    unconnected_odoo.connect(speaking_portal, password="Wr0ng-Password")
    move = unconnected_odoo.posted()
    unconnected_odoo.run_queue()
    assert unconnected_odoo.document(move)["error_code"] == "1019"
