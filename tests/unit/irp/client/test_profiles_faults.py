"""Every service of every portal: lost answers, refused tokens, doubtful answers."""

import pytest
from irp.protocol.errors import (
    IrpAuthenticationError,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpRateLimited,
)
from irp.protocol.http import Response

from unit.irp.dialects import ANSWERS, CALLS, DIALECTS

OFFERED = [
    (code, service) for code, one in DIALECTS.items() for service in one.services
]
CHANGING = {"generate_irn", "cancel_irn", "generate_ewb", "cancel_ewb"}
offered = pytest.mark.parametrize(("code", "service"), OFFERED)


class Losing:
    """A portal whose answer to the next call is lost after it was processed."""

    def __init__(self, portal, error):
        self.portal, self.error = portal, error

    def send(self, request):
        answer = self.portal.send(request)
        # The answer to the log-in arrives.
        if self.portal.answers or len(self.portal.requests) == 1:
            return answer
        raise self.error


@offered
def test_lost_answer_is_unknown_and_not_repeated(code, service, connect):
    client, portal = connect(code)
    portal.answers.append(ANSWERS[service])
    client._transport = Losing(portal, IrpOutcomeUnknown("lost", reason="reset"))
    with pytest.raises(IrpOutcomeUnknown) as caught:
        CALLS[service](client)
    assert (caught.value.endpoint, len(portal.requests)) == (service, 2)


@offered
def test_unreached_portal_got_nothing(code, service, connect):
    client, portal = connect(code)
    portal.answers.append(ANSWERS[service])
    client._transport = Losing(portal, IrpNotSent("no route", reason="connect"))
    with pytest.raises(IrpNotSent):
        CALLS[service](client)


@offered
def test_refused_token(code, service, connect):
    client, portal = connect(code)
    portal.answers.extend([portal.refusal("1005"), ANSWERS[service]])
    assert CALLS[service](client)
    portal.answers.extend([portal.refusal("1005")] * 2)
    with pytest.raises(IrpAuthenticationError, match="fresh token"):
        CALLS[service](client)


@offered
@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"Status": 2}', b"[]"])
def test_doubtful_answer(code, service, body, connect):
    client, portal = connect(code)
    portal.answers.append(Response(200, {}, body))
    with pytest.raises(IrpOutcomeUnknown):
        CALLS[service](client)
    assert len(portal.requests) == 2


@offered
def test_answer_about_something_else(code, service, connect):
    client, portal = connect(code)
    portal.answers.append({"Irn": "8" * 64, "Gstin": "29AAACP7879D1Z1"})
    kind = IrpOutcomeUnknown if service in CHANGING else IrpProtocolError
    with pytest.raises(kind):
        CALLS[service](client)


@offered
@pytest.mark.parametrize(
    ("status", "kind"), [(401, IrpAuthenticationError), (429, IrpRateLimited)]
)
def test_gateway_by_status(code, service, status, kind, connect):
    client, portal = connect(code)
    portal.answers.append(Response(status, {}, b"refused"))
    with pytest.raises(kind):
        CALLS[service](client)
