"""An amount of money in words, the Indian way."""

from decimal import Decimal

from num2words import num2words


def amount_in_words(amount: Decimal) -> str:
    """`Rupees One Lakh Fifty Thousand and Paise Fifty Only`. Raises ValueError below zero or finer than a
    paisa; num2words ends at a thousand crore, above what an invoice can hold."""
    paise_total = amount * 100
    if amount < 0 or paise_total != int(paise_total):
        raise ValueError(f"no amount for words: {amount}")
    rupees, paise = divmod(int(paise_total), 100)
    parts = []
    if rupees or not paise:
        parts.append(f"{'Rupee' if rupees == 1 else 'Rupees'} {_spell(rupees)}")
    if paise:
        parts.append(f"{'Paisa' if paise == 1 else 'Paise'} {_spell(paise)}")
    return f"{' and '.join(parts)} Only"


def _spell(number: int) -> str:
    """`One Lakh Twenty-Three Thousand`: without the commas and the `and` inside, which cheques do not have."""
    words = str(num2words(number, lang="en_IN")).replace(",", "").replace(" and ", " ")
    return words.title()
