"""Where mailed links lead when no front end of its own stands before this server: plain pages that call the API.

None does anything until its button is pressed: mail scanners open links, and some run scripts.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def verify_email(request: HttpRequest) -> HttpResponse:
    return _page(request, "accounts/verify_email.html")


@never_cache
@require_safe
def reset_password(request: HttpRequest) -> HttpResponse:
    return _page(request, "accounts/reset_password.html")


@never_cache
@require_safe
def confirm_email(request: HttpRequest) -> HttpResponse:
    return _page(request, "accounts/confirm_email.html")


@never_cache
@require_safe
def keep_email(request: HttpRequest) -> HttpResponse:
    return _page(request, "accounts/keep_email.html")


@never_cache
@require_safe
def invitation(request: HttpRequest) -> HttpResponse:
    return _page(request, "accounts/invitation.html")


@never_cache
@require_safe
def auth_success(request: HttpRequest) -> HttpResponse:
    return _page(request, "accounts/auth_success.html")


def _page(request: HttpRequest, template: str) -> HttpResponse:
    """The page reads the token from its own address and takes it out of there; nothing else may learn it."""
    answer = render(request, template)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


urlpatterns = [
    path("verify-email", verify_email, name="verify_email"),
    path("confirm-email", confirm_email, name="confirm_email"),
    path("keep-email", keep_email, name="keep_email"),
    path("reset-password", reset_password, name="reset_password"),
    path("auth/success", auth_success, name="auth_success"),
    path("invitation", invitation, name="invitation"),
]
