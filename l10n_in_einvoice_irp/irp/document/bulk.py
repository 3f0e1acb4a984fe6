"""Make the files for the bulk upload on a portal's website."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..reference.bulk_upload import BulkLimits
from ..reference.dates import IST

_COMMA = len(b",")


@dataclass(frozen=True)
class Frame:
    """The bytes around the documents of a file, and the start of its name."""

    head: bytes
    tail: bytes
    name: str

    @property
    def size(self) -> int:
        """Return the bytes of a file without documents."""
        return len(self.head) + len(self.tail)


INVOICE_FRAME = Frame(b"[", b"]", "bulk")
"""A file of e-invoices is a JSON array."""


@dataclass(frozen=True)
class BulkFile:
    """A file for the bulk upload of INV-01 documents, or of e-way bills.

    :ivar keys: of its documents, as given to :func:`bulk_files`, in their order.
    """

    name: str
    content: bytes
    keys: tuple[int, ...]


def fits_bulk_file(
    document: bytes, limits: BulkLimits, frame: Frame = INVOICE_FRAME
) -> bool:
    """Return whether the JSON of a document fits into a file at all."""
    return len(document) + frame.size <= limits.max_bytes


def bulk_files(
    documents: Mapping[int, bytes],
    limits: BulkLimits,
    gstin: str,
    now: datetime,
    frame: Frame = INVOICE_FRAME,
) -> list[BulkFile]:
    """Return as few files as the limits allow, with the documents in their order.

    :param documents: key -> JSON of a document; of an INV-01 document exactly as it
        will be compared with the portal's answer. Raises ValueError if one does not
        fit into a file.
    :param now: aware; with the GSTIN it makes the names of the files unique.
    """
    parts = list(_parts(documents, limits, frame))
    stamp = f"{frame.name}_{gstin}_{now.astimezone(IST):%Y%m%d_%H%M%S}"
    return [
        BulkFile(
            f"{stamp}{f'_{place}' if len(parts) > 1 else ''}.json",
            frame.head + b",".join(documents[key] for key in keys) + frame.tail,
            tuple(keys),
        )
        for place, keys in enumerate(parts, 1)
    ]


def _parts(
    documents: Mapping[int, bytes], limits: BulkLimits, frame: Frame
) -> Iterator[list[int]]:
    """Split the keys, so that each part makes a file within the limits."""
    part: list[int] = []
    size = frame.size
    for key, document in documents.items():
        if not fits_bulk_file(document, limits, frame):
            raise ValueError(f"document {key} is larger than a file may be")
        is_full = len(part) >= max(1, limits.max_invoices)
        if part and (is_full or size + _COMMA + len(document) > limits.max_bytes):
            yield part
            part, size = [], frame.size
        size += len(document) + (_COMMA if part else 0)
        part.append(key)
    if part:
        yield part


def file_of(key: int, files: Iterable[BulkFile]) -> str:
    """Return the name of the file that holds a document; "" if none does."""
    return next((file.name for file in files if key in file.keys), "")
