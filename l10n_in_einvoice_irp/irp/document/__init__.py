"""The parts of a document: texts, quantities, negative lines, IRN, QR code."""

from .irn import compute_irn, document_key, financial_year
from .negative_lines import fold_negative, is_left_negative
from .qr import qr_png, qr_svg
from .text import clean_identifier, clean_text
from .units import fit_quantity

__all__ = [
    "clean_identifier",
    "clean_text",
    "compute_irn",
    "document_key",
    "financial_year",
    "fit_quantity",
    "fold_negative",
    "is_left_negative",
    "qr_png",
    "qr_svg",
]
