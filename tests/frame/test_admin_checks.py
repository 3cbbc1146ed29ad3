from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from unfold.admin import ModelAdmin
from unfold.checks import UnfoldModelAdminChecks
from unfold.decorators import action

from accounts.models import User
from flashspace.admin import FlashSpaceAdminSite
from flashspace.admin_checks import PageChecks
from tests.live import manage


def checked(*permissions: str) -> list[str]:
    class UserAdmin(ModelAdmin):
        actions_detail = ("press",)

        @action(description="Press", permissions=list(permissions))
        def press(self, request: Any, object_id: Any) -> None:
            """A button."""

    found = PageChecks()._check_unfold_action_permission_methods(UserAdmin(User, admin.site))
    return [error.msg for error in found]


@pytest.mark.parametrize("name", ["accounts.change_user", "change"])
def test_permission_of_a_model_and_method_of_the_admin_are_known(name: str) -> None:
    assert checked(name) == []


@pytest.mark.parametrize("name", ["accounts.fly", "nowhere.change_user", "fly"])
def test_permission_that_nobody_has_is_an_error(name: str) -> None:
    assert checked(name) == [f"no permission {name}"]


def test_no_registered_admin_is_checked_with_the_database() -> None:
    assert admin.site.__class__ is FlashSpaceAdminSite
    assert UnfoldModelAdminChecks not in {found.checks_class for found in admin.site._registry.values()}


def test_a_new_database_can_be_migrated(tmp_path: Path) -> None:
    migrated = manage("migrate", "--verbosity", "0", DATA_DIR=str(tmp_path))
    assert (migrated.returncode, migrated.stderr) == (0, "")
