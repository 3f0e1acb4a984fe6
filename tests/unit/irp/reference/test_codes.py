"""The code lists behind the rules."""

from datetime import date
from decimal import Decimal

import pytest
from irp.reference import codes


def test_states_of_india():
    states = codes.states()

    assert len([one for one in states.values() if one.pins]) == 37
    assert states["27"].name == "Maharashtra"
    assert not states["25"].place_of_supply
    assert not states["28"].address


@pytest.mark.parametrize(
    ("pin", "state"),
    [
        (400001, "27"),
        (560001, "29"),
        (110001, "07"),
        (500055, "36"),
        (518001, "37"),
        (194101, "38"),
        (403001, "30"),
        (744101, "35"),
        (607402, "34"),
        (396230, "26"),
        (160017, "04"),
        (140301, "03"),
        (903219, "01"),
        (560001, "97"),
    ],
)
def test_pin_codes_in_their_state(pin, state):
    assert codes.pin_in_state(pin, state)


def test_pin_codes_elsewhere():
    assert not codes.pin_in_state(400001, "29")
    assert not codes.pin_exists(101301)
    assert codes.pin_exists(560001)
    assert codes.pin_exists(903219)


def test_rates_by_date():
    before, after = date(2025, 9, 21), date(2025, 9, 22)

    assert Decimal(40) not in codes.gst_rates_on(before)
    assert set(codes.gst_rates_on(after)) - set(codes.gst_rates_on(before)) == {
        Decimal(40)
    }
    assert Decimal("0.5") not in codes.gst_rates_on(after)
    assert codes.gst_rates_on(after)[:3] == (0, Decimal("0.1"), Decimal("0.25"))


def test_units_countries_currencies():
    assert codes.is_unit("nos")
    assert not codes.is_unit("UNIT")
    assert codes.is_country("AE")
    assert not codes.is_country("XX")
    assert codes.is_currency("AED")
    assert not codes.is_currency("RUP")


@pytest.mark.parametrize("hsn", ["1001", "61149090", "98010011", "996511", "9954"])
def test_tariff_codes(hsn):
    assert codes.hsn_exists(hsn)


@pytest.mark.parametrize("hsn", ["7701", "0010", "9900", "995511"])
def test_codes_outside_the_tariff(hsn):
    assert not codes.hsn_exists(hsn)


def test_gold_is_not_imitation():
    assert codes.is_gold("71131910")
    assert not codes.is_gold("71171900")
    assert not codes.is_gold("8204")


@pytest.mark.parametrize(
    ("hsns", "expected"),
    [
        (["71081200", "7113"], True),
        (["7108", "998314"], True),
        (["7108", "7117"], False),
        (["998314"], False),
        ([], False),
    ],
)
def test_gold_alone(hsns, expected):
    assert codes.is_gold_alone(iter(hsns)) is expected


@pytest.mark.parametrize(
    "number",
    [
        "KA121234",
        "KA12A1234",
        "KA12AB1234",
        "KA12ABC1234",
        "KAA1234",
        "KA123A1234",
        "DL8CAF1234",
        "22BH1234AA",
        "DF98765432100",
        "TMAB1234",
        "TR123456",
        "BP1A2345",
        "NP012345",
        "ka12ab1234",
    ],
)
def test_vehicle_numbers(number):
    assert codes.is_vehicle_number(number)


@pytest.mark.parametrize(
    "number", ["1234", "KA12AB123", "KA1", "TRUCK", "KA12ABCD1234"]
)
def test_no_vehicle_numbers(number):
    assert not codes.is_vehicle_number(number)


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2020, 9, 30), None),
        (date(2021, 1, 1), date(2020, 10, 1)),
        (date(2025, 1, 1), date(2022, 10, 1)),
        (date(2026, 9, 18), date(2025, 4, 1)),
    ],
)
def test_earliest_document_moves(day, first):
    assert codes.earliest_document(day) == first


@pytest.mark.parametrize(
    ("day", "above_crore", "digits"),
    [
        (date(2021, 3, 31), 100, 4),
        (date(2021, 4, 1), 5, 6),
        (date(2021, 4, 1), 100, 6),
        (date(2021, 4, 1), 0, 4),
    ],
)
def test_hsn_digits_by_date_and_turnover(day, above_crore, digits):
    assert codes.hsn_digits(day, above_crore) == digits


def test_ewaybills_have_an_age_limit_since_2025():
    assert codes.ewaybill_document_days(date(2024, 12, 31)) is None
    assert codes.ewaybill_document_days(date(2025, 1, 1)) == 180
