"""docs/dialects.md has a first hour for every dialect, of calls that there are."""

import re
from collections.abc import Iterator

from flashspace.dialects import DIALECTS
from flashspace.env.names import ROOT
from tests.nets.routes import find_routes

PAPER = (ROOT / "docs/dialects.md").read_text(encoding="utf-8")


def shell_calls() -> Iterator[tuple[str, str]]:
    """Method and path of every curl. What the shell puts in stands for an id."""
    for block in re.findall(r"```bash\n(.*?)```", PAPER, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            if call := re.search(r"\bcurl (.*?)localhost:8000(/[^\s\"?]*)(.*)", line):
                before, path, after = call.groups()
                method = re.search(r"-X (\w+)", before + after)
                implied = "POST" if " -d " in before + after else "GET"
                yield (method[1] if method else implied), re.sub(r"\$\(?\w+\)?", "x", path)


def test_every_dialect_has_its_first_hour() -> None:
    assert set(re.findall(r"^## (\w+):", PAPER, re.MULTILINE)) == set(DIALECTS)


def test_every_call_it_shows_is_a_route() -> None:
    routes = [
        (route.method, re.compile(re.sub(r"<[^>]+>", "[^/]+", route.path)))
        for route in find_routes()
        if route.kind == "api"
    ]
    shown = [*shell_calls()]
    assert len(shown) == PAPER.count("curl "), "a line that this test does not understand"
    told = re.findall(r"`([A-Z]+) (/[^`\s]*)`", PAPER)
    missing = [
        f"{method} {path}"
        for method, path in shown + told
        if not any(method == known and pattern.fullmatch(path) for known, pattern in routes)
    ]
    assert missing == []
