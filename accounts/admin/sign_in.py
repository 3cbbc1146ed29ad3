"""The staff's sign-in and their own password, by the same services and budgets as in the API."""

from typing import Any

from django.core.exceptions import ValidationError
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm

from accounts.api.clients import client_from
from accounts.exceptions import BadCredentials, WrongPassword
from accounts.models import User
from accounts.services import password_change, sessions
from accounts.services.sign_in import check_credentials
from flashspace.base.errors import DomainError, RateLimited
from flashspace.base.text import normalize_email
from flashspace.dialects import limits

ADDRESS_BUDGET = "flashspace.signin"


class LoginForm(AuthenticationForm):
    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email and password:
            try:
                self.user_cache = self._sign_in(normalize_email(email), password)
            except BadCredentials:
                raise self.get_invalid_login_error() from None
            except DomainError as error:
                raise ValidationError(_words(error)) from None
        return self.cleaned_data

    def _sign_in(self, email: str, password: str) -> User:
        client = client_from(self.request, "admin")
        used = limits.spend(ADDRESS_BUDGET, client.network)
        limits.refuse([used] if used else [])
        user, fresh_hash = check_credentials(email=email, password=password, client=client)
        self.confirm_login_allowed(user)
        return sessions.note_sign_in(user=user, client=client, fresh_hash=fresh_hash)


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        try:
            password_change.confirm_password(user=self.user, password=password)
        except WrongPassword:
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect") from None
        except DomainError as error:
            raise ValidationError(_words(error)) from None
        return password

    def save(self, commit: bool = True) -> User:
        password_change.replace_password(user=self.user, new_password=self.cleaned_data["new_password1"])
        self.user.refresh_from_db()  # Django renews this browser's session with the new hash
        user: User = self.user
        return user


def _words(error: DomainError) -> str:
    if isinstance(error, RateLimited) and error.retry_after:
        return f"Too many tries. Try again in {max(1, round(error.retry_after / 60))} minutes."
    return error.message
