"""Unfold looks the permissions of buttons up in the database, which a new one does not have: `migrate` itself would
fail. The models say the same without a query."""

from typing import Any

from django.apps import apps
from django.contrib.auth.management import _get_all_permissions  # type: ignore[attr-defined]
from django.core.checks import CheckMessage, Error
from unfold.checks import UnfoldModelAdminChecks


class ButtonChecks(UnfoldModelAdminChecks):
    def _check_unfold_action_permission_methods(self, obj: Any) -> list[CheckMessage]:
        """Every permission that a button asks for is one of a model's, or a method of its admin."""
        known = known_permissions()
        buttons = [
            *obj._get_base_actions_list(),  # noqa: SLF001
            *obj._get_base_actions_detail(),  # noqa: SLF001
            *obj._get_base_actions_row(),  # noqa: SLF001
            *obj._get_base_actions_submit_line(),  # noqa: SLF001
        ]
        wanted = {name for button in buttons for name in getattr(button.method, "allowed_permissions", ())}
        missing = {name for name in wanted if name not in known and not hasattr(obj, f"has_{name}_permission")}
        return [Error(f"no permission {name}", obj=type(obj), id="flashspace.E001") for name in sorted(missing)]


def known_permissions() -> set[str]:
    return {
        f"{model._meta.app_label}.{codename}"
        for model in apps.get_models()
        for codename, _ in _get_all_permissions(model._meta)
    }
