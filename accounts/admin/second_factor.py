"""Second factors: a colleague's own page, the button that takes a lost one away, and the rows without their secrets."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminPasswordWidget

from accounts.admin.decisions import carry_out
from accounts.admin.pages import LookedAt, label, staff_of
from accounts.admin.sign_in import CodeForm, words
from accounts.admin.staff_session import staff_session_of
from accounts.admin.user_forms import WhyForm
from accounts.mfa_totp import Authenticator
from accounts.models import BackupCode, Session, TotpSetup, User
from accounts.selectors.mfa import (
    has_open_setup,
    has_second_factor,
    must_have_second_factor,
    second_factor_of,
)
from accounts.services import mfa
from accounts.services.password_change import confirm_password
from accounts.services.sessions import note_second_factor
from flashspace.base.errors import DomainError


class FirstCodeForm(CodeForm):
    """Whoever finds an unlocked browser must not be able to shut its owner out."""

    password = forms.CharField(
        label="Your password",
        max_length=128,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("password", "code")


@method_decorator(sensitive_post_parameters("code", "password"), name="dispatch")
class OwnSecondFactor(FormView):
    """Set up, move to another device, new backup codes, turn off. Every one takes a code that was not used yet."""

    template_name = "accounts/admin/second_factor.html"

    def get_form_class(self) -> type[CodeForm]:
        return CodeForm if has_second_factor(staff_of(self.request)) else FirstCodeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = staff_of(self.request)
        factor = second_factor_of(user)
        if has_open_setup(user, self._session.pk):
            kwargs["offer"] = mfa.open_totp_setup(user=user, begun_by=self._session.pk)
        return super().get_context_data(factor=factor, is_required=must_have_second_factor(user), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """To begin takes nothing: nothing changes before the first code is there."""
        if request.POST.get("do") != "begin":
            return super().post(request, *args, **kwargs)
        try:
            mfa.begin_totp_setup(user=staff_of(request), begun_by=self._session.pk)
        except DomainError as refusal:
            messages.error(request, words(refusal))
        return HttpResponseRedirect(self._here())

    def form_valid(self, form: Any) -> HttpResponse:
        moves = {"confirm": self._confirm, "move": self._move, "renew": self._renew, "off": self._turn_off}
        move = moves.get(self.request.POST.get("do", ""))
        if move is None:
            return HttpResponseRedirect(self._here())
        try:
            return move(staff_of(self.request), form.cleaned_data)
        except DomainError as error:
            form.add_error("password" if error.field else "code", words(error))
            return self.form_invalid(form)

    def _confirm(self, user: User, given: dict[str, str]) -> HttpResponse:
        if "password" in given:
            confirm_password(user=user, password=given["password"])
        codes = mfa.confirm_totp_setup(user=user, begun_by=self._session.pk, code=given["code"])
        note_second_factor(self._session)
        return self._show_once(codes)

    def _move(self, user: User, given: dict[str, str]) -> HttpResponse:
        mfa.begin_totp_setup(user=user, begun_by=self._session.pk, fresh_code=given["code"])
        return HttpResponseRedirect(self._here())

    def _renew(self, user: User, given: dict[str, str]) -> HttpResponse:
        return self._show_once(mfa.regenerate_backup_codes(user=user, code=given["code"]))

    def _turn_off(self, user: User, given: dict[str, str]) -> HttpResponse:
        mfa.disable_second_factor(user=user, code=given["code"])
        messages.success(self.request, "Two-step sign-in is off")
        return HttpResponseRedirect(reverse("admin:index"))

    def _show_once(self, codes: list[str]) -> HttpResponse:
        context = {**(self.extra_context or {}), "codes": codes}
        return TemplateResponse(self.request, "accounts/admin/second_factor_codes.html", context)

    @property
    def _session(self) -> Session:
        session = staff_session_of(self.request)
        assert session is not None  # the admin's site lets nobody in without
        return session

    def _here(self) -> str:
        return reverse("admin:second_factor")


class SecondFactorOfUser(ModelAdmin):
    """Mixin for a person's page: whether they have one, and the button that takes a lost one away."""

    @display(description="Second step")
    def shown_second_factor(self, user: User) -> str:
        if has_second_factor(user):
            return label("On", "success")
        return label("Missing", "danger") if must_have_second_factor(user) else label("Off")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        buttons = super().get_actions_detail(request, object_id)
        user = self.get_object(request, str(object_id))
        if user is not None and user != request.user and has_second_factor(user):
            return list(buttons)
        return [one for one in buttons if one.path != "reset_second_factor"]

    @action(
        description="Reset 2nd step",
        icon="phonelink_erase",
        variant=ActionVariant.DANGER,
        permissions=["superuser"],
        dialog={
            "title": "Take the second step of this person away?",
            "description": "For a lost phone. Be sure that it is them who ask. All their sessions end and they are "
            "told by mail; staff set it up anew when they sign in.",
            "form_class": WhyForm,
            "form_submit_text": "Reset it",
        },
    )
    def reset_second_factor(self, request: HttpRequest, form: WhyForm, object_id: str) -> HttpResponse:
        user = get_object_or_404(User, pk=object_id)
        said = "The second step is taken away"
        reason = form.cleaned_data["reason"]
        return carry_out(request, user, mfa.reset_second_factor, said=said, user=user, reason=reason)


if admin.site.is_registered(Authenticator):
    admin.site.unregister(Authenticator)


class SecretRowAdmin(LookedAt, ModelAdmin):
    list_display_links = ("user",)
    list_select_related = ("user",)
    list_filter_submit = True
    search_fields = ("user__email",)
    show_full_result_count = False


@admin.register(Authenticator)
class AuthenticatorAdmin(SecretRowAdmin):
    """When and whose; what is inside opens a door."""

    empty = "Nobody has a second step yet. Set up your own first: Two-step sign-in, in the menu of your account."
    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type", ("created_at", RangeDateFilter), ("last_used_at", RangeDateFilter))
    ordering = ("-created_at",)
    fields = (("user", "type"), ("created_at", "last_used_at"))


@admin.register(BackupCode)
class BackupCodeAdmin(SecretRowAdmin):
    empty = "There are no backup codes yet. They are made when somebody sets up a second step."
    list_display = ("user", "created_at", "used_at")
    list_filter = (("created_at", RangeDateFilter), ("used_at", RangeDateFilter))
    ordering = ("-created_at",)
    fields = ("user", ("created_at", "used_at"))


@admin.register(TotpSetup)
class TotpSetupAdmin(SecretRowAdmin):
    empty = "Nobody is setting up a second step. Whoever begins one stands here until the first code is right."
    list_display = ("user", "created_at", "expires_at")
    list_filter = (("expires_at", RangeDateFilter),)
    ordering = ("-created_at",)
    fields = ("user", ("created_at", "expires_at"))
