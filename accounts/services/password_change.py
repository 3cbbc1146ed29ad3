"""A new password, by the old one or by a mailed link. Either way everything that is signed in ends."""

from django.conf import settings
from django.db import transaction

from accounts.enums import EndReason, TokenPurpose
from accounts.exceptions import TokenInvalid, WrongPassword
from accounts.models import User
from accounts.password_policy import SHORTEST
from accounts.services import budgets, one_time_tokens, passwords, sessions, verification
from accounts.services.decoys import nobody, rehearsal
from accounts.services.mail import queue_mail
from flashspace.base.clock import now
from flashspace.base.errors import RateLimited
from flashspace.base.locks import lock_row


@transaction.atomic
def request_reset(*, email: str) -> None:
    """Mail a link to choose a new password; earlier links end. To an unknown address nothing, and nobody can tell."""
    user = User.objects.filter(email=email, is_active=True).first()
    try:
        budgets.spend("accounts.reset_mails", email)
    except RateLimited:
        return  # the mailbox has enough of them
    with rehearsal(is_only=user is None):
        _mail_link(user or nobody(email))


def _mail_link(user: User) -> None:
    one_time_tokens.withdraw_tokens(TokenPurpose.RESET_PASSWORD, user=user)
    token = one_time_tokens.issue_token(user=user, purpose=TokenPurpose.RESET_PASSWORD, email=user.email)
    minutes = one_time_tokens.LIFE[TokenPurpose.RESET_PASSWORD].total_seconds() // 60
    queue_mail(
        to=user.email,
        template="password_reset",
        context={"name": user.get_short_name(), "minutes": int(minutes)},
        secrets={"link": f"{settings.FRONTEND_URL}/reset-password?token={token}"},
        user=user,
    )


def reset_password(*, token: str, new_password: str, shortest: int = SHORTEST) -> None:
    """Set a new password by a mailed link, which works once. Raises TokenInvalid, Invalid, HashingBusy.

    A password that is refused does not use up the link. Who reads the mail has proved the address by it, and what
    others guessed at the old password keeps nobody out any more.
    """
    found = one_time_tokens.find_token(secret=token, purpose=TokenPurpose.RESET_PASSWORD)
    if found.used_at is not None:
        raise TokenInvalid
    passwords.check_policy(new_password, user=found.user, field="new_password", shortest=shortest)
    encoded = passwords.hash_password(new_password)
    with transaction.atomic():
        user = lock_row(User.objects.all(), pk=found.user_id)
        if not (one_time_tokens.is_for(found, user.email) and one_time_tokens.use_token(found)):
            raise TokenInvalid
        verification.mark_verified(user=user)
        _set_password(user, encoded)
        budgets.forget(budgets.FAILURES, user.email)


def change_password(*, user: User, current_password: str, new_password: str) -> None:
    """Raises WrongPassword, Invalid for the new one, RateLimited, HashingBusy."""
    passwords.check_policy(new_password, user=user, field="new_password")
    confirm_password(user=user, password=current_password)
    replace_password(user=user, new_password=new_password)


def confirm_password(*, user: User, password: str) -> None:
    """Somebody who is signed in shows that it is still them: ten wrong tries an hour.

    Raises WrongPassword, RateLimited, HashingBusy.
    """
    with budgets.guesses("accounts.password_changes", str(user.pk), wrong=WrongPassword):
        if not passwords.judge(password, user=user).is_right:
            raise WrongPassword


def replace_password(*, user: User, new_password: str) -> None:
    """Set the password of a person who has just confirmed the one in `user`. Raises WrongPassword, HashingBusy."""
    encoded = passwords.hash_password(new_password)
    with transaction.atomic():
        locked = lock_row(User.objects.all(), pk=user.pk)
        if locked.password != user.password:
            raise WrongPassword  # changed meanwhile
        _set_password(locked, encoded)


def _set_password(user: User, encoded: str) -> None:
    """What was asked with the old one, a change of the address too, is over."""
    user.password, user.pending_email = encoded, ""
    user.save(update_fields=["password", "pending_email", "updated_at"])
    sessions.end_all_sessions(user=user, reason=EndReason.PASSWORD)
    one_time_tokens.withdraw_tokens(TokenPurpose.RESET_PASSWORD, TokenPurpose.CHANGE_EMAIL, user=user)
    queue_mail(
        to=user.email,
        template="password_changed",
        context={"name": user.get_short_name(), "at": now()},
        user=user,
    )
