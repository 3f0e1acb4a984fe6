from dataclasses import replace

import pytest
from irp.reference.profiles import ENDPOINTS, ENVIRONMENTS, PROFILES, check_base_url


def test_environments_are_the_published_ones():
    assert list(ENVIRONMENTS) == ["demo", "sandbox", "production"]
    production = ENVIRONMENTS["production"]
    assert production.token_life.total_seconds() == 360 * 60
    assert ENVIRONMENTS["sandbox"].token_life.total_seconds() == 60 * 60
    assert [host.code for host in production.base_urls] == ["NIC1", "NIC2"]
    sandbox = ENVIRONMENTS["sandbox"]
    assert [host.code for host in sandbox.base_urls] == ["NIC1", "NIC2", "NIC"]
    assert [host.code for host in ENVIRONMENTS["demo"].base_urls] == ["LOCAL"]
    assert production.base_urls[0].base_url == "https://api.einvoice1.gst.gov.in"
    assert {row.retrieval_days for row in ENVIRONMENTS.values()} == {2}


def test_custom_hosts_are_accepted_unchanged():
    for environment in ENVIRONMENTS.values():
        for host in (*environment.base_urls, *environment.ewb_hosts):
            assert check_base_url(host.base_url, environment.name) == host.base_url


@pytest.mark.parametrize(
    ("url", "environment", "normalised"),
    [
        (" https://GSP.Example/gus/irp/ ", "production", "https://gsp.example/gus/irp"),
        ("https://gsp.example:8443", "production", "https://gsp.example:8443"),
        ("http://127.0.0.1:8800/", "sandbox", "http://127.0.0.1:8800"),
        ("http://localhost", "demo", "http://localhost"),
        ("http://irp.localhost", "demo", "http://irp.localhost"),
        ("http://[::1]:8800", "sandbox", "http://[::1]:8800"),
        ("HTTPS://127.8.9.1", "demo", "https://127.8.9.1"),
        ("https://gsp.example:443/", "production", "https://gsp.example"),
        ("https://gsp.example./x", "production", "https://gsp.example/x"),
        ("https://gsp\uff0eexample", "production", "https://gsp.example"),
    ],
)
def test_addresses_are_normalised(url, environment, normalised):
    assert check_base_url(url, environment) == normalised


@pytest.mark.parametrize(
    ("url", "environment", "words"),
    [
        ("http://portal.example", "sandbox", "https://"),
        ("ftp://localhost", "sandbox", "https://"),
        ("http://127.0.0.1", "production", "this machine"),
        ("https://localhost", "production", "this machine"),
        ("http://127.0.0.1.example", "sandbox", "https://"),
        ("portal.example", "sandbox", "names no host"),
        ("https://", "sandbox", "names no host"),
        ("https://portal.example:99999", "sandbox", "port"),
        ("https://user:pw@portal.example", "sandbox", "user"),
        ("https://portal.example?x=1", "sandbox", "end with the host"),
        ("https://portal .example", "sandbox", "blank"),
        ("https://api.einvoice1.gst.gov.in", "sandbox", "'production'"),
        ("https://einv1api.gstsandbox.nic.in", "production", "'sandbox'"),
        ("https://ewb1api.gstsandbox.nic.in", "production", "'sandbox'"),
        ("https://api.ewaybillgst.gov.in", "sandbox", "'production'"),
        ("https://portal.example", "trial", "unknown environment"),
        # the same host in other spellings
        ("https://API.EInvoice1.GST.gov.in", "sandbox", "'production'"),
        ("https://api.einvoice1.gst.gov.in.", "sandbox", "'production'"),
        ("https://api.einvoice1.gst.gov.in..", "sandbox", "'production'"),
        ("https://api\u3002einvoice1\uff0egst\uff61gov.in", "sandbox", "'production'"),
        ("https://\uff41pi.einvoice1.gst.gov.in", "sandbox", "'production'"),
        ("https://api.einvoice1.gst.gov.in:443/x", "sandbox", "'production'"),
        ("https://api.einvoice1.gst.gov.in:8443", "sandbox", "'production'"),
        # this machine in other spellings
        ("https://localhost.", "production", "this machine"),
        ("https://LOCALHOST", "production", "this machine"),
        ("https://localhost.localdomain", "production", "this machine"),
        ("https://2130706433", "production", "this machine"),
        ("https://0x7f000001", "production", "this machine"),
        ("https://0177.0.0.1", "production", "this machine"),
        ("https://0x7f.1", "production", "this machine"),
        ("https://127.1", "production", "this machine"),
        ("https://127.0.0.1.", "production", "this machine"),
        ("https://\uff11\uff12\uff17.0.0.1", "production", "this machine"),
        ("https://0", "production", "this machine"),
        ("https://0.0.0.0", "production", "this machine"),
        ("https://[::]", "production", "this machine"),
        ("https://[::ffff:127.0.0.1]", "production", "this machine"),
        ("https://[::ffff:7f00:1]", "production", "this machine"),
        ("https://[::127.0.0.1]", "production", "this machine"),
        ("https://[64:ff9b::7f00:1]", "production", "this machine"),
        ("https://[2002:7f00:1::]", "production", "this machine"),
        # hosts of a private network
        ("https://10.0.0.1", "production", "no host on the internet"),
        ("https://10.1", "sandbox", "no host on the internet"),
        ("https://172.16.0.1", "sandbox", "no host on the internet"),
        ("https://192.168.1.1", "sandbox", "no host on the internet"),
        ("https://169.254.169.254", "production", "no host on the internet"),
        ("https://100.64.0.1", "production", "no host on the internet"),
        ("https://224.0.0.1", "production", "no host on the internet"),
        ("https://[fe80::1]", "production", "no host on the internet"),
        ("https://[fd00::1]", "production", "no host on the internet"),
        ("https://[::ffff:10.0.0.1]", "production", "no host on the internet"),
        ("https://portal", "production", "no host on the internet"),
        ("https://metadata.google.internal", "sandbox", "no host on the internet"),
        # what two readers read in two ways
        ("https://portal.example\\@evil.example", "sandbox", "backslash"),
        ("https://evil.example%2f@portal.example", "sandbox", "%"),
        ("https://evil.example\uff20portal.example", "sandbox", "user"),
        ("https://@portal.example", "sandbox", "user"),
        ("https://portal.example/x@y", "sandbox", "user"),
        ("https://portal.example?", "sandbox", "end with the host"),
        ("https://portal.example#", "sandbox", "end with the host"),
        ("https://portal.example\uff0fx", "sandbox", "malformed"),
        ("https://portal.example/../x", "sandbox", "path"),
        ("https://portal.example//x", "sandbox", "path"),
        ("https://portal.example/x;y", "sandbox", "path"),
        ("https://portal.example\r\n", "trial", "unknown environment"),
        ("https://portal.exa\tmple", "sandbox", "blank"),
        ("https://portal.example\0", "sandbox", "control"),
        ("https://portal\u200b.example", "sandbox", "control"),
        ("https://portal..example", "sandbox", "malformed"),
        ("https://-portal.example", "sandbox", "malformed"),
        ("https://1.2.3.4.5", "sandbox", "looks like an IP address"),
        ("https://256.1.1.1", "sandbox", "looks like an IP address"),
        ("https://0x", "production", "this machine"),
        ("https://[::1", "sandbox", "malformed"),
        ("https://[fe80::1%25eth0]", "sandbox", "%"),
        ("https://portal.example:0", "sandbox", "port"),
        ("https://portal.example:-1", "sandbox", "port"),
        ("https:portal.example", "sandbox", "names no host"),
        ("https://" + "a" * 600, "sandbox", "characters"),
    ],
)
def test_unsafe_addresses_are_refused_in_plain_words(url, environment, words):
    with pytest.raises(ValueError, match=words):
        check_base_url(url, environment)


def test_a_gsp_may_replace_the_beginning_of_a_path():
    gsp = replace(
        ENVIRONMENTS["sandbox"], path_prefix={"/eivital/": "/einv-gsp/vital/"}
    )
    assert gsp.path("/eivital/v1.04/auth") == "/einv-gsp/vital/v1.04/auth"
    assert gsp.path("/eicore/v1.03/Invoice") == "/eicore/v1.03/Invoice"


def test_endpoints_are_the_published_ones():
    paths = {name: (row.method, row.path) for name, row in ENDPOINTS.items()}
    assert paths == {
        "authenticate": ("POST", "/eivital/v1.04/auth"),
        "generate_irn": ("POST", "/eicore/v1.03/Invoice"),
        "cancel_irn": ("POST", "/eicore/v1.03/Invoice/Cancel"),
        "get_irn": ("GET", "/eicore/v1.03/Invoice/irn/{irn}"),
        "get_irn_by_document": ("GET", "/eicore/v1.03/Invoice/irnbydocdetails"),
        "get_rejected_irns": ("GET", "/eicore/v1.03/Invoice/rejectedirns"),
        "generate_ewb": ("POST", "/eiewb/v1.03/ewaybill"),
        "get_ewb": ("GET", "/eiewb/v1.03/ewaybill/irn/{irn}"),
        "ewb_authenticate": ("POST", "/ewaybillapi/v1.03/auth"),
        "cancel_ewb": ("POST", "/ewaybillapi/v1.03/ewayapi"),
        "get_gstin": ("GET", "/eivital/v1.04/Master/gstin/{gstin}"),
        "sync_gstin": ("GET", "/eivital/v1.04/Master/syncgstin/{gstin}"),
        "ping": ("GET", "/eivital/v1.04/heartbeat/ping"),
    }
    assert PROFILES["nic1"].wire.headers["call"]["client_id"] == "client-id"


def test_every_value_of_a_path_and_query_is_percent_encoded():
    values = {"doctype": "INV", "docnum": "A/1 +&", "docdate": "31/12/2025"}
    assert ENDPOINTS["get_irn_by_document"].target(values) == (
        "/eicore/v1.03/Invoice/irnbydocdetails"
        "?doctype=INV&docnum=A%2F1%20%2B%26&docdate=31%2F12%2F2025"
    )
    assert ENDPOINTS["get_irn"].target({"irn": "a/b"}).endswith("/irn/a%2Fb")
    with pytest.raises(KeyError):
        ENDPOINTS["get_irn"].target({})
