"""Each published code is refused before the call, by the checks that Odoo makes.

The cases are those of the tests beside this one, and those below where a code needs
more than one change. They go through Odoo's own table of the kinds of change, and
state nothing that Odoo does not know of a bill.
"""

import ast
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import irp
import pytest
from irp.reference.dates import IST
from irp.rules import ewaybill as rules
from irp.rules.ewaybill import Caller, Cancel, Reject, Standing, UpdateTransporter

from ...test_ewaybill_codes import NOT_BEFORE, published
from . import test_generation as made
from . import test_rules as changed
from .conftest import EWB, OWN

MODELS = Path(irp.__file__).parents[1] / "models"
BUYER, CARRIER = changed.BUYER, changed.CARRIER
OTHER_PORTAL = "398009149369"
TODAY, THEN = (datetime(year, 10, 5, 20, tzinfo=IST) for year in (2025, 2022))
FEBRUARY = datetime(2026, 2, 2, 10, tzinfo=IST)
BILL = Standing(
    number=EWB,
    generator=OWN,
    supplier=OWN,
    recipient=BUYER,
    generated_at=datetime(2022, 10, 5, 9, tzinfo=IST),
    valid_until=datetime(2022, 10, 5, 23, 59, tzinfo=IST),
    has_part_b=True,
    part_b_by=OWN,
    distance_km=300,
    quantities=(("NOS", Decimal(12)),),
)
LATE = {"at": THEN + timedelta(hours=4)}
GROUP = {"groups": (("1", Decimal(10)),)}
PART_A = {"part_b_by": "", "transporter": ""}
THEIRS = {"transporter": CARRIER, "part_b_by": CARRIER}
# names of the tests of the rules -> Odoo's
KIND_OF = {
    "cancel": "cancellation",
    "reject": "rejection",
    "start": "group_start",
    "change": "group_change",
}


def odoo_kinds():
    """Return the kinds of change with their checks, of a module of Odoo's side that
    imports the rules alone."""
    name = "odoo_side.irp.rules.ewaybill"
    path = MODELS / "movement" / "requests.py"
    spec = spec_from_file_location("odoo_side.models.movement.requests", path)
    module = module_from_spec(spec)
    sys.modules[name] = rules
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
    return module.KINDS


KINDS = odoo_kinds()


def given_in(*rooms):
    """Return the names under which the code of rooms of models gives something: those
    of arguments, and the keys of dictionaries."""
    found = set()
    paths = [path for room in rooms for path in (MODELS / room).rglob("*.py")]
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword):
                found.add(node.arg)
            elif isinstance(node, ast.Dict):
                keys = (one for one in node.keys if isinstance(one, ast.Constant))
                found.update(one.value for one in keys)
    return found


def parameters(test):
    """Return the parameters that a test is run with."""
    [mark] = test.pytestmark
    return mark.args[1]


def generated(request=made.SALE, at=TODAY, user=OWN, known=None, **changes):
    """Return what is refused of an e-way bill without an IRN, and what is assumed."""
    caller = Caller(user, **(known or {}))
    found = rules.generation_violations(replace(request, **changes), caller, at)
    return "generation", {one.code for one in found}, set(known or ())


def change(kind, request, user=OWN, at=THEN, options=None, **known):
    """Return what is refused of a change of a bill, and what is assumed of it."""
    standing, options = replace(BILL, **known), options or {}
    assumed = {*known, *options}
    if kind == "cancellation":
        check = rules.cancellation_violations
    else:
        check = KINDS[kind].check
    if kind == "consolidation":
        standing = {number: standing for number in request.bills}
    found = check(request, standing, user, at, **options)
    return kind, {one.code for one in found}, assumed


def generations():
    """Yield the cases of an e-way bill without an IRN."""
    for changes, _codes in made.RULES:
        yield generated(**changes)
    for known, changes, _codes in made.CALLERS:
        yield generated(known=known, **changes)
    for changes, _codes in parameters(made.test_tobacco_and_pan_masala):
        yield generated(at=FEBRUARY, **{**made.SIN, **changes})
    yield generated(at=FEBRUARY, known={"reports_einvoices": True}, **made.SIN)
    yield generated(to_state="")
    yield generated(user="05AAACG0904A1ZL", transporter_id=CARRIER)
    yield generated(user=made.BUYER, transporter_id=made.BUYER)
    abroad = {"to_gstin": "URP", "ship_to_state": "05", "to_state": "05"}
    yield generated(sub_supply_type="3", **abroad)
    inward = {"from_gstin": made.BUYER, "to_gstin": OWN, "supply_type": "I"}
    yield generated(sub_supply_type="2", doc_type="BOE", **inward)
    inward["from_gstin"] = "URP"
    yield generated(sub_supply_type="2", doc_type="BOE", **inward)
    yield generated(sub_supply_type="9", known={"is_sez": True}, **inward)
    halves = {"cgst_rate": Decimal(9), "sgst_rate": Decimal(9), "igst_rate": Decimal(0)}
    yield generated(known={"is_sez": True}, **made.item(**halves))
    day = datetime(2018, 3, 31, 12, tzinfo=IST)
    yield generated(at=day, doc_date=date(2018, 3, 30), **made.LOCAL)
    gold = (replace(made.LOCAL["items"][0], hsn="7108"),)
    named = {"transporter_id": CARRIER, "transporter_name": "C", "document": "L1"}
    named |= {"document_date": date(2025, 10, 5), "mode": "2", "items": gold}
    yield generated(**{**made.LOCAL, **named})
    yield generated(items=gold, mode="", vehicle="", vehicle_type="")
    yield generated(items=(*gold, made.GOODS))


def forms():
    """Yield the cases of what is written in the request of a change."""
    for kind, request, changes, _codes in changed.FORMS:
        known = PART_A if kind == "transporter" else {}
        kind = KIND_OF.get(kind, kind)
        yield change(kind, replace(request, **changes), **known)
    for kind, request, known, _code in changed.STATES:
        yield change(KIND_OF.get(kind, kind), request, **known)
    for changes, mode, used, _codes in parameters(changed.test_a_further_vehicle):
        options = {"mode": mode, "used": Decimal(used)}
        request = replace(changed.ADD, **changes)
        yield change("group_vehicle", request, options=options, **GROUP)
    for changes, _codes in parameters(changed.test_another_vehicle):
        options = {"entered": frozenset({"KA01AB1234", "LR1"})}
        request = replace(changed.CHANGE, **changes)
        yield change("group_change", request, options=options, **GROUP)
    long = {"old_document": "x" * 16, "new_document": "y" * 16}
    request = replace(changed.CHANGE, old_vehicle="", new_vehicle="", **long)
    yield change("group_change", request, **GROUP)
    for changes, _codes in parameters(changed.test_a_consolidated_bill):
        yield change("consolidation", replace(changed.SHEET, **changes))


def bills():
    """Yield the cases of what is known of a bill."""
    part_b, extension, start = changed.PART_B, changed.EXTENSION, changed.START
    for late in (part_b, start):
        kind = "part_b" if late is part_b else "group_start"
        yield change(kind, late, **LATE)
    hand_over = UpdateTransporter(number=EWB, transporter_id=CARRIER)
    for known, _codes in parameters(
        changed.test_a_transporter_is_changed_by_its_keeper
    ):
        yield change("transporter", hand_over, **{**PART_A, **known})
    yield change("transporter", hand_over, **LATE, **PART_A)
    yield change("extension", extension)
    yield change("extension", extension, at=THEN + timedelta(hours=16))
    old = {"at": datetime(2025, 12, 28, 10, tzinfo=IST)}
    old["generated_at"] = datetime(2025, 1, 1, 10, tzinfo=IST)
    yield change("extension", extension, valid_until=old["at"], **old)
    reject, theirs = Reject(number=EWB), {"user": BUYER}
    yield change("rejection", replace(reject, number="12"), **theirs)
    yield change("rejection", reject)
    yield change("rejection", reject, user=CARRIER)
    yield change("rejection", reject, at=THEN + timedelta(hours=72), **theirs)
    for name in ("is_cancelled", "is_rejected"):
        yield change("rejection", reject, **theirs, **{name: True})
    yield change("rejection", reject, **theirs, has_part_b=False)
    cancel = Cancel(number=EWB, reason="2", remark="twice")
    yield change("cancellation", cancel, **theirs)
    since = {"options": {"since": BILL.generated_at}}
    yield change("cancellation", cancel, at=THEN + timedelta(hours=24), **since)
    for known, _codes in parameters(changed.test_each_bill_of_a_consolidated_one):
        yield change("consolidation", changed.SHEET, **known)
    for known, user, _codes in parameters(changed.test_who_consolidates):
        yield change("consolidation", changed.SHEET, user, **known)
    yield change("consolidation", changed.SHEET, **LATE)
    again = changed.AGAIN
    yield change("trip_sheet", again, options={"is_cancelled": True})
    yield change("trip_sheet", replace(again, sheet="1"))
    gone = [replace(BILL, is_cancelled=True)]
    yield change("trip_sheet", again, options={"bills": gone})


def known_to_odoo():
    """Return code -> the kinds that refuse with it, for what Odoo knows of a bill."""
    of_bills = given_in("movement", "elsewhere")
    # a shelved rule, which the data may bring into force
    facts = {"generation": given_in("consignment") | {"ship_to_gstin_required"}}
    found = {}
    for kind, codes, assumed in (*generations(), *forms(), *bills()):
        if assumed <= facts.get(kind, of_bills):
            for code in codes:
                found.setdefault(code, set()).add(kind)
    return found


FOUND = known_to_odoo()


@pytest.mark.parametrize("code", [one for one in published() if one not in NOT_BEFORE])
def test_it_is_refused_before_the_call(code):
    assert FOUND.get(code)


def test_every_excuse_is_needed():
    assert sorted(NOT_BEFORE & set(FOUND)) == []


def test_each_kind_refuses_something():
    refusing = set().union(*FOUND.values())
    assert refusing == {*KINDS, "generation", "cancellation"}
