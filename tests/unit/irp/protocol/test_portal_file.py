"""The file that a portal's website offers for download."""

import json

import pytest
from irp.protocol.files.portal_file import parse_portal_file
from irp.protocol.verification import verify_registration


@pytest.fixture
def downloaded(client, invoice):
    """A registration as the client read it and as a downloaded file contains it."""
    registered = client.generate_irn(invoice)
    return registered, {
        "AckNo": int(registered.ack_number),
        "AckDt": f"{registered.ack_date:%Y-%m-%d %H:%M:%S}",
        "Irn": registered.irn,
        "SignedInvoice": registered.signed_invoice,
        "SignedQRCode": registered.signed_qr,
        "Status": "ACT",
    }


@pytest.mark.parametrize(
    "wrap",
    [
        lambda entry: entry,
        lambda entry: [entry],
        lambda entry: {"Data": entry},
        lambda entry: {"data": [entry]},
        lambda entry: [{"Data": entry}],
        lambda entry: {"Status": 1, "Data": json.dumps(entry)},
        lambda entry: {name.lower(): value for name, value in entry.items()},
    ],
)
def test_every_shape_is_read(wrap, downloaded):
    registered, entry = downloaded
    assert parse_portal_file(json.dumps(wrap(entry))) == [registered]


def test_a_file_comes_as_bytes_with_a_mark(downloaded):
    registered, entry = downloaded
    text = json.dumps([entry, entry])
    assert parse_portal_file(b"\xef\xbb\xbf" + text.encode()) == [registered] * 2
    assert parse_portal_file("\ufeff" + text) == [registered] * 2


def test_missing_members_come_from_the_signed_invoice(downloaded, keys, invoice):
    registered, entry = downloaded
    few = {name: entry[name] for name in ("SignedInvoice", "SignedQRCode")}
    (found,) = parse_portal_file(json.dumps({**few, "Irn": None, "AckNo": ""}))
    assert (found.irn, found.ack_number) == (registered.irn, registered.ack_number)
    assert found.ack_date == registered.ack_date
    assert verify_registration(found, keys, sent=invoice).state == "verified"


def test_file_signed_by_nic_is_read_and_verified(published, published_keys):
    rows = published["registrations"]
    found = parse_portal_file(json.dumps({"Data": rows}))
    assert [one.irn for one in found] == [row["Irn"] for row in rows]
    for one in found:
        assert verify_registration(one, published_keys).state == "verified"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON"),
        (b"PK\x03\x04", "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "holds no invoice"),
        ('{"Data": []}', "holds no invoice"),
        ('{"Data": "gibberish"}', "not JSON"),
        ("{}", "entry 1 of the file has no signed invoice"),
        ("17", "entry 1 of the file has no signed invoice"),
        ('{"Data": null}', "entry 1 of the file has no signed invoice"),
        ('{"SignedInvoice": ""}', "entry 1 of the file has no signed invoice"),
        ('{"SignedInvoice": "a.b.c"}', "the signed invoice cannot be read"),
        ("[[[[[[]]]]]]", "entry 1 of the file has no signed invoice"),
    ],
)
def test_anything_else_is_refused_in_plain_words(content, words):
    with pytest.raises(ValueError, match=words):
        parse_portal_file(content)


def test_the_entry_at_fault_is_named(downloaded):
    _, entry = downloaded
    with pytest.raises(ValueError, match="entry 2 of the file has no signed"):
        parse_portal_file(json.dumps([entry, {**entry, "SignedInvoice": None}]))
    with pytest.raises(ValueError, match="entry 1 of the file: .*no IRN"):
        parse_portal_file(json.dumps({**entry, "Irn": "7"}))


def test_a_huge_file_is_refused():
    with pytest.raises(ValueError, match="more than 50 MB"):
        parse_portal_file(b" " * (50 * 1024 * 1024 + 1))
