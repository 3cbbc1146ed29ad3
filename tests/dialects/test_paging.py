from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType

from flashspace.dialects import NANO, WORKSPACE
from flashspace.dialects.base import Dialect, Page
from flashspace.dialects.paging import PageInvalid, asked, cut
from tests.dialects.conftest import ALL

DEFAULTS = [("flashspace", 10), ("rento", 10), ("nano", 20), ("nakksha", 10), ("workspace", 10), ("shared", 10)]
JUNK = ["0", "-1", "-5", "abc", "", " ", "1.5", "1e3", "+1", "1_0", "٣", "０", "NaN", "10000000000000000000000", "1 "]


@pytest.mark.parametrize(("name", "size"), DEFAULTS)
def test_page_is_the_first_unless_asked(name: str, size: int) -> None:
    assert asked({}, ALL[name]) == (1, size)


@pytest.mark.parametrize(
    ("dialect", "query", "page"),
    [
        (WORKSPACE, {"page": "2", "limit": "50"}, (2, 50)),
        (WORKSPACE, {"limit": "100"}, (1, 100)),
        (WORKSPACE, {"page": "1000000"}, (1_000_000, 10)),
        (WORKSPACE, {"per_page": "5"}, (1, 10)),
        (NANO, {"per_page": "5"}, (1, 5)),
        (NANO, {"limit": "5"}, (1, 5)),
        (NANO, {"per_page": "5", "limit": "6"}, (1, 5)),
    ],
)
def test_page_is_the_one_asked_for(dialect: Dialect, query: dict[str, str], page: tuple[int, int]) -> None:
    assert asked(query, dialect) == page


@pytest.mark.parametrize("text", [*JUNK, "1000001"])
def test_page_that_is_no_page_is_invalid(text: str) -> None:
    with pytest.raises(PageInvalid) as caught:
        asked({"page": text}, WORKSPACE)

    assert (caught.value.code, caught.value.field) == ("VALIDATION_ERROR", "page")


@pytest.mark.parametrize("text", [*JUNK, "101"])
def test_size_that_is_out_of_bounds_is_invalid(text: str) -> None:
    with pytest.raises(PageInvalid) as caught:
        asked({"per_page": text}, NANO)

    assert caught.value.field == "per_page"


def test_default_size_is_the_lists_own() -> None:
    assert asked({}, WORKSPACE, default=50) == (1, 50)


@pytest.mark.parametrize(
    ("number", "size", "rows", "page"),
    [
        (1, 10, list(range(10)), Page(1, 10, 23)),
        (3, 10, [20, 21, 22], Page(3, 10, 23)),
        (4, 10, [], Page(4, 10, 23)),
        (1, 100, list(range(23)), Page(1, 100, 23)),
        (1_000_000, 100, [], Page(1_000_000, 100, 23)),
    ],
)
def test_list_is_cut(number: int, size: int, rows: list[int], page: Page) -> None:
    assert cut(range(23), number, size) == (rows, page)


def test_empty_list_has_no_pages() -> None:
    rows, page = cut([], 1, 10)

    assert (rows, page.total, page.pages) == ([], 0, 0)


@pytest.mark.django_db
class TestQuerySet:
    def test_last_page_needs_no_count(self, django_assert_num_queries: Any) -> None:
        everything = ContentType.objects.order_by("pk")
        total = everything.count()

        with django_assert_num_queries(1):
            rows, page = cut(everything, 1, 100)

        assert (len(rows), page.total) == (total, total)

    def test_full_page_is_counted_up_to_the_bound(self, django_assert_num_queries: Any) -> None:
        everything = ContentType.objects.order_by("pk")

        with django_assert_num_queries(2) as queries:
            _, page = cut(everything, 1, 2, count_up_to=5)

        assert page.total == 5
        assert "LIMIT 5" in queries[1]["sql"]

    def test_page_beyond_the_bound_is_still_shown(self) -> None:
        _, page = cut(ContentType.objects.order_by("pk"), 3, 2, count_up_to=5)

        assert page.total == 6
