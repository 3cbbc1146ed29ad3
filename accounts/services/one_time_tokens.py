"""Secrets inside mailed links: hashed, good for one purpose, for a while."""

from datetime import timedelta

from accounts.enums import TokenPurpose
from accounts.exceptions import TokenInvalid
from accounts.models import OneTimeToken, Organization, Session, User
from flashspace.base.clock import now
from flashspace.base.crypto import keyed_hash, keyed_hashes, new_token

LIFE = {
    TokenPurpose.VERIFY_EMAIL: timedelta(hours=24),
    TokenPurpose.RESET_PASSWORD: timedelta(minutes=30),
    TokenPurpose.CHANGE_EMAIL: timedelta(hours=24),
    TokenPurpose.KEEP_EMAIL: timedelta(days=7),
    TokenPurpose.VERIFY_ORGANIZATION: timedelta(hours=24),
    TokenPurpose.EXCHANGE: timedelta(seconds=60),
    TokenPurpose.SECOND_FACTOR: timedelta(minutes=5),
    TokenPurpose.SET_UP_MFA: timedelta(minutes=30),
}


def issue_token(
    *,
    user: User,
    purpose: TokenPurpose,
    organization: Organization | None = None,
    session: Session | None = None,
    email: str = "",
) -> str:
    """The secret, which is stored nowhere."""
    secret = new_token()
    OneTimeToken.objects.create(
        user=user,
        organization=organization,
        session=session,
        purpose=purpose,
        email=email,
        token_hash=keyed_hash(secret, purpose=purpose),
        expires_at=now() + LIFE[purpose],
    )
    return secret


def find_token(*, secret: str, purpose: TokenPurpose) -> OneTimeToken:
    """The live row of a secret, with its user, used or not. Raises TokenInvalid."""
    token = (
        OneTimeToken.objects.select_related("user")
        .filter(purpose=purpose, token_hash__in=keyed_hashes(secret, purpose=purpose), expires_at__gt=now())
        .first()
    )
    if token is None or not token.user.is_active:
        raise TokenInvalid
    return token


def spend_token(*, secret: str, purpose: TokenPurpose) -> OneTimeToken:
    """The row of a secret that works once, used by this. Raises TokenInvalid."""
    token = find_token(secret=secret, purpose=purpose)
    if not use_token(token):
        raise TokenInvalid
    return token


def is_for(token: OneTimeToken, email: str) -> bool:
    """Whether the account still has the address that the link was mailed to: it may have got another meanwhile."""
    return token.email in ("", email)


def use_token(token: OneTimeToken) -> bool:
    """Mark it used; of several uses at once one gets True."""
    at = now()
    return bool(OneTimeToken.objects.filter(pk=token.pk, used_at=None).update(used_at=at, updated_at=at))


def withdraw_tokens(*purposes: TokenPurpose, user: User, only_own: bool = False) -> None:
    """Earlier ones of these purposes are good for nothing any more; `only_own`: but for what an organization caused."""
    at = now()
    mine = OneTimeToken.objects.filter(user=user, purpose__in=purposes, used_at=None)
    mine = mine.filter(organization=None) if only_own else mine
    mine.update(used_at=at, updated_at=at)
