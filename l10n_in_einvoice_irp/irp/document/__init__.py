"""Build the parts of a document: texts, quantities, negative lines, IRN, QR code."""

from .bulk import BulkFile, Frame, bulk_files, file_of, fits_bulk_file
from .irn import compute_irn, document_key, financial_year
from .negative_lines import Line, fold_negative, is_left_negative
from .qr import ewaybill_qr_text, qr_png, qr_svg
from .text import clean_identifier, clean_text, last_characters
from .units import fit_quantity
from .ewaybill_bulk import EWAYBILL_FRAME, EWAYBILL_LIMITS, ewaybill_bulk_entry
from .ewaybill_content import (
    Content,
    Place,
    content_without_irn,
    deliver_to,
    dispatch_from,
    ewaybill_content,
)
from .ewaybill_slip import (
    Goods,
    Issue,
    Movement,
    Slip,
    Totals,
    slip_of_invoice,
    state_text,
)

__all__ = [
    "EWAYBILL_FRAME",
    "EWAYBILL_LIMITS",
    "BulkFile",
    "Content",
    "Frame",
    "Goods",
    "Issue",
    "Line",
    "Movement",
    "Place",
    "Slip",
    "Totals",
    "bulk_files",
    "clean_identifier",
    "clean_text",
    "compute_irn",
    "content_without_irn",
    "deliver_to",
    "dispatch_from",
    "document_key",
    "ewaybill_bulk_entry",
    "ewaybill_content",
    "ewaybill_qr_text",
    "file_of",
    "financial_year",
    "fit_quantity",
    "fits_bulk_file",
    "fold_negative",
    "is_left_negative",
    "last_characters",
    "qr_png",
    "qr_svg",
    "slip_of_invoice",
    "state_text",
]
