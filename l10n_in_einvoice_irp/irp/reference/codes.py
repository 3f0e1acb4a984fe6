"""Look up the portals' code lists, as far as the rules need them.

Where NIC does not publish a list, or published copies disagree, the data follow the
wider reading: a code refused here is refused by every portal; the portal judges the
rest.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from .datafiles import DATA, load_json

ABROAD = "96"
OTHER_TERRITORY = "97"
PIN_ABROAD = 999999
UNREGISTERED = "URP"


@dataclass(frozen=True)
class State:
    """A state of the GST state master.

    :ivar code: two digits.
    :ivar address: whether it is allowed in an address (Stcd).
    :ivar place_of_supply: whether it is allowed as Pos (25 is not, rule 39).
    :ivar pins: first three digits of its PIN codes; empty if it has none.
    """

    code: str
    name: str
    address: bool
    place_of_supply: bool
    pins: frozenset[str]


@dataclass(frozen=True)
class GstRate:
    """A GST rate in percent, with the document dates for which it is accepted.

    :ivar valid_to: the last date; None if the rate is still in force.
    """

    rate: Decimal
    valid_from: date
    valid_to: date | None

    def covers(self, day: date) -> bool:
        """Return whether a document dated ``day`` may have the rate."""
        return self.valid_from <= day and (
            self.valid_to is None or day <= self.valid_to
        )


# --- states and PIN codes ------------------------------------------------------------


@cache
def states() -> Mapping[str, State]:
    """Return the state master by two-digit code."""
    return MappingProxyType(
        {
            row["code"]: State(
                row["code"],
                row["name"],
                row["address"] == "yes",
                row["place_of_supply"] == "yes",
                frozenset(_prefixes(row["pins"])),
            )
            for row in _rows("state-codes.csv")
        }
    )


def state_code(text: str) -> str:
    """Return a state code padded to two digits, as in a GSTIN."""
    return text.zfill(2)


def state_name(code: str) -> str:
    """Return "27 (Maharashtra)", or only the code if it is not in the master."""
    state = states().get(code)
    return f"{code} ({state.name})" if state else code


def pin_exists(pin: int) -> bool:
    """Return whether any state has PIN codes with these first three digits.

    PIN codes beginning with 9 belong to army post offices, which move: accept them all.
    """
    prefix = str(pin)[:3]
    return prefix[0] == "9" or any(prefix in one.pins for one in states().values())


def pin_in_state(pin: int, code: str) -> bool:
    """Return whether the first three digits of a PIN code belong to the state.

    NIC's general rule 24 falls back on the same three digits for a PIN code missing
    from its master. Return True for a state without known PIN codes.
    """
    state = states().get(code)
    prefix = str(pin)[:3]
    return not state or not state.pins or prefix[0] == "9" or prefix in state.pins


def _prefixes(text: str) -> list[str]:
    found: list[str] = []
    for part in text.split():
        first, _, last = part.partition("-")
        found += [str(number) for number in range(int(first), int(last or first) + 1)]
    return found


# --- rates, units, tariff ------------------------------------------------------------


@cache
def gst_rates() -> tuple[GstRate, ...]:
    """Return the rate master: every rate with its dates."""
    return tuple(
        GstRate(Decimal(row["rate"]), _day(row["valid_from"]), _end(row["valid_to"]))
        for row in _rows("gst-rates.csv")
    )


def gst_rates_on(day: date) -> tuple[Decimal, ...]:
    """Return the GST rates in percent for documents dated ``day``, ascending."""
    return tuple(sorted(one.rate for one in gst_rates() if one.covers(day)))


def units() -> tuple[str, ...]:
    """Return the codes of the UQC master in alphabetical order."""
    return tuple(sorted(_list("uqc")))


def is_unit(code: str) -> bool:
    """Return whether a code is in the UQC master, in any letter case."""
    return code.upper() in _list("uqc")


def is_country(code: str) -> bool:
    """Return whether a country code is in the portal's master (ISO 3166)."""
    return code.upper() in _list("countries")


def is_currency(code: str) -> bool:
    """Return whether a currency code is in the portal's master (ISO 4217)."""
    return code.upper() in _list("currencies")


def is_port(code: str) -> bool:
    """Return whether a code has the form of an Indian port code.

    Customs keeps adding ports and inland depots; a list would refuse valid exports, so
    only the format is checked.
    """
    return bool(re.fullmatch(_lists()["port_pattern"], code.upper()))


def is_service_code(hsn: str) -> bool:
    """Return whether an HSN/SAC code is in chapter 99 (services)."""
    return hsn.startswith("99")


def hsn_exists(hsn: str) -> bool:
    """Return whether the code's chapter (goods) or heading (services) exists."""
    if is_service_code(hsn):
        return hsn[:4] in _list("service_headings")
    return hsn[:2] in _list("goods_chapters")


def is_goods_transport(hsn: str) -> bool:
    """Return whether a service is transport of goods.

    Only these may have a place of supply abroad (general rule 40).
    """
    return hsn[:4] in _list("goods_transport_headings")


def is_gold(hsn: str) -> bool:
    """Return whether goods fall under "EWB for Gold".

    Chapter 71 without imitation jewellery (GSTN advisory 06-02-2025 on e-way bills for
    chapter 71).
    """
    chapter = hsn[:2] in _list("gold_chapter")
    return chapter and hsn[:4] not in _list("not_gold_headings")


def is_gold_alone(hsns: Iterable[str]) -> bool:
    """Return whether all goods of a document fall under "EWB for Gold"; services do not
    count. False if there are no goods."""
    goods = [hsn for hsn in hsns if not is_service_code(hsn)]
    return bool(goods) and all(map(is_gold, goods))


def transport_mode(code: str) -> str:
    """Return the name of a transport mode, e.g. "road" for "1"."""
    name: str = _lists()["transport_modes"].get(code, "")
    return name


def is_vehicle_number(number: str) -> bool:
    """Return whether a number has a format of Vahan or the e-way bill portal."""
    return any(
        re.fullmatch(pattern, number.upper())
        for pattern in _lists()["vehicle_patterns"]
    )


# --- limits that change with time ----------------------------------------------------


def earliest_document(today: date) -> date | None:
    """Return the first document date that the portal accepts on ``today`` (2284).

    :return: None if there is no limit.
    """
    found = _in_force("earliest_document", today)
    return _day(found["date"]) if found else None


def reporting_days(today: date, aato_class: str) -> int | None:
    """Return the number of days within which a supplier must register a document.

    GSTN advisories of 13-09-2023 and 05-11-2024; the document date is day one.

    :param aato_class: see `.AatoClass`.
    :return: None if there is no limit.
    """
    found = _in_force("reporting", today)
    return found["days"] if found and aato_class in found["aato_classes"] else None


def hsn_digits(day: date, above_crore: int) -> int:
    """Return the minimum number of HSN/SAC digits on a document dated ``day``.

    Notification 78/2020-Central Tax; 4, the schema's minimum, if it requires no more.

    :param above_crore: aggregate turnover of the supplier in crore rupees.
    """
    found = _in_force("hsn_digits", day)
    is_bound = found and above_crore >= found["above_crore"]
    return found["digits"] if found and is_bound else 4


def ewaybill_document_days(today: date) -> int | None:
    """Return the maximum age in days of a document for an e-way bill (4043).

    :return: None if there is no limit.
    """
    found = _in_force("ewaybill_document", today)
    return found["days"] if found else None


def _in_force(name: str, today: date) -> dict[str, Any] | None:
    begun = [one for one in _limits()[name] if _day(one["valid_from"]) <= today]
    return max(begun, key=lambda one: _day(one["valid_from"]), default=None)


# --- reading the data ----------------------------------------------------------------


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def _lists() -> Mapping[str, Any]:
    return MappingProxyType(load_json("code-lists.json"))


@cache
def _limits() -> Mapping[str, Any]:
    return MappingProxyType(load_json("limits.json"))


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(" ".join(_lists()[name]).split())


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _end(text: str) -> date | None:
    return _day(text) if text else None
