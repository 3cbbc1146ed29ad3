"""Telephone numbers: one stored spelling, so that a number is unique however it was typed."""

import re

from flashspace.base.errors import Invalid

SEPARATORS = re.compile(r"[\s().\-/\u2010-\u2015]")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def normalize_phone(value: str, *, country_code: str = "+91", field: str = "phone") -> str:
    """`+` and digits: `+91-98765 43210`, `098765 43210`, `9876543210` and `0091 9876543210` are all `+919876543210`.

    A number without a country gets `country_code`. Indian ones have ten digits; of other countries only the length
    is tested, because the documents use numbers that no country has given out (`+1234567890`). Raises Invalid.
    """
    text = SEPARATORS.sub("", value)
    if text.startswith("00"):
        text = f"+{text[2:]}"
    if not text.startswith("+"):
        text = _add_country(text, country_code)
    is_indian = text.startswith("+91")
    if not E164.fullmatch(text) or (is_indian and len(text) != 13):
        raise Invalid("Enter a valid phone number", field=field)
    return text


def _add_country(digits: str, country_code: str) -> str:
    national = digits.removeprefix("0")  # the trunk prefix of a call within the country
    if country_code == "+91" and len(national) == 12 and national.startswith("91"):
        return f"+{national}"
    return f"{country_code}{national}"


def written_phone(number: str) -> str:
    """As it is shown to people, however it was typed: `+91 98765 43210`. What is no number stays as it is."""
    try:
        stored = normalize_phone(number)
    except Invalid:
        return number
    return f"+91 {stored[3:8]} {stored[8:]}" if stored.startswith("+91") else stored


def mask_phone(phone: str) -> str:
    return f"{phone[:3]}******{phone[-2:]}"
