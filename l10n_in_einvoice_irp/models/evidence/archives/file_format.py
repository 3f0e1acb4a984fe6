"""The file of an archive: a zip that is also readable without Odoo.

It holds, each as text:

- ``evidence/ID.jsonl``: the evidence, a JSON object in each line: ``id``, ``name``,
  ``sha256`` and ``content`` (``base64`` if it is no text). The file is named after the
  first ID in it, so that one piece of evidence is found without reading the others.
- ``index.csv``: ID, SHA-256, name and file of each.
- ``manifest.json``: company, GSTIN and day, the seal of that day, and the SHA-256 of
  the archive before it.

IDs ascend.
"""

import base64
import csv
import io
import json
import zipfile
import zlib
from bisect import bisect_right
from itertools import islice
from typing import NamedTuple

MIMETYPE = "application/zip"
INDEX, MANIFEST, FOLDER = "index.csv", "manifest.json", "evidence"
# pieces of evidence in a file: compressed, and read, together
TOGETHER = 100
# what reading a damaged archive raises
DAMAGES = (
    *(OSError, EOFError, ValueError, LookupError, TypeError, AttributeError),
    *(RuntimeError, zlib.error, zipfile.BadZipFile, csv.Error),
)


class Piece(NamedTuple):
    """A piece of evidence."""

    id: int
    sha256: str
    name: str
    content: bytes


def write_archive(pieces, manifest):
    """Return the bytes of an archive.

    :param pieces: iterator of `Piece`, by ascending ID; read once.
    :param manifest: values for the manifest.
    """
    target, index = io.BytesIO(), io.StringIO()
    rows = csv.writer(index, lineterminator="\n")
    rows.writerow(("id", "sha256", "name", "file"))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        while part := list(islice(pieces, TOGETHER)):
            name = f"{FOLDER}/{part[0].id:012}.jsonl"
            _add(file, name, "".join(f"{_line(piece)}\n" for piece in part))
            rows.writerows((*piece[:3], name) for piece in part)
        _add(file, INDEX, index.getvalue())
        _add(file, MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False))
    return target.getvalue()


def _add(file, name, text):
    # without the time of writing: the same evidence makes the same archive
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    file.writestr(info, text.encode())


def _line(piece):
    values = {"id": piece.id, "name": piece.name, "sha256": piece.sha256}
    try:
        values["content"] = piece.content.decode()
    except UnicodeDecodeError:
        values["base64"] = base64.b64encode(piece.content).decode()
    return json.dumps(values, ensure_ascii=False)


class Archive:
    """Reads an archive.

    :param file: of bytes, to be read at any place.
    :raises DAMAGES: also by its methods: it is damaged.
    """

    def __init__(self, file):
        self._file = zipfile.ZipFile(file)
        names = self._file.namelist()
        self._members = sorted(one for one in names if one.startswith(f"{FOLDER}/"))

    def manifest(self):
        """Return the values of the manifest."""
        return dict(json.loads(self._file.read(MANIFEST)))

    def index(self):
        """Return ID -> SHA-256 of each piece of evidence, by ascending ID."""
        rows = csv.DictReader(io.StringIO(self._file.read(INDEX).decode()))
        return {int(row["id"]): row["sha256"] for row in rows}

    def contents(self, ids):
        """Return ID -> content of those pieces of evidence that it holds."""
        wanted, found = set(ids), {}
        for member in {self._member_of(id_) for id_ in wanted} - {None}:
            for line in self._file.read(member).splitlines():
                values = json.loads(line)
                if values["id"] in wanted:
                    found[values["id"]] = _content(values)
        return found

    def _member_of(self, id_):
        at = bisect_right(self._members, f"{FOLDER}/{id_:012}.jsonl")
        return self._members[at - 1] if at else None


def _content(values):
    if "base64" in values:
        return base64.b64decode(values["base64"])
    return values["content"].encode()
