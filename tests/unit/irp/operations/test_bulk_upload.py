"""Rows of the results of a bulk upload, and what follows from them."""

import pytest
from irp.operations import judge_row
from irp.protocol import EwaybillRow, ResultRow
from irp.protocol.errors import (
    IrpDuplicate,
    IrpEwbExists,
    IrpRejected,
    PortalError,
)


def result(*codes, **values):
    errors = tuple(PortalError(code, "text") for code in codes)
    return judge_row(ResultRow("A/7", errors=errors, **values))


@pytest.mark.parametrize("code", ["2172", "2278", "3028", "2305", "2284"])
def test_a_published_refusal_rejects(code):
    found = result(code)
    assert found.state == "rejected"
    assert type(found.error) is IrpRejected
    assert found.error.code == code
    assert found.wait is None


@pytest.mark.parametrize(
    "codes",
    [
        # the portal may have registered it before it failed
        ("2146",),
        ("2147", "2172"),
        # answers to other services, and to the caller
        ("2283",),
        ("1005",),
        ("3095",),
        ("2148",),
        # of the e-way bill, unpublished, and none
        ("4015",),
        ("9998",),
        ("2172", "9998"),
        ("",),
        ("2172", ""),
    ],
)
def test_anything_else_leaves_it_unknown(codes):
    found = result(*codes)
    assert found.state == "unknown"
    assert isinstance(found.error, IrpRejected)
    assert not isinstance(found.error, IrpDuplicate)


@pytest.mark.parametrize("codes", [("2150",), ("2172", "2150"), ("2295",)])
def test_a_duplicate_is_no_failure(codes):
    found = result(*codes)
    assert found.state == "unknown"
    assert isinstance(found.error, IrpDuplicate)
    assert found.error.elsewhere == (codes == ("2295",))


@pytest.mark.parametrize(
    "values",
    [{"irn": "a" * 64}, {"ack_number": "1"}, {"status": "registered"}],
)
def test_a_row_that_says_registered_proves_nothing_and_refuses_nothing(values):
    found = result("2172", **values)
    assert (found.state, found.error) == ("unknown", None)
    assert found.registration is None


def test_a_row_that_says_nothing():
    assert (result().state, result().error) == ("unknown", None)


def ewaybill(*codes, **values):
    errors = tuple(PortalError(code, "text") for code in codes)
    return judge_row(EwaybillRow("A/7", errors=errors, **values))


def test_a_published_refusal_rejects_an_ewaybill():
    found = ewaybill("360")
    assert (found.state, found.error.code, found.wait) == ("rejected", "360", None)


@pytest.mark.parametrize(
    "codes",
    [
        # it may have been made before the portal failed; another service's; none
        *(("240",), ("800",), ("360", "800"), ("307",), ("2172",), ("999",), ("",)),
    ],
)
def test_anything_else_leaves_an_ewaybill_unknown(codes):
    found = ewaybill(*codes)
    assert found.state == "unknown"
    assert type(found.error) is IrpRejected


def test_an_ewaybill_that_exists_is_no_refusal():
    found = ewaybill("360", "604")
    assert found.state == "unknown"
    assert isinstance(found.error, IrpEwbExists)


def test_a_row_with_a_number_proves_nothing():
    found = ewaybill("360", ewb_number="391000000001")
    assert (found.state, found.error) == ("unknown", None)
