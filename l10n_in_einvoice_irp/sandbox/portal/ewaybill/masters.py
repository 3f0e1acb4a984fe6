"""The code lists of the e-way bill system, and its list of errors."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_ERRORS = Path(__file__).with_name("error_codes.csv")


def _pairs(
    lines: str,
) -> Mapping[tuple[str, str, str], tuple[frozenset[str], frozenset[str]]]:
    rows = (line.split() for line in lines.strip().splitlines())
    return MappingProxyType(
        {
            (supply, sub, document): (
                frozenset(sender.split("/")),
                frozenset(recipient.split("/")),
            )
            for supply, sub, documents, sender, recipient in rows
            for document in documents.split("/")
        }
    )


# supply type, sub-supply type, documents, who may be sender and recipient (NIC, mapping
# of sub-supply and document types)
COMBINATIONS = _pairs("""
O 1 INV/BIL self other/URP
O 3 INV/BIL self other/URP
O 4 CHL self other/URP
O 5 CHL self self
O 8 CHL/OTH self self/other/URP
O 9 INV/BIL/CHL self other/URP
O 10 CHL self self
O 11 CHL/OTH self self
O 12 CHL self self
I 1 INV/BIL other/URP self
I 2 BOE other/URP self
I 5 CHL self self
I 6 CHL other/URP self
I 7 CHL other/URP self
I 8 CHL/OTH self/other/URP self
I 9 BOE URP self
I 9 INV/BIL/CHL other/URP self
I 12 CHL self self
""")
SUPPLIES = ("O", "I")
SUB_SUPPLIES = tuple(map(str, range(1, 13)))
DOCUMENTS = ("INV", "BIL", "BOE", "CHL", "OTH")
PART_B_REASONS = ("1", "2", "3", "4")
EXTENSION_REASONS = ("1", "2", "4", "5", "99")
TRANSIT_TYPES = ("R", "W", "O")
_UNIT_CODES = """
BAG BAL BDL BKL BOU BOX BTL BUN CAN CBM CCM CMS CTN DOZ DRM GGK GMS GRS GYD KGS KLR KME
LTR MLT MTR MTS NOS OTH PAC PCS PRS QTL ROL SET SQF SQM SQY TBS TGM THD TON TUB UGS UNT
YDS
"""
UNITS = frozenset(_UNIT_CODES.split())
IGST_RATES = frozenset(
    "0 0.1 0.25 0.5 1 1.5 2 3 5 6 7.5 12 18 28 40".split()  # noqa: SIM905
)


def _areas(lines: str) -> Mapping[int, tuple[tuple[int, int], ...]]:
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    for state, first, last in (line.split() for line in lines.strip().splitlines()):
        found[int(state)] = (*found.get(int(state), ()), (int(first), int(last)))
    return MappingProxyType(found)


# state code, first and last PIN code by three digits
_AREAS = _areas("""
1 180 194
2 171 177
3 140 160
4 160 160
5 244 263
6 121 136
7 110 110
8 301 345
9 201 285
10 800 855
11 737 737
12 790 792
13 797 798
14 795 795
15 796 796
16 799 799
17 793 794
18 781 788
19 700 743
20 813 835
21 751 770
22 490 497
23 450 488
24 360 396
26 362 362
26 396 396
27 400 445
29 560 591
30 403 403
31 682 682
32 670 695
33 600 643
34 533 533
34 605 605
34 607 607
34 609 609
34 673 673
35 744 744
36 500 509
37 500 535
38 194 194
""")
# chapter of the HSN and the section that begins with it (customs tariff, shortened)
_SECTIONS: Mapping[int, str] = MappingProxyType(
    {
        1: "LIVE ANIMALS AND ANIMAL PRODUCTS",
        6: "VEGETABLE PRODUCTS",
        15: "FATS AND OILS",
        16: "PREPARED FOODSTUFFS, BEVERAGES, TOBACCO",
        25: "MINERAL PRODUCTS",
        28: "CHEMICAL PRODUCTS",
        39: "PLASTICS AND RUBBER",
        41: "HIDES AND LEATHER",
        44: "WOOD AND CORK",
        47: "PULP AND PAPER",
        50: "TEXTILES",
        64: "FOOTWEAR AND HEADGEAR",
        68: "STONE, CERAMICS, GLASS",
        71: "PEARLS, PRECIOUS STONES AND METALS",
        72: "BASE METALS",
        84: "MACHINERY AND ELECTRICAL EQUIPMENT",
        86: "VEHICLES AND TRANSPORT EQUIPMENT",
        90: "INSTRUMENTS, CLOCKS, MUSICAL INSTRUMENTS",
        93: "ARMS AND AMMUNITION",
        94: "MISCELLANEOUS MANUFACTURED ARTICLES",
        97: "WORKS OF ART AND ANTIQUES",
        99: "SERVICES",
    }
)


def is_in_state(pin: int, state: int) -> bool:
    """Return whether a PIN code lies in a state; a state without a list has all."""
    areas = _AREAS.get(state)
    return areas is None or any(low <= pin // 1000 <= high for low, high in areas)


def hsn_description(hsn: str) -> str:
    """Return the section of the tariff that an HSN code of 2 to 8 digits belongs to.

    :return: "" for a code that is none
    """
    is_code = hsn.isdigit() and len(hsn) in (2, 4, 6, 8) and hsn[:2] not in ("00", "77")
    if not is_code:
        return ""
    return _SECTIONS[max(one for one in _SECTIONS if one <= int(hsn[:2]))]


@cache
def errors() -> tuple[Mapping[str, str], ...]:
    """Return the rows of Get Error List: ``errorCode`` and ``errorDesc``."""
    with _ERRORS.open(encoding="utf-8", newline="") as lines:
        return tuple(
            MappingProxyType({"errorCode": row["code"], "errorDesc": row["text"]})
            for row in csv.DictReader(lines)
        )
