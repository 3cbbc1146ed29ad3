"""A new account: anybody may have one, nobody gets staff by it."""

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.clients import Client
from accounts.enums import Role
from accounts.exceptions import EmailTaken
from accounts.models import User
from accounts.services import budgets, passwords, verification
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
    role: Role = Role.CUSTOMER,
) -> User:
    """Make the account and mail its code and link. Raises EmailTaken, Invalid, RateLimited, HashingBusy.

    SECURITY_PROFILE=strict tells nobody that an address is taken but its owner, by mail: the caller gets an unsaved
    user that looks like a new one.
    """
    user = User(email=email, full_name=full_name, phone=phone, phone_typed=phone_typed, role=role)
    passwords.check_policy(password, user=user, field="password")
    is_strict = settings.SECURITY_PROFILE == "strict"
    if not is_strict and budgets.reveal(client=client, tells=lambda: _is_taken(email)):
        raise EmailTaken
    user.password = passwords.hash_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            verification.send_first_code(user=user)
    except IntegrityError:
        if not is_strict:
            raise EmailTaken from None  # somebody else was as quick, or this very request came twice
        _tell_owner(email)
    return user


def _is_taken(email: str) -> bool:
    return User.objects.filter(email=email).exists()


def _tell_owner(email: str) -> None:
    owner = User.objects.filter(email=email, is_active=True).first()
    if owner is None:
        return
    try:
        with transaction.atomic():
            budgets.spend("accounts.codes", email)
            queue_mail(to=owner.email, template="account_exists", context={"name": owner.get_short_name()}, user=owner)
    except RateLimited:
        return  # told often enough; the caller learns nothing by it
