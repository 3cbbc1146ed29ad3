"""Inputs that only listings have."""

import re
from typing import Any

from rest_framework.exceptions import ValidationError

from flashspace.dialects.fields import HttpsUrlField, TextField
from listings.validators import read_price

_OUR_PHOTO = re.compile(r"/uploads/[0-9a-zA-Z._-]+")


class PriceTextIn(TextField):
    """`₹4,999/month`, kept exactly as it was sent. Null or empty, where allowed, says that there is no such price."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 40, "trim_whitespace": False, **options})
        self.validators.append(_check_price)


def _check_price(text: str) -> None:
    try:
        read_price(text)
    except ValueError as error:
        raise ValidationError(str(error), code="price") from None


class PictureUrlIn(HttpsUrlField):
    """An https address, or one of our own photos as an answer showed it."""

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, str) and _OUR_PHOTO.fullmatch(data):
            return data
        return super().to_internal_value(data)
