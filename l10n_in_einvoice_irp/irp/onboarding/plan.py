"""The plan of a test run: how many calls, of which services, between whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..reference.codes import states
from ..reference.datafiles import load_json
from ..reference.gstin import has_gstin_form
from ..reference.profiles import SERVICES, Environment


@dataclass(frozen=True)
class Party:
    """A seller, buyer or other place of a test document."""

    gstin: str
    name: str
    state: str
    place: str
    pin: int

    def section(self) -> dict[str, Any]:
        """Return the members of SellerDtls or BuyerDtls."""
        return {
            "Gstin": self.gstin,
            "LglNm": self.name,
            "Addr1": "1 Test Road",
            "Loc": self.place,
            "Pin": self.pin,
            "Stcd": self.state,
        }


@dataclass(frozen=True)
class Parties:
    """The parties of a run.

    :ivar sez_buyers: registered in a special economic zone; may be empty.
    :ivar other: a place in a state that is neither the seller's nor a buyer's.
    """

    seller: Party
    buyers: tuple[Party, ...]
    sez_buyers: tuple[Party, ...]
    other: Party


@cache
def asked() -> Mapping[str, Any]:
    """Return the published facts on test reports, and our choices for a run."""
    found: Mapping[str, Any] = load_json("onboarding.json")
    return found


def calls_asked_for() -> int:
    """Return how many good, and how many bad, calls of a service NIC asks for."""
    return int(asked()["asked"]["good"])


def parties(
    seller: str, buyers: Iterable[str] = (), sez_buyers: Iterable[str] = ()
) -> Parties:
    """Return the parties of a run of the ``seller``.

    Without ``buyers``, they are those of NIC's published samples. Raises ValueError for
    what is no GSTIN of a state, and for a buyer that is the seller.
    """
    published = (row["gstin"] for row in asked()["buyers"])
    known = tuple(buyers) or tuple(one for one in published if one != seller)
    special = tuple(sez_buyers)
    if seller in (*known, *special):
        raise ValueError(f"{seller} is the seller, and cannot be the buyer too")
    used = {gstin[:2] for gstin in (seller, *known, *special)}
    free = next(code for code in reversed(asked()["places"]) if code not in used)
    return Parties(
        _party(seller, "Test Seller"),
        tuple(_party(gstin, "Test Buyer") for gstin in known),
        tuple(_party(gstin, "Test SEZ Unit") for gstin in special),
        _at(free, "", "Elsewhere"),
    )


def _party(gstin: str, name: str) -> Party:
    if not has_gstin_form(gstin) or gstin[:2] not in asked()["places"]:
        raise ValueError(f"{gstin}: not a GSTIN of a state")
    return _at(gstin[:2], gstin, f"{name} {states()[gstin[:2]].name}")


def _at(state: str, gstin: str, name: str) -> Party:
    place, pin = asked()["places"][state]
    return Party(gstin, name, state, place, pin)


def services_of(environment: Environment, *, has_ewb_user: bool) -> tuple[str, ...]:
    """Return the services that can be tested there, in the order of a run.

    :param has_ewb_user: whether there is a user of the e-way bill system, where only
        that system cancels e-way bills.
    """
    cancels = environment.ewb_cancel != "own_session" or has_ewb_user
    return tuple(
        name
        for name in asked()["services"]
        if environment.wire.offers(name) and (cancels or name != "cancel_ewb")
    )


def title_of(service: str) -> str:
    """Return the title of a service, as the portals list it."""
    return SERVICES[service].title
