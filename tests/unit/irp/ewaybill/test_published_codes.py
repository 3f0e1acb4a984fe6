"""Each code of the published lists, for each action: what becomes of the change.

A code that reports a failure of the e-way bill system says nothing about the change,
nor does one that is in no list: only a look-up settles it. Every other one refuses it.
"""

import re
from types import SimpleNamespace

import pytest
from irp.client import EwaybillSystem
from irp.operations import EwaybillRequest, ewaybill, ewaybill_system
from irp.operations.ewaybill_system import StepRequest
from irp.operations.policy import NO_TIME
from irp.reference.datafiles import load_rows
from irp.reference.ewaybill import LOOK_UPS
from irp.reference.profiles import ENVIRONMENTS, PROFILES
from irp.rules import ewaybill as requests
from irp.rules.ewaybill import Standing

from .conftest import EWB, OWN, recorded_bill

ROWS = list(load_rows("ewaybill/error-codes.csv"))
# our own words of the codes with which the system reports that it failed
FAILED = re.compile(
    r"could not be (made|updated|cancelled|added)|failed, ask helpdesk|not saved"
    r"|same request|store of the portal down|technical error|already the one asked for"
    r"|multi-vehicle (error|initiation failed)|could not be made"
)
# services of the lists -> actions that may be answered so
ACTIONS = {
    "GEN": ("GENEWAYBILL",),
    "PARTB": ("VEHEWB",),
    "TRANS": ("UPDATETRANSPORTER",),
    "EXT": ("EXTENDVALIDITY",),
    "CAN": ("CANEWB",),
    "REJ": ("REJEWB",),
    "CEWB": ("GENCEWB",),
    "REGEN": ("REGENTRIPSHEET",),
    "MULTI": ("MULTIVEHMOVINT", "MULTIVEHADD", "MULTIVEHUPD"),
}
SAMPLES = {
    "GENEWAYBILL": requests.Generate(doc_type="INV", doc_number="A/1", from_gstin=OWN),
    "VEHEWB": requests.UpdateVehicle(number=EWB, vehicle="KA01AB1234", mode="1"),
    "UPDATETRANSPORTER": requests.UpdateTransporter(number=EWB, transporter_id=OWN),
    "EXTENDVALIDITY": requests.ExtendValidity(number=EWB),
    "CANEWB": requests.Cancel(number=EWB, reason="2"),
    "REJEWB": requests.Reject(number=EWB),
    "GENCEWB": requests.Consolidate(bills=(EWB,), vehicle="KA01AB1234", mode="1"),
    "REGENTRIPSHEET": requests.RegenerateTripSheet(
        sheet="1810000387", vehicle="KA01AB1234", mode="1"
    ),
    "MULTIVEHMOVINT": requests.StartMultiVehicle(number=EWB),
    "MULTIVEHADD": requests.AddMultiVehicle(number=EWB, group="1", vehicle="KA01AB1"),
    "MULTIVEHUPD": requests.ChangeMultiVehicle(
        number=EWB, group="1", new_vehicle="KA01AB1"
    ),
}
# the token or the user is refused, or the system asks to wait: nothing was done
NOT_DONE_YET = {
    *("101", "102", "103", "104", "105", "106", "107", "108", "109", "110", "111"),
    *("112", "113", "116", "118", "237", "238", "658"),
}
# looked up, or a refusal of the user alone
SPECIAL = {("GENEWAYBILL", "604"), ("CANEWB", "393")}


@pytest.fixture
def system(ewb, make_account, clock):
    # a refused token is not renewed here: that is the caller's
    return EwaybillSystem(
        make_account(gstin=OWN, user_name="ewb_user", password="Ewb@1"),
        ewb,
        base_url="https://ewb.example",
        environment=ENVIRONMENTS["production"],
        clock=clock,
    )


def actions_of(row):
    """Return the actions that may be answered with the code of a row."""
    services = row["service"].split(";")
    if "ANY" in services:
        return tuple(SAMPLES)
    return tuple(action for one in services for action in ACTIONS.get(one, ()))


def pairs(is_failure):
    return [
        (action, row["code"])
        for row in ROWS
        for action in actions_of(row)
        if bool(FAILED.search(row["text"])) == is_failure
    ]


def result_of(system, ewb, ist, action, code):
    """Return the state after an action that is answered with a code."""
    ewb.answers[action] = f"{code},"
    # an extension is sent after a look at the end that it extends
    ewb.answers.setdefault("GetEwayBill", recorded_bill(validUpto=None))
    client = SimpleNamespace(ewaybill_api=system.ewaybill_api)
    moment = ist("05/10/2022 12:44")
    request = StepRequest(SAMPLES[action], Standing(number=EWB), moment, EWB)
    return ewaybill_system.act(client, None, request)


def sent(ewb):
    """Return how often an action was sent."""
    return sum(name in SAMPLES for name, _values in ewb.calls)


def test_each_action_has_a_sample():
    assert set(SAMPLES) == {one.action for one in map(type, SAMPLES.values())}
    assert set(SAMPLES) == set(LOOK_UPS)


def test_failures_are_found_in_the_list():
    codes = {code for _action, code in pairs(is_failure=True)}
    assert {"240", "309", "317", "368", "383", "388", "800", "813", "825"} <= codes


def test_a_failure_of_the_system_leaves_it_unknown(system, ewb, ist):
    wrong = {
        (action, code): result.state
        for action, code in pairs(is_failure=True)
        if (result := result_of(system, ewb, ist, action, code)).state != "unknown"
    }
    assert wrong == {("CANEWB", "824"): "rejected"}, "cancel has a look-up of its own"


def test_any_other_code_refuses_it(system, ewb, ist):
    left = set(pairs(is_failure=False)) - SPECIAL
    wrong = {}
    for action, code in sorted(left):
        if code in NOT_DONE_YET:
            continue
        before = sent(ewb)
        state = result_of(system, ewb, ist, action, code).state
        if (state, sent(ewb) - before) != ("rejected", 1):
            wrong[action, code] = state
    assert wrong == {}


@pytest.mark.parametrize("action", sorted(SAMPLES))
@pytest.mark.parametrize("code", ["688", "999", "", "0"])
def test_a_code_of_no_list_is_looked_up(system, ewb, ist, lost, action, code):
    ewb.answers |= dict.fromkeys(
        ("GetEwayBill", "GetEwayBillGeneratedByConsigner", "GetTripSheet"), lost
    )
    result = result_of(system, ewb, ist, action, code)
    if action == "EXTENDVALIDITY":
        assert (result.state, sent(ewb)) == ("to_register", 0), "its end is not known"
    elif LOOK_UPS[action].service:
        # the others may be repeated
        assert result.state == "unknown"
        assert sent(ewb) == 1, "never a second time"


def test_what_was_not_done_is_refused_with_its_code(system, ewb, ist, fetched, entry):
    ewb.answers["GetEwayBill"] = fetched()
    result = result_of(system, ewb, ist, "VEHEWB", "688")
    assert (result.state, result.error.code) == ("rejected", "688")
    ewb.answers["GetEwayBill"] = fetched(entry())
    result = result_of(system, ewb, ist, "VEHEWB", "688")
    assert (result.state, result.error) == ("registered", None)
    assert result.bill.number == EWB


def cancel(system, ewb, code):
    ewb.answers["CANEWB"] = f"{code},"
    request = EwaybillRequest({}, 1, EWB, "2", "Order cancelled")
    return ewaybill.cancel(system, None, request)


@pytest.mark.parametrize("code", ["114", "317", "800", "813", "825"])
def test_a_cancellation_that_failed_is_open(system, ewb, code):
    assert cancel(system, ewb, code).state == "cancelling"


@pytest.mark.parametrize("code", ["312", "824", "688", "999"])
def test_a_cancellation_not_understood_is_looked_up(system, ewb, fetched, lost, code):
    ewb.answers["GetEwayBill"] = fetched(status="CNL")
    assert cancel(system, ewb, code).state == "cancelled"
    ewb.answers["GetEwayBill"] = fetched()
    result = cancel(system, ewb, code)
    assert (result.state, result.error.code) == ("registered", code)
    ewb.answers["GetEwayBill"] = lost
    assert cancel(system, ewb, code).state == "cancelling"


@pytest.mark.parametrize("code", ["312", "688"])
def test_without_a_look_up_by_number_the_irn_is_asked_next(
    ewb, make_account, clock, code
):
    cut = PROFILES["nic1"].override(
        {"ewaybill_api": {"not_offered": ["get_ewaybill"]}}, origin="a copy"
    )
    system = EwaybillSystem(
        make_account(gstin=OWN, user_name="ewb_user", password="Ewb@1"),
        ewb,
        base_url="https://ewb.example",
        environment=cut.environments["production"],
        clock=clock,
    )
    result = cancel(system, ewb, code)
    assert (result.state, result.error.code) == ("cancelling", code)
    assert (result.wait, result.unsent) == (NO_TIME, False), "at once, and was sent"
    asked = EwaybillRequest({}, 2, EWB, "2", "Order cancelled")
    assert ewaybill.settle_cancel(system, None, asked).state == "cancel_unclear"


def test_a_cancellation_that_is_refused_leaves_it_active(system, ewb):
    codes = {row["code"] for row in ROWS if "CAN" in row["service"].split(";")}
    codes -= {"312", "317"}
    assert len(codes) > 3
    states = {code: cancel(system, ewb, code).state for code in sorted(codes)}
    assert set(states.values()) == {"registered"}, states
