"""The sheet that every paper is printed on: head, foot, page numbers. Equal stories give equal bytes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from flashspace.base.pdf.fonts import BOLD, REGULAR
from flashspace.base.pdf.marks import brand, draw_qr_code
from flashspace.base.pdf.style import HAIRLINE, INK, MARGIN, MUTED

WIDTH, HEIGHT = A4
CONTENT_WIDTH = WIDTH - 2 * MARGIN
QR_SIZE = 18 * mm
FOOT_LEFT = MARGIN + QR_SIZE + 10


@dataclass(frozen=True)
class Sheet:
    """What is on every page. `foot` are the lines beside the QR code, which opens `verification_url`; `copy` says whose
    copy the paper is (CGST rule 48)."""

    title: str
    number: str
    author: str
    verification_url: str
    foot: tuple[str, ...]
    copy: str = ""


def print_sheets(sheet: Sheet, story: Sequence[Flowable]) -> bytes:
    """The PDF. `invariant` keeps the clock and random ids out of it."""
    out = BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        title=f"{sheet.title} {sheet.number}",
        author=sheet.author,
        subject=sheet.title,
        creator="FlashSpace",
        invariant=1,
        lang="en-IN",
    )
    bottom = 35 * mm
    first = Frame(MARGIN, bottom, CONTENT_WIDTH, HEIGHT - bottom - 37 * mm, 0, 0, 0, 0)
    later = Frame(MARGIN, bottom, CONTENT_WIDTH, HEIGHT - bottom - 26 * mm, 0, 0, 0, 0)
    document.addPageTemplates(
        [
            PageTemplate("first", [first], onPage=_painter(sheet, _draw_head), autoNextPageTemplate="later"),
            PageTemplate("later", [later], onPage=_painter(sheet, _draw_short_head)),
        ]
    )
    document.build(list(story), canvasmaker=NumberedCanvas)
    return out.getvalue()


def _painter(sheet: Sheet, draw_head: Callable[[Canvas, Sheet], None]) -> Callable[[Canvas, Any], None]:
    def paint(canvas: Canvas, _document: Any) -> None:
        canvas.saveState()
        draw_head(canvas, sheet)
        _draw_foot(canvas, sheet)
        canvas.restoreState()

    return paint


def _draw_head(canvas: Canvas, sheet: Sheet) -> None:
    top = HEIGHT - 26 * mm
    renderPDF.draw(brand(), canvas, MARGIN, top)
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 17)
    canvas.drawRightString(WIDTH - MARGIN, top + 7, sheet.title)
    canvas.setFont(REGULAR, 9.5)
    canvas.drawRightString(WIDTH - MARGIN, top - 8, sheet.number)
    canvas.setFillColor(MUTED)
    canvas.setFont(REGULAR, 7.5)
    canvas.drawRightString(WIDTH - MARGIN, top - 19, sheet.copy)


def _draw_short_head(canvas: Canvas, sheet: Sheet) -> None:
    top = HEIGHT - 18 * mm
    canvas.setFillColor(MUTED)
    canvas.setFont(REGULAR, 8)
    canvas.drawString(MARGIN, top, "FlashSpace")
    canvas.drawRightString(WIDTH - MARGIN, top, f"{sheet.title} {sheet.number}")
    _rule(canvas, top - 6)


def _draw_foot(canvas: Canvas, sheet: Sheet) -> None:
    base = 12 * mm
    _rule(canvas, base + QR_SIZE + 8)
    if not canvas.hasForm("verification"):  # drawn once, shown on every page
        canvas.beginForm("verification")
        draw_qr_code(canvas, sheet.verification_url, MARGIN, base, QR_SIZE)
        canvas.endForm()
    canvas.doForm("verification")
    canvas.linkURL(sheet.verification_url, (MARGIN, base, MARGIN + QR_SIZE, base + QR_SIZE))
    canvas.setFillColor(MUTED)
    canvas.setFont(REGULAR, 7)
    for row, line in enumerate(sheet.foot):
        canvas.drawString(FOOT_LEFT, base + QR_SIZE - 7 - row * 10.5, _fit(line))


def _fit(line: str) -> str:
    """Cut to what is free beside the page number."""
    free = WIDTH - MARGIN - FOOT_LEFT - 18 * mm
    if stringWidth(line, REGULAR, 7) <= free:
        return line
    while stringWidth(f"{line}…", REGULAR, 7) > free:
        line = line[:-1]
    return f"{line}…"


def _rule(canvas: Canvas, y: float) -> None:
    canvas.setStrokeColor(HAIRLINE)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, y, WIDTH - MARGIN, y)


class NumberedCanvas(Canvas):
    """Holds the pages back until their number is known, for `Page 1 of 3`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._held: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 reportlab's name
        self._held.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._held, start=1):
            self.__dict__.update(page)
            self.setFillColor(MUTED)
            self.setFont(REGULAR, 7)
            self.drawRightString(WIDTH - MARGIN, 12 * mm, f"Page {number} of {len(self._held)}")
            super().showPage()
        super().save()
