"""What a page in the browser shows, and what is wrong with it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.apps import apps

from tests.chromium import PHONE, WIDE

# Text of hidden tabs and closed dialogs counts: somebody will open them. What machines wrote stands in pre or code.
READ: Final = """() => {
  const silent = 'script, style, template, noscript, textarea, pre, code, .material-symbols-outlined';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    if (text && !node.parentElement.closest(silent)) texts.push(text);
  }
  // What stands in a field is read like any text; a day in a field of the browser's own has the order of its language.
  const filled = 'input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=password])';
  texts.push(...[...document.querySelectorAll(filled)].map(one => one.value.trim()).filter(text => text));
  const named = field => field.getAttribute('aria-label') || field.getAttribute('aria-labelledby') || field.title
    || field.placeholder || [...(field.labels || [])].map(one => one.textContent.trim()).join('');
  const fields = 'input:not([type=hidden]):not([type=submit]):not([type=button]), select, textarea';
  const shown = one => one.checkVisibility() && one.getBoundingClientRect().width > 1;
  return {
    title: document.title.trim(),
    texts,
    source: document.documentElement.outerHTML,
    blind: [...document.images].filter(one => !one.hasAttribute('alt')).map(one => one.outerHTML.slice(0, 160)),
    nameless: [...document.querySelectorAll(fields)].filter(one => shown(one) && !named(one))
      .map(one => one.outerHTML.slice(0, 160)),
    links: [...document.querySelectorAll('a[href]')].map(one => ({
      to: one.getAttribute('href'),
      is_file: one.target === '_blank' || one.hasAttribute('download'),
      opens_dialog: one.hasAttribute('hx-get'),
    })),
    lang: document.documentElement.lang,
    days: [...document.querySelectorAll('input[type=date], input[type^=datetime], input[type=month]')]
      .map(one => one.outerHTML.slice(0, 160)),
  };
}"""
TOO_WIDE: Final = """() => {
  const width = document.documentElement.clientWidth;
  const wide = document.documentElement.scrollWidth;
  if (wide <= width) return '';
  const fits = one => one.getBoundingClientRect().right <= width + 1;
  const first = [...document.querySelectorAll('body *')].find(one => one.checkVisibility() && !fits(one)
    && [...one.children].every(fits));
  return `${wide} points wide on a phone of ${width}` + (first ? `: ${first.outerHTML.slice(0, 160)}` : '');
}"""

# Never meant for people, wherever it stands.
ODD: Final = {
    "an empty value": re.compile(r"^\W*(None|undefined|NaN|null)\W*$|: None\b"),
    "a Python object": re.compile(r"<[\w.]+ object|<class '|object at 0x|<QuerySet|\b(Decimal|UUID|datetime\.\w+)\("),
    "a tuple, list or dict": re.compile(r"[(\[{]'[^']*'(, |: |,?[)\]}])"),
    "markup": re.compile(r"</?(a|b|br|div|i|li|p|small|span|td|ul)\b[^<>]*>|&(amp|lt|gt|quot|#\d+);"),
    "a template's tag": re.compile(r"\{\{ |\{% |%\(\w+\)[sd]|\[object Object\]"),
    "a machine's time": re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d"),
    "an American date": re.compile(
        r"\b[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}\b|\d [ap]\.m\.|\b(0?\d|1[0-2])/(1[3-9]|2\d|3[01])/\d{4}\b"
    ),
    "money without Indian commas": re.compile(r"₹ ?-?(\d{4,}|\d+,\d{3},\d{3})"),
}
SECRET: Final = {
    "a password's hash": re.compile(r"\b(pbkdf2_sha256|argon2\w*|bcrypt\w*|scrypt)\$"),
    "a token": re.compile(r"\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
}


def raw_words() -> frozenset[str]:
    """Stored values of choices that nobody would write so: pending_kyc and the like."""
    fields = (field for model in apps.get_models() for field in model._meta.get_fields())
    choices = (one for field in fields for one in getattr(field, "flatchoices", ()))
    return frozenset(str(value) for value, label in choices if "_" in str(value) and str(value) != str(label))


def read(page: Any) -> dict[str, Any]:
    facts: dict[str, Any] = page.evaluate(READ)
    return facts


def check(facts: dict[str, Any], *, raw: Iterable[str] = (), secrets: Iterable[str] = ()) -> Iterator[str]:
    if not facts["title"]:
        yield "it has no title"
    if not facts["lang"]:
        yield "it does not say its language"
    yield from (f"a picture without words: {one}" for one in facts["blind"])
    yield from (f"a field without a label: {one}" for one in facts["nameless"])
    yield from (f"a day as the browser's language has it: {one}" for one in facts["days"])
    for text in facts["texts"]:
        yield from (f"{what}: {text[:120]}" for what, odd in ODD.items() if odd.search(text))
        yield from (f"an untranslated value: {text[:120]}" for one in raw if text == one)
    for what, pattern in SECRET.items():
        if pattern.search(facts["source"]):
            yield f"{what} stands in it"
    yield from (f"a secret of the database stands in it: {one[:6]}…" for one in secrets if one in facts["source"])


def check_on_a_phone(page: Any) -> Iterator[str]:
    page.set_viewport_size(PHONE)
    if wide := page.evaluate(TOO_WIDE):
        yield f"it scrolls sideways: {wide}"
    page.set_viewport_size(WIDE)
