"""The services beyond registration: their requests and results."""

import base64
import json
from dataclasses import replace
from datetime import date, datetime

import pytest
from irp.protocol.errors import (
    Info,
    IrpError,
    IrpNotOffered,
    IrpOutcomeUnknown,
    IrpProtocolError,
    PortalError,
)
from irp.protocol.records import Cancellation, EwayBillCancellation
from irp.reference.dates import IST
from irp.reference.profiles import (
    ENDPOINTS,
    ENVIRONMENTS,
    IRP_CODES,
    services_table,
)

IRN = "7ab" + "0" * 61
EWB = "391009149369"
GSTIN = "29AAACP7879D1Z0"
EWAYBILL = {
    "EwbNo": 391009149369,
    "EwbDt": "2022-09-16 19:29:00",
    "EwbValidTill": "2022-09-29 23:59:00",
    "Remarks": None,
}
TAXPAYER = {
    "Gstin": GSTIN,
    "TradeName": "TALLY SOLUTIONS PVT LTD",
    "LegalName": "TALLY SOLUTIONS PRIVATE LIMITED",
    "AddrBnm": "AMR TECH PARK II B",
    "AddrBno": "23 & 24",
    "AddrFlno": "",
    "AddrSt": "HOSUR MAIN ROAD",
    "AddrLoc": "HONGASANDRA",
    "StateCode": 29,
    "AddrPncd": 560068,
    "TxpType": "REG",
    "Status": "ACT",
    "BlkStatus": "U",
    "DtReg": "2017-07-01",
    "DtDReg": None,
}


@pytest.fixture
def serve(portal, make):
    """Return a function that makes the portal answer the next call with some data."""

    def script(data, infos=None):
        def act(portal, request, handle):
            sealed = make.seal(json.dumps(data).encode(), portal.sek)
            return make.respond({"Status": 1, "Data": sealed, "InfoDtls": infos})

        portal.script(act)

    return script


@pytest.fixture
def sent(portal, make):
    """Return a function that reads the plain body of the last request."""

    def read(member="Data"):
        body = json.loads(portal.requests[-1].body)
        return json.loads(make.unseal(body[member], portal.sek))

    return read


# -- e-invoices -----------------------------------------------------------------------


def test_an_irn_is_cancelled(client, portal, serve, sent):
    serve({"Irn": IRN, "CancelDate": "2022-09-17 18:09:00"})
    moment = datetime(2022, 9, 17, 18, 9, tzinfo=IST)
    done = client.cancel_irn(IRN.upper(), "2", "Käufer ₹")
    assert done == Cancellation(IRN, moment)
    assert sent() == {"Irn": IRN, "CnlRsn": "2", "CnlRem": "Käufer ₹"}
    request = portal.requests[-1]
    assert request.method == "POST"
    assert request.url == "https://portal.example/eicore/v1.03/Invoice/Cancel"
    assert "irp" not in request.headers


def test_a_cancellation_need_not_repeat_the_irn(client, serve):
    serve({"CancelDate": "17/09/2022 06:09:00 PM"})
    assert client.cancel_irn(IRN, "1", "x").irn == IRN


@pytest.mark.parametrize(
    "data", [{"Irn": IRN}, {"Irn": "8" * 64, "CancelDate": "2022-09-17 18:09:00"}, []]
)
def test_unexpected_cancellation_answer_proves_nothing(data, client, serve):
    serve(data)
    with pytest.raises(IrpOutcomeUnknown) as caught:
        client.cancel_irn(IRN, "1", "x")
    assert caught.value.reason == "unexpected_answer"


def test_rejected_irns_are_listed_by_day(client, portal, serve):
    serve([IRN.upper(), {"Irn": "8" * 64}])
    assert client.get_rejected_irns(date(2025, 12, 31)) == (IRN, "8" * 64)
    assert portal.requests[-1].url == (
        "https://portal.example/eicore/v1.03/Invoice/rejectedirns?date=31%2F12%2F2025"
    )


def test_a_day_without_rejections_is_empty(client, portal, make):
    refusals = [make.failure(code, "no") for code in ("2296", "2148")]
    portal.script(*[make.answer(make.respond(one)) for one in refusals])
    assert client.get_rejected_irns(date(2025, 12, 31)) == ()
    with pytest.raises(IrpError):
        client.get_rejected_irns(date(2025, 12, 31))


def test_a_list_of_irns_is_a_list(client, serve):
    serve({"Irn": IRN})
    with pytest.raises(IrpProtocolError, match="not a list"):
        client.get_rejected_irns(date(2025, 12, 31))


def test_registration_says_why_its_ewaybill_failed(client, portal, make, invoice):
    def dress(envelope):
        errors = [{"ErrorCode": 4038, "ErrorMessage": "too far"}]
        envelope["InfoDtls"] = [{"InfCd": "EWBERR", "Desc": errors}]

    portal.script(make.dressed(dress))
    registration = client.generate_irn(invoice)
    assert registration.irn
    assert registration.ewb_number == ""
    assert registration.ewb_errors == (PortalError("4038", "too far"),)
    assert registration.ewb_distance_km is None


# -- e-way bills ----------------------------------------------------------------------


def test_an_ewaybill_is_made_from_an_irn(client, portal, serve, sent):
    infos = [{"InfCd": "EWBPPD", "Desc": "Pin-Pin calc distance: 2467KM"}]
    serve(EWAYBILL, infos)
    request = {"Irn": IRN.upper(), "Distance": 0, "TransId": "29AAACP7879D1Z0"}
    made = client.generate_ewb(request)
    assert (made.number, made.distance_km, made.remarks) == (EWB, 2467, "")
    assert made.date == datetime(2022, 9, 16, 19, 29, tzinfo=IST)
    assert made.valid_till == datetime(2022, 9, 29, 23, 59, tzinfo=IST)
    assert made.infos == (Info("EWBPPD", "Pin-Pin calc distance: 2467KM"),)
    assert (made.status, made.generator_gstin) == ("", "")
    assert sent() == {**request, "Irn": IRN}
    assert portal.requests[-1].url == "https://portal.example/eiewb/v1.03/ewaybill"


@pytest.mark.parametrize(
    ("desc", "kilometres"),
    [
        ("Pin-Pin calc distance: 2467KM", 2467),
        ("PIN 193501 to 500055: 2467.6 km", 2468),
        (12, 12),
        ("not known", None),
    ],
)
def test_the_computed_distance_is_read(desc, kilometres, client, serve):
    serve(
        EWAYBILL,
        [{"InfCd": "ADDNLNFO", "Desc": "5"}, {"InfCd": "EwbPpd", "Desc": desc}],
    )
    assert client.generate_ewb({"Irn": IRN, "Distance": 0}).distance_km == kilometres


def test_an_ewaybill_is_fetched_with_its_status(client, portal, serve):
    part_a = {**EWAYBILL, "EwbValidTill": None, "Status": "cnl", "GenGstin": GSTIN}
    serve(part_a)
    found = client.get_ewb(IRN)
    assert (found.status, found.generator_gstin) == ("CNL", GSTIN)
    assert (found.valid_till, found.distance_km) == (None, None)
    request = portal.requests[-1]
    assert (request.method, request.body) == ("GET", None)
    assert request.url.endswith(f"/eiewb/v1.03/ewaybill/irn/{IRN}")


@pytest.mark.parametrize("number", [None, 0, "", "none"])
def test_an_ewaybill_has_a_number(number, client, serve):
    serve({**EWAYBILL, "EwbNo": number})
    serve({**EWAYBILL, "EwbNo": number})
    with pytest.raises(IrpOutcomeUnknown):
        client.generate_ewb({"Irn": IRN, "Distance": 0})
    with pytest.raises(IrpProtocolError):
        client.get_ewb(IRN)


# -- cancelling e-way bills: another system, another envelope -------------------------


@pytest.fixture
def serve_ewayapi(portal, make):
    def script(data, wrap=lambda plain: plain):
        def act(portal, request, handle):
            sealed = make.seal(wrap(json.dumps(data).encode()), portal.sek)
            return make.respond(
                {"status": "1", "data": sealed, "error": None, "info": None}
            )

        portal.script(act)

    return script


CANCELLED = {"ewayBillNo": EWB, "cancelDate": "20/09/2022 12:10:00 PM"}


@pytest.mark.parametrize("wrap", [lambda plain: plain, base64.b64encode])
def test_an_ewaybill_is_cancelled(wrap, client, portal, serve_ewayapi, sent):
    serve_ewayapi(CANCELLED, wrap)
    done = client.cancel_ewb(EWB, "3", "Data Entry Mistake")
    moment = datetime(2022, 9, 20, 12, 10, tzinfo=IST)
    assert done == EwayBillCancellation(EWB, moment)
    body = json.loads(portal.requests[-1].body)
    assert (list(body), body["action"]) == (["action", "data"], "CANEWB")
    assert sent("data") == {
        "ewbNo": 391009149369,
        "cancelRsnCode": 3,
        "cancelRmrk": "Data Entry Mistake",
    }
    url = "https://portal.example/ewaybillapi/v1.03/ewayapi"
    assert portal.requests[-1].url == url


def test_the_inner_base64_is_an_option(make_client, portal, serve_ewayapi, make):
    sandbox = replace(ENVIRONMENTS["sandbox"], ewayapi_inner_base64=True)
    serve_ewayapi(CANCELLED)
    make_client(environment=sandbox).cancel_ewb(EWB, "3", "x")
    sealed = json.loads(portal.requests[-1].body)["data"]
    inner = make.unseal(sealed, portal.sek)
    assert json.loads(base64.b64decode(inner))["ewbNo"] == 391009149369


def test_production_cancels_in_the_ewaybill_system(make_client, portal):
    client = make_client(environment=ENVIRONMENTS["production"])
    with pytest.raises(
        IrpNotOffered, match="website of the e-way bill system"
    ) as caught:
        client.cancel_ewb(EWB, "3", "x")
    assert (caught.value.endpoint, caught.value.remedy) == ("cancel_ewb", "stop")
    assert portal.requests == []


@pytest.mark.parametrize(
    "data", [{"ewayBillNo": EWB}, {**CANCELLED, "ewayBillNo": "3" * 12}]
)
def test_unexpected_ewaybill_cancellation_proves_nothing(data, client, serve_ewayapi):
    serve_ewayapi(data)
    with pytest.raises(IrpOutcomeUnknown):
        client.cancel_ewb(EWB, "3", "x")


# -- master data ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "path"), [("get_gstin", "gstin"), ("sync_gstin", "syncgstin")]
)
def test_a_gstin_is_looked_up(service, path, client, portal, serve):
    serve(TAXPAYER)
    found = getattr(client, service)(f" {GSTIN.lower()}")
    assert (found.gstin, found.state_code, found.pin) == (GSTIN, "29", "560068")
    assert found.trade_name == "TALLY SOLUTIONS PVT LTD"
    assert found.legal_name == "TALLY SOLUTIONS PRIVATE LIMITED"
    address = (found.building_name, found.building_number, found.floor, found.street)
    assert address == ("AMR TECH PARK II B", "23 & 24", "", "HOSUR MAIN ROAD")
    assert found.location == "HONGASANDRA"
    facts = (found.taxpayer_type, found.status, found.block_status)
    assert facts == ("REG", "ACT", "U")
    assert (found.registered_on, found.deregistered_on) == (date(2017, 7, 1), None)
    assert found.raw["addrpncd"] == 560068
    url = f"https://portal.example/eivital/v1.04/Master/{path}/{GSTIN}"
    assert portal.requests[-1].url == url


def test_record_of_a_look_up_names_its_gstin(make_client, serve):
    seen = []
    client = make_client(event_hook=seen.append)
    serve(TAXPAYER)
    client.get_gstin(GSTIN.lower())
    client.ping()
    asked = {record.endpoint: record.asked_gstin for record in seen}
    assert asked["get_gstin"] == GSTIN
    assert not any(asked[name] for name in asked.keys() - {"get_gstin"})
    assert len(asked) > 1


def test_a_taxpayer_may_lack_almost_everything(client, serve):
    serve({"gstin": GSTIN, "StateCode": 1, "AddrPncd": 0, "DtDReg": "2020-02-29"})
    found = client.get_gstin(GSTIN)
    assert (found.state_code, found.pin, found.status) == ("01", "", "")
    assert (found.registered_on, found.deregistered_on) == (None, date(2020, 2, 29))
    serve({"gstin": GSTIN})
    assert client.get_gstin(GSTIN).state_code == ""


def test_answer_about_another_gstin_is_discarded(client, serve):
    serve({**TAXPAYER, "Gstin": "27AAPFU0939F1ZV"})
    with pytest.raises(IrpProtocolError, match="not about the GSTIN"):
        client.get_gstin(GSTIN)


# -- the portal that registered it ----------------------------------------------------


@pytest.mark.parametrize("irp", ["", *IRP_CODES])
def test_another_portal_is_named_where_it_may_be(irp, client, portal, serve):
    registration = {
        "Irn": IRN,
        "AckNo": 1,
        "AckDt": "2022-09-16 19:29:00",
        "SignedInvoice": "",
    }
    serve({"Irn": IRN, "CancelDate": "2022-09-17 18:09:00"})
    serve(EWAYBILL)
    serve(EWAYBILL)
    serve(registration)
    client.cancel_irn(IRN, "1", "x", irp=irp)
    client.generate_ewb({"Irn": IRN}, irp=irp)
    client.get_ewb(IRN, irp=irp)
    client.get_irn_by_document("INV", "A/1", date(2022, 9, 16), irp=irp)
    _, *calls = portal.requests
    assert [call.headers.get("irp", "") for call in calls] == [irp] * 4


def test_an_unknown_portal_is_not_named(client, portal):
    with pytest.raises(ValueError, match="NIC1, NIC2"):
        client.cancel_irn(IRN, "1", "x", irp="NIC3")
    assert portal.requests == []


def test_the_data_tell_which_services_take_the_header():
    takers = {name for name, row in ENDPOINTS.items() if row.service.takes_irp}
    assert takers == {"cancel_irn", "generate_ewb", "get_ewb", "get_irn_by_document"}


# -- what is wrong before anything is sent --------------------------------------------


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda client: client.cancel_irn("7", "1", "x"), "64 hexadecimal"),
        (lambda client: client.generate_ewb({"Distance": 0}), "64 hexadecimal"),
        (lambda client: client.get_ewb("7"), "64 hexadecimal"),
        (lambda client: client.cancel_ewb("12", "1", "x"), "12 digits"),
        (lambda client: client.cancel_ewb(EWB, "x", "x"), "one digit"),
        (
            lambda client: client.get_gstin(
                "29/..",
            ),
            "15 characters",
        ),
        (lambda client: client.sync_gstin(GSTIN + "0"), "15 characters"),
    ],
)
def test_invalid_request_is_not_sent(ask, words, client, portal):
    with pytest.raises(ValueError, match=words):
        ask(client)
    assert portal.requests == []


# -- the table of services ------------------------------------------------------------


def test_the_table_lists_the_eleven_services(client):
    head, rule, *rows = services_table(ENDPOINTS.values()).splitlines()
    assert head.startswith("| Service |")
    assert set(rule) <= set("| -")
    assert len(rows) == 11
    assert "`POST /eicore/v1.03/Invoice/Cancel` | `cancel_irn` |" in rows[2]
    for row in ENDPOINTS.values():
        assert callable(getattr(client, row.service.call))
        assert row.service.title
    assert "rejectedirns" not in services_table(ENDPOINTS.values())
