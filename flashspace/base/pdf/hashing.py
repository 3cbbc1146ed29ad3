"""One hash of plain content, the same on every machine."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson

from flashspace.base.money import PAISA


def hash_content(content: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of the content as JSON with sorted keys. Amounts count to the paisa: 15000 is 15000.00."""
    return hashlib.sha256(orjson.dumps(content, default=_amount, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _amount(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value.quantize(PAISA))
    raise TypeError(f"not plain content: {value!r}")
