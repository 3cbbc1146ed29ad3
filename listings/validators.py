"""What a price may be here. The text itself is read by `flashspace.base.money`."""

from decimal import Decimal
from typing import Final

from flashspace.base.money import Price, parse_price
from listings.enums import Period

LARGEST_PRICE: Final = Decimal("9999999.99")


def read_price(text: str) -> Price:
    """A price for a month or a day, under a crore. Raises ValueError with words for the person who wrote it."""
    try:
        price = parse_price(text)
    except ValueError:
        raise ValueError("Must be a price such as ₹4,999/month") from None
    if price.period not in Period.values:
        raise ValueError("Must be a price for a month or a day, such as ₹4,999/month")
    if price.amount > LARGEST_PRICE:
        raise ValueError("The price is too high")
    return price
