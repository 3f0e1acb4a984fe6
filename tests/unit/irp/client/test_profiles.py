"""Each portal is called as its documents say."""

import pytest
from irp.protocol.errors import IrpNotOffered
from irp.reference import PROFILES

from unit.irp.dialects import ANSWERS, CALLS, DIALECTS

PORTALS = sorted(DIALECTS)
OFFERED = [
    (code, service) for code, one in DIALECTS.items() for service in one.services
]
MISSING = [
    (code, service)
    for code, one in DIALECTS.items()
    for service in set(CALLS) - set(one.services)
]


def sent(request, base):
    assert request.url.startswith(base)
    headers = {
        name: value
        for name, value in request.headers.items()
        if name not in ("Accept", "Content-Type")
    }
    return f"{request.method} {request.url[len(base) :]}", headers


def test_every_portal_with_a_wire_is_tried_here():
    assert {code for code, one in PROFILES.items() if one.wire.known} == set(DIALECTS)


@pytest.mark.parametrize("environment", ["sandbox", "production"])
@pytest.mark.parametrize("code", PORTALS)
def test_log_in(code, environment, connect):
    client, portal = connect(code, environment)
    session = client.ensure_session()
    dialect = DIALECTS[code]
    base = getattr(dialect, environment)
    assert sent(portal.requests[0], base) == (dialect.log_in, dialect.log_in_headers)
    assert session.token == "the-token"
    assert len(session.sek) == (32 if dialect.sealed else 0)
    assert not dialect.sealed or portal.log_ins[0]["UserName"] == "user"


@pytest.mark.parametrize(("code", "service"), OFFERED)
def test_service(code, service, connect):
    client, portal = connect(code)
    portal.answers.append(ANSWERS[service])
    assert CALLS[service](client)
    dialect = DIALECTS[code]
    where, headers = sent(portal.requests[1], dialect.sandbox)
    by_document = {"docnum": "A/1", "docdate": "15/11/2025"}
    moved = code == "whitebooks" and service == "get_irn_by_document"
    assert where == dialect.services[service]
    assert headers == {**dialect.headers, **(by_document if moved else {})}


@pytest.mark.parametrize(("code", "service"), OFFERED)
def test_first_host_is_the_published_one(code, service):
    environments = PROFILES[code].environments
    for name in ("sandbox", "production"):
        host = environments[name].base_urls[0]
        assert (host.base_url, host.reserve) == (getattr(DIALECTS[code], name), False)


@pytest.mark.parametrize(("code", "service"), sorted(MISSING))
def test_service_that_is_not_offered_sends_nothing(code, service, connect):
    client, portal = connect(code)
    with pytest.raises(IrpNotOffered) as caught:
        CALLS[service](client)
    assert caught.value.endpoint == service
    assert caught.value.wire == PROFILES[code].wire
    assert portal.requests == []


@pytest.mark.parametrize(
    ("code", "environment", "offered"),
    [
        ("nic1", "sandbox", True),
        ("nic1", "production", True),
        ("iris", "production", True),
        ("clear_gsp", "production", True),
        ("taxpro", "sandbox", True),
        ("taxpro", "production", False),
        ("ey", "production", False),
        ("whitebooks", "sandbox", False),
    ],
)
def test_where_an_ewaybill_can_be_cancelled(code, environment, offered):
    found = PROFILES[code].environments[environment]
    assert found.offers("cancel_ewb") is offered
    assert found.offers("generate_irn")


@pytest.mark.parametrize(
    ("code", "name", "website"),
    [
        ("nic2", "NIC IRP 2", "einvoice2.gst.gov.in"),
        ("iris", "IRIS IRP", "einvoice6.gst.gov.in"),
        ("ey", "EY IRP", "einvoice5.gst.gov.in"),
        ("clear_gsp", "Clear GSP", "einvoice1.gst.gov.in"),
    ],
)
def test_name_and_website_for_texts(code, name, website):
    wire = PROFILES[code].wire
    assert (wire.name, wire.website) == (name, website)
    assert PROFILES[code].website == website


@pytest.mark.parametrize("code", ["clear_gsp", "alankit", "taxpro"])
def test_client_pair_is_not_sent_even_if_it_was_entered(code, connect):
    client, portal = connect(code, client_id="SENT", client_secret="SENT")
    client.ensure_session()
    assert "SENT" not in portal.requests[0].headers.values()


@pytest.mark.parametrize(
    ("policy", "names"),
    [
        ("sent", {"client-id", "client-secret"}),
        ("id_only", {"client-id"}),
        ("not_sent", set()),
    ],
)
def test_policies_of_the_client_pair(policy, names, connect):
    profile = PROFILES["nic1"].override({"client_pair": policy})
    client, portal = connect("nic1", profile=profile)
    client.ensure_session()
    found = {name for name in portal.requests[0].headers if name.startswith("client")}
    assert found == names


@pytest.mark.parametrize("code", ["clear_gsp", "alankit", "taxpro", "whitebooks"])
def test_what_a_gsp_gives_must_be_there(code, connect):
    titles = [one.title for one in PROFILES[code].wire.fields]
    with pytest.raises(ValueError, match=f"needs: .*{titles[-1]}"):
        connect(code, fields={})


@pytest.mark.parametrize("code", PORTALS)
def test_public_key_must_be_there_where_it_seals(code, connect):
    if not DIALECTS[code].sealed:
        connect(code, auth_key=None)
        return
    with pytest.raises(ValueError, match="needs: the portal's public key"):
        connect(code, auth_key=None)


def test_portal_whose_wire_is_not_known_is_not_called(connect):
    profile = PROFILES["cygnet_irp"]
    with pytest.raises(ValueError, match="Cygnet IRP .IRP 3.: how to call it"):
        connect("nic1", profile=profile)


def test_secret_of_a_gsp_is_not_shown(connect):
    client, _portal = connect("clear_gsp")
    assert "ct-secret" not in repr(client._account)
    with pytest.raises(ValueError, match="line break") as caught:
        connect("clear_gsp", fields={"auth_token": "ct\r\nsecret"})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("code", PORTALS)
def test_portal_without_health_check_counts_as_up(code, connect):
    client, portal = connect(code)
    health = client.ping()
    if client.offers("ping"):
        assert portal.requests
    else:
        assert (health.ok, portal.requests) == (True, [])
        assert health.detail == "this portal has no health check"


def test_iris_asks_for_a_new_token_with_every_log_in(connect):
    _log_in(connect, "iris", forced=True)
    _log_in(connect, "nic1", forced=False)


def _log_in(connect, code, *, forced):
    client, portal = connect(code)
    client.ensure_session()
    assert portal.log_ins[0]["ForceRefreshAccessToken"] is forced


def test_own_session_of_the_ewaybill_system_is_where_the_profile_says():
    base = {
        code: [host.base_url for host in one.environments["production"].ewb_hosts]
        for code, one in PROFILES.items()
    }
    assert base["iris"] == base["nic1"] == ["https://api.ewaybillgst.gov.in"]
    assert base["alankit"] == ["https://newewaybill.alankitgst.com/ewaybillgateway"]
    alankit = PROFILES["alankit"].environments
    path = "/ewaybillapi/v1.03/ewayapi"
    assert alankit["sandbox"].path(path) == path
    assert alankit["production"].path(path) == "/v1.03/ewayapi"
