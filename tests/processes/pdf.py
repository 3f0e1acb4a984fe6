"""Reading a printed invoice, as text and as pictures (poppler-utils)."""

import subprocess
from pathlib import Path

RESOLUTION = 200


def pdf_text(path: Path) -> str:
    """The text of a PDF without blanks: long numbers are broken into lines."""
    command = ["pdftotext", "-layout", str(path), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return "".join(text.split())


def pdf_pages(path: Path) -> list[bytes]:
    """Each page of a PDF as a PNG, as sharp as an office's scanner sees it."""
    target = path.with_suffix("")
    command = ["pdftoppm", "-r", str(RESOLUTION), "-png", str(path), str(target)]
    subprocess.run(command, check=True, capture_output=True)
    return [page.read_bytes() for page in sorted(path.parent.glob("*.png"))]
