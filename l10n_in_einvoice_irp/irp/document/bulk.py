"""Make the files for the bulk upload on a portal's website."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..reference.bulk_upload import BulkLimits
from ..reference.dates import IST

_BRACKETS = len(b"[]")
_COMMA = len(b",")


@dataclass(frozen=True)
class BulkFile:
    """A file for the bulk upload: a JSON array of INV-01 documents.

    :ivar keys: of its documents, as given to :func:`bulk_files`, in their order.
    """

    name: str
    content: bytes
    keys: tuple[int, ...]


def fits_bulk_file(document: bytes, limits: BulkLimits) -> bool:
    """Return whether the JSON of a document fits into a file at all."""
    return len(document) + _BRACKETS <= limits.max_bytes


def bulk_files(
    documents: Mapping[int, bytes], limits: BulkLimits, gstin: str, now: datetime
) -> list[BulkFile]:
    """Return as few files as the limits allow, with the documents in their order.

    :param documents: key -> JSON of an INV-01 document, exactly as it will be compared
        with the portal's answer. Raises ValueError if one does not fit into a file.
    :param now: aware; with the GSTIN it makes the names of the files unique.
    """
    parts = list(_parts(documents, limits))
    stamp = f"{gstin}_{now.astimezone(IST):%Y%m%d_%H%M%S}"
    return [
        BulkFile(
            f"bulk_{stamp}{f'_{place}' if len(parts) > 1 else ''}.json",
            b"[" + b",".join(documents[key] for key in keys) + b"]",
            tuple(keys),
        )
        for place, keys in enumerate(parts, 1)
    ]


def _parts(documents: Mapping[int, bytes], limits: BulkLimits) -> Iterator[list[int]]:
    """Split the keys, so that each part makes a file within the limits."""
    part: list[int] = []
    size = _BRACKETS
    for key, document in documents.items():
        if not fits_bulk_file(document, limits):
            raise ValueError(f"document {key} is larger than a file may be")
        is_full = len(part) >= max(1, limits.max_invoices)
        if part and (is_full or size + _COMMA + len(document) > limits.max_bytes):
            yield part
            part, size = [], _BRACKETS
        size += len(document) + (_COMMA if part else 0)
        part.append(key)
    if part:
        yield part


def file_of(key: int, files: Iterable[BulkFile]) -> str:
    """Return the name of the file that holds a document; "" if none does."""
    return next((file.name for file in files if key in file.keys), "")
