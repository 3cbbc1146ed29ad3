"""A list without rows says what it is for, and what brings the first one or is to be done."""

from html import escape

import pytest
from django.contrib import admin
from django.test import Client

from tests.desk.test_lists_stay_quick import every_list, list_url, name_of

pytestmark = pytest.mark.django_db


def test_every_list_has_words_of_its_own() -> None:
    words = {name_of(model): admin.site._registry[model].empty for model in every_list()}  # type: ignore[attr-defined]
    assert {name for name, said in words.items() if len(said.split()) < 6} == set()
    assert len(set(words.values())) == len(words)


def test_a_list_without_rows_says_its_words(boss: Client) -> None:
    silent, empty = [], 0
    for model in every_list():
        answer = boss.get(list_url(model), {"tab": "all"} if hasattr(admin.site._registry[model], "tab_filter") else {})
        if not answer.context["cl"].result_count:
            empty += 1
            said = escape(admin.site._registry[model].empty)  # type: ignore[attr-defined]
            silent += [] if said in answer.content.decode() else [name_of(model)]
    assert silent == []
    assert empty > 30
