"""Which part of a list is asked for, and how many there are without counting a whole table."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import QuerySet

from flashspace.base.errors import DomainError
from flashspace.dialects.base import Dialect, Page

LAST_PAGE: Final = 1_000_000
LARGEST_PAGE: Final = 100
MOST_ROWS: Final = 500
COUNT_UP_TO: Final = 10_000


class PageInvalid(DomainError):
    """`page` or `limit` is not a number within its bounds."""

    code = "VALIDATION_ERROR"

    def __init__(self, name: str, most: int) -> None:
        super().__init__(f"Must be a whole number from 1 to {most}", field=name)


def asked(
    query: Mapping[str, str], dialect: Dialect, *, default: int | None = None, largest: int = LARGEST_PAGE
) -> tuple[int, int]:
    """(page, size) as asked. nano says per_page, and its users also limit. Raises PageInvalid."""
    size_name = dialect.size_name if dialect.size_name in query else "limit"
    number = _number(query, "page", 1, LAST_PAGE)
    return number, _number(query, size_name, default or dialect.page_size, largest)


def asks_for_page(query: Mapping[str, str], dialect: Dialect) -> bool:
    return "page" in query or "limit" in query or dialect.size_name in query


def _number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    # ASCII digits only: int() would also take "+1", "1_0" and other scripts' digits.
    if not (text.isascii() and text.isdecimal() and len(text) <= 7 and 1 <= int(text) <= most):
        raise PageInvalid(name, most)
    return int(text)


def cut(
    rows: QuerySet[Any] | Sequence[Any], number: int, size: int, *, count_up_to: int = COUNT_UP_TO
) -> tuple[list[Any], Page]:
    """The rows of one page and where it stands.

    A page that is not full tells the total by itself; only another one costs a count, which stops at `count_up_to`.
    """
    start = (number - 1) * size
    found = list(rows[start : start + size])
    if len(found) < size and (found or number == 1):
        return found, Page(number, size, start + len(found))
    return found, Page(number, size, count(rows, max(count_up_to, start + len(found))))


def count(rows: QuerySet[Any] | Sequence[Any], most: int) -> int:
    if isinstance(rows, QuerySet):
        return rows.order_by()[:most].count()
    return min(len(rows), most)
