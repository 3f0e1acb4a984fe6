"""Counts and sums of a month's documents."""

from collections import Counter
from dataclasses import dataclass

from .amounts import Amounts
from .documents import CANCELLED, EXEMPT, KINDS, REGISTERED, Document

TYPES = ("INV", "DBN", "CRN")
# a credit note takes back what was billed
SIGNS = {"CRN": -1}


@dataclass(frozen=True)
class TypeRow:
    """The documents of one type.

    :ivar doc_type: INV, DBN or CRN; "" for all types, with credit notes deducted.
    :ivar applicable: how many need an IRN.
    :ivar counts: kind -> how many.
    :ivar sent: amounts with the IRP, of the active registrations.
    :ivar booked: amounts of the same documents in the journal.
    :ivar missing: amounts of the documents that lack an IRN, in the journal.
    """

    doc_type: str
    applicable: int
    counts: Counter
    sent: Amounts
    booked: Amounts
    missing: Amounts

    @property
    def registered(self) -> int:
        """Return how many have an active IRN of the production portal."""
        return sum(self.counts[kind] for kind in REGISTERED)

    @property
    def difference(self) -> Amounts:
        """Return the amounts with the IRP less those in the journal."""
        return self.sent.plus(self.booked, -1)


@dataclass(frozen=True)
class Summary:
    """A month, in numbers.

    :ivar types: a row for each type of document that the month has.
    :ivar total: the row of all.
    :ivar exempt: (reason, how many documents are not applicable for it), most first.
    :ivar attention: documents that somebody has to do something about.
    :ivar unstated: how many registrations have no amounts, as a manager stated them.
    """

    types: list[TypeRow]
    total: TypeRow
    exempt: list[tuple[str, int]]
    attention: list[Document]
    unstated: int

    @property
    def is_complete(self) -> bool:
        """Return whether every applicable document has its IRN, and nothing is open."""
        return not self.attention


def summarise(documents: list[Document]) -> Summary:
    """Return the counts and sums of documents."""
    rows = [
        _row(doc_type, [one for one in documents if one.doc_type == doc_type])
        for doc_type in TYPES
    ]
    reasons = Counter(one.reason for one in documents if one.kind == EXEMPT)
    return Summary(
        types=[row for row in rows if row.counts],
        total=_row("", documents),
        exempt=reasons.most_common(),
        attention=[one for one in documents if one.needs_attention],
        unstated=sum(
            one.kind in (*REGISTERED, CANCELLED) and not one.sent for one in documents
        ),
    )


def _row(doc_type, documents):
    counts = Counter(one.kind for one in documents)
    sums = {"sent": Amounts(), "booked": Amounts(), "missing": Amounts()}
    for one in documents:
        sign = 1 if doc_type else SIGNS.get(one.doc_type, 1)
        if one.kind in REGISTERED and one.sent:
            sums["sent"] = sums["sent"].plus(one.sent, sign)
            sums["booked"] = sums["booked"].plus(one.booked, sign)
        elif one.kind not in (*REGISTERED, CANCELLED, EXEMPT):
            sums["missing"] = sums["missing"].plus(one.booked, sign)
    applicable = sum(counts[kind] for kind, _label in KINDS if kind != EXEMPT)
    return TypeRow(doc_type, applicable, counts, **sums)
