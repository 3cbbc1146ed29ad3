"""What a success looks like, dialect by dialect: whole bodies."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flashspace.dialects import FLASHSPACE, NAKKSHA, NANO, RENTO, SHARED, WORKSPACE
from flashspace.dialects.base import Dialect, Page, Reply

AT = datetime(2026, 1, 5, 15, 30, 0, 123_456, tzinfo=UTC)
STAMP = "2026-01-05T15:30:00.123Z"
PAGE = Page(number=2, size=10, total=35)
ROWS = [{"_id": "a"}, {"_id": "b"}]

OBJECT = Reply({"_id": "a"}, "Made")
WORDS = Reply(message="Done")
NOTHING = Reply()
LIST = Reply(ROWS)
PAGED = Reply(ROWS, page=PAGE)
NAMED = Reply({"things": ROWS}, page=PAGE)
FLAT = Reply(message="Welcome", flat={"user": {"id": "1"}, "accessToken": "t"})

CASES: list[tuple[Dialect, Reply, dict[str, Any]]] = [
    (FLASHSPACE, OBJECT, {"success": True, "message": "Made", "data": {"_id": "a"}}),
    (FLASHSPACE, WORDS, {"success": True, "message": "Done"}),
    (FLASHSPACE, NOTHING, {"success": True}),
    (FLASHSPACE, LIST, {"success": True, "data": ROWS}),
    (FLASHSPACE, PAGED, {"success": True, "data": ROWS, "pagination": {"total": 35, "page": 2, "pages": 4}}),
    (FLASHSPACE, FLAT, {"success": True, "message": "Welcome", "user": {"id": "1"}, "accessToken": "t"}),
    (RENTO, OBJECT, {"success": True, "message": "Made", "data": {"_id": "a"}, "timestamp": STAMP}),
    (RENTO, WORDS, {"success": True, "message": "Done", "data": None, "timestamp": STAMP}),
    (RENTO, LIST, {"success": True, "message": "OK", "data": ROWS, "timestamp": STAMP}),
    (
        RENTO,
        NAMED,
        {
            "success": True,
            "message": "OK",
            "data": {"things": ROWS, "total": 35, "page": 2, "per_page": 10, "pages": 4},
            "timestamp": STAMP,
        },
    ),
    (NANO, OBJECT, {"message": "Made", "_id": "a"}),
    (NANO, WORDS, {"message": "Done"}),
    (NANO, NAMED, {"things": ROWS, "total": 35, "page": 2, "per_page": 10, "pages": 4}),
    (NANO, LIST, {"data": ROWS}),
    (NANO, FLAT, {"message": "Welcome", "user": {"id": "1"}, "accessToken": "t"}),
    (NAKKSHA, OBJECT, {"message": "Made", "data": {"_id": "a"}}),
    (NAKKSHA, WORDS, {"message": "Done"}),
    (
        NAKKSHA,
        NAMED,
        {
            "data": {
                "things": ROWS,
                "pagination": {
                    "page": 2,
                    "limit": 10,
                    "totalCount": 35,
                    "totalPages": 4,
                    "hasNextPage": True,
                    "hasPrevPage": True,
                },
            }
        },
    ),
    (NAKKSHA, Reply({"a": 1}, flat={"success": True}), {"success": True, "data": {"a": 1}}),
    (WORKSPACE, OBJECT, {"data": {"_id": "a"}, "message": "Made"}),
    (WORKSPACE, WORDS, {"data": None, "message": "Done"}),
    (WORKSPACE, PAGED, {"data": ROWS, "total": 35, "page": 2, "limit": 10, "totalPages": 4}),
    (WORKSPACE, FLAT, {"message": "Welcome", "user": {"id": "1"}, "accessToken": "t"}),
    (SHARED, OBJECT, {"message": "Made", "data": {"_id": "a"}}),
    (SHARED, FLAT, {"message": "Welcome", "user": {"id": "1"}, "accessToken": "t"}),
]


@pytest.mark.parametrize(("dialect", "reply", "body"), CASES)
def test_success_has_the_documented_body(dialect: Dialect, reply: Reply, body: dict[str, Any]) -> None:
    assert dialect.wrap(reply, AT) == body


@pytest.mark.parametrize(("total", "size", "pages"), [(0, 10, 0), (1, 10, 1), (10, 10, 1), (11, 10, 2), (35, 1, 35)])
def test_pages_are_counted_whole(total: int, size: int, pages: int) -> None:
    assert Page(1, size, total).pages == pages


def test_page_block_of_nakksha_knows_the_ends() -> None:
    first = NAKKSHA.wrap(Reply({}, page=Page(1, 10, 11)), AT)["data"]["pagination"]
    last = NAKKSHA.wrap(Reply({}, page=Page(2, 10, 11)), AT)["data"]["pagination"]

    assert (first["hasNextPage"], first["hasPrevPage"]) == (True, False)
    assert (last["hasNextPage"], last["hasPrevPage"]) == (False, True)
