"""The sidebar: everything there is, once; only doors that open; and how many wait behind them."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.dashboard.desk import NOON, client_of, colleague, forget_figures
from tests.dashboard.rows import put_case, put_mail

pytestmark = pytest.mark.django_db


def groups_of(client: Client, url: str) -> dict[str, list[dict[str, Any]]]:
    forget_figures()
    answer = client.get(url)
    assert answer.status_code == 200
    return {group["title"]: group["items"] for group in answer.context["sidebar_navigation"]}


def test_every_model_of_the_admin_has_one_door(client: Client) -> None:
    groups = groups_of(client, reverse("admin:index"))
    doors = [item["link"] for title, items in groups.items() if title != "Desk" for item in items]
    models = [model for model in apps.get_models() if admin.site.is_registered(model)]
    lists = {
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in models
        if model._meta.label not in HIDDEN
    }
    assert (set(doors) ^ lists, len(doors)) == (set(), len(lists))
    assert list(groups)[:6] == ["Desk", "Customers", "Catalogue", "Bookings", "Money", "Operations"]


HIDDEN: set[str] = set()  # models that are only ever reached through another


def test_no_two_doors_have_one_name(client: Client) -> None:
    titles = [item["title"] for items in groups_of(client, reverse("admin:index")).values() for item in items]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []


def test_door_says_how_many_wait(client: Client) -> None:
    for _ in range(3):
        put_case(NOON)
    put_mail(NOON)
    desk = groups_of(client, reverse("admin:index"))["Desk"]
    assert {item["title"]: item.get("badge") for item in desk if item.get("badge")} == {
        "KYC cases": "3",
        "Failed mails": "1",
    }


def test_colleague_sees_only_doors_that_open() -> None:
    groups = groups_of(client_of(colleague("accounts.view_mail")), reverse("admin:index"))
    assert {title: [item["title"] for item in items] for title, items in groups.items()} == {
        "Desk": ["Overview", "Failed mails"],
        "Operations": ["Mails"],
    }


def test_door_is_marked_where_one_is(client: Client) -> None:
    def marked(url: str) -> list[str]:
        return [item["title"] for items in groups_of(client, url).values() for item in items if item["active"]]

    mails = reverse("admin:accounts_mail_changelist")
    assert marked(reverse("admin:index")) == ["Overview"]
    assert marked(mails) == ["Mails"]
    assert marked(f"{mails}?status__exact=dead") == ["Failed mails"]
    assert marked(f"{mails}?status__exact=sent") == ["Mails"]
    assert marked(reverse("admin:accounts_mail_change", args=[put_mail(NOON).pk])) == ["Mails"]
