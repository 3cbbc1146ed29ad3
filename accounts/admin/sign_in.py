"""The staff's sign-in and their own password, by the same services as in the API and with budgets of its own.

First the password. Whoever needs a second factor is then remembered as waiting, in a session that belongs to nobody:
Django signs them in when the code is right, and not before.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.views import LoginView, PasswordChangeView, RedirectURLMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin import staff_session
from accounts.admin.staff_session import staff_session_of
from accounts.api.clients import client_from
from accounts.exceptions import BadCredentials, WrongPassword
from accounts.models import User
from accounts.selectors.mfa import has_second_factor, needs_second_factor
from accounts.selectors.sessions import STAFF
from accounts.services import mfa, password_change
from accounts.services.sessions import renew_staff_session
from accounts.services.sign_in import check_credentials, keep_fresh_hash
from flashspace.base.clock import now
from flashspace.base.errors import DomainError, RateLimited
from flashspace.base.models import new_id
from flashspace.base.text import normalize_email
from flashspace.dialects import limits

ADDRESS_BUDGET = "accounts.staff_signin"
WAITING = "waiting_for_second_factor"
WAITS_FOR = timedelta(minutes=10)


class LoginForm(AuthenticationForm):
    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email and password:
            try:
                self.user_cache = self._sign_in(normalize_email(email), password)
            except BadCredentials:
                raise self.get_invalid_login_error() from None
            except DomainError as error:
                raise ValidationError(words(error)) from None
        return self.cleaned_data

    def _sign_in(self, email: str, password: str) -> User:
        client = client_from(self.request, STAFF)
        used = limits.spend(ADDRESS_BUDGET, client.network)
        limits.refuse([used] if used else [])
        user, fresh_hash = check_credentials(email=email, password=password, client=client)
        self.confirm_login_allowed(user)
        keep_fresh_hash(user=user, fresh_hash=fresh_hash)
        return user


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=32,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "spellcheck": "false"}
        ),
    )


class PasswordStep(LoginView):
    authentication_form = LoginForm
    template_name = "admin/login.html"

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if needs_second_factor(user):
            let_wait(self.request, user)
            return next_step(self.request, user, self.get_success_url())
        try:
            staff_session.begin(self.request, user, has_shown_factor=False)
        except DomainError as error:
            form.add_error(None, words(error))
            return self.form_invalid(form)
        return HttpResponseRedirect(self.get_success_url())


def let_wait(request: HttpRequest, user: User) -> None:
    """The password was right. A key of its own: nobody who planted the session's old one is taken along."""
    request.session.cycle_key()
    ends = (now() + WAITS_FOR).timestamp()
    known = {"id": str(new_id()), "user": str(user.pk), "proof": user.get_session_auth_hash(), "until": ends}
    request.session[WAITING] = known


def waiting(request: HttpRequest) -> User | None:
    """Who showed the password in this browser a short time ago, if it is still their password and they are staff."""
    kept = request.session.get(WAITING)
    if not kept or kept["until"] <= now().timestamp():
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True, is_staff=True).first()
    is_theirs = user is not None and constant_time_compare(kept["proof"], user.get_session_auth_hash())
    return user if is_theirs else None


def next_step(request: HttpRequest, user: User, next_url: str) -> HttpResponseRedirect:
    step = "admin:login_code" if has_second_factor(user) else "admin:login_setup"
    return HttpResponseRedirect(f"{reverse(step)}?{urlencode({'next': next_url})}")


@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class SecondStep(RedirectURLMixin, FormView):
    """What both second steps share: somebody waits, and goes where they wanted to go."""

    form_class = CodeForm
    next_page = "admin:index"
    is_for_owners_of_one = True
    user: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = waiting(request)
        if user is None:
            return self._begin_again()
        if has_second_factor(user) is not self.is_for_owners_of_one:
            return next_step(request, user, self.get_success_url())
        self.user = user
        try:
            return super().dispatch(request, *args, **kwargs)
        except DomainError as refusal:  # there is nothing to set up for this person, or not any more
            messages.error(request, words(refusal))
            return HttpResponseRedirect(reverse("admin:login"))

    def _begin_again(self) -> HttpResponseRedirect:
        if self.request.session.pop(WAITING, None):
            messages.warning(self.request, "That took too long. Please sign in again.")
        return HttpResponseRedirect(f"{reverse('admin:login')}?{urlencode({'next': self.get_success_url()})}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.get_success_url(), email=self.user.email, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer = self.use(form.cleaned_data["code"])
            staff_session.begin(self.request, self.user, has_shown_factor=True)
        except DomainError as error:
            form.add_error("code", words(error))
            return self.form_invalid(form)
        return answer

    def use(self, code: str) -> HttpResponse:
        raise NotImplementedError


class CodeStep(SecondStep):
    template_name = "accounts/admin/sign_in_code.html"

    def use(self, code: str) -> HttpResponse:
        mfa.verify_second_factor(user=self.user, code=code)
        return HttpResponseRedirect(self.get_success_url())


class SetupStep(SecondStep):
    """Staff who must have a second factor and have none set it up before they see anything."""

    template_name = "accounts/admin/sign_in_setup.html"
    is_for_owners_of_one = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offer = mfa.begin_totp_setup(user=self.user, begun_by=self._waiter)
        return super().get_context_data(offer=offer, **kwargs)

    def use(self, code: str) -> HttpResponse:
        codes = mfa.confirm_totp_setup(user=self.user, begun_by=self._waiter, code=code)
        context = super().get_context_data(codes=codes)
        return TemplateResponse(self.request, "accounts/admin/sign_in_codes.html", context)

    @property
    def _waiter(self) -> UUID:
        return UUID(self.request.session[WAITING]["id"])


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        try:
            password_change.confirm_password(user=self.user, password=password)
        except WrongPassword:
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect") from None
        except DomainError as error:
            raise ValidationError(words(error)) from None
        return password

    def save(self, commit: bool = True) -> User:
        password_change.replace_password(user=self.user, new_password=self.cleaned_data["new_password1"])
        self.user.refresh_from_db()  # Django renews this browser's session with the new hash
        user: User = self.user
        return user


class OwnPasswordPage(PasswordChangeView):
    form_class = OwnPasswordForm
    template_name = "registration/password_change_form.html"
    success_url = reverse_lazy("admin:password_change_done")

    def form_valid(self, form: Any) -> HttpResponse:
        """The change ends every session, so this browser gets another, no longer than the one it had."""
        before = staff_session_of(self.request)
        answer = super().form_valid(form)
        if before is not None:
            staff_session.keep(self.request, renew_staff_session(before))
        return answer


def words(error: DomainError) -> str:
    if isinstance(error, RateLimited) and error.retry_after:
        minutes = max(1, round(error.retry_after / 60))
        return f"Too many tries. Try again in {minutes} minute{'' if minutes == 1 else 's'}."
    return error.message
