"""All checks together: schema before rules, the portal's adapter, any input."""

import copy
import functools
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from irp.rules.checks import ewaybill_check, portal_check, violations
from irp.rules.invoice.document_view import tolerated
from irp.rules.invoice.violation import Violation, shown

IST = timezone(timedelta(hours=5, minutes=30))
NOW = datetime(2026, 10, 15, 12, 0, tzinfo=IST)


def test_rules_are_checked_once_the_schema_holds(make, today):
    both = {"BuyerDtls.Pos": "25", "BuyerDtls.LglNm": "X"}

    found = violations(make("inter", both), today=today)

    assert [one.code for one in found] == ["5002"]


def test_portal_refuses_with_its_codes(make):
    assert portal_check(make(), NOW) == []

    schema = portal_check(make("inter", {"BuyerDtls.LglNm": "X"}), NOW)
    rules = portal_check(make("inter", {"BuyerDtls.Pos": "25"}), NOW)

    assert [code for code, _ in schema] == ["5002"]
    assert [code for code, _ in rules] == ["2243"]
    assert all(message for _, message in schema + rules)


def test_portal_issues_the_irn_although_the_ewaybill_fails(make):
    document = make("ewaybill", {"EwbDtls.VehNo": None})

    assert portal_check(document, NOW) == []
    assert [code for code, _ in ewaybill_check(document, NOW)] == ["4011"]
    assert ewaybill_check(make("inter", {"BuyerDtls.Pos": "25"}), NOW) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"DocDtls.Typ": "CRN"},
        {"DocDtls.Typ": "DBN"},
        {"ItemList.0.HsnCd": "995411", "ItemList.0.IsServc": "Y"},
    ],
)
def test_missing_transporter_is_reported_alone_as_recorded(make, changes):
    document = make("ewaybill", {**changes, "EwbDtls": {"Distance": 0}})

    assert portal_check(document, NOW) == []
    assert [code for code, _ in ewaybill_check(document, NOW)] == ["4019"]


def test_the_portals_day_is_indias(make):
    """19:30 UTC is already the next day in India."""
    document = make("inter", {"DocDtls.Dt": "16/10/2026"})
    evening = datetime(2026, 10, 15, 18, 29, tzinfo=timezone.utc)

    before = portal_check(document, evening)
    after = portal_check(document, evening + timedelta(minutes=1))

    assert [code for code, _ in before] == ["2163"]
    assert after == []


@pytest.mark.parametrize(
    ("calculated", "least", "most"),
    [("2345.04", 2344, 2347), ("10241.00", 10240, 10242), ("10241.61", 10240, 10243)],
)
def test_tolerance_is_nics(calculated, least, most):
    cent = Decimal("0.01")
    exact = Decimal(calculated)

    assert tolerated(Decimal(least), exact)
    assert tolerated(Decimal(most), exact)
    assert not tolerated(least - cent, exact)
    assert not tolerated(most + cent, exact)


@pytest.mark.parametrize("name", ["AssVal", "IgstVal", "TotInvVal"])
@pytest.mark.parametrize("shift", [-1, 1])
def test_totals_may_differ_by_a_rupee(make, today, name, shift):
    document = make()
    document["ValDtls"][name] += shift

    assert violations(document, today=today) == []


def test_sums_are_exact_over_many_lines(make, today):
    """1000 lines of 0.01 are exactly 10.00, which floats would miss."""
    document = make("inter")
    row = {
        **document["ItemList"][0],
        "TotAmt": 0.01,
        "AssAmt": 0.01,
        "IgstAmt": 0,
        "TotItemVal": 0.01,
    }
    document["ItemList"] = [{**row, "SlNo": str(n)} for n in range(1, 1001)]
    document["ValDtls"] = {"AssVal": 9, "IgstVal": 0, "TotInvVal": 11}

    assert violations(document, today=today) == []

    document["ValDtls"]["AssVal"] = 8.99
    assert [one.code for one in violations(document, today=today)] == ["2182"]


def test_decimal_amounts_are_taken(make, today):
    changes = {"ItemList.0.IgstAmt": Decimal("180.00"), "ValDtls.IgstVal": Decimal(180)}

    assert violations(make("inter", changes), today=today) == []


def test_quoted_values_stay_short():
    assert shown("a\nb") == "a b"
    assert len(shown("x" * 1000)) == 60


# --- no input brings it down ---------------------------------------------------------

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -1, 0, 96, 999999, 560001.0]),
    st.floats(),
    st.decimals(),
    st.text(st.characters(codec=None, exclude_categories=())),
    st.sampled_from(
        ["", "96", "00", "99", "URP", "EXPWP", "SEZWOP", "CRN", "Y", "31/02/2026"]
    ),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=5), inner, max_size=3),
        st.dictionaries(st.sampled_from(["Gstin", "Pin", "Stcd"]), inner, max_size=3),
    ),
    max_leaves=6,
)


def places(value, path=()):
    """Yield every place in a document as the steps from its root."""
    if path:
        yield path
    if isinstance(value, list | dict):
        members = enumerate(value) if isinstance(value, list) else value.items()
        for step, member in members:
            yield from places(member, (*path, step))


@pytest.mark.parametrize(
    "kind", ["inter", "intra", "export", "ewaybill", "gold", "ewaybill export"]
)
@settings(
    max_examples=settings().max_examples * 2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_spoiled_documents_are_judged_never_raised(make, kind, data):
    document = make(kind)
    paths = [path for path in places(document)]
    for path in data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=4)):
        try:
            parent = functools.reduce(
                lambda part, step: part[step], path[:-1], document
            )
            parent[path[-1]] = data.draw(ANYTHING)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change removed the place
    before = copy.deepcopy(document)

    found = violations(document, today=NOW.date())

    assert all(isinstance(one, Violation) for one in found)
    assert repr(document) == repr(before)


@settings(max_examples=settings().max_examples * 2, deadline=None)
@given(document=ANYTHING)
def test_anything_is_judged_never_raised(document):
    assert violations(document, today=NOW.date())
