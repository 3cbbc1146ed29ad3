"""Every list of the admin, its search, and how many queries they cost with few rows and with many."""

from typing import Any

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
    searched = bool(admin.site._registry[model].search_fields)
    questions = [{}, *({"q": term} for term in TERMS if searched)]
    _make(model, FEW)
    client_is_warm = staff.get(url)  # what is read once a process is not the list's
    assert client_is_warm.status_code == 200
    few = [cost(staff, url, **query)[0] for query in questions]
    _make(model, MANY - FEW)
    many = [cost(staff, url, **query)[0] for query in questions]

    assert many == few
    assert max(many) <= MOST_QUERIES, dict(zip(map(str, questions), many, strict=True))


def _make(model: Any, count: int) -> None:
    for _ in range(count):
        make_row(model) if model is not Group else Group.objects.create(name=f"Group {Group.objects.count()}")


@pytest.mark.parametrize("model", every_list(), ids=name_of)
def test_no_list_counts_all_its_rows(model: Any) -> None:
    page = admin.site._registry[model]

    assert page.show_full_result_count is False or not page.search_fields
    paginator = page.paginator([], 100)
    assert type(paginator).__name__ == BoundedPaginator.__name__
