import inspect
import pickle

import pytest
from irp.protocol import errors
from irp.protocol.errors import (
    IrpError,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpRejected,
    IrpTransportError,
    IrpUnknownKey,
)

CLASSES = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and issubclass(value, IrpError)
]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_carries_the_common_facts(kind):
    error = kind("words", code="2150", http_status=200, endpoint="generate_irn")
    assert (error.code, error.http_status) == ("2150", 200)
    assert str(error) == "generate_irn: 2150 words"
    assert str(kind("words")) == "words"
    assert kind.__doc__


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_survives_another_process(kind):
    error = pickle.loads(pickle.dumps(kind("words", code="1", endpoint="e")))
    assert (type(error), str(error), error.code) == (kind, "e: 1 words", "1")


def test_every_error_has_an_outcome_of_its_own():
    outcomes = [kind.outcome for kind in CLASSES]
    assert len(set(outcomes)) == len(CLASSES) == 19


def test_the_tree():
    assert issubclass(IrpNotSent, IrpTransportError)
    assert issubclass(IrpOutcomeUnknown, IrpTransportError)
    assert not issubclass(IrpNotSent, IrpOutcomeUnknown)
    assert issubclass(IrpUnknownKey, errors.IrpSignatureError)
    for kind in (
        errors.IrpAlreadyCancelled,
        errors.IrpDuplicate,
        errors.IrpEwbExists,
        errors.IrpNotFound,
        errors.IrpNotOffered,
        errors.IrpTooLate,
    ):
        assert issubclass(kind, IrpRejected)


def test_the_text_is_redacted_and_the_message_is_not():
    error = IrpError("at https://me:pw@host password=hunter2")
    assert "hunter2" in error.message
    assert str(error) == "at https://***@host password=***"


def test_the_remedy_comes_from_the_catalogue():
    remedies = {"fix_data", "retry", "reauthenticate", "look_up", "sync_gstin", "stop"}
    for code in ("2150", "2172", "", "no such code"):
        assert IrpRejected("no", code=code).remedy in remedies
