"""Another e-mail address. It waits beside the old one until its mailbox confirms it, and the old one is told."""

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.clients import Client
from accounts.enums import TokenPurpose
from accounts.exceptions import EmailTaken, StaffOnly, TokenInvalid
from accounts.models import OneTimeToken, User
from accounts.services import audit, budgets, one_time_tokens, otp, password_change
from accounts.services.mail import queue_mail
from flashspace.base.clock import now
from flashspace.base.errors import Invalid
from flashspace.base.locks import lock_row

# What was mailed to the old address, or is about it.
OF_THE_OLD_ADDRESS = (TokenPurpose.VERIFY_EMAIL, TokenPurpose.RESET_PASSWORD, TokenPurpose.CHANGE_EMAIL)


def change_email(*, user: User, new_email: str, password: str, client: Client) -> User:
    """A person asks, and shows the password.

    Never inside a transaction. Raises WrongPassword, Invalid for the same address, EmailTaken (nobody learns of it in
    the strict profile), RateLimited, HashingBusy.
    """
    if new_email == user.email:
        raise Invalid("This is the address of your account", field="new_email")
    password_change.confirm_password(user=user, password=password)
    others = User.objects.filter(email=new_email)
    if settings.SECURITY_PROFILE != "strict" and budgets.reveal(client=client, tells=others.exists):
        raise EmailTaken
    return _begin(user, new_email)


def request_change(*, user: User, email: str) -> User:
    """Somebody who may asks for a person: no password is shown, so never for staff. An address that is taken gets no
    link, and the one who asks is not told. Raises StaffOnly, RateLimited.
    """
    if user.is_staff:
        raise StaffOnly
    return _begin(user, email)


@transaction.atomic
def _begin(user: User, email: str) -> User:
    locked = lock_row(User.objects.all(), pk=user.pk)
    budgets.spend("accounts.email_changes", str(locked.pk))
    budgets.spend("accounts.reset_mails", email)
    one_time_tokens.withdraw_tokens(TokenPurpose.CHANGE_EMAIL, user=locked)
    locked.pending_email = email
    locked.save(update_fields=["pending_email", "updated_at"])
    if not User.objects.filter(email=email).exists():
        _mail_link(locked)
    _tell_old_address(locked, locked.email, "email_change_asked", email)
    user.pending_email = email
    return locked


def confirm_email_change(*, token: str) -> User:
    """The new mailbox opened its link: it is the address from now on. Sessions stay; what the old one got ends.

    Mail scanners open links, so a link that did its work answers alike until it expires. Raises TokenInvalid, and
    EmailTaken when somebody else has the address by now.
    """
    found = one_time_tokens.find_token(secret=token, purpose=TokenPurpose.CHANGE_EMAIL)
    try:
        with transaction.atomic():
            return _confirm(found)
    except IntegrityError:
        raise EmailTaken from None


def _confirm(token: OneTimeToken) -> User:
    user = lock_row(User.objects.all(), pk=token.user_id)
    if not one_time_tokens.use_token(token):
        if user.email != token.email:
            raise TokenInvalid
        return user
    if user.pending_email != token.email:
        raise TokenInvalid
    old = user.email
    user.email, user.pending_email, user.email_verified_at = token.email, "", now()
    user.save(update_fields=["email", "pending_email", "email_verified_at", "updated_at"])
    one_time_tokens.withdraw_tokens(*OF_THE_OLD_ADDRESS, user=user)
    for address in (old, user.email):
        otp.retire_code(identifier=address)
    audit.record(
        action="user.email_changed", actor=user, target=user, before={"email": old}, after={"email": user.email}
    )
    _tell_old_address(user, old, "email_changed", user.email)
    return user


def _mail_link(user: User) -> None:
    token = one_time_tokens.issue_token(user=user, purpose=TokenPurpose.CHANGE_EMAIL, email=user.pending_email)
    queue_mail(
        to=user.pending_email,
        template="email_change",
        context={"name": user.get_short_name(), "old_email": user.email},
        secrets={"link": f"{settings.FRONTEND_URL}/confirm-email?token={token}"},
        user=user,
    )


def _tell_old_address(user: User, old: str, template: str, email: str) -> None:
    context = {"name": user.get_short_name(), "new_email": email, "at": now()}
    queue_mail(to=old, template=template, context=context, user=user)
