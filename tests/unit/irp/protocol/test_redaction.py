import time

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
        ('{"Password": "two words, one comma"}', '{"Password": "***"}'),
        ('{"Password": "a \\" quote", "x": 1}', '{"Password": "***", "x": 1}'),
        ("password='it is', x", "password='***', x"),
        ("https://user:p@ss@host/path", "https://***@host/path"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("Ocp-Apim-Subscription-Key: hunter2", "Ocp-Apim-Subscription-Key: ***"),
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
        ("https://u:pw@[::1/x", "https://***@[::1/x"),
        ("https://h/x?a=\ud800", "https://h/x?a=%3F"),
    ],
)
def test_urls(url, redacted):
    assert redact_url(url) == redacted


def nested(levels):
    value = "password=x"
    for _ in range(levels):
        value = [value]
    return value


def test_what_is_nested_deeply_is_masked():
    assert redact(nested(3)) == [[["password=***"]]]
    assert "password" not in repr(redact(nested(100)))
    assert redact(b"[" * 100_000) == "<100000 bytes>"
    assert redact(b'{"a":' * 100_000) == "<500000 bytes>"


PIECES = [
    "a-",
    "a.",
    "eyJ",
    "eyJ-",
    "eyJaaaaaaaa.",
    "eyJaaaaaaaa-",
    "password ",
    "password=",
    "password:'",
    'password="',
    'password=\\"',
    'password=\\"\\a',
    "password=\\",
    "sek =  ",
    "x-subscription-key",
    "client_",
    "authorization: ",
    'authorization:"',
    "://",
    "x://a",
    "x://a@",
    "a@",
    "\\",
    " ",
]


@pytest.mark.parametrize("piece", PIECES)
def test_the_time_grows_with_the_text_and_not_with_its_square(piece):
    short, long = (cpu_seconds(piece * (size // len(piece))) for size in SIZES)
    # eight times the text: about 8 if it is linear, 64 if it is quadratic
    assert long < max(short, 0.0005) * 30


SIZES = (16 * 1024, 128 * 1024)


def cpu_seconds(text):
    """The best of three, so that whatever else the machine does counts least."""
    return min(one_run(text) for _ in range(3))


def one_run(text):
    started = time.thread_time()
    redact_text(text)
    redact_url(text)
    return time.thread_time() - started
