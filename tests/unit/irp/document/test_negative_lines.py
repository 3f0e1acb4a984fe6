"""Negative lines folded into positive ones of the same HSN and rates."""

import copy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from irp.document.negative_lines import AMOUNTS, Line, is_left_negative
from irp.document.negative_lines import fold_negative as fold_lines

GST = Decimal("0.05")


def fold_negative(items, spreads=(), reverse_charge=False):
    """Fold items, of which those with a serial number in ``spreads`` are discounts."""
    return fold_lines(
        Line(one, int(one["SlNo"]) in spreads, reverse_charge=reverse_charge)
        for one in items
    )


def item(serial, taxable, *, hsn="6114", rate=5, discount=0.0, **members):
    """Return an item; amounts are multiples of 20 paise, so that CGST is exact."""
    taxable = Decimal(str(taxable))
    half = taxable * GST / 2
    amounts = {
        "AssAmt": taxable,
        "IgstAmt": Decimal(0),
        "CgstAmt": half,
        "SgstAmt": half,
        "CesAmt": Decimal(0),
        "CesNonAdvlAmt": Decimal(str(members.pop("cess", 0))),
        "StateCesAmt": Decimal(0),
        "StateCesNonAdvlAmt": Decimal(0),
        "OthChrg": Decimal(str(members.pop("charge", 0))),
    }
    amounts["TotItemVal"] = sum(amounts.values())
    return {
        "SlNo": str(serial),
        "HsnCd": hsn,
        "GstRt": rate,
        "CesRt": 0,
        "StateCesRt": 0,
        "TotAmt": float(taxable + Decimal(str(discount))),
        "Discount": float(discount),
        **{name: float(value) for name, value in amounts.items()},
        **members,
    }


def total(items, name):
    return sum((Decimal(str(one[name])) for one in items), Decimal(0))


def values(items, *names):
    return [tuple(one[name] for name in names) for one in items]


# --- examples ------------------------------------------------------------------------


def test_nothing_to_fold():
    items = [item(1, 1000), item(2, 500)]
    assert fold_negative(items) == items


def test_negative_line_becomes_a_discount_and_its_number_is_skipped():
    folded = fold_negative([item(1, 1000), item(2, -400), item(3, 1000, rate=12)])
    assert values(folded, "SlNo", "TotAmt", "Discount", "AssAmt", "TotItemVal") == [
        ("1", 1000, 400, 600, 630),
        ("3", 1000, 0, 1000, 1050),
    ]
    assert values(folded, "CgstAmt", "SgstAmt")[0] == (15, 15)


def test_discount_adds_to_the_one_of_the_line():
    (folded,) = fold_negative([item(1, 1000, discount=1000), item(2, -400)])
    assert (folded["TotAmt"], folded["Discount"], folded["AssAmt"]) == (2000, 1400, 600)


def test_largest_line_gives_first_and_the_next_the_rest():
    folded = fold_negative([item(1, 1000), item(2, 2000), item(3, -2600)])
    assert values(folded, "SlNo", "AssAmt", "Discount", "GstRt") == [
        ("1", 400, 600, 5),
        ("2", 0, 2000, 5),
    ]


@pytest.mark.parametrize(
    "other",
    [{"hsn": "6115"}, {"rate": 12}, {"CesRt": 5}, {"StateCesRt": 1}],
    ids=lambda other: next(iter(other)),
)
def test_lines_of_another_kind_do_not_take_it(other):
    items = [item(1, 1000, **other), item(2, -400)]
    assert fold_negative(items) == items


def test_unfoldable_line_stays():
    folded = fold_negative([item(1, 100), item(2, -150), item(3, 100, rate=12)])
    assert values(folded, "SlNo", "AssAmt") == [("1", 0), ("2", -50), ("3", 100)]


def test_several_negative_lines_share_the_positive_ones():
    folded = fold_negative([item(1, -300), item(2, 1000), item(3, -700)])
    assert values(folded, "SlNo", "AssAmt", "Discount") == [("2", 0, 1000)]


@pytest.mark.parametrize("amount", ["cess", "charge"])
def test_no_amount_of_a_line_turns_negative(amount):
    """A returned line with a cess per unit, and a line without."""
    items = [item(1, 1000), item(2, -400, **{amount: -1.6})]
    assert fold_negative(items) == items
    rich = item(3, 500, **{amount: 2})
    folded = fold_negative([*items, rich])
    assert values(folded, "SlNo", "AssAmt") == [("1", 1000), ("3", 100)]


def test_free_line_keeps_its_cess():
    free = item(1, 0, cess=1.6)
    folded = fold_negative([free, item(2, -400), item(3, 100)])
    assert folded[0] == free


@pytest.mark.parametrize("returned", [{"Qty": -5.0}, {"UnitPrice": -9.5}])
def test_free_return_is_left_out(returned):
    """A returned free sample has a negative quantity and no amount to fold."""
    assert fold_negative([item(1, 1000), item(2, 0, **returned)]) == [item(1, 1000)]
    assert fold_negative([item(1, 0, **returned)]) == []


def test_cess_of_a_free_return_is_folded():
    folded = fold_negative([item(1, 1000, cess=5), item(2, 0, cess=-1.6, Qty=-1.0)])
    assert values(folded, "AssAmt", "Discount", "CesNonAdvlAmt") == [(1000, 0, 3.4)]


def test_paisa_that_rounding_leaves_is_dropped():
    """Rounded over the whole invoice, the tax of a return may exceed the sale's."""
    returned = item(2, -1000, UnitPrice=-1000.0)
    returned |= {"CgstAmt": -25.01, "SgstAmt": -25.01, "TotItemVal": -1050.02}
    folded = fold_negative([item(1, 1000), returned])
    assert values(folded, "SlNo", "AssAmt", "CgstAmt", "TotItemVal") == [("1", 0, 0, 0)]


def test_rest_of_a_negative_item_is_reported():
    left = item(2, 0, cess=-1.6, UnitPrice=-9.5)
    assert [is_left_negative(one) for one in fold_negative([left])] == [True]
    assert not is_left_negative(item(1, 1000))
    assert not is_left_negative(item(1, 0))


def test_money_is_added_without_binary_noise():
    folded = fold_negative([item(1, 0.6), item(2, -0.2), item(3, -0.2)])
    assert values(folded, "AssAmt", "Discount") == [(0.2, 0.4)]


def test_no_items():
    assert fold_negative([]) == []


# --- discounts of the order ----------------------------------------------------------


def test_discount_is_spread_by_value_whatever_the_hsn():
    items = [item(1, 300), item(2, 100, hsn="6115"), item(3, -40, hsn="")]
    folded = fold_negative(items, spreads=[3])
    assert values(folded, "SlNo", "TotAmt", "Discount", "AssAmt", "TotItemVal") == [
        ("1", 300, 30, 270, 283.5),
        ("2", 100, 10, 90, 94.5),
    ]


def test_discount_comes_off_items_of_its_rate_alone():
    items = [item(1, 300), item(2, 100, rate=12), item(3, -60, hsn="")]
    folded = fold_negative(items, spreads=[3])
    assert values(folded, "SlNo", "AssAmt") == [("1", 240), ("2", 100)]


def test_paise_go_where_the_largest_remainders_are():
    items = [item(1, 100), item(2, 100), item(3, 100), item(4, -10, hsn="")]
    folded = fold_negative(items, spreads=[4])
    assert sorted(one["Discount"] for one in folded) == [3.33, 3.33, 3.34]
    assert total(folded, "AssAmt") == 290


def test_discount_of_everything_leaves_free_items():
    items = [item(1, 300), item(2, 100), item(3, -400, hsn="")]
    folded = fold_negative(items, spreads=[3])
    assert values(folded, "AssAmt", "CgstAmt", "TotItemVal") == [(0, 0, 0), (0, 0, 0)]


def test_discount_beyond_the_items_stays():
    folded = fold_negative([item(1, 100), item(2, -150, hsn="")], spreads=[2])
    assert values(folded, "SlNo", "AssAmt", "TotAmt") == [
        ("1", 0, 100),
        ("2", -50, -50),
    ]


def test_discount_that_rounds_to_nothing_is_dropped():
    items = [item(1, 100), item(2, 0, hsn="", rate=18)]
    folded = fold_negative(items, spreads=[2])
    assert values(folded, "SlNo", "AssAmt") == [("1", 100)]


def test_goods_returned_come_off_before_the_discount():
    items = [item(1, 100), item(2, -50, hsn=""), item(3, -40)]
    folded = fold_negative(items, spreads=[2])
    assert values(folded, "SlNo", "AssAmt", "Discount") == [("1", 10, 90)]


def test_discount_leaves_a_cess_per_unit_alone():
    folded = fold_negative([item(1, 100, cess=5), item(2, -20, hsn="")], spreads=[2])
    assert values(folded, "AssAmt", "CesNonAdvlAmt", "TotItemVal") == [(80, 5, 89)]


def test_taxes_under_reverse_charge_stay_out_of_the_total():
    items = [item(1, 100) | {"TotItemVal": 100.0}]
    items += [item(2, -20, hsn="") | {"TotItemVal": -20.0}]
    folded = fold_negative(items, spreads=[2], reverse_charge=True)
    assert values(folded, "AssAmt", "CgstAmt", "TotItemVal") == [(80, 2, 80)]


def test_deduction_of_an_advance_on_a_discounted_order():
    """The advance was 300 less 30, so -300 and +30 are deducted."""
    items = [item(1, 1000), item(2, -300, hsn=""), item(3, 30, hsn="")]
    folded = fold_negative(items, spreads=[2, 3])
    assert values(folded, "SlNo", "TotAmt", "Discount", "AssAmt") == [
        ("1", 1000, 270, 730)
    ]


def test_goods_reduce_a_refunded_advance_whatever_the_hsn():
    lines = [Line(item(1, 500), absorbs=True), Line(item(2, -200, hsn="6115"))]
    assert values(fold_lines(lines), "SlNo", "HsnCd", "AssAmt") == [("1", "6114", 300)]


@given(
    st.lists(st.integers(0, 10**7), min_size=1, max_size=12),
    st.integers(1, 10**8),
)
def test_spreading_loses_nothing_and_stays_positive(paise, discount):
    items = [item(index, one / 100) for index, one in enumerate(paise, start=1)]
    items = [one | {"IgstAmt": round(one["AssAmt"] * 0.05, 2)} for one in items]
    reduction = item(99, -discount / 100, hsn="")
    reduction["IgstAmt"] = -round(discount * 0.05) / 100
    folded = fold_negative([*items, reduction], spreads=[99])
    for name in ("AssAmt", "IgstAmt"):
        missing = total([*items, reduction], name) - total(folded, name)
        assert abs(missing) <= Decimal("0.01"), name
        assert all(one[name] >= 0 for one in folded if one["SlNo"] != "99")


# --- properties ----------------------------------------------------------------------

kinds = st.sampled_from([{}, {"hsn": "6115"}, {"rate": 12}, {"CesRt": 5}])
taxables = st.integers(-500, 1000).map(lambda units: units * 0.4)
lines = st.lists(st.tuples(taxables, kinds), max_size=12).map(
    lambda drawn: [
        item(serial, round(taxable, 2), **kind)
        for serial, (taxable, kind) in enumerate(drawn, start=1)
    ]
)
cesses = st.lists(st.tuples(taxables, st.integers(0, 300)), min_size=1, max_size=8).map(
    lambda drawn: [
        item(serial, round(taxable, 2), cess=(-1 if taxable < 0 else 1) * cess / 100)
        for serial, (taxable, cess) in enumerate(drawn, start=1)
    ]
)
anything = st.one_of(lines, cesses)


def kind_of(one):
    return one["HsnCd"], one["GstRt"], one["CesRt"]


@given(anything)
def test_the_items_given_are_not_changed(items):
    before = copy.deepcopy(items)
    fold_negative(items)
    assert items == before


@given(anything)
def test_every_sum_stays(items):
    folded = fold_negative(items)
    for name in AMOUNTS:
        assert total(folded, name) == total(items, name)


@given(anything)
def test_every_item_still_adds_up(items):
    """AssAmt is TotAmt less Discount, even for the rest of a negative line."""
    for one in fold_negative(items):
        net = Decimal(str(one["TotAmt"])) - Decimal(str(one["Discount"]))
        assert Decimal(str(one["AssAmt"])) == net
        assert one["Discount"] >= 0


@given(lines)
def test_nothing_negative_remains_if_the_positive_lines_suffice(items):
    folded = fold_negative(items)
    for kind in {kind_of(one) for one in items}:
        same = [one for one in folded if kind_of(one) == kind]
        if total([one for one in items if kind_of(one) == kind], "AssAmt") >= 0:
            assert all(one[name] >= 0 for one in same for name in AMOUNTS)
        else:
            assert all(one["AssAmt"] <= 0 for one in same)


@given(anything)
def test_receiving_line_never_turns_negative(items):
    negative = {one["SlNo"] for one in items if one["AssAmt"] < 0}
    for one in fold_negative(items):
        if one["SlNo"] not in negative:
            assert all(one[name] >= 0 for name in AMOUNTS)


@given(anything)
def test_remaining_items_have_the_same_order_and_numbers(items):
    numbers = [one["SlNo"] for one in items]
    left = [one["SlNo"] for one in fold_negative(items)]
    assert left == [number for number in numbers if number in left]
    positive = {one["SlNo"] for one in items if one["AssAmt"] >= 0}
    assert positive <= set(left)


@given(lines)
def test_folding_is_idempotent(items):
    folded = fold_negative(items)
    assert fold_negative(folded) == folded
