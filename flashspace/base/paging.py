"""Pages of a list whose rows nobody wants counted to the end."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Whoever has ten thousand rows before them needs a filter, not page 201."""

    rows_up_to = 10_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self.rows_up_to].count())
