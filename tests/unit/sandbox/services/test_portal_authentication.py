"""Authentication v1.04: the key exchange, the token's life, and refusals."""

import base64
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from sandbox import Portal, Store


def test_answer_has_the_documented_members_in_order(new_client, portal):
    answer = new_client(portal).authenticate()

    assert list(answer) == ["Status", "Data", "ErrorDetails", "InfoDtls"]
    assert answer["Status"] == 1
    assert answer["ErrorDetails"] is None
    assert answer["InfoDtls"] is None
    members = ["ClientId", "UserName", "AuthToken", "Sek", "TokenExpiry"]
    assert list(answer["Data"]) == members
    assert answer["Data"]["ClientId"] == "client-1"
    assert answer["Data"]["UserName"] == "api_user"


def test_sek_is_32_bytes_sealed_with_the_app_key(new_client, portal):
    client = new_client(portal)
    answer = client.authenticate()

    assert len(answer["Data"]["Sek"]) == 64
    assert len(client.sek) == 32


def test_expiry_is_indian_time_without_zone(new_client, portal):
    expiry = new_client(portal).authenticate()["Data"]["TokenExpiry"]

    # the clock stands at 10:30:17 IST and a token lives 60 minutes
    assert expiry == "2025-11-15 11:30:17"


def test_life_is_a_setting(new_client, new_portal):
    portal = new_portal(token_life=timedelta(minutes=360))

    expiry = new_client(portal).authenticate()["Data"]["TokenExpiry"]

    assert expiry == "2025-11-15 16:30:17"


def test_same_token_within_its_life_with_newly_encrypted_sek(new_client, portal, clock):
    one, other = new_client(portal), new_client(portal)
    first = one.authenticate()["Data"]
    clock.advance(minutes=59, seconds=59)
    second = other.authenticate()["Data"]

    assert second["AuthToken"] == first["AuthToken"]
    assert second["TokenExpiry"] == first["TokenExpiry"]
    assert second["Sek"] != first["Sek"]
    assert other.sek == one.sek


def test_new_token_and_sek_when_the_old_one_expired(new_client, portal, clock):
    client = new_client(portal)
    first, sek = client.authenticate()["Data"], client.sek
    clock.advance(minutes=60)
    second = client.authenticate()["Data"]

    assert second["AuthToken"] != first["AuthToken"]
    assert second["TokenExpiry"] == "2025-11-15 12:30:17"
    assert client.sek != sek


@pytest.mark.parametrize(
    ("minutes", "forced", "renewed"),
    [(49, True, False), (50, True, True), (59, True, True), (59, False, False)],
)
def test_forced_refresh_works_in_the_last_ten_minutes(
    new_client, portal, clock, minutes, forced, renewed
):
    client = new_client(portal)
    first = client.authenticate()["Data"]["AuthToken"]
    clock.advance(minutes=minutes)
    second = client.authenticate(ForceRefreshAccessToken=forced)["Data"]["AuthToken"]

    assert (second != first) is renewed


def test_expired_token_is_1005(client, clock, invoice, wire):
    clock.advance(minutes=60)

    assert wire.codes(client.generate(invoice)) == ["1005"]


def test_replaced_token_is_1005(client, new_client, portal, clock, invoice, wire):
    clock.advance(minutes=55)
    new_client(portal).authenticate(ForceRefreshAccessToken=True)

    assert wire.codes(client.generate(invoice)) == ["1005"]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"UserName": "nobody"}, ["1017"]),
        ({"Password": "wrong"}, ["1019"]),
        ({"UserName": ""}, ["1006"]),
        ({"UserName": None, "Password": None}, ["1006", "1008"]),
        ({"AppKey": None}, ["1016"]),
        ({"AppKey": "not base64!"}, ["1016"]),
        ({"AppKey": base64.b64encode(b"k" * 16).decode()}, ["1016"]),
        ({"UserName": None, "AppKey": ""}, ["1006", "1016"]),
    ],
)
def test_wrong_credentials(new_client, portal, wire, changes, codes):
    answer = new_client(portal).authenticate(**changes)

    assert answer["Status"] == 0
    assert answer["Data"] is None
    assert wire.codes(answer) == codes


def test_error_carries_the_published_text(new_client, portal):
    answer = new_client(portal).authenticate(Password="wrong")

    assert answer["ErrorDetails"] == [
        {"ErrorCode": "1019", "ErrorMessage": "Incorrect Password"}
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "5003"),
        (b"{}", "5003"),
        (b'{"Data":null}', "5003"),
        (b'{"Data":""}', "5003"),
        (b'{"Data":17}', "1020"),
        (b'{"Data":"***"}', "1020"),
        (b'{"Data":"AAAA"}', "1020"),
        (b"<xml/>", "1007"),
        (b"[]", "1007"),
        (b"\xff\xfe", "1007"),
        (b"[" * 100_000, "1007"),
    ],
)
def test_unusable_body(new_client, portal, wire, body, code):
    client = new_client(portal)
    answer = client.envelope("POST", "/eivital/v1.04/auth", client.client_headers, body)

    assert wire.codes(answer) == [code]


def test_data_for_another_key_is_1020(new_client, portal, wire):
    other = Portal(Store())
    client = wire.client(new_client(portal).send, other.auth_public_key)

    assert wire.codes(client.authenticate()) == ["1020"]


@pytest.mark.parametrize(
    "noise", [b"", b"{\xe9\x00\xff", b"{\x80}", b"!?", b"AAAA\xff", b"gICA"]
)
def test_noise_inside_is_1020(new_client, portal, wire, noise):
    # how OpenSSL 3.2 and later may decrypt data of another key
    client = new_client(portal)
    data = base64.b64encode(client.auth_key.encrypt(noise, PKCS1v15())).decode()

    assert wire.codes(client.authenticate(data=data)) == ["1020"]


def test_json_without_base64_inside_is_5001(new_client, portal, wire):
    client = new_client(portal)
    raw = json.dumps(client.credentials()).encode()
    data = base64.b64encode(client.auth_key.encrypt(raw, PKCS1v15())).decode()

    assert wire.codes(client.authenticate(data=data)) == ["5001"]


@pytest.mark.parametrize("plain", ["[1]", '"text"', 17])
def test_something_else_than_an_object_inside_is_1007(new_client, portal, wire, plain):
    client = new_client(portal)

    assert wire.codes(client.authenticate(data=client.sealed(plain))) == ["1007"]


def test_any_spacing_and_letter_case_inside(new_client, portal):
    client = new_client(portal)
    fields = {name.lower(): one for name, one in client.credentials().items()}
    inner = base64.b64encode(json.dumps(fields).encode())
    data = base64.b64encode(client.auth_key.encrypt(inner, PKCS1v15())).decode()

    assert client.authenticate(data=data)["Status"] == 1


def test_user_of_another_gstin_is_1015(new_client, portal, wire):
    client = new_client(portal, gstin=wire.BUYER)

    assert wire.codes(client.authenticate()) == ["1015"]


def test_user_made_for_another_client_is_1018(new_client, portal, wire):
    secrets = ("other_user", "Pass@word2", "client-2", "secret-2")
    portal.add_user(wire.BUYER, *secrets)
    client = new_client(portal, secrets=(*wire.SECRETS[:2], *secrets[2:]))

    assert wire.codes(client.authenticate()) == ["1018"]


def test_inactive_gstin_is_1014(new_client, portal, wire):
    portal.set_taxpayer(wire.SELLER, "CNL")

    assert wire.codes(new_client(portal).authenticate()) == ["1014"]


def test_withdrawn_version_is_refused_in_an_envelope(new_client, portal, wire):
    client = new_client(portal)
    answer = client.envelope(
        "POST",
        "/eivital/v1.03/auth",
        client.client_headers,
        json.dumps({"data": {"UserName": "u", "Password": "p", "AppKey": "k"}}),
    )

    assert wire.codes(answer) == ["1007"]


def test_add_user_again_changes_the_password(new_client, portal, wire):
    user, _password, *rest = wire.SECRETS
    portal.add_user(wire.SELLER, user, "New@pass1", *rest)

    assert wire.codes(new_client(portal).authenticate()) == ["1019"]
    changed = new_client(portal, secrets=(user, "New@pass1", *rest))
    assert changed.authenticate()["Status"] == 1
    assert len(portal.store.users()) == 1


def test_user_needs_every_value(portal, wire):
    with pytest.raises(ValueError, match="api_user"):
        portal.add_user(wire.SELLER, "api_user", "", "client-1", "secret-1")
