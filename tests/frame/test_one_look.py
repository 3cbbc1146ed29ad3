"""Pages, the desk, mails and papers have one look: one colour, one frame."""

import re

from django.conf import settings

from flashspace.base.pdf.style import ACCENT
from flashspace.env.names import ROOT

OURS = settings.UNFOLD["COLORS"]["primary"]["600"].upper()
MAILS = ROOT / "accounts/templates/mail"
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\b")


def test_every_mail_stands_in_the_one_frame() -> None:
    mails = [*MAILS.glob("*.html"), *MAILS.glob("*.txt")]
    assert len(mails) > 40
    for mail in mails:
        if mail.stem != "base":
            assert mail.read_text(encoding="utf-8").startswith(f'{{% extends "mail/base{mail.suffix}" %}}'), mail.name


def test_pages_mails_and_papers_have_the_desk_s_colour() -> None:
    assert f"#{ACCENT.hexval()[2:]}".upper() == OURS
    page = (ROOT / "flashspace/static/flashspace/page.css").read_text(encoding="utf-8")
    assert re.search(r"--brand: (#\w+);", page)[1].upper() == OURS  # type: ignore[index]
    for part in ("base.html", "parts/button.html"):
        assert OURS in {colour.upper() for colour in COLOUR.findall((MAILS / part).read_text(encoding="utf-8"))}, part
