"""Opening the desk, and reading from it what a colleague reads."""

import re
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from flashspace.dashboard.cards import Figure
from tests.factories.accounts import StaffFactory

NOON = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)  # twelve o'clock in India
MONEY, NEWCOMERS, FUNNEL, OCCUPANCY = "money", "newcomers", "funnel", "occupancy"


def colleague(*permissions: str) -> User:
    """Staff with permissions as `app.codename`."""
    user = StaffFactory()
    for name in permissions:
        app, codename = name.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def forget_figures() -> None:
    """As a minute does. Only this worker's keys: a Redis is everybody's."""
    if not settings.REDIS_URL:
        cache.clear()
        return
    redis = cache._cache.get_client(write=True)  # type: ignore[attr-defined]
    if mine := list(redis.scan_iter(match=f"{settings.CACHES['default']['KEY_PREFIX']}:*")):
        redis.delete(*mine)


def open_desk(client: Client, **query: str) -> Any:
    """The page, made afresh."""
    forget_figures()
    answer = client.get(reverse("admin:index"), query)
    assert answer.status_code == 200
    return answer


def count_rows(client: Client, url: str) -> int:
    """How many rows the list behind a link has."""
    answer = client.get(url)
    assert answer.status_code == 200, (answer.status_code, url)
    count: int = answer.context["cl"].result_count
    return count


def figures_of(answer: Any) -> list[Figure]:
    """Every figure of the page that counts rows."""
    page = answer.context
    found = [card.figure for card in page["waiting"]]
    if page[MONEY]:
        found += [row.figure for row in (*page[MONEY]["rows"], page[MONEY]["whole"])]
    if page[NEWCOMERS]:
        found += [*page[NEWCOMERS]["figures"], page[NEWCOMERS]["whole"]]
    found += [row.figure for row in page[FUNNEL] or ()]
    if page[OCCUPANCY]:
        found += [row.figure for rows in page[OCCUPANCY].values() for row in rows]
    return found


def words_of(answer: Any) -> str:
    """The page's texts in one line, without its marks."""
    body = answer.content.decode()
    main = body[body.index('class="desk"') :]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())
