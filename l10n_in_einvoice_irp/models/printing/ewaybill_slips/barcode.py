"""Draw the barcode of a number, as on the prints of ewaybillgst.gov.in."""

from io import BytesIO
from string import ascii_letters

from PIL import Image, ImageDraw
from reportlab.graphics.barcode.code128 import Code128

# pixels of a module: more than 300 dpi at 60 mm for a number of 12 digits
MODULE = 8
HEIGHT = 160
# ISO/IEC 15417: ten modules on each side
QUIET_ZONE = 10
# reportlab writes a bar of one to four modules as A to D, a space as a to d
WIDTHS = {letter: ord(letter.lower()) - ord("a") + 1 for letter in ascii_letters}


def code128_png(text: str) -> bytes:
    """Return a black-and-white PNG of ``text`` as Code 128, with its quiet zone.

    The bars are reportlab's; its own images need a library that not every Odoo has.

    :raises ValueError: ``text`` is empty or has characters without a code.
    """
    code = Code128(text)
    if not text or not code.validate() or not code.valid:
        raise ValueError("there is no text to draw, or it has no code")
    code.encode()
    code.decompose()
    target = BytesIO()
    _drawn(code.decomposed).save(target, "PNG")
    return target.getvalue()


def _drawn(letters: str) -> Image.Image:
    modules = sum(WIDTHS[letter] for letter in letters) + 2 * QUIET_ZONE
    image = Image.new("1", (modules * MODULE, HEIGHT), 1)
    pen, at = ImageDraw.Draw(image), QUIET_ZONE * MODULE
    for letter in letters:
        end = at + WIDTHS[letter] * MODULE
        if letter.isupper():
            pen.rectangle((at, 0, end - 1, HEIGHT), fill=0)
        at = end
    return image
