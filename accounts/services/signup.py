"""A new account: anybody may have one, nobody gets staff by it."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.clients import Client
from accounts.enums import Role
from accounts.exceptions import EmailTaken
from accounts.models import User
from accounts.password_policy import SHORTEST
from accounts.services import budgets, otp, passwords, verification
from accounts.services.decoys import nobody, rehearsal
from accounts.services.mail import queue_mail
from flashspace.base.errors import RateLimited


def sign_up(
    *,
    email: str,
    password: str,
    full_name: str,
    client: Client,
    phone: str = "",
    phone_typed: str = "",
    given_name: str = "",
    role: Role = Role.CUSTOMER,
    shortest_password: int = SHORTEST,
    code_life: timedelta = otp.LIFE,
    then: Callable[[User], object] | None = None,
) -> User:
    """Make the account and mail its code and link. Raises EmailTaken, Invalid, RateLimited, HashingBusy.

    `then` makes what else belongs to the new account, in the same transaction; it may be a rehearsal for nobody.

    SECURITY_PROFILE=strict tells nobody that an address is taken but its owner, by mail: the caller gets an unsaved
    user that looks like a new one.
    """
    user = User(
        email=email, full_name=full_name, given_name=given_name, phone=phone, phone_typed=phone_typed, role=role
    )
    passwords.check_policy(password, user=user, field="password", shortest=shortest_password)
    if settings.SECURITY_PROFILE == "strict":
        return _sign_up_silently(user, password, code_life, then)
    if budgets.reveal(client=client, tells=lambda: _is_taken(email)):
        raise EmailTaken
    user.password = passwords.hash_password(password)
    try:
        _create(user, code_life, then)
    except IntegrityError:
        raise EmailTaken from None  # somebody else was as quick, or this very request came twice
    return user


@transaction.atomic
def _create(user: User, code_life: timedelta, then: Callable[[User], object] | None) -> None:
    user.save(force_insert=True)
    verification.send_first_code(user=user, life=code_life)
    if then is not None:
        then(user)  # last: others may wait for what it locks


def _is_taken(email: str) -> bool:
    return User.objects.filter(email=email).exists()


def _sign_up_silently(user: User, password: str, code_life: timedelta, then: Callable[[User], object] | None) -> User:
    """Free or taken, both mails are written and one is taken back."""
    user.password = passwords.hash_password(password)
    owner = User.objects.filter(email=user.email).first()
    try:
        with rehearsal(is_only=owner is not None):
            _create(nobody() if owner else user, code_life, then)
    except IntegrityError:
        owner = User.objects.filter(email=user.email).first()  # somebody else was as quick
    with rehearsal(is_only=owner is None or not owner.is_active):
        tell_owner_of_sign_up(owner or nobody())
    return user


def tell_owner_of_sign_up(owner: User) -> None:
    """By mail, and not more often than codes are sent."""
    try:
        budgets.spend("accounts.codes", owner.email)
    except RateLimited:
        return  # told often enough; the caller learns nothing by it
    queue_mail(to=owner.email, template="account_exists", context={"name": owner.get_short_name()}, user=owner)
