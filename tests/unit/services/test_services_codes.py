"""Every code that these services can return has advice for an accountant."""

import inspect
import re

import pytest
from irp.reference.catalogue import entry
from irp.reference.datafiles import load_json
from sandbox.portal import eway_bill_rules
from sandbox.services import (
    eway_bill_log_in,
    eway_bills,
    identity,
    registration,
)
from sandbox.services.ewaybill import cancel
from sandbox.wire.messages import MESSAGES

UNKNOWN = entry("no such code").hint
MODULES = (
    cancel,
    eway_bill_log_in,
    eway_bill_rules,
    eway_bills,
    identity,
    registration,
)


def known_to_the_client():
    return {code for kind in load_json("outcomes.json") for code in kind["codes"]}


def answered_by_the_portal():
    written = (re.findall(r'"(\d{3,4})"', inspect.getsource(one)) for one in MODULES)
    return {*MESSAGES, *(code for codes in written for code in codes)}


@pytest.mark.parametrize("codes", [known_to_the_client, answered_by_the_portal])
def test_every_code_has_a_hint(codes):
    found = codes()

    assert len(found) > 50
    assert [code for code in sorted(found) if entry(code).hint in ("", UNKNOWN)] == []
