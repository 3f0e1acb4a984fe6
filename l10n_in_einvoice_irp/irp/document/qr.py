"""Draw the signed QR code: the whole signed token as text, nothing decoded.

Error correction is level L on purpose. A token has about 1100 characters: some 105
modules a side at level L, 125 at level M. At the size that fits an invoice, a module at
level L is a fifth larger, which helps a phone camera more than redundancy does. The
image includes the quiet zone of four modules (ISO/IEC 18004), so no layout can crop it.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import qrcode
from qrcode.constants import ERROR_CORRECT_L
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathImage

QUIET_ZONE = 4
MAX_TEXT_BYTES = 2953
"""Capacity in bytes of the largest QR symbol (version 40, level L, byte mode)."""


def qr_png(text: str, box_size: int = 8) -> bytes:
    """Return a black-and-white PNG of ``text``, ``box_size`` pixels per module.

    The default prints at more than 300 dpi at the usual 45 mm.

    :raises ValueError: ``text`` is empty or does not fit into one QR symbol.
    """
    image = _code(text, box_size).make_image(image_factory=PilImage)
    target = BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def qr_svg(text: str, box_size: int = 8) -> bytes:
    """Return an SVG of ``text``, ``box_size`` tenths of a millimetre per module.

    :raises ValueError: ``text`` is empty or does not fit into one QR symbol.
    """
    image = _code(text, box_size).make_image(image_factory=SvgPathImage)
    target = BytesIO()
    image.save(target)
    return target.getvalue()


def ewaybill_qr_text(number: str, gstin: str, generated_at: datetime | None) -> str:
    """Return the text of the QR code on an e-way bill, as the portal's prints have it:
    number, GSTIN of who generated it, and the moment.

    :param generated_at: in Indian time; None leaves the third part empty.
    """
    moment = generated_at.strftime("%d-%m-%Y %H:%M:%S") if generated_at else ""
    return f"{number}/{gstin}/{moment}"


def _code(text: str, box_size: int) -> qrcode.QRCode[Any]:
    data = text.encode()
    if not data:
        raise ValueError("there is no text to draw")
    if len(data) > MAX_TEXT_BYTES:
        raise ValueError(f"{len(data)} bytes do not fit into a QR symbol")
    code = qrcode.QRCode(
        error_correction=ERROR_CORRECT_L, box_size=box_size, border=QUIET_ZONE
    )
    # Do not split into segments of other modes: every reader copes with plain bytes.
    code.add_data(data, optimize=0)
    return code
