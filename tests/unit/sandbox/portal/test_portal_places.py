"""Distances between PIN codes, and the capitals of the states."""

import pytest
from sandbox.portal.places import CHIEF_TOWNS, distance
from sandbox.portal.taxpayers import derived_record

# first three digits of the PIN codes of a state, as the IRP checks them
PREFIXES = {
    "01": (180, 194),
    "02": (171, 177),
    "03": (140, 160),
    "04": (160, 160),
    "05": (244, 263),
    "06": (121, 136),
    "07": (110, 110),
    "08": (301, 345),
    "09": (201, 285),
    "10": (800, 855),
    "11": (737, 737),
    "12": (790, 792),
    "13": (797, 798),
    "14": (795, 795),
    "15": (796, 796),
    "16": (799, 799),
    "17": (793, 794),
    "18": (781, 788),
    "19": (700, 743),
    "20": (813, 835),
    "21": (751, 770),
    "22": (490, 497),
    "23": (450, 488),
    "24": (360, 396),
    "25": (396, 396),
    "26": (396, 396),
    "27": (400, 445),
    "28": (500, 535),
    "29": (560, 591),
    "30": (403, 403),
    "31": (682, 682),
    "32": (670, 695),
    "33": (600, 643),
    "34": (605, 605),
    "35": (744, 744),
    "36": (500, 509),
    "37": (500, 535),
    "38": (194, 194),
    "97": (999, 999),
    "99": (560, 591),
}


@pytest.mark.parametrize("code", CHIEF_TOWNS)
def test_pin_lies_in_the_state(code):
    low, high = PREFIXES[code]
    record = derived_record(f"{code}AAAAA0000A1Z0")

    assert low <= record["AddrPncd"] // 1000 <= high
    assert record["StateCode"] == int(code)


def test_every_code_of_a_gstin_has_a_place():
    codes = {f"{number:02}" for number in (*range(1, 39), 97, 99)}
    assert set(CHIEF_TOWNS) == codes


def test_recorded_pair_in_both_directions():
    assert distance(193501, 500055) == distance(500055, 193501) == 2467


@pytest.mark.parametrize(
    ("start", "end", "low", "high"),
    [
        # well-known road distances: Delhi-Mumbai, Chennai-Bengaluru, Delhi-Kolkata
        (110001, 400001, 1350, 1650),
        (600001, 560001, 300, 450),
        (110001, 700001, 1400, 1800),
        (560001, 560100, 1, 60),
    ],
)
def test_estimates_are_plausible(start, end, low, high):
    assert low <= distance(start, end) <= high
    assert distance(start, end) == distance(end, start)


def test_every_pair_on_the_mainland_is_known_and_legal():
    off_the_road = ("31", "35", "97")
    towns = [one.pin for code, one in CHIEF_TOWNS.items() if code not in off_the_road]
    found = [distance(start, end) for start in towns for end in towns]

    assert None not in found
    assert 1 <= min(found)
    assert max(found) <= 4000


@pytest.mark.parametrize("pin", [744101, 682555, 900001, 350001, 999999, 1, 0])
def test_unknown_roads(pin):
    assert distance(pin, 560001) is None
    assert distance(560001, pin) is None
