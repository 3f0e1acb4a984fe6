"""Log-in and session of the e-way bill system, against a scripted one."""

import base64
import json
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from irp.client.ewaybill_system import EwaybillSystem
from irp.client.irp_client import IrpClient
from irp.protocol.crypto.cipher import seal_ewb_credentials
from irp.protocol.errors import (
    IrpEwbLogInError,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpRateLimited,
    IrpTokenRefused,
    IrpTooLate,
)
from irp.reference.dates import IST
from irp.reference.profiles import ENVIRONMENTS

EWB = "391009149369"
CANCELLED = {"ewayBillNo": EWB, "cancelDate": "20/09/2022 12:10:00 PM"}
URL = "https://ewb.example"


class Ewb:
    """The e-way bill system as its public pages describe it."""

    def __init__(self, auth_key, make):
        self.auth_key, self.make = auth_key, make
        self.token, self.sek = "30431124-5cbd-4045-9840-4ebb18d70265", bytes(range(32))
        self.log_ins, self.cancels, self.requests = [], [], []
        self.answers = []
        self.wrap = lambda members: members

    def send(self, request):
        self.requests.append(request)
        if self.answers and (answer := self.answers.pop(0)):
            return answer
        posted = json.loads(request.body)
        if request.url.endswith("/auth"):
            return self.log_in(posted["Data"])
        return self.cancel(request, posted)

    def log_in(self, sealed):
        inner = self.auth_key.decrypt(base64.b64decode(sealed), rsa_padding.PKCS1v15())
        plain = json.loads(base64.b64decode(inner))
        self.log_ins.append(plain)
        sek = self.make.seal(self.sek, base64.b64decode(plain["app_key"]))
        members = self.wrap({"authtoken": self.token, "sek": sek})
        return self.make.respond({"status": "1", **members})

    def cancel(self, request, posted):
        if request.headers["AuthToken"] != self.token:
            return self.refuse("238")
        self.cancels.append(json.loads(self.make.unseal(posted["data"], self.sek)))
        data = self.make.seal(json.dumps(CANCELLED).encode(), self.sek)
        return self.make.respond({"status": "1", "data": data})

    def refuse(self, code, status="0"):
        error = base64.b64encode(json.dumps({"errorCodes": code}).encode()).decode()
        return self.make.respond({"status": status, "error": error, "info": None})


@pytest.fixture
def ewb(portal_key, make):
    return Ewb(portal_key, make)


@pytest.fixture
def system(ewb, make_account, clock):
    return EwaybillSystem(
        make_account(user_name="ewb_user", password="Ewb@1"),
        ewb,
        base_url=URL,
        environment=ENVIRONMENTS["production"],
        clock=clock,
    )


def test_logs_in_and_cancels_as_published(system, ewb):
    done = system.cancel_ewb(EWB, "3", "Data entry mistake")
    assert done.cancel_date == datetime(2022, 9, 20, 12, 10, tzinfo=IST)
    [log_in] = ewb.log_ins
    assert len(base64.b64decode(log_in.pop("app_key"))) == 32
    assert log_in == {
        "action": "ACCESSTOKEN",
        "username": "ewb_user",
        "password": "Ewb@1",
    }
    assert ewb.cancels == [
        {
            "ewbNo": 391009149369,
            "cancelRsnCode": 3,
            "cancelRmrk": "Data entry mistake",
        }
    ]
    urls = [request.url for request in ewb.requests]
    assert urls == [f"{URL}/v1.03/auth", f"{URL}/v1.03/ewayapi"]
    headers = ewb.requests[1].headers
    assert headers["gstin"] == "37ARZPT4384Q1MT"
    assert (headers["client-id"], headers["client-secret"]) == (
        "the-client-id",
        "the-client-secret",
    )
    assert "user_name" not in headers
    assert json.loads(ewb.requests[1].body)["action"] == "CANEWB"


def test_the_session_serves_six_hours(system, ewb, clock):
    system.cancel_ewb(EWB, "3", "x")
    assert system.session.expires_at == clock.now + timedelta(minutes=360)
    clock.advance(minutes=359)
    system.cancel_ewb(EWB, "3", "x")
    assert len(ewb.log_ins) == 1, "no renewal before its end"
    clock.advance(minutes=1)
    system.cancel_ewb(EWB, "3", "x")
    assert len(ewb.log_ins) == 2


def test_a_gsp_may_wrap_token_and_key(system, ewb):
    ewb.wrap = lambda members: {"data": members}
    assert system.cancel_ewb(EWB, "3", "x").number == EWB


@pytest.mark.parametrize("code", ["101", "102", "103", "107", "108", "110", "111"])
@pytest.mark.parametrize("status", ["0", "failed"])
def test_a_refused_log_in_is_not_repeated(system, ewb, code, status):
    ewb.answers = [ewb.refuse(code, status)]
    with pytest.raises(IrpEwbLogInError) as caught:
        system.cancel_ewb(EWB, "3", "x")
    assert (caught.value.code, caught.value.endpoint) == (code, "ewb_authenticate")
    assert len(ewb.requests) == 1


def test_a_stale_token_is_renewed_once(system, ewb):
    system.ensure_session()
    ewb.token = "another"
    assert system.cancel_ewb(EWB, "3", "x").number == EWB
    assert len(ewb.log_ins) == 2


def test_a_log_in_refused_after_a_stale_token_is_of_this_user(system, ewb):
    stale = system.ensure_session()
    ewb.answers = [ewb.refuse("108")]
    with pytest.raises(IrpEwbLogInError) as caught:
        system.replace_session(stale)
    assert caught.value.code == "108"
    assert len(ewb.requests) == 2


def test_a_fresh_token_refused_to_its_caller_is_of_this_user(system):
    refused = IrpTokenRefused("token expired", code="238")
    error = system.refused_again(refused)
    assert isinstance(error, IrpEwbLogInError)
    assert (error.code, "fresh token" in error.message) == ("238", True)


@pytest.mark.parametrize("code", ["105", "106", "109", "116", "238"])
def test_a_fresh_token_that_is_refused_is_the_end(system, ewb, code):
    ewb.answers = [None, ewb.refuse(code), None, ewb.refuse(code)]
    with pytest.raises(IrpEwbLogInError, match="fresh token") as caught:
        system.cancel_ewb(EWB, "3", "x")
    assert caught.value.code == code
    assert len(ewb.requests) == 4
    assert system.session is None


def test_too_many_log_ins(system, ewb):
    ewb.answers = [ewb.refuse("118")]
    with pytest.raises(IrpRateLimited):
        system.ensure_session()


def test_an_answer_without_token(system, ewb, make):
    ewb.answers = [make.respond({"status": "1"})]
    with pytest.raises(IrpProtocolError, match="AuthToken"):
        system.ensure_session()


def test_lost_log_in_cancels_nothing(system, ewb, make):
    ewb.answers = [make.respond({}, 502)]
    with pytest.raises(IrpNotSent):
        system.cancel_ewb(EWB, "3", "x")


def test_a_lost_cancellation_is_unknown(system, ewb, make):
    ewb.answers = [None, make.respond({}, 502)]
    with pytest.raises(IrpOutcomeUnknown):
        system.cancel_ewb(EWB, "3", "x")


def test_refusal_has_the_right_kind(system, ewb):
    ewb.answers = [None, ewb.refuse("315")]
    with pytest.raises(IrpTooLate):
        system.cancel_ewb(EWB, "3", "x")


def test_the_client_goes_through_it(portal, ewb, system, make_account, clock):
    client = IrpClient(
        make_account(),
        portal,
        base_url="https://portal.example",
        environment=ENVIRONMENTS["production"],
        clock=clock,
    )
    client.ewaybill_system = system
    assert client.cancel_ewb(EWB, "3", "x").number == EWB
    assert portal.requests == []


def test_a_log_in_has_to_fit_one_block(portal_key):
    key = portal_key.public_key()
    assert seal_ewb_credentials("user", "x" * 70, bytes(32), key)
    with pytest.raises(ValueError, match="too long"):
        seal_ewb_credentials("user", "x" * 71, bytes(32), key)
