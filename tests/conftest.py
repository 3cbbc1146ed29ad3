"""Fixtures that every test may use."""

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
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
from tests.contract.checked import answers_are_as_documented

__all__ = ["answers_are_as_documented"]  # holds for every answer in every test

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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many cells of the matrix were asked. A worker's reports carry it, and nets' own conftest is not read here."""
    counts: Counter[str] = Counter()
    for report in (one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, ())):
        if report.when == "call":
            counts.update({name: count for name, count in report.user_properties if name.startswith("cells of ")})
    if counts:
        parts = ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items()))
        terminalreporter.write_line(f"matrix: {counts.total():,} cells asked ({parts})")


def pytest_sessionfinish() -> None:
    if Path(settings.DATA_DIR).name.startswith("flashspace-test-"):
        shutil.rmtree(settings.DATA_DIR, ignore_errors=True)
