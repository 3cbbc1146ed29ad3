"""On a person's page: the buttons of whoever helps them in, ends what is open, or looks at what they see."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.enums import ActionVariant

from accounts.admin.decisions import carry_out
from accounts.admin.pages import close_dialog, page_of
from accounts.admin.staff_session import staff_session_of
from accounts.admin.user_forms import LookForm, WhyForm
from accounts.exceptions import SessionEnded
from accounts.models import User
from accounts.policies import can_impersonate, can_sign_out, can_unlock
from accounts.services import users
from accounts.services.support_views import start_view
from flashspace.base.errors import DomainError

# Buttons with a right of their own; the others go with the right to change the account.
RULES: dict[str, Callable[[User, User], bool]] = {
    "unlock": can_unlock,
    "end_sessions": can_sign_out,
    "see_as": can_impersonate,
}


class AccessOfUser(ModelAdmin):
    """Mixin for a person's page."""

    @action(
        description="Unlock",
        icon="lock_open",
        permissions=["accounts.unlock_user"],
        dialog={
            "title": "Forget this person's wrong codes and passwords?",
            "description": "Be sure that it is them who ask. A lock on their e-mail or phone is lifted; they ask for a "
            "code anew.",
            "form_class": WhyForm,
            "form_submit_text": "Unlock",
        },
    )
    def unlock(self, request: HttpRequest, form: WhyForm, object_id: str) -> HttpResponse:
        user = get_object_or_404(User, pk=object_id)
        reason = form.cleaned_data["reason"]
        return carry_out(request, user, users.unlock_user, said=_unlocked, user=user, reason=reason)

    @action(
        description="Sign out",
        icon="logout",
        permissions=["accounts.sign_out_user"],
        dialog={
            "title": "End all sessions of this person?",
            "description": "At once, on every device, out of the admin too. They may sign in again.",
            "form_class": WhyForm,
            "form_submit_text": "End them",
        },
    )
    def end_sessions(self, request: HttpRequest, form: WhyForm, object_id: str) -> HttpResponse:
        user = get_object_or_404(User, pk=object_id)
        said = "Signed out everywhere"
        return carry_out(request, user, users.end_sessions_of, said=said, user=user, reason=form.cleaned_data["reason"])

    @action(
        description="See as customer",
        icon="visibility",
        variant=ActionVariant.WARNING,
        permissions=["accounts.impersonate_user"],
        dialog={
            "title": "See what this customer sees?",
            "description": "For 15 minutes, read only, with your second step shown. They find it among their sessions, "
            "colleagues in the audit log.",
            "form_class": LookForm,
            "form_submit_text": "Look",
        },
    )
    def see_as(self, request: HttpRequest, form: LookForm, object_id: str) -> HttpResponse:
        user = get_object_or_404(User, pk=object_id)
        session = staff_session_of(request)
        try:
            if session is None:
                raise SessionEnded
            view = start_view(customer=user, staff_session=session, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            return close_dialog(request, page_of(user), refusal=refusal)
        return HttpResponse(headers={"HX-Redirect": reverse("admin:see_as", args=[view.pk])})

    def allowed_buttons(self, buttons: list[Any], viewer: User, user: User) -> list[Any]:
        """Without those that would be refused."""
        return [one for one in buttons if one.path not in RULES or RULES[one.path](viewer, user)]


def _unlocked(was_locked: bool) -> str:
    return "Unlocked: wrong codes and passwords are forgotten" if was_locked else "Nothing was counted against them"
