"""What stands on a page, read from its HTML: each piece of text with the link that it is in."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
SILENT = frozenset({"script", "style", "template", "noscript"})


class Text(NamedTuple):
    """`url` is empty for what is no link; `tags` are the elements around it, each with its #id and .classes."""

    words: str
    url: str
    tags: tuple[str, ...]

    def is_in(self, *names: str) -> bool:
        """Whether an element around it is one of these: a tag, an #id or a .class."""
        return any(name in tag.split() for tag in self.tags for name in names)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str, str]] = []
        self.texts: list[Text] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = dict(attrs)
        names = [f".{name}" for name in (given.get("class") or "").split()]
        self.open.append((tag, " ".join((tag, f"#{given.get('id')}", *names)), given.get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        """Up to where it began: what is left open inside ends with it."""
        places = [place for place, one in enumerate(self.open) if one[0] == tag]
        if places:
            del self.open[places[-1] :]

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if words and not any(tag in SILENT for tag, _, _ in self.open):
            url = next((href for tag, _, href in reversed(self.open) if tag == "a"), "")
            self.texts.append(Text(words, url, tuple(shown for _, shown, _ in self.open)))


def texts_of(html: str, *within: str) -> Iterator[Text]:
    """In the order of the page. `within`: only what is in one of these tags, #ids or .classes."""
    reader = _Reader()
    reader.feed(html)
    return (text for text in reader.texts if not within or text.is_in(*within))
