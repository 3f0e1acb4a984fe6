"""Authentication, renewal, and the single retry after a refused token."""

import base64
import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from irp.protocol.errors import (
    IrpAuthenticationError,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpRateLimited,
    IrpTokenRefused,
)
from irp.protocol.http import Response
from irp.protocol.session import Session

NOON = datetime(2025, 11, 15, 12, 0, tzinfo=timezone.utc)


def test_phases_of_a_session():
    session = Session("t", b"s" * 32, NOON, "user")
    phases = {
        -3600: "valid",
        -601: "valid",
        -600: "renewable",
        -1: "renewable",
        0: "expired",
        60: "expired",
    }
    for seconds, phase in phases.items():
        assert session.phase(NOON + timedelta(seconds=seconds)) == phase


def test_a_session_hides_its_secrets():
    shown = repr(Session("the-token", b"the-key" * 4, NOON, "user"))
    assert "user" in shown
    assert "the-token" not in shown
    assert "the-key" not in shown


def test_token_is_reused_for_its_life(client, portal, clock, invoice):
    assert client.session is None
    first = client.ensure_session()
    clock.advance(minutes=49)
    assert client.ensure_session() is first is client.session
    client.generate_irn(invoice)
    assert len(portal.logins) == 1
    assert portal.logins[0]["ForceRefreshAccessToken"] is False
    assert first.expires_at == clock.now + timedelta(minutes=11)


def test_a_stored_session_is_continued(client, make_client, portal, invoice):
    stored = client.ensure_session()
    make_client(session=stored).generate_irn(invoice)
    assert len(portal.logins) == 1


def test_a_new_key_is_sent_with_every_authentication(client, portal, clock):
    client.ensure_session()
    clock.advance(hours=2)
    client.ensure_session()
    keys = {login["AppKey"] for login in portal.logins}
    assert len(keys) == 2
    assert all(len(base64.b64decode(key)) == 32 for key in keys)


def test_refresh_is_forced_in_the_last_ten_minutes_only(client, portal, clock):
    client.ensure_session()
    clock.advance(minutes=50)
    renewed = client.ensure_session()
    clock.advance(minutes=61)
    client.ensure_session()
    forced = [login["ForceRefreshAccessToken"] for login in portal.logins]
    assert forced == [False, True, False]
    assert renewed.token == "token-2"


def test_refresh_without_a_new_token_is_not_repeated(client, portal, clock, make):
    client.ensure_session()
    clock.advance(minutes=51)
    portal.expiry += timedelta(hours=1)  # the portal thinks the token is young

    def unchanged(envelope):
        envelope["Data"]["TokenExpiry"] = "2025-11-15 15:30:00"

    portal.script(make.dressed(unchanged), on="auth")
    session = client.ensure_session()
    assert session.token == "token-1"
    assert client.ensure_session() is client.ensure_session() is session
    assert len(portal.logins) == 2


def test_a_short_lived_token_is_used_to_its_end(client, portal, clock):
    portal.token_life = timedelta(minutes=5)
    for _ in range(3):
        client.ensure_session()
    assert len(portal.logins) == 1
    clock.advance(minutes=5)
    client.ensure_session()
    assert len(portal.logins) == 2


def test_the_old_token_serves_while_a_refresh_fails(
    client, portal, clock, make, invoice
):
    first = client.ensure_session()
    clock.advance(minutes=55)
    portal.script(make.lost(after=False), on="auth")
    client.generate_irn(invoice)
    assert client.session is first
    client.get_irn_by_document("INV", "A/25-26/7", NOON.date())
    assert len(portal.logins) == 1


def test_the_end_of_a_session_is_never_later_than_its_published_life(
    client, portal, clock
):
    portal.token_life = timedelta(hours=6)
    session = client.ensure_session()
    assert session.expires_at == clock.now + timedelta(minutes=60)


@pytest.mark.parametrize("expiry", [None, ""])
def test_without_an_expiry_the_published_life_counts(
    expiry, client, portal, clock, make
):
    def change(envelope):
        envelope["Data"]["TokenExpiry"] = expiry

    portal.script(make.dressed(change), on="auth")
    assert client.ensure_session().expires_at == clock.now + timedelta(minutes=60)


@pytest.mark.parametrize(
    "change",
    [
        {"AuthToken": ""},
        {"AuthToken": None},
        {"Sek": None},
        {"TokenExpiry": "soon"},
    ],
)
def test_an_unusable_authentication_is_a_protocol_error(change, client, portal, make):
    portal.script(make.dressed(lambda row: row["Data"].update(change)), on="auth")
    with pytest.raises(IrpProtocolError) as caught:
        client.ensure_session()
    assert caught.value.endpoint == "authenticate"
    assert client.session is None


@pytest.mark.parametrize("sek", ["AAAA", base64.b64encode(bytes(64)).decode()])
def test_a_session_key_that_another_key_seals_was_not_sent(
    sek, client, portal, make, invoice
):
    change = make.dressed(lambda row: row["Data"].update(Sek=sek))
    portal.script(change, change, on="auth")
    for call in (client.ensure_session, lambda: client.generate_irn(invoice)):
        with pytest.raises(IrpNotSent) as caught:
            call()
        assert caught.value.reason == "undecryptable"
        assert caught.value.wire.profile.startswith("NIC IRP 1")
    assert portal.invoices == []
    assert client.session is None
    client.generate_irn(invoice)


def test_an_authentication_without_data_is_a_protocol_error(client, portal, make):
    portal.script(make.answer(make.respond({"Status": 1, "Data": "x"})), on="auth")
    with pytest.raises(IrpProtocolError, match="no data"):
        client.ensure_session()


def test_names_of_an_authentication_in_another_letter_case(client, portal, make):
    def lower(envelope):
        data = envelope.pop("Data")
        envelope["data"] = {name.lower(): value for name, value in data.items()}

    portal.script(make.dressed(lower), on="auth")
    assert client.ensure_session().token == "token-1"


@pytest.mark.parametrize("password", ["a/b\\c", "\"q\" 'q'", "naïve-₹", "tab\there"])
def test_odd_passwords_and_users_arrive(password, make_client, make_account, portal):
    portal.account = {"user_name": "üser", "password": password}
    client = make_client(make_account(user_name="üser", password=password))
    assert client.ensure_session().token == "token-1"


def test_wrong_credentials_are_never_repeated(
    make_client, make_account, portal, invoice
):
    client = make_client(make_account(password="wrong"))
    with pytest.raises(IrpAuthenticationError) as caught:
        client.generate_irn(invoice)
    assert (caught.value.code, caught.value.endpoint) == ("1019", "authenticate")
    assert len(portal.requests) == 1


def test_another_key_is_a_refused_authentication(client, portal, make):
    response = make.respond(make.failure(1020, "Decryption failed"))
    portal.script(make.answer(response), on="auth")
    with pytest.raises(IrpAuthenticationError) as caught:
        client.ensure_session()
    assert caught.value.code == "1020"
    assert len(portal.requests) == 1


@pytest.mark.parametrize(
    ("act", "reason"),
    [("lost", "read_timeout"), ("html", "not_json"), ("500", "server_error")],
)
def test_a_lost_authentication_means_the_invoice_was_not_sent(
    act, reason, client, portal, make, invoice
):
    acts = {
        "lost": make.lost(),
        "html": make.answer(Response(200, {}, b"<html>")),
        "500": make.answer(Response(502, {}, b"<html>")),
    }
    portal.script(acts[act], on="auth")
    with pytest.raises(IrpNotSent) as caught:
        client.generate_irn(invoice)
    assert caught.value.reason == reason
    assert caught.value.endpoint == "authenticate"
    assert portal.invoices == []
    client.generate_irn(invoice)


@pytest.mark.parametrize("code", ["1005", 1005, "1020"])
def test_a_refused_token_is_renewed_and_the_call_repeated_once(
    code, client, portal, make, invoice
):
    first = client.ensure_session()
    portal.script(make.answer(make.respond(make.failure(code, "Invalid Token"))))
    assert client.generate_irn(invoice).status == "ACT"
    assert len(portal.logins) == 2
    assert portal.logins[1]["ForceRefreshAccessToken"] is False
    assert len(portal.invoices) == 1
    assert client.session is not first


def test_token_replaced_by_another_log_in_is_renewed(client, portal, invoice):
    client.ensure_session()
    portal.new_token()
    assert client.generate_irn(invoice).status == "ACT"
    assert client.session.token == "token-2"


def test_a_refused_token_in_its_last_minutes_is_refreshed_by_force(
    client, portal, clock, make, invoice
):
    client.ensure_session()
    clock.advance(minutes=49, seconds=59)

    def refused_later(portal, request, handle):
        clock.advance(seconds=2)
        return make.respond(make.failure("1005", "Invalid Token"))

    portal.script(refused_later)
    client.generate_irn(invoice)
    forced = [login["ForceRefreshAccessToken"] for login in portal.logins]
    assert forced == [False, True]


def test_a_second_refusal_is_final(client, portal, make, invoice):
    refused = make.answer(make.respond(make.failure("1005", "Invalid Token")))
    portal.script(refused, refused)
    with pytest.raises(IrpAuthenticationError, match="fresh token") as caught:
        client.generate_irn(invoice)
    assert (caught.value.code, caught.value.endpoint) == ("1005", "generate_irn")
    assert len(portal.logins) == 2
    assert client.session is None


def test_a_final_refusal_does_not_drop_another_threads_session(
    client, portal, clock, make, invoice
):
    def refused_while_another_renews(portal, request, handle):
        clock.advance(hours=2)
        client.ensure_session()
        return make.respond(make.failure("1005", "Invalid Token"))

    refused = make.answer(make.respond(make.failure("1005", "Invalid Token")))
    portal.script(refused, refused_while_another_renews)
    with pytest.raises(IrpAuthenticationError, match="fresh token"):
        client.generate_irn(invoice)
    assert client.session.token == "token-2"


def test_a_refused_token_and_refused_credentials(client, portal, make, invoice):
    client.ensure_session()
    portal.account["password"] = "changed"
    portal.script(make.answer(make.respond(make.failure("1005", "Invalid Token"))))
    with pytest.raises(IrpAuthenticationError) as caught:
        client.generate_irn(invoice)
    assert caught.value.code == "1019"
    assert len(portal.requests) == 3


def test_a_stale_session_key_is_forgotten(client, portal, invoice):
    stored = client.ensure_session()
    portal.sek = b"n" * 32
    registered = {}

    def sealed_anew(portal, request, handle):
        portal.sek, new = stored.sek, portal.sek
        response = handle(request)
        registered.update(portal.registered)
        portal.sek = new
        return replace(
            response, body=response.body.replace(b'"Data": "', b'"Data": "AAAA')
        )

    portal.script(sealed_anew)
    with pytest.raises(IrpOutcomeUnknown) as caught:
        client.generate_irn(invoice)
    assert caught.value.reason == "undecryptable"
    assert registered
    assert client.session is None
    assert client.get_irn_by_document("INV", "A/25-26/7", NOON.date()).irn


def test_a_rate_limit_of_the_authentication_is_passed_on(client, portal, make):
    response = make.respond(make.failure("3096", "blocked"), 200, {"Retry-After": "90"})
    portal.script(make.answer(response), on="auth")
    with pytest.raises(IrpRateLimited) as caught:
        client.ensure_session()
    assert (caught.value.retry_after, caught.value.code) == (90.0, "3096")


def run_together(count, work):
    barrier, failures = threading.Barrier(count), []

    def run():
        barrier.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001  (shown by the main thread)
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return failures


def test_many_threads_authenticate_once(client, portal):
    assert run_together(8, client.ensure_session) == []
    assert len(portal.logins) == 1


def test_many_threads_renew_a_refused_token_once(client, portal, make):
    client.ensure_session()
    together = threading.Barrier(6)
    refusal = make.respond(make.failure("1005", "Invalid Token"))

    def refused(portal, request, handle):
        together.wait(10)  # every thread is refused before the first can renew
        return refusal

    portal.script(*[refused] * 6)

    def ask():
        with pytest.raises(Exception, match="2148"):
            client.get_irn("0" * 64)

    assert run_together(6, ask) == []
    assert len(portal.logins) == 2


class TestSessionOfAnother:
    """A client whose caller renews the session, for several processes."""

    @pytest.fixture
    def follower(self, make_client, client):
        return make_client(session=client.ensure_session(), renews=False)

    def test_refused_token_is_reported(self, follower, portal, invoice):
        portal.new_token()
        with pytest.raises(IrpTokenRefused):
            follower.generate_irn(invoice)
        assert len(portal.logins) == 1

    def test_it_goes_on_with_the_new_session(self, client, follower, portal, invoice):
        refused = follower.session
        portal.new_token()
        renewed = client.replace_session(refused)
        follower.use_session(renewed)
        assert follower.generate_irn(invoice).irn
        assert renewed != refused
        assert client.replace_session(refused) is renewed, "nobody logs in again"

    def test_nothing_is_sent_without_a_live_session(
        self, make_client, follower, clock, portal, invoice
    ):
        clock.advance(hours=7)
        for lost in (follower, make_client(renews=False)):
            with pytest.raises(IrpTokenRefused):
                lost.generate_irn(invoice)
        assert not portal.invoices
