"""The codes that a person may meet, for reading: the portals' and the GSPs'.

The hundred commonest are chosen in ``data/common-codes.csv``, each with the reason:
they are translated first. The codes of GSPs are those of their profiles, with the words
of ``data/gateway-codes.csv`` for each kind of refusal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from .catalogue import CatalogueEntry, entries, entry
from .datafiles import load_rows
from .profiles import PROFILES, Profile

GATEWAY = "GSP"


@dataclass(frozen=True)
class ListedCode:
    """A code as a list for people shows it.

    :ivar entry: the code with cause and next step; of a GSP, its group is `GATEWAY`.
    :ivar gsp: title of the GSP that returns it; empty for the portals' own codes.
    :ivar reason: why it is one of the hundred commonest; empty if it is not.
    """

    entry: CatalogueEntry
    gsp: str = ""
    reason: str = ""


@cache
def listed_codes() -> tuple[ListedCode, ...]:
    """Return the portals' codes in the order of their lists, then those of GSPs."""
    rows = load_rows("common-codes.csv")
    reasons = {(row["code"], row["group"]): row["reason"] for row in rows}
    of_portals = (
        ListedCode(one, reason=reasons.get((one.code, one.group), ""))
        for one in entries()
    )
    return (*of_portals, *_codes_of_gateways())


def listed_texts() -> tuple[str, ...]:
    """Return every text of ours once, sorted: those to translate."""
    shown = [entry(""), *(one.entry for one in listed_codes())]
    texts = {text for one in shown for text in one.texts}
    return tuple(sorted(texts - {""}))


def _codes_of_gateways() -> Iterator[ListedCode]:
    rows = {row.pop("kind"): row for row in load_rows("gateway-codes.csv")}
    for profile in PROFILES.values():
        for code, kind in _codes_of(profile):
            known = CatalogueEntry(
                code=code, group=GATEWAY, message="", target="credential", **rows[kind]
            )
            yield ListedCode(known, gsp=profile.title)


def _codes_of(profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield code and kind of a GSP's refusals, as far as they have a code."""
    for refusal in profile.wire.refusals:
        for path, codes in refusal.members.items():
            # a status of HTTP or of the envelope is no code to look for
            if path.rpartition(".")[2] == "error_cd":
                yield from ((code, refusal.kind) for code in codes)
