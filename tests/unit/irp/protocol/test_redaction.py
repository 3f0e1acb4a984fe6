import pytest
from irp.protocol.redaction import redact, redact_text, redact_url


def test_secrets_are_masked_by_name_and_the_rest_stays():
    value = {
        "client-id": "ID",
        "client_secret": "s",
        "AuthToken": "t",
        "Password": "p",
        "authorization": "b",
        "gstin": "37ARZPT4384Q1MT",
        "Sek": "",
        "Data": "A" * 344,
        "rows": [{"AppKey": "k"}, ("password=x", 5)],
        "SignedInvoice": None,
    }
    assert redact(value) == {
        "client-id": "ID",
        "client_secret": "***",
        "AuthToken": "***",
        "Password": "***",
        "authorization": "***",
        "gstin": "37ARZPT4384Q1MT",
        "Sek": "",
        "Data": "<344 characters>",
        "rows": [{"AppKey": "***"}, ("password=***", 5)],
        "SignedInvoice": None,
    }


def test_bodies_are_read_or_measured():
    assert redact(b'{"Data": "abc", "Status": 1}') == {
        "Data": "<3 characters>",
        "Status": 1,
    }
    assert redact(b"\x00\xff") == "<2 bytes>"
    assert redact(bytearray(b"[1]")) == "<3 bytes>"
    assert redact(b"<html>") == "<6 bytes>"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("password=hunter2&x=1", "password=***&x=1"),
        ('{"Password": "hunter2", "a": 1}', '{"Password": "***", "a": 1}'),
        ('{\\"AppKey\\":\\"hunter2\\"}', '{\\"AppKey\\":\\"***\\"}'),
        ("client_secret: hunter2", "client_secret: ***"),
        ("https://user:pw@host/path", "https://***@host/path"),
        ("bad token eyJhbGciOiJSUzI1NiJ9.e30.c2ln!", "bad token <token>!"),
        ("For Sl. No 1, GST rate is wrong", "For Sl. No 1, GST rate is wrong"),
        ("password of the user is wrong", "password of the user is wrong"),
    ],
)
def test_texts(text, redacted):
    assert redact_text(text) == redact(text) == redacted


@pytest.mark.parametrize(
    ("url", "redacted"),
    [
        (
            "https://h/irnbydocdetails?doctype=INV&docnum=A%2F1",
            "https://h/irnbydocdetails?doctype=INV&docnum=A/1",
        ),
        (
            "https://u:p@h:1/x?password=a&email=b#c",
            "https://***@h:1/x?password=***&email=b",
        ),
        ("https://h/x", "https://h/x"),
    ],
)
def test_urls(url, redacted):
    assert redact_url(url) == redacted
