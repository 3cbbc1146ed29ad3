"""Files from strangers: refused, or harmless when they are stored."""

import io
import resource
import subprocess
import sys

import pytest
from PIL import Image

from accounts import picture_child
from accounts.services import pictures
from accounts.services.uploads import JPEG, PDF, PNG, clean_upload
from flashspace.base.errors import Invalid
from tests.accounts.papers import (
    A_PDF,
    HTML,
    PDF_WITH_SCRIPT,
    PHP,
    SVG,
    bomb,
    located_photo,
    paper,
    picture,
    png_header,
    zipped,
)

REFUSED = {
    "html named png": ("card.png", HTML),
    "html named jpg": ("card.jpg", HTML),
    "html named pdf": ("card.pdf", HTML),
    "html before a pdf": ("card.pdf", HTML + A_PDF),
    "svg": ("card.svg", SVG),
    "svg named png": ("card.png", SVG),
    "php": ("card.php", PHP),
    "php named png": ("card.php.png", PHP),
    "png signature and php": ("card.png", b"\x89PNG\r\n\x1a\n" + PHP),
    "jpeg signature and html": ("card.jpg", b"\xff\xd8\xff\xe0" + HTML),
    "png named jpg": ("card.jpg", picture("PNG")),
    "jpeg named png": ("card.png", picture("JPEG")),
    "gif named png": ("card.png", picture("GIF", mode="P")),
    "bmp named png": ("card.png", picture("BMP")),
    "webp": ("card.webp", picture("WEBP")),
    "tiff named jpg": ("card.jpg", picture("TIFF")),
    "pdf named png": ("card.png", A_PDF),
    "zip named pdf": ("card.pdf", zipped()),
    "pdf and a zip behind it": ("card.pdf", A_PDF + zipped("x", b"x" * 2000)),
    "docx": ("card.docx", zipped("word/document.xml")),
    "exe": ("card.pdf.exe", b"MZ\x90\x00"),
    "no suffix": ("card", A_PDF),
    "empty": ("card.pdf", b""),
    "truncated png": ("card.png", picture("PNG", (300, 300))[:100]),
    "truncated jpeg": ("card.jpg", picture("JPEG", (300, 300))[:300]),
    "truncated pdf": ("card.pdf", A_PDF[:-10]),
    "bomb of 178 megapixels": ("card.png", bomb()),
    "header of 4 gigapixels": ("card.png", png_header(65_535, 65_535)),
    "a line of 100,000 pixels": ("card.png", picture("PNG", (100_000, 10), mode="1")),
    "corrupt png": ("card.png", png_header(50, 50, b"\x07" * 40)),
    "larger than 10 MB": ("card.pdf", A_PDF + b" " * (10 * 1024 * 1024) + b"%%EOF"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_file_is_refused(name):
    with pytest.raises(Invalid) as refused:
        clean_upload(paper(*REFUSED[name]))
    assert refused.value.field == "file"


def test_pdf_is_stored_as_it_came():
    clean = clean_upload(paper("PAN Card.PDF"))
    assert (clean.content, clean.content_type, clean.suffix) == (A_PDF, PDF, ".pdf")


def test_pdf_with_a_script_is_taken_because_it_is_only_handed_out_to_a_viewer():
    assert clean_upload(paper(content=PDF_WITH_SCRIPT)).content_type == PDF


HARMLESS = {
    "png and a zip behind it": ("card.png", picture("PNG") + zipped(), PNG),
    "png and html behind it": ("card.png", picture("PNG") + HTML, PNG),
    "jpeg and php behind it": ("card.jpeg", picture("JPEG") + PHP, JPEG),
    "jpeg with php in its comment": ("card.jpg", picture("JPEG", comment=PHP), JPEG),
    "path in its name": ("../../../../etc/cron.d/card.png", picture("PNG"), PNG),
    "php.png that is a png": ("shell.php.png", picture("PNG"), PNG),
    "cmyk jpeg": ("card.jpg", picture("JPEG", mode="CMYK"), JPEG),
    "grey png of 16 bits": ("card.png", picture("PNG", mode="I;16"), PNG),
    "png with transparency": ("card.png", picture("PNG", mode="RGBA"), PNG),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_picture_is_encoded_anew_and_nothing_else_survives(name):
    file_name, content, content_type = HARMLESS[name]
    clean = clean_upload(paper(file_name, content))
    assert clean.content_type == content_type
    for tail in (b"PK\x03\x04", b"<script", b"<?php"):
        assert tail not in clean.content
    with Image.open(io.BytesIO(clean.content)) as image:
        assert image.size == (60, 40)


def test_photo_loses_its_place_and_its_author_and_stands_upright():
    clean = clean_upload(paper("card.jpg", located_photo()))
    with Image.open(io.BytesIO(clean.content)) as image:
        assert dict(image.getexif()) == {}
        assert "comment" not in image.info
        assert image.size == (40, 60)
    assert b"Asha" not in clean.content


def test_large_picture_is_decoded_outside_of_this_process():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clean_upload(paper("card.png", picture("PNG", (5000, 4900), mode="1")))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_picture_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "SECONDS", 0.001)
    with pytest.raises(Invalid, match="too long"):
        clean_upload(paper("card.png", picture()))


def test_decoder_that_crashes_is_a_refusal(monkeypatch, tmp_path):
    crashing = tmp_path / "crash.py"
    crashing.write_text("import os; os.abort()")
    monkeypatch.setattr(pictures, "CHILD", crashing)
    with pytest.raises(Invalid, match="cannot be read"):
        clean_upload(paper("card.png", picture()))


TRIES = {
    "open a file": "open('/etc/hostname')",
    "open a connection": "__import__('_socket').socket()",
    "take a gigabyte": "bytearray(1 << 30)",
}


@pytest.mark.parametrize("what", TRIES)
def test_decoder_is_confined(what):
    code = f"import _socket, runpy; child = runpy.run_path({picture_child.__file__!r}); {{}}{TRIES[what]}"
    free = subprocess.run([sys.executable, "-c", code.format("")], capture_output=True, check=False)
    confined = subprocess.run(
        [sys.executable, "-c", code.format("child['confine'](); ")], capture_output=True, check=False
    )
    assert free.returncode == 0, free.stderr
    assert confined.returncode != 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_decoder_by_itself(kind, monkeypatch):
    """What the child does, without the child, so that it is measured."""
    taken = picture_child.reencode(picture(kind), kind)
    with Image.open(io.BytesIO(taken)) as image:
        assert image.format == kind
    with pytest.raises(picture_child.RefusedError, match="million pixels"):
        picture_child.reencode(png_header(20_000, 20_000), "PNG")
    with pytest.raises(picture_child.RefusedError, match="cannot be read"):
        picture_child.reencode(b"nothing", kind)


@pytest.mark.parametrize(("content", "status"), [(picture("PNG"), 0), (HTML, picture_child.REFUSED)])
def test_decoder_speaks_by_its_exit_status(content, status, monkeypatch, capsysbinary):
    monkeypatch.setattr(picture_child, "confine", lambda: None)  # this process has more to do
    monkeypatch.setattr(sys, "argv", ["picture_child.py", "PNG"])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert picture_child.main() == status
    said = capsysbinary.readouterr()
    assert said.out.startswith(b"\x89PNG") if status == 0 else said.err == b"The picture cannot be read"
