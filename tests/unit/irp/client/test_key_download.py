"""Keys that a portal publishes at a fixed address."""

import io
import zipfile

import pytest
from irp.client import download_keys
from irp.protocol.errors import (
    IrpNotFound,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpProtocolError,
)
from irp.protocol.http import Response
from irp.protocol.transport import RequestsTransport
from irp.reference import PROFILES, KeySource

URL = "https://portal.example/Documents/keyApr2027.zip"


def source(url=URL):
    return KeySource("signing", "production", "On the portal.", url, "2026-07")


class Site:
    """A transport that answers with one response, or fails."""

    def __init__(self, status=200, body=b"", error=None, **headers):
        self.answer, self.error, self.requests = (
            Response(status, headers, body),
            error,
            [],
        )

    def send(self, request):
        self.requests.append(request)
        if self.error:
            raise self.error
        return self.answer


@pytest.fixture
def published(certificate):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("einv1.cer", certificate)
    return made.getvalue()


def test_the_file_is_fetched_once_from_its_host(published, certificate):
    site = Site(body=published)
    (key,) = download_keys(source(), site).keys
    assert (key.der, key.name) == (certificate, "keyApr2027.zip/einv1.cer")
    (request,) = site.requests
    assert (request.method, request.url) == ("GET", URL)
    assert request.headers == {}
    assert request.public_only


@pytest.mark.parametrize(
    "site",
    [
        Site(404, b"<html>"),
        Site(410),
        Site(302, Location="https://elsewhere.example/key.zip"),
        Site(200, b"\r\n <!DOCTYPE html><title>Page not found</title>"),
        Site(200, b"<HTML>"),
    ],
)
def test_a_file_that_is_gone(site):
    with pytest.raises(IrpNotFound) as caught:
        download_keys(source(), site)
    assert URL in str(caught.value)
    assert len(site.requests) == 1


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503, 204])
def test_another_answer_is_named(status):
    with pytest.raises(IrpProtocolError, match=f"HTTP {status}"):
        download_keys(source(), Site(status, b"x"))


@pytest.mark.parametrize("kind", [IrpNotSent, IrpOutcomeUnknown])
def test_no_answer_is_the_transports_error(kind):
    with pytest.raises(kind):
        download_keys(source(), Site(error=kind("no answer", reason="dns")))


def test_a_file_without_keys_is_described():
    upload = download_keys(source(), Site(body=b"%PDF-1.7"))
    assert not upload.keys
    assert "neither PEM" in upload.faults[0].reason


@pytest.mark.parametrize(
    "url",
    [
        None,
        "http://portal.example/key.zip",
        "https://127.0.0.1/key.zip",
        "https://10.0.0.1/key.zip",
        "https://portal.internal/key.zip",
        "https://u:p@portal.example/key.zip",
        "https://portal.example/key.zip?to=elsewhere",
        "file:///etc/passwd",
    ],
)
def test_other_addresses_are_not_called(url):
    site = Site()
    with pytest.raises(ValueError):  # noqa: PT011 - the words are those of addresses
        download_keys(source(url), site)
    assert site.requests == []


def test_a_name_that_leads_into_a_private_network_is_not_called(monkeypatch):
    rows = [(2, 1, 6, "", ("192.168.0.1", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_host, **_more: rows)
    with pytest.raises(IrpNotSent) as caught:
        download_keys(source(), RequestsTransport())
    assert caught.value.reason == "private"


def test_every_published_address_may_be_called(certificate):
    urls = [one.url for profile in PROFILES.values() for one in profile.keys if one.url]
    assert urls
    for url in urls:
        site = Site(body=certificate)
        assert download_keys(source(url), site).keys
        assert site.requests[0].url == url


def test_where_a_file_changes_its_name_there_is_a_page_to_look_at():
    rows = [one for profile in PROFILES.values() for one in profile.keys if one.url]
    assert all(one.page for one in rows)
