"""Things that are drawn: the brand, QR codes, stamps."""

from functools import partial
from itertools import groupby

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing, Group, Polygon, Rect, String
from reportlab.lib.colors import Color, white
from reportlab.pdfgen.canvas import Canvas

from flashspace.base.pdf.fonts import BOLD, REGULAR
from flashspace.base.pdf.style import ACCENT, INK


def brand() -> Drawing:
    """The mark, a flash in a square, and the name beside it."""
    drawing = Drawing(120, 22)
    drawing.add(Rect(0, 0, 22, 22, rx=5, ry=5, fillColor=ACCENT, strokeColor=None))
    drawing.add(
        Polygon([12.6, 18.6, 6.2, 9.6, 10.4, 9.6, 9.4, 3.4, 15.8, 12.4, 11.6, 12.4], fillColor=white, strokeColor=None)
    )
    drawing.add(String(29, 5.6, "FlashSpace", fontName=BOLD, fontSize=15, fillColor=INK))
    return drawing


def draw_qr_code(canvas: Canvas, content: str, x: float, y: float, size: float) -> None:
    """A QR code without a quiet zone of its own: the paper around it is white.

    Drawn by hand, as one path of the dark runs of each row: reportlab's widget takes ten times as long.
    """
    code = QrCodeWidget(content, barLevel="M").qr
    code.make()
    count = code.getModuleCount()
    step = size / count
    path = canvas.beginPath()
    for row in range(count):
        column = 0
        for is_dark, run in groupby(range(count), key=partial(code.isDark, row)):
            length = len(list(run))
            if is_dark:
                path.rect(x + column * step, y + size - (row + 1) * step, length * step, step)
            column += length
    canvas.setFillColor(INK)
    canvas.drawPath(path, stroke=0, fill=1)


def stamp(word: str, detail: str, color: Color) -> Drawing:
    """A rubber stamp, a little askew."""
    width, height = 118, 46
    drawing = Drawing(width, height + 14)
    group = Group(
        Rect(0, 0, width, height, rx=6, ry=6, fillColor=None, strokeColor=color, strokeWidth=1.6),
        Rect(3, 3, width - 6, height - 6, rx=4, ry=4, fillColor=None, strokeColor=color, strokeWidth=0.5),
        String(width / 2, 22, word, fontName=BOLD, fontSize=18, fillColor=color, textAnchor="middle"),
        String(width / 2, 10, detail, fontName=REGULAR, fontSize=7.5, fillColor=color, textAnchor="middle"),
    )
    group.rotate(5)
    group.translate(4, 2)
    drawing.add(group)
    return drawing
