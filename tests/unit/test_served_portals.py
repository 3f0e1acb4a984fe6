"""The helpers for served portals enter what the chosen portal asks for, and no more."""

import pytest
from irp.reference import PROFILES
from processes.odoo_client import credential_values, new_credential, portal_domain
from processes.portal import Portal
from sandbox import DIALECTS
from sandbox.store.records import User

USER = User("27ZZZCD9999D1ZE", "demo", "Pass@word1", "client-1", "secret-1")


@pytest.fixture
def served(tmp_path):
    """Return a function making a portal that printed its facts as the command does."""

    def make(name):
        dialect = DIALECTS[name]
        files = {"auth_public_key": b"key", "signing_certificate": b"certificate"}
        for file, content in files.items():
            (tmp_path / file).write_bytes(content)
        facts = {
            **{file: str(tmp_path / file) for file in files},
            **{member: getattr(USER, member) for member in USER.__dataclass_fields__},
            "base_url": f"http://127.0.0.1:8801{dialect.base}",
        }
        if dialect.name != "nic":
            facts["portal"] = dialect.name
            facts["headers"] = dialect.account_headers(USER)
        return Portal(facts, 1)

    return make


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_every_dialect_has_a_profile_that_can_be_called(served, name):
    portal = served(name)
    assert portal.profile.wire.known
    assert portal.profile.wire.missing(portal.fields) == ()
    assert all(portal.fields.values())
    assert portal_domain(portal)[0] == ("profile", "=", portal.profile.code)


def test_every_profile_that_can_be_called_has_a_dialect(served):
    known = {one.code for one in PROFILES.values() if one.wire.known}
    assert {served(name).profile.code for name in DIALECTS} == known


def test_values_are_what_the_portal_asks_for(served):
    iris = credential_values(served("iris"))
    assert (iris["client_id"], iris["client_secret"]) == ("client-1", "secret-1")
    assert "portal_fields" not in iris
    clear = credential_values(served("clear-gsp"))
    assert clear["portal_fields"] == {"auth_token": "secret-1"}
    assert "client_secret" not in clear
    taxpro = credential_values(served("taxpro"))["portal_fields"]
    assert taxpro == {"asp_id": "client-1", "asp_password": "secret-1"}
    whitebooks = credential_values(served("whitebooks"))
    assert whitebooks["portal_fields"]["ip_address"] == "127.0.0.1"
    assert whitebooks["client_id"] == "client-1"
    assert "auth_key" not in whitebooks


def test_new_credential_has_the_key_that_verifies(served):
    portal = served("ey")
    values = new_credential(portal, 3, 4)
    assert (values["company_id"], values["portal_id"]) == (3, 4)
    assert values["base_url"] == "http://127.0.0.1:8801/irp5"
    [(_command, _id, key)] = values["signing_key_ids"]
    assert key["file"] == "Y2VydGlmaWNhdGU="
