"""Another e-mail address. It waits beside the old one until its mailbox confirms it, and the old one is told.

The old mailbox may stop it. Where the person did not ask, but an organization did, it may also take back for a week
what was confirmed: else whoever runs an organization could take the accounts of its people.
"""

from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.clients import Client
from accounts.enums import EndReason, TokenPurpose
from accounts.exceptions import EmailTaken, StaffOnly, TokenInvalid
from accounts.models import Membership, OneTimeToken, Organization, User
from accounts.selectors.members import belongs_elsewhere
from accounts.selectors.roles import SEATED
from accounts.services import audit, budgets, mfa, one_time_tokens, otp, password_change, sessions
from accounts.services.decoys import nobody, rehearsal
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


def request_change(*, user: User, email: str, organization: Organization) -> User:
    """An organization asks for one of its people: no password is shown, so never for staff. An address that is taken
    gets no link, and the one who asks is not told. Raises StaffOnly, RateLimited.
    """
    if user.is_staff:
        raise StaffOnly
    return _begin(user, email, organization)


@transaction.atomic
def _begin(user: User, email: str, organization: Organization | None = None) -> User:
    locked = lock_row(User.objects.all(), pk=user.pk)
    # What an organization asks for leaves the person their own tries.
    budgets.spend("accounts.email_changes", f"{organization.pk} {locked.pk}" if organization else str(locked.pk))
    budgets.spend("accounts.change_mails", email)
    one_time_tokens.withdraw_tokens(TokenPurpose.CHANGE_EMAIL, user=locked)
    locked.pending_email = email
    locked.save(update_fields=["pending_email", "updated_at"])
    with rehearsal(is_only=User.objects.filter(email=email).exists()):  # one that is taken gets none, in the same time
        _mail_link(locked, organization)
    _ask_old_address(locked, organization)
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
    if user.pending_email != token.email or not _may_still_ask(token.organization, user):
        raise TokenInvalid
    old = user.email
    # The address last: from then on nobody writes a row of this account's, and who is about to holds tokens and codes.
    one_time_tokens.withdraw_tokens(*OF_THE_OLD_ADDRESS, user=user)
    if token.organization_id is None:
        one_time_tokens.withdraw_tokens(TokenPurpose.KEEP_EMAIL, user=user, only_own=True)
        _withdraw_keeping(user, Q(email=old))  # what an organization asked for here was never confirmed
    for address in (old, token.email):
        otp.retire_code(identifier=address)
    user.email, user.pending_email, user.email_verified_at = token.email, "", now()
    user.save(update_fields=["email", "pending_email", "email_verified_at", "updated_at"])
    audit.record(
        action="user.email_changed", actor=user, target=user, before={"email": old}, after={"email": user.email}
    )
    _tell_old_address(user, old, "email_changed", user.email)
    return user


def _may_still_ask(organization: Organization | None, user: User) -> bool:
    """An organization that asked while the account was nothing but a seat there; it may be more by now, or none."""
    if organization is None:
        return True
    here = Membership.objects.filter(user=user, organization=organization, status__in=SEATED)
    return here.exists() and not belongs_elsewhere(user=user, organization=organization)


def keep_email(*, token: str) -> User:
    """The old mailbox wants to stay the address. What waits is off; what an organization asked for and was confirmed
    since is taken back: whoever came in by it is out, and the password is chosen anew by a link to the old address.

    Works once. Raises TokenInvalid, for one of our staff too where something would be taken back, and EmailTaken when
    somebody else has proved the address by now.
    """
    found = one_time_tokens.find_token(secret=token, purpose=TokenPurpose.KEEP_EMAIL)
    try:
        with transaction.atomic():
            user, is_taken_back = _keep(found)
    except IntegrityError:
        raise EmailTaken from None
    if is_taken_back:
        # Not above: who asks for a reset holds its budget before the account, and here it would be the other way round.
        password_change.request_reset(email=user.email)
    return user


def _keep(token: OneTimeToken) -> tuple[User, bool]:
    user, occupant = _lock_both(token)
    if not one_time_tokens.use_token(token):
        raise TokenInvalid
    before = {"email": user.email, "pending_email": user.pending_email}
    is_taken_back = user.email != token.email
    if is_taken_back and (token.organization_id is None or user.is_staff or user.is_superuser):
        raise TokenInvalid
    ended: dict[str, Any] = {}
    if is_taken_back:
        ended = _take_back(user, token.email, since=token.created_at)
    if occupant is not None:
        _move_out(occupant, by=user)
    one_time_tokens.withdraw_tokens(*OF_THE_OLD_ADDRESS, user=user)
    # Later ones too: they went to whoever came in by this change.
    _withdraw_keeping(user, Q(email=token.email) | Q(created_at__gte=token.created_at))
    user.pending_email = ""
    user.save(update_fields=["email", "password", "pending_email", "email_verified_at", "updated_at"])
    after = {"email": user.email, "pending_email": "", "is_taken_back": is_taken_back, **ended}
    audit.record(action="user.email_kept", actor=user, target=user, before=before, after=after)
    return user, is_taken_back


def _lock_both(token: OneTimeToken) -> tuple[User, User | None]:
    """The account, and another one that has the address by now: in the order of their keys, for two at once."""
    ids = User.objects.filter(Q(pk=token.user_id) | Q(email=token.email)).order_by("pk").values_list("pk", flat=True)
    locked = {pk: lock_row(User.objects.all(), pk=pk) for pk in list(ids)}
    user = locked.pop(token.user_id)
    return user, next((other for other in locked.values() if other.email == token.email), None)


def _take_back(user: User, address: str, *, since: datetime) -> dict[str, Any]:
    """Also the ways in that were made meanwhile: a Google account that was linked, a second factor that was set up.
    Returns what has ended.
    """
    _tell_old_address(user, user.email, "email_changed", address)
    for one in (user.email, address):
        otp.retire_code(identifier=one)
    user.email, user.email_verified_at = address, now()
    user.set_unusable_password()
    linked = SocialAccount.objects.filter(user=user, date_joined__gte=since)
    uids = sorted(linked.values_list("uid", flat=True))
    linked.delete()
    mfa.remove_since(user=user, since=since)
    count = sessions.end_all_sessions(user=user, reason=EndReason.REVOKED)
    return {"sessions": count, "google_accounts": uids}


def _move_out(occupant: User, *, by: User) -> None:
    """Somebody signed up with the address while it was free and never showed that they read its mail: else a thief kept
    the owner out by that. Raises EmailTaken for one who has shown it.
    """
    if occupant.is_email_verified or occupant.is_staff or occupant.is_superuser:
        raise EmailTaken
    before = audit.snapshot(occupant, ("email", "is_active"))
    one_time_tokens.withdraw_tokens(*TokenPurpose, user=occupant)
    sessions.end_all_sessions(user=occupant, reason=EndReason.DEACTIVATED)
    occupant.email, occupant.pending_email, occupant.is_active = nobody().email, "", False
    # Last: from here on nobody writes a token of theirs, and who is about to has locked earlier ones.
    occupant.save(update_fields=["email", "pending_email", "is_active", "updated_at"])
    after = audit.snapshot(occupant, ("email", "is_active"))
    reason = "whoever reads the mail of this address took it back"
    audit.record(action="user.email_given_up", actor=by, target=occupant, before=before, after=after, reason=reason)


def _withdraw_keeping(user: User, which: Q) -> None:
    at = now()
    mine = OneTimeToken.objects.filter(which, user=user, purpose=TokenPurpose.KEEP_EMAIL, used_at=None)
    mine.update(used_at=at, updated_at=at)


def _mail_link(user: User, organization: Organization | None) -> None:
    token = one_time_tokens.issue_token(
        user=user, purpose=TokenPurpose.CHANGE_EMAIL, email=user.pending_email, organization=organization
    )
    queue_mail(
        to=user.pending_email,
        template="email_change",
        context={"name": user.get_short_name(), "old_email": user.email},
        secrets={"link": f"{settings.FRONTEND_URL}/confirm-email?token={token}"},
        user=user,
    )


def _ask_old_address(user: User, organization: Organization | None) -> None:
    token = one_time_tokens.issue_token(
        user=user, purpose=TokenPurpose.KEEP_EMAIL, email=user.email, organization=organization
    )
    queue_mail(
        to=user.email,
        template="email_change_asked",
        context={
            "name": user.get_short_name(),
            "new_email": user.pending_email,
            "at": now(),
            "organization": organization.name if organization else "",
            "days": one_time_tokens.LIFE[TokenPurpose.KEEP_EMAIL].days,
        },
        secrets={"link": f"{settings.FRONTEND_URL}/keep-email?token={token}"},
        user=user,
    )


def _tell_old_address(user: User, old: str, template: str, email: str) -> None:
    context = {"name": user.get_short_name(), "new_email": email, "at": now()}
    queue_mail(to=old, template=template, context=context, user=user)
