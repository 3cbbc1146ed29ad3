"""Fixtures that every test may use."""

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.auth import user_logged_in
from django.core.cache import cache
from django.db import connection
from django.dispatch import receiver
from django.http import HttpRequest
from pytest_django.plugin import DjangoDbBlocker

from accounts.admin.staff_session import KEY
from accounts.clients import Client as SignInClient
from accounts.models import User
from accounts.services.sessions import open_staff_session
from tests import chromium
from tests.contract.checked import answers_are_as_documented

__all__ = ["answers_are_as_documented"]  # holds for every answer in every test

TIME_OF = "time of"
PARTS = {"chaos": "fault suite", "net": "nets", "race": "races"}
FRESH_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """What one test counted or remembered is nothing to the next."""
    if not settings.REDIS_URL:
        cache.clear()
        return
    # clear() would empty the whole Redis, under the other workers' feet.
    redis = cache._cache.get_client(write=True)  # type: ignore[attr-defined]
    if mine := list(redis.scan_iter(match=f"{settings.CACHES['default']['KEY_PREFIX']}:*")):
        redis.delete(*mine)


@receiver(user_logged_in)
def _force_login_is_a_whole_sign_in(request: HttpRequest, user: User, **_: object) -> None:
    """`client.force_login` makes a bare request: it stands for password, second factor and a live session."""
    if "REMOTE_ADDR" not in request.META and user.is_staff and user.is_active:
        client = SignInClient(network="127.0.0.1", user_agent="force_login", dialect="admin")
        request.session[KEY] = str(open_staff_session(user=user, client=client, has_shown_factor=True).pk)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A headless Chromium. Where there is none the test is skipped, but never in CI."""
    chromium.skip_without()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs a loop of its own in this thread
    with chromium.start() as browser:
        yield browser


@pytest.fixture(scope="session")
def race_rounds() -> int:
    """How often a race is run: 5 by default, 20 by `make races`."""
    return int(os.environ.get("RACE_ROUNDS", "5"))


def pytest_make_parametrize_id(val: object) -> str | None:
    """A fresh id must not be part of a test's name: workers would not agree on what there is to run."""
    text = str(val) if isinstance(val, str | UUID) else ""
    return FRESH_ID.sub("ID", text) if FRESH_ID.search(text) else None


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What a test killed leaves a session that PostgreSQL notices late; it may not keep the database from going."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A worker's reports carry what the summary adds up."""
    for item in items:
        part = next((name for mark, name in PARTS.items() if item.get_closest_marker(mark)), "the rest")
        item.user_properties.append((TIME_OF, part))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """How many cells of the matrix were asked, and what each part took: nets' conftest is not read here."""
    cells: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for report in (one for kind in ("passed", "failed", "") for one in terminalreporter.stats.get(kind, ())):
        known = dict(report.user_properties)
        seconds[str(known.get(TIME_OF))] += report.duration
        if report.when == "call":
            cells.update({name: count for name, count in known.items() if name.startswith("cells of ")})
    if cells:
        parts = ", ".join(f"{count:,} {name}" for name, count in sorted(cells.items()))
        terminalreporter.write_line(f"matrix: {cells.total():,} cells asked ({parts})")
    workers = int(getattr(config.option, "numprocesses", None) or 1)
    shares = ", ".join(f"{name} {spent / workers / 60:.1f}" for name, spent in seconds.most_common())
    terminalreporter.write_line(f"minutes on {workers} at once: {shares}")


def pytest_sessionfinish() -> None:
    if Path(settings.DATA_DIR).name.startswith("flashspace-test-"):
        shutil.rmtree(settings.DATA_DIR, ignore_errors=True)
