"""Files that people send, honest and hostile, made here so that no test needs a fixture file."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.ExifTags import GPS, Base

A_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
PDF_WITH_SCRIPT = A_PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>")
HTML = b"<!doctype html><script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PHP = b"<?php system($_GET['c']); ?>"


def paper(name: str = "pan.pdf", content: bytes = A_PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()


def located_photo() -> bytes:
    """A JPEG that says where and by whom it was taken, lying on its side."""
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif[Base.Artist] = "Asha Rao"
    exif.get_ifd(0x8825)[GPS.GPSLatitude] = (28.0, 37.0, 54.0)
    return picture("JPEG", exif=exif, comment=b"taken at home")


def png_header(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG that claims a size and has hardly any bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def bomb() -> bytes:
    """21 kB of file, 178 million pixels."""
    return picture("PNG", (13_350, 13_350), mode="1")


def zipped(name: str = "evil.html", content: bytes = HTML) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()
