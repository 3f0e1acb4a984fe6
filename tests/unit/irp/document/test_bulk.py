"""The files for the bulk upload on a portal's website."""

import json
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from irp.document import bulk_files, file_of, fits_bulk_file
from irp.reference import BulkLimits, bulk_limits

GSTIN = "37ARZPT4384Q1MT"
NOW = datetime(2026, 1, 15, 20, 0, tzinfo=timezone.utc)


def document(number, size=0):
    text = json.dumps({"DocDtls": {"No": number}, "x": "₹" * size}, ensure_ascii=False)
    return text.encode()


def test_one_file_is_an_array_of_the_documents_as_they_are():
    documents = {7: document("A/7", 3), 5: document("A/5")}
    (file,) = bulk_files(documents, BulkLimits(1000, 10), GSTIN, NOW)
    assert file.content == b"[" + documents[7] + b"," + documents[5] + b"]"
    assert json.loads(file.content)[0]["DocDtls"]["No"] == "A/7"
    assert file.keys == (7, 5)
    # Indian time
    assert file.name == f"bulk_{GSTIN}_20260116_013000.json"


def test_the_number_of_documents_splits():
    documents = {key: document(str(key)) for key in range(7)}
    files = bulk_files(documents, BulkLimits(10_000, 3), GSTIN, NOW)
    assert [file.keys for file in files] == [(0, 1, 2), (3, 4, 5), (6,)]
    assert len({file.name for file in files}) == 3
    assert [file_of(key, files) for key in (2, 6, 9)] == [
        files[0].name,
        files[2].name,
        "",
    ]


def test_the_size_counts_bytes_not_characters():
    one = document("1", 100)
    assert len(one) > len(one.decode())
    exact = 2 * len(one) + 3
    pair = {1: one, 2: one}
    assert len(bulk_files(pair, BulkLimits(exact, 9), GSTIN, NOW)) == 1
    assert len(bulk_files(pair, BulkLimits(exact - 1, 9), GSTIN, NOW)) == 2
    assert fits_bulk_file(one, BulkLimits(len(one) + 2, 9))
    assert not fits_bulk_file(one, BulkLimits(len(one) + 1, 9))
    with pytest.raises(ValueError, match="document 1 is larger"):
        bulk_files(pair, BulkLimits(len(one) + 1, 9), GSTIN, NOW)


def test_nothing_makes_no_file():
    assert bulk_files({}, BulkLimits(10, 1), GSTIN, NOW) == []


@given(
    st.lists(st.integers(0, 60), max_size=30),
    st.integers(100, 400),
    st.integers(0, 5),
)
def test_every_document_is_in_one_file_within_the_limits(sizes, max_bytes, count):
    documents = {key: document(str(key), size // 3) for key, size in enumerate(sizes)}
    limits = BulkLimits(max_bytes, count)
    files = bulk_files(documents, limits, GSTIN, NOW)
    assert [key for file in files for key in file.keys] == list(documents)
    for file in files:
        assert len(file.content) <= max_bytes
        assert len(file.keys) <= max(1, count)
        numbers = [one["DocDtls"]["No"] for one in json.loads(file.content)]
        assert numbers == [str(key) for key in file.keys]


def test_the_limits_are_those_of_the_website():
    assert bulk_limits("IRIS").max_bytes == 1_000_000
    assert (
        bulk_limits("NIC2")
        == bulk_limits("NIC1")
        == bulk_limits("")
        != bulk_limits("IRIS")
    )
    assert bulk_limits("NIC1").max_bytes <= 2 * 1024 * 1024
