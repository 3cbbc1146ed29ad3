"""What every page of the staff's site must keep to, as checks: one that does not stops `manage.py check`."""

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.management import _get_all_permissions  # type: ignore[attr-defined]
from django.core.checks import CheckMessage, Error
from django.http import HttpRequest
from unfold.checks import UnfoldModelAdminChecks

from flashspace.base.lookups import DeclaredLookups
from flashspace.base.masking import is_secret

# Whose rows a form may delete. Money, evidence, people and listings stay: they are cancelled, ended or put into a bin.
DELETABLE: Final = frozenset({"auth.group", "listings.plan", "listings.spacephoto"})


class PageChecks(UnfoldModelAdminChecks):
    def check(self, admin_obj: Any, **kwargs: Any) -> list[CheckMessage]:
        found = [*super().check(admin_obj, **kwargs)]
        for number, problems in (
            ("E002", _deletes(admin_obj)),
            ("E003", _edits_in_a_list(admin_obj)),
            ("E004", _filters_by_anything(admin_obj)),
            ("E005", _searches_secrets(admin_obj)),
            ("E006", _types_keys(admin_obj)),
            ("E007", _is_silent_when_empty(admin_obj)),
        ):
            found += [Error(problem, obj=type(admin_obj), id=f"flashspace.{number}") for problem in problems]
        return found

    def _check_unfold_action_permission_methods(self, obj: Any) -> list[CheckMessage]:
        """Every permission that a button asks for is one of a model's, or a method of its admin.

        Unfold looks them up in the database, which a new one does not have: `migrate` itself would fail. The models say
        the same without a query.
        """
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


def _deletes(admin_obj: Any) -> Iterator[str]:
    for page, model in _pages(admin_obj):
        if page.has_delete_permission(_by_superuser()) and model._meta.label_lower not in DELETABLE:
            yield f"rows of {model._meta.label_lower} can be deleted by a form"


def _edits_in_a_list(admin_obj: Any) -> Iterator[str]:
    if admin_obj.list_editable:
        yield "list_editable writes rows past the services"


def _filters_by_anything(admin_obj: Any) -> Iterator[str]:
    if type(admin_obj).lookup_allowed is not DeclaredLookups.lookup_allowed:
        yield "an address may filter by any column: mix in flashspace.base.lookups.DeclaredLookups"
    for one in admin_obj.list_filter:
        path = one[0] if isinstance(one, tuple | list) else one
        if isinstance(path, str) and _is_hidden(path):
            yield f"list_filter names {path}"


def _searches_secrets(admin_obj: Any) -> Iterator[str]:
    """`search_fields` is what everybody searches by; get_search_fields may add to it for some."""
    yield from (f"search_fields names {name}" for name in admin_obj.search_fields if _is_hidden(name))


def _types_keys(admin_obj: Any) -> Iterator[str]:
    """A key that can be typed points a form at another row."""
    for page, model in _pages(admin_obj):
        key = model._meta.pk
        request = _by_superuser()
        if key.name in page.get_readonly_fields(request) or not page.has_change_permission(request):
            continue
        if key.editable and key.name in getattr(
            page.get_form(request) if page is admin_obj else page.form, "base_fields", {}
        ):
            yield f"the key {key.name} of {model._meta.label_lower} can be typed"


def _is_silent_when_empty(admin_obj: Any) -> Iterator[str]:
    if not str(getattr(admin_obj, "empty", "")).endswith("."):
        yield "`empty` does not say what the list is for, and what brings its first row or is to be done"


def _pages(admin_obj: Any) -> Iterator[tuple[Any, Any]]:
    yield admin_obj, admin_obj.model
    for inline in admin_obj.get_inline_instances(_by_superuser()):
        yield inline, inline.model


def _is_hidden(path: str) -> bool:
    return any(is_secret(part) or part.endswith("_hash") for part in path.lstrip("=^@").split("__"))


def _by_superuser() -> HttpRequest:
    request = HttpRequest()
    request.user = get_user_model()(is_active=True, is_staff=True, is_superuser=True)
    return request
