"""One spelling for each address; what prefixes and headers must not do."""

from dataclasses import replace

import pytest
from irp.reference import (
    ENVIRONMENTS,
    Address,
    check_gsp_url,
    check_headers,
    check_path_prefixes,
    is_published_address,
    normalise_host,
    parse_address,
    read_pairs,
)

PORTAL = "https://api.einvoice1.gst.gov.in"


def test_an_address_has_one_spelling():
    address = parse_address(" HTTPS://API.Example.:443/gus/irp/ ")
    assert address == Address("https", "api.example", 443, "/gus/irp")
    assert address.origin == "https://api.example"
    assert address.url == "https://api.example/gus/irp"
    assert parse_address("http://[::1]:80").url == "http://[::1]"


@pytest.mark.parametrize(
    ("host", "normalised"),
    [
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("PORTAL.example", "portal.example"),
        ("::FFFF:8.8.8.8", "8.8.8.8"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("010.8.8.8", "8.8.8.8"),
    ],
)
def test_hosts(host, normalised):
    assert normalise_host(host) == normalised


@pytest.mark.parametrize(
    "url",
    [
        PORTAL,
        f"{PORTAL}/",
        f"{PORTAL}:443",
        f"{PORTAL}./any/path",
        "https://api.EINVOICE2.gst\uff0egov.in",
        "https://api.ewaybillgst.gov.in",
    ],
)
def test_published_addresses(url):
    assert is_published_address(url, "production")
    assert not is_published_address(url, "sandbox")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://api.einvoice1.gst.gov.in",
        f"{PORTAL}:8443",
        f"{PORTAL}.example",
        f"{PORTAL}@gsp.example",
        "https://api.einvoice1.gst.g\u043ev.in",
        "https://gsp.example/api.einvoice1.gst.gov.in",
        "https://gsp.example#@api.einvoice1.gst.gov.in",
        "https://gsp.example\\.api.einvoice1.gst.gov.in",
    ],
)
def test_addresses_that_only_look_published(url):
    assert not is_published_address(url, "production")


BAD_PREFIXES = [
    "@gsp.example/",
    ".gsp.example/",
    ":8443/",
    "//gsp.example/",
    "/x//y/",
    "/../x/",
    "/./",
    "/x?y=/",
    "/x#/",
    "/x%2f/",
    "/x\\y/",
    "/x y/",
    "/x\r\ny/",
    "x/",
    "",
]


@pytest.mark.parametrize("prefix", BAD_PREFIXES)
def test_a_prefix_never_changes_the_host(prefix):
    for prefixes in ({"/eicore/": prefix}, {prefix: "/core/"}):
        with pytest.raises(ValueError, match="beginning of a path"):
            check_path_prefixes(prefixes)


def test_prefixes_of_known_gateways():
    check_path_prefixes({"/eivital/": "/vital/", "/ewaybillapi/": "/"})
    check_path_prefixes({"/eivital/v1.04/auth": "/irpauthapi/v1.0/apiAuth"})


BAD_NAMES = [
    "Host",
    "HOST",
    "Content-Length",
    "content_length",
    "Transfer-Encoding",
    "Connection",
    "Proxy-Authorization",
    "X-Forwarded-Host",
    "X-Original-URL",
    "X-HTTP-Method-Override",
    "Accept-Encoding",
    "Expect",
    "AuthToken",
    "Gstin",
    "user-name",
    "",
    "two words",
    "colon:",
    "line\r\nbreak",
    "n\u00e4me",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_headers_that_frame_the_message_are_refused(name):
    with pytest.raises(ValueError, match="header"):
        check_headers({name: "x"})


@pytest.mark.parametrize("value", ["a\r\nHost: b", "a\nb", "a\0", "x" * 10_000])
def test_a_refused_value_is_not_shown(value):
    with pytest.raises(ValueError, match="header aspid") as caught:
        check_headers({"aspid": value})
    assert value not in str(caught.value)


def test_a_header_is_there_once():
    check_headers({"aspid": "1", "password": "secret ₹", "X-CT-Auth-Token": "t"})
    with pytest.raises(ValueError, match="twice"):
        check_headers({"client_id": "1", "Client-Id": "2"})


@pytest.mark.parametrize(
    "options",
    [
        {"headers": {"Host": "gsp.example"}},
        {"headers": {"x": "a\r\nHost: b"}},
        {"base_url": "https://portal.example@gsp.example"},
        {"base_url": "https://169.254.169.254"},
    ],
)
def test_a_client_takes_none_of_them(options, make_client):
    with pytest.raises(ValueError, match="."):
        make_client(**options)


@pytest.mark.parametrize("prefix", BAD_PREFIXES)
def test_a_client_takes_no_prefix_that_changes_the_host(prefix, make_client):
    gsp = replace(ENVIRONMENTS["sandbox"], path_prefix={"/eicore/": prefix})
    with pytest.raises(ValueError, match="beginning of a path"):
        make_client(environment=gsp)


@pytest.mark.parametrize(
    ("url", "normalised"),
    [
        (" HTTPS://API.GSP.Example./irp/ ", "https://api.gsp.example/irp"),
        ("http://127.0.0.1:8800", "http://127.0.0.1:8800"),
    ],
)
def test_addresses_of_a_gsp(url, normalised):
    assert check_gsp_url(url) == normalised


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://gsp.example", "https://"),
        ("https://10.0.0.1", "no host on the internet"),
        ("https://api.einvoice1.gst.gov.in", "a portal's own host"),
        ("https://API.einvoice1.gst.gov.in.:8443/gsp", "a portal's own host"),
        ("https://einv1api.gstsandbox.nic.in", "a portal's own host"),
        ("https://api.ewaybillgst.gov.in", "a portal's own host"),
    ],
)
def test_what_cannot_be_a_gsp(url, words):
    with pytest.raises(ValueError, match=words):
        check_gsp_url(url)


def test_pairs_are_read_line_by_line():
    assert read_pairs("", "=") == {}
    assert read_pairs("X-Key: a:b\n\n  X-Asp :c ", ":") == {
        "X-Key": "a:b",
        "X-Asp": "c",
    }


@pytest.mark.parametrize("text", ["a = b\nsecret", "a = b\n = secret"])
def test_a_line_that_is_no_pair_is_named_and_not_shown(text):
    with pytest.raises(ValueError, match="line 2 ") as caught:
        read_pairs(text, "=")
    assert "secret" not in str(caught.value)
