"""Estimate the distance by road between Indian PIN codes.

NIC does not publish its table of distances. One pair comes from a recorded response of
its portal. Every other distance is our estimate: the great circle between the chief
towns of the two PIN areas (first two digits) times a detour factor, plus a few
kilometres derived from the remaining digits. It is the same on every call and in both
directions.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

FOREIGN_PIN = 999999
_EARTH_KM = 6371
_DETOUR = 1.3
_LOCAL_KM = 47
# recorded with InfoDtls EWBPPD, NIC sandbox, 16-09-2022
_RECORDED = MappingProxyType({(193501, 500055): 2467})
# islands: no road, so the portal has no distance
_ISLANDS = ("744", "6825")


class ChiefTown(NamedTuple):
    """The chief town of a state and one of its PIN codes."""

    town: str
    pin: int


def _chief_towns(text: str) -> Mapping[str, ChiefTown]:
    rows = (row.split() for row in text.strip().splitlines())
    return MappingProxyType(
        {code: ChiefTown(town, int(pin)) for code, town, pin in rows}
    )


# 25 (Daman and Diu) and 28 (undivided Andhra Pradesh) remain in use in GSTINs; 97 is
# territory outside all states, with 999999 as its only PIN code; 99 is the centre,
# where online services from abroad (OIDAR) are registered
CHIEF_TOWNS = _chief_towns("""
01 Srinagar 190001
02 Shimla 171001
03 Ludhiana 141001
04 Chandigarh 160017
05 Dehradun 248001
06 Gurugram 122001
07 Delhi 110001
08 Jaipur 302001
09 Lucknow 226001
10 Patna 800001
11 Gangtok 737101
12 Itanagar 791111
13 Kohima 797001
14 Imphal 795001
15 Aizawl 796001
16 Agartala 799001
17 Shillong 793001
18 Guwahati 781001
19 Kolkata 700001
20 Ranchi 834001
21 Bhubaneswar 751001
22 Raipur 492001
23 Bhopal 462001
24 Ahmedabad 380001
25 Daman 396210
26 Silvassa 396230
27 Mumbai 400001
28 Vijayawada 520001
29 Bengaluru 560001
30 Panaji 403001
31 Kavaratti 682555
32 Thiruvananthapuram 695001
33 Chennai 600001
34 Puducherry 605001
35 Sri-Vijaya-Puram 744101
36 Hyderabad 500001
37 Vijayawada 520001
38 Leh 194101
97 Other-Territory 999999
99 Bengaluru 560001
""")


def _areas(text: str) -> Mapping[str, tuple[float, float]]:
    rows = (row.split() for row in text.replace(";", "\n").strip().splitlines())
    return MappingProxyType({area: (float(n), float(e)) for area, n, e in rows})


# first two digits of the PIN: degrees north, degrees east
_AREAS = _areas("""
11 28.6 77.2; 12 28.5 77.0; 13 30.4 76.8; 14 30.9 75.9; 15 30.2 75.0; 16 30.7 76.8
17 31.1 77.2; 18 32.7 74.9; 19 34.1 74.8; 20 28.7 77.4; 21 25.4 81.8; 22 26.8 80.9
23 25.1 82.6; 24 28.4 79.4; 25 29.0 77.7; 26 29.4 79.5; 27 26.8 83.4; 28 27.2 78.0
30 26.9 75.8; 31 24.6 73.7; 32 25.2 75.9; 33 28.0 73.3; 34 26.3 73.0; 36 22.3 70.8
37 23.2 69.7; 38 23.0 72.6; 39 21.2 72.8; 40 19.1 72.9; 41 18.5 73.9; 42 20.0 73.8
43 19.9 75.3; 44 21.1 79.1; 45 22.7 75.9; 46 23.3 77.4; 47 26.2 78.2; 48 23.2 79.9
49 21.3 81.6; 50 17.4 78.5; 51 15.8 78.0; 52 16.5 80.6; 53 17.7 83.3; 56 13.0 77.6
57 12.3 76.6; 58 15.4 75.1; 59 15.9 74.5; 60 13.1 80.3; 61 10.8 79.1; 62 9.9 78.1
63 11.7 78.1; 64 11.0 77.0; 67 11.3 75.8; 68 10.0 76.3; 69 8.5 76.9; 70 22.6 88.4
71 22.6 88.3; 72 22.3 87.3; 73 26.7 88.4; 74 23.5 88.5; 75 20.3 85.8; 76 21.5 84.0
77 22.1 84.0; 78 26.1 91.7; 79 25.6 91.9; 80 25.6 85.1; 81 25.2 87.0; 82 23.8 86.4
83 23.3 85.3; 84 26.1 85.4; 85 25.8 87.5
""")


def distance(from_pin: int, to_pin: int) -> int | None:
    """Return the distance by road between two PIN codes in kilometres, at least 1.

    :return: None if it is unknown: no such PIN area, or an island
    """
    ends = (min(from_pin, to_pin), max(from_pin, to_pin))
    if ends in _RECORDED:
        return _RECORDED[ends]
    start, end = (_centre(pin) for pin in ends)
    if start is None or end is None:
        return None
    local = 3 + (ends[1] - ends[0]) % _LOCAL_KM
    return round(_great_circle(start, end) * _DETOUR) + local


def _centre(pin: int) -> tuple[float, float] | None:
    text = str(pin)
    if len(text) != 6 or text.startswith(_ISLANDS):
        return None
    return _AREAS.get(text[:2])


def _great_circle(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return the great-circle distance in kilometres (haversine formula)."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, one)) for one in (start, end))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(half))
