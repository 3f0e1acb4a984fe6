import io
import xml.etree.ElementTree as ET
from datetime import datetime

import pytest
from irp.document.qr import (
    MAX_TEXT_BYTES,
    QUIET_ZONE,
    ewaybill_qr_text,
    qr_png,
    qr_svg,
)
from irp.reference.dates import IST
from PIL import Image

zxingcpp = pytest.importorskip("zxingcpp")


@pytest.fixture
def token(published):
    return published["registrations"][0]["SignedQRCode"]


def test_png_decodes_to_the_whole_token(token):
    image = Image.open(io.BytesIO(qr_png(token)))
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == token
    assert image.size[0] == image.size[1]


def test_the_quiet_zone_is_part_of_the_image(token):
    image = Image.open(io.BytesIO(qr_png(token, box_size=3))).convert("L")
    dark = image.point(lambda value: 255 - value).getbbox()
    margin = 3 * QUIET_ZONE
    side = image.size[0]
    assert dark == (margin, margin, side - margin, side - margin)


def test_a_small_image_reads_back_too(token):
    image = Image.open(io.BytesIO(qr_png(token, box_size=2)))
    assert zxingcpp.read_barcodes(image)[0].text == token


def test_the_svg_has_the_same_size_and_a_path(token):
    modules = Image.open(io.BytesIO(qr_png(token, box_size=1))).size[0]
    root = ET.fromstring(qr_svg(token, box_size=10))
    assert root.get("width") == f"{modules}mm"
    assert root.get("viewBox") == f"0 0 {modules} {modules}"
    path = root.find("{http://www.w3.org/2000/svg}path")
    assert path.get("d").startswith("M4,4")


def test_text_that_does_not_fit_is_refused():
    for draw in (qr_png, qr_svg):
        with pytest.raises(ValueError, match="no text"):
            draw("")
        with pytest.raises(ValueError, match="do not fit"):
            draw("x" * (MAX_TEXT_BYTES + 1))
    assert qr_png("x" * MAX_TEXT_BYTES, box_size=1)


def test_text_on_an_ewaybill_is_number_generator_and_moment():
    generated_at = datetime(2022, 10, 5, 12, 42, tzinfo=IST)
    text = ewaybill_qr_text("321003228100", "29AAACK0000A1ZK", generated_at)
    assert text == "321003228100/29AAACK0000A1ZK/05-10-2022 12:42:00"
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(qr_png(text))))
    assert found.text == text
    assert ewaybill_qr_text("321003228100", "29A", None) == "321003228100/29A/"
