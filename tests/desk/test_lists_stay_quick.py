"""Every list of the admin, its search, and how many queries they cost with few rows and with many."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from flashspace.base.paging import BoundedPaginator
from tests.factories.accounts import StaffFactory
from tests.factories.rows import make_row

pytestmark = pytest.mark.django_db

FEW, MANY = 3, 60
MOST_QUERIES = 9
TERMS = ("FS-2026-00042", "anshu@example.com", "98765 43210", "27AAPFU0939F1ZV", "anshu prasad")


def every_list() -> list[type[models.Model]]:
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def name_of(model: type[models.Model]) -> str:
    return model._meta.label


def list_url(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


def cost(client: Client, url: str, **query: str) -> tuple[int, Any]:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url, query)
    assert answer.status_code == 200
    return len(queries), answer


@pytest.mark.parametrize("model", every_list(), ids=name_of)
def test_a_list_and_its_search_cost_the_same_for_few_rows_and_for_many(staff: Client, model: Any) -> None:
    url = list_url(model)
    _make(model, FEW)
    assert rows_of(staff.get(url)), "nothing to be shown: what is read once a row would not be seen"
    questions: list[dict[str, str]] = [{}]
    if admin.site._registry[model].search_fields:
        questions += [{"q": term} for term in (*TERMS, term_that_finds(staff, model))]
    few = [cost(staff, url, **query)[0] for query in questions]
    _make(model, MANY - FEW)
    many = [cost(staff, url, **query)[0] for query in questions]

    assert many == few
    assert max(many) <= MOST_QUERIES, dict(zip(map(str, questions), many, strict=True))


def rows_of(answer: Any) -> list[Any]:
    return list(answer.context["cl"].result_list)


def term_that_finds(client: Client, model: Any) -> str:
    """What somebody would type to find a row of this list."""
    row = model._base_manager.latest(model._meta.pk.name)
    for term in dict.fromkeys(_texts(row, depth=2)):
        if rows_of(client.get(list_url(model), {"q": term})):
            return term
    raise AssertionError(f"nothing in {row!r} finds it")


def _texts(row: Any, depth: int) -> Iterator[str]:
    for field in row._meta.concrete_fields:
        value = getattr(row, field.name)
        if isinstance(value, models.Model):
            yield from _texts(value, depth - 1) if depth else ()
        elif isinstance(value, str | UUID) and value:
            yield str(value)


def _make(model: Any, count: int) -> None:
    for _ in range(count):
        make_row(model) if model is not Group else Group.objects.create(name=f"Group {Group.objects.count()}")


@pytest.mark.parametrize("model", every_list(), ids=name_of)
def test_no_list_counts_all_its_rows(model: Any) -> None:
    page = admin.site._registry[model]

    assert page.show_full_result_count is False or not page.search_fields
    paginator = page.paginator([], 100)
    assert isinstance(paginator, BoundedPaginator)
