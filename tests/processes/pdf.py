"""Reads a printed invoice as text and as images (poppler-utils)."""

import subprocess
from pathlib import Path

RESOLUTION = 200


def pdf_text(path: Path, *, by_column: bool = False) -> str:
    """Return the text of a PDF without blanks, because long numbers are wrapped.

    :param by_column: a column as a whole, instead of what stands on a line.
    """
    order = [] if by_column else ["-layout"]
    command = ["pdftotext", *order, str(path), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return "".join(text.split())


def pdf_pages(path: Path) -> list[bytes]:
    """Return each page of a PDF as a PNG, at the resolution of an office scanner."""
    target = path.with_suffix("")
    command = ["pdftoppm", "-r", str(RESOLUTION), "-png", str(path), str(target)]
    subprocess.run(command, check=True, capture_output=True)
    return [page.read_bytes() for page in sorted(path.parent.glob("*.png"))]
