"""A refusal by a gateway is published as coming before the call, or does not count."""

import pytest
from irp.reference.profiles import ENVIRONMENTS, refusal_by_gateway

REFUSALS = ENVIRONMENTS["production"].wire.refusals


def test_every_refusal_names_its_source_and_can_be_told_apart():
    for one in REFUSALS:
        assert one.source
        assert one.kind in ("authentication", "rate_limited", "unanswered")
        assert one.http_status or one.members
    names = [one.name for one in REFUSALS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("status", [200, 202, 301, 400, 403, 404, 500, 502])
@pytest.mark.parametrize("body", [None, {}, [], "text", 7, {"status_cd": "0"}])
def test_a_status_or_a_text_alone_is_no_refusal(status, body):
    assert refusal_by_gateway(REFUSALS, status, body) is None


@pytest.mark.parametrize("error", [None, [], "GSP018", {"error_cd": ["GSP018"]}, 7])
def test_a_member_of_another_shape_is_no_refusal(error):
    assert refusal_by_gateway(REFUSALS, 200, {"status_cd": "0", "error": error}) is None


@pytest.mark.parametrize("code", ["GSP022", "NEW-CODE", 7])
@pytest.mark.parametrize("status", [200, 401, 403])
def test_an_own_code_that_is_not_published_as_coming_before_is_no_refusal(code, status):
    body = {"status_cd": "0", "error": {"error_cd": code, "message": "Refused"}}
    assert refusal_by_gateway(REFUSALS, status, body) is None


@pytest.mark.parametrize("code", ["GSP027", "GSP030", "GSP032", "GSP099", "GSP500"])
@pytest.mark.parametrize("status", [200, 401, 403])
def test_a_gateway_that_waited_in_vain_has_not_refused(code, status):
    """TaxPro writes HTTP 401 with each of its codes, also for a timeout at the IRP."""
    body = {"status_cd": "0", "error": {"error_cd": code, "message": "Timeout"}}
    assert refusal_by_gateway(REFUSALS, status, body).kind == "unanswered"


@pytest.mark.parametrize("body", [None, {"any": "thing"}])
def test_unauthorised_was_not_applied(body):
    assert refusal_by_gateway(REFUSALS, 401, body).kind == "authentication"
    assert refusal_by_gateway(REFUSALS, 429, body).kind == "rate_limited"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"error_cd": "GSP018", "message": "no key"}}, "no key"),
        ({"error": {"error_cd": "GSP018", "message": {"a": 1}}}, ""),
        ({"error": {"error_cd": "GSP018"}, "message": "outer"}, "outer"),
        ({"error": {"error_cd": "GSP018"}}, ""),
        (None, ""),
        ([], ""),
    ],
)
def test_words_are_the_gateways_own(body, words):
    (refusal,) = (one for one in REFUSALS if one.name == "taxpro-own-key")
    assert refusal.words(body) == words
