"""Refused credentials, headers and tokens at every service."""

from dataclasses import replace

import pytest
from irp.protocol.errors import IrpAuthenticationError, IrpRateLimited, IrpRejected

SERVICES = [
    "generate_irn",
    "cancel_irn",
    "get_irn",
    "get_irn_by_document",
    "get_rejected_irns",
    "generate_ewb",
    "get_ewb",
    "cancel_ewb",
    "get_gstin",
    "sync_gstin",
]
# services with another name in the sandbox
ROUTES = {
    "get_rejected_irns": "rejected_irns",
    "generate_ewb": "generate_eway_bill",
    "get_ewb": "get_eway_bill",
    "cancel_ewb": "cancel_eway_bill",
}
# the e-way bill system's own codes for the same
OWN_CODES = {
    "1004": "393",
    "1005": "238",
    "1010": "110",
    "1011": "103",
    "1012": "104",
    "1018": "116",
    "1020": "109",
    "3095": "118",
    "3096": "118",
}
POSTS = ("generate_irn", "cancel_irn", "generate_ewb", "cancel_ewb")


def code_at(service, code):
    """Return a service's own code in place of the usual ``code``."""
    return OWN_CODES.get(code, code) if service == "cancel_ewb" else code


# --- authentication ------------------------------------------------------------------


def other_clients_user(bench):
    bench.add_user(user_name="second", client_id="client-2", client_secret="secret-2")
    return bench.connect(client_id="client-2", client_secret="secret-2")


def user_of_another_gstin(bench):
    bench.add_user(gstin="27AAACS0000B1ZE", user_name="mumbai")
    return bench.connect(user_name="mumbai")


def cancelled_taxpayer(bench):
    entry = {"gstin": "29AAACK0000A1ZK", "status": "CNL"}
    bench.control("POST", "taxpayers", entry)
    return bench.connect()


def signing_key_in_place_of_the_other(bench):
    return bench.connect(auth_key=bench.portal.signing_certificate)


def withdrawn_version(bench):
    old = {"/eivital/v1.04/auth": "/eivital/v1.03/auth"}
    return bench.connect(environment={"path_prefix": old})


def blocked(header):
    """Make the portal block the client or the GSTIN after one wrong password."""

    def provoke(bench):
        bench.set(block_after=1)
        with pytest.raises(IrpAuthenticationError):
            bench.connect(password="wrong").ensure_session()
        if header == "client":
            return bench.connect(gstin="27AAACS0000B1ZE")
        bench.add_user(user_name="second", client_id="client-2")
        return bench.connect(client_id="client-2")

    return provoke


AUTHENTICATION = [
    ("1004", lambda bench: bench.connect(gstin="")),
    ("1006", lambda bench: bench.connect(user_name="")),
    ("1007", withdrawn_version),
    ("1008", lambda bench: bench.connect(password="")),
    ("1010", lambda bench: bench.connect(client_secret="wrong")),
    ("1010", lambda bench: bench.connect(client_id="nobody")),
    ("1011", lambda bench: bench.connect(client_id="")),
    ("1012", lambda bench: bench.connect(client_secret="")),
    ("1014", cancelled_taxpayer),
    ("1015", user_of_another_gstin),
    ("1017", lambda bench: bench.connect(user_name="nobody")),
    ("1018", other_clients_user),
    ("1019", lambda bench: bench.connect(password="wrong")),
    ("1020", signing_key_in_place_of_the_other),
]


@pytest.mark.parametrize(("code", "provoke"), AUTHENTICATION)
def test_refused_authentication(bench, refused, code, provoke):
    client = provoke(bench)

    refused("authenticate", code, IrpAuthenticationError, client.ensure_session)
    assert client.session is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("1005", IrpAuthenticationError),
        ("1013", IrpAuthenticationError),
        ("1016", IrpAuthenticationError),
        ("3000", IrpAuthenticationError),
        ("3002", IrpAuthenticationError),
        ("5001", IrpRejected),
        ("5003", IrpRejected),
    ],
)
def test_refused_authentication_that_a_client_cannot_provoke(
    bench, refused, code, kind
):
    fault = {"kind": "refuse", "endpoint": "authenticate", "code": code}
    bench.control("POST", "faults", {**fault, "message": "text"})

    refused("authenticate", code, kind, bench.client.ensure_session)
    assert bench.count("authenticate") == 1


@pytest.mark.parametrize(("code", "header"), [("3095", "client"), ("3096", "gstin")])
def test_blocked_for_erroneous_requests(bench, refused, code, header):
    client = blocked(header)(bench)

    refused("authenticate", code, IrpRateLimited, client.ensure_session)
    bench.clock.advance(minutes=31)
    assert bench.client.ensure_session().token


def test_all_that_is_missing_is_named(bench, refused):
    client = bench.connect(client_id="", client_secret="")

    error = refused(
        "authenticate",
        "1011",
        IrpAuthenticationError,
        client.get_gstin,
        "29AAACK0000A1ZK",
    )
    assert "Client Secret is required" in error.message


# --- tokens --------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
def test_token_refused_once(bench, service):
    call = bench.doing(service)
    first = bench.client.ensure_session()
    # only the portal's clock: for the client the token is still valid
    bench.control("POST", "clock", {"advance_seconds": 3601})

    assert call(bench.client)
    assert bench.client.session.token != first.token
    assert bench.count("authenticate") == 2
    assert bench.count(ROUTES.get(service, service)) >= 2


@pytest.mark.parametrize("service", SERVICES)
def test_token_refused_twice(bench, refused, service):
    call, route = bench.doing(service), ROUTES.get(service, service)
    session, asked = bench.client.ensure_session(), bench.count(route)
    code = code_at(service, "1005")
    bench.faults.add("refuse", route, times=2, code=code)

    refused(service, code, IrpAuthenticationError, call, bench.client)
    assert bench.count(route) == asked + 2
    assert bench.client.session is None
    assert call(bench.client)
    assert bench.client.session == session


@pytest.mark.parametrize("service", SERVICES)
def test_token_of_another_user(bench, service):
    call = bench.doing(service)
    foreign = bench.stranger().ensure_session()
    client = bench.connect(session=foreign)

    assert call(client)
    assert client.session.token not in ("", foreign.token)


@pytest.mark.parametrize("service", POSTS)
def test_stale_session_key(bench, service):
    call = bench.doing(service)
    stale = replace(bench.client.ensure_session(), sek=b"\1" * 32)
    client = bench.connect(session=stale)

    assert call(client)
    assert client.session.sek != stale.sek


@pytest.mark.parametrize("service", POSTS)
def test_session_key_refused_twice(bench, refused, service):
    call, code = bench.doing(service), code_at(service, "1020")
    route = ROUTES.get(service, service)
    bench.faults.add("refuse", route, times=2, code=code)

    refused(service, code, IrpAuthenticationError, call, bench.client)


# --- headers of a call ---------------------------------------------------------------

HEADERS = [
    ("1004", {"gstin": ""}),
    ("1010", {"client_secret": "wrong"}),
    ("1011", {"client_id": ""}),
    ("1012", {"client_secret": ""}),
]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("code", "account"), HEADERS)
def test_refused_header(bench, refused, service, code, account):
    call, code = bench.asking(service), code_at(service, code)
    client = bench.connect(session=bench.client.ensure_session(), **account)

    refused(service, code, IrpAuthenticationError, call, client)


@pytest.mark.parametrize("service", SERVICES)
def test_user_left_out(bench, refused, service):
    call, session = bench.doing(service), bench.client.ensure_session()
    client = bench.connect(session=session, user_name="")

    if service == "cancel_ewb":
        # the e-way bill system does not ask for the user's name
        assert call(client)
    else:
        refused(service, "1006", IrpAuthenticationError, call, client)


@pytest.mark.parametrize("service", SERVICES)
def test_user_that_was_given_another_client(bench, refused, service):
    call = bench.asking(service)
    bench.client.ensure_session()
    bench.add_user(client_id="client-2")

    # 116 is the e-way bill system's word for a token to renew, which cannot be
    where = "authenticate" if service == "cancel_ewb" else service
    refused(where, "1018", IrpAuthenticationError, call, bench.client)


@pytest.mark.parametrize("service", SERVICES)
def test_portal_named_wrongly(bench, refused, service):
    call = bench.asking(service)
    client = bench.connect(headers={"irp": "NIC9"})

    refused(service, "3098", IrpRejected, call, client)


@pytest.mark.parametrize("service", SERVICES)
def test_blocked_call(bench, refused, service):
    call = bench.asking(service)
    session = bench.client.ensure_session()
    bench.set(block_after=1)
    with pytest.raises(IrpRejected):
        bench.client.get_irn("a" * 64)

    code = code_at(service, "3095")
    refused(service, code, IrpRateLimited, call, bench.client)
    bench.add_user(user_name="second", client_id="client-2")
    other = bench.connect(session=session, client_id="client-2")
    code = code_at(service, "3096")
    refused(service, code, IrpRateLimited, call, other)
