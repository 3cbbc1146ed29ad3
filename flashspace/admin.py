from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from unfold.checks import UnfoldModelAdminChecks
from unfold.sites import UnfoldAdminSite

from flashspace.admin_checks import ButtonChecks


class FlashSpaceAdminSite(UnfoldAdminSite):
    """The staff's site; every app registers its models with it."""

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """Under the budgets of the API's sign-in."""
        # Not at import and not by unfold's setting: apps register with the site, so it must be there before they load.
        from accounts.admin.sign_in import LoginForm

        self.login_form = LoginForm
        return super().login(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """By the same service as in the API, which ends the sessions and tells the owner."""
        from django.contrib.auth.views import PasswordChangeView

        from accounts.admin.sign_in import OwnPasswordForm

        view = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse(f"{self.name}:password_change_done", current_app=self.name),
            template_name=self.password_change_template or "registration/password_change_form.html",
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        request.current_app = self.name
        return view(request)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        super().register(model_or_iterable, admin_class, **options)
        models: Iterable[type[Model]] = (
            model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        )
        for model in models:
            registered = self._registry.get(model)  # none where a project's own model took the place, as for User
            if registered is not None and registered.checks_class is UnfoldModelAdminChecks:
                registered.checks_class = ButtonChecks
