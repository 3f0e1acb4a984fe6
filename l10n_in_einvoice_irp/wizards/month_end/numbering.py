"""Gaps in the numbers of documents."""

from collections import defaultdict
from itertools import pairwise

# of one series; what is missing beyond that is not listed
MOST = 50


def gaps(moves):
    """Return the missing numbers of the series that documents belong to, in words.

    A series is what a journal numbers with one prefix. Its numbers are looked at from
    the last one before the documents to their last one.
    """
    series = defaultdict(list)
    for move in moves:
        if move.sequence_prefix:
            series[move.journal_id, move.sequence_prefix].append(move)
    used = _used(moves)
    found = []
    for key, members in sorted(series.items(), key=lambda item: item[0][1]):
        found += _gaps_of(members, used[key])[:MOST]
    return found


def _used(moves):
    """Return (journal, prefix) -> sorted numbers of all its entries, of any date."""
    prefixes = {one for one in moves.mapped("sequence_prefix") if one}
    groups = moves.env["account.move"]._read_group(
        [
            ("journal_id", "in", moves.journal_id.ids),
            ("sequence_prefix", "in", list(prefixes)),
        ],
        groupby=["journal_id", "sequence_prefix"],
        aggregates=["sequence_number:array_agg_distinct"],
    )
    return {(journal, prefix): sorted(numbers) for journal, prefix, numbers in groups}


def _gaps_of(members, used):
    first = min(members, key=lambda move: move.sequence_number)
    last = max(move.sequence_number for move in members)
    before = [number for number in used if number < first.sequence_number][-1:]
    present = [
        *before,
        *(one for one in used if first.sequence_number <= one <= last),
    ]
    return [
        _in_words(first, one + 1, two - 1)
        for one, two in pairwise(present)
        if two - one > 1
    ]


def _in_words(move, low, high):
    """Return the missing numbers `low` to `high`, written as the invoice's is."""

    def written(number):
        tail = move.name.removeprefix(move.sequence_prefix)
        old = str(move.sequence_number)
        width = len(tail) - len(tail.lstrip("0")) + len(old)
        return f"{move.sequence_prefix}{str(number).zfill(width)}"

    return written(low) if low == high else f"{written(low)} – {written(high)}"
