"""A taxpayer's status on a date, and lists of GSTINs."""

from dataclasses import dataclass
from datetime import date

import pytest
from irp.reference.gstin import clean_gstin, gstin_fault
from irp.reference.gstin_list import Row, decode_list, read_list
from irp.rules.taxpayer_status import STANDINGS, Standing, kind_of, standing_on

BEGUN, ENDED = date(2018, 4, 1), date(2024, 3, 31)
FIRST, SECOND = "27AAPFU0939F1ZV", "29AAACP7879D1Z0"


@dataclass(frozen=True)
class Record:
    status: str
    block_status: str = "U"
    registered_on: date | None = BEGUN
    deregistered_on: date | None = None


@pytest.mark.parametrize(
    ("record", "day", "state", "since"),
    [
        (Record("ACT"), BEGUN, "active", None),
        (Record("ACT"), date(2018, 3, 31), "not_yet", BEGUN),
        (Record("ACT", registered_on=None), date(2000, 1, 1), "active", None),
        (Record("PRO"), BEGUN, "active", None),
        (Record("CNL", deregistered_on=ENDED), ENDED, "active", None),
        (Record("CNL", deregistered_on=ENDED), date(2024, 4, 1), "cancelled", ENDED),
        (Record("CNL", deregistered_on=ENDED), date(2017, 7, 1), "not_yet", BEGUN),
        # 3075 and 3078: without its dates it is cancelled whenever
        (Record("CNL"), BEGUN, "cancelled", None),
        (Record("CNL", "U", None, ENDED), BEGUN, "cancelled", ENDED),
        (Record("INA"), BEGUN, "inactive", None),
        (Record("SUS"), BEGUN, "suspended", None),
        (Record("SUS"), date(2017, 7, 1), "suspended", None),
        (None, BEGUN, "unknown", None),
        (Record("XYZ"), BEGUN, "unclear", None),
        (Record(""), BEGUN, "unclear", None),
    ],
)
def test_standing(record, day, state, since):
    assert state in STANDINGS
    standing = standing_on(record, day)
    assert standing == Standing(state, since)
    assert standing.doubtful is (state not in ("active", "unclear"))


@pytest.mark.parametrize(("code", "blocked"), [("B", True), ("U", False), ("", False)])
def test_block_of_eway_bills(code, blocked):
    standing = standing_on(Record("ACT", code), BEGUN)
    assert standing == Standing("active", None, blocked)
    assert standing.doubtful is blocked


@pytest.mark.parametrize(
    ("code", "kind"),
    [("REG", "regular"), ("SED", "sez"), ("COM", "composition"), ("UIN", "uin")],
)
def test_kind(code, kind):
    assert kind_of(code) == kind
    assert kind_of("") == kind_of("???") == ""


# -- GSTINs without a portal ----------------------------------------------------------


@pytest.mark.parametrize(
    ("gstin", "fault"),
    [
        (FIRST, ""),
        # numbers that stdnum's in_.gstin refuses: UN body, TDS, Ladakh, from abroad
        ("3717UNO00064UNS", ""),
        ("07ABCC01234F1DR", ""),
        ("9917SGP29001OST", ""),
        ("27AAPFU0939F1ZW", "check_digit"),
        ("88AAACS3333B1ZO", "state"),
        ("2AAAPFU0939F1ZV", "form"),
        ("27AAPFU0939F1Z", "length"),
        ("URP", "length"),
        ("", "length"),
    ],
)
def test_fault(gstin, fault):
    assert gstin_fault(gstin) == fault


def test_writing():
    assert clean_gstin(" 27aapfu-0939f 1zv\t") == FIRST


# -- lists ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRST}\n{SECOND}\n",
        f"{FIRST} {SECOND}",
        f"{FIRST}, {SECOND}",
        f"GSTIN\n{FIRST}\n\n{SECOND}",
        f"Name,GSTIN,City\nOne,{FIRST},Pune\nTwo,{SECOND},\n",
        f"Name;Customer GSTIN\n'One; Ltd';{FIRST}\nTwo;{SECOND}\n".replace("'", '"'),
        f"One\t{FIRST}\nTwo\t{SECOND}\n",
        f"{FIRST},One\n{SECOND},Two\n",
        f"27 AAPFU 0939F 1ZV\n{SECOND.lower()}",
    ],
)
def test_shapes_of_lists(text):
    assert [(row.gstin, row.fault) for row in read_list(text)] == [
        (FIRST, ""),
        (SECOND, ""),
    ]


def test_lines_are_named_with_their_faults():
    text = f"GSTIN\n{FIRST}\n\n{FIRST.lower()}\n27AAPFU0939F1ZW\nsoon\n"
    assert read_list(text) == [
        Row(2, FIRST, ""),
        Row(4, FIRST, "duplicate"),
        Row(5, "27AAPFU0939F1ZW", "check_digit"),
        Row(6, "SOON", "length"),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "GSTIN\n", " , ,\n"])
def test_empty_lists(text):
    assert read_list(text) == []


def test_files():
    assert decode_list(b"\xef\xbb\xbfGSTIN") == "GSTIN"
    assert decode_list("Zoë".encode("cp1252")) == "Zoë"
    with pytest.raises(ValueError, match="CSV"):
        decode_list(b"PK\x03\x04\0\0")
    with pytest.raises(ValueError, match="UTF-8"):
        decode_list(b"\x81")


def test_an_odd_list_loses_no_line():
    """A quote that never ends, a cell without end, ends of line of all kinds."""
    gstin = "29AAACK0000A1ZP"
    for odd in ('"' + "x" * 200_000, "x" * 200_000, '"', "\0", "\ud800", "\r"):
        found = [row.gstin for row in read_list(f"{gstin}\r{odd}\n{gstin}")]
        assert found.count(gstin) >= 1
        for one in found:
            assert "\0" not in one.encode().decode()
