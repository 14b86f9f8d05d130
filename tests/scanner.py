"""Somebody else's reader of QR codes, as it is in telephones: zxing-cpp."""

from io import BytesIO

import zxingcpp
from PIL import Image


def scan(picture: bytes) -> bytes:
    """Return what the one QR code of a picture holds."""
    with Image.open(BytesIO(picture)) as opened:
        grey = opened.convert("L")
        only = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        # Among so many modules it sees a code of another kind as well: 4 times in 1,500 pictures.
        (found,) = zxingcpp.read_barcodes(grey, formats=only)
    return bytes(found.bytes)
