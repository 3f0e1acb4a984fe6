"""A changed copy of NIC's profile is enough to call a portal that differs in data.

The changes repeat the published facts, as an administrator would enter them; the served
portals are the judges.
"""

import pytest
from irp.protocol.errors import IrpError, IrpNotOffered, IrpRejected
from irp.reference import PROFILES

from unit.matrix.bench import call

UNDERSCORES = {"client_id": "client_id", "client_secret": "client_secret"}
CAPITAL = {group: {"gstin": "Gstin"} for group in ("log_in", "call")}
CLEAR = {
    "client_pair": "not_sent",
    "extra_headers": {"X-CT-Auth-Token": "{auth_token}"},
    "fields": [
        {
            "name": "auth_token",
            "title": "Token",
            "help": "From Clear.",
            "secret": True,
            "required": True,
        }
    ],
    "services": {
        "get_gstin": {"path": "/eivital/v1.03/Master/gstin/{gstin}"},
        "get_rejected_irns": None,
    },
    "environments": {
        "sandbox": {
            "path_prefix": {
                "/eivital/": "/vital/",
                "/eicore/": "/core/",
                "/ewaybillapi/": "/ewb/",
            }
        }
    },
}
IRIS = {
    "force_refresh": "always",
    "headers": {"log_in": UNDERSCORES, "call": UNDERSCORES},
    "services": {"get_rejected_irns": None, "sync_gstin": None},
}
EY = {
    "headers": {
        "log_in": {**UNDERSCORES, "gstin": "Gstin"},
        "call": {**UNDERSCORES, "gstin": "Gstin"},
    },
    "codes": [
        {"kind": "token_refused", "codes": ["1090"]},
        {"kind": "authentication", "codes": ["1090"]},
    ],
    "services": {
        "authenticate": {"path": "/irpauthapi/v1.0/apiAuth"},
        "generate_irn": {"path": "/irpapi/v1.0/api/generate"},
        "cancel_irn": {"path": "/irpapi/v1.0/api/cancel"},
        "get_irn": {"path": "/irpapi/v1.0/enSearch/{irn}"},
        "get_irn_by_document": None,
    },
}
NOT_OFFERED = {
    "clear_gsp": "get_rejected_irns",
    "iris": "sync_gstin",
    "ey": "get_irn_by_document",
}
COPIES = {"clear_gsp": CLEAR, "iris": IRIS, "ey": EY}
SEALINGS = {
    "nic_v104_plain": ("bytes32_base64", "json"),
    "v103_parts": ("chars32", "v103_parts"),
    "nic_v104": ("chars32_base64", "nic_v104"),
}


def copied(changes):
    return PROFILES["nic1"].override(changes, origin="Our copy")


@pytest.mark.parametrize("code", COPIES)
def test_a_copy_of_nics_profile_calls_another_portal(code, start):
    portal = start(code, profile=copied(COPIES[code]))
    client = portal.connect()
    document = portal.registered(client)
    assert call(client, "get_irn", document).irn == document.irn
    assert call(client, "cancel_irn", document).irn == document.irn
    assert portal.effects("cancel_irn", document) == 1
    with pytest.raises(IrpNotOffered):
        call(
            client,
            "get_rejected_irns" if code != "ey" else "get_irn_by_document",
            document,
        )


@pytest.mark.parametrize("code", COPIES)
def test_without_the_copy_nothing_is_registered(code, start):
    portal = start(code, profile=PROFILES["nic1"])
    portal.fields = {}
    with pytest.raises(IrpError):
        portal.connect().generate_irn(portal.document().invoice)
    assert portal.portal.registrations() == []


@pytest.mark.parametrize("log_in", SEALINGS)
def test_a_copy_seals_the_log_in_in_another_way(log_in, start):
    app_key, form = SEALINGS[log_in]
    sealing = {"log_in": log_in, "app_key": app_key}
    portal = start("nic1", profile=copied({"sealing": sealing}), log_in_sealing=form)
    portal.registered(portal.connect())


def test_a_log_in_in_another_form_is_refused(start):
    portal = start("nic1", log_in_sealing="v103_parts")
    with pytest.raises(IrpRejected, match="5001"):
        portal.connect().ensure_session()
