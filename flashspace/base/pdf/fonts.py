"""The fonts of our papers. reportlab's register is global, so it is filled once, when this is imported."""

from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).parents[2] / "fonts"
REGULAR, BOLD = "NotoSans", "NotoSans-SemiBold"

pdfmetrics.registerFont(TTFont(REGULAR, FOLDER / "NotoSans-Regular.ttf"))
pdfmetrics.registerFont(TTFont(BOLD, FOLDER / "NotoSans-SemiBold.ttf"))
pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
