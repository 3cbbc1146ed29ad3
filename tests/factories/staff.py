"""Colleagues as the groups of the migrations make them."""

from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader

from accounts.models import User
from tests.factories.accounts import StaffFactory


def make_groups() -> None:
    """What the migrations made, again: a test with real transactions leaves no row of theirs behind."""
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    editor = SimpleNamespace(connection=connection)
    for (app, _), migration in sorted(migrations.items()):
        if app == "flashspace":
            for operation in migration.operations:
                assert isinstance(operation, RunPython)
                operation.code(apps, editor)  # type: ignore[arg-type]  # all that it asks an editor for


def make_member(group: str, **fields: Any) -> User:
    """Somebody of staff who is in this one group."""
    if not Group.objects.filter(name=group).exists():
        make_groups()
    user = StaffFactory(**fields)
    user.groups.add(Group.objects.get(name=group))
    return user
