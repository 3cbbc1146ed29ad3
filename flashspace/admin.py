from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from unfold.checks import UnfoldModelAdminChecks
from unfold.sites import UnfoldAdminSite

from flashspace.admin_checks import PageChecks
from flashspace.base.context import viewer
from flashspace.base.errors import DomainError
from flashspace.search.site import DeskSite


class FlashSpaceAdminSite(DeskSite, UnfoldAdminSite):
    """The staff's site; every app registers its models with it."""

    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff whose session's row is live; without the second factor that they need there is none."""
        from accounts.admin.staff_session import staff_session_of

        return super().has_permission(request) and staff_session_of(request) is not None

    def get_urls(self) -> list[Any]:
        own = [
            path("login/code/", self._open("sign_in", "CodeStep", title="Second step"), name="login_code"),
            path(
                "login/setup/", self._open("sign_in", "SetupStep", title="Set up the second step"), name="login_setup"
            ),
            path(
                "second-factor/",
                self.admin_view(self._open("second_factor", "OwnSecondFactor", title="Two-step sign-in")),
                name="second_factor",
            ),
        ]
        return [*own, *super().get_urls()]

    def admin_view(self, view: Callable[..., HttpResponseBase], cacheable: bool = False) -> Any:
        return super().admin_view(self._with_way_back(_with_good_ids(view)), cacheable)

    def _with_way_back(self, view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        """Whoever of the staff comes to nothing stays at the desk. Strangers were sent to sign in before."""

        @wraps(view)
        def look(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except Http404:
                request.current_app = self.name
                context = {**self.each_context(request), "title": "Not found", "back": _came_from(request)}
                return TemplateResponse(request, "admin/404.html", context, status=HTTPStatus.NOT_FOUND)

        return look

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The first step: address and password, under a budget of its own."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse(f"{self.name}:index"))
        context = {"title": "Sign in", "app_path": request.get_full_path(), **(extra_context or {})}
        return self._open("sign_in", "PasswordStep", **context)(request)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        from accounts.admin import staff_session

        if request.method == "POST":
            staff_session.end(request)
        return super().logout(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """By the same service as in the API, which ends the sessions and tells the owner."""
        return self._open("sign_in", "OwnPasswordPage", **(extra_context or {}))(request)

    def _open(self, module: str, page: str, **context: Any) -> Callable[[HttpRequest], HttpResponseBase]:
        """A page of accounts.admin in the site's frame.

        Not imported before it is asked for: apps register with the site, so it must be there before they load.
        """

        @never_cache
        def view(request: HttpRequest) -> HttpResponseBase:
            kind = getattr(import_module(f"accounts.admin.{module}"), page)
            request.current_app = self.name
            answer: HttpResponseBase = kind.as_view(extra_context={**self.each_context(request), **context})(request)
            return answer

        return view

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        super().register(model_or_iterable, admin_class, **options)
        models: Iterable[type[Model]] = (
            model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        )
        for model in models:
            registered = self._registry.get(model)  # none where a project's own model took the place, as for User
            self.quicken(registered)
            if registered is not None and registered.checks_class is UnfoldModelAdminChecks:
                registered.checks_class = PageChecks


def _with_good_ids(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A button of a row that is not there answers 404, after it has been asked who presses it.

    Buttons look their row up by themselves, or not before their dialog is sent.
    """

    @wraps(view)
    def check(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        viewer.set(request.user)
        try:
            answer = view(request, *args, **kwargs)
        except (ValidationError, ValueError, ObjectDoesNotExist, DomainError):
            if _is_missing(view, kwargs.get("object_id")):
                raise Http404 from None
            raise
        if answer.status_code == HTTPStatus.OK and _is_missing(view, kwargs.get("object_id")):
            raise Http404
        return answer

    return check


def _came_from(request: HttpRequest) -> str:
    """Another page of the desk, by what the browser says."""
    before = urlsplit(request.META.get("HTTP_REFERER", ""))
    is_ours = before.netloc == request.get_host() and before.path.startswith(reverse("admin:index"))
    if not is_ours or before.path == request.path:
        return ""
    return f"{before.path}?{before.query}" if before.query else before.path


def _is_missing(view: Callable[..., HttpResponseBase], object_id: Any) -> bool:
    """Whether this is a button of a row and there is no such row."""
    if object_id is None or not hasattr(view, "original_function_name"):
        return False
    rows = view.__self__.model._default_manager  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        return not rows.filter(pk=object_id).exists()
    except (ValidationError, ValueError):
        return True
