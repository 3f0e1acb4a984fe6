"""Odoo at every portal that the local portal stands for, in separate processes.

Each speaks its dialect over HTTP, with the keys that it makes (IRIS: RSA of 5096 bits).
"""

import pytest
from processes.portal import served_portal
from processes.seller import GSTIN

USER = ("seller_api", "Right-Passw0rd")
# the profile: the local portal's name for it, and what the operator gives besides, by
# the member of the local portal's facts that it corresponds to
PORTALS = {
    "nic1": ("nic", {}),
    "nic2": ("nic2", {}),
    "iris": ("iris", {}),
    "ey": ("ey", {}),
    "clear_gsp": ("clear-gsp", {"auth_token": "client_secret"}),
    "alankit": ("alankit", {"subscription_key": "client_secret"}),
    "taxpro": ("taxpro", {"asp_id": "client_id", "asp_password": "client_secret"}),
    "whitebooks": ("whitebooks", {}),
}
WHITEBOOKS = {"email": "books@example.com", "ip_address": "203.0.113.7"}


@pytest.mark.parametrize("code", PORTALS)
def test_invoices_are_registered_once(unconnected_odoo, code):
    odoo = unconnected_odoo
    name, given = PORTALS[code]
    with served_portal(GSTIN, *USER, "--portal", name) as portal:
        connect(odoo, portal, code, given)
        first = odoo.posted()
        odoo.run_queue()
        document = odoo.document(first)
        assert document["state"] == "registered", document["error"]
        assert document["signature_state"] == "verified"
        assert portal.irns == [document["irn"]]

        portal.fault("drop_after", "generate_irn")
        portal.fault("refuse", "generate_irn", code="1005")
        lost, refused = odoo.posted_batch(2)
        odoo.run_queue()
        assert "unknown" in odoo.states([lost, refused])
        assert portal.calls("authenticate") == 2
        odoo.run_queue_later()
        assert odoo.states([lost, refused]) == {"registered"}
        assert len(portal.irns) == 3

        held = odoo.draft()
        odoo.post(held)
        number = odoo.document(held)["number"]
        calls = portal.calls("generate_irn")
        portal.hold_elsewhere(number, "IRIS" if code == "ey" else "EY")
        odoo.run_queue()
        assert odoo.state(held) == "conflict"
        assert portal.calls("generate_irn") == calls + 1
        assert len(portal.irns) == 3


def connect(odoo, portal, code, given):
    """Give the company a credential for a portal, as an administrator enters it."""
    [found] = odoo.worker.call(
        "l10n_in.irp.portal", "search", args=[[("profile", "=", code)]]
    )
    fields = {name: portal.facts[member] for name, member in given.items()}
    values = {"portal_id": found}
    if code == "whitebooks":
        values |= {"portal_fields": WHITEBOOKS, "auth_key": False}
    elif fields:
        values |= {"portal_fields": fields, "client_id": False, "client_secret": False}
    odoo.connect(portal, **values)
