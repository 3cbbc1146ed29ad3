"""Whether an answer is what a document shows: at least its keys, each of the same JSON type, all the way down."""

import json
from functools import cache
from pathlib import Path
from typing import Any

DOCUMENTED = Path(__file__).with_name("documented.json")


def assert_documented(answer: Any, example: Any, *, empty: tuple[str, ...] = ()) -> None:
    """Every difference in one failure. A list that the example fills must have rows, unless `empty` names its key."""
    differences = [*_differences(answer, example, "answer", empty)]
    assert not differences, "\n".join(differences)


def example_of(method: str, path: str, status: int = 200, *, dialect: str = "flashspace") -> tuple[Any, Any]:
    """The documented request body and the answer with that status. `path` as the document writes it, query and all."""
    found = next(
        one
        for one in documented()
        if (one["dialect"], one["method"], one["path"]) == (dialect, method, path) and str(status) in one["responses"]
    )
    return found["request"], found["responses"][str(status)]


def request_of(method: str, path: str, *, dialect: str) -> Any:
    """The documented request body of an operation whose answer the document does not show."""
    return next(
        one["request"]
        for one in documented()
        if (one["dialect"], one["method"], one["path"]) == (dialect, method, path)
    )


@cache
def documented() -> list[dict[str, Any]]:
    operations: list[dict[str, Any]] = json.loads(DOCUMENTED.read_text(encoding="utf-8"))
    return operations


def _differences(answer: Any, example: Any, where: str, empty: tuple[str, ...]) -> Any:
    if example is None:
        return  # the document does not say of what type it is otherwise
    if _kind(answer) != _kind(example):
        yield f"{where} is {_kind(answer)}, documented as {_kind(example)} ({example!r}, not {answer!r})"
    elif isinstance(example, dict):
        for key, shown in example.items():
            if key not in answer:
                yield f"{where}.{key} is missing"
            else:
                yield from _differences(answer[key], shown, f"{where}.{key}", empty)
    elif isinstance(example, list) and example:
        if not answer and where.rpartition(".")[2] not in empty:
            yield f"{where} is empty, documented with rows"
        for index, row in enumerate(answer):
            yield from _differences(row, example[min(index, len(example) - 1)], f"{where}[{index}]", empty)


def _kind(value: Any) -> str:
    """The JSON type. Numbers are one type, as they are in JavaScript."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    names = {str: "string", dict: "object", list: "array", type(None): "null"}
    return names[type(value)]
