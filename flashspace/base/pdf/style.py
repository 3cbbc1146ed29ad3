"""One look for every paper: colours, paragraph styles, and text made safe for them."""

from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_JUSTIFY, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph

from flashspace.base.money import format_rupees
from flashspace.base.pdf.fonts import BOLD, REGULAR
from flashspace.base.pdf.parties import Party
from flashspace.base.states import all_states

INK = HexColor("#14181F")
MUTED = HexColor("#667085")
HAIRLINE = HexColor("#E1E4EA")
TINT = HexColor("#F5F6FA")
ACCENT = HexColor("#0F766E")
GREEN = HexColor("#067647")
RED = HexColor("#B42318")

MARGIN = 18 * mm

BODY = ParagraphStyle("body", fontName=REGULAR, fontSize=9, leading=13, textColor=INK)
SMALL = ParagraphStyle("small", BODY, fontSize=7.5, leading=10.5, textColor=MUTED)
LABEL = ParagraphStyle("label", SMALL, fontSize=7, leading=10)
CELL = ParagraphStyle("cell", BODY, fontSize=8, leading=11.5)
RIGHT_CELL = ParagraphStyle("right-cell", CELL, alignment=TA_RIGHT)
STRONG = ParagraphStyle("strong", BODY, fontName=BOLD)
RIGHT = ParagraphStyle("right", BODY, alignment=TA_RIGHT)
RIGHT_STRONG = ParagraphStyle("right-strong", RIGHT, fontName=BOLD)
RIGHT_SMALL = ParagraphStyle("right-small", SMALL, alignment=TA_RIGHT)
RIGHT_LABEL = ParagraphStyle("right-label", LABEL, alignment=TA_RIGHT)
PROSE = ParagraphStyle("prose", BODY, fontSize=9.5, leading=14.5, alignment=TA_JUSTIFY)
HEADING = ParagraphStyle(
    "heading", BODY, fontName=BOLD, fontSize=10, leading=14, spaceBefore=9, spaceAfter=3, keepWithNext=1
)


def text(value: str, style: ParagraphStyle = BODY, *, bullet: str | None = None) -> Paragraph:
    """A paragraph of exactly these characters. Unescaped, a customer's name could hold `<img src=…>`, and reportlab
    would fetch it."""
    return Paragraph(escape(value).replace("\n", "<br/>"), style, bulletText=bullet)


def stacked(*parts: tuple[str, ParagraphStyle]) -> list[Paragraph]:
    """Paragraphs on top of each other; empty ones are left out."""
    return [text(value, style) for value, style in parts if value]


def long_date(day: date) -> str:
    """`8 January 2026`, whatever the locale."""
    return f"{day.day} {day:%B %Y}"


def plain_amount(amount: Decimal) -> str:
    """`12,712.00`, for columns whose head says the currency."""
    return format_rupees(amount, sign="", always_paise=True)


def rupees(amount: Decimal) -> str:
    return format_rupees(amount, always_paise=True)


def percent(rate: Decimal) -> str:
    """`9 %`, `2.5 %`."""
    return f"{rate.normalize():f} %"


def state_label(code: str) -> str:
    """`Maharashtra (27)`; an unknown code stands as it is."""
    state = all_states().get(code)
    return state.label if state else code


def party_lines(party: Party) -> list[Paragraph]:
    """Name, address and numbers, as a block of a paper."""
    numbers = (("GSTIN", party.gstin), ("PAN", party.pan), ("CIN", party.cin))
    return stacked(
        (party.name, STRONG),
        *((line, BODY) for line in party.address),
        (f"State: {state_label(party.state)}" if party.state else "", BODY),
        *((f"{name}: {number}" if number else "", BODY) for name, number in numbers),
        (" · ".join(filter(None, (party.email, party.phone))), SMALL),
    )
