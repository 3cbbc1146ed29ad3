"""Money as text. Amounts are Decimal rupees everywhere; only texts are made or read here."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PAISA = Decimal("0.01")
# "₹4,999/month", "Rs. 4999", "₹ 4,999.50 / month", "INR 1,00,000/year"
PRICE_TEXT = re.compile(
    r"^\s*(?P<sign>₹|Rs\.?|INR)?\s*(?P<amount>[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}|[0-9]{1,10})(?P<paise>\.[0-9]{1,2})?"
    r"\s*(?:/\s*(?P<period>month|day|year|hour))?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Price:
    """An amount in INR for a period (`""` for a one-off)."""

    amount: Decimal
    period: str = "month"


def parse_price(text: str, *, default_period: str = "month") -> Price:
    """Read a price text of a listing. Raises ValueError."""
    match = PRICE_TEXT.match(text)
    if match is None:
        raise ValueError(f"not a price: {text!r}")
    amount = Decimal(match["amount"].replace(",", "") + (match["paise"] or "")).quantize(PAISA)
    return Price(amount, (match["period"] or default_period).lower())


def group_digits(whole: int) -> str:
    """Indian grouping: 1234567 is 12,34,567."""
    text = str(abs(whole))
    head, tail = text[:-3], text[-3:]
    groups: list[str] = []
    while len(head) > 2:
        head, last = head[:-2], head[-2:]
        groups.insert(0, last)
    parts = ([head] if head else []) + groups + [tail]
    return ("-" if whole < 0 else "") + ",".join(parts)


def format_rupees(amount: Decimal, *, sign: str = "₹", always_paise: bool = False) -> str:
    """₹12,34,567 or ₹12,34,567.50."""
    amount = amount.quantize(PAISA, rounding=ROUND_HALF_UP)
    whole, paise = divmod(abs(amount), 1)
    text = f"{'-' if amount < 0 else ''}{sign}{group_digits(int(whole))}"
    return f"{text}.{int(paise * 100):02d}" if paise or always_paise else text


def format_price(price: Price) -> str:
    """The wire form of a listing's price: `₹4,999/month`."""
    return f"{format_rupees(price.amount)}/{price.period}" if price.period else format_rupees(price.amount)
