from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.words import amount_in_words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("15000", "Rupees Fifteen Thousand Only"),
        ("0.00", "Rupees Zero Only"),
        ("1", "Rupee One Only"),
        ("0.01", "Paisa One Only"),
        ("0.50", "Paise Fifty Only"),
        ("100.50", "Rupees One Hundred and Paise Fifty Only"),
        ("150000.05", "Rupees One Lakh Fifty Thousand and Paise Five Only"),
        (
            "12345678.00",
            "Rupees One Crore Twenty-Three Lakh Forty-Five Thousand Six Hundred Seventy-Eight Only",
        ),
        ("1000000000", "Rupees One Hundred Crore Only"),
    ],
)
def test_amount_in_words(amount: str, words: str) -> None:
    assert amount_in_words(Decimal(amount)) == words


@pytest.mark.parametrize("amount", ["-1", "0.001"])
def test_amount_that_has_no_words_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        amount_in_words(Decimal(amount))


@given(st.integers(0, 10**12 - 1))
def test_every_amount_has_words_of_letters(paise: int) -> None:
    words = amount_in_words(Decimal(paise) / 100)
    assert words.endswith(" Only")
    assert words.replace(" ", "").replace("-", "").isalpha()
