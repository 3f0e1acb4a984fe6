"""Profiles are checked when they are read; a copy may override any datum."""

import json
import re
import shutil
from pathlib import Path

import irp
import pytest
from irp.protocol.adapters import ADAPTERS
from irp.protocol.crypto.sealing import APP_KEYS, LOG_IN_SEALINGS
from irp.reference import CONFIDENCE, ENVIRONMENTS, PROFILES, ProfileError
from irp.reference.datafiles import load_json
from irp.reference.profiles import (
    FOLDER,
    IRP_TITLES,
    check_base_url,
    gateway_profile,
    irp_at,
    irp_holding,
    load_profiles,
    read_profile,
)
from irp.reference.profiles.codes import KINDS

SCHEMA = load_json("profile.schema.json")
SANDBOX = "environments", "sandbox"
HOST = {"code": "X", "title": "X", "base_url": "https://irp.example/base"}
DELETED = object()
REFUSAL = {
    "source": "x",
    "kind": "authentication",
    "http_status": None,
    "members": {},
    "begins": {},
}


def changed(*path, to):
    """Return changes that set the member at ``path``."""
    for name in reversed(path):
        to = {name: to}
    return to


# -- what is published ----------------------------------------------------------------


def test_these_portals_are_known():
    assert list(PROFILES) == [
        "alankit",
        "clear_gsp",
        "clear_irp",
        "cygnet_irp",
        "ey",
        "iris",
        "nic1",
        "nic2",
        "taxpro",
        "whitebooks",
    ]
    words = {one.code: CONFIDENCE[one.confidence] for one in PROFILES.values()}
    assert words["iris"] == "protocol proven by clients in production"
    assert words["ey"] == "from documents"
    assert words["cygnet_irp"] == "untried"


def test_no_host_serves_two_environments_or_two_portals():
    hosts = [
        (name, host.base_url)
        for one in PROFILES.values()
        for name, environment in one.environments.items()
        for host in environment.base_urls
        if name != "demo"
    ]
    assert len({url for _name, url in hosts}) == len(hosts)
    for name, url in hosts:
        assert check_base_url(url, name) == url
        other = {"sandbox": "production", "production": "sandbox"}[name]
        with pytest.raises(ValueError, match="belongs to the environment"):
            check_base_url(url, other)


@pytest.mark.parametrize("code", sorted(PROFILES))
def test_every_profile_says_how_to_get_access(code):
    profile = PROFILES[code]
    assert all(profile.admission.values())
    assert profile.sources
    assert profile.keys
    assert profile.environments["sandbox"].retrieval_days == 2


def test_environments_without_a_profile_are_those_of_nic():
    nic = PROFILES["nic1"].environments["production"]
    ours = ENVIRONMENTS["production"]
    assert ours.base_urls[0] == nic.base_urls[0]
    assert ours.path_prefix == nic.path_prefix
    assert ours.wire.endpoints == nic.wire.endpoints
    # A GSP may stand in between.
    names = {one.name for one in ours.wire.refusals}
    assert {"http-401", "api-management-quota", "taxpro-own-key"} <= names
    assert {one.name for one in nic.wire.refusals} == {"http-401", "http-429"}


def test_no_code_asks_which_portal_it_is():
    default = ("nic1", "nic2")
    folder = Path(irp.__file__).parent
    codes = [code for code in PROFILES if code not in default]
    named = re.compile(rf"[\"'](?:{'|'.join(codes)})[\"']")
    found = [path for path in folder.rglob("*.py") if named.search(path.read_text())]
    assert found == []


def test_every_strategy_of_the_schema_exists():
    members = SCHEMA["properties"]
    sealing = members["sealing"]["properties"]
    assert set(members["adapter"]["enum"]) == set(ADAPTERS)
    assert set(sealing["log_in"]["enum"]) == {*LOG_IN_SEALINGS, "none"}
    assert set(sealing["app_key"]["enum"]) == {*APP_KEYS, "none"}
    kinds = members["codes"]["items"]["properties"]["kind"]["enum"]
    assert set(kinds) == set(KINDS)
    assert set(members["confidence"]["enum"]) == set(CONFIDENCE)


# -- files with a mistake -------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    return tmp_path


def rewrite(path, **members):
    data = json.loads(path.read_text())
    data.update(members)
    kept = {name: value for name, value in data.items() if value is not DELETED}
    path.write_text(json.dumps(kept))


@pytest.mark.parametrize(
    ("members", "member"),
    [
        ({"confidence": "sure"}, "confidence"),
        ({"confidence": DELETED}, ""),
        ({"colour": "red"}, ""),
        ({"code": "irys"}, "code"),
        ({"extends": "nic9"}, "extends"),
        ({"extends": "iris"}, "extends"),
        ({"extends": ["nic1"]}, "extends"),
        ({"extends": DELETED}, ""),
        ({"admission": {}}, "admission"),
        ({"services": {"ping": "/x"}}, "services.ping"),
        ({"services": {"get_irn": {"path": "/x"}}}, "services.get_irn"),
        ({"services": {"generate_irn": None}}, "services.generate_irn"),
        ({"services": {"teleport": None}}, "services"),
        ({"headers": {"call": {"token": None}}}, "headers.call.token"),
        ({"headers": {"call": {"token": "Auth Token"}}}, "headers.call.token"),
        ({"headers": None}, "headers"),
    ],
)
def test_fault_in_a_file_names_file_and_member(members, member, folder):
    rewrite(folder / "iris.json", **members)
    with pytest.raises(ProfileError) as caught:
        load_profiles(folder)
    assert (caught.value.origin, caught.value.member) == ("iris.json", member)
    assert str(caught.value).startswith("iris.json")


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"'])
def test_file_that_is_no_object(text, folder):
    (folder / "ey.json").write_text(text)
    with pytest.raises(ProfileError, match=r"ey\.json: "):
        load_profiles(folder)


def test_profiles_that_extend_each_other(folder):
    rewrite(folder / "ey.json", extends="iris")
    rewrite(folder / "iris.json", extends="ey")
    with pytest.raises(ProfileError, match="extends this one"):
        load_profiles(folder)


def test_a_profile_may_extend_one_that_extends(folder):
    rewrite(folder / "ey.json", extends="iris")
    headers = load_profiles(folder)["ey"].wire.headers["call"]
    assert headers["client_id"] == "client_id"


# -- copies ---------------------------------------------------------------------------


def test_copy_overrides_what_it_names_and_leaves_the_rest():
    changes = {
        "environments": {"production": {"hosts": [HOST], "token_life_minutes": 90}},
        "headers": {"call": {"token": "authtoken"}},
        "extra_headers": {"X-Team": "tax"},
        "services": {"ping": None},
    }
    copy = PROFILES["iris"].override(changes)
    production = copy.environments["production"]
    assert production.base_urls[0].base_url == HOST["base_url"]
    assert production.token_life.total_seconds() == 90 * 60
    assert production.retrieval_days == 2
    assert copy.wire.headers["call"]["token"] == "authtoken"
    assert copy.wire.headers["call"]["client_id"] == "client_id"
    assert copy.wire.extra_headers == {"X-Team": "tax"}
    assert not copy.wire.offers("ping")
    sandbox = PROFILES["iris"].environments["sandbox"]
    assert copy.environments["sandbox"].base_urls == sandbox.base_urls
    assert PROFILES["iris"].wire.headers["call"]["token"] == "AuthToken"
    assert copy.override({}).data == copy.data
    assert read_profile(json.loads(json.dumps(dict(copy.data))), "ours") == copy


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        (changed(*SANDBOX, "hosts", to=[{}]), "environments.sandbox.hosts[0]"),
        (
            changed(*SANDBOX, "hosts", to=[{**HOST, "base_url": "http://irp.example"}]),
            "environments.sandbox.hosts[0].base_url",
        ),
        (
            changed(*SANDBOX, "hosts", to=[{**HOST, "base_url": "https://10.0.0.1"}]),
            "environments.sandbox.hosts[0].base_url",
        ),
        (
            changed(*SANDBOX, "hosts", to=[{**HOST, "base_url": "https://x.example/"}]),
            "environments.sandbox.hosts[0].base_url",
        ),
        (
            changed("environments", "demo", "hosts", to=[HOST]),
            "environments.demo.hosts[0].base_url",
        ),
        (
            changed(*SANDBOX, "token_life_minutes", to=0),
            "environments.sandbox.token_life_minutes",
        ),
        (
            changed(*SANDBOX, "path_prefix", to={"/a/": "/../"}),
            "environments.sandbox.path_prefix",
        ),
        (changed("extra_headers", "Host", to="evil"), "extra_headers"),
        (changed("extra_headers", "X-A", to="{unknown}"), "extra_headers.X-A"),
        (changed("headers", "call", "token", to="Host"), "headers.call.token"),
        (changed("headers", "call", "token", to="GSTIN"), "headers.call.token"),
        (
            changed("headers", "log_in", "client_id", to="Via"),
            "headers.log_in.client_id",
        ),
        (changed("extra_headers", "client_id", to="x"), "headers.log_in.client_id"),
        (changed("extra_headers", "X-A", to="a\r\nB: c"), "extra_headers.X-A"),
        (changed("services", "ping", "path", to="//evil"), "services.ping.path"),
        (changed("services", "ping", "path", to="/../x"), "services.ping.path"),
        (changed("services", "ping", "path", to="/{secret}"), "services.ping.path"),
        (changed("services", "ping", "method", to="PUT"), "services.ping.method"),
        (changed("services", "ping", "changes_state", to=False), "services.ping"),
        (changed("adapter", to="eval"), "adapter"),
        (changed("sealing", "log_in", to="none"), "sealing.log_in"),
        (
            changed("codes", to=[{"kind": "registered", "codes": ["1"]}]),
            "codes[0].kind",
        ),
        (changed("irp", "ack_digit", to="12"), "irp.ack_digit"),
        (changed("wire", to="yes"), "wire"),
    ],
)
def test_fault_in_a_copy_names_record_and_member(changes, member):
    with pytest.raises(ProfileError) as caught:
        PROFILES["nic1"].override(changes, origin="Our NIC")
    assert (caught.value.origin, caught.value.member) == ("Our NIC", member)


def test_null_in_a_copy_takes_a_free_member_away():
    refusals = {"http-401": None, "mine": {**REFUSAL, "members": {"x": ["1"]}}}
    prefixes = {"sandbox": {"path_prefix": {"/eicore/": None}}}
    by_query = {"query": {"n": "{docnum}", "d": "{docdate}", "t": "{doctype}"}}
    gone = {"docnum": None, "docdate": None}
    copy = PROFILES["clear_gsp"].override(
        {"refusals": refusals, "environments": prefixes}
    )
    names = [one.name for one in copy.wire.refusals]
    assert names == ["http-429", "mine"]
    kept = copy.environments["sandbox"].path_prefix
    assert kept == {"/eivital/": "/vital/", "/ewaybillapi/": "/ewb/"}
    service = {"get_irn_by_document": {**by_query, "headers": gone}}
    books = PROFILES["whitebooks"].override({"services": service})
    assert books.wire.endpoints["get_irn_by_document"].headers == {}
    assert books.override({}).data == books.data
    members = {"mine": {"members": {"x": None, "y": ["2"]}}}
    again = copy.override({"refusals": members})
    assert again.wire.refusals[-1].members == {"y": ("2",)}


def test_gsp_without_a_profile_claims_nothing_of_nic():
    gsp = gateway_profile("nic1", "Our GSP")
    assert (gsp.known_as, gsp.irp, gsp.title) == ("untried", None, "Our GSP")
    assert "crore" not in " ".join(gsp.admission.values())


def test_refusal_must_be_told_apart_from_other_answers():
    for status in (None, 400, 403):
        refusal = {"mine": {**REFUSAL, "http_status": status}}
        with pytest.raises(ProfileError, match=r"refusals\.mine"):
            PROFILES["nic1"].override({"refusals": refusal})


def test_no_secret_in_an_address():
    changes = changed("services", "get_irn", "query", to={"t": "{auth_token}"})
    with pytest.raises(ProfileError, match="auth_token"):
        PROFILES["clear_gsp"].override(changes)


@pytest.mark.parametrize("name", ["gstin", "irn", "password", "auth_token"])
def test_name_of_a_field_has_one_meaning(name):
    rows = [*PROFILES["clear_gsp"].data["fields"]]
    rows.append({**rows[0], "name": name})
    with pytest.raises(ProfileError, match="has a meaning already"):
        PROFILES["clear_gsp"].override({"fields": rows})


@pytest.mark.parametrize("code", ["clear_irp", "cygnet_irp"])
def test_portal_whose_wire_is_not_known_is_filled_in_by_a_copy(code):
    profile = PROFILES[code]
    members = [gap.member for gap in profile.gaps]
    assert "environments.production.hosts" in members
    assert not profile.wire.known
    with pytest.raises(ProfileError, match="must have a host"):
        profile.override({"wire": True})
    copy = profile.override(
        {"wire": True, "environments": {"sandbox": {"hosts": [HOST]}}}
    )
    assert copy.wire.known


# -- which IRP ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "ack_number", "code"),
    [
        ("", "112510000000001", "NIC1"),
        ("", "232210036743849", "NIC2"),
        ("", "612510000000001", "IRIS"),
        ("", "012510000000001", ""),
        ("", "", ""),
        ("NIC101", "", "NIC1"),
        ("nic2", "", "NIC2"),
        ("EY", "112510000000001", "EY"),
        # Both are called NIC.
        ("NIC", "232210036743849", "NIC2"),
        ("NIC", "132210036743849", "NIC1"),
        ("Sovos", "", ""),
        ("Sovos", "612510000000001", "IRIS"),
    ],
)
def test_irp_that_holds_a_document(name, ack_number, code):
    assert irp_holding(name, ack_number) == code


def test_every_irp_has_a_title_and_one_digit():
    assert list(IRP_TITLES) == ["CLEAR", "CYGNET", "EY", "IRIS", "NIC1", "NIC2"]
    irps = [one.irp for one in PROFILES.values() if one.irp]
    assert sorted(one.ack_digit for one in irps) == list("123456")


def test_irp_at_an_address():
    assert irp_at("https://api.einvoice2.gst.gov.in") == "NIC2"
    assert irp_at("https://api.prod.core.irisirp.com/") == "IRIS"
    assert irp_at("https://einvapi.charteredinfo.com") == ""
    assert irp_at("http://localhost") == ""
