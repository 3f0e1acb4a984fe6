"""Pre-flight checks and local portal agree on the same documents.

Both name the broken rule, and both accept published documents."""

import copy
import itertools
from datetime import datetime, timedelta, timezone

import pytest
from irp.client import Account, IrpClient
from irp.protocol.crypto.cipher import load_auth_key
from irp.protocol.errors import IrpRejected
from irp.protocol.http import Response
from irp.reference.profiles import ENVIRONMENTS
from irp.rules.checks import portal_check, preflight
from sandbox import Portal, Settings, Store, create_app
from werkzeug.test import Client

from .test_rules_breaches import BY_PROFILE
from .test_rules_breaches import TABLE as RULES
from .test_rules_breaches_amounts import TABLE as AMOUNTS
from .test_rules_published import SAMPLES

IST = timezone(timedelta(hours=5, minutes=30))
NOON = datetime(2026, 10, 15, 12, 0, tzinfo=IST)
TABLE = [*RULES, *AMOUNTS]
# only a portal knows the distance and who is a transporter
PORTALS_OWN = {"4013", "4018"}


class InProcess:
    """Passes the client's requests to the portal's WSGI application."""

    def __init__(self, app):
        self._browser = Client(app)

    def send(self, request):
        answer = self._browser.open(
            request.url,
            method=request.method,
            headers=dict(request.headers),
            data=request.body,
        )
        return Response(answer.status_code, dict(answer.headers), answer.get_data())


@pytest.fixture(scope="module")
def portal():
    store = Store()
    yield Portal(store, check=portal_check, clock=lambda: NOON)
    store.close()


@pytest.fixture(scope="module")
def numbers():
    """Document numbers that are unique in this module."""
    return itertools.count(1)


@pytest.fixture(scope="module")
def client_of(portal):
    """Return a function giving a seller's client, signed in once."""
    clients = {}

    def sign_in(gstin):
        if gstin not in clients:
            user = (gstin, f"user_{gstin}", "Pass@word1", "client", "secret")
            portal.add_user(*user)
            key = load_auth_key(portal.auth_public_key)
            clients[gstin] = IrpClient(
                Account(*user, auth_key=key),
                InProcess(create_app(portal)),
                base_url="http://127.0.0.1",
                environment=ENVIRONMENTS["demo"],
                clock=lambda: NOON,
            )
        return clients[gstin]

    return sign_in


@pytest.fixture
def answered(client_of, numbers):
    """Return a function giving the portal's error codes for a document."""

    def send(document, gstin):
        document = copy.deepcopy(document)
        document["DocDtls"]["No"] = f"N{next(numbers)}"
        try:
            made = client_of(gstin).generate_irn(document)
        except IrpRejected as error:
            return {one.code for one in error.violations}
        assert made.irn
        return {one.code for one in made.ewb_errors}

    return send


@pytest.mark.parametrize(
    ("code", "path", "kind", "changes"),
    TABLE,
    ids=[f"{code} {path} {n}" for n, (code, path, _, _) in enumerate(TABLE)],
)
def test_both_name_the_rule(make, answered, code, path, kind, changes):
    document = make(kind, changes)
    seller = make()["SellerDtls"]["Gstin"]

    found = preflight(document, today=NOON.date())
    codes = answered(document, seller)

    assert [(one.code, one.path) for one in found] == [(code, path)]
    assert codes - PORTALS_OWN == {code}


@pytest.fixture
def portal_knows(portal):
    """Return a function that configures the portal for a caller's profile."""

    def configure(profile):
        turnovers = {"from_10_cr": 10, "from_100_cr": 100}
        turnover = turnovers.get(profile.aato_class)
        portal.settings = Settings(turnover_crore=turnover)
        if profile.is_operator:
            portal.set_taxpayer(profile.requester, TxpType="TCS")

    yield configure
    portal.settings = Settings()


@pytest.mark.parametrize(("code", "path", "changes", "profile"), BY_PROFILE)
def test_both_judge_the_caller(
    make, answered, portal_knows, code, path, changes, profile
):
    document = make("inter", changes)
    portal_knows(profile)

    found = preflight(document, today=NOON.date(), profile=profile)

    assert [(one.code, one.path) for one in found] == [(code, path)]
    assert answered(document, profile.requester) == {code}


@pytest.mark.parametrize("name", SAMPLES)
def test_both_accept_published_documents(answered, name):
    sample = SAMPLES[name]

    assert preflight(sample, today=NOON.date()) == []
    assert answered(sample, sample["SellerDtls"]["Gstin"]) <= PORTALS_OWN
